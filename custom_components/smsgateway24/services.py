"""Registers the actions."""

from homeassistant.core import HomeAssistant, SupportsResponse, callback

from .actions.get_messages import GET_MESSAGES_SCHEMA, async_get_messages
from .const import DOMAIN


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions, once for all accounts: a call finds the account that it is meant for."""
    hass.services.async_register(
        DOMAIN,
        "get_messages",
        async_get_messages,
        schema=GET_MESSAGES_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
