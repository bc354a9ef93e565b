"""What the service knows, in the words of the domain: phones, SIMs and messages."""

from dataclasses import dataclass, field
from datetime import datetime

from .status import FAILED, FINAL, SENT, WAITING, MessageStatus, status_word

__all__ = [
    "FAILED",
    "FINAL",
    "SENT",
    "WAITING",
    "Message",
    "MessageStatus",
    "MessageStatusReport",
    "OutgoingSms",
    "Phone",
    "PhoneStatus",
    "Sim",
    "status_word",
]


@dataclass(frozen=True, slots=True)
class Sim:
    """A SIM in a phone, or on newer apps another channel (2 and 3 WhatsApp, 4 and 5 RCS)."""

    slot: int
    """What a message names to go out through this SIM."""
    carrier: str | None
    number: str | None
    country: str | None
    """ISO 3166 code of two upper-case letters."""
    iccid: str | None
    roaming: bool | None


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone (or another device with the app) that sends and receives for the account.

    It may get a new id when it signs in again (the vendor's news, 2022), and it may report no SIM. Two are equal if the
    service describes them in the same words, whenever each was seen.
    """

    id: str
    title: str
    """The phone's name at the service, its id if it has none."""
    last_seen: datetime | None = field(compare=False)
    """When it last asked the service for work, UTC."""
    created: datetime | None
    app_version: str | None
    app_is_current: bool | None
    subscription: bool | None
    """False means the monthly free allowance."""
    serial_number: str | None
    imei: str | None
    sims: tuple[Sim, ...]
    """Sorted by slot."""
    request_interval: int | None
    """Seconds between two questions for work."""
    send_interval: int | None
    """Seconds of pause between two messages."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the service's list, in either direction."""

    id: int
    number: str
    """The other party: sender of an incoming message, recipient of an outgoing one. A sender may be a word."""
    text: str
    status: int
    """A `MessageStatus`, or a code that is not known yet."""
    status_text: str
    """The service's own words for the status."""
    phone_id: str
    """Empty if the record names no phone."""
    sim: int | None
    """Some records of the service leave it out (documentation, section 4)."""
    customer_id: int | None
    """The number that the sender of the message gave it. The service writes none as null or as 0."""
    urgent: bool
    created: datetime | None
    """UTC. Probably the time at which the service stored the message, also for an incoming one."""
    created_text: str | None
    """The same as the service wrote it, in its own zone: YYYY-MM-DD HH:MM:SS."""
    sent_at: datetime | None
    scheduled_for: datetime | None
    newsletter_id: int | None

    @property
    def incoming(self) -> bool:
        """Whether a phone received it."""
        return self.status == MessageStatus.INCOMING

    @property
    def waiting(self) -> bool:
        """Whether it is still to be sent."""
        return self.status in WAITING


@dataclass(frozen=True, slots=True)
class PhoneStatus:
    """Whether a phone is in touch with the service."""

    phone_id: str
    online: bool | None
    """As the service sees it; from how many seconds on it calls a phone offline is not known."""
    seconds_since_seen: int | None
    last_seen: datetime | None
    title: str | None


@dataclass(frozen=True, slots=True)
class MessageStatusReport:
    """How far one message has come."""

    message_id: int
    status: int
    """A `MessageStatus`, or a code that is not known yet."""
    description: str
    """The service's own words for the status."""


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """A message to be sent, to one recipient.

    Raises ValueError for a number with a comma (the service would make several messages of it and does not document
    what it answers then) and for a time without a zone.
    """

    number: str
    """The international form with `+` is the vendor's advice: some operators refuse others with status 9."""
    text: str
    phone_id: str
    sim: int = 0
    send_at: datetime | None = None
    customer_id: int | None = None
    """Comes back in the list of messages."""
    urgent: bool = False
    """To be sent before others, for one-time passwords and the like."""

    def __post_init__(self) -> None:
        if "," in self.number:
            raise ValueError("One message goes to one number")
        if self.send_at is not None and self.send_at.tzinfo is None:
            raise ValueError("A moment needs a zone")
