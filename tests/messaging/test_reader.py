"""Which part of the service's list is read, so that nothing is missed and little is read twice."""

from datetime import datetime, timedelta
from typing import Any, override

import pytest

from custom_components.smsgateway24.api import AnswerTooLargeError, MessageList, UnreachableError
from custom_components.smsgateway24.api.answers import messages as message_list
from custom_components.smsgateway24.messaging.contact import EVER
from custom_components.smsgateway24.messaging.reader import (
    LATE_BY,
    LONGEST_SWEEP,
    MOST_PARTS,
    REACH,
    SLICE,
    SWEEP,
    SWEEP_EVERY,
    ListReader,
    Progress,
    Reading,
)

from .house import at_once
from .shelf import DAY, HOUR, MINUTE, NOW, SECOND, Entry, Shelf

POLL = timedelta(seconds=30)


def words(moment: datetime) -> str:
    """Return a moment in UTC as the service's words."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def at_rest(shelf: Shelf) -> Shelf:
    """Read until there is nothing more to find out, with a clean slate after that."""
    for _ in range(12):
        shelf.fresh_after(POLL)
    shelf.requests.clear()
    return shelf


# --- at the start -----------------------------------------------------------------------------------------------------


def test_the_first_reading_is_a_sweep_with_room_for_every_zone() -> None:
    """It is one request, without an end."""
    shelf = Shelf()
    recent = shelf.add_many(5, 13 * HOUR, HOUR)
    shelf.add(60 * DAY)
    reading = shelf.read()
    assert reading.swept
    assert set(reading.fresh) == set(recent)
    assert shelf.requests == [(words(NOW - SWEEP - 12 * HOUR), None)]


def test_an_empty_list_is_read_with_one_request_each_time() -> None:
    """There is nothing that a narrow window could start at."""
    shelf = Shelf()
    for polls in range(1, 5):
        assert shelf.fresh_after(POLL) == set()
        assert len(shelf.requests) == polls


def test_a_later_life_reads_from_where_the_earlier_one_ended() -> None:
    """After three days of downtime, with some room for what became visible late."""
    shelf = Shelf()
    shelf.read()
    progress = shelf.reader.progress
    assert progress == Progress(NOW, None)
    shelf.now += 3 * DAY
    missed = shelf.add_many(3, 3 * DAY, DAY)
    shelf.restart(Progress.from_dict(progress.as_dict()))
    shelf.requests.clear()
    assert shelf.fresh() == set(missed)
    assert shelf.requests[0][0] == words(NOW - LATE_BY - 12 * HOUR)


def test_a_very_long_downtime_is_not_made_up_for_without_end() -> None:
    """A month is read, in slices."""
    shelf = Shelf(now=NOW)
    shelf.restart(Progress(NOW - 400 * DAY, NOW - 300 * DAY))
    found = shelf.add(LONGEST_SWEEP)
    shelf.add(LONGEST_SWEEP + 2 * DAY)
    assert shelf.fresh() == {found}
    assert shelf.requests[0][0] == words(NOW - LONGEST_SWEEP - LATE_BY - 12 * HOUR)
    assert len(shelf.requests) <= LONGEST_SWEEP / SLICE + 2


@pytest.mark.parametrize("bounds_belong", [True, False])
def test_slices_leave_no_gap_between_them(*, bounds_belong: bool) -> None:
    """Whether what was created at a bound is within it, is not documented."""
    shelf = Shelf(bounds_belong=bounds_belong)
    shelf.restart(Progress(NOW - 20 * DAY))
    begin = NOW - 20 * DAY - LATE_BY - 12 * HOUR
    around = [begin + SLICE + offset * SECOND for offset in range(-3, 4)]
    expected = {shelf.add(NOW - moment) for moment in around}
    assert shelf.fresh() >= expected


# --- narrow windows ---------------------------------------------------------------------------------------------------


def test_at_rest_a_poll_is_one_request_for_a_handful_of_rows() -> None:
    """However old the account is."""
    shelf = Shelf()
    shelf.add_many(500, 500 * HOUR + 5 * MINUTE, HOUR)
    at_rest(shelf)
    reading = shelf.read()
    assert not reading.swept
    assert len(shelf.requests) == 1
    assert sum(found.rows for found in reading.lists) <= 2


def test_a_window_starts_some_minutes_before_the_newest_record() -> None:
    """At a record, in its own words."""
    shelf = Shelf()
    shelf.add(3 * HOUR)
    shelf.add(HOUR)
    shelf.add(HOUR - 5 * MINUTE)
    at_rest(shelf)
    shelf.read()
    assert shelf.requests == [(words(NOW - 3 * HOUR - SECOND), None)]


def test_each_message_is_fresh_once() -> None:
    """In whatever order they come."""
    shelf = Shelf()
    first = shelf.add()
    assert shelf.fresh() == {first}
    later = {shelf.add(-POLL), shelf.add(MINUTE)}
    assert shelf.fresh_after(POLL) == later
    assert shelf.fresh_after(POLL) == set()


@pytest.mark.parametrize("late", [timedelta(seconds=31), timedelta(minutes=5), LATE_BY - MINUTE])
def test_what_becomes_visible_out_of_order_is_found_at_once(late: timedelta) -> None:
    """A service that reads from copies of its database may be late."""
    shelf = Shelf()
    shelf.add(HOUR)
    at_rest(shelf)
    hidden = shelf.add(shown_in=late)
    found: dict[int, timedelta] = {}
    for poll in range(1, 40):
        shelf.add(-POLL)
        for number in shelf.fresh_after(POLL):
            found[number] = poll * POLL
    assert late <= found[hidden] <= late + POLL


def test_what_becomes_visible_much_later_is_found_by_the_hourly_sweep() -> None:
    """It is not lost, whatever the reason."""
    shelf = Shelf()
    shelf.add(HOUR)
    at_rest(shelf)
    hidden = shelf.add(5 * HOUR)
    found = set()
    for _ in range(60):
        shelf.add(-MINUTE)
        found |= shelf.fresh_after(MINUTE)
    assert hidden in found


def test_a_quiet_account_costs_no_more_than_a_busy_one() -> None:
    """The window starts at the last message, however long ago that was."""
    shelf = Shelf()
    shelf.add()
    for _ in range(50):
        shelf.fresh_after(5 * HOUR)
    shelf.requests.clear()
    assert shelf.fresh_after(POLL) == set()
    assert len(shelf.requests) == 1
    new = shelf.add(-POLL)
    assert shelf.fresh_after(POLL) == {new}


def test_messages_that_are_followed_are_in_the_window() -> None:
    """If that is not too long ago."""
    shelf = Shelf()
    old, followed = shelf.add(5 * HOUR), shelf.add(HOUR)
    shelf.add(MINUTE)
    at_rest(shelf)
    assert shelf.read(shelf.now - MINUTE).get(old) is None
    assert shelf.read(NOW - HOUR).get(followed) is not None
    shelf.requests.clear()
    shelf.read(shelf.now - REACH - MINUTE)
    assert shelf.requests == [(words(NOW - HOUR - SECOND), None)]


def test_a_window_reaches_back_to_what_is_followed_and_no_further() -> None:
    """Else each poll would read all that came since."""
    shelf = Shelf()
    numbers = shelf.add_many(12, 2 * HOUR, 10 * MINUTE)
    at_rest(shelf)
    assert [number in shelf.read() for number in numbers] == [False] * 10 + [True] * 2
    reading = shelf.read(NOW - HOUR)
    assert [number in reading for number in numbers] == [False] * 6 + [True] * 6
    assert 1 not in reading


def test_bounds_are_whole_seconds() -> None:
    """As the service writes them, whatever the clock says and wherever a time is halved."""
    shelf = Shelf(limit=20, now=NOW + timedelta(milliseconds=400))
    shelf.restart(Progress(NOW - 20 * DAY))
    shelf.add_many(60, 10 * HOUR, MINUTE)
    for _ in range(3):
        shelf.fresh_after(POLL)
    bounds = {bound for request in shelf.requests for bound in request if bound is not None}
    assert len(bounds) > 10
    assert all(bound == words(datetime.fromisoformat(bound)) for bound in bounds)


def test_a_record_that_is_gone_is_no_landmark_any_more() -> None:
    """Somebody may delete messages on the service's pages."""
    shelf = Shelf()
    shelf.add(HOUR)
    gone = shelf.add(30 * MINUTE)
    at_rest(shelf)
    shelf.entries = [entry for entry in shelf.entries if entry.id != gone]
    new = shelf.add()
    found = set()
    for _ in range(4):
        found |= shelf.fresh_after(POLL)
    assert found == {new}
    shelf.requests.clear()
    shelf.fresh_after(POLL)
    assert len(shelf.requests) == 1
    # Nor is it looked for by any later sweep.
    assert shelf.fresh_after(2 * HOUR) == set()


def test_a_record_that_is_too_young_to_be_everywhere_stays_a_landmark() -> None:
    """A copy that does not have it yet proves neither that it is gone nor that the words for its time were wrong."""
    shelf = Shelf(zone=2 * HOUR, words_ahead=2 * HOUR)
    young = shelf.add(5 * MINUTE)
    assert shelf.fresh() == {young}
    shelf.fresh_after(POLL)
    entry = shelf.entries[0]
    entry.shown_from = shelf.now + 2 * MINUTE
    assert shelf.fresh_after(POLL) == set()
    entry.shown_from = NOW - DAY
    shelf.requests.clear()
    assert shelf.fresh_after(POLL) == set()
    assert len(shelf.requests) == 1


def test_a_copy_that_is_behind_costs_one_more_request() -> None:
    """And no sweep, nor the knowledge of the zone."""
    shelf = Shelf()
    shelf.add(HOUR)
    at_rest(shelf)
    new = shelf.add(-POLL)
    assert shelf.fresh_after(POLL) == {new}
    first = shelf.entries[0]
    first.shown_from, shelf.shows_at_request = shelf.now + HOUR, 2
    shelf.requests.clear()
    assert not shelf.read().swept
    assert len(shelf.requests) == 2


def test_what_is_too_large_for_a_window_needs_no_sweep() -> None:
    """Its parts prove the window as well."""
    shelf = Shelf(too_large_from=40)
    shelf.add_many(30, 14 * HOUR, HOUR / 4)
    at_rest(shelf)
    new = {shelf.add(-second * SECOND) for second in range(100)}
    shelf.now += 100 * SECOND
    reading = shelf.read()
    assert set(reading.fresh) == new
    assert not reading.swept


# --- crowds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=4), LATE_BY - MINUTE])
def test_a_crowd_is_not_listed_in_every_poll_until_the_next_message(late: timedelta) -> None:
    """As a newsletter leaves it. What becomes visible late is found all the same, in the second poll at the latest."""
    shelf = Shelf()
    known = shelf.add(HOUR)
    at_rest(shelf)
    started = shelf.now
    for second in range(300):
        shelf.add(-second * SECOND, status=6, shown_in=second * SECOND + (timedelta() if second % 10 else late))
    shelf.now += 5 * MINUTE
    found = {known}
    while shelf.now < started + 20 * MINUTE:
        found |= shelf.fresh_after(POLL)
        assert found >= {entry.id for entry in shelf.entries if entry.shown_from <= shelf.now - POLL}
    assert len(found) == 301
    shelf.requests.clear()
    assert sum(found.rows for found in shelf.read().lists) <= 2
    assert shelf.requests == [(words(started + 5 * MINUTE - 2 * SECOND), None)]


def test_what_is_followed_is_listed_also_behind_a_crowd() -> None:
    """Else nobody would see what becomes of a newsletter."""
    shelf = Shelf()
    crowd = shelf.add_many(100, 20 * MINUTE, SECOND)
    for _ in range(10):
        shelf.fresh_after(POLL)
    assert crowd[0] not in shelf.read()
    assert crowd[0] in shelf.read(NOW - 20 * MINUTE)
    assert crowd[0] not in shelf.read()
    assert crowd[0] not in shelf.read(shelf.now - MINUTE)
    assert crowd[0] not in shelf.read(shelf.now - REACH - MINUTE)


def test_the_next_message_after_a_crowd_has_what_is_late_looked_for_again() -> None:
    """It may be dated before that message, and then it is not behind the crowd."""
    shelf = Shelf()
    shelf.add_many(100, 20 * MINUTE, SECOND)
    for _ in range(10):
        shelf.fresh_after(POLL)
    new = shelf.add(-POLL)
    assert shelf.fresh_after(POLL) == {new}
    late = shelf.add(8 * MINUTE)
    assert shelf.fresh_after(POLL) == {late}


def test_a_few_messages_leave_room_for_a_phone_with_a_slow_clock() -> None:
    """Here its message is dated before one that everybody has long known."""
    shelf = Shelf()
    shelf.add_many(9, 20 * MINUTE, SECOND)
    for _ in range(10):
        shelf.fresh_after(POLL)
    late = shelf.add(shelf.now - NOW + 25 * MINUTE)
    assert shelf.fresh_after(POLL) == {late}


def test_a_clock_that_was_ahead_settles_nothing() -> None:
    """What is new seemed to be old, so that what is late would not have been looked for."""
    shelf = Shelf()
    shelf.add_many(200, 5 * HOUR, MINUTE)
    at_rest(shelf)
    shelf.add_many(100, MINUTE, timedelta())
    shelf.fresh()
    shelf.clock = shelf.now + 20 * MINUTE
    shelf.fresh()
    late = shelf.add(2 * MINUTE)
    assert late in shelf.fresh_after(POLL)


# --- zones ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [0, -5])
def test_the_first_guess_is_the_words_of_the_records_or_of_utc(zone: int) -> None:
    """Whichever are earlier, which is right at once in either zone."""
    shelf = Shelf(zone=zone * HOUR, words_ahead=-5 * HOUR)
    shelf.add(HOUR)
    shelf.read()
    shelf.requests.clear()
    assert not shelf.read().swept
    assert shelf.requests == [(words(NOW - 6 * HOUR - LATE_BY - SECOND), None)]


@pytest.mark.parametrize("zone", [*range(-12, 15), 5.75, -3.5])
@pytest.mark.parametrize("words_ahead", [0, 2, -5])
def test_the_filter_may_be_in_any_zone(zone: float, words_ahead: int) -> None:
    """What is new is found in the next poll, and at rest that is one request."""
    shelf = Shelf(zone=zone * HOUR, words_ahead=words_ahead * HOUR)
    old = shelf.add(20 * MINUTE)
    assert old in shelf.fresh()
    for _ in range(10):
        new = shelf.add(-POLL)
        assert shelf.fresh_after(POLL) == {new}
    at_rest(shelf)
    new = shelf.add(-POLL)
    assert shelf.fresh_after(POLL) == {new}
    assert len(shelf.requests) == 1


def test_a_zone_that_changes_is_found_again() -> None:
    """As at the end of summer time."""
    shelf = Shelf(zone=2 * HOUR, words_ahead=2 * HOUR)
    shelf.add(HOUR)
    at_rest(shelf)
    shelf.zone = shelf.words_ahead = HOUR
    for _ in range(30):
        new = shelf.add(-POLL)
        assert shelf.fresh_after(POLL) == {new}
    shelf.zone = -10 * HOUR
    for _ in range(60):
        new = shelf.add(-POLL)
        assert shelf.fresh_after(POLL) == {new}
    at_rest(shelf)
    shelf.read()
    assert len(shelf.requests) == 1


def test_filters_may_do_nothing() -> None:
    """Then everything is listed each time, and what is new is fresh once."""
    shelf = Shelf(filters_work=False)
    shelf.add_many(50, 50 * DAY, DAY)
    assert len(shelf.fresh()) == 50
    new = shelf.add()
    assert shelf.fresh_after(POLL) == {new}
    at_rest(shelf)
    assert shelf.fresh() == set()
    assert len(shelf.requests) == 1


# --- limits -----------------------------------------------------------------------------------------------------------

every_limit = pytest.mark.parametrize(
    ("keeps_newest", "counts_all"), [(False, True), (True, True), (False, False), (True, False)]
)


@every_limit
def test_a_limit_on_rows_hides_nothing_at_the_start(*, keeps_newest: bool, counts_all: bool) -> None:
    """Whether the service tells of it or not, whichever end it cuts."""
    shelf = Shelf(limit=20, keeps_newest=keeps_newest, counts_all=counts_all)
    expected = set(shelf.add_many(90, 12 * HOUR, 7 * MINUTE))
    found = set()
    for _ in range(6):
        found |= shelf.fresh_after(POLL)
    assert found == expected


@pytest.mark.parametrize("zone", [-12, -3.5, 0, 2, 14])
@every_limit
def test_a_limit_on_rows_hides_nothing_in_any_zone(*, keeps_newest: bool, counts_all: bool, zone: float) -> None:
    """Also of a day that is over, so that no later message helps to find it."""
    shelf = Shelf(zone=zone * HOUR, limit=20, keeps_newest=keeps_newest, counts_all=counts_all)
    known = shelf.add(2 * DAY)
    at_rest(shelf)
    expected = {shelf.add(-second * SECOND) for second in range(1, 71)}
    shelf.now += HOUR
    found = set()
    for _ in range(10):
        found |= shelf.fresh_after(POLL)
    assert found - {known} == expected


@every_limit
def test_a_limit_on_rows_hides_nothing_in_the_middle_of_a_long_downtime(
    *, keeps_newest: bool, counts_all: bool
) -> None:
    """A sweep of several slices may meet the limit in each of them."""
    shelf = Shelf(limit=20, keeps_newest=keeps_newest, counts_all=counts_all)
    shelf.restart(Progress(NOW - 25 * DAY))
    expected = {new for days in (24, 16, 10, 1) for new in shelf.add_many(50, days * DAY, MINUTE)}
    found = set()
    for _ in range(6):
        found |= shelf.fresh_after(POLL)
    assert found == expected


@every_limit
def test_a_limit_on_rows_hides_nothing_of_a_busy_day(*, keeps_newest: bool, counts_all: bool) -> None:
    """When more comes between two polls than a list can hold."""
    shelf = Shelf(limit=20, keeps_newest=keeps_newest, counts_all=counts_all)
    known = shelf.add(HOUR)
    at_rest(shelf)
    expected = {shelf.add(-second * SECOND) for second in range(1, 71)}
    shelf.now += 70 * SECOND
    found = set()
    for _ in range(10):
        found |= shelf.fresh_after(POLL)
    # What was known may be forgotten where it no longer is in any list, and the inbox remembers it.
    assert found - {known} == expected
    new = shelf.add(-POLL)
    for _ in range(4):
        found |= shelf.fresh_after(POLL)
    assert new in found


@every_limit
def test_a_limit_on_rows_that_a_crowd_has_met_does_not_cost_a_sweep_in_every_poll(
    *, keeps_newest: bool, counts_all: bool
) -> None:
    """Once nothing older can become visible, a poll is one request for what is new."""
    shelf = Shelf(limit=20, keeps_newest=keeps_newest, counts_all=counts_all)
    shelf.add(HOUR)
    at_rest(shelf)
    started = shelf.now
    expected = {shelf.add(-second * SECOND) for second in range(40)}
    shelf.now += 40 * SECOND
    found = set()
    while shelf.now < started + 25 * MINUTE:
        found |= shelf.fresh_after(POLL)
    assert found >= expected
    shelf.requests.clear()
    for polls in range(1, 21):
        assert shelf.fresh_after(POLL) == set()
        assert len(shelf.requests) == polls


@pytest.mark.parametrize("counts_all", [True, False])
def test_a_crowded_second_does_not_hide_what_comes_after_it(*, counts_all: bool) -> None:
    """More was created in it than any list has room for, so the rest of it is out of reach; but not what follows."""
    shelf = Shelf(limit=20, counts_all=counts_all)
    shelf.add(HOUR)
    at_rest(shelf)
    for _ in range(30):
        shelf.add(-POLL, status=6)
    for _ in range(2):
        shelf.fresh_after(POLL)
    new = shelf.add(-POLL)
    shelf.requests.clear()
    assert new in shelf.fresh_after(POLL)
    assert len(shelf.requests) == 1
    found = set()
    shelf.restart()
    for _ in range(4):
        found |= shelf.fresh_after(POLL)
    assert new in found


@every_limit
def test_a_limit_on_rows_hides_nothing_of_what_a_returning_phone_hands_in(
    *, keeps_newest: bool, counts_all: bool
) -> None:
    """With times of its own, where no window leaves a gap that would give it away."""
    shelf = Shelf(limit=20, keeps_newest=keeps_newest, counts_all=counts_all)
    shelf.add(MINUTE)
    at_rest(shelf)
    expected = set(shelf.add_many(60, 6 * DAY, MINUTE))
    shelf.reader.owe(shelf.now - 7 * DAY)
    found = set()
    for _ in range(6):
        found |= shelf.fresh_after(POLL)
    assert found >= expected


def test_what_is_shorter_than_another_list_has_met_no_limit() -> None:
    """So nothing is looked at more closely, and a poll stays one request, also after a gap."""
    shelf = Shelf()
    shelf.restart(Progress(NOW - 6 * DAY))
    shelf.add_many(60, 5 * DAY, MINUTE)
    at_rest(shelf)
    shelf.now += 3 * HOUR
    expected = set(shelf.add_many(15, 2 * HOUR, MINUTE))
    assert shelf.fresh() == expected
    for _ in range(20):
        assert shelf.fresh_after(MINUTE) == set()
    assert len(shelf.requests) == 21


def test_after_a_long_gap_the_limit_is_found_even_if_all_that_is_known_is_old() -> None:
    """The last message is days old by then, so that no sweep of the usual length would show it."""
    shelf = Shelf(limit=20, counts_all=False)
    shelf.restart(Progress(NOW - 5 * DAY))
    expected = set(shelf.add_many(60, 5 * DAY, MINUTE))
    found = set()
    for _ in range(6):
        found |= shelf.fresh_after(POLL)
    assert found == expected


def test_a_sweep_that_was_not_looked_at_closely_is_no_progress() -> None:
    """A later life has to go back as far again, or what the limit hides would never be seen."""
    shelf = Shelf(limit=20, counts_all=False)
    progress = Progress(NOW - 5 * DAY, NOW - 6 * DAY)
    shelf.restart(progress)
    expected = set(shelf.add_many(60, 5 * DAY, MINUTE))
    found = shelf.fresh()
    assert shelf.reader.progress == progress
    shelf.restart(progress)
    for _ in range(6):
        found |= shelf.fresh_after(POLL)
    assert found == expected
    assert shelf.reader.progress.swept_until is not None
    assert shelf.reader.progress.swept_until > NOW


def test_a_count_of_something_else_does_not_lead_to_endless_halving() -> None:
    """As if it were that of the whole account."""
    shelf = Shelf(count=10_000)
    expected = set(shelf.add_many(30, 10 * HOUR, 20 * MINUTE))
    assert shelf.fresh() == expected
    assert len(shelf.requests) <= 4
    at_rest(shelf)
    shelf.read()
    assert len(shelf.requests) == 1


def test_a_wrong_count_of_a_single_message_is_seen_through_too() -> None:
    """One half is empty each time, so that takes some more requests, once."""
    shelf = Shelf(count=2)
    expected = {shelf.add(HOUR)}
    assert shelf.fresh() == expected
    assert len(shelf.requests) < 50
    at_rest(shelf)
    shelf.read()
    assert len(shelf.requests) == 1


@every_limit
def test_a_limit_where_filters_do_nothing_ends(*, keeps_newest: bool, counts_all: bool) -> None:
    """Nothing more can be seen in any way."""
    shelf = Shelf(filters_work=False, limit=20, keeps_newest=keeps_newest, counts_all=counts_all)
    shelf.add_many(100, 100 * HOUR, HOUR)
    assert len(shelf.fresh()) == 20
    for _ in range(6):
        shelf.fresh_after(POLL)
    assert len(shelf.requests) < 20


def test_a_limit_that_has_been_met_is_looked_for_in_every_sweep() -> None:
    """What becomes visible very late is found by them alone, and each would show the same rows."""
    shelf = Shelf(limit=20, keeps_newest=True, counts_all=False)
    shelf.add_many(60, 10 * HOUR, MINUTE)
    at_rest(shelf)
    for _ in range(3):
        shelf.add_many(20, HOUR, MINUTE)
        for _ in range(3):
            shelf.fresh_after(20 * MINUTE)
        hidden = shelf.add(9 * HOUR)
        found = set()
        for _ in range(10):
            found |= shelf.fresh_after(7 * MINUTE)
        assert hidden in found


def test_what_only_a_closer_look_has_shown_is_known_from_then_on() -> None:
    """It is not fresh a second time, although the sweep itself does not show it."""
    shelf = Shelf(limit=20, keeps_newest=True, counts_all=False)
    shelf.add(HOUR)
    at_rest(shelf)
    for second in range(60):
        shelf.add(-second * SECOND)
    shelf.now += MINUTE
    fresh: list[int] = []
    for _ in range(60):
        fresh += shelf.fresh_after(POLL)
    assert len(fresh) == len(set(fresh))


def test_a_service_whose_count_tells_of_its_limit_is_not_looked_at_closely() -> None:
    """What is left out would have been counted."""
    shelf = Shelf(limit=20)
    shelf.restart(Progress(NOW - 5 * DAY))
    shelf.add_many(60, 5 * DAY, MINUTE)
    shelf.fresh()
    shelf.now += 3 * DAY
    exactly = set(shelf.add_many(20, 2 * DAY, MINUTE))
    shelf.requests.clear()
    assert shelf.fresh() == exactly
    for _ in range(5):
        shelf.fresh_after(POLL)
    assert len(shelf.requests) <= 7


def test_a_closer_look_at_a_list_that_is_never_the_same_ends() -> None:
    """As if a service without filters showed any twenty of its messages."""

    class Lottery(Shelf):
        @override
        def _matches(self, entry: Entry, begin: str | None, end: str | None) -> bool:
            # Without a connection to what is asked for, but the same each time that the tests are run.
            return hash((entry.id, len(self.requests))) % 10 == 0

    shelf = Lottery(limit=20, counts_all=False)
    shelf.add_many(1000, 20 * HOUR, MINUTE)
    for _ in range(3):
        shelf.fresh_after(POLL)
    assert 20 < len(shelf.requests) < MOST_PARTS + 20


def test_a_record_that_is_gone_is_found_out_in_a_list_as_long_as_any() -> None:
    """It might also be a limit that keeps it back, so that takes a closer look."""
    shelf = Shelf()
    gone = shelf.add(25 * MINUTE)
    shelf.add_many(9, 14 * MINUTE, MINUTE)
    at_rest(shelf)
    shelf.entries = [entry for entry in shelf.entries if entry.id != gone]
    shelf.add(10 * MINUTE)
    for _ in range(22):
        shelf.fresh_after(POLL)
    shelf.requests.clear()
    for _ in range(10):
        assert not shelf.read().swept
    assert len(shelf.requests) == 10


def test_a_limit_does_not_cost_the_knowledge_of_the_zone() -> None:
    """A record that a limit has kept back does not tell that it was asked for with the wrong words."""
    shelf = Shelf(limit=20, keeps_newest=True, counts_all=False)
    shelf.add(HOUR)
    at_rest(shelf)
    for second in range(40):
        shelf.add(-second * SECOND)
    newest = shelf.now + 39 * SECOND
    shelf.now += 40 * SECOND
    assert shelf.read().swept
    shelf.requests.clear()
    assert not shelf.read().swept
    assert shelf.requests == [(words(newest - SECOND), None)]


# --- too much ---------------------------------------------------------------------------------------------------------


def test_what_is_too_large_is_read_in_parts() -> None:
    """In a sweep as well as in a narrow window."""
    shelf = Shelf(too_large_from=40)
    expected = set(shelf.add_many(200, 13 * HOUR, 3 * MINUTE))
    assert shelf.fresh() == expected
    at_rest(shelf)
    more = {shelf.add(-second * SECOND) for second in range(1, 200)}
    assert shelf.fresh_after(200 * SECOND) == more


@pytest.mark.parametrize("bounds_belong", [True, False])
@pytest.mark.parametrize(
    ("shelf", "polls"),
    [
        pytest.param({"too_large_from": 20}, 1, id="too large"),
        pytest.param({"limit": 20}, 1, id="cut, and counted"),
        pytest.param({"limit": 20, "counts_all": False}, 6, id="cut"),
    ],
)
def test_halves_leave_no_gap_between_them(*, bounds_belong: bool, shelf: dict[str, Any], polls: int) -> None:
    """Whether what was created at a bound is within it, is not documented; there is a message in each second."""
    cut = Shelf(bounds_belong=bounds_belong, **shelf)
    expected = {cut.add(5 * MINUTE - number * SECOND) for number in range(200)}
    found = set()
    for _ in range(polls):
        found |= cut.fresh_after(POLL)
    assert found == expected


def test_what_cannot_be_made_small_enough_is_an_error() -> None:
    """It ends, and nothing counts as read."""
    shelf = Shelf(too_large_from=1)
    shelf.add(HOUR)
    with pytest.raises(AnswerTooLargeError):
        shelf.read()
    assert shelf.reader.progress == Progress()
    assert len(shelf.requests) < 50
    shelf.too_large_from = None
    assert len(shelf.fresh()) == 1


# --- failures ---------------------------------------------------------------------------------------------------------


def test_a_failure_in_the_middle_loses_nothing() -> None:
    """What was read by then is handed out with the next reading, and the sweep is made again."""
    shelf = Shelf()
    shelf.restart(Progress(NOW - 20 * DAY))
    expected = set(shelf.add_many(20, 20 * DAY, DAY))
    shelf.error, shelf.fails_at = UnreachableError(request_sent=True), 2
    with pytest.raises(UnreachableError):
        shelf.read()
    assert shelf.reader.progress == Progress(NOW - 20 * DAY)
    assert shelf.fresh_after(POLL) == expected


def test_what_nobody_has_taken_stays_fresh() -> None:
    """The phones may fail in the same poll, so that nothing is done with what was read."""
    shelf = Shelf()
    message = shelf.add()
    assert set(at_once(shelf.reader.read()).fresh) == {message}
    shelf.now += POLL
    later = shelf.add()
    assert set(at_once(shelf.reader.read()).fresh) == {message, later}
    shelf.reader.taken()
    assert set(at_once(shelf.reader.read()).fresh) == set()


def test_what_nobody_has_taken_is_no_progress() -> None:
    """Or a restart right after such a poll would lose it."""
    shelf = Shelf()
    before = Progress(NOW - 3 * DAY, NOW - 5 * DAY)
    shelf.restart(before)
    message = shelf.add(4 * DAY)
    at_once(shelf.reader.read())
    assert shelf.reader.progress == before
    shelf.reader.owe(NOW - 6 * DAY)
    assert shelf.reader.progress == Progress(NOW - 3 * DAY, NOW - 6 * DAY)
    shelf.restart(shelf.reader.progress)
    assert shelf.fresh() == {message}
    assert shelf.reader.progress.swept_until == NOW


def test_after_an_outage_all_that_came_meanwhile_is_found() -> None:
    """However long it was."""
    for outage in (5 * MINUTE, 50 * MINUTE, 3 * HOUR, 4 * DAY):
        shelf = Shelf()
        shelf.add(HOUR)
        at_rest(shelf)
        before = shelf.now
        shelf.error = UnreachableError(request_sent=False)
        with pytest.raises(UnreachableError):
            shelf.read()
        shelf.error = None
        shelf.now += outage
        missed = {shelf.add(shelf.now - before - part * outage / 10) for part in range(1, 11)}
        assert shelf.fresh() == missed


# --- what is owed -----------------------------------------------------------------------------------------------------


def test_what_a_returning_phone_hands_in_is_found_however_old_it_says_it_is() -> None:
    """Its own clock may date its messages."""
    shelf = Shelf()
    shelf.add(MINUTE)
    at_rest(shelf)
    old = shelf.add(6 * DAY)
    shelf.reader.owe(shelf.now - 7 * DAY)
    assert shelf.fresh_after(POLL) == {old}


def test_it_is_looked_for_again_since_not_all_is_there_at_once() -> None:
    """When copies have caught up, and in an hour. Then it is paid."""
    shelf = Shelf()
    shelf.add(MINUTE)
    at_rest(shelf)
    shelf.reader.owe(shelf.now - 7 * DAY)
    since = shelf.now - 7 * DAY
    started = shelf.now
    found: dict[int, timedelta] = {}
    at_once_id, soon, slow = (
        shelf.add(6 * DAY, shown_in=late) for late in (timedelta(), timedelta(minutes=5), timedelta(minutes=40))
    )
    sweeps = 0
    while shelf.now - started < 3 * HOUR:
        shelf.add(-POLL)
        shelf.requests.clear()
        for number in shelf.fresh_after(POLL):
            found.setdefault(number, shelf.now - started)
        sweeps += any(begin is not None and begin <= words(since) for begin, _ in shelf.requests)
        if shelf.now - started < 2 * HOUR:
            continue
        assert shelf.reader.progress.owed_since is None
    assert sweeps == 3
    assert found[at_once_id] == POLL
    assert found[soon] <= LATE_BY + 2 * POLL
    assert found[slow] <= LATE_BY + SWEEP_EVERY + 2 * POLL


def test_a_debt_survives_a_restart() -> None:
    """And a failure."""
    shelf = Shelf()
    shelf.read()
    shelf.reader.owe(NOW - 7 * DAY)
    assert shelf.reader.progress.owed_since == NOW - 7 * DAY
    shelf.restart(Progress.from_dict(shelf.reader.progress.as_dict()))
    shelf.error = UnreachableError(request_sent=False)
    with pytest.raises(UnreachableError):
        shelf.read()
    shelf.error = None
    old = shelf.add(6 * DAY)
    assert shelf.fresh() == {old}


def test_of_several_debts_the_oldest_is_what_a_later_life_owes() -> None:
    """In whatever order they were made, also once a reading was taken."""
    for owed in ([3 * DAY, 7 * DAY, 5 * DAY], [7 * DAY, 3 * DAY]):
        shelf = Shelf()
        for ago in owed:
            shelf.reader.owe(NOW - ago)
        assert shelf.reader.progress.owed_since == NOW - 7 * DAY
        shelf.read()
        assert shelf.reader.progress.owed_since == NOW - 7 * DAY


def test_new_debts_do_not_keep_old_ones_alive() -> None:
    """Or a phone with a bad connection would have a whole month read again and again."""
    shelf = Shelf()
    shelf.add(MINUTE)
    at_rest(shelf)
    shelf.reader.owe(shelf.now - 30 * DAY)
    for _ in range(20):
        shelf.reader.owe(shelf.now - 10 * MINUTE)
        shelf.fresh_after(7 * MINUTE)
    owed = shelf.reader.progress.owed_since
    assert owed is not None
    assert shelf.now - owed < 3 * HOUR


def test_what_is_owed_is_paid_in_time_although_the_clock_was_set_back() -> None:
    """Else the list would be read as far back each hour until the clock has caught up."""
    shelf = Shelf()
    shelf.add(MINUTE)
    at_rest(shelf)
    shelf.reader.owe(shelf.now - 7 * DAY)
    shelf.fresh_after(POLL)
    shelf.now -= 3 * DAY
    for _ in range(20):
        shelf.fresh_after(10 * MINUTE)
    assert shelf.reader.progress.owed_since is None


def test_a_phone_that_was_away_for_ever_does_not_break_the_calendar() -> None:
    """A month is read."""
    shelf = Shelf()
    found = shelf.add(LONGEST_SWEEP - HOUR)
    shelf.reader.owe(EVER)
    assert shelf.fresh() == {found}


# --- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong_by", [3 * HOUR, 3 * DAY, 4000 * DAY, -3 * DAY, -4000 * DAY])
def test_a_clock_that_turns_out_to_be_wrong_has_the_sweep_made_again(wrong_by: timedelta) -> None:
    """Before the first answer, this machine's clock stands in for the service's, and it may say anything."""
    shelf = Shelf()
    expected = set(shelf.add_many(5, 13 * HOUR, 2 * HOUR))
    shelf.clock = NOW + wrong_by
    assert shelf.fresh() == expected
    swept_until = shelf.reader.progress.swept_until
    assert swept_until is not None
    assert swept_until <= NOW


def test_a_clock_that_is_never_right_does_not_keep_a_reading_from_ending() -> None:
    """It is tried again with the next."""
    shelf = Shelf()
    message = shelf.add(HOUR)
    moments = iter(range(1, 100))
    reader = ListReader(shelf.fetch, lambda: NOW - next(moments) * DAY)
    assert set(at_once(reader.read()).fresh) == {message}
    assert reader.progress.swept_until is None


@pytest.mark.parametrize("jump", [2 * HOUR, 3 * DAY, -2 * HOUR, -3 * DAY])
def test_a_service_whose_clock_jumps_loses_nothing(jump: timedelta) -> None:
    """Its clock may be put right."""
    shelf = Shelf()
    shelf.add(MINUTE)
    at_rest(shelf)
    shelf.now += jump
    for _ in range(5):
        new = shelf.add(-POLL)
        assert shelf.fresh_after(POLL) == {new}


def test_records_from_the_future_do_not_hide_those_of_today() -> None:
    """A phone's clock that is a year ahead dates its messages."""
    shelf = Shelf()
    shelf.add(MINUTE)
    future = {shelf.add(-365 * DAY - number * HOUR) for number in range(3)}
    assert future <= shelf.fresh()
    at_rest(shelf)
    for _ in range(5):
        new = shelf.add(-POLL)
        assert shelf.fresh_after(POLL) == {new}
    assert len(shelf.requests) == 5


def test_where_all_is_from_the_future_what_is_new_is_found_all_the_same() -> None:
    """It was the only phone, and its clock has been put right."""
    shelf = Shelf()
    shelf.add(-DAY)
    shelf.fresh()
    for _ in range(3):
        new = shelf.add(-POLL)
        assert shelf.fresh_after(POLL) == {new}


# --- records that are not as they should be ---------------------------------------------------------------------------


def test_records_without_a_date_are_fresh_once() -> None:
    """They cannot be landmarks, so every poll is a sweep."""
    shelf = Shelf(undated=True)
    first = shelf.add(HOUR)
    assert shelf.fresh() == {first}
    second = shelf.add()
    assert shelf.fresh_after(POLL) == {second}
    shelf.requests.clear()
    assert shelf.fresh_after(POLL) == set()
    assert len(shelf.requests) == 1


@pytest.mark.parametrize("zone", [0, 2, -5])
def test_dates_may_be_numbers(zone: int) -> None:
    """They are landmarks like any other, though they have no words of their own."""
    shelf = Shelf(zone=zone * HOUR, as_numbers=True)
    shelf.add(20 * MINUTE)
    at_rest(shelf)
    new = shelf.add(-POLL)
    shelf.now += POLL
    reading = shelf.read()
    assert (set(reading.fresh), reading.swept, len(shelf.requests)) == ({new}, False, 1)


def test_no_more_is_kept_in_mind_than_a_later_window_may_start_at_or_list() -> None:
    """Or a busy account would fill the memory in a few months."""
    shelf = Shelf()
    for number in range(6 * 24 * 5):
        shelf.undated = number % 2 == 0
        shelf.add()
        shelf.fresh_after(10 * MINUTE)
    most = (SWEEP + DAY + 3 * HOUR) / (10 * MINUTE)
    assert len(shelf.reader._landmarks) <= most
    assert len(shelf.reader._timeline) <= most
    assert len(shelf.reader._others) <= most


def test_a_record_of_unknown_status_stays_fresh_until_it_is_clear_what_it_is() -> None:
    """It may yet turn out to be an incoming message."""
    shelf = Shelf()
    number = shelf.add(status=42)
    others = {shelf.add() for _ in range(3)}
    assert shelf.fresh() == {number} | others
    assert shelf.fresh_after(POLL) == {number}
    shelf.entries[0].status = 5
    assert shelf.read().fresh[number].incoming
    assert shelf.fresh_after(POLL) == set()


def test_a_record_that_cannot_be_read_keeps_nothing_from_being_read() -> None:
    """It is passed over, each time."""
    bad = {"id": 1000, "sendto": "+447700900123", "status": "?"}
    good = {"id": 1001, "sendto": "+447700900123", "status": 5}

    async def fetch(_begin: str | None, _end: str | None) -> MessageList:
        return message_list({"count": 2, "smss": {"1000": bad, "1001": good}})

    reader = ListReader(fetch, lambda: NOW)
    assert set(at_once(reader.read()).fresh) == {1001}
    reader.taken()
    assert at_once(reader.read()).fresh == {}


def test_a_message_is_told_as_it_was_listed_last() -> None:
    """Halves overlap, and time passes between them."""
    shelf = Shelf(limit=20)
    shelf.add_many(60, 10 * HOUR, MINUTE)
    reading = shelf.read()
    assert len(reading.lists) > 1
    for entry in shelf.entries:
        message = reading.get(entry.id)
        assert message is not None
        assert message.id == entry.id
    assert reading.get(1) is None


def test_of_several_lists_the_last_one_counts() -> None:
    """A message may have been sent between two requests of one reading."""
    shelf = Shelf()
    number = shelf.add(status=1)
    lists = [*shelf.read().lists]
    shelf.entries[0].status = 6
    later = shelf.add()
    lists += shelf.read().lists
    assert later in Reading(lists=lists)
    listed = [reading.get(number) for reading in (Reading(lists=lists), Reading(lists=lists[::-1]))]
    assert [message and message.status for message in listed] == [6, 1]
