"""What arrives: read from the service, remembered, and announced exactly once."""

from dataclasses import replace
from datetime import timedelta
import json

import pytest

from simulator import PROFILES

from .house import ANNA, START, House, Killed, at_once
from .shelf import DAY, HOUR, MINUTE

POLL = 30.0


def a_house(profile: str = "documented") -> House:
    """Return a house in which Home Assistant has run for a while."""
    house = House(PROFILES[profile])
    house.start()
    house.run(10 * 60)
    return house


def announced(house: House) -> list[tuple[int, bool]]:
    """Return what was announced, and whether as delayed."""
    return [(announcement.message_id, announcement.delayed) for announcement in house.announcements]


def test_a_message_is_announced_by_the_next_poll() -> None:
    """Fresh, and once."""
    house = a_house()
    message = house.receive()
    assert message is not None
    house.wait(POLL)
    house.poll()
    assert announced(house) == [(message.id, False)]
    house.run(3 * 3600)
    assert len(house.announcements) == 1


def test_a_poll_in_which_the_phones_fail_loses_nothing() -> None:
    """The messages were read by then, and would not be fresh a second time."""
    house = a_house()
    message = house.receive()
    assert message is not None
    house.broken = {"getalldevices"}
    house.run(POLL)
    assert not house.announcements
    house.broken = set()
    house.run(POLL)
    assert announced(house) == [(message.id, False)]


def test_messages_of_a_phone_that_was_off_are_found_and_delayed() -> None:
    """Whichever time their records bear."""
    for profile in ("documented", "created-by-phone"):
        house = a_house(profile)
        phone = house.phones[0]
        house.backend.switch_off(phone)
        house.receive()
        house.run(3 * 86_400, every=3600)
        house.backend.switch_on(phone)
        house.run(2 * POLL, every=POLL)
        assert [announcement.delayed for announcement in house.announcements] == [True]


def test_a_phone_that_signs_in_again_may_bring_old_texts() -> None:
    """As new messages of a new phone: none of them is fresh."""
    house = a_house("created-by-phone")
    house.receive()
    house.run(POLL)
    house.run(5 * 86_400, every=3600)
    house.sign_in_again(house.phones[0], reupload=True, keep_old=False)
    house.run(3 * POLL, every=POLL)
    assert [announcement.delayed for announcement in house.announcements] == [False, True]


def test_what_waits_when_it_is_killed_is_found_by_a_later_life_however_old_it_is() -> None:
    """It was read, but nobody listened yet; what was read is not written down, how far back to read is."""
    house = a_house()
    message = house.receive()
    assert message is not None
    house.stop()
    house.wait(5 * 86_400)
    house.start()
    house.listening = False
    house.poll()
    house.run(2 * 3600, every=300)
    house.kill()
    house.listening = True
    house.start()
    house.poll()
    assert announced(house) == [(message.id, True)]


def test_progress_goes_back_to_what_waits() -> None:
    """As long as it is not claimed."""
    house = a_house()
    house.receive()
    received = house.now
    house.listening = False
    house.run(2 * 3600, every=300)
    assert house.life is not None
    assert house.life.arrivals.waiting == 1
    assert house.life.arrivals.progress.owed_since == received
    house.listening = True
    house.run(POLL)
    assert house.life.arrivals.waiting == 0
    house.run(2 * 3600, every=60)
    assert house.life.arrivals.progress.owed_since is None


def test_a_clock_that_is_ahead_is_no_progress() -> None:
    """A later life would believe that it knows what is yet to come."""
    house = a_house("date-ahead")
    assert house.life is not None
    swept_until = house.life.arrivals.progress.swept_until
    assert swept_until is not None
    assert swept_until <= house.now


def test_it_tells_how_much_of_what_was_read_has_just_come() -> None:
    """The next poll comes sooner after that, not after what is old or still waits since the poll before."""
    house = a_house()
    assert house.life is not None
    arrivals = house.life.arrivals

    def take() -> int:
        return arrivals.take(at_once(arrivals.read()))

    assert take() == 0
    fresh = house.receive()
    house.receive()
    house.wait(POLL)
    assert take() == 2
    assert fresh is not None
    assert (arrivals.waiting, arrivals.knows(fresh.id), arrivals.knows(1)) == (2, True, False)
    house.receive()
    assert take() == 1
    house.receive()
    house.wait(400)
    assert take() == 0
    assert arrivals.waiting == 4


def test_what_is_very_old_is_forgotten_and_stays_known_to_be_old() -> None:
    """The store does not grow for ever, and neither grows what is read back."""
    house = a_house()
    house.receive()
    house.run(POLL)
    house.run(60 * 86_400, every=6 * 3600)
    assert house.life is not None
    assert house.life.inbox.as_dict()["known"] == {}
    assert house.life.inbox.floor is not None
    assert timedelta(days=30) < house.now - house.life.inbox.floor < timedelta(days=50)
    assert len(house.announcements) == 1


def test_a_machine_whose_clock_is_far_ahead_forgets_nothing_too_soon() -> None:
    """By the earlier of the two clocks; else no message would ever be news again."""
    house = a_house()
    house.own_clock_ahead = 400 * DAY
    house.run(3 * 3600, every=600)
    message = house.receive()
    assert message is not None
    house.run(POLL)
    assert [number for number, _ in announced(house)] == [message.id]


def test_at_the_first_run_the_earlier_clock_counts_where_the_service_tells_no_time() -> None:
    """Only after a loss the later one does: what comes right after the first run is news."""
    house = House(PROFILES["no-date"])
    house.own_clock_ahead = 3 * HOUR
    house.receive()
    house.wait(600)
    house.start()
    house.poll()
    assert house.first_floor is not None
    assert house.first_floor <= house.now
    message = house.receive()
    assert message is not None
    house.run(2 * POLL, every=POLL)
    assert [number for number, _ in announced(house)] == [message.id]


def test_a_lost_store_where_no_time_is_known_at_all_goes_by_this_machine() -> None:
    """No phone that was ever in touch, and no message that could tell."""
    house = House(PROFILES["no-date"])
    house.backend.switch_off(house.phones[0])
    house.disk = "{}"
    house.start()
    assert house.life is not None
    assert house.life.inbox.lost
    arrivals = house.life.arrivals
    arrivals.take(at_once(arrivals.read()))
    assert house.life.inbox.floor is not None
    assert timedelta() < house.life.inbox.floor - house.now < timedelta(seconds=1)


def test_a_save_that_breaks_takes_the_claim_back() -> None:
    """And whoever announces hears of it."""
    house = a_house()
    house.receive()
    house.wait(POLL)
    assert house.life is not None
    arrivals = house.life.arrivals
    arrivals.take(at_once(arrivals.read()))

    async def break_down() -> bool:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="space"):
        at_once(arrivals.announce(break_down, house.life._tell))
    assert arrivals.waiting == 1
    assert not house.announcements


def test_without_news_nothing_is_written() -> None:
    """There is nothing to claim, and that is no failure."""
    house = a_house()
    assert house.life is not None

    async def save() -> bool:
        raise AssertionError

    assert at_once(house.life.arrivals.announce(save, house.life._tell))


@pytest.mark.parametrize("disk", ["full", "doubtful"])
def test_what_cannot_be_written_down_is_held_back(disk: str) -> None:
    """And announced when it can, in order."""
    house = a_house()
    house.disk_is = "full" if disk == "full" else "doubtful"
    messages = [house.receive(), house.receive()]
    house.run(5 * POLL, every=POLL)
    assert not house.announcements
    house.disk_is = "fine"
    house.run(POLL)
    assert [number for number, _ in announced(house)] == [message.id for message in messages if message is not None]


@pytest.mark.parametrize(
    ("dies_at_write", "dies_at_announcement", "heard", "lost"),
    [
        # Before the claim is written, after it, at the first announcement, at the second, and after both.
        (-1, None, 2, 0),
        (0, None, 0, 2),
        (None, 0, 0, 2),
        (None, 1, 1, 2),
        (1, None, 2, 0),
    ],
)
def test_an_instant_costs_what_was_claimed_and_no_more(
    dies_at_write: int | None, dies_at_announcement: int | None, heard: int, lost: int
) -> None:
    """It is named after the start, and not announced."""
    house = a_house()
    house.receive()
    house.receive()
    house.wait(POLL)
    house.dies_at_write, house.dies_at_announcement = dies_at_write, dies_at_announcement
    house.poll()
    lives = [house.life]
    house.start()
    lives.append(house.life)
    dead, alive = lives
    assert dead is None
    assert alive is not None
    if heard < 2 or lost:
        assert len(alive.inbox.unsure) == lost
    house.run(10 * POLL, every=POLL)
    assert len(house.announcements) == heard
    assert len(house.lost) == 2 - heard


def test_a_store_that_was_put_back_announces_again_what_came_since() -> None:
    """And nothing from before it."""
    house = a_house()
    house.receive()
    house.run(POLL)
    backup = house.back_up()
    house.receive()
    house.run(POLL)
    house.put_back(backup)
    house.start()
    house.run(POLL)
    numbers = [number for number, _ in announced(house)]
    assert numbers == [numbers[0], numbers[1], numbers[1]]


def test_a_lost_store_announces_nothing_old() -> None:
    """Nor calls anything fresh too soon."""
    house = a_house("lag-30")
    house.receive()
    house.run(5 * POLL, every=POLL)
    assert len(house.announcements) == 1
    house.receive()
    house.damage()
    house.start()
    house.run(5 * POLL, every=POLL)
    house.receive()
    house.run(5 * POLL, every=POLL)
    assert [delayed for _, delayed in announced(house)] == [False, True]


def test_without_a_date_from_the_service_the_own_clock_has_to_agree() -> None:
    """What the phones tell is a lower bound, and may be hours old: a phone that went off right after it handed in."""
    house = a_house("no-date")
    house.stop()
    house.wait(60)
    message = house.receive()
    assert message is not None
    house.wait(20)
    house.backend.switch_off(house.phones[0])
    house.wait(2 * 3600)
    house.start()
    house.poll()
    assert announced(house) == [(message.id, True)]


def test_without_a_date_from_the_service_a_fresh_message_is_fresh() -> None:
    """If this machine's clock says so too."""
    house = a_house("no-date")
    message = house.receive()
    assert message is not None
    house.run(POLL)
    assert announced(house) == [(message.id, False)]


def test_before_any_answer_this_machines_clock_stands_in() -> None:
    """There is no other."""
    house = House(PROFILES["documented"])
    house.own_clock_ahead = DAY
    house.start()
    assert house.life is not None
    assert house.life.arrivals.now() == START + DAY
    house.poll()
    assert house.life.arrivals.now() - START < MINUTE


@pytest.mark.parametrize("ahead", [-400 * DAY, -HOUR, HOUR, 30 * DAY])
def test_this_machines_clock_may_say_anything(ahead: timedelta) -> None:
    """Before the start, and in the middle of it."""
    house = House(PROFILES["documented"])
    house.receive()
    house.own_clock_ahead = ahead
    house.start()
    house.run(10 * POLL, every=POLL)
    house.own_clock_ahead = -ahead
    message = house.receive()
    assert message is not None
    house.run(10 * POLL, every=POLL)
    assert announced(house) == [(message.id, False)]
    house.own_clock_ahead = timedelta()
    house.stop()
    house.start()
    house.run(10 * POLL, every=POLL)
    assert len(house.announcements) == 1


def test_texts_that_come_while_it_is_down_are_announced_in_their_order() -> None:
    """Each once."""
    house = a_house("unordered")
    house.stop()
    messages = []
    for _ in range(5):
        house.wait(600)
        messages.append(house.receive())
    house.wait(86_400)
    house.start()
    house.poll()
    assert announced(house) == [(message.id, True) for message in messages if message is not None]


def test_nothing_that_is_written_down_says_what_people_write() -> None:
    """Ids and times are enough."""
    house = a_house()
    house.receive()
    house.run(POLL)
    assert house.disk is not None
    assert ANNA not in house.disk
    assert "gate" not in house.disk
    assert json.loads(house.disk)["inbox"]["claimed"] == []


def test_a_listener_that_kills_everything_is_felt() -> None:
    """What is raised by whoever is told is for whoever announces to handle."""
    house = a_house()
    house.receive()
    house.wait(POLL)
    house.dies_at_announcement = 0
    assert house.life is not None
    with pytest.raises(Killed):
        house.life.poll()


def test_a_poll_in_which_the_phones_fail_and_a_restart_lose_nothing() -> None:
    """What was read and not taken is no progress, so the next life reads it again."""
    house = a_house()
    house.stop()
    message = house.receive()
    assert message is not None
    house.wait(4 * 86_400)
    house.start()
    house.broken = {"getalldevices"}
    house.poll()
    house.stop()
    house.broken = set()
    house.start()
    house.poll()
    assert announced(house) == [(message.id, True)]


def test_a_lost_store_announces_nothing_old_where_the_service_tells_no_time() -> None:
    """What the phones tell may be hours old, and a floor as old would let through what a list shows late."""
    house = a_house("no-date")
    phone = house.phones[0]
    house.backend.switch_off(phone)
    house.run(3600)
    house.backend.switch_on(phone)
    house.receive()
    house.run(60)
    house.backend.switch_off(phone)
    house.run(3600)
    house.damage()
    house.start()
    hidden = next(iter(house.incoming.values()))
    history, hidden.history = hidden.history, [replace(hidden.history[0], at=house.now + HOUR)]
    house.poll()
    hidden.history = history
    house.run(3600)
    assert len(house.announcements) == 1


def test_a_lost_store_announces_nothing_old_where_this_machine_is_late() -> None:
    """A power cut can cost the memory and the time; the list may not show yet what was announced the minute before."""
    house = a_house("lag-30")
    house.run(10 * POLL, every=POLL)
    message = house.receive()
    house.run(5 * POLL, every=POLL)
    assert message is not None
    assert [number for number, _ in announced(house)] == [message.id]
    house.damage()
    house.own_clock_ahead = -HOUR
    house.start()
    history, message.history = message.history, [replace(message.history[0], at=house.now + HOUR)]
    house.poll()
    message.history = history
    house.run(5 * POLL, every=POLL)
    assert len(house.announcements) == 1


def test_a_page_with_a_wrong_time_does_not_cut_the_search_for_what_a_phone_hands_in_again_short() -> None:
    """The service's copy shows it minutes later, so it is looked for again, an hour later as well."""
    house = House(replace(PROFILES["documented"], created_by="phone", replica_lags=(300,)))
    house.start()
    house.run(10 * POLL, every=POLL)
    house.receive()
    house.run(3 * 86_400, every=1800)
    for _ in range(2):
        house.receive()
        house.run(3600, every=600)
    house.sign_in_again(house.phones[0], reupload=True, keep_old=False)
    house.wait(5)
    house.poll()
    house.portal = START - 400 * DAY
    house.poll()
    house.portal = None
    house.run(2 * 3600, every=60)
    assert len(house.incoming) == 6
    assert {number for number, _ in announced(house)} == house.incoming.keys()
