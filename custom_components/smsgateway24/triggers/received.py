"""The trigger for a message that was received."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Self, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import EVENT_RECEIVED
from ..errors import spoken_word
from ..messaging.inbox import FRESH_FOR
from .announcement import AnnouncementTrigger
from .pattern import Pattern
from .people import folded, in_few_words, is_one_of, person

CONF_CONTAINS: Final = "contains"
CONF_MATCHES: Final = "matches"
CONF_MAX_AGE: Final = "max_age"
CONF_SENDER: Final = "sender"
CONF_TRUSTED_ONLY: Final = "trusted_only"

# Up to this age only what is surely fresh counts; who asks for more wants late messages as well.
DEFAULT_MAX_AGE: Final = timedelta(minutes=10)
# How far this machine's clock may lie behind the service's before an age that it tells is worth nothing.
CLOCK_TOLERANCE: Final = timedelta(minutes=5)


class Reason(StrEnum):
    """Why a message did not trigger, as it stands in the trace."""

    TOO_OLD = "too_old"
    NOT_TRUSTED = "sender_not_trusted"
    OTHER_SENDER = "other_sender"
    SENDER_WITHHELD = "sender_withheld_by_privacy"
    DOES_NOT_CONTAIN = "text_does_not_contain"
    DOES_NOT_MATCH = "text_does_not_match"
    TOO_LONG = "text_too_long_to_match"
    TEXT_WITHHELD = "text_withheld_by_privacy"


# --- options --------------------------------------------------------------------------------


def _switch(value: Any) -> bool:
    try:
        on: bool = cv.boolean(value)
    except vol.Invalid:
        # It may be a number, and this ends up in the log.
        raise vol.Invalid(f"{spoken_word(str(value))} is neither yes nor no; write true or false") from None
    return on


def _text(value: Any) -> str:
    text = cv.string(value)
    if not text.strip():
        raise vol.Invalid("the text is missing; enter what the message has to contain, or remove the option")
    return text


def _pattern(value: Any) -> str:
    expression = cv.string(value)
    if not expression:
        raise vol.Invalid("the regular expression is missing; enter one, or remove the option")
    try:
        Pattern.parse(expression)
    except ValueError as err:
        raise vol.Invalid(str(err)) from err
    return expression


def _max_age(value: Any) -> timedelta:
    try:
        age: timedelta = cv.positive_time_period(value)
    except vol.Invalid:
        raise vol.Invalid(f"{spoken_word(str(value))} is no positive duration; write it as HH:MM:SS") from None
    if not age:
        # Neither "no limit" nor "nothing" is what everybody would expect.
        raise vol.Invalid("the greatest age is zero; enter a longer time, or remove the option for ten minutes")
    return age


# --- one message ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Which messages trigger. All that is asked for has to be met.

    ``senders`` are numbers and names, of which one has to fit, unless there are none; ``contains`` is compared without
    regard to case; ``max_age`` is a limit as described in ``_is_old``.
    """

    senders: tuple[str, ...]
    trusted_only: bool
    contains: str | None
    matches: Pattern | None
    max_age: timedelta

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the filter that the validated options of a trigger describe."""
        contains, matches = options.get(CONF_CONTAINS), options.get(CONF_MATCHES)
        return cls(
            senders=tuple(options[CONF_SENDER]),
            trusted_only=options[CONF_TRUSTED_ONLY],
            contains=None if contains is None else folded(contains),
            matches=None if matches is None else Pattern.parse(matches),
            max_age=options[CONF_MAX_AGE],
        )

    def objection(self, hass: HomeAssistant, message: Mapping[str, Any]) -> Reason | None:
        """Return why an announced message does not trigger; None if it does.

        The text comes last, so that what strangers wrote is not even looked at where only known senders are wanted.
        """
        if _is_old(message, self.max_age):
            return Reason.TOO_OLD
        if self.trusted_only and message.get("trusted") is not True:
            return Reason.NOT_TRUSTED
        if self.senders:
            if (sender := message.get("sender")) is None:
                return Reason.SENDER_WITHHELD
            if not is_one_of(hass, self.senders, sender):
                return Reason.OTHER_SENDER
        if self.contains is None and self.matches is None:
            return None
        if (text := message.get("text")) is None:
            return Reason.TEXT_WITHHELD
        return self._objection_to_text(text)

    def _objection_to_text(self, text: str) -> Reason | None:
        if self.contains is not None and self.contains not in folded(text):
            return Reason.DOES_NOT_CONTAIN
        if self.matches is None:
            return None
        # Keyboards leave a blank behind the last word, which would keep "gate$" from matching.
        text = text.strip()
        if not self.matches.can_search(text):
            return Reason.TOO_LONG
        return None if self.matches.is_in(text) else Reason.DOES_NOT_MATCH


def _is_old(message: Mapping[str, Any], max_age: timedelta) -> bool:
    """Whether a message is older than wanted, or not known to be young enough.

    A message that is not delayed is fresh by the service's own clock, so this machine's clock is asked only where less
    than that is wanted. A delayed one may be older than it looks: it counts only for those who ask for more than the
    default, and then for what its time of receipt says by this machine's clock.
    """
    fresh = message.get("delayed") is False
    if fresh and max_age >= FRESH_FOR:
        return False
    if not fresh and max_age <= DEFAULT_MAX_AGE:
        return True
    received_at = dt_util.parse_datetime(str(message.get("received_at")))
    if received_at is None:
        return True
    age = dt_util.utcnow() - dt_util.as_utc(received_at)
    return age > max_age or (age < -CLOCK_TOLERANCE and not fresh)


# --- the trigger ----------------------------------------------------------------------------


class SmsReceivedTrigger(AnnouncementTrigger):
    """Runs an automation when a phone has received an SMS, once for each."""

    _event = EVENT_RECEIVED
    _people = CONF_SENDER
    _options = vol.Schema(
        {
            vol.Optional(CONF_SENDER, default=list): vol.All(cv.ensure_list, [person]),
            vol.Required(CONF_TRUSTED_ONLY, default=False): _switch,
            vol.Optional(CONF_CONTAINS): _text,
            vol.Optional(CONF_MATCHES): _pattern,
            vol.Required(CONF_MAX_AGE, default=DEFAULT_MAX_AGE): _max_age,
        }
    )
    values = (
        "message_id",
        "sender",
        "sender_name",
        "trusted",
        "text",
        "phone_id",
        "device_id",
        "sim",
        "received_at",
        "delayed",
        "config_entry_id",
    )
    _traced = ("message_id", "device_id", "received_at", "delayed")

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take what was validated."""
        super().__init__(hass, config)
        self._filter = MessageFilter.from_options(config.options or {})

    @override
    def _objection(self, message: Mapping[str, Any]) -> str | None:
        return self._filter.objection(self._hass, message)

    @override
    def _describe(self, message: Mapping[str, Any]) -> str:
        sender = in_few_words(message.get("sender_name"), message.get("sender"), self._hass.config.country)
        return "SMS received" if sender is None else f"SMS from {sender}"
