"""What is done with the answer of a poll, beside parsing it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final

import orjson

from custom_components.smsgateway24.api import MessageList, ServiceClock, answers
from custom_components.smsgateway24.messaging.arrivals import Arrivals
from custom_components.smsgateway24.messaging.contact import ContactBook
from custom_components.smsgateway24.messaging.inbox import Inbox, IncomingMessage
from custom_components.smsgateway24.messaging.pending import PendingMessages
from custom_components.smsgateway24.messaging.reader import Progress
from simulator.backend import Backend
from simulator.clock import ManualClock
from simulator.service.parameters import Form
from simulator.service.wire import answer_reply

from .report import Requirement, Result
from .timing import Pairs, milliseconds, own_time, settle_memory
from .world import crowd

MOST: Final = 0.5
SIZES: Final = (100, 1_000, 10_000)
SIZES_FOR_SMOKE: Final = (100, 1_000)
_RECORDS_IN_ALL: Final = 400_000
_RECORDS_IN_ALL_FOR_SMOKE: Final = 40_000
_FEWEST_POLLS: Final = 8
# The first polls learn the zone of the service's filters and see the messages for the first time.
_POLLS_BEFORE: Final = 6
_A_SECOND: Final = timedelta(seconds=1)


async def measure(*, smoke: bool) -> Result:
    """Set what a poll does with an answer in which nothing is new against `orjson.loads` of the same answer."""
    records = _RECORDS_IN_ALL_FOR_SMOKE if smoke else _RECORDS_IN_ALL
    found = {
        size: await _measure(size, max(_FEWEST_POLLS, records // size))
        for size in (SIZES_FOR_SMOKE if smoke else SIZES)
    }
    worst = max(pairs.ratio for pairs in found.values())
    return Result(
        name="poll",
        compares="What one poll does with an answer in which nothing is new, from its bytes to the inbox, beyond"
        " `orjson.loads` of the same bytes. Medians of the time that the thread itself was at work.",
        columns=("records", "parsed (ms)", "beyond (ms)", "ratio"),
        rows=[
            (f"{size:,}", milliseconds(pairs.parse), milliseconds(pairs.beyond), f"{pairs.ratio:.2f}")
            for size, pairs in found.items()
        ],
        requirements=[Requirement(f"at most {MOST} of the parse itself", f"{worst:.2f}", met=worst <= MOST)],
    )


async def _measure(size: int, polls: int) -> Pairs:
    body = answer_of(size)
    read = _reader_of(body)
    for _ in range(_POLLS_BEFORE):
        await read()
    settle_memory()
    pairs = Pairs([], [])
    for _ in range(polls):
        begin = own_time()
        parsed = orjson.loads(body)
        # To clear the records away is part of the cost, on both sides.
        del parsed
        pairs.plain.append(own_time() - begin)
        begin = own_time()
        news = await read()
        pairs.whole.append(own_time() - begin)
        assert news == 0, "a poll in which nothing is new has brought something"
        await asyncio.sleep(0)
    return pairs


def _reader_of(body: bytes) -> Callable[[], Awaitable[int]]:
    """Return a poll without the network: what happens from the answer's bytes to the inbox; it returns how much is new."""

    async def fetch(_begin: str | None, _end: str | None) -> MessageList:
        return answers.messages(answers.accepted(HTTPStatus.OK, body))

    clock, pending, told = ServiceClock(), PendingMessages(), list[IncomingMessage]()
    clock.observe_date(format_datetime(datetime.now(UTC) + _A_SECOND, usegmt=True))
    arrivals = Arrivals(
        fetch,
        clock=clock,
        own_time=lambda: datetime.now(UTC),
        inbox=Inbox(),
        contacts=ContactBook(),
        progress=Progress(),
    )

    async def save() -> bool:
        return True

    async def read() -> int:
        reading = await arrivals.read()
        pending.observe(reading, arrivals.now())
        arrivals.take(reading)
        await arrivals.announce(save, told.append)
        return len(told)

    return read


def answer_of(size: int) -> bytes:
    """Return the simulator's answer to getallsms with so many records."""
    backend = Backend(clock=ManualClock())
    crowd(backend, messages=size)
    answer = backend.service.call("getallsms", Form({"token": backend.account.token}))
    return answer_reply(answer, backend.profile).body
