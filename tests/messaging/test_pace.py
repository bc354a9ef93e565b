"""How long to wait until the next poll."""

from datetime import timedelta

import pytest

from custom_components.smsgateway24.messaging.pace import LONGEST_PAUSE, QUICK, QUICK_FOR, RELYING, Pace

REST = timedelta(seconds=30)


def after_failures(pace: Pace, count: int) -> timedelta:
    """Return the pause after so many more failures."""
    for _ in range(count):
        pace.failed()
    return pace.interval(0)


def test_at_rest_it_is_what_the_user_has_chosen() -> None:
    """Whenever that is."""
    assert Pace(REST).interval(0) == REST
    assert Pace(REST).interval(1e9) == REST


def test_after_traffic_it_is_quick_for_a_while() -> None:
    """The next message or a delivery is likely to follow."""
    pace = Pace(REST)
    pace.traffic(100)
    end = 100 + QUICK_FOR.total_seconds()
    assert pace.interval(100) == QUICK
    assert pace.interval(end - 1) == QUICK
    assert pace.interval(end) == REST


def test_more_traffic_makes_it_last_longer() -> None:
    """Counted from the last message."""
    pace = Pace(REST)
    pace.traffic(0)
    pace.traffic(60)
    assert pace.interval(QUICK_FOR.total_seconds() + 30) == QUICK


def test_whoever_is_quicker_than_that_anyway_stays_so() -> None:
    """The user's choice is never made slower by traffic."""
    pace = Pace(QUICK / 2)
    pace.traffic(0)
    assert pace.interval(1) == QUICK / 2


def test_a_service_in_trouble_is_asked_less_and_less_often() -> None:
    """But never so rarely that its return goes unnoticed for long."""
    pace = Pace(REST)
    pauses = [after_failures(pace, 1) for _ in range(8)]
    assert pauses[:4] == [REST, 2 * REST, 4 * REST, 8 * REST]
    assert pauses[4:] == [LONGEST_PAUSE] * 4


@pytest.mark.parametrize("failures", [20, 100_000])
def test_an_outage_of_any_length_has_a_next_poll(failures: int) -> None:
    """The pause does not grow beyond all numbers."""
    assert after_failures(Pace(REST), failures) == LONGEST_PAUSE


def test_trouble_comes_before_traffic() -> None:
    """Nobody who is down is asked more often because of what came before."""
    pace = Pace(REST)
    pace.traffic(0)
    assert after_failures(pace, 2) == 2 * REST


def test_a_slow_pace_is_not_made_quicker_by_trouble() -> None:
    """Who chose an hour is not asked every five minutes."""
    assert after_failures(Pace(timedelta(hours=1)), 3) == timedelta(hours=1)


@pytest.mark.parametrize("failures", [1, 10])
def test_when_the_service_is_back_so_is_the_pace(failures: int) -> None:
    """At once; and the next trouble starts from the beginning."""
    pace = Pace(REST)
    after_failures(pace, failures)
    pace.succeeded()
    assert pace.interval(0) == REST
    assert after_failures(pace, 2) == 2 * REST


def test_traffic_is_remembered_over_a_short_trouble() -> None:
    """What was to follow may still come."""
    pace = Pace(REST)
    pace.traffic(0)
    pace.failed()
    pace.succeeded()
    assert pace.interval(30) == QUICK


# --- with a doorbell --------------------------------------------------------------------------------------------------


def a_relying_pace(*intervals: timedelta) -> Pace:
    """Return a pace while rings can be relied upon."""
    pace = Pace(*intervals)
    pace.is_relying = True
    return pace


def test_where_rings_can_be_relied_upon_it_is_slower() -> None:
    """Only as long as that is so: there is little to find without one."""
    pace = a_relying_pace(REST)
    assert pace.interval(0) == RELYING
    pace.is_relying = False
    assert pace.interval(0) == REST
    assert a_relying_pace(REST, timedelta(minutes=10)).interval(0) == timedelta(minutes=10)


def test_a_doorbell_makes_nobody_quicker() -> None:
    """Who chose an hour is not asked every two minutes."""
    assert a_relying_pace(timedelta(hours=1)).interval(0) == timedelta(hours=1)


def test_traffic_and_trouble_come_before_a_doorbell() -> None:
    """No ring tells of each delivery, and none of the service's return."""
    pace = a_relying_pace(REST)
    pace.traffic(0)
    assert pace.interval(1) == QUICK
    assert after_failures(pace, 2) == 2 * REST
