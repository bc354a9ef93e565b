"""The messages that wait at the service or on a phone."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from ..api import Message
from .reader import LONGEST_SWEEP, SWEEP, Reading


class PendingMessages:
    """Keeps count of messages that are still to be sent, from whatever part of the list was read."""

    def __init__(self) -> None:
        """Know of none."""
        self._messages: dict[int, Message] = {}

    def observe(self, reading: Reading, now: datetime) -> None:
        """Learn from a reading at the service's time ``now``."""
        for number, known in list(self._messages.items()):
            listed = reading.get(number)
            # Not to be listed says something only where the whole time was read.
            gone = listed is None and reading.swept and known.created is not None and now - known.created < SWEEP
            if gone or _is_forgotten(known, now) or (listed is not None and not listed.waiting):
                del self._messages[number]
        for found in reading.lists:
            for message in found.waiting():
                if (
                    (latest := reading.get(message.id)) is not None
                    and latest.waiting
                    and not _is_forgotten(latest, now)
                ):
                    self._messages[message.id] = latest

    def by_phone(self) -> Mapping[str, int]:
        """Return how many messages wait for each phone."""
        return Counter(message.phone_id for message in self._messages.values())

    def oldest(self) -> datetime | None:
        """Return when the oldest of them was created."""
        return min(
            (message.created for message in self._messages.values() if message.created is not None), default=None
        )


def _is_forgotten(message: Message, now: datetime) -> bool:
    """Whether it should have been sent so long ago that no list which is read shows it any more."""
    times = [moment for moment in (message.created, message.scheduled_for) if moment is not None]
    return bool(times) and now - max(times) > LONGEST_SWEEP
