"""How soon an automation acts on a text, with the doorbell and without it."""

import asyncio
from dataclasses import dataclass, field
import random
from statistics import median
import time
from typing import Final

from aiohttp.test_utils import TestServer
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component

from custom_components.smsgateway24.coordinator import SmsGateway24Coordinator
from custom_components.smsgateway24.messaging.doorbell import BURST, REFILL

from .home import a_home, add_account, poll
from .report import Requirement, Result
from .service import Service, a_service
from .timing import milliseconds, settle_memory

MOST_BEYOND_A_READ: Final = 0.020
_INTERVAL: Final = 10
_TEXTS: Final = 15
_TEXTS_BY_POLLING: Final = 15
_HISTORY: Final = 1_000
_ACTED: Final = "acted"


@dataclass(slots=True)
class _Acted:
    """When the automation acted."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    at: float = 0.0

    @callback
    def note(self, _: Event) -> None:
        self.at = time.monotonic()
        self.arrived.set()


async def measure(*, smoke: bool) -> Result:
    """Set the time from a text to the action it causes against the time that one read of the service takes."""
    async with a_service(phones=1, history=_HISTORY) as service, a_home() as hass:
        await async_setup_component(hass, "webhook", {})
        acted = await _automate(hass)
        coordinator = await add_account(hass, service.account, service.url, poll_interval=_INTERVAL)
        await hass.async_block_till_done()
        settle_memory()
        reads = [await _read(coordinator) for _ in range(2 * _TEXTS)]
        async with TestServer(hass.http.app) as server:
            webhook_id = coordinator.config_entry.data["webhook_id"]
            # Texts that follow each other at once would meet the doorbell's budget.
            await service.ring_at(str(server.make_url(f"/api/webhook/{webhook_id}")))
            pauses = [0.5] * BURST if smoke else [REFILL + 0.5] * _TEXTS
            pushed = [await _text(service, acted, pause) for pause in pauses]
            await service.ring_at("")
        # At any moment between two polls.
        waits = [] if smoke else [random.uniform(0, _INTERVAL) for _ in range(_TEXTS_BY_POLLING)]  # noqa: S311
        polled = [await _text(service, acted, pause) for pause in waits]
    beyond = median(pushed) - median(reads)
    rows = [_row("one read of the service", reads), _row("with push", pushed)]
    if polled:
        rows.append(_row(f"without, polled every {_INTERVAL} s", polled))
    return Result(
        name="push",
        compares="Time from a text at the simulated service to the action of an automation with the trigger SMS received,"
        " over loopback and through Home Assistant's own webhook, beside one read of the service.",
        columns=("", "median (ms)", "longest (ms)"),
        rows=rows,
        requirements=[
            Requirement(
                f"with push at most {milliseconds(MOST_BEYOND_A_READ)} ms more than one read",
                milliseconds(beyond),
                met=beyond <= MOST_BEYOND_A_READ,
            )
        ],
    )


def _row(what: str, times: list[float]) -> tuple[str, str, str]:
    return what, milliseconds(median(times)), milliseconds(max(times))


async def _automate(hass: HomeAssistant) -> _Acted:
    """Set an automation up, as people have them, and return what tells when it has acted."""
    acted = _Acted()
    hass.bus.async_listen(_ACTED, acted.note)
    automation = {
        "alias": "Answer",
        "triggers": [{"trigger": "smsgateway24.sms_received"}],
        "actions": [{"event": _ACTED}],
        "mode": "queued",
    }
    if not await async_setup_component(hass, AUTOMATION, {AUTOMATION: [automation]}):
        raise RuntimeError("The automation could not be set up")
    return acted


async def _read(coordinator: SmsGateway24Coordinator) -> float:
    """Return how long one read of the service takes."""
    begin = time.monotonic()
    await poll(coordinator)
    return time.monotonic() - begin


async def _text(service: Service, acted: _Acted, pause: float) -> float:
    """Let a text come after a pause, and return how long it took until the automation acted on it."""
    await asyncio.sleep(pause)
    acted.arrived.clear()
    # Both processes have the same clock.
    came_at = await service.receive()
    async with asyncio.timeout(2 * _INTERVAL):
        await acted.arrived.wait()
    return acted.at - came_at
