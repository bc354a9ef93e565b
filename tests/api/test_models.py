"""The words of the domain."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from custom_components.smsgateway24.api import Message, OutgoingSms, answers

RECORD = {"id": 1, "sendto": "+12025550123", "body": "Hello", "deviceid": 1576}


def read(status: int) -> Message:
    """Return a message of this status as the list gives it."""
    return answers.messages({"smss": [{**RECORD, "status": status}]}).messages[0]


@pytest.mark.parametrize(("status", "incoming"), [(5, True), (1, False), (7, False), (77, False)])
def test_an_incoming_message_knows_that_it_is(status: int, *, incoming: bool) -> None:
    """An incoming message knows that it is."""
    assert read(status).incoming is incoming


@pytest.mark.parametrize(("status", "waiting"), [(1, True), (2, True), (3, True), (4, False), (5, False), (6, False)])
def test_a_waiting_message_knows_that_it_is(status: int, *, waiting: bool) -> None:
    """A waiting message knows that it is."""
    assert read(status).waiting is waiting


def test_a_message_that_was_read_is_frozen_like_one_that_was_made() -> None:
    """A message that was read is frozen like one that was made."""
    message = read(7)
    made = Message(
        id=1,
        number="+12025550123",
        text="Hello",
        status=7,
        status_text="delivered",
        phone_id="1576",
        sim=None,
        customer_id=None,
        urgent=False,
        created=None,
        created_text=None,
        sent_at=None,
        scheduled_for=None,
        newsletter_id=None,
    )

    assert type(message) is Message
    assert message == made
    assert hash(message) == hash(made)
    assert repr(message) == repr(made)
    with pytest.raises(FrozenInstanceError):
        message.text = "Goodbye"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        message.mood = "cheerful"  # type: ignore[attr-defined]


def test_an_outgoing_message_has_ordinary_defaults() -> None:
    """An outgoing message has ordinary defaults."""
    assert OutgoingSms("+12025550123", "Hello", "1576") == OutgoingSms(
        number="+12025550123",
        text="Hello",
        phone_id="1576",
        sim=0,
        send_at=None,
        customer_id=None,
        urgent=False,
    )


def test_an_outgoing_message_goes_to_one_number() -> None:
    """An outgoing message goes to one number."""
    with pytest.raises(ValueError, match="one number"):
        OutgoingSms("+12025550123,+12025550124", "Hello", "1576")


def test_a_time_without_zone_is_refused() -> None:
    """A time without zone is refused."""
    with pytest.raises(ValueError, match="zone"):
        OutgoingSms("+12025550123", "Hello", "1576", send_at=datetime(2026, 3, 1, 12))  # noqa: DTZ001  the mistake

    assert OutgoingSms("+12025550123", "Hello", "1576", send_at=datetime(2026, 3, 1, 12, tzinfo=UTC)).send_at


def test_a_phone_is_the_same_whenever_it_was_seen() -> None:
    """It is seen every few seconds, which is no news about it."""
    earlier, later, renamed = (
        answers.phones({"device": [{"id": 1576, "title": title, "lastseen": seen}]}, None)[0]
        for title, seen in (
            ("Hall", "2026-03-01 12:00:00"),
            ("Hall", "2026-03-01 12:00:10"),
            ("Attic", "2026-03-01 12:00:00"),
        )
    )
    assert earlier.last_seen != later.last_seen
    assert earlier == later
    assert earlier != renamed
