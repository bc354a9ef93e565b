"""Automations as people write them, run by Home Assistant's own integration, with their traces."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

_ID: Final = "answer"


async def automate(
    hass: HomeAssistant, trigger: Mapping[str, Any], *conditions: Mapping[str, Any]
) -> list[Event[dict[str, Any]]]:
    """Set up an automation, and return the list that its runs are added to; each holds the values of its trigger."""
    runs = async_capture_events(hass, "ran")
    action = {"event": "ran", "event_data": {"trigger": "{{ trigger }}"}}
    automation = {
        "id": _ID,
        "alias": "Answer",
        "triggers": [trigger],
        "conditions": [*conditions],
        "actions": [action],
        "mode": "queued",
        "max": 50,
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [automation]})
    await hass.async_block_till_done()
    assert hass.states.is_state("automation.answer", "on"), "the automation is not valid"
    return runs


def values(runs: list[Event[dict[str, Any]]], *keys: str) -> list[Any]:
    """Return one value of the trigger of each run, or several as tuples."""
    found = [tuple(run.data["trigger"].get(key) for key in keys) for run in runs]
    return [each[0] for each in found] if len(keys) == 1 else found


async def traces(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> list[dict[str, Any]]:
    """Return the automation's traces as the frontend gets them, oldest first, with what each trigger found."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "trace/list", "domain": AUTOMATION, "item_id": _ID})
    listed = (await client.receive_json())["result"]
    found = []
    for short in sorted(listed, key=lambda trace: trace["timestamp"]["start"]):
        await client.send_json_auto_id(
            {"type": "trace/get", "domain": AUTOMATION, "item_id": _ID, "run_id": short["run_id"]}
        )
        found.append((await client.receive_json())["result"])
    return found


async def reasons(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> list[str | None]:
    """Return for each trace why the automation was not triggered; None if it was."""
    found = []
    for trace in await traces(hass, hass_ws_client):
        (step,) = trace["trace"]["trigger/0"]
        found.append(step.get("result", {}).get("reason"))
    return found


async def config_error(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, kind: str, config: Mapping[str, Any]
) -> str | None:
    """Return what the editor says about a trigger or a condition; None if it is valid. ``kind`` is the plural."""
    assert await async_setup_component(hass, AUTOMATION, {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "validate_config", kind: [config]})
    result = (await client.receive_json())["result"][kind]
    assert result["valid"] is (result["error"] is None)
    error: str | None = result["error"]
    return error
