"""The action that has the service text everybody in its contact lists."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..errors import change_error
from .asking import async_ask
from .target import TARGET_FIELDS, async_find_target
from .values import AS_GIVEN, LARGEST_ID, read_filled, read_integer, read_text
from .wishes import SEND_AT_FIELD, SIM_FIELD, read_send_at, read_sim

ATTR_TITLE: Final = "title"
ATTR_MESSAGE: Final = "message"
ATTR_CONTACT_LIST_IDS: Final = "contact_list_ids"

CREATE_NEWSLETTER_SCHEMA: Final = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Required(ATTR_TITLE): AS_GIVEN,
        vol.Required(ATTR_MESSAGE): AS_GIVEN,
        vol.Required(ATTR_CONTACT_LIST_IDS): cv.ensure_list_csv,
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
    title = read_filled(ATTR_TITLE, call.data[ATTR_TITLE])
    text = read_text(ATTR_MESSAGE, call.data[ATTR_MESSAGE])
    if not text.strip():
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="empty_message")
    given = (read_integer(ATTR_CONTACT_LIST_IDS, item, 1, LARGEST_ID) for item in call.data[ATTR_CONTACT_LIST_IDS])
    list_ids = list(dict.fromkeys(given))
    if not list_ids:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_contact_list")
    sim = read_sim(call.data)
    send_at = read_send_at(call.data, dt_util.utcnow())
    created = await async_ask(
        call.hass,
        target.account,
        lambda client: client.create_newsletter(title, text, list_ids, phone_id, sim or 0, send_at),
        describe=change_error,
    )
    return {"newsletter_id": created}
