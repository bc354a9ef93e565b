"""Triggers of automations: an SMS was received.

The trigger listens to the event on the bus and not to the state of an entity: it runs once for each announcement,
whatever becomes of the entities, and also while no account is loaded. What an automation asks for is compared with
the announcement alone, so what the privacy setting withholds cannot be matched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
import re
from typing import Any, Final, Self, cast, override
import unicodedata

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN, EVENT_RECEIVED
from .messaging.inbox import FRESH_FOR
from .messaging.numbers import CountryNeededError, InvalidNumberError, canonical_sender, normalise
from .recipients import recipients_of

CONF_CONTAINS: Final = "contains"
CONF_MATCHES: Final = "matches"
CONF_MAX_AGE: Final = "max_age"
CONF_SENDER: Final = "sender"
CONF_TRUSTED_ONLY: Final = "trusted_only"

# Where the target of a trigger may name what is left out of it (Home Assistant 2026.11).
CONF_EXCLUDE: Final = "exclude"

# Up to this age only what is surely fresh counts; who asks for more wants late messages as well.
DEFAULT_MAX_AGE: Final = timedelta(minutes=10)
# How far this machine's clock may lie behind the service's before an age that it tells is worth nothing.
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
# A pattern may need the square or the cube of a text's length in steps, while nothing else in Home Assistant runs.
# More than a dozen parts are no command.
LONGEST_SEARCHED: Final = 2000

# What an announcement hands on, in the order in which a trace shows it.
_HANDED_ON: Final[tuple[str, ...]] = (
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
# What a trace says about a message that did not trigger: nothing that anybody wrote.
_TRACED: Final[tuple[str, ...]] = ("message_id", "device_id", "received_at", "delayed")

# From so many digits on, a number is somebody's and not a service's.
_PERSONAL_DIGITS: Final = 7


class Reason(StrEnum):
    """Why a message did not trigger, as it stands in the trace."""

    OTHER_PHONE = "other_phone"
    TOO_OLD = "too_old"
    NOT_TRUSTED = "sender_not_trusted"
    OTHER_SENDER = "other_sender"
    SENDER_WITHHELD = "sender_withheld_by_privacy"
    DOES_NOT_CONTAIN = "text_does_not_contain"
    DOES_NOT_MATCH = "text_does_not_match"
    TOO_LONG = "text_too_long_to_match"
    TEXT_WITHHELD = "text_withheld_by_privacy"


# --- options --------------------------------------------------------------------------------


def _sender(value: Any) -> str:
    """Check a number or a name. Raises vol.Invalid for what could never be recognised as meant."""
    if not isinstance(value, str):
        # YAML reads +447700900123 as a number without "+", and some numbers that begin with 0 as other ones.
        raise vol.Invalid("a sender is text; put numbers in quotes, such as '+12025550123'")
    if not (sender := value.strip()):
        raise vol.Invalid("a sender is missing; enter a number or a name, or remove the empty line")
    return sender


def _text(value: Any) -> str:
    text = cv.string(value)
    if not text.strip():
        raise vol.Invalid("the text is missing; enter what the message has to contain, or remove the option")
    return text


def _pattern(value: Any) -> str:
    """Check a regular expression. Raises vol.Invalid, also for one that could keep Home Assistant busy for hours."""
    pattern = cv.string(value)
    if not pattern:
        raise vol.Invalid("the regular expression is missing; enter one, or remove the option")
    try:
        re.compile(pattern)
    except (re.PatternError, OverflowError, RecursionError) as err:
        raise vol.Invalid(f"not a valid regular expression: {err}") from err
    if _repeats_what_varies(pattern):
        raise vol.Invalid(
            "this regular expression repeats a group that itself repeats or chooses, so that a short text could keep "
            "Home Assistant busy for hours; write it without a repetition around such a group"
        )
    return pattern


def _max_age(value: Any) -> timedelta:
    age: timedelta = cv.positive_time_period(value)
    if not age:
        # Neither "no limit" nor "nothing" is what everybody would expect.
        raise vol.Invalid("the greatest age is zero; enter a longer time, or remove the option for ten minutes")
    return age


_OPTIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_SENDER, default=list): vol.All(cv.ensure_list, [_sender]),
        vol.Required(CONF_TRUSTED_ONLY, default=False): cv.boolean,
        vol.Optional(CONF_CONTAINS): _text,
        vol.Optional(CONF_MATCHES): _pattern,
        vol.Required(CONF_MAX_AGE, default=DEFAULT_MAX_AGE): _max_age,
    }
)
_CONFIG_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS, default=dict): _OPTIONS_SCHEMA,
    }
)

# An escape, a set, the beginning of a group, a repetition: each is read as a whole, since signs in it mean something else.
_PART: Final = re.compile(
    r"""
    \\.
    | \[\^?\]?(?:\\.|[^\]\\])*\]
    | \(\?(?:P=\w+\)|P<\w+>|<?[=!]|[:>]|[aiLmsux-]+[:)])
    | \{(?:\d+(?:,\d*)?|,\d*)\}
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT: Final = re.compile(r"\(\?#[^)]*\)")
_ONCE: Final = ("?", "{1}", "{0,1}", "{,1}")


def _repeats_what_varies(pattern: str) -> bool:
    """Whether a group is repeated that can match in more than one way, as in ``(a+)+`` or ``(a|aa)*``.

    The number of ways in which such a pattern can fail doubles with each letter of a text that was made for it.
    Patterns that are accepted take at most a power of the text's length. Harmless ones such as ``(on|off)+`` are
    refused as well: no command needs them, and telling them apart needs far more.
    """
    varies = [False]
    closed: bool | None = None
    for part in _PART.findall(_COMMENT.sub("", pattern)):
        before, closed = closed, None
        if part[0] == "(" and not part.endswith(")"):
            varies.append(False)
        elif part == ")":
            closed = varies.pop()
            varies[-1] |= closed
        elif part == "|":
            varies[-1] = True
        elif part[0] in "*+?" or part[0] == "{" != part:
            if before and part not in _ONCE:
                return True
            # The same number of times, each time the same, is one way.
            varies[-1] |= part[0] != "{" or "," in part
    return False


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
    matches: re.Pattern[str] | None
    max_age: timedelta

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the filter that the validated options of a trigger describe."""
        matches = options.get(CONF_MATCHES)
        return cls(
            senders=tuple(options[CONF_SENDER]),
            trusted_only=options[CONF_TRUSTED_ONLY],
            contains=options.get(CONF_CONTAINS),
            matches=None if matches is None else re.compile(matches, re.IGNORECASE),
            max_age=options[CONF_MAX_AGE],
        )

    def objection(self, hass: HomeAssistant, message: Mapping[str, Any]) -> Reason | None:
        """Return why an announced message does not trigger; None if it does.

        The pattern comes last, so that texts of strangers do not reach it where only known senders are wanted.
        """
        if _is_old(message, self.max_age):
            return Reason.TOO_OLD
        if self.trusted_only and message.get("trusted") is not True:
            return Reason.NOT_TRUSTED
        if self.senders:
            if (sender := message.get("sender")) is None:
                return Reason.SENDER_WITHHELD
            if not _is_one_of(hass, self.senders, sender, message.get("sender_name")):
                return Reason.OTHER_SENDER
        if self.contains is None and self.matches is None:
            return None
        if (text := message.get("text")) is None:
            return Reason.TEXT_WITHHELD
        return self._objection_to_text(text)

    def _objection_to_text(self, text: str) -> Reason | None:
        if self.contains is not None and _folded(self.contains) not in _folded(text):
            return Reason.DOES_NOT_CONTAIN
        if self.matches is None:
            return None
        # Keyboards leave a blank behind the last word, which would keep "gate$" from matching.
        text = text.strip()
        if len(text) > LONGEST_SEARCHED:
            return Reason.TOO_LONG
        return None if self.matches.search(text) else Reason.DOES_NOT_MATCH


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


def _is_one_of(hass: HomeAssistant, wanted: tuple[str, ...], sender: str, sender_name: str | None) -> bool:
    """Whether a sender is one of those that are wanted, each a number, a recipient's name or a sender's own name.

    A recipient's name stands for that person's number alone: anybody can have texts sent under the name "Anna".
    """
    country = hass.config.country
    people = {
        _folded(recipient.name)
        for entry in hass.config_entries.async_entries(DOMAIN)
        for recipient in recipients_of(entry)
    }
    name = None if sender_name is None else _folded(sender_name)
    actual = _folded(canonical_sender(sender, country))
    return any(
        _folded(one) == name if _folded(one) in people else _folded(canonical_sender(one, country)) == actual
        for one in wanted
    )


def _folded(text: str) -> str:
    """Return a text in the form in which it is compared without regard to case and to the ways to write a letter."""
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def _describe(message: Mapping[str, Any], country: str | None) -> str:
    """Say in a few words what happened, without the text or a whole number."""
    if name := message.get("sender_name"):
        return f"SMS from {name}"
    if not (sender := message.get("sender")):
        return "SMS received"
    sender = canonical_sender(sender, country)
    if any(letter.isalpha() for letter in sender):
        return f"SMS from {sender}"
    digits = "".join(letter for letter in sender if letter.isdecimal())
    return (
        f"SMS from a number ending in {digits[-3:]}" if len(digits) >= _PERSONAL_DIGITS else "SMS from a short number"
    )


# --- the trigger ----------------------------------------------------------------------------


class SmsReceivedTrigger(Trigger):
    """Runs an automation when a phone has received an SMS, once for each."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        config = cast("ConfigType", _CONFIG_SCHEMA(config))
        for sender in config[CONF_OPTIONS][CONF_SENDER]:
            try:
                normalise(sender, hass.config.country)
            except CountryNeededError as err:
                raise vol.Invalid(
                    f"the sender {sender} is a local number, and Home Assistant has no country set; "
                    "write it with + and country code, or set the country in the general settings",
                    path=[CONF_OPTIONS, CONF_SENDER],
                ) from err
            except InvalidNumberError:
                # A name; or a number that some sender bears although it makes no sense.
                continue
        return config

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take what was validated."""
        super().__init__(hass, config)
        self._target: Mapping[str, Any] = config.target or {}
        self._filter = MessageFilter.from_options(config.options or {})

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def handle(event: Event[dict[str, Any]]) -> None:
            message = event.data
            if (reason := self._objection(message)) is None:
                payload = {key: message[key] for key in _HANDED_ON if key in message}
                run_action(payload, _describe(message, self._hass.config.country), event.context)
            elif did_not_trigger is not None:
                traced = {key: message[key] for key in _TRACED if key in message}
                did_not_trigger(NotTriggeredInfo(reason, traced), event.context)

        return self._hass.bus.async_listen(EVENT_RECEIVED, handle)

    def _objection(self, message: Mapping[str, Any]) -> Reason | None:
        if not _is_targeted(self._hass, self._target, message.get(ATTR_DEVICE_ID)):
            return Reason.OTHER_PHONE
        return self._filter.objection(self._hass, message)


def _is_targeted(hass: HomeAssistant, target: Mapping[str, Any], device_id: str | None) -> bool:
    """Whether a phone is among those that a target stands for; no target stands for all.

    It is resolved for each message, so that areas, floors and labels are what they are now.
    """
    chosen = {key: value for key, value in target.items() if key != CONF_EXCLUDE}
    if TargetSelection(chosen).has_any_target and device_id not in _devices(hass, chosen):
        return False
    return device_id not in _devices(hass, target.get(CONF_EXCLUDE) or {})


def _devices(hass: HomeAssistant, target: Mapping[str, Any]) -> set[str | None]:
    """Return the devices that a target stands for, directly or through one of their entities."""
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(dict(target)))
    registry = er.async_get(hass)
    entries = (registry.async_get(entity_id) for entity_id in selected.referenced | selected.indirectly_referenced)
    return {*selected.referenced_devices, *(entry.device_id for entry in entries if entry)} - {None}


_TRIGGERS: Final[dict[str, type[Trigger]]] = {"sms_received": SmsReceivedTrigger}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return what Home Assistant offers under "When"."""
    return _TRIGGERS
