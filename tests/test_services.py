"""The actions are registered as they are described."""

from typing import Any

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.smsgateway24.actions.get_messages import GET_MESSAGES_SCHEMA
from custom_components.smsgateway24.const import DOMAIN

SCHEMAS = {"get_messages": GET_MESSAGES_SCHEMA}


def fields_of(description: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a described action, those in sections as well."""
    fields: dict[str, Any] = {}
    for name, field in description["fields"].items():
        fields |= field.get("fields", {name: field})
    return fields


async def test_the_actions_are_there_without_an_account(hass: HomeAssistant) -> None:
    """An automation that uses one is checked before any account is loaded."""
    assert await async_setup_component(hass, DOMAIN, {})

    assert hass.services.async_services_for_domain(DOMAIN).keys() == SCHEMAS.keys()
    assert hass.services.supports_response(DOMAIN, "get_messages") is SupportsResponse.ONLY


@pytest.mark.parametrize("action", SCHEMAS)
async def test_an_action_takes_the_fields_that_are_described(hass: HomeAssistant, action: str) -> None:
    """No others, and with the same defaults."""
    assert await async_setup_component(hass, DOMAIN, {})
    described = fields_of((await async_get_all_descriptions(hass))[DOMAIN][action])

    taken = {
        str(key): None if isinstance(key.default, vol.Undefined) else key.default() for key in SCHEMAS[action].schema
    }
    assert taken == {name: field.get("default") for name, field in described.items()}
