"""What time it is at the service."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.api import ServiceClock

from .conftest import unhurried

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_HEADER = "Sun, 01 Mar 2026 12:00:00 GMT"


class Monotonic:
    """A monotonic clock that a test turns."""

    reading = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.reading


@pytest.fixture
def monotonic() -> Monotonic:
    """Return a clock that stands still until a test turns it."""
    return Monotonic()


@pytest.fixture
def clock(monotonic: Monotonic) -> ServiceClock:
    """Return a service clock that runs on by it."""
    return ServiceClock(monotonic)


def test_nothing_is_known_at_first(clock: ServiceClock) -> None:
    """Nothing is known at first."""
    assert clock.now() is None


def test_a_date_header_sets_the_clock_and_the_monotonic_clock_runs_on(
    clock: ServiceClock, monotonic: Monotonic
) -> None:
    """A date header sets the clock and the monotonic clock runs on."""
    clock.observe_date(NOON_HEADER)
    assert clock.now() == NOON

    monotonic.reading += 90
    assert clock.now() == NOON + timedelta(seconds=90)


def test_a_later_header_replaces_an_earlier_one_even_backwards(clock: ServiceClock, monotonic: Monotonic) -> None:
    """A later header replaces an earlier one even backwards."""
    clock.observe_date(NOON_HEADER)
    monotonic.reading += 3600
    clock.observe_date("Sun, 01 Mar 2026 12:00:10 GMT")

    assert clock.now() == NOON + timedelta(seconds=10)


@pytest.mark.parametrize("header", [None, "", "yesterday", "Sun, 99 Mar 2026 12:00:00 GMT", "x" * 100])
def test_a_header_that_says_nothing_changes_nothing(clock: ServiceClock, header: str | None) -> None:
    """A header that says nothing changes nothing."""
    clock.observe_date(header)
    assert clock.now() is None

    clock.observe_date(NOON_HEADER)
    clock.observe_date(header)
    assert clock.now() == NOON


def test_without_a_header_the_latest_event_is_a_lower_bound_that_runs_on(
    clock: ServiceClock, monotonic: Monotonic
) -> None:
    """Without a header the latest event is a lower bound that runs on."""
    clock.observe_event(NOON)
    clock.observe_event(NOON - timedelta(days=1))
    assert clock.now() == NOON

    monotonic.reading += 60
    clock.observe_event(NOON + timedelta(seconds=30))
    assert clock.now() == NOON + timedelta(seconds=60), "an event that is older than the bound tells nothing new"

    clock.observe_event((NOON + timedelta(seconds=61)).astimezone(timezone(timedelta(hours=2))))
    assert clock.now() == NOON + timedelta(seconds=61)


def test_a_header_outweighs_every_event(clock: ServiceClock) -> None:
    """A header outweighs every event."""
    clock.observe_event(NOON + timedelta(days=1))
    clock.observe_date(NOON_HEADER)
    clock.observe_event(NOON + timedelta(days=2))

    assert clock.now() == NOON


def test_what_was_reported_as_past_is_certainly_reached_whatever_a_header_says(
    clock: ServiceClock, monotonic: Monotonic
) -> None:
    """And it runs on."""
    clock.observe_date(NOON_HEADER)
    assert clock.at_least() is None

    clock.observe_event(NOON - timedelta(hours=1))
    monotonic.reading += 90
    assert clock.at_least() == NOON - timedelta(minutes=60) + timedelta(seconds=90)


def test_an_event_without_a_zone_is_refused(clock: ServiceClock) -> None:
    """An event without a zone is refused."""
    with pytest.raises(ValueError, match="zone"):
        clock.observe_event(datetime(2026, 3, 1, 12))  # noqa: DTZ001  the mistake under test


def test_the_time_is_told_in_utc(clock: ServiceClock) -> None:
    """The time is told in UTC."""
    clock.observe_event(datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2))))

    now = clock.now()
    assert now is not None
    assert now.tzinfo is UTC
    assert now == NOON


def test_the_real_monotonic_clock_is_the_default() -> None:
    """The real monotonic clock is the default."""
    clock = ServiceClock()
    clock.observe_date(NOON_HEADER)

    now = clock.now()
    assert now is not None
    assert NOON <= now < NOON + timedelta(minutes=1)


@unhurried
@given(st.text(max_size=60))
def test_no_header_breaks_the_clock(header: str) -> None:
    """No header breaks the clock."""
    clock = ServiceClock(lambda: 0.0)
    clock.observe_date(header)

    now = clock.now()
    assert now is None or now.tzinfo is UTC


def test_what_is_only_known_from_events_is_not_told(clock: ServiceClock) -> None:
    """It is a lower bound, which may be hours behind; a date that can be read makes it exact."""
    assert not clock.is_told
    clock.observe_event(datetime(2026, 11, 22, 10, 30, 15, tzinfo=UTC))
    clock.observe_date(None)
    clock.observe_date("the day after yesterday")
    assert not clock.is_told
    clock.observe_date("Sun, 22 Nov 2026 10:30:15 GMT")
    assert clock.is_told
