"""What time it is at the service."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import time

from .moments import http_moment


class ServiceClock:
    """The service's clock, as far as its answers tell; this machine's wall clock is never asked.

    The HTTP `Date` header of an answer is authoritative, and a later one replaces an earlier one. It is cut to whole
    seconds and was written before it arrived, so this clock is a little late and never early. In between, the
    monotonic clock runs on.

    As long as no such header was seen, what the service reports as past (a phone's last contact) is a lower bound.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._headers: tuple[datetime, float] | None = None
        self._events: tuple[datetime, float] | None = None

    def observe_date(self, http_date_header: str | None) -> None:
        """Set the clock by an answer's `Date` header; one that is missing or cannot be read changes nothing."""
        if (moment := http_moment(http_date_header)) is not None:
            self._headers = (moment, self._monotonic())

    @property
    def is_told(self) -> bool:
        """Whether the service tells its time; if not, `now` is a lower bound and may be far behind."""
        return self._headers is not None

    def observe_event(self, moment: datetime) -> None:
        """Take note that the service reported this moment as past.

        Raises ValueError for a moment without a zone.
        """
        if moment.tzinfo is None:
            raise ValueError("A moment needs a zone")
        reading = self._monotonic()
        if self._events is None or moment > _run_on(self._events, reading):
            self._events = (moment.astimezone(UTC), reading)

    def at_least(self) -> datetime | None:
        """Return a time (UTC) that the service has certainly reached, whatever its headers say; None if none is known."""
        return None if self._events is None else _run_on(self._events, self._monotonic())

    def now(self) -> datetime | None:
        """Return the time at the service in UTC, None if nothing is known about it yet."""
        known = self._headers or self._events
        return None if known is None else _run_on(known, self._monotonic())


def _run_on(known: tuple[datetime, float], reading: float) -> datetime:
    moment, observed = known
    return moment + timedelta(seconds=reading - observed)
