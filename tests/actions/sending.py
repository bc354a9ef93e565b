"""Calling the actions that do something, as an automation does."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads_object
import pytest

from custom_components.smsgateway24.const import DOMAIN
from simulator import Simulator

from .calls import readable

TEXT = "Water in the cellar"
CARL = "+447700900199"


async def act(hass: HomeAssistant, action: str, **fields: Any) -> dict[str, Any]:
    """Call an action, and return its response as it goes out in JSON."""
    response = await hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)
    return json_loads_object(json_bytes(response))


async def act_blindly(hass: HomeAssistant, action: str, **fields: Any) -> None:
    """Call an action without asking for its response, as most automations do."""
    await hass.services.async_call(DOMAIN, action, fields, blocking=True)


async def send_sms(hass: HomeAssistant, **fields: Any) -> list[dict[str, Any]]:
    """Send a message, and return what became of it for each person."""
    messages: list[dict[str, Any]] = (await act(hass, "send_sms", **{"message": TEXT, **fields}))["messages"]
    return messages


async def send_bulk(hass: HomeAssistant, *messages: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    """Send messages, and return what became of each."""
    results: list[dict[str, Any]] = (await act(hass, "send_bulk_sms", messages=list(messages), **fields))["messages"]
    return results


async def mistake(hass: HomeAssistant, action: str, **fields: Any) -> HomeAssistantError:
    """Call an action with fields that make no sense, and return the error."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, **fields)
    return await readable(hass, error.value)


async def sms_mistake(hass: HomeAssistant, **fields: Any) -> HomeAssistantError:
    """Send a message with fields that make no sense, and return the error."""
    return await mistake(hass, "send_sms", **{"message": TEXT, **fields})


async def breakdown(hass: HomeAssistant, action: str, **fields: Any) -> HomeAssistantError:
    """Call an action that does not succeed through no fault of the caller, and return the error."""
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, action, **fields)
    assert not isinstance(error.value, ServiceValidationError)
    return await readable(hass, error.value)


async def sms_breakdown(hass: HomeAssistant, **fields: Any) -> HomeAssistantError:
    """Send a message that is not sent through no fault of the caller, and return the error."""
    return await breakdown(hass, "send_sms", **{"message": TEXT, **fields})


def asked(sim: Simulator, method: str) -> list[dict[str, str]]:
    """Return what the service was asked by a method, oldest first."""
    return [request.fields for request in sim.requests if request.path == f"/getdata/{method}"]


def sends(sim: Simulator) -> int:
    """Count the requests that were to send something."""
    return len(asked(sim, "addsms")) + len(asked(sim, "addalotofsms"))


async def until_asked(sim: Simulator, method: str) -> None:
    """Wait until the service has been asked by a method."""
    while not asked(sim, method):
        await sim.until_asked(len(sim.requests) + 1)
