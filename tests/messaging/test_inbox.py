"""Which of the messages that the service lists are news."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.smsgateway24.api import Message
from custom_components.smsgateway24.messaging.inbox import (
    FIRST_RUN_MARGIN,
    FRESH_FOR,
    REMEMBERED_FOR,
    REMEMBERED_IDS,
    Inbox,
)

from .shelf import DAY, HOUR, MINUTE, NOW, SECOND, a_text

FLOOR = NOW - FIRST_RUN_MARGIN


def settled(_phone_id: str, _moment: datetime) -> bool:
    """Take every phone for well."""
    return True


def a_started_inbox(*shown: Message) -> Inbox:
    """Return an inbox that has seen its first list."""
    inbox = Inbox()
    inbox.start(shown, NOW, NOW)
    return inbox


def ids(inbox: Inbox) -> list[int]:
    """Return the ids of the news."""
    return [item.message.id for item in inbox.news(NOW, settled)]


def announce(inbox: Inbox) -> list[int]:
    """Claim and announce all news."""
    news = inbox.news(NOW, settled)
    inbox.claim(news)
    inbox.announced()
    return [item.message.id for item in news]


# --- the first run ------------------------------------------------------------------------------


def test_before_the_first_run_nothing_is_news() -> None:
    """There is nothing to compare it with."""
    inbox = Inbox()
    inbox.offer([a_text(1)])
    assert not inbox.started
    assert inbox.floor is None
    assert ids(inbox) == []


def test_what_the_first_list_shows_is_known() -> None:
    """Old or new."""
    shown = [a_text(1, NOW - DAY), a_text(2, NOW), a_text(3, None)]
    inbox = a_started_inbox(*shown)
    inbox.offer(shown)
    assert inbox.started
    assert ids(inbox) == []


def test_what_was_listed_at_first_and_turns_out_to_be_incoming_later_is_news() -> None:
    """Only what was seen to be incoming is known; the list holds both directions, and states yet to be invented."""
    inbox = a_started_inbox(a_text(1, status=42))
    inbox.offer([a_text(1)])
    assert ids(inbox) == [1]


def test_what_was_there_before_and_shows_up_later_is_no_news() -> None:
    """A service that reads from copies may show it late."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1, FLOOR - SECOND), a_text(2, FLOOR)])
    assert ids(inbox) == [2]


@pytest.mark.parametrize(
    ("service_time", "own_time", "floor"),
    [
        (NOW, NOW, FLOOR),
        (NOW, NOW + DAY, FLOOR),
        (NOW + DAY, NOW, FLOOR),
        (NOW - HOUR, NOW, FLOOR - HOUR),
        (None, NOW, NOW - HOUR - FIRST_RUN_MARGIN),
        (None, NOW - DAY, FLOOR - DAY),
    ],
)
def test_the_floor_is_set_by_the_earlier_clock(
    service_time: datetime | None, own_time: datetime, floor: datetime
) -> None:
    """One that lies ahead would swallow messages. Without the service's time its newest message stands in."""
    inbox = Inbox()
    inbox.start([a_text(1, NOW - HOUR), a_text(2, NOW - DAY)], service_time, own_time)
    assert inbox.floor == floor


def test_a_message_from_the_future_does_not_lift_the_first_floor() -> None:
    """A phone's clock may say anything."""
    inbox = Inbox()
    inbox.start([a_text(1, NOW + 400 * DAY)], None, NOW)
    assert inbox.floor == FLOOR


def test_without_any_message_and_any_time_of_the_service_the_own_clock_counts() -> None:
    """There is nothing else."""
    inbox = Inbox()
    inbox.start([], None, NOW)
    assert inbox.floor == FLOOR


def test_after_a_loss_nothing_of_the_last_minute_is_announced() -> None:
    """Nor of that very second: it may have been announced before the memory was lost."""
    inbox = Inbox(lost=True)
    inbox = Inbox.from_dict(inbox.as_dict())
    lost_before = inbox.lost
    inbox.start([], NOW, NOW)
    inbox.offer([a_text(1, NOW - SECOND), a_text(2, NOW), a_text(3, NOW + SECOND)])
    assert ids(inbox) == [3]
    floor = Inbox.from_dict(inbox.as_dict()).floor
    assert floor is not None
    assert NOW < floor < NOW + SECOND
    assert (lost_before, inbox.lost, Inbox.from_dict(inbox.as_dict()).lost) == (True, False, False)


# --- news -----------------------------------------------------------------------------------------


def test_news_come_in_the_order_in_which_they_were_created() -> None:
    """Of one second, by id; what has no time comes first."""
    inbox = a_started_inbox()
    inbox.offer([a_text(3, NOW), a_text(9, NOW - SECOND), a_text(2, NOW), a_text(5, None)])
    assert ids(inbox) == [5, 9, 2, 3]


def test_each_message_is_news_once() -> None:
    """However often it is listed."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1), a_text(1)])
    assert announce(inbox) == [1]
    inbox.offer([a_text(1)])
    assert ids(inbox) == []


def test_equal_texts_are_different_messages() -> None:
    """Identity is the id alone."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1), a_text(2)])
    assert announce(inbox) == [1, 2]


@pytest.mark.parametrize("status", [0, 1, 2, 3, 4, 6, 7, 8, 9, 42, 100])
def test_only_incoming_messages_are_news(status: int) -> None:
    """The list holds both directions."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1, status=status)])
    assert ids(inbox) == []


def test_what_turns_out_to_be_incoming_is_news_then() -> None:
    """Its status may have been something unknown before."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1, status=42)])
    inbox.offer([a_text(1)])
    assert ids(inbox) == [1]


def test_an_offer_tells_what_of_it_is_new() -> None:
    """Whoever offers polls more quickly after that; what waits to be announced counts once, what is known not at all."""
    assert Inbox().offer([a_text(1)]) == set()
    inbox = a_started_inbox(a_text(1))
    assert inbox.offer([a_text(1), a_text(2), a_text(3), a_text(4, status=6)]) == {2, 3}
    assert inbox.offer([a_text(2), a_text(3), a_text(5)]) == {5}
    announce(inbox)
    assert inbox.offer([a_text(2), a_text(5)]) == set()


def test_it_knows_what_it_was_shown() -> None:
    """Whether that was announced or waits. A ring for anything else is worth a look."""
    inbox = a_started_inbox(a_text(1))
    inbox.offer([a_text(2)])
    assert [inbox.knows(number) for number in (1, 2, 3)] == [True, True, False]


def test_a_message_that_comes_late_is_announced_if_it_is_not_below_the_floor() -> None:
    """As one from a phone that was off for days, long after newer ones."""
    inbox = Inbox()
    inbox.start([], NOW - 5 * DAY, NOW - 5 * DAY)
    inbox.offer([a_text(9, NOW)])
    assert announce(inbox) == [9]
    inbox.offer([a_text(8, NOW - 4 * DAY)])
    assert announce(inbox) == [8]


def test_a_message_without_a_number_is_announced_all_the_same() -> None:
    """Who sent it is for others to know."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1, number="")])
    assert ids(inbox) == [1]


# --- messages without a time ----------------------------------------------------------------------


def test_a_message_without_a_time_is_news_once_and_stays_known() -> None:
    """No floor can stand in for it."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1, None)])
    assert announce(inbox) == [1]
    inbox.forget(NOW + 100 * DAY)
    inbox = Inbox.from_dict(inbox.as_dict())
    inbox.offer([a_text(1, None)])
    assert ids(inbox) == []


@pytest.mark.parametrize(
    ("words", "is_news"),
    [
        # The furthest west it is half a day later than it says.
        ("2026-11-25 00:00:00", True),
        ("2026-11-24 23:58:00", False),
        ("long ago", True),
    ],
)
def test_words_of_which_the_zone_is_unknown_count_as_late_as_they_can_be(words: str, *, is_news: bool) -> None:
    """What is old in every zone was there before."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1, None, created_text=words)])
    assert bool(ids(inbox)) is is_news


def test_a_moment_that_is_sure_counts_more_than_the_words_for_it() -> None:
    """Most records have both, and no zone has to be guessed where one is told."""
    inbox = a_started_inbox()
    inbox.offer(
        [a_text(1, NOW, created_text="2026-11-24 00:00:00"), a_text(2, FLOOR - SECOND, created_text="2026-12-01")]
    )
    assert ids(inbox) == [1]


def test_words_of_which_the_zone_is_unknown_are_forgotten_in_the_end() -> None:
    """When the floor stands in for them."""
    inbox = a_started_inbox()
    text = a_text(1, None, created_text="2026-11-25 11:00:00")
    inbox.offer([text])
    assert announce(inbox) == [1]
    inbox.forget(NOW + REMEMBERED_FOR + DAY)
    assert inbox.as_dict()["known"] == {}
    inbox.offer([text])
    assert ids(inbox) == []


# --- delayed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created", "now", "delayed"),
    [
        (NOW, NOW, False),
        (NOW - FRESH_FOR, NOW, False),
        (NOW - FRESH_FOR - SECOND, NOW, True),
        (NOW + FRESH_FOR, NOW, False),
        # A phone's clock that is three hours ahead makes an old message look new.
        (NOW + FRESH_FOR + SECOND, NOW, True),
        (NOW, None, True),
        (None, NOW, True),
    ],
)
def test_what_is_not_provably_fresh_is_delayed(
    created: datetime | None, now: datetime | None, *, delayed: bool
) -> None:
    """By the service's own clock."""
    inbox = a_started_inbox()
    inbox._floor = NOW - DAY
    inbox.offer([a_text(1, created)])
    assert [item.delayed for item in inbox.news(now, settled)] == [delayed]


def test_what_comes_from_a_phone_that_is_not_settled_is_delayed() -> None:
    """The contact book is asked about the phone and the moment."""
    asked = []

    def is_settled(phone_id: str, moment: datetime) -> bool:
        asked.append((phone_id, moment))
        return phone_id == "1576"

    inbox = a_started_inbox()
    inbox.offer([a_text(1), a_text(2, phone_id="1297")])
    assert [item.delayed for item in inbox.news(NOW, is_settled)] == [False, True]
    assert asked == [("1576", NOW), ("1297", NOW)]


# --- claims -----------------------------------------------------------------------------------------


def test_a_claim_that_could_not_be_kept_makes_it_news_again() -> None:
    """Nothing is announced without one."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1)])
    news = inbox.news(NOW, settled)
    inbox.claim(news)
    assert ids(inbox) == []
    inbox.release(news)
    assert inbox.as_dict()["claimed"] == []
    assert inbox.as_dict()["known"] == {}
    assert announce(inbox) == [1]


def test_a_kill_between_claim_and_announcement_leaves_it_unsure() -> None:
    """It is named after the start, and no news."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1), a_text(2)])
    inbox.claim(inbox.news(NOW, settled))
    after = Inbox.from_dict(inbox.as_dict())
    assert after.unsure == {1, 2}
    after.offer([a_text(1), a_text(2), a_text(3)])
    assert announce(after) == [3]
    assert Inbox.from_dict(after.as_dict()).unsure == frozenset()


def test_after_an_announcement_nothing_is_unsure() -> None:
    """All is said."""
    inbox = a_started_inbox()
    inbox.offer([a_text(1)])
    announce(inbox)
    assert Inbox.from_dict(inbox.as_dict()).unsure == frozenset()


def test_what_waits_tells_since_when() -> None:
    """A later life has to read as far back, since candidates are not written down."""
    inbox = a_started_inbox()
    assert (inbox.waiting, inbox.waiting_since) == (0, None)
    inbox._floor = NOW - DAY
    inbox.offer([a_text(1, None), a_text(2, NOW), a_text(3, NOW - HOUR)])
    assert (inbox.waiting, inbox.waiting_since) == (3, NOW - HOUR)
    announce(inbox)
    assert (inbox.waiting, inbox.waiting_since) == (0, None)


# --- forgetting ---------------------------------------------------------------------------------------


def test_before_the_first_run_there_is_nothing_to_forget() -> None:
    """And no floor to raise."""
    inbox = Inbox()
    inbox.forget(NOW)
    assert inbox.floor is None


def test_forgetting_an_old_message_raises_the_floor_above_it() -> None:
    """So it is no news when it is listed again."""
    inbox = a_started_inbox(a_text(1, NOW))
    later = NOW + REMEMBERED_FOR + HOUR
    inbox.forget(later)
    assert inbox.floor == later - REMEMBERED_FOR
    assert inbox.as_dict()["known"] == {}
    inbox.offer([a_text(1, NOW)])
    assert ids(inbox) == []


def test_the_floor_never_falls() -> None:
    """Whatever the clock says."""
    inbox = a_started_inbox()
    for now in (NOW + 50 * DAY, NOW, NOW - 400 * DAY):
        before = inbox.floor
        inbox.forget(now)
        assert before is not None
        assert inbox.floor is not None
        assert inbox.floor >= before


def flood(inbox: Inbox, count: int, created: Callable[[int], datetime | None]) -> None:
    """Announce very many messages."""
    inbox.offer(a_text(number, created(number)) for number in range(1, count + 1))
    announce(inbox)


def test_a_flood_is_forgotten_from_its_old_end() -> None:
    """And the floor is strictly above what was forgotten, with all of its second."""
    inbox = a_started_inbox()
    flood(inbox, REMEMBERED_IDS + 10, lambda number: NOW + (number // 4) * SECOND)
    inbox.forget(NOW + HOUR)
    known = inbox.as_dict()["known"]
    # The tenth shares its second with the eleventh.
    assert min(map(int, known)) == 12
    assert len(known) == REMEMBERED_IDS - 1
    assert inbox.floor == NOW + 2 * SECOND + timedelta(microseconds=1)
    inbox.offer(a_text(number, NOW + (number // 4) * SECOND) for number in range(1, REMEMBERED_IDS + 11))
    assert ids(inbox) == []


def test_no_more_is_forgotten_than_is_too_much() -> None:
    """As many as are remembered are no flood, and of one more the oldest goes."""
    inbox = Inbox()
    inbox.start([], NOW - REMEMBERED_FOR - DAY, NOW)
    flood(inbox, REMEMBERED_IDS, lambda number: NOW + number * SECOND)
    inbox.forget(NOW + 2 * HOUR)
    assert len(inbox.as_dict()["known"]) == REMEMBERED_IDS
    assert inbox.floor == NOW + 2 * HOUR - REMEMBERED_FOR

    inbox.offer([a_text(REMEMBERED_IDS + 1, NOW + HOUR)])
    announce(inbox)
    inbox.forget(NOW + 2 * HOUR)
    known = inbox.as_dict()["known"]
    assert (len(known), min(map(int, known))) == (REMEMBERED_IDS, 2)


def test_of_a_flood_the_oldest_are_forgotten_whenever_they_were_announced() -> None:
    """A phone that was off hands in its old messages last."""
    inbox = Inbox()
    inbox.start([], NOW - DAY, NOW)
    flood(inbox, REMEMBERED_IDS, lambda number: NOW + number * SECOND)
    late = [a_text(REMEMBERED_IDS + number, NOW - number * SECOND) for number in (1, 2, 3)]
    inbox.offer(late)
    announce(inbox)
    inbox.forget(NOW + 2 * HOUR)
    assert set(inbox.as_dict()["known"]) == {str(number) for number in range(1, REMEMBERED_IDS + 1)}
    inbox.offer(late)
    assert ids(inbox) == []


def test_what_there_is_to_forget_is_left_until_it_is_worth_the_trouble() -> None:
    """What is remembered is not gone over each time for the sake of some minutes."""
    inbox = a_started_inbox(a_text(1, NOW))
    inbox.forget(FLOOR + REMEMBERED_FOR + HOUR - SECOND)
    assert inbox.floor == FLOOR
    inbox.forget(FLOOR + REMEMBERED_FOR + HOUR)
    assert inbox.floor == FLOOR + HOUR


@pytest.mark.parametrize("ahead", [timedelta(), DAY])
def test_a_flood_from_the_future_is_kept(ahead: timedelta) -> None:
    """To forget it would put the floor ahead of the service's time, and swallow everything else."""
    inbox = a_started_inbox()
    flood(inbox, REMEMBERED_IDS + 10, lambda _: NOW + ahead)
    inbox.forget(NOW)
    assert inbox.floor == FLOOR
    assert len(inbox.as_dict()["known"]) == REMEMBERED_IDS + 10


def test_a_flood_without_times_is_kept() -> None:
    """It could not be told from news otherwise."""
    inbox = a_started_inbox()
    flood(inbox, REMEMBERED_IDS + 10, lambda _: None)
    inbox.forget(NOW + HOUR)
    assert inbox.floor == FLOOR
    assert len(inbox.as_dict()["known"]) == REMEMBERED_IDS + 10


def test_a_first_list_of_any_length_needs_no_memory() -> None:
    """The floor stands in for what is old."""
    inbox = a_started_inbox(*(a_text(number, NOW - number * MINUTE) for number in range(20_000)))
    assert len(inbox.as_dict()["known"]) == 2
    inbox.offer(a_text(number, NOW - number * MINUTE) for number in range(20_000))
    assert ids(inbox) == []


# --- writing down ---------------------------------------------------------------------------------------


def test_what_was_written_down_comes_back() -> None:
    """As it was."""
    inbox = a_started_inbox(a_text(1, NOW))
    inbox.offer([a_text(2, None), a_text(3, NOW)])
    announce(inbox)
    described = inbox.as_dict()
    assert Inbox.from_dict(described).as_dict() == described
    assert Inbox.from_dict(described).floor == inbox.floor


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.clear(),
        lambda data: data.update(floor="yesterday"),
        # A moment without a zone could not be compared with any other, in the middle of some later poll.
        lambda data: data.update(floor="2026-11-25T12:00:00"),
        lambda data: data["known"].update({"1": "2026-11-25T12:00:00"}),
        lambda data: data["known"].update({"one": None}),
        lambda data: data.update(known=[1]),
        lambda data: data.update(claimed=["x"]),
    ],
)
def test_damage_is_noticed_when_it_is_loaded(damage: Callable[[dict[str, Any]], None]) -> None:
    """And not later."""
    data = a_started_inbox(a_text(1)).as_dict()
    damage(data)
    with pytest.raises((KeyError, ValueError, TypeError, AttributeError)):
        Inbox.from_dict(data)


def test_times_are_compared_across_zones() -> None:
    """A moment is a moment."""
    inbox = a_started_inbox()
    paris = FLOOR.astimezone(datetime.fromisoformat("2026-11-25T13:00:00+01:00").tzinfo)
    inbox.offer([a_text(1, paris), a_text(2, paris - SECOND)])
    assert ids(inbox) == [1]
    assert paris.tzinfo is not UTC
