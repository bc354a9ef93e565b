"""In which words a moment has to be written so that the service's date filter means it.

Nothing public says in which zone the service reads ``begindate`` and ``enddate``. A record that is known to be there
tells: with a bound shortly before it, it is in the answer if and only if the words were early enough. So a first guess
is tried: the words of the records themselves or those of UTC, whichever are earlier, which costs some rows where they
are too early, but works in either zone. When it fails, the next is earlier, and a search by halves ends at the right
quarter of an hour, the smallest step between zones.
"""

from datetime import datetime, timedelta
from typing import Final

# The zones of the world, and with them every way in which the service can read a bound.
WESTERNMOST: Final = timedelta(hours=-12)
EASTERNMOST: Final = timedelta(hours=14)
_STEP: Final = timedelta(minutes=15)


class FilterZone:
    """Learns the zone of the service's date filter."""

    def __init__(self) -> None:
        """Know nothing: any zone is possible."""
        self._works: timedelta = WESTERNMOST
        self._fails: timedelta = EASTERNMOST + _STEP
        self._guess: timedelta | None = None

    @property
    def known(self) -> bool:
        """Whether words in the present zone have been seen to work."""
        return self._guess is not None and self._guess == self._works

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

    def learn(self, *, worked: bool) -> None:
        """Take note whether a bound in the words of the present guess let through what it had to."""
        if self._guess is None:
            return
        if worked:
            self._works = max(self._works, self._guess)
            return
        self._fails = self._guess
        if self._works >= self._fails:
            # What worked no longer does: a change to or from summer time.
            self._works = WESTERNMOST
        self._guess = self._next_guess()

    def _next_guess(self) -> timedelta:
        if self._works < timedelta() < self._fails:
            return timedelta()
        steps = (self._fails - self._works) // _STEP // 2
        return self._works + steps * _STEP
