"""The action that sends many different messages with few requests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from .addressees import Written, async_find_number, written_number
from .send_sms import ATTR_MESSAGE
from .sending import ATTR_MESSAGES, Item, Letter, Misfit, async_send
from .target import ACCOUNT_FIELD, Target, async_find_target
from .values import AS_GIVEN, read_text, unreadable
from .wishes import WISH_FIELDS, Wishes

ATTR_NUMBER: Final = "number"
# Twenty requests; what takes longer is better sent in several calls.
MOST_MESSAGES: Final = 1000


def without_blanks(value: dict[Any, Any]) -> dict[Any, Any]:
    """Leave out what was left empty: a form may say so, and so may the templates in a list of messages."""
    return {
        key: what
        for key, what in value.items()
        if not (what is None or what == "") or key in {ATTR_NUMBER, ATTR_MESSAGE}
    }


MESSAGE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_NUMBER): written_number,
        vol.Required(ATTR_MESSAGE): AS_GIVEN,
        vol.Optional(ATTR_DEVICE_ID): AS_GIVEN,
        **WISH_FIELDS,
    }
)


def message(value: Any) -> Any:
    """Return a message without blanks, and what is none as it is. Raises vol.Invalid for missing and other fields."""
    return MESSAGE_SCHEMA(without_blanks(value)) if isinstance(value, dict) else value


SEND_BULK_SMS_SCHEMA: Final = vol.Schema(
    {**ACCOUNT_FIELD, vol.Required(ATTR_MESSAGES): vol.All(cv.ensure_list, [message])}
)
_MESSAGES_EXAMPLE: Final = '[{"number": "+12025550123", "message": "…"}]'


async def async_send_bulk_sms(call: ServiceCall) -> ServiceResponse:
    """Send messages, also several to one number, and return what became of each, in the same order.

    Raises ServiceValidationError for fields that make no sense, and an error if nothing could be sent.
    """
    messages: list[Any] = call.data[ATTR_MESSAGES]
    if not all(isinstance(fields, dict) for fields in messages):
        # A template that does not make a list of messages makes a text.
        raise unreadable(ATTR_MESSAGES, _MESSAGES_EXAMPLE)
    if not messages:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nobody_to_text")
    if len(messages) > MOST_MESSAGES:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="too_many_at_once",
            translation_placeholders={"count": str(len(messages)), "most": str(MOST_MESSAGES)},
        )
    reader = _Reader(call.hass, call.data)
    return await async_send(call, [reader.read(fields) for fields in messages])


class _Reader:
    """Reads the messages of one call."""

    def __init__(self, hass: HomeAssistant, fields: Mapping[str, Any]) -> None:
        """Take the account that was named for all of them, if one was."""
        self._hass = hass
        self._account = {field: fields[field] for field in fields.keys() & {ATTR_CONFIG_ENTRY_ID}}
        self._now: datetime = dt_util.utcnow()
        self._targets: dict[str | None, Target] = {}

    def read(self, fields: Mapping[str, Any]) -> Item:
        """Return one of the messages, or what is wrong with it."""
        text = ""
        written: Written | None = fields[ATTR_NUMBER]
        target: Target | None = None
        try:
            text = read_text(ATTR_MESSAGE, fields[ATTR_MESSAGE])
            target = self._target(
                read_text(ATTR_DEVICE_ID, fields[ATTR_DEVICE_ID]) if ATTR_DEVICE_ID in fields else None
            )
            wishes = Wishes.from_fields(fields, phone_id=target.phone_id, now=self._now)
            addressee = async_find_number(self._hass, ATTR_NUMBER, written, target.account)
        except ServiceValidationError as err:
            target = target or self._target_without_phone()
            account, phone_id = (target.account, target.phone_id) if target else (None, None)
            return Misfit(error=err, text=text, written=written, account=account, phone_id=phone_id)
        return Letter(addressee=addressee, draft=wishes.applied_to(addressee.draft(text)))

    def _target_without_phone(self) -> Target | None:
        """Return the account that a message is meant for whose phone makes no sense, None if it is not known."""
        try:
            return self._target(None)
        except ServiceValidationError:
            return None

    def _target(self, device_id: str | None) -> Target:
        if device_id not in self._targets:
            phone = {} if device_id is None else {ATTR_DEVICE_ID: device_id}
            self._targets[device_id] = async_find_target(self._hass, {**self._account, **phone})
        return self._targets[device_id]
