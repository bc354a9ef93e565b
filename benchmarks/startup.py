"""What it takes until an account is ready: after Home Assistant's start, and after a reload."""

from collections.abc import Awaitable
from datetime import timedelta
from statistics import median
import time
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.dt import utcnow

from .home import a_home, an_entry
from .report import Requirement, Result
from .service import a_service
from .timing import milliseconds, settle_memory

# Phones, and messages at the service.
ACCOUNTS: Final = ((1, 1_000), (1, 100_000), (10, 1_000), (50, 1_000))
ACCOUNTS_FOR_SMOKE: Final = ((2, 100),)
# About what the first reading asks for.
_SWEPT: Final = timedelta(days=1)
_RELOADS: Final = 10
_RELOADS_FOR_SMOKE: Final = 2


async def measure(*, smoke: bool) -> Result:
    """Set accounts up for the first time, and reload them, with few and with many phones and messages."""
    rows = []
    requests: dict[tuple[int, int], int] = {}
    for phones, history in ACCOUNTS_FOR_SMOKE if smoke else ACCOUNTS:
        async with a_service(phones=phones, history=history) as service, a_home() as hass:
            entry = an_entry(service.account, service.url)
            entry.add_to_hass(hass)
            first = await _time(hass, hass.config_entries.async_setup(entry.entry_id))
            before = sum((await service.counts()).values())
            bare, reloads = [], []
            for _ in range(_RELOADS_FOR_SMOKE if smoke else _RELOADS):
                settle_memory()
                reloads.append(await _time(hass, hass.config_entries.async_reload(entry.entry_id)))
            requests[phones, history] = round((sum((await service.counts()).values()) - before) / len(reloads))
            session, begin = async_get_clientsession(hass), utcnow() - _SWEPT
            for _ in reloads:
                started = time.perf_counter()
                await service.read_bare(session, begin=begin)
                bare.append(time.perf_counter() - started)
            entities = len(er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id))
        rows.append(
            (
                f"{phones}",
                f"{history:,}",
                f"{entities}",
                f"{requests[phones, history]}",
                milliseconds(median(bare)),
                milliseconds(first),
                milliseconds(median(reloads)),
            )
        )
    return Result(
        name="startup",
        compares="From the beginning of the set-up until all entities are there, with the first reading of the service."
        " The first time includes what Home Assistant imports and reads once for an integration and its platforms. Beside it,"
        " the same two requests made with aiohttp, whose answers are thrown away: the time that the service itself takes,"
        " which runs in another process.",
        columns=("phones", "history", "entities", "requests", "bare requests (ms)", "first (ms)", "reload (ms)"),
        rows=rows,
        requirements=[
            Requirement(
                "neither phones nor the age of the account cost requests",
                f"{min(requests.values())} to {max(requests.values())}",
                met=len(set(requests.values())) == 1,
            )
        ],
    )


async def _time(hass: HomeAssistant, ready: Awaitable[bool]) -> float:
    """Return how long it took. Raises RuntimeError if it did not succeed."""
    begin = time.perf_counter()
    loaded = await ready
    await hass.async_block_till_done()
    taken = time.perf_counter() - begin
    if not loaded:
        raise RuntimeError("The account could not be set up")
    return taken
