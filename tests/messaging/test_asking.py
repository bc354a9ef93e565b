"""Which messages have their status asked for one by one."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.smsgateway24.messaging.asking import Asking
from custom_components.smsgateway24.messaging.outgoing import OutgoingMessage, Stage
from custom_components.smsgateway24.messaging.reader import REACH

from .shelf import DAY, HOUR, MINUTE, SECOND
from .test_outgoing import MESSAGE
from .world import START


def a_message(number: int = 7, *, ago: timedelta = DAY, now: datetime = START, **changes: Any) -> OutgoingMessage:
    """Return a message that the service has had for so long."""
    accepted = replace(MESSAGE, key=str(number), attempted_at=now - ago).accepted(number, told=True)
    return replace(accepted, **changes)


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (a_message(), True),
        (a_message(ago=REACH), False),
        (a_message(ago=REACH + SECOND), True),
        (a_message(send_at=START - 15 * SECOND), True),
        (a_message(send_at=START - 14 * SECOND), False),
        (a_message(send_at=START + DAY), False),
        (a_message(stage=Stage.CHECKING), False),
        (a_message(stage=Stage.WAITING), False),
        (a_message(message_id=None), False),
    ],
)
def test_what_is_due_and_out_of_the_lists_reach_is_asked_for(message: OutgoingMessage, *, asked: bool) -> None:
    """The polls find everything else, and what the service does not surely have cannot be asked for."""
    assert Asking().due([message], START) == ([7] if asked else [])


@pytest.mark.parametrize(
    ("ago", "pause"), [(MINUTE, 30 * SECOND), (8 * MINUTE, 2 * MINUTE), (4 * HOUR, HOUR), (10 * DAY, HOUR)]
)
def test_the_longer_it_was_due_the_less_often_it_is_asked_for(ago: timedelta, pause: timedelta) -> None:
    """A quarter of that time, but from half a minute to an hour."""
    asking = Asking()
    message = a_message(ago=20 * DAY, send_at=START - ago)
    assert asking.due([message], START) == [7]
    # The time since it was due has grown meanwhile, and with it the pause.
    moment = START + pause if pause in {30 * SECOND, HOUR} else START + pause * 4 / 3
    assert asking.due([message], moment - SECOND) == []
    assert asking.due([message], moment) == [7]


def test_a_clock_that_is_set_back_does_not_silence_it() -> None:
    """It is asked once more."""
    asking = Asking()
    assert asking.due([a_message(ago=20 * DAY)], START) == [7]
    assert asking.due([a_message(ago=20 * DAY)], START - DAY) == [7]


def test_who_was_not_asked_for_the_longest_time_has_its_turn() -> None:
    """Whatever the order in which they were sent; three at a time."""
    asking = Asking()
    messages = [a_message(number, ago=number * DAY) for number in (1, 5, 3, 4, 2)]
    assert asking.due(messages, START) == [5, 4, 3]
    assert asking.due(messages, START + SECOND) == [2, 1]
    assert asking.due(messages, START + 2 * HOUR) == [5, 3, 4]


def test_what_has_ended_is_forgotten() -> None:
    """Or a busy year would fill the memory."""
    asking = Asking()
    asking.due([a_message(1), a_message(2)], START)
    asking.due([a_message(2)], START)
    assert set(asking._asked) == {"2"}
