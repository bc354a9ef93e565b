"""Outgoing messages, as they are written down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.api import MessageStatus
from custom_components.smsgateway24.messaging.outgoing import Outcome, OutgoingMessage, Stage
from custom_components.smsgateway24.messaging.routing import Route

from .world import ANNA, ATTIC, HALL, START

MESSAGE = OutgoingMessage(
    key="key",
    number=ANNA,
    text="The cellar is wet",
    recipient_id="anna",
    phone_id=None,
    sim=None,
    created_at=START,
    keep_until=START + timedelta(minutes=10),
    stage=Stage.WAITING,
    attempted_at=START,
)
moments = st.datetimes(timezones=st.just(UTC))
small = st.none() | st.integers(0, 10)


@given(
    text=st.text(st.characters(codec="utf-8")),
    moments=st.tuples(moments, moments, moments),
    optional=st.none() | moments,
    stage=st.sampled_from(Stage),
    route=st.none() | st.builds(Route, st.text(), st.integers(0, 5)),
    numbers=st.tuples(small, small, small, small),
    announced=st.frozensets(st.sampled_from(Outcome)),
    failed_phones=st.frozensets(st.sampled_from([HALL, ATTIC, ""])),
)
def test_what_is_written_down_can_be_read_again(
    text: str,
    moments: tuple[datetime, datetime, datetime],
    optional: datetime | None,
    stage: Stage,
    route: Route | None,
    numbers: tuple[int | None, int | None, int | None, int | None],
    announced: frozenset[Outcome],
    failed_phones: frozenset[str],
) -> None:
    """As JSON, and to the last detail."""
    message = replace(
        MESSAGE,
        text=text,
        created_at=moments[0],
        keep_until=moments[1],
        attempted_at=moments[2],
        stage=stage,
        route=route,
        sim=numbers[0],
        tags=() if numbers[1] is None else (numbers[1], 7),
        customer_id=numbers[1],
        send_at=optional,
        attempted_at_service=optional,
        urgent=bool(numbers[0]),
        expires=bool(numbers[2]),
        repeated=bool(numbers[3]),
        id_was_told=bool(numbers[1]),
        message_id=numbers[2],
        status=numbers[3],
        announced=announced,
        failed_phones=failed_phones,
    )
    assert OutgoingMessage.from_dict(json.loads(json.dumps(message.as_dict()))) == message


@pytest.mark.parametrize(
    "damage",
    [
        {"stage": "lost"},
        {"announced": ["forgotten"]},
        {"announced": None},
        {"attempted_at": "yesterday"},
        {"attempted_at": None},
        {"keep_until": "2026-11-01T03:00:00"},
        {"route": ["1576", 0]},
        {"route": {"phone_id": ["1576"], "sim": 0}},
        {"route": {"phone_id": "1576", "sim": "first"}},
        {"phone_id": 1576},
        {"recipient_id": {}},
        {"sim": "first"},
        {"customer_id": "5"},
        {"message_id": [7]},
        {"status": {}},
        {"status_text": 6},
        {"failed_phones": [1576]},
        {"route": {"phone_id": "1576"}},
    ],
)
def test_damage_is_noticed(damage: dict[str, Any]) -> None:
    """Before it can do any."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        OutgoingMessage.from_dict({**MESSAGE.as_dict(), **damage})


def test_what_is_missing_is_noticed_and_what_is_new_is_not_minded() -> None:
    """A newer version may have written more than this one knows."""
    data = MESSAGE.as_dict()
    assert OutgoingMessage.from_dict({**data, "colour": "red"}) == MESSAGE
    for key in data:
        with pytest.raises(KeyError):
            OutgoingMessage.from_dict({other: data[other] for other in data if other != key})


def test_its_times_follow_a_clock_that_is_set_back() -> None:
    """What was left of the time that it is kept stays as it was."""
    assert MESSAGE.seen_at(START) is MESSAGE
    assert MESSAGE.seen_at(START + timedelta(days=1)) is MESSAGE
    shifted = MESSAGE.seen_at(START - timedelta(days=1))
    assert shifted.attempted_at == START - timedelta(days=1)
    assert shifted.keep_until - shifted.attempted_at == timedelta(minutes=10)


def test_a_failover_never_shortens_the_time_that_a_message_is_kept() -> None:
    """It gets what it needs, or keeps what it has."""
    for seconds, expected in ((60, 600), (1200, 1200)):
        failed = MESSAGE.failed_over({HALL}, START + timedelta(seconds=seconds))
        assert failed.keep_until == START + timedelta(seconds=expected)
        assert failed.stage is Stage.WAITING


def test_another_phone_begins_with_a_clean_slate() -> None:
    """What the first one has left behind is not taken for the second one's, which may be put up for one more attempt."""
    tried = replace(MESSAGE, tags=(7, 8), repeated=True, status=9, status_text="Generic failure")
    failed = tried.failed_over({HALL}, START)
    assert (failed.tags, failed.repeated, failed.failed_phones) == ((), False, frozenset({HALL}))
    assert (failed.status, failed.status_text) == (9, "Generic failure")
    accepted = failed.accepted(1, told=True)
    assert (accepted.status, accepted.status_text) == (MessageStatus.PENDING, None)


def test_each_attempt_has_a_time_of_its_own() -> None:
    """It is looked for from then on, by either clock, and under all the tags that it has had lately."""
    message = MESSAGE
    for number in range(12):
        start = START + timedelta(minutes=number)
        message = message.attempted(Route(HALL, 0), number, start, start + timedelta(seconds=5))
        assert (message.attempted_at, message.attempted_at_service) == (start, start + timedelta(seconds=5))
    assert message.tags == tuple(range(4, 12))
    assert message.tag == 11


def test_something_is_due_when_it_is_handed_over_or_later_if_that_was_asked_for() -> None:
    """A moment in the past is as good as none."""
    hour = timedelta(hours=1)
    assert MESSAGE.due_at == START
    assert replace(MESSAGE, send_at=START + hour).due_at == START + hour
    assert replace(MESSAGE, send_at=START - hour).due_at == START
