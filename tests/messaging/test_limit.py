"""The flood guard."""

from datetime import UTC, datetime, timedelta

from custom_components.smsgateway24.messaging.limit import HourlyLimit

from .world import ANNA, BEN

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_as_many_as_allowed_within_any_hour() -> None:
    """Not per hour of the clock: the window goes along."""
    limit = HourlyLimit(2)
    assert limit.take(ANNA, NOON)
    assert limit.take(ANNA, NOON + 30 * MINUTE)
    assert not limit.take(ANNA, NOON + 59 * MINUTE)
    assert limit.take(ANNA, NOON + 60 * MINUTE)
    assert not limit.take(ANNA, NOON + 89 * MINUTE)
    assert limit.take(ANNA, NOON + 90 * MINUTE)


def test_each_number_has_its_own() -> None:
    """One person's flood is not another's silence."""
    limit = HourlyLimit(1)
    assert limit.take(ANNA, NOON)
    assert limit.take(BEN, NOON)
    assert not limit.take(ANNA, NOON)


def test_zero_is_no_limit() -> None:
    """And nothing is remembered for it."""
    limit = HourlyLimit(0)
    assert all(limit.take(ANNA, NOON) for _ in range(1000))
    assert not limit._taken


def test_what_is_given_back_can_be_taken_again() -> None:
    """Once; what was never taken, or is forgotten already, changes nothing."""
    limit = HourlyLimit(2)
    limit.take(ANNA, NOON)
    limit.take(ANNA, NOON + MINUTE)
    limit.give_back(ANNA, NOON)
    limit.give_back(ANNA, NOON)
    limit.give_back(BEN, NOON)
    assert limit.take(ANNA, NOON + 2 * MINUTE)
    assert not limit.take(ANNA, NOON + 3 * MINUTE)


def test_a_clock_that_is_set_back_silences_nobody() -> None:
    """What was counted in a future that is now undone counts no more."""
    limit = HourlyLimit(1)
    assert limit.take(ANNA, NOON + timedelta(days=365))
    assert limit.take(ANNA, NOON)
    assert not limit.take(ANNA, NOON + MINUTE)


def test_memory_does_not_grow() -> None:
    """Thousands of numbers are forgotten after an hour, also those that are never texted again."""
    limit = HourlyLimit(60)
    for second in range(3 * 3600):
        assert limit.take(f"+1{second:010}", NOON + timedelta(seconds=second))
    assert len(limit._taken) == 3600
    assert len(limit._count) == 3600


def test_what_was_counted_is_counted_after_a_restart() -> None:
    """For as long as it would have been, and by number."""
    before = HourlyLimit(2)
    before.take(ANNA, NOON)
    before.take(BEN, NOON + MINUTE)
    before.take(ANNA, NOON + 2 * MINUTE)
    limit = HourlyLimit(2)
    limit.restore(before.as_list())
    assert not limit.take(ANNA, NOON + 3 * MINUTE)
    assert limit.take(BEN, NOON + 3 * MINUTE)
    assert not limit.take(BEN, NOON + 3 * MINUTE)
    assert limit.take(ANNA, NOON + 60 * MINUTE)
    limit.give_back(ANNA, NOON + 2 * MINUTE)
    assert limit.take(ANNA, NOON + 60 * MINUTE)
