"""Time for the simulator: one that tests drive, and one that runs."""

from abc import ABC, abstractmethod
import asyncio
from datetime import UTC, datetime, timedelta
from typing import override


class Clock(ABC):
    """What time it is at the simulated service, always in UTC."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Move on by this many seconds; a negative number is a clock that was set back."""

    @abstractmethod
    def sleep(self, seconds: float) -> asyncio.Future[None]:
        """Return what is done when this many seconds have passed on this clock, from this call on."""


class ManualClock(Clock):
    """A clock that stands still until a test moves it.

    It starts at the moment at which it is made (a whole second), so that it agrees with a frozen or a running
    system clock as long as nobody moves either.
    """

    def __init__(self, start: datetime | None = None) -> None:
        """Stand at `start`, or at the present second."""
        self._now = (start or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        for wake_at, sleeper in self._sleepers:
            if wake_at <= self._now and not sleeper.done():
                sleeper.set_result(None)
        self._sleepers = [(wake_at, sleeper) for wake_at, sleeper in self._sleepers if not sleeper.done()]

    @override
    def sleep(self, seconds: float) -> asyncio.Future[None]:
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + timedelta(seconds=seconds), sleeper))
        self.advance(0)
        return sleeper


class SystemClock(Clock):
    """The machine's clock, which can be put ahead: for the demo, and for tests whose clock is frozen elsewhere."""

    def __init__(self) -> None:
        """Start without any lead."""
        self._lead = timedelta()

    @override
    def now(self) -> datetime:
        return datetime.now(UTC) + self._lead

    @override
    def advance(self, seconds: float) -> None:
        self._lead += timedelta(seconds=seconds)

    @override
    def sleep(self, seconds: float) -> asyncio.Future[None]:
        return asyncio.ensure_future(asyncio.sleep(seconds))
