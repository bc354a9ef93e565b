"""In which words a moment has to be written so that the service's date filter means it.

Nothing public says in which zone the service reads ``begindate`` and ``enddate``. A record that is known to be there
tells: with a bound shortly before it, it is in the answer if and only if the words were early enough. So a first guess
is tried: the words of the records themselves or those of UTC, whichever are earlier, which costs some rows where they
are too early, but works in either zone. When it fails, the next goes half of the way to the westernmost zone, in quarters of
an hour, the smallest step between zones.
"""

from datetime import datetime, timedelta
from typing import Final

# The zones of the world, and with them every way in which the service can read a bound.
WESTERNMOST: Final = timedelta(hours=-12)
EASTERNMOST: Final = timedelta(hours=14)
_STEP: Final = timedelta(minutes=15)


class FilterZone:
    """Guesses the zone of the service's date filter."""

    def __init__(self) -> None:
        """Know nothing: any zone is possible."""
        self._guess: timedelta | None = None

    @property
    def exhausted(self) -> bool:
        """Whether there is no earlier guess than the present one."""
        return self._guess == WESTERNMOST

    def words_for(self, moment: datetime, own: timedelta) -> datetime:
        """Return the words, as a moment without a zone, for a moment in UTC.

        ``own`` is how far the words of the service's own records are ahead of UTC.
        """
        if self._guess is None:
            self._guess = min(max(own, WESTERNMOST), timedelta())
        return moment.replace(tzinfo=None) + self._guess

    def failed(self) -> None:
        """Take note that a bound in the words of the present guess kept back what it had to let through."""
        if self._guess is not None:
            self._guess = WESTERNMOST + (self._guess - WESTERNMOST) // _STEP // 2 * _STEP
