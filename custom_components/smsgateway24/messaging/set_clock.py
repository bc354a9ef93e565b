"""This machine's clock, and when somebody sets it.

A machine without a battery for its clock starts with a time of yesterday, and is told the right one when the network is
back: just when messages that have waited for the network are to be sent. No time has passed by that, so it neither ends
a wait nor makes one longer.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

# A clock that is only kept right is moved by less between two looks at it.
_SET: Final = timedelta(seconds=2)
# No process lives for as many seconds between two looks, so a counter that says so is another one than before.
_LONGEST: Final = 10 * 366 * 86_400


class SettableClock:
    """Tells the time, and notices by how much it was set since the last look."""

    def __init__(
        self, own: Callable[[], datetime], steady: Callable[[], float], was_set: Callable[[timedelta], None]
    ) -> None:
        """Take the clock that can be set, one in seconds that cannot, and who is to be told."""
        self._own = own
        self._steady = steady
        self._was_set = was_set
        self._last = own(), steady()

    def now(self) -> datetime:
        """Return the time, after it was told by how much the clock was set, forward or (negative) back."""
        before, steady_before = self._last
        now, steady = self._last = self._own(), self._steady()
        passed = steady - steady_before
        if 0 <= passed <= _LONGEST and abs(by := now - before - timedelta(seconds=passed)) >= _SET:
            self._was_set(by)
        return now
