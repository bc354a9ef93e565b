"""What holds for incoming messages whatever happens: to the service, the phones, the disk, the clocks and the process.

Each story is a house in which things happen at random, and its number decides what. How likely each thing is differs
from story to story, so that there are some in which nothing is ever restarted, and some that are nothing but that.
INBOX_STORIES in the environment says how many are told, INBOX_FIRST which is the first.
"""

from collections.abc import Callable
from datetime import timedelta
import os
import random

import pytest

from simulator import PROFILES, DateStyle, Phone, Profile

from .house import START, Backup, House

MINUTE, HOUR, DAY = 60, 3600, 86_400
STORIES = int(os.environ.get("INBOX_STORIES", "120"))
FIRST = int(os.environ.get("INBOX_FIRST", "1"))
CHAPTERS = 8
STEPS = 40
MOST_HANDED_IN = 40


def a_service(rng: random.Random) -> Profile:
    """Return a service that may do anything at once: in whatever zone, late, out of order, in part."""
    return Profile(
        name="mixed",
        dates=rng.choice([DateStyle(3, "UTC"), DateStyle(1, "+02:00"), DateStyle(3, "Europe/Paris")]),
        created_by=rng.choice(["service", "phone"]),
        ids=rng.choice(["growing", "scattered"]),
        filter_zone_hours=rng.choice([0.0, rng.randint(-48, 56) / 4]),
        ignored_filters=rng.choice([frozenset(), frozenset(), frozenset({"begindate", "enddate"})]),
        order=rng.choice(["as_asked", "shuffled"]),
        count_of=rng.choice(["matching", "shown"]),
        replica_lags=rng.choice([(0,), (0,), (30,), (300,), (0, 60), (0, 300), (60, 0, 300)]),
        vanishing=rng.choice([False, False, True]),
        date_header=rng.choice(["true", "true", "absent", "garbage", "ahead"]),
    )


class Story:
    """A house, and what happens in it."""

    def __init__(self, number: int) -> None:
        """Begin at an account that has been used before."""
        self.rng = rng = random.Random(number)  # noqa: S311 - to be repeated, not to be secret
        self.profile = rng.choice([rng.choice(list(PROFILES.values())), a_service(rng)])
        self.house = House(self.profile)
        self.backups: list[Backup] = []
        self.damaged = False
        self.happened: list[str] = []
        events: tuple[Callable[[], str], ...] = (
            self.receive,
            self.receive,
            self.live,
            self.live,
            self.wait,
            self.send,
            self.switch_phone,
            self.sign_in_again,
            self.add_phone,
            self.remove_phone,
            self.change_service,
            self.break_soon,
            self.meet_a_portal,
            self.restart,
            self.kill,
            self.fill_disk,
            self.back_up,
            self.damage,
            self.change_clock,
        )
        self.events = events
        self.weights = [rng.choice([0, 0, 1, 1, 4]) for _ in events]
        self.weights[2] = max(self.weights)
        for _ in range(rng.choice([0, 3, 25])):
            self.house.receive()
            self.house.wait(7 * MINUTE)
        self.house.start()
        self.house.poll()

    def tell(self) -> None:
        """Let things happen, then let everything recover, and see that all was as it should be."""
        for _ in range(STEPS):
            (event,) = self.rng.choices(self.events, self.weights)
            self.happened.append(event.__name__)
            self.happened[-1] += f" {event()}"
            self.check()
        self.recover()
        self.check()
        self.check_that_nothing_was_missed()

    def a_phone(self) -> Phone | None:
        """Return any phone."""
        return self.rng.choice(self.house.phones) if self.house.phones else None

    # --- the service and the phones ---------------------------------------------------------

    def receive(self) -> str:
        """Let texts come in, perhaps some that can be read later than their date says."""
        phone = self.a_phone()
        texts, late = self.rng.choice([1, 1, 1, 2, 30]), self.rng.choice([0, 0, 10, 200])
        for _ in range(texts):
            if phone is not None:
                self.receive_one(phone, late)
                self.house.wait(1)
        return f"{texts}, {late} s late"

    def send(self) -> str:
        """Send texts from the service's own page: they stand in the same list."""
        texts = self.rng.choice([1, 9])
        if phone := self.a_phone():
            for _ in range(texts):
                self.house.backend.send_from_site(phone, "+447700900124", "hello")
            self.house.wait(5)
        return str(texts)

    def switch_phone(self) -> str:
        """Switch a phone off, or on again: then it hands in what it has received."""
        if phone := self.a_phone():
            switch = self.house.backend.switch_off if phone.online else self.house.backend.switch_on
            switch(phone)
            self.house.wait(5)
            return f"{phone.id} {phone.online}"
        return ""

    def sign_in_again(self) -> str:
        """Give a phone another id, for which it has to be on."""
        if (phone := self.a_phone()) and phone.online:
            received = sum(message.phone_id == phone.id for message in self.house.incoming.values())
            reupload = self.rng.random() < 0.5 and received <= MOST_HANDED_IN and not self.house.is_too_much(received)
            self.house.sign_in_again(phone, reupload=reupload, keep_old=self.rng.random() < 0.5)
            self.house.wait(5)
            return f"{phone.id} {reupload}"
        return ""

    def add_phone(self) -> str:
        """Add a phone, with a text that came before anybody knew of it."""
        if len(self.house.phones) < 3:
            self.house.receive(self.house.backend.add_phone())
        return ""

    def remove_phone(self) -> str:
        """Take a phone out of the account, unless it has handed in old texts that nobody may have noticed yet."""
        if len(self.house.phones) > 1:
            phone = self.house.phones[-1]
            received = [message for message in self.house.incoming.values() if message.phone_id == phone.id]
            if all(message.stored - message.created < timedelta(hours=10) for message in received):
                self.house.backend.remove_phone(phone)
        return ""

    def change_service(self) -> str:
        """Let methods fail, or work again."""
        broken = self.rng.choice([set(), set(), {"getallsms"}, {"getalldevices"}, {"getallsms", "getalldevices"}])
        self.house.broken = broken
        return str(broken)

    def break_soon(self) -> str:
        """Let the service fail in the middle of a reading."""
        self.house.breaks_after = self.rng.randint(0, 6)
        self.house.poll()
        self.house.breaks_after = None
        return ""

    def meet_a_portal(self) -> str:
        """Let somebody else answer for the service, with a time of his own."""
        if self.profile.date_header in {"absent", "garbage"}:
            # Nobody could ever tell that this time is wrong.
            return ""
        days = self.rng.choice([-400, -1, 1, 4000])
        self.house.portal = START + timedelta(days=days)
        self.house.poll()
        self.house.portal = None
        return str(days)

    # --- Home Assistant ---------------------------------------------------------------------

    def live(self) -> str:
        """Let all be as it is, while texts come in."""
        polls, every = self.rng.choice([(1, 30), (3, 30), (20, 30), (12, 300), (4, 1000), (7, HOUR)])
        texts = self.rng.choice([0, 1, 3])
        for poll in range(polls):
            if poll < texts and (phone := self.a_phone()):
                self.receive_one(phone)
            self.house.wait(every)
            self.house.poll()
        return f"{polls} times {every} s, {texts} texts"

    def wait(self) -> str:
        """Let time pass without a look."""
        seconds = self.rng.choice([1, 20, 5 * MINUTE, 70 * MINUTE, 7 * HOUR])
        self.pass_time(seconds)
        return str(seconds)

    def pass_time(self, seconds: float) -> None:
        """Let time pass in which a text or two may come."""
        for _ in range(2):
            self.house.wait(seconds / 3)
            if self.rng.random() < 0.3 and (phone := self.a_phone()):
                self.receive_one(phone)
        self.house.wait(seconds / 3)

    def receive_one(self, phone: Phone, late: float = 0) -> None:
        """Let a text come in, unless a phone that is off would hand in more at once than a list would show."""
        if not self.house.is_too_much(len(phone.held) + 1):
            # What a list has no room for, it takes from an end, and nothing comes late to that.
            self.house.receive(phone, late=0 if self.profile.row_cap else late)

    def restart(self) -> str:
        """Stop Home Assistant, and start it again; it may take its time until automations listen."""
        down = self.rng.choice([1, MINUTE, 20 * MINUTE, 5 * HOUR, 3 * DAY])
        self.house.stop()
        self.pass_time(down)
        self.start()
        self.house.listening = False
        for _ in range(self.rng.choice([0, 1, 3])):
            self.house.poll()
            self.house.wait(30)
        if self.rng.random() < 0.3:
            # It never comes so far.
            self.house.kill()
            self.pass_time(down)
            self.start()
        self.house.listening = True
        return str(down)

    def kill(self) -> str:
        """Kill it, at a write or an announcement if it comes to that, and start it again."""
        down = self.rng.choice([1, 5 * HOUR, 2 * DAY])
        self.house.dies_at_write = self.rng.choice([None, -3, -2, -1, 0, 1, 2])
        self.house.dies_at_announcement = self.rng.choice([None, 0, 1])
        self.house.poll()
        self.house.kill()
        self.house.disk_is = "fine"
        self.pass_time(down)
        self.start()
        return str(down)

    def fill_disk(self) -> str:
        """Let the disk fail for a while, or come to itself."""
        self.house.disk_is = self.rng.choice(["fine", "full", "full", "doubtful"])
        self.live()
        if self.rng.random() < 0.7:
            self.house.disk_is = "fine"
        return self.house.disk_is

    def back_up(self) -> str:
        """Make a copy of what is on disk, or go back to one."""
        if self.rng.random() < 0.7 or not self.backups:
            self.backups.append(self.house.back_up())
            return "made"
        self.house.put_back(self.rng.choice(self.backups))
        self.start()
        return "put back"

    def damage(self) -> str:
        """Lose what is on disk, once."""
        if not self.damaged:
            self.damaged = True
            self.have_a_clock()
            self.house.damage()
            self.start()
        return ""

    def change_clock(self) -> str:
        """Set this machine's clock."""
        if self.house.life is None:
            return ""
        hours = self.rng.choice([0, -30, -1, 1, 30])
        self.house.own_clock_ahead = timedelta(hours=hours)
        if not self.house.life.inbox.started:
            self.have_a_clock()
        return str(hours)

    def start(self) -> None:
        """Start Home Assistant, perhaps without a memory: then it was lost, or a full disk has never let there be one."""
        self.house.start()
        if self.house.life is not None and not self.house.life.inbox.started:
            self.have_a_clock()

    def have_a_clock(self) -> None:
        """Let one clock be right where there is no memory: without either, nobody could know where to begin."""
        if self.profile.date_header != "true":
            self.house.own_clock_ahead = timedelta()

    def recover(self) -> None:
        """Let all be well again for some hours."""
        house = self.house
        house.broken = set()
        house.disk_is = "fine"
        for phone in house.phones:
            house.backend.switch_on(phone)
            house.wait(5)
        if house.life is None:
            self.start()
        house.run(15 * MINUTE, every=MINUTE)
        house.run(3 * HOUR, every=10 * MINUTE)
        house.run(8 * MINUTE, every=MINUTE)

    # --- what must hold; the rest is seen to at each announcement (I1, I3, I5) --------------

    def check(self) -> None:
        """Find a floor that never falls and is never ahead, and every id remembered or below it (I4)."""
        house = self.house
        if house.life is None or (floor := house.life.inbox.floor) is None:
            return
        assert house.floor is None or floor >= house.floor
        house.floor = floor
        # Times of the service are whole seconds, and one that is not over may count as over.
        assert floor <= house.now + timedelta(seconds=1) or self.profile.date_header == "ahead"
        known = {int(number) for number in house.life.inbox.as_dict()["known"]}
        for number in (house.heard | house.shown_at_first) & house.incoming.keys():
            assert number in known or house.incoming[number].created < floor

    def check_that_nothing_was_missed(self) -> None:
        """Find every message announced, unless it was there at first, or a kill has cost it (I2)."""
        assert self.house.life is not None
        floor = self.house.life.inbox.floor
        assert floor is not None
        excused = self.house.announced | self.house.shown_at_first | self.house.lost
        missed = {
            number: message.created
            for number, message in self.house.incoming.items()
            if number not in excused and message.created >= floor
        }
        assert not missed


@pytest.mark.parametrize("chapter", range(CHAPTERS))
def test_what_comes_in_is_announced_exactly_once(chapter: int) -> None:
    """Whatever happens."""
    for number in range(FIRST + chapter, FIRST + STORIES, CHAPTERS):
        story = Story(number)
        try:
            story.tell()
        except AssertionError as error:
            error.add_note(f"in story {number}, at the service {story.profile}:")
            for event in story.happened:
                error.add_note(event)
            raise
