"""What it costs to send to many."""

from dataclasses import dataclass
import time
from typing import Final

from custom_components.smsgateway24.api import OutgoingSms
from custom_components.smsgateway24.coordinator import SmsGateway24Coordinator
from custom_components.smsgateway24.messaging.outgoing import Draft

from .home import a_home, add_account
from .report import Requirement, Result
from .service import Service, a_service
from .timing import milliseconds

SIZES: Final = (1, 50, 1_000)
SIZES_FOR_SMOKE: Final = (50,)
MOST: Final = 1_000
MOST_REQUESTS: Final = 45
# Invented numbers that belong to nobody: there are a thousand of them.
_NUMBER: Final = "+447700900{:03}"
_TEXT: Final = "Water in the cellar: 2 cm and rising."


@dataclass(frozen=True, slots=True)
class Sent:
    """What it took to send."""

    requests: int
    seconds: float
    ids: int
    """How many messages have an id, each its own."""


async def measure(*, smoke: bool) -> Result:
    """Set sending to many at once through the outbox against a plain loop of `addsms`, which keeps no record at all."""
    rows, requirements = [], []
    for size in SIZES_FOR_SMOKE if smoke else SIZES:
        async with a_service() as service, a_home() as hass:
            coordinator = await add_account(hass, service.account, service.url, max_per_hour=0)
            numbers = [_NUMBER.format(number) for number in range(size)]
            loop = await _send_in_loop(coordinator, service, numbers)
            bulk = await _send_at_once(coordinator, service, numbers)
        rows.append(
            (
                f"{size:,}",
                f"{loop.requests:,}",
                f"{bulk.requests:,}",
                milliseconds(loop.seconds),
                milliseconds(bulk.seconds),
                f"{bulk.seconds / loop.seconds:.2f}",
            )
        )
        requirements.append(Requirement(f"{size:,} texts: each has its id", f"{bulk.ids:,} ids", met=bulk.ids == size))
        if size == MOST:
            requirements.append(
                Requirement(
                    f"{MOST:,} texts: at most {MOST_REQUESTS} requests",
                    f"{bulk.requests} requests",
                    met=bulk.requests <= MOST_REQUESTS,
                )
            )
    return Result(
        name="sending",
        compares="Texts to many numbers, from the call to the answer with the ids: a plain loop of `addsms`, which notes"
        " nothing down, beside the outbox, which does so before each request. All on one machine, so a request costs next"
        " to no time; over the internet the loop takes a way to the service and back for each text.",
        columns=("texts", "requests, loop", "requests, outbox", "loop (ms)", "outbox (ms)", "ratio"),
        rows=rows,
        requirements=requirements,
    )


async def _send_in_loop(coordinator: SmsGateway24Coordinator, service: Service, numbers: list[str]) -> Sent:
    client = coordinator.account.client
    phone_id = next(iter(coordinator.data.phones))
    before, begin = await service.counts(), time.perf_counter()
    ids = {await client.send_message(OutgoingSms(number, _TEXT, phone_id)) for number in numbers}
    seconds = time.perf_counter() - begin
    return Sent(_requests(before, await service.counts()), seconds, len(ids))


async def _send_at_once(coordinator: SmsGateway24Coordinator, service: Service, numbers: list[str]) -> Sent:
    before, begin = await service.counts(), time.perf_counter()
    receipts = await coordinator.mailbox.outbox.send_all([Draft(number=number, text=_TEXT) for number in numbers])
    seconds = time.perf_counter() - begin
    ids = {receipt.message_id for receipt in receipts} - {None}
    return Sent(_requests(before, await service.counts()), seconds, len(ids))


def _requests(before: dict[str, int], after: dict[str, int]) -> int:
    return sum(after.values()) - sum(before.values())
