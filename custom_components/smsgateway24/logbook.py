"""The activity: what is said there of messages, in a sentence each.

The sentences are made when somebody looks. So what the privacy setting withholds by then is left out of older ones too.
Texts are in none.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.logbook import LOGBOOK_ENTRY_ICON, LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN, EVENT_RECEIVED
from .messaging.outgoing import Outcome
from .settings import Settings

type Told = Mapping[str, Any]
type Describe = Callable[[Event[Any]], dict[str, str]]

# The line reads as one sentence, of which this is the first word.
_NAME: Final = "SMS"
_ICON: Final = "mdi:message-text"
_LONGEST: Final = 64


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]) -> None:
    """Say what the activity says of our events."""

    def describe(event_type: str, sentence: Callable[[Told, str | None], str]) -> None:
        @callback
        def line(event: Event[Any]) -> dict[str, str]:
            told = _without_withheld(hass, event.data)
            return {
                LOGBOOK_ENTRY_NAME: _NAME,
                LOGBOOK_ENTRY_ICON: _ICON,
                LOGBOOK_ENTRY_MESSAGE: sentence(told, _phone(hass, told)),
            }

        async_describe_event(DOMAIN, event_type, line)

    describe(EVENT_RECEIVED, _received)
    for outcome, sentence in _SENTENCES.items():
        describe(f"{DOMAIN}_sms_{outcome}", sentence)


def _received(told: Told, phone: str | None) -> str:
    sender, by = _first(told, "sender_name", "sender"), phone or "a phone"
    return f"received by {by}" if sender is None else f"from {sender} to {by}"


def _sent(told: Told, phone: str | None) -> str:
    return _to(told, "sent") + _through(phone)


def _delivered(told: Told, phone: str | None) -> str:
    return _to(told, "delivered") + _through(phone)


def _failed(told: Told, phone: str | None) -> str:
    reason = _first(told, "reason")
    why = "" if reason is None else f": {reason.replace('_', ' ')}"
    return f"{_to(told, 'not delivered')}{_through(phone)}{why}"


_SENTENCES: Final = {Outcome.SENT: _sent, Outcome.DELIVERED: _delivered, Outcome.FAILED: _failed}


def _to(told: Told, what: str) -> str:
    recipient = _first(told, "recipient_name", "number")
    return f"was {what}" if recipient is None else f"to {recipient} was {what}"


def _through(phone: str | None) -> str:
    return "" if phone is None else f" through {phone}"


def _without_withheld(hass: HomeAssistant, told: Told) -> Told:
    """Return what may be said of a message now. An account that is gone withholds nothing more than it did."""
    entry = hass.config_entries.async_get_entry(str(told.get("config_entry_id")))
    if entry is None or entry.domain != DOMAIN:
        return told
    withheld = Settings.from_options(entry.options).privacy.withheld
    return {key: value for key, value in told.items() if key not in withheld}


def _phone(hass: HomeAssistant, told: Told) -> str | None:
    """Return the phone's name, which is no secret: its entities bear it."""
    device_id = _first(told, "device_id")
    device = None if device_id is None else dr.async_get(hass).async_get(device_id)
    return None if device is None else device.name_by_user or device.name


def _first(told: Told, *keys: str) -> str | None:
    """Return the first of these that is told. Anybody can fire an event of this name, with anything in it."""
    return next((value[:_LONGEST] for key in keys if isinstance(value := told.get(key), str) and value), None)
