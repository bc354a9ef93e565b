"""Running automations that wait for something, and looking at what they do."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import json
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Simulator
from tests.actions.sending import sends

AUTOMATION_ID: Final = "from_blueprint"
ENTITY: Final = f"{AUTOMATION}.from_blueprint"
ALARMS: Final = [{"trigger": "event", "event_type": "alarm"}]

# Where its traces are kept.
_TRACES: Final = f"{AUTOMATION}.{AUTOMATION_ID}"
# So many turns of the loop take some seconds.
_PATIENCE = 200_000


def marker(name: str, **data: Any) -> list[dict[str, Any]]:
    """Return actions that do nothing but leave a mark, with data out of templates."""
    return [{"event": name, "event_data": data}]


def marks(hass: HomeAssistant, name: str) -> list[Event[dict[str, Any]]]:
    """Return the list that these marks are added to."""
    return async_capture_events(hass, name)


def notices(hass: HomeAssistant) -> list[ServiceCall]:
    """Return the list that notifications in Home Assistant are added to, instead of being shown."""
    return async_mock_service(hass, "persistent_notification", "create")


def notified(hass: HomeAssistant, failure: HomeAssistantError | None = None) -> list[ServiceCall]:
    """Return the list that notifications elsewhere are added to, instead of being delivered, or before they fail."""
    return async_mock_service(hass, "notify", "send_message", raise_exception=failure)


async def until(done: Callable[[], object]) -> None:
    """Wait until something holds; automations that wait for more keep Home Assistant from ever being done.

    By the clock nothing can be waited for where time stands still.
    """
    for _ in range(_PATIENCE):
        if done():
            return
        await asyncio.sleep(0)
    raise TimeoutError


async def until_sent(sim: Simulator, requests: int = 1) -> None:
    """Wait until the service was asked to send so many times, and let all of it go out."""
    await until(lambda: sends(sim) >= requests)
    sim.advance(60)


async def read(hass: HomeAssistant, account: MockConfigEntry) -> None:
    """Read the service once, while an automation may wait for more."""
    await account.runtime_data.async_refresh()


async def pass_minutes(hass: HomeAssistant, freezer: FrozenDateTimeFactory, sim: Simulator, minutes: float) -> None:
    """Let time pass for Home Assistant and the service."""
    freezer.tick(timedelta(minutes=minutes))
    sim.advance(minutes * 60)
    async_fire_time_changed(hass)


async def kept_traces(hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_storage: dict[str, Any]) -> str:
    """Return all that is kept of the automation's traces, as text: what the frontend gets, and what is stored at the end."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "trace/list", "domain": AUTOMATION, "item_id": AUTOMATION_ID})
    listed = (await client.receive_json())["result"]
    for short in listed:
        request = {"type": "trace/get", "domain": AUTOMATION, "item_id": AUTOMATION_ID, "run_id": short["run_id"]}
        await client.send_json_auto_id(request)
        short["whole"] = (await client.receive_json())["result"]
    await client.close()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    stored = hass_storage["trace.saved_traces"]["data"].get(_TRACES, [])
    return json.dumps(listed) + json.dumps(stored, default=str)


async def until_waiting(hass: HomeAssistant, seconds: float) -> None:
    """Wait until something waits for about so long."""
    # What is on the loop's calendar is in no public list.
    loop: Any = hass.loop

    def waits() -> bool:
        now = loop.time()
        return any(abs(handle.when() - now - seconds) < 2 for handle in loop._scheduled if not handle.cancelled())

    await until(waits)
