"""Whether a phone's messages can be trusted to be fresh."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.smsgateway24.api import Phone
from custom_components.smsgateway24.messaging.contact import EVER, SETTLING, SILENCE, STALE_BY, ContactBook

from .shelf import DAY, HOUR, MINUTE, NOW, SECOND
from .world import ATTIC, HALL, a_phone

INTERVAL = timedelta(seconds=30)


class Look:
    """Looks at phones again and again."""

    def __init__(self, *phones: Phone) -> None:
        self.now = NOW
        self.book = ContactBook()
        self.away_since = self.at(*phones)

    def at(self, *phones: Phone) -> datetime | None:
        """Look at these phones."""
        return self.book.observe(phones, self.now, INTERVAL)

    def after(self, wait: timedelta, *phones: Phone) -> datetime | None:
        """Let time pass, then look at these phones."""
        self.now += wait
        return self.at(*phones)

    def steadily(self, wait: timedelta) -> None:
        """Let time pass in which the hall's phone asks for work as it should."""
        end = self.now + wait
        while self.now < end:
            self.after(INTERVAL, hall(self.now + INTERVAL))

    @property
    def settled(self) -> bool:
        """Whether a message that the hall's phone hands in now is fresh."""
        return self.book.is_settled(HALL, self.now)


def hall(seen: datetime | None = NOW, **changes: Any) -> Phone:
    """Return the hall's phone, seen last at this moment."""
    return replace(a_phone(HALL, 0, last_seen=seen), **changes)


def attic(seen: datetime | None = NOW) -> Phone:
    """Return the attic's phone, seen last at this moment."""
    return a_phone(ATTIC, 0, last_seen=seen)


def test_the_phones_of_the_first_look_are_taken_as_they_are() -> None:
    """There is nothing to compare them with."""
    look = Look(hall())
    assert look.away_since is None
    assert look.settled


def test_a_phone_that_nobody_knows_is_not_settled() -> None:
    """Nor is a record that names no phone."""
    book = Look(hall()).book
    assert not book.is_settled("77", NOW)
    assert not book.is_settled("", NOW)


def test_a_phone_in_steady_contact_stays_settled() -> None:
    """It asks for work every few seconds."""
    look = Look(hall())
    for _ in range(20):
        assert look.after(INTERVAL, hall(look.now + INTERVAL)) is None
        assert look.settled


def test_a_phone_that_was_silent_has_to_settle() -> None:
    """It may hand in what it received meanwhile; since when is told, so that the list can be read as far back."""
    look = Look(hall())
    assert look.after(HOUR, hall(NOW + HOUR)) == NOW
    assert not look.settled
    back = look.now
    assert not look.book.is_settled(HALL, back + SETTLING - SECOND)
    look.steadily(SETTLING)
    assert look.settled


@pytest.mark.parametrize(("silence", "settled"), [(SILENCE - SECOND, True), (SILENCE, False)])
def test_a_short_silence_is_none(silence: timedelta, *, settled: bool) -> None:
    """A phone with a bad connection is not suspected of anything."""
    look = Look(hall())
    assert (look.after(silence, hall(NOW + silence)) is None) is settled
    assert look.settled is settled


def test_what_a_silent_phone_is_about_to_hand_in_is_not_fresh_either() -> None:
    """The list may show its messages before the phones are read that tell of its return."""
    look = Look(hall())
    look.after(HOUR, hall(NOW))
    assert not look.settled
    assert look.book.is_settled(HALL, NOW + SILENCE - SECOND)


def test_a_phone_that_asks_rarely_is_not_silent_between_two_requests() -> None:
    """It is set so."""
    look = Look(hall(request_interval=600))
    assert look.after(10 * MINUTE, hall(NOW + 10 * MINUTE, request_interval=600)) is None
    assert look.settled
    assert look.after(11 * MINUTE, hall(NOW + 21 * MINUTE, request_interval=600)) == NOW + 10 * MINUTE
    assert not look.settled


def test_how_rarely_a_phone_asks_is_learned_anew_each_time() -> None:
    """It is not written down, and may be set otherwise."""
    look = Look(hall(request_interval=600))
    for book in (look.book, ContactBook.from_dict(look.book.as_dict())):
        book.observe([hall(request_interval=600)], NOW + INTERVAL, INTERVAL)
        assert book.is_settled(HALL, NOW + 10 * MINUTE)
    look.at(hall(request_interval=None))
    assert not look.book.is_settled(HALL, NOW + 10 * MINUTE)


def test_the_last_contact_of_a_phone_is_remembered_when_it_is_listed_no_more() -> None:
    """It tells whether another phone may have taken its place."""
    look = Look(hall(NOW - MINUTE), attic(None))
    look.after(INTERVAL)
    assert [look.book.last_seen(phone) for phone in (HALL, ATTIC, "77")] == [NOW - MINUTE, None, None]


def test_a_silence_shorter_than_the_time_between_two_looks_cannot_be_seen() -> None:
    """Where somebody polls rarely."""
    book = ContactBook()
    book.observe([hall()], NOW, HOUR)
    assert book.observe([hall(NOW + HOUR)], NOW + HOUR, HOUR) is None
    assert book.is_settled(HALL, NOW + HOUR)


def test_an_outage_counts_as_silence() -> None:
    """Nobody looked, so nobody knows."""
    look = Look(hall())
    look.now += HOUR
    assert look.after(INTERVAL, hall(NOW + HOUR + INTERVAL)) == NOW
    assert not look.settled


def test_a_new_phone_has_to_settle_and_may_bring_anything() -> None:
    """It may be an old one that has signed in again."""
    look = Look(attic())
    assert look.after(INTERVAL, attic(NOW + INTERVAL), hall(NOW + INTERVAL)) == EVER
    assert not look.settled
    assert look.book.is_settled(ATTIC, look.now)


def test_a_new_phone_of_an_account_without_phones_is_new() -> None:
    """Also after a restart."""
    look = Look()
    look.book = ContactBook.from_dict(look.book.as_dict())
    assert look.after(INTERVAL, hall(NOW + INTERVAL)) == EVER
    assert not look.settled


def test_the_earliest_of_several_returns_is_told() -> None:
    """The list is read once for all."""
    look = Look(hall(NOW - DAY), attic(NOW - HOUR))
    assert look.after(INTERVAL, hall(NOW), attic(NOW)) == NOW - DAY


def test_a_phone_that_is_not_listed_for_a_while_is_compared_with_its_last_contact() -> None:
    """An answer may have been incomplete."""
    look = Look(hall())
    look.after(INTERVAL)
    assert look.after(INTERVAL, hall(NOW + 2 * INTERVAL)) is None
    assert look.settled


def test_a_copy_that_is_behind_changes_nothing() -> None:
    """Or each second look would be a return."""
    look = Look(hall())
    for _ in range(10):
        assert look.after(INTERVAL, hall(look.now + INTERVAL - STALE_BY + SECOND)) is None
        assert look.settled
        assert look.after(INTERVAL, hall(look.now + INTERVAL)) is None
        assert look.settled


def test_a_last_contact_that_is_taken_back_is_a_correction() -> None:
    """It was wrong before, so nothing is proven; and the next contact is one again."""
    look = Look(hall(NOW + DAY))
    assert look.after(INTERVAL, hall(NOW)) is None
    assert not look.settled
    look.steadily(SETTLING)
    assert look.after(DAY, hall(look.now + DAY)) is not None


def test_a_phone_of_which_no_contact_is_told_is_never_settled() -> None:
    """Nothing can be proven. When it is told at last, the phone may have been away for ever."""
    look = Look(hall(None))
    assert not look.settled
    assert look.after(INTERVAL, hall(None)) is None
    assert look.after(INTERVAL, hall(NOW + 2 * INTERVAL)) == EVER
    assert not look.settled


def test_a_contact_that_is_not_told_for_once_is_remembered() -> None:
    """The answer may have lacked it."""
    look = Look(hall())
    look.after(INTERVAL, hall(None))
    assert look.settled
    assert look.after(INTERVAL, hall(NOW + 2 * INTERVAL)) is None


def test_a_restart_does_not_hide_a_return() -> None:
    """Neither one that was seen before it, nor one that happened meanwhile."""
    look = Look(hall(NOW - HOUR))
    look.after(INTERVAL, hall(NOW))
    look.book = ContactBook.from_dict(look.book.as_dict())
    look.after(MINUTE, hall(look.now + MINUTE))
    settled = [look.settled]
    look.steadily(SETTLING)
    settled.append(look.settled)

    look.book = ContactBook.from_dict(look.book.as_dict())
    before = look.now
    assert look.after(HOUR, hall(look.now + HOUR)) == before
    settled.append(look.settled)
    assert settled == [False, True, False]


def test_a_clock_that_was_ahead_does_not_keep_a_phone_from_settling() -> None:
    """The service's clock may be put right."""
    look = Look(hall(NOW - HOUR))
    look.book.observe([hall(NOW)], NOW + 3 * HOUR, INTERVAL)
    look.after(INTERVAL, hall(NOW + INTERVAL))
    assert not look.settled
    look.steadily(SETTLING)
    assert look.settled


def test_what_was_written_down_comes_back() -> None:
    """As it was."""
    look = Look(hall(), attic(None))
    look.after(HOUR, hall(NOW + HOUR), attic(None))
    described = look.book.as_dict()
    assert ContactBook.from_dict(described).as_dict() == described


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.clear(),
        lambda data: data.update(phones=["1576"]),
        lambda data: data["phones"].update({HALL: None}),
        lambda data: data["phones"][HALL].update(last_seen="2026-11-25T12:00:00"),
        lambda data: data["phones"][HALL].pop("settled_at"),
    ],
)
def test_damage_is_noticed_when_it_is_loaded(damage: Callable[[dict[str, Any]], None]) -> None:
    """And not later."""
    data = Look(hall()).book.as_dict()
    damage(data)
    with pytest.raises((KeyError, ValueError, TypeError, AttributeError)):
        ContactBook.from_dict(data)
