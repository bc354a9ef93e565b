"""What becomes of an outgoing message, for all that a phone can report."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, strategies as st

from custom_components.smsgateway24.api import FINAL
from custom_components.smsgateway24.messaging.fate import FAILOVER_STATUSES, Progress, by_status, by_time
from custom_components.smsgateway24.messaging.outgoing import Outcome, Stage
from custom_components.smsgateway24.messaging.routing import Route

from .test_outgoing import MESSAGE
from .world import HALL, START, a_record

ACCEPTED = replace(MESSAGE, route=Route(HALL, 0)).accepted(7)


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 42, 100, 101]), max_size=12))
def test_each_outcome_once_and_never_both_ends(statuses: list[int]) -> None:
    """In whatever order the states come, and however often."""
    told: list[Outcome] = []
    progress = Progress(ACCEPTED)
    for status in statuses:
        if not progress.ended:
            progress = by_status(progress.message, a_record(7, status))
            told += [report.outcome for report in progress.reports]
    assert len(told) == len(set(told))
    assert not {Outcome.DELIVERED, Outcome.FAILED} <= set(told)
    assert progress.ended is any(status in FINAL for status in statuses)
    assert (Outcome.DELIVERED in told) <= (Outcome.SENT in told)


@given(
    st.sampled_from(Stage),
    st.integers(-(10**6), 10**6),
    st.integers(-(10**6), 10**6),
    st.frozensets(st.just(Outcome.SENT)),
)
def test_time_ends_a_message_only_where_nothing_can_be_missed(
    stage: Stage, seconds: int, kept: int, announced: frozenset[Outcome]
) -> None:
    """What the service may have ends with a list only, and in bounded time; what waits, by its own deadline."""
    message = replace(ACCEPTED, stage=stage, announced=announced, keep_until=START + timedelta(seconds=kept))
    now = START + timedelta(seconds=seconds)
    without, with_list = by_time(message, now, listed=False), by_time(message, now, listed=True)
    if stage is Stage.WAITING:
        assert without == with_list
        assert without.ended is (now >= message.keep_until)
    else:
        assert without == Progress(message)
        assert with_list.ended or now < START + timedelta(hours=25)
    assert len(with_list.reports) <= 1
    assert not with_list.reports or with_list.ended


def test_another_phone_never_tries_what_has_left_one() -> None:
    """Not delivered is not unsent: the phone has done its part, and a delivery report may still follow."""
    assert sorted(filter(None, FAILOVER_STATUSES)) == [9, 10, 11, 12, 100, 101]
