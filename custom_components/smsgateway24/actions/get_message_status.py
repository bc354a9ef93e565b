"""The action that asks how far one message has come."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
import voluptuous as vol

from ..api import FAILED, FINAL, status_word
from ..errors import failure_error, read_error
from .asking import async_ask
from .sentences import async_get_sentences
from .target import ACCOUNT_FIELD, async_find_target
from .values import AS_GIVEN, LARGEST_ID, read_integer

ATTR_MESSAGE_ID: Final = "message_id"

GET_MESSAGE_STATUS_SCHEMA: Final = vol.Schema({**ACCOUNT_FIELD, vol.Required(ATTR_MESSAGE_ID): AS_GIVEN})


async def async_get_message_status(call: ServiceCall) -> ServiceResponse:
    """Return the status of a message at the service.

    Raises ServiceValidationError for fields that make no sense, HomeAssistantError if the service does not answer.
    """
    account = async_find_target(call.hass, call.data).account
    message_id = read_integer(ATTR_MESSAGE_ID, call.data[ATTR_MESSAGE_ID], 1, LARGEST_ID)
    report = await async_ask(
        call.hass, account, lambda client: client.get_message_status(message_id), describe=read_error
    )
    word = status_word(report.status)
    sentence = await async_get_sentences(call.hass)
    return {
        "message_id": report.message_id,
        "status": word,
        "status_code": report.status,
        "status_text": report.description,
        "final": report.status in FINAL,
        "error": sentence(failure_error(word)) if report.status in FAILED else None,
    }
