"""What the last attempts to send say about phones and SIMs."""

from dataclasses import replace

import pytest

from custom_components.smsgateway24.api import MessageStatus
from custom_components.smsgateway24.messaging.attempts import FAILURES_IN_A_ROW, Attempts
from custom_components.smsgateway24.messaging.routing import Route

from .world import ATTIC, HALL, a_phone

SIM_1, SIM_2 = Route(HALL, 0), Route(HALL, 1)
OTHER = Route(ATTIC, 0)


def after(*statuses: int, route: Route = SIM_1) -> Attempts:
    """Return what is known after messages with these ends."""
    attempts = Attempts()
    for status in statuses:
        attempts.note(route, status)
    return attempts


@pytest.mark.parametrize("status", [MessageStatus.NOT_ALLOWED, MessageStatus.NOT_ALLOWED_101])
def test_a_phone_that_may_not_send_says_so_itself(status: int) -> None:
    """Once is enough."""
    assert set(after(status).not_allowed) == {HALL}


@pytest.mark.parametrize(
    "status",
    [MessageStatus.SENT, MessageStatus.SENT_UNDOCUMENTED, MessageStatus.DELIVERED, MessageStatus.NOT_DELIVERED],
)
def test_a_message_that_leaves_the_phone_settles_everything(status: int) -> None:
    """Whether it arrives is another matter."""
    attempts = after(MessageStatus.NOT_ALLOWED, *[MessageStatus.GENERIC_FAILURE] * FAILURES_IN_A_ROW, status)
    assert not attempts.not_allowed
    assert not attempts.failing


@pytest.mark.parametrize(
    "status", [MessageStatus.PENDING, MessageStatus.TAKEN, MessageStatus.QUEUED, MessageStatus.NO_SERVICE, 77]
)
def test_other_states_say_nothing(status: int) -> None:
    """Neither that it may send nor that it may not, and a row of failures goes on over them."""
    attempts = after(MessageStatus.NOT_ALLOWED, status)
    assert set(attempts.not_allowed) == {HALL}
    attempts = after(*[MessageStatus.GENERIC_FAILURE] * (FAILURES_IN_A_ROW - 1), status)
    assert not attempts.failing
    attempts.note(SIM_1, MessageStatus.GENERIC_FAILURE)
    assert list(attempts.failing) == [SIM_1]


def test_it_takes_several_failures_in_a_row() -> None:
    """One or two may be the number's fault, and a success between them shows that the SIM can send."""
    fails, sent = MessageStatus.GENERIC_FAILURE, MessageStatus.SENT
    assert not after(fails, fails).failing
    assert not after(fails, fails, sent, fails).failing
    assert list(after(fails, fails, fails).failing) == [SIM_1]


def test_each_sim_counts_for_itself() -> None:
    """A SIM without credit says nothing about the other one in the same phone."""
    attempts = after(*[MessageStatus.GENERIC_FAILURE] * FAILURES_IN_A_ROW)
    attempts.note(SIM_2, MessageStatus.SENT)
    attempts.note(OTHER, MessageStatus.SENT)
    assert list(attempts.failing) == [SIM_1]


def test_channels_that_are_no_sims_do_not_count() -> None:
    """WhatsApp and RCS have neither credit nor a SIM that could be blocked."""
    assert not after(*[MessageStatus.GENERIC_FAILURE] * FAILURES_IN_A_ROW, route=Route(HALL, 2)).failing


def test_it_says_when_something_changes() -> None:
    """So that nobody has to look after every status."""
    attempts = Attempts()
    fails = MessageStatus.GENERIC_FAILURE
    assert [attempts.note(SIM_1, status) for status in (fails, fails, fails, fails)] == [False, False, True, False]
    assert attempts.note(SIM_1, MessageStatus.SENT)
    assert not attempts.note(SIM_1, MessageStatus.DELIVERED)
    assert attempts.note(SIM_1, MessageStatus.NOT_ALLOWED)
    assert attempts.note(SIM_2, MessageStatus.SENT)


def test_a_sim_that_was_taken_out_is_forgotten() -> None:
    """Unless the phone tells nothing of its SIMs at all."""
    attempts = after(*[MessageStatus.GENERIC_FAILURE] * FAILURES_IN_A_ROW)
    attempts.look_at(replace(a_phone(HALL), sims=()))
    attempts.look_at(a_phone(HALL, 0, 1))
    attempts.look_at(a_phone(ATTIC, 1))
    assert list(attempts.failing) == [SIM_1]
    attempts.look_at(a_phone(HALL, 1))
    assert not attempts.failing


def test_a_phone_takes_along_what_is_wrong_with_it() -> None:
    """Its SIM has no more credit under another id."""
    attempts = after(*[MessageStatus.GENERIC_FAILURE] * FAILURES_IN_A_ROW, MessageStatus.NOT_ALLOWED)
    attempts.move(HALL, ATTIC)
    assert list(attempts.failing) == [OTHER]
    assert set(attempts.not_allowed) == {ATTIC}


def test_a_phone_takes_along_nothing_else() -> None:
    """Neither what was never wrong with it, nor what is wrong with others."""
    attempts = after(*[MessageStatus.GENERIC_FAILURE] * FAILURES_IN_A_ROW, route=Route("9", 0))
    attempts.note(Route("9", 1), MessageStatus.NOT_ALLOWED)
    attempts.move(HALL, ATTIC)
    assert list(attempts.failing) == [Route("9", 0)]
    assert set(attempts.not_allowed) == {"9"}


def test_a_phone_is_forgotten() -> None:
    """With all of its SIMs, and nobody else's."""
    attempts = after(*[MessageStatus.GENERIC_FAILURE] * FAILURES_IN_A_ROW, MessageStatus.NOT_ALLOWED)
    attempts.forget(ATTIC)
    assert attempts.failing
    attempts.forget(HALL)
    assert not attempts.failing
    assert not attempts.not_allowed


def test_what_is_known_survives_a_restart() -> None:
    """A row of failures goes on after it."""
    attempts = after(MessageStatus.GENERIC_FAILURE, MessageStatus.GENERIC_FAILURE, MessageStatus.NOT_ALLOWED)
    attempts = Attempts.from_dict(attempts.as_dict())
    assert set(attempts.not_allowed) == {HALL}
    assert attempts.note(SIM_1, MessageStatus.GENERIC_FAILURE)
    assert list(attempts.failing) == [SIM_1]
