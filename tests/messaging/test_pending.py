"""The messages that wait at the service or on a phone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.smsgateway24.api import MessageList
from custom_components.smsgateway24.messaging.pending import PendingMessages
from custom_components.smsgateway24.messaging.reader import LONGEST_SWEEP, Reading

from .shelf import DAY, HOUR, MINUTE, NOW, Shelf, a_text


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


def test_a_message_without_a_time_waits_until_it_is_listed_as_sent() -> None:
    """Nothing else can be said of it."""
    watch = Watch()
    watch.shelf.undated = True
    number = watch.shelf.add(status=1)
    assert watch.count() == 1
    assert watch.pending.oldest() is None
    watch.becomes(number, 6)
    assert watch.count(MINUTE) == 0
