"""Calling actions as an automation does."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.json import json_loads_object
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone


async def get_messages(hass: HomeAssistant, **fields: Any) -> dict[str, Any]:
    """Call the action, and return its response as it goes out in JSON."""
    response = await hass.services.async_call(DOMAIN, "get_messages", fields, blocking=True, return_response=True)
    return json_loads_object(json_bytes(response))


async def texts(hass: HomeAssistant, **fields: Any) -> list[str]:
    """Call the action, and return the texts of the messages."""
    return [message["text"] for message in (await get_messages(hass, **fields))["messages"]]


async def refusal(hass: HomeAssistant, **fields: Any) -> HomeAssistantError:
    """Call the action with fields that make no sense, and return the error."""
    with pytest.raises(ServiceValidationError) as error:
        await get_messages(hass, **fields)
    return await readable(hass, error.value)


async def failure(hass: HomeAssistant, **fields: Any) -> HomeAssistantError:
    """Call the action while the service does not do its part, and return the error."""
    with pytest.raises(HomeAssistantError) as error:
        await get_messages(hass, **fields)
    assert not isinstance(error.value, ServiceValidationError)
    return await readable(hass, error.value)


async def readable(hass: HomeAssistant, error: HomeAssistantError) -> HomeAssistantError:
    """Return an error after making sure that it has a text, with all its placeholders filled in."""
    assert error.translation_domain == DOMAIN
    exceptions = await async_get_translations(hass, "en", "exceptions", {DOMAIN})
    text = exceptions[f"component.{DOMAIN}.exceptions.{error.translation_key}.message"]
    text.format(**(error.translation_placeholders or {}))
    return error


def device_of(hass: HomeAssistant, entry: MockConfigEntry, identifier: Phone | str) -> str:
    """Return the registry's id for a phone, or for another thing with an id of ours."""
    own_id = str(identifier.id) if isinstance(identifier, Phone) else identifier
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, own_id), config_entry_id=entry.entry_id)
    assert device is not None
    return device.id
