"""An outgoing message: what was asked for, where it stands, and what is told about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from ..api import MessageStatus, SmsGateway24Error
from .routing import Route


class Stage(StrEnum):
    """Where a message stands between us and the service."""

    WAITING = "waiting"
    """Surely not handed over: kept, to be tried again."""
    CHECKING = "checking"
    """An attempt was started and its end is not known: it may or may not have been handed over."""
    ACCEPTED = "accepted"
    """The service has it, under a known id."""


class Outcome(StrEnum):
    """What is told about a message, each at most once, and never both of the last two."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message on its way. Times are this machine's, in UTC.

    ``phone_id`` and ``sim`` say what was asked for (None: chosen when it is sent), ``route`` what was chosen last.
    ``tag`` is what the service is told as the customer's id, by which the last attempt is recognised in its lists.
    ``attempted_at`` is when that attempt was started, or looked for anew after a restart. From ``keep_until`` on no
    further attempt is started.
    """

    key: str
    number: str
    text: str
    recipient_id: str | None
    phone_id: str | None
    sim: int | None
    created_at: datetime
    keep_until: datetime
    stage: Stage
    attempted_at: datetime
    route: Route | None = None
    tag: int | None = None
    message_id: int | None = None
    status: int | None = None
    """The last that is known, None before the service has it; after a failover at first that of the first phone."""
    status_text: str | None = None
    announced: frozenset[Outcome] = frozenset()
    failed_phones: frozenset[str] = frozenset()
    """The phones that could not send it, once another one is to try."""

    def attempted(self, route: Route, tag: int, now: datetime) -> Self:
        """Return the message with a new attempt under way."""
        return replace(self, stage=Stage.CHECKING, route=route, tag=tag, message_id=None, attempted_at=now)

    def unsent(self) -> Self:
        """Return the message after an attempt that surely came to nothing."""
        return replace(self, stage=Stage.WAITING)

    def accepted(self, message_id: int) -> Self:
        """Return the message as the service has it."""
        return replace(
            self, stage=Stage.ACCEPTED, message_id=message_id, status=MessageStatus.PENDING, status_text=None
        )

    def failed_over(self, failed_phones: Iterable[str], keep_until: datetime) -> Self:
        """Return the message for another phone to try, until at least ``keep_until``."""
        return replace(
            self,
            stage=Stage.WAITING,
            failed_phones=frozenset(failed_phones),
            keep_until=max(self.keep_until, keep_until),
        )

    def looked_for_from(self, now: datetime) -> Self:
        """Return the message with its last attempt as if it were started now."""
        return replace(self, attempted_at=now)

    def seen_at(self, now: datetime) -> Self:
        """Return the message with times that fit ``now``, even if the clock was set back meanwhile."""
        ahead = self.attempted_at - now
        if ahead.total_seconds() <= 0:
            return self
        return replace(self, attempted_at=now, keep_until=self.keep_until - ahead)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        data = asdict(self)
        for moment in ("created_at", "keep_until", "attempted_at"):
            data[moment] = data[moment].isoformat()
        data["announced"] = sorted(self.announced)
        data["failed_phones"] = sorted(self.failed_phones)
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the message that ``as_dict`` described. Raises KeyError, TypeError or ValueError for anything else."""
        route = data["route"]
        return cls(
            key=data["key"],
            number=data["number"],
            text=data["text"],
            recipient_id=data["recipient_id"],
            phone_id=data["phone_id"],
            sim=data["sim"],
            created_at=_moment(data["created_at"]),
            keep_until=_moment(data["keep_until"]),
            stage=Stage(data["stage"]),
            attempted_at=_moment(data["attempted_at"]),
            route=None if route is None else Route(**route),
            tag=data["tag"],
            message_id=data["message_id"],
            status=data["status"],
            status_text=data["status_text"],
            announced=frozenset(map(Outcome, data["announced"])),
            failed_phones=frozenset(data["failed_phones"]),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """One thing to tell about a message: its outcome, with the service's words, and a reason if it failed."""

    message: OutgoingMessage
    outcome: Outcome
    status_text: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told at once: where the message stands, and its id and route as far as they are known.

    ``error`` is why the service does not surely have it yet, None as long as nothing went wrong.
    """

    stage: Stage
    message_id: int | None
    route: Route | None
    error: SmsGateway24Error | None = None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
