"""Tells Home Assistant about messages: the one place that fires events.

Each announcement goes to the bus, for automations, and to the event entity of the phone. What the privacy setting
withholds is left out here, before anything else can see it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .api.redaction import safe_words
from .const import DOMAIN, EVENT_RECEIVED, LOGGER
from .errors import spoken_name
from .messaging.inbox import IncomingMessage
from .messaging.outgoing import Outcome, Report
from .recipients import Recipient, RecipientBook
from .settings import Privacy

type Attributes = Mapping[str, Any]
type AnnouncementListener = Callable[[str, Attributes], None]

# What the event entity says by being where it is.
_SAID_BY_ENTITY: Final = frozenset({"phone_id", "device_id", "config_entry_id"})


class Direction(StrEnum):
    """Which of a phone's two event entities is meant."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Announcer:
    """Announces the messages of one account."""

    def __init__(self, hass: HomeAssistant, entry_id: str, recipients: RecipientBook, privacy: Privacy) -> None:
        """Take what the announcements are made of."""
        self._hass = hass
        self._entry_id = entry_id
        self._recipients = recipients
        self._privacy = privacy
        self._listeners: dict[tuple[str, Direction], AnnouncementListener] = {}

    @callback
    def async_listen(self, phone_id: str, direction: Direction, listener: AnnouncementListener) -> CALLBACK_TYPE:
        """Have a phone's announcements told to its event entity, until the returned function is called."""
        self._listeners[phone_id, direction] = listener

        @callback
        def stop() -> None:
            self._listeners.pop((phone_id, direction), None)

        return stop

    @callback
    def async_announce_incoming(self, incoming: IncomingMessage) -> None:
        """Announce a message that was received."""
        message = incoming.message
        recipient = self._recipients.by_number(message.number)
        self._announce(
            EVENT_RECEIVED,
            "received",
            Direction.INCOMING,
            message.phone_id,
            {
                "message_id": message.id,
                "sender": message.number,
                "sender_name": recipient.name if recipient else None,
                "trusted": recipient.trusted if recipient else False,
                "text": message.text,
                "sim": message.sim,
                "received_at": None if message.created is None else message.created.astimezone(UTC).isoformat(),
                "delayed": incoming.delayed,
            },
        )

    @callback
    def async_announce_report(self, report: Report) -> None:
        """Announce what became of a message that was sent from here."""
        message = report.message
        recipient = self._recipients.by_id(message.recipient_id) or self._recipients.by_number(message.number)
        details: dict[str, Any] = {
            "message_id": message.message_id,
            "number": message.number,
            "recipient_name": recipient.name if recipient else None,
            "sim": message.route.sim if message.route else None,
            "status": message.status,
            "status_text": self._status_text(report),
        }
        if report.outcome is Outcome.FAILED:
            details["reason"] = report.reason
            # Neither number nor text: they have no place in a log. What never got an id is told apart by its digits.
            what = message.message_id or f"to {spoken_name(None, message.number, self._privacy)}"
            LOGGER.warning("Message %s was not delivered: %s", what, report.reason)
        self._announce(
            f"{DOMAIN}_sms_{report.outcome}",
            report.outcome,
            Direction.OUTGOING,
            message.route.phone_id if message.route else None,
            details,
        )

    @callback
    def async_announce_refused(
        self,
        number: str | None,
        recipient: Recipient | None,
        reason: str | None,
        phone_id: str | None = None,
        sim: int | None = None,
    ) -> None:
        """Announce that a message was not taken on while others of the same action were.

        It has a phone only if it was to be sent by a certain one.
        """
        details: dict[str, Any] = {
            "message_id": None,
            "number": number,
            "recipient_name": recipient.name if recipient else None,
            "sim": sim,
            "status": None,
            "status_text": None,
            "reason": reason,
        }
        self._announce(f"{DOMAIN}_sms_{Outcome.FAILED}", Outcome.FAILED, Direction.OUTGOING, phone_id, details)

    def _announce(
        self, bus_event: str, kind: str, direction: Direction, phone_id: str | None, details: dict[str, Any]
    ) -> None:
        data = {
            **details,
            "phone_id": phone_id,
            "device_id": self._device_id(phone_id),
            "config_entry_id": self._entry_id,
        }
        data = {key: value for key, value in data.items() if key not in self._privacy.withheld}
        self._hass.bus.async_fire(bus_event, data)
        if phone_id is not None and (listener := self._listeners.get((phone_id, direction))):
            listener(kind, {key: value for key, value in data.items() if key not in _SAID_BY_ENTITY})

    def _status_text(self, report: Report) -> str | None:
        """Return the service's words, without what it may repeat in them of what is withheld."""
        said = report.status_text
        if said is None or self._privacy is Privacy.FULL:
            return said
        number, text = report.message.number, report.message.text
        return safe_words(said, (text,) if self._privacy is Privacy.SENDER else (text, number, number.lstrip("+")))

    def _device_id(self, phone_id: str | None) -> str | None:
        if phone_id is None:
            return None
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, phone_id), config_entry_id=self._entry_id
        )
        return device.id if device else None
