"""The messages that wait at the service or on a phone.

What the lists show tells most of it. A message that was created long ago, as one for a phone that is off for days or one
that was scheduled for next week, is in no list that is read any more; the service is asked for such messages one by one
(documentation, section 9), a few each hour, and at once for more where an answer shows that one waits no longer. One that
it does not know any more, as it was deleted there, waits no longer either. And none is counted for longer than
LONGEST_SWEEP after it was due: a service that cannot be asked so would have it counted for ever.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from ..api import WAITING, Message
from .reader import LONGEST_SWEEP, SWEEP, Reading
from .stored import moment_from, moment_words, sure_moment_from

ASK_EVERY: Final = timedelta(hours=1)
_AT_ONCE: Final = 3
# More are not written down: a newsletter to thousands is looked for in the lists again.
_MOST_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message that waits: where, since when, and until when it is to wait if it is scheduled."""

    phone_id: str
    since: datetime
    scheduled_for: datetime | None
    created: datetime | None
    asked_at: datetime | None = None
    refused: bool = False
    """Whether the service had nothing to say of it when it was asked for last."""

    @classmethod
    def from_message(cls, message: Message, now: datetime) -> Self:
        """Return what is to be known of a message that is listed as waiting."""
        return cls(message.phone_id, message.created or now, message.scheduled_for, message.created)

    @property
    def due_at(self) -> datetime:
        """From when on a phone may send it."""
        return self.since if self.scheduled_for is None else max(self.since, self.scheduled_for)

    def is_asked_for(self, now: datetime) -> bool:
        """Whether no list that is read shows it any more, and it may have been sent."""
        return now - self.since >= SWEEP and now >= self.due_at


class PendingMessages:
    """Keeps count of messages that are still to be sent."""

    def __init__(self) -> None:
        """Know of none."""
        self._messages: dict[int, _Waiting] = {}
        self._asked_at: datetime | None = None

    def observe(self, reading: Reading, now: datetime) -> None:
        """Learn from a reading at the service's time ``now``."""
        for number, known in list(self._messages.items()):
            listed = reading.get(number)
            # Not to be listed says something only where the whole time was read.
            gone = listed is None and reading.swept and known.created is not None and now - known.created < SWEEP
            if gone or now - known.due_at > LONGEST_SWEEP or (listed is not None and not listed.waiting):
                del self._messages[number]
        for found in reading.lists:
            for message in found.waiting():
                if (latest := reading.get(message.id)) is None or not latest.waiting:
                    continue
                waiting = _Waiting.from_message(latest, now)
                if (before := self._messages.get(message.id)) is not None:
                    waiting = replace(waiting, since=min(waiting.since, before.since), asked_at=before.asked_at)
                if now - waiting.due_at <= LONGEST_SWEEP:
                    self._messages[message.id] = waiting

    def to_ask_for(self, now: datetime) -> list[int]:
        """Return the ids of messages to ask for at the service's time ``now``, and take them as asked for."""
        if self._asked_at is not None and timedelta() <= now - self._asked_at < ASK_EVERY:
            return []
        candidates = [number for number, known in self._messages.items() if known.is_asked_for(now)]
        # Those that were never asked for first, then those whose answer is oldest.
        candidates.sort(key=lambda number: (self._messages[number].asked_at or self._messages[number].since, number))
        chosen = candidates[:_AT_ONCE]
        for number in chosen:
            self._messages[number] = replace(self._messages[number], asked_at=now)
        if chosen:
            self._asked_at = now
        return chosen

    def hear(self, message_id: int, status: int) -> None:
        """Learn the status of one message that was asked for."""
        if (known := self._messages.get(message_id)) is None:
            return
        if status in WAITING:
            self._messages[message_id] = replace(known, refused=False)
            return
        del self._messages[message_id]
        # Its phone is back, so the others may have gone as well.
        self._asked_at = None

    def refuse(self, message_id: int) -> None:
        """Learn that the service does not tell the status of one message that was asked for.

        A refusal may have another reason, too, as that too much was asked, so only the second in a row is believed.
        """
        if (known := self._messages.get(message_id)) is None:
            return
        if known.refused:
            del self._messages[message_id]
        else:
            self._messages[message_id] = replace(known, refused=True)

    def by_phone(self) -> Mapping[str, int]:
        """Return how many messages wait for each phone."""
        return Counter(message.phone_id for message in self._messages.values())

    def oldest(self) -> datetime | None:
        """Return when the oldest of them was created."""
        return min(
            (message.created for message in self._messages.values() if message.created is not None), default=None
        )

    # --- memory -----------------------------------------------------------------------------

    def as_list(self) -> list[dict[str, Any]]:
        """Return what must survive a restart: the lists that are read then may not reach back to it."""
        return [
            {
                "id": number,
                "phone_id": known.phone_id,
                "since": known.since.isoformat(),
                "scheduled_for": moment_words(known.scheduled_for),
                "created": moment_words(known.created),
            }
            for number, known in sorted(self._messages.items())[-_MOST_KEPT:]
        ]

    def restore(self, data: Iterable[Mapping[str, Any]]) -> None:
        """Take back what ``as_list`` described. Raises KeyError, TypeError or ValueError for anything else."""
        self._messages = {
            int(item["id"]): _Waiting(
                str(item["phone_id"]),
                sure_moment_from(item["since"]),
                moment_from(item["scheduled_for"]),
                moment_from(item["created"]),
            )
            for item in data
        }
