"""This machine's clock, and when somebody sets it."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsgateway24.messaging.set_clock import SettableClock

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Machine:
    """A machine with a clock."""

    def __init__(self) -> None:
        self.own = NOW
        self.steady = 1000.0
        self.was_set: list[timedelta] = []
        self.clock = SettableClock(lambda: self.own, lambda: self.steady, self.was_set.append)

    def live(self, seconds: float) -> datetime:
        """Let time pass, and look at the clock."""
        self.own += timedelta(seconds=seconds)
        self.steady += seconds
        return self.clock.now()


def test_time_that_passes_sets_no_clock() -> None:
    """Neither a little nor a lot of it."""
    machine = Machine()
    for seconds in (0, 0.5, 30, 86_400):
        before = machine.own
        assert machine.live(seconds) == before + timedelta(seconds=seconds)
    assert machine.was_set == []


def test_a_clock_that_is_kept_right_is_not_set() -> None:
    """Small steps are made all the time, and never come to anything."""
    machine = Machine()
    for _ in range(1000):
        machine.own += timedelta(seconds=0.1)
        machine.live(30)
    assert machine.was_set == []


@pytest.mark.parametrize(
    "by", [timedelta(seconds=2), timedelta(days=20_000), -timedelta(seconds=2), -timedelta(days=30)]
)
def test_a_clock_that_is_set_is_told_once(by: timedelta) -> None:
    """By how much, whatever time has passed meanwhile."""
    machine = Machine()
    machine.own += by
    assert machine.live(30) == NOW + by + timedelta(seconds=30)
    machine.live(30)
    assert machine.was_set == [by]


@pytest.mark.parametrize("steady", [0.0, 1.8e9])
def test_a_counter_that_is_another_one_tells_nothing(steady: float) -> None:
    """It counts from there."""
    machine = Machine()
    machine.steady = steady
    machine.live(30)
    machine.own += timedelta(minutes=5)
    machine.live(30)
    assert machine.was_set == [timedelta(minutes=5)]
