"""The actions are registered as they are described."""

from typing import Any

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.smsgateway24.actions.send_bulk_sms import MESSAGE_SCHEMA
from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.services import ACTIONS

READING = {"get_messages", "get_message_status"}
DOING = {"send_sms", "send_bulk_sms", "create_contact_list", "add_contact", "create_newsletter"}


def fields_of(description: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a described action, those in sections as well."""
    fields: dict[str, Any] = {}
    for name, field in description["fields"].items():
        fields |= field.get("fields", {name: field})
    return fields


async def described(hass: HomeAssistant, action: str) -> dict[str, Any]:
    """Return the fields of an action as the visual editor gets them."""
    assert await async_setup_component(hass, DOMAIN, {})
    return fields_of((await async_get_all_descriptions(hass))[DOMAIN][action])


async def test_the_actions_are_there_without_an_account(hass: HomeAssistant) -> None:
    """An automation that uses one is checked before any account is loaded."""
    assert await async_setup_component(hass, DOMAIN, {})

    assert hass.services.async_services_for_domain(DOMAIN).keys() == READING | DOING
    for action in READING:
        assert hass.services.supports_response(DOMAIN, action) is SupportsResponse.ONLY
    for action in DOING:
        assert hass.services.supports_response(DOMAIN, action) is SupportsResponse.OPTIONAL


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_takes_the_fields_that_are_described(hass: HomeAssistant, action: str) -> None:
    """No others, and with the same defaults."""
    taken = {
        str(key): None if isinstance(key.default, vol.Undefined) else key.default()
        for key in ACTIONS[action].schema.schema
    }
    assert taken == {name: field.get("default") for name, field in (await described(hass, action)).items()}


@pytest.mark.parametrize("action", ACTIONS)
async def test_what_an_action_needs_is_described_as_needed(hass: HomeAssistant, action: str) -> None:
    """So that the visual editor does not offer to leave it out."""
    fields = await described(hass, action)
    needed = {str(key) for key in ACTIONS[action].schema.schema if isinstance(key, vol.Required)}
    if action == "create_newsletter":
        # Its absence is an error with a better text.
        needed.add("device_id")
    assert needed == {name for name, field in fields.items() if field.get("required")}


async def test_a_message_of_many_takes_the_fields_that_are_described(hass: HomeAssistant) -> None:
    """The form in the visual editor has a field for each."""
    fields = (await described(hass, "send_bulk_sms"))["messages"]["selector"]["object"]["fields"]

    assert fields.keys() == {str(key) for key in MESSAGE_SCHEMA.schema}
    needed = {str(key) for key in MESSAGE_SCHEMA.schema if isinstance(key, vol.Required)}
    assert needed == {name for name, field in fields.items() if field.get("required")}
