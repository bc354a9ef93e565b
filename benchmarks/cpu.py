"""What a poll costs the whole process, with one phone and with fifty."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median
import time
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.dt import utcnow

from custom_components.smsgateway24.coordinator import SmsGateway24Coordinator

from .home import a_home, add_account, count_written_states, poll
from .report import Requirement, Result
from .service import READ_BY_A_POLL, Service, a_service
from .timing import milliseconds, settle_memory

PHONES: Final = (1, 50)
PHONES_FOR_SMOKE: Final = (50,)
HISTORY: Final = 1_000
MOST: Final = 0.002
_POLLS: Final = 30
_POLLS_FOR_SMOKE: Final = 6
# Long enough for the caches to forget, as they do between two real polls.
_PAUSE: Final = 1.0
_PAUSE_FOR_SMOKE: Final = 0.1
# Before that, the zone of the service's filters is learnt.
_POLLS_BEFORE: Final = 8


async def measure(*, smoke: bool) -> Result:
    """Set the processor time of the whole process around a poll against that of the same time without one."""
    rows, requirements = [], []
    for phones in PHONES_FOR_SMOKE if smoke else PHONES:
        async with a_service(phones=phones, history=HISTORY) as service, a_home() as hass:
            coordinator = await add_account(hass, service.account, service.url)
            for _ in range(_POLLS_BEFORE):
                await poll(coordinator)
            await hass.async_block_till_done()
            settle_memory()
            written = count_written_states(hass)
            before = await service.counts()
            idle, bare, polling = await _take_turns(hass, service, coordinator, smoke=smoke)
            after = await service.counts()
        polls = len(polling)
        # Without those that were made for comparison.
        requests = sum(after.values()) - sum(before.values()) - len(READ_BY_A_POLL) * polls
        above = median(polling) - median(idle)
        rows.append(
            (
                f"{phones}",
                milliseconds(median(idle)),
                milliseconds(median(polling)),
                milliseconds(above),
                milliseconds(median(bare) - median(idle)),
                f"{requests / polls:.1f}",
                f"{written.total()}",
            )
        )
        requirements += [
            Requirement(
                f"{phones} phones: at most {milliseconds(MOST)} ms a poll", milliseconds(above), met=above <= MOST
            ),
            Requirement(f"{phones} phones: no state is written", f"{written.total()} states", met=not written),
        ]
    return Result(
        name="cpu",
        compares="Processor time of the whole process (all threads) for one poll of healthy, idle phones, beside the same"
        " time without a poll, and beside the same two requests made with aiohttp, whose answers are thrown away. The"
        " service runs in another process. Medians.",
        columns=(
            "phones",
            "idle (ms)",
            "with a poll (ms)",
            "above idle (ms)",
            "bare requests (ms)",
            "requests a poll",
            "states written",
        ),
        rows=rows,
        requirements=requirements,
    )


async def _take_turns(
    hass: HomeAssistant, service: Service, coordinator: SmsGateway24Coordinator, *, smoke: bool
) -> tuple[list[float], list[float], list[float]]:
    """Let time pass in turn without anything, with bare requests, and with a poll; return the processor times."""
    session = async_get_clientsession(hass)

    async def nothing() -> None:
        pass

    async def requests() -> None:
        await service.read_bare(session, begin=utcnow())

    pause = _PAUSE_FOR_SMOKE if smoke else _PAUSE
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    turns: tuple[Callable[[], Awaitable[None]], ...] = (nothing, requests, partial(poll, coordinator))
    for _ in range(_POLLS_FOR_SMOKE if smoke else _POLLS):
        for seen, work in zip(times, turns, strict=True):
            begin = time.process_time()
            await work()
            await asyncio.sleep(pause / len(times))
            seen.append(time.process_time() - begin)
    return times
