"""Which messages have their status asked for one by one.

Polls read the list's recent part. A message that was handed over long ago, as one that was scheduled for next month, is
no longer in it when it is sent; having every poll read back to it would cost more each day. A question about one
message costs one small request (documentation, section 9), so such messages are asked for: soon after they are due, then
less and less often.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from .outgoing import OutgoingMessage, Stage
from .reader import REACH

# Most phones ask for work every ten seconds.
_FIRST_AFTER: Final = timedelta(seconds=15)
_SHORTEST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(hours=1)
# The pause is this part of the time since the message was due.
_PART: Final = 4
# At most so many are asked for at a time, the longest unasked first.
_AT_ONCE: Final = 3


class Asking:
    """Keeps count of what was asked."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._asked: dict[str, datetime] = {}

    def due(self, messages: Iterable[OutgoingMessage], now: datetime) -> list[int]:
        """Return the ids of the messages to ask for now, and take them as asked for."""
        followed = tuple(messages)
        still_open = {message.key for message in followed}
        self._asked = {key: asked for key, asked in self._asked.items() if key in still_open}
        candidates = [message for message in followed if self._is_due(message, now)]
        candidates.sort(key=lambda message: self._asked.get(message.key, message.due_at))
        chosen = candidates[:_AT_ONCE]
        for message in chosen:
            self._asked[message.key] = now
        return [message.message_id for message in chosen if message.message_id is not None]

    def _is_due(self, message: OutgoingMessage, now: datetime) -> bool:
        if message.stage is not Stage.ACCEPTED or message.message_id is None or now - message.attempted_at <= REACH:
            return False
        since = now - message.due_at
        if since < _FIRST_AFTER:
            return False
        asked = self._asked.get(message.key)
        pause = min(max(since / _PART, _SHORTEST_PAUSE), _LONGEST_PAUSE)
        # A clock that was set back is no reason to ask no more.
        return asked is None or not timedelta() <= now - asked < pause
