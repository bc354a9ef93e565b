"""The messages that wait at the service or on a phone."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
import json
from typing import Any

import pytest

from custom_components.smsgateway24.api import MessageList
from custom_components.smsgateway24.messaging.pending import PendingMessages
from custom_components.smsgateway24.messaging.reader import LONGEST_SWEEP, SWEEP, Reading

from .shelf import DAY, HOUR, MINUTE, NOW, SECOND, Shelf, a_text


class Watch:
    """Keeps count of what a shelf holds."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.pending = PendingMessages()

    def count(self, wait: timedelta = timedelta()) -> int:
        """Read once, and return how many messages wait for the phone."""
        self.shelf.now += wait
        self.pending.observe(self.shelf.read(), self.shelf.now)
        return sum(self.pending.by_phone().values())

    def becomes(self, number: int, status: int) -> None:
        """Give a message another status."""
        (entry,) = [entry for entry in self.shelf.entries if entry.id == number]
        entry.status = status


@pytest.mark.parametrize(
    ("status", "waits"), [(1, 1), (2, 1), (3, 1), (4, 0), (5, 0), (6, 0), (7, 0), (9, 0), (42, 0), (100, 0)]
)
def test_what_is_still_to_be_sent_waits(status: int, waits: int) -> None:
    """At the service, or on the phone that has taken it."""
    watch = Watch()
    watch.shelf.add(status=status)
    assert watch.count() == waits


def test_what_waits_is_counted_until_it_is_sent() -> None:
    """Through all the ways in which it waits."""
    watch = Watch()
    number = watch.shelf.add(status=1)
    assert watch.count() == 1
    for status, waits in ((3, 1), (2, 1), (6, 0), (7, 0)):
        watch.becomes(number, status)
        assert watch.count(MINUTE) == waits


def test_a_status_that_goes_back_makes_it_wait_again() -> None:
    """As when it is sent once more from the service's page."""
    watch = Watch()
    number = watch.shelf.add(status=9)
    assert watch.count() == 0
    watch.becomes(number, 1)
    assert watch.count(MINUTE) == 1


def test_the_count_is_by_phone_and_the_oldest_is_told() -> None:
    """The list has to be read back to it."""
    watch = Watch()
    assert watch.pending.oldest() is None
    watch.shelf.add(HOUR, status=1)
    watch.shelf.add(2 * HOUR, status=2)
    watch.shelf.add(3 * HOUR, status=6)
    watch.count()
    assert watch.pending.oldest() == NOW - 2 * HOUR
    # The shelf's records name no phone.
    assert watch.pending.by_phone() == {"": 2}


def test_what_is_not_in_a_window_is_not_gone() -> None:
    """Only a sweep says that, as it reads everything of that time."""
    watch = Watch()
    waiting = watch.shelf.add(3 * HOUR, status=1)
    watch.shelf.add(HOUR)
    watch.shelf.add(MINUTE)
    assert watch.count() == 1
    watch.shelf.entries = [entry for entry in watch.shelf.entries if entry.id != waiting]
    assert watch.count(MINUTE) == 1
    assert watch.count(2 * HOUR) == 0


def test_what_is_too_old_for_a_sweep_still_waits() -> None:
    """A phone may be off for days."""
    watch = Watch()
    watch.shelf.add(status=1)
    assert watch.count() == 1
    watch.shelf.now += 5 * DAY
    watch.shelf.add()
    assert watch.count(MINUTE) == 1


def test_what_nobody_will_look_for_any_more_is_let_go() -> None:
    """It waits for a phone that is gone for good, or was sent long ago."""
    watch = Watch()
    watch.shelf.add(status=1)
    assert watch.count() == 1
    watch.shelf.now += LONGEST_SWEEP
    assert watch.count() == 1
    assert watch.count(MINUTE) == 0


def test_the_latest_list_counts() -> None:
    """Of one reading with several."""
    watch = Watch()
    watch.shelf.limit = 20
    numbers = [watch.shelf.add(number * MINUTE, status=1) for number in range(50)]
    assert watch.count() == 50
    for number in numbers[:30]:
        watch.becomes(number, 6)
    assert watch.count(2 * HOUR) == 20


def test_what_is_scheduled_waits_until_long_after_it_is_due() -> None:
    """However long ago it was handed over."""
    pending = PendingMessages()
    message = replace(a_text(1, NOW, status=1), scheduled_for=NOW + 60 * DAY)

    def count(now: datetime) -> int:
        records = MessageList({"1": {"id": 1, "status": 1}}, count=1, read=lambda _key, _record: message)
        pending.observe(Reading(lists=[records]), now)
        return sum(pending.by_phone().values())

    assert count(NOW) == 1
    assert count(NOW + 60 * DAY) == 1
    assert count(NOW + 60 * DAY + LONGEST_SWEEP) == 1
    assert count(NOW + 60 * DAY + LONGEST_SWEEP + MINUTE) == 0


def test_what_was_sent_between_two_requests_does_not_wait() -> None:
    """Of one reading the later list counts, in whichever it waits."""
    first, second = (
        MessageList(
            {"1": {"id": 1, "status": status}}, count=1, read=lambda _, record: a_text(1, status=record["status"])
        )
        for status in (1, 6)
    )
    for lists, waits in (([first, second], 0), ([second, first], 1)):
        pending = PendingMessages()
        pending.observe(Reading(lists=lists), NOW)
        assert sum(pending.by_phone().values()) == waits


def test_what_has_no_time_is_not_gone_because_a_sweep_does_not_list_it() -> None:
    """Nobody knows whether it was among what was read."""
    watch = Watch()
    watch.shelf.undated = True
    watch.shelf.add(status=1)
    assert watch.count() == 1
    watch.shelf.entries.clear()
    assert watch.count(2 * HOUR) == 1


def test_what_is_too_old_for_the_sweep_that_does_not_list_it_is_not_gone() -> None:
    """It was read back less far than that."""
    watch = Watch()
    watch.shelf.add(status=1)
    assert watch.count() == 1
    watch.shelf.entries.clear()
    assert watch.count(20 * HOUR) == 1


def a_newsletter(count: int = 8) -> Watch:
    """Return a watch for which messages wait that no list shows any more."""
    watch = Watch()
    watch.shelf.add_many(count, MINUTE, SECOND)
    for entry in watch.shelf.entries:
        entry.status = 1
    assert watch.count() == count
    watch.shelf.now += DAY
    watch.shelf.add()
    assert watch.count() == count
    return watch


def test_a_few_are_asked_for_each_hour_while_they_wait() -> None:
    """All of them in turn."""
    watch = a_newsletter()
    asked: list[int] = []
    for hours in range(8):
        now = watch.shelf.now + hours * HOUR
        found = watch.pending.to_ask_for(now)
        assert len(found) == 3
        assert watch.pending.to_ask_for(now + 59 * MINUTE) == []
        for number in found:
            watch.pending.hear(number, 3)
        asked += found
    assert sorted(asked[:8]) == [entry.id for entry in watch.shelf.entries[:8]]
    assert min(Counter(asked).values()) >= 2


def test_an_answer_that_one_waits_no_longer_has_more_asked_for() -> None:
    """Its phone is back, so all are soon known to be gone."""
    watch = a_newsletter()
    for waiting in (5, 2, 0):
        for number in watch.pending.to_ask_for(watch.shelf.now):
            watch.pending.hear(number, 7)
        assert sum(watch.pending.by_phone().values()) == waiting
    assert watch.pending.to_ask_for(watch.shelf.now) == []


def test_what_is_refused_twice_in_a_row_is_gone() -> None:
    """Once may have another reason than that somebody has deleted it."""
    watch = a_newsletter(3)
    first, second, third = watch.pending.to_ask_for(watch.shelf.now)
    watch.pending.refuse(first)
    watch.pending.refuse(second)
    watch.pending.hear(third, 1)
    assert watch.pending.to_ask_for(watch.shelf.now + HOUR) == [first, second, third]
    watch.pending.refuse(first)
    watch.pending.hear(second, 1)
    watch.pending.refuse(third)
    assert watch.pending.to_ask_for(watch.shelf.now + 2 * HOUR) == [second, third]
    watch.pending.refuse(second)
    watch.pending.refuse(third)
    # Nor is one missed that nobody knows.
    watch.pending.refuse(third)
    assert [item["id"] for item in watch.pending.as_list()] == [second]


def test_a_clock_that_goes_back_is_no_reason_to_ask_no_more() -> None:
    """The service's as well: another machine may answer."""
    watch = a_newsletter()
    assert watch.pending.to_ask_for(watch.shelf.now)
    assert watch.pending.to_ask_for(watch.shelf.now - HOUR)


def test_what_a_list_shows_or_is_not_due_is_not_asked_for() -> None:
    """The lists tell for nothing."""
    pending = PendingMessages()
    message = replace(a_text(1, NOW, status=1), scheduled_for=NOW + 3 * DAY)
    records = MessageList({"1": {"id": 1, "status": 1}}, count=1, read=lambda _key, _record: message)
    pending.observe(Reading(lists=[records]), NOW)
    assert pending.to_ask_for(NOW + SWEEP) == []
    assert pending.to_ask_for(NOW + 3 * DAY - MINUTE) == []
    assert pending.to_ask_for(NOW + 3 * DAY) == [1]
    recent = Watch()
    recent.shelf.add(status=1)
    recent.count()
    assert recent.pending.to_ask_for(NOW + SWEEP - MINUTE) == []
    assert len(recent.pending.to_ask_for(NOW + SWEEP)) == 1


def test_what_waits_is_known_after_a_restart() -> None:
    """No list that is read then may show it."""
    watch = a_newsletter()
    again = PendingMessages()
    again.restore(json.loads(json.dumps(watch.pending.as_list())))
    assert again.by_phone() == watch.pending.by_phone()
    assert again.oldest() == watch.pending.oldest()
    assert again.to_ask_for(watch.shelf.now) == watch.pending.to_ask_for(watch.shelf.now)


def test_a_newsletter_to_thousands_does_not_fill_the_disk() -> None:
    """The newest are kept."""
    watch = a_newsletter(700)
    kept = [item["id"] for item in watch.pending.as_list()]
    assert kept == [entry.id for entry in watch.shelf.entries[200:700]]


@pytest.mark.parametrize(
    "damage",
    [
        [5],
        [{}],
        [{"id": "one", "phone_id": "", "since": "2026-11-25T12:00:00+00:00", "scheduled_for": None, "created": None}],
        [{"id": 1, "phone_id": "", "since": "2026-11-25T12:00:00", "scheduled_for": None, "created": None}],
        [{"id": 1, "phone_id": "", "since": None, "scheduled_for": None, "created": None}],
        [{"id": 1, "phone_id": "", "since": "2026-11-25T12:00:00+00:00", "scheduled_for": "soon", "created": None}],
    ],
)
def test_damage_is_noticed(damage: Any) -> None:
    """When it is read, not when it is counted."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        PendingMessages().restore(damage)


def test_a_message_without_a_time_waits_until_it_is_listed_as_sent() -> None:
    """Nothing else can be said of it."""
    watch = Watch()
    watch.shelf.undated = True
    number = watch.shelf.add(status=1)
    assert watch.count() == 1
    assert watch.pending.oldest() is None
    watch.becomes(number, 6)
    assert watch.count(MINUTE) == 0
