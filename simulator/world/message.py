"""Messages in both directions, and the texts that really went out."""

from dataclasses import dataclass, field
from datetime import datetime

from .status import Fate, Status


@dataclass(frozen=True, slots=True)
class Change:
    """A message came to have this status at that moment."""

    at: datetime
    status: int


@dataclass(slots=True)
class Message:
    """A record at the service.

    `number` is the other party in both directions. `created` is what the service says, in whole seconds as in every
    sample; `history` holds when it really came to be, and everything since.
    """

    id: int
    phone_id: int
    number: str
    body: str
    created: datetime
    history: list[Change]
    incoming: bool = False
    sim: int = 0
    customer_id: int | None = None
    urgent: bool = False
    time_to_send: datetime | None = None
    newsletter_id: int | None = None
    received_at: datetime | None = None
    reports: Fate = ()
    report_due: datetime | None = None

    @property
    def status(self) -> int:
        """The present status."""
        return self.history[-1].status

    @property
    def stored(self) -> datetime:
        """When the record came to be."""
        return self.history[0].at

    @property
    def eligible(self) -> datetime:
        """When a phone may take it: at once, or at the time for which it is scheduled."""
        return max(self.stored, self.time_to_send or self.stored)

    @property
    def sent_at(self) -> datetime | None:
        """When the phone reported it as sent, if it did."""
        return next((change.at for change in self.history if change.status == Status.SENT), None)

    def status_at(self, moment: datetime) -> int | None:
        """Return the status that it had then; None if it did not exist yet."""
        return next((change.status for change in reversed(self.history) if change.at <= moment), None)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that somebody asks the service to send."""

    number: str
    body: str
    sim: int = 0
    customer_id: int | None = None
    urgent: bool = False
    time_to_send: datetime | None = None
    newsletter_id: int | None = None


@dataclass(frozen=True, slots=True)
class Transmission:
    """A text that went out over the air: the truth against which "sent exactly once" is measured."""

    at: datetime
    message_id: int
    phone_id: int
    sim: int
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text that a phone received while it could not reach the service."""

    received_at: datetime
    sender: str
    text: str
    sim: int = 0


@dataclass(slots=True)
class Newsletter:
    """A message to everybody on some contact lists (a "paket" in the service's words)."""

    id: int
    title: str
    body: str
    phone_id: int
    contact_lists: list[int] = field(default_factory=list)
    sim: int = 0
    time_to_send: datetime | None = None
