"""Registers the actions."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
import voluptuous as vol

from .actions.contact_lists import (
    ADD_CONTACT_SCHEMA,
    CREATE_CONTACT_LIST_SCHEMA,
    async_add_contact,
    async_create_contact_list,
)
from .actions.create_newsletter import CREATE_NEWSLETTER_SCHEMA, async_create_newsletter
from .actions.get_message_status import GET_MESSAGE_STATUS_SCHEMA, async_get_message_status
from .actions.get_messages import GET_MESSAGES_SCHEMA, async_get_messages
from .actions.send_bulk_sms import SEND_BULK_SMS_SCHEMA, async_send_bulk_sms
from .actions.send_sms import SEND_SMS_SCHEMA, async_send_sms
from .const import DOMAIN


@dataclass(frozen=True, slots=True)
class Action:
    """What Home Assistant is told of an action; ``only_reads`` says that it is of no use without its response."""

    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    schema: vol.Schema
    only_reads: bool = False


ACTIONS: Final[Mapping[str, Action]] = {
    "send_sms": Action(async_send_sms, SEND_SMS_SCHEMA),
    "send_bulk_sms": Action(async_send_bulk_sms, SEND_BULK_SMS_SCHEMA),
    "get_messages": Action(async_get_messages, GET_MESSAGES_SCHEMA, only_reads=True),
    "get_message_status": Action(async_get_message_status, GET_MESSAGE_STATUS_SCHEMA, only_reads=True),
    "create_contact_list": Action(async_create_contact_list, CREATE_CONTACT_LIST_SCHEMA),
    "add_contact": Action(async_add_contact, ADD_CONTACT_SCHEMA),
    "create_newsletter": Action(async_create_newsletter, CREATE_NEWSLETTER_SCHEMA),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions, once for all accounts: a call finds the account that it is meant for."""
    for name, action in ACTIONS.items():
        hass.services.async_register(
            DOMAIN,
            name,
            action.handler,
            schema=action.schema,
            supports_response=SupportsResponse.ONLY if action.only_reads else SupportsResponse.OPTIONAL,
        )
