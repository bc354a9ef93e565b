"""The triggers for what became of a message that was sent: it was delivered, or it failed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..api import FAILED, status_word
from ..const import DOMAIN
from ..errors import spoken_word
from ..messaging.fate import REASON_EXPIRED, REASON_NO_REPORT, REASON_REFUSED, REASON_UNCONFIRMED
from ..messaging.outgoing import Outcome
from .announcement import AnnouncementTrigger
from .people import in_few_words, is_one_of, person

CONF_RECIPIENT: Final = "recipient"
CONF_REASON: Final = "reason"

FAILURE_REASONS: Final = frozenset(
    {*map(status_word, FAILED), REASON_EXPIRED, REASON_NO_REPORT, REASON_REFUSED, REASON_UNCONFIRMED}
)

_VALUES: Final[tuple[str, ...]] = (
    "message_id",
    "number",
    "recipient_name",
    "phone_id",
    "device_id",
    "sim",
    "status",
    "status_text",
    "config_entry_id",
)


class Reason(StrEnum):
    """Why the end of a message did not trigger, as it stands in the trace."""

    OTHER_RECIPIENT = "other_recipient"
    RECIPIENT_WITHHELD = "recipient_withheld_by_privacy"
    OTHER_REASON = "failed_for_other_reason"


def _failure_reason(value: Any) -> str:
    if not isinstance(value, str) or value not in FAILURE_REASONS:
        # It may be a number, and this ends up in the log.
        given = spoken_word(str(value))
        raise vol.Invalid(f"there is no reason {given}; choose among {', '.join(sorted(FAILURE_REASONS))}")
    return value


class _OutcomeTrigger(AnnouncementTrigger):
    """Runs an automation when it is known what became of a message."""

    _people = CONF_RECIPIENT
    _options = vol.Schema({vol.Optional(CONF_RECIPIENT, default=list): vol.All(cv.ensure_list, [person])})
    values = _VALUES
    _traced: ClassVar[tuple[str, ...]] = ("message_id", "device_id", "status")
    _words: ClassVar[str]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take what was validated."""
        super().__init__(hass, config)
        self._chosen: Mapping[str, Any] = config.options or {}

    @override
    def _objection(self, message: Mapping[str, Any]) -> str | None:
        people = self._chosen[CONF_RECIPIENT]
        if not people:
            return None
        if "number" not in message:
            return Reason.RECIPIENT_WITHHELD
        # A message that was to go to nobody's number goes to none of these people.
        number = message["number"]
        return None if number is not None and is_one_of(self._hass, people, number) else Reason.OTHER_RECIPIENT

    @override
    def _describe(self, message: Mapping[str, Any]) -> str:
        recipient = in_few_words(message.get("recipient_name"), message.get("number"), self._hass.config.country)
        return f"SMS {self._words}" if recipient is None else f"SMS to {recipient} {self._words}"


class SmsDeliveredTrigger(_OutcomeTrigger):
    """Runs an automation when an SMS that was sent has been delivered."""

    _event = f"{DOMAIN}_sms_{Outcome.DELIVERED}"
    _words = "delivered"


class SmsFailedTrigger(_OutcomeTrigger):
    """Runs an automation when an SMS could not be sent or delivered."""

    _event = f"{DOMAIN}_sms_{Outcome.FAILED}"
    _words = "failed"
    _options = _OutcomeTrigger._options.extend(  # noqa: SLF001
        {vol.Optional(CONF_REASON, default=list): vol.All(cv.ensure_list, [_failure_reason])}
    )
    values = (*_VALUES, "reason")
    _traced = ("message_id", "device_id", "status", "reason")

    @override
    def _objection(self, message: Mapping[str, Any]) -> str | None:
        reasons = self._chosen[CONF_REASON]
        if reasons and message.get("reason") not in reasons:
            return Reason.OTHER_REASON
        return super()._objection(message)
