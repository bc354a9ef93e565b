"""The flood guard: how many messages a number may get within an hour."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from .stored import sure_moment_from

_HOUR: Final = timedelta(hours=1)


class HourlyLimit:
    """Counts what each number gets within any hour.

    A message counts from the moment it is taken on. One that was surely never handed over is given back: nobody was
    texted, and an outage must not use up what an alarm needs when it is over.
    """

    def __init__(self, most: int) -> None:
        """Allow ``most`` messages per number; 0 is no limit."""
        self._most = most
        # All numbers in one line, oldest first: so what has passed is forgotten, also of numbers never texted again.
        self._taken: deque[tuple[datetime, str]] = deque()
        self._count: Counter[str] = Counter()

    def take(self, number: str, now: datetime) -> bool:
        """Count a message to ``number``, unless it is one too many. Returns whether it may be sent."""
        if not self._most:
            return True
        self._forget(now)
        if self._count[number] >= self._most:
            return False
        self._taken.append((now, number))
        self._count[number] += 1
        return True

    def as_list(self) -> list[tuple[str, str]]:
        """Return what must survive a restart, which must not let an automation run wild once more."""
        return [(taken_at.isoformat(), number) for taken_at, number in self._taken]

    def restore(self, data: Iterable[Sequence[str]]) -> None:
        """Take back what ``as_list`` described. Raises TypeError or ValueError for anything else."""
        self._taken = deque((sure_moment_from(taken_at), str(number)) for taken_at, number in data)
        self._count = Counter(number for _, number in self._taken)

    def give_back(self, number: str, taken_at: datetime) -> None:
        """Count a message no longer. Nothing happens if it is not counted any more."""
        with suppress(ValueError):
            self._taken.remove((taken_at, number))
            self._discount(number)

    def move(self, by: timedelta) -> None:
        """Go on counting as if the clock, which was set, had always been as it is now."""
        self._taken = deque((taken_at + by, number) for taken_at, number in self._taken)

    def _forget(self, now: datetime) -> None:
        # What lies ahead of now was counted before the clock was set back; nobody must wait until it comes round again.
        while self._taken and not self._taken[0][0] <= now < self._taken[0][0] + _HOUR:
            self._discount(self._taken.popleft()[1])

    def _discount(self, number: str) -> None:
        self._count[number] -= 1
        if not self._count[number]:
            del self._count[number]
