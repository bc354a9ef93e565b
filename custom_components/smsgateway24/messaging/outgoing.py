"""An outgoing message: what was asked for, where it stands, and what is told about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from ..api import MessageStatus, OutgoingSms
from .routing import Route
from .stored import sure_moment_from


class Stage(StrEnum):
    """Where a message stands between us and the service."""

    WAITING = "waiting"
    """Not handed over as far as is known: kept, to be tried again."""
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
class Draft:
    """What somebody wants to be sent.

    ``number`` is in the form in which it is sent. ``phone_id`` and ``sim`` are None where any will do. ``customer_id`` is
    the user's own number for it; None lets the message have a tag of ours. From ``expire_after`` on nothing is
    attempted any more, and before it the message is handed over to an online phone only, since nothing that the service
    has can be recalled.
    """

    number: str
    text: str
    recipient_id: str | None = None
    phone_id: str | None = None
    sim: int | None = None
    send_at: datetime | None = None
    urgent: bool = False
    customer_id: int | None = None
    expire_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message on its way. Times are this machine's, in UTC, but for ``attempted_at_service``.

    ``phone_id`` and ``sim`` say what was asked for (None: chosen when it is sent), ``route`` what was chosen last.
    ``customer_id`` is the user's own number for it; without one ``tags`` are the numbers that the service was told
    instead, one for each attempt, by which a record is recognised as ours. ``attempted_at`` is when the last attempt
    was started, or looked for anew after a restart, and ``attempted_at_service`` the same by the service's clock. From
    ``keep_until`` on no further attempt is started; ``expires`` says that not even a first one or another phone's is.
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
    expires: bool = False
    send_at: datetime | None = None
    urgent: bool = False
    customer_id: int | None = None
    attempted_at_service: datetime | None = None
    route: Route | None = None
    tags: tuple[int, ...] = ()
    repeated: bool = False
    """Whether an attempt was given up as not found and the message put up for one more."""
    message_id: int | None = None
    id_was_told: bool = False
    """Whether the service itself has told the id in its answer, instead of our finding the record."""
    status: int | None = None
    """The last that is known, None before the service has it; after a failover at first that of the first phone."""
    status_text: str | None = None
    announced: frozenset[Outcome] = frozenset()
    failed_phones: frozenset[str] = frozenset()
    """The phones that could not send it, once another one is to try."""

    @classmethod
    def from_draft(cls, draft: Draft, *, key: str, now: datetime, keep_unsent: timedelta) -> Self:
        """Return the message as it is before anything was attempted."""
        expires = draft.expire_after is not None
        return cls(
            key=key,
            number=draft.number,
            text=_writable(draft.text),
            recipient_id=draft.recipient_id,
            phone_id=draft.phone_id,
            sim=draft.sim,
            created_at=now,
            keep_until=now + (draft.expire_after if draft.expire_after is not None else keep_unsent),
            stage=Stage.WAITING,
            attempted_at=now,
            expires=expires,
            send_at=draft.send_at,
            urgent=draft.urgent,
            customer_id=draft.customer_id,
        )

    @property
    def tag(self) -> int | None:
        """The tag of the last attempt."""
        return self.tags[-1] if self.tags else None

    @property
    def untried(self) -> bool:
        """Whether no attempt was ever started."""
        return self.route is None

    @property
    def due_at(self) -> datetime:
        """From when on something is to be expected of the phone."""
        return self.attempted_at if self.send_at is None else max(self.attempted_at, self.send_at)

    def sms(self, route: Route) -> OutgoingSms:
        """Return what the service is told. Raises ValueError for what is several numbers."""
        return OutgoingSms(
            number=self.number,
            text=self.text,
            phone_id=route.phone_id,
            sim=route.sim,
            send_at=self.send_at,
            customer_id=self.tag if self.customer_id is None else self.customer_id,
            urgent=self.urgent,
        )

    def attempted(self, route: Route, tag: int, now: datetime, service_time: datetime) -> Self:
        """Return the message with a new attempt under way."""
        return replace(
            self,
            stage=Stage.CHECKING,
            route=route,
            tags=self.tags if self.customer_id is not None else (*self.tags, tag)[-_TAGS_KEPT:],
            message_id=None,
            attempted_at=now,
            attempted_at_service=service_time,
        )

    def unsent(self) -> Self:
        """Return the message after an attempt that surely came to nothing."""
        return replace(self, stage=Stage.WAITING)

    def to_be_repeated(self) -> Self:
        """Return the message after an attempt of which nothing was found, put up for one more."""
        return replace(self, stage=Stage.WAITING, repeated=True)

    def accepted(self, message_id: int, *, told: bool) -> Self:
        """Return the message as the service has it, under an id that it has ``told`` or that was found."""
        return replace(
            self,
            stage=Stage.ACCEPTED,
            message_id=message_id,
            id_was_told=told,
            status=MessageStatus.PENDING,
            status_text=None,
        )

    def failed_over(self, failed_phones: Iterable[str], keep_until: datetime) -> Self:
        """Return the message for another phone to try, until at least ``keep_until`` unless it expires."""
        return replace(
            self,
            stage=Stage.WAITING,
            # What the first phone has left behind must not be taken for the second one's.
            tags=(),
            repeated=False,
            failed_phones=frozenset(failed_phones),
            keep_until=self.keep_until if self.expires else max(self.keep_until, keep_until),
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

    def moved(self, by: timedelta) -> Self:
        """Return the message as if this machine's clock, which was set, had always been as it is now.

        A machine that slept looks like one whose clock was set forward. What expires must not be sent late, so its time
        is over when either clock says so.
        """
        return replace(
            self,
            created_at=self.created_at + by,
            keep_until=self.keep_until + (min(by, timedelta()) if self.expires else by),
            attempted_at=self.attempted_at + by,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        data = asdict(self)
        for moment in _MOMENTS:
            data[moment] = None if data[moment] is None else data[moment].isoformat()
        data["tags"] = list(self.tags)
        data["announced"] = sorted(self.announced)
        data["failed_phones"] = sorted(self.failed_phones)
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the message that ``as_dict`` described. Raises KeyError, TypeError or ValueError for anything else."""
        route = data["route"]
        return cls(
            key=_words(data["key"]),
            number=_words(data["number"]),
            text=_words(data["text"]),
            recipient_id=_words_or_none(data["recipient_id"]),
            phone_id=_words_or_none(data["phone_id"]),
            sim=_number_or_none(data["sim"]),
            created_at=sure_moment_from(data["created_at"]),
            keep_until=sure_moment_from(data["keep_until"]),
            stage=Stage(data["stage"]),
            attempted_at=sure_moment_from(data["attempted_at"]),
            expires=bool(data["expires"]),
            send_at=None if data["send_at"] is None else sure_moment_from(data["send_at"]),
            urgent=bool(data["urgent"]),
            customer_id=_number_or_none(data["customer_id"]),
            attempted_at_service=(
                None if data["attempted_at_service"] is None else sure_moment_from(data["attempted_at_service"])
            ),
            route=None if route is None else Route(_words(route["phone_id"]), _number(route["sim"])),
            tags=tuple(map(int, data["tags"])),
            repeated=bool(data["repeated"]),
            message_id=_number_or_none(data["message_id"]),
            id_was_told=bool(data["id_was_told"]),
            status=_number_or_none(data["status"]),
            status_text=_words_or_none(data["status_text"]),
            announced=frozenset(map(Outcome, data["announced"])),
            failed_phones=frozenset(map(_words, data["failed_phones"])),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """One thing to tell about a message: its outcome, with the service's words, and a reason if it failed."""

    message: OutgoingMessage
    outcome: Outcome
    status_text: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is known about a draft when its sender is answered.

    ``stage`` is None for what was not taken on or has ended; ``outcome`` is what was told about it last. ``error`` is
    why the service does not surely have it, None as long as nothing went wrong; ``reason`` is the word for a failure.
    ``phone_offline`` warns that the phone which was chosen is not known to be online.
    """

    draft: Draft
    stage: Stage | None
    outcome: Outcome | None = None
    message_id: int | None = None
    route: Route | None = None
    status: int | None = None
    status_text: str | None = None
    reason: str | None = None
    error: Exception | None = None
    phone_offline: bool = False

    @property
    def state(self) -> str:
        """Where it stands in one word: waiting, checking, accepted, sent, delivered or failed."""
        if self.outcome is not None:
            return self.outcome.value
        return Outcome.FAILED.value if self.stage is None else self.stage.value


# A record of an attempt long past tells nothing any more.
_TAGS_KEPT: Final = 8
_MOMENTS: Final = ("created_at", "keep_until", "attempted_at", "send_at", "attempted_at_service")


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _words_or_none(value: object) -> str | None:
    return None if value is None else _words(value)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def _number_or_none(value: object) -> int | None:
    return None if value is None else _number(value)


def _writable(text: str) -> str:
    """Return a text that can be encoded. A template can cut an emoji in half, which no file and no request takes."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
