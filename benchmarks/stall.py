"""For how long a poll with very many records keeps Home Assistant from doing anything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, Final
from unittest.mock import patch

import orjson

from .home import a_home, add_account, poll
from .report import Requirement, Result
from .service import a_service
from .timing import Stalls, milliseconds, own_time, settle_memory

RECORDS: Final = 10_000
RECORDS_FOR_SMOKE: Final = 2_000
MOST_BEYOND: Final = 0.005
_POLLS: Final = 20
_POLLS_FOR_SMOKE: Final = 3
_POLLS_BEFORE: Final = 4


async def measure(*, smoke: bool) -> Result:
    """Set the longest stall of the event loop during a poll against the parsing of the answer in that very poll.

    To parse so much takes a third longer at one time than at another, so any other parsing would be a worse measure.
    """
    records = RECORDS_FOR_SMOKE if smoke else RECORDS
    parses: list[float] = []
    polls: list[Stalls] = []
    with _parsing() as parsing:
        async with a_service(crowded=records) as service, a_home() as hass:
            async with Stalls() as first:
                coordinator = await add_account(hass, service.account, service.url)
            for _ in range(_POLLS_BEFORE):
                await poll(coordinator)
            settle_memory()
            for _ in range(_POLLS_FOR_SMOKE if smoke else _POLLS):
                parsing.clear()
                async with Stalls() as stalls:
                    await poll(coordinator)
                    await hass.async_block_till_done()
                parses.append(max(parsing))
                polls.append(stalls)
    beyond = median(stalls.busy - parse for parse, stalls in zip(parses, polls, strict=True))
    return Result(
        name="stall",
        compares=f"The longest stall of the event loop during a poll that lists {records:,} records, of which none is new,"
        " beside the parsing of the answer in that very poll. Medians; the last column holds what other programs did too.",
        columns=("", "at work (ms)", "by the clock (ms)"),
        rows=[
            ("parsing", milliseconds(median(parses)), ""),
            (
                "longest stall of a poll",
                milliseconds(median(stalls.busy for stalls in polls)),
                milliseconds(median(stalls.waited for stalls in polls)),
            ),
            ("stall beyond parsing", milliseconds(beyond), ""),
            ("longest stall of the very first poll, all new", milliseconds(first.busy), milliseconds(first.waited)),
        ],
        requirements=[
            Requirement(
                f"at most the parse itself plus {milliseconds(MOST_BEYOND)} ms",
                f"plus {milliseconds(beyond)} ms",
                met=beyond <= MOST_BEYOND,
            )
        ],
    )


@contextmanager
def _parsing() -> Iterator[list[float]]:
    """Note how long each parsing of an answer takes."""
    seen: list[float] = []
    loads = orjson.loads

    def timed(text: bytes | str) -> Any:
        begin = own_time()
        try:
            return loads(text)
        finally:
            seen.append(own_time() - begin)

    with patch("custom_components.smsgateway24.api.parsing.orjson.loads", timed):
        yield seen
