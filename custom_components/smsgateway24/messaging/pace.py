"""How long to wait until the next poll."""

from datetime import timedelta
from typing import Final

# After a message, the next one or its delivery is likely to follow soon.
QUICK: Final = timedelta(seconds=10)
QUICK_FOR: Final = timedelta(minutes=2)
# A service in trouble is asked less and less often, but never so rarely that its return goes unnoticed for long.
LONGEST_PAUSE: Final = timedelta(minutes=5)
# Where rings can be relied upon, polls have little to find. No longer than this, or a lost ring would cost too much.
RELYING: Final = timedelta(minutes=2)


class Pace:
    """Sets the pace of polling: the user's at rest, quicker after traffic, slower after failures and with a doorbell.

    Times are seconds of any clock that never goes back.
    """

    def __init__(self, rest: timedelta, relying: timedelta = RELYING) -> None:
        """Take the interval at rest, and the one for the time in which rings can be relied upon."""
        self._rest = rest
        self._relying = max(rest, relying)
        self._failures = 0
        self._quick_until: float | None = None
        self.is_relying = False
        """Whether rings can be relied upon to say when something comes."""

    def traffic(self, now: float) -> None:
        """Take note that a message came or went."""
        self._quick_until = now + QUICK_FOR.total_seconds()

    def failed(self) -> None:
        """Take note that a poll has failed."""
        self._failures += 1

    def succeeded(self) -> None:
        """Take note that a poll has succeeded."""
        self._failures = 0

    def interval(self, now: float) -> timedelta:
        """Return the time until the next poll."""
        if self._failures:
            doubled = self._rest * (1 << min(self._failures - 1, 16))
            return max(self._rest, min(doubled, LONGEST_PAUSE))
        if self._quick_until is not None and now < self._quick_until:
            return min(self._rest, QUICK)
        return self._relying if self.is_relying else self._rest
