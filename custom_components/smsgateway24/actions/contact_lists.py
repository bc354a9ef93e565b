"""The actions that keep contacts in lists at the service, which its newsletters go to."""

from functools import partial
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..errors import change_error
from .addressees import read_number, written_number
from .asking import async_ask
from .target import ACCOUNT_FIELD, async_find_target
from .values import LARGEST_ID, check_not_empty, check_range

ATTR_TITLE: Final = "title"
ATTR_CONTACT_LIST_ID: Final = "contact_list_id"
ATTR_NUMBER: Final = "number"
ATTR_NAME: Final = "name"

CREATE_CONTACT_LIST_SCHEMA: Final = vol.Schema({**ACCOUNT_FIELD, vol.Required(ATTR_TITLE): cv.string})
ADD_CONTACT_SCHEMA: Final = vol.Schema(
    {
        **ACCOUNT_FIELD,
        vol.Required(ATTR_CONTACT_LIST_ID): vol.Coerce(int),
        vol.Required(ATTR_NUMBER): written_number,
        vol.Required(ATTR_NAME): cv.string,
    }
)


async def async_create_contact_list(call: ServiceCall) -> ServiceResponse:
    """Make an empty list, and return its id.

    Raises ServiceValidationError for fields that make no sense, HomeAssistantError if the service does not make it.
    """
    account = async_find_target(call.hass, call.data).account
    title = check_not_empty(ATTR_TITLE, call.data[ATTR_TITLE])
    created = await async_ask(
        call.hass, account, lambda client: client.create_contact_list(title), describe=change_error
    )
    return {ATTR_CONTACT_LIST_ID: created}


async def async_add_contact(call: ServiceCall) -> ServiceResponse:
    """Put somebody into a list, and return the contact's id.

    Raises ServiceValidationError for fields that make no sense, HomeAssistantError if the service does not do it.
    """
    account = async_find_target(call.hass, call.data).account
    contact_list_id: int = call.data[ATTR_CONTACT_LIST_ID]
    check_range(ATTR_CONTACT_LIST_ID, contact_list_id, 1, LARGEST_ID)
    number = read_number(call.hass, call.data[ATTR_NUMBER], account.runtime_data.settings.privacy)
    name = check_not_empty(ATTR_NAME, call.data[ATTR_NAME])
    created = await async_ask(
        call.hass,
        account,
        lambda client: client.add_contact(contact_list_id, number, name),
        describe=partial(change_error, private=(number, name)),
    )
    return {"contact_id": created}
