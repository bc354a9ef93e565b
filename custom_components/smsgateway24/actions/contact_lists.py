"""The actions that keep contacts in lists at the service, which its newsletters go to."""

from functools import partial
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
import voluptuous as vol

from ..errors import change_error
from .addressees import read_number, written_number
from .asking import async_ask
from .target import ACCOUNT_FIELD, async_find_target
from .values import AS_GIVEN, LARGEST_ID, read_filled, read_integer

ATTR_TITLE: Final = "title"
ATTR_CONTACT_LIST_ID: Final = "contact_list_id"
ATTR_NUMBER: Final = "number"
ATTR_NAME: Final = "name"

CREATE_CONTACT_LIST_SCHEMA: Final = vol.Schema({**ACCOUNT_FIELD, vol.Required(ATTR_TITLE): AS_GIVEN})
ADD_CONTACT_SCHEMA: Final = vol.Schema(
    {
        **ACCOUNT_FIELD,
        vol.Required(ATTR_CONTACT_LIST_ID): AS_GIVEN,
        vol.Required(ATTR_NUMBER): written_number,
        vol.Required(ATTR_NAME): AS_GIVEN,
    }
)


async def async_create_contact_list(call: ServiceCall) -> ServiceResponse:
    """Make an empty list, and return its id.

    Raises ServiceValidationError for fields that make no sense, HomeAssistantError if the service does not make it.
    """
    account = async_find_target(call.hass, call.data).account
    title = read_filled(ATTR_TITLE, call.data[ATTR_TITLE])
    created = await async_ask(
        call.hass, account, lambda client: client.create_contact_list(title), describe=change_error
    )
    return {ATTR_CONTACT_LIST_ID: created}


async def async_add_contact(call: ServiceCall) -> ServiceResponse:
    """Put somebody into a list, and return the contact's id.

    Raises ServiceValidationError for fields that make no sense, HomeAssistantError if the service does not do it.
    """
    account = async_find_target(call.hass, call.data).account
    contact_list_id = read_integer(ATTR_CONTACT_LIST_ID, call.data[ATTR_CONTACT_LIST_ID], 1, LARGEST_ID)
    number = read_number(call.hass, ATTR_NUMBER, call.data[ATTR_NUMBER], account.runtime_data.settings.privacy)
    name = read_filled(ATTR_NAME, call.data[ATTR_NAME])
    created = await async_ask(
        call.hass,
        account,
        lambda client: client.add_contact(contact_list_id, number, name),
        describe=partial(change_error, private=(number, name)),
    )
    return {"contact_id": created}
