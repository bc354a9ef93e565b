"""The action that has the service text everybody in its contact lists."""

from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..errors import change_error
from .asking import async_ask
from .target import TARGET_FIELDS, async_find_target
from .values import LARGEST_ID, check_not_empty, check_range
from .wishes import SEND_AT_FIELD, SIM_FIELD, read_send_at, read_sim

ATTR_TITLE: Final = "title"
ATTR_MESSAGE: Final = "message"
ATTR_CONTACT_LIST_IDS: Final = "contact_list_ids"


def whole_numbers(value: Any) -> list[int]:
    """Return whole numbers from one, from a text with commas between them, or from a list. Raises vol.Invalid."""
    coerce = vol.Coerce(int)
    return [coerce(item) for item in cv.ensure_list_csv(value)]


CREATE_NEWSLETTER_SCHEMA: Final = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Required(ATTR_TITLE): cv.string,
        vol.Required(ATTR_MESSAGE): cv.string,
        vol.Required(ATTR_CONTACT_LIST_IDS): whole_numbers,
        **SIM_FIELD,
        **SEND_AT_FIELD,
    }
)


async def async_create_newsletter(call: ServiceCall) -> ServiceResponse:
    """Send a message to all contacts of some lists, and return the newsletter's id.

    Raises ServiceValidationError for fields that make no sense, HomeAssistantError if the service does not take it.
    """
    target = async_find_target(call.hass, call.data)
    if (phone_id := target.phone_id) is None:
        # Not any phone will do: what is to go to a whole list is not left to chance.
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="phone_needed")
    title = check_not_empty(ATTR_TITLE, call.data[ATTR_TITLE])
    text: str = call.data[ATTR_MESSAGE]
    if not text.strip():
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="empty_message")
    list_ids: list[int] = list(dict.fromkeys(call.data[ATTR_CONTACT_LIST_IDS]))
    if not list_ids:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_contact_list")
    for list_id in list_ids:
        check_range(ATTR_CONTACT_LIST_IDS, list_id, 1, LARGEST_ID)
    sim = read_sim(call.data)
    send_at = read_send_at(call.data, dt_util.utcnow())
    created = await async_ask(
        call.hass,
        target.account,
        lambda client: client.create_newsletter(title, text, list_ids, phone_id, sim or 0, send_at),
        describe=change_error,
    )
    return {"newsletter_id": created}
