"""What becomes of an outgoing message, for all that a phone can report."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.api import FINAL, RequestRefusedError
from custom_components.smsgateway24.messaging.fate import FAILOVER_STATUSES, Progress, by_status, by_time, unsent
from custom_components.smsgateway24.messaging.outgoing import Outcome, OutgoingMessage, Stage
from custom_components.smsgateway24.messaging.routing import Route

from .test_outgoing import MESSAGE
from .world import HALL, START

ACCEPTED = replace(MESSAGE, route=Route(HALL, 0)).accepted(7, told=True)


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 42, 100, 101]), max_size=12))
def test_each_outcome_once_and_never_both_ends(statuses: list[int]) -> None:
    """In whatever order the states come, and however often."""
    told: list[Outcome] = []
    progress = Progress(ACCEPTED)
    for status in statuses:
        if not progress.ended:
            progress = by_status(progress.message, status, "so it says")
            told += [report.outcome for report in progress.reports]
    assert len(told) == len(set(told))
    assert not {Outcome.DELIVERED, Outcome.FAILED} <= set(told)
    assert progress.ended is any(status in FINAL for status in statuses)
    assert (Outcome.DELIVERED in told) <= (Outcome.SENT in told)


def let_time_pass(
    message: OutgoingMessage,
    now: datetime,
    *,
    listed: bool,
    repeatable: bool = False,
    running: timedelta = timedelta(days=99),
) -> Progress:
    """Let time pass for a message, in an outbox that has been running for a while."""
    return by_time(message, now, listed=listed, repeatable=repeatable, running_since=now - running)


@given(
    stage=st.sampled_from(Stage),
    seconds=st.integers(-(10**6), 10**6),
    kept=st.integers(-(10**6), 10**6),
    announced=st.frozensets(st.just(Outcome.SENT)),
    running=st.sampled_from([timedelta(days=99), timedelta(hours=24)]),
)
def test_time_ends_a_message_only_where_nothing_can_be_missed(
    stage: Stage, seconds: int, kept: int, announced: frozenset[Outcome], running: timedelta
) -> None:
    """What the service may have ends with a list, or after a day without any; what waits, by its own deadline."""
    message = replace(ACCEPTED, stage=stage, announced=announced, keep_until=START + timedelta(seconds=kept))
    now = START + timedelta(seconds=seconds)
    without = let_time_pass(message, now, listed=False, running=running)
    with_list = let_time_pass(message, now, listed=True, running=running)
    if stage is Stage.WAITING:
        assert without == with_list
        assert without.ended is (now >= message.keep_until)
    elif min(running, now - START) >= timedelta(hours=25):
        assert without.ended
    else:
        assert without == Progress(message)
    assert stage is Stage.WAITING or with_list.ended or now < START + timedelta(hours=25)
    for progress in (without, with_list):
        assert len(progress.reports) <= 1
        assert not progress.reports or progress.ended


@pytest.mark.parametrize(
    ("repeatable", "repeated", "minutes_kept", "expected"),
    [
        (True, False, 10, Stage.WAITING),
        (False, False, 10, None),
        (True, True, 10, None),
        (True, False, 2, None),
    ],
    ids=["tags come back", "they do not", "repeated before", "no time left"],
)
def test_what_is_not_found_is_repeated_once_where_tags_come_back(
    *, repeatable: bool, repeated: bool, minutes_kept: int, expected: Stage | None
) -> None:
    """Only there does not to be found say something, and a deadline forbids to start another attempt."""
    message = replace(
        MESSAGE,
        route=Route(HALL, 0),
        stage=Stage.CHECKING,
        repeated=repeated,
        keep_until=START + timedelta(minutes=minutes_kept),
    )
    progress = let_time_pass(message, START + timedelta(seconds=120), listed=True, repeatable=repeatable)
    assert progress.ended is (expected is None)
    assert progress.message.stage is (expected or Stage.CHECKING)
    assert [report.reason for report in progress.reports] == ([] if expected else ["unconfirmed"])


def test_what_is_scheduled_is_not_missed_before_it_is_due() -> None:
    """A text for next month has no report for a month."""
    due = START + timedelta(days=30)
    message = replace(ACCEPTED, send_at=due)
    assert not let_time_pass(message, due + timedelta(hours=23), listed=True).ended
    assert let_time_pass(message, due + timedelta(hours=24), listed=True).reports[0].reason == "no_report"


def test_what_was_repeated_is_never_said_to_be_unsent() -> None:
    """Of the first attempt nothing was found, which proves nothing."""
    waiting = replace(MESSAGE, repeated=True)
    assert unsent(waiting).reason == "unconfirmed"
    assert unsent(waiting, RequestRefusedError("No")).reason == "unconfirmed"
    assert unsent(MESSAGE).reason == "expired"
    assert unsent(MESSAGE, RequestRefusedError("No")).reason == "refused"


def test_another_phone_never_tries_what_has_left_one() -> None:
    """Not delivered is not unsent: the phone has done its part, and a delivery report may still follow."""
    assert sorted(filter(None, FAILOVER_STATUSES)) == [9, 10, 11, 12, 100, 101]
