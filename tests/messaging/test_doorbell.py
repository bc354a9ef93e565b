"""The doorbell: when a ring is answered, and whether rings can be relied upon."""

from collections.abc import Iterable

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.messaging.doorbell import (
    BURST,
    ECHO,
    LOOK_AGAIN_AFTER,
    MOST_HINTS,
    NEEDED,
    REFILL,
    SILENT_AFTER,
    Doorbell,
    Trust,
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Start somewhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the clock."""
    return Clock()


@pytest.fixture
def bell(clock: Clock) -> Doorbell:
    """Return the doorbell."""
    return Doorbell(clock)


def answer(bell: Doorbell, listed: Iterable[int] | None = ()) -> None:
    """Read because somebody has rung."""
    bell.spend()
    bell.begin()
    bell.end(None if listed is None else set(listed))


# --- when a ring is answered ------------------------------------------------------------------------------------------


def test_without_a_ring_nobody_reads(bell: Doorbell) -> None:
    """The polls do that."""
    assert bell.wait() is None


def test_a_ring_is_answered_at_once_and_once(bell: Doorbell) -> None:
    """However often it was rung before."""
    bell.ring()
    bell.ring()
    assert bell.wait() == 0
    answer(bell)
    assert bell.wait() is None


def test_who_rings_while_something_is_read_is_answered_after_it(bell: Doorbell) -> None:
    """What it is about may have come too late."""
    bell.ring()
    bell.spend()
    bell.begin()
    bell.ring()
    bell.ring()
    bell.end(set())
    assert bell.wait() == 0
    answer(bell)
    assert bell.wait() is None


def test_an_ordinary_poll_answers_who_rang_before_it(bell: Doorbell) -> None:
    """It reads the same."""
    bell.ring()
    bell.begin()
    bell.end(set())
    assert bell.wait() is None


def test_after_a_few_readings_there_are_pauses(bell: Doorbell, clock: Clock) -> None:
    """A flood of rings costs no more than that."""
    for _ in range(BURST):
        bell.ring()
        assert bell.wait() == 0
        answer(bell)
    bell.ring()
    assert bell.wait() == pytest.approx(REFILL)
    clock.now += REFILL
    assert bell.wait() == pytest.approx(0)
    answer(bell)
    bell.ring()
    assert bell.wait() == pytest.approx(REFILL)


def test_after_some_quiet_all_is_as_at_first(bell: Doorbell, clock: Clock) -> None:
    """And no more than that is saved up."""
    for _ in range(BURST):
        bell.ring()
        answer(bell)
    clock.now += 3600
    for _ in range(BURST):
        bell.ring()
        assert bell.wait() == 0
        answer(bell)
    bell.ring()
    assert bell.wait() == pytest.approx(REFILL)


def test_a_pause_that_the_service_asks_for_is_kept(bell: Doorbell, clock: Clock) -> None:
    """Whoever rings."""
    bell.hold(60)
    bell.hold(10)
    bell.ring()
    assert bell.wait() == pytest.approx(60)
    clock.now += 60
    assert bell.wait() == 0


@given(st.lists(st.floats(0, 20), max_size=200), st.lists(st.integers(1, 30), max_size=200))
def test_the_budget_is_never_exceeded(pauses: list[float], hints: list[int]) -> None:
    """D1: any number of rings is answered within the budget, and the last one in time."""
    clock = Clock()
    bell = Doorbell(clock)
    readings: list[float] = []
    begin = clock.now
    named = iter(hints)
    for pause in [*pauses, *[REFILL] * 10]:
        end = clock.now + pause
        while (wait := bell.wait()) is not None and clock.now + wait <= end:
            clock.now += wait
            readings.append(clock.now)
            answer(bell)
        clock.now = end
        if len(readings) < 500:
            bell.ring()
            if (hint := next(named, None)) is not None:
                bell.look_for(hint)
            wait = bell.wait()
            assert wait is not None
            assert wait <= REFILL + 1e-6
    for number, at in enumerate(readings):
        assert number < BURST + (at - begin) / REFILL + 1e-6
        for earlier in range(number):
            assert number - earlier < BURST + 1 + (at - readings[earlier]) / REFILL + 1e-6


# --- a message that is named ------------------------------------------------------------------------------------------


def test_a_message_that_is_not_listed_yet_is_looked_for_again(bell: Doorbell, clock: Clock) -> None:
    """A few times, with growing pauses; then it is left to the polls."""
    bell.ring()
    bell.look_for(7)
    answer(bell, [1, 2])
    for pause in LOOK_AGAIN_AFTER:
        assert bell.looking
        assert bell.wait() == pytest.approx(pause)
        clock.now += pause
        answer(bell, [1, 2])
    assert bell.wait() is None
    assert not bell.looking


def test_a_message_that_is_listed_is_not_looked_for(bell: Doorbell, clock: Clock) -> None:
    """Whether at once or later."""
    bell.ring()
    bell.look_for(7)
    answer(bell, [7])
    assert bell.wait() is None

    bell.ring()
    bell.look_for(8)
    answer(bell, [7])
    clock.now += LOOK_AGAIN_AFTER[0]
    answer(bell, [7, 8])
    assert bell.wait() is None


def test_a_message_that_is_named_during_a_reading_is_looked_for_after_it(bell: Doorbell) -> None:
    """The post is read while the list already is."""
    bell.ring()
    bell.spend()
    bell.begin()
    bell.look_for(7)
    bell.end(set())
    assert bell.wait() == pytest.approx(LOOK_AGAIN_AFTER[0])


def test_a_poll_in_between_changes_nothing_for_what_it_does_not_list(bell: Doorbell, clock: Clock) -> None:
    """The number of tries is about tries that were due."""
    bell.ring()
    bell.look_for(7)
    answer(bell)
    clock.now += LOOK_AGAIN_AFTER[0] / 2
    bell.begin()
    bell.end(set())
    assert bell.wait() == pytest.approx(LOOK_AGAIN_AFTER[0] / 2)


def test_of_several_messages_the_one_that_is_due_first_is_looked_for(bell: Doorbell, clock: Clock) -> None:
    """Whenever each of them was named."""
    bell.ring()
    bell.look_for(7)
    answer(bell)
    clock.now += LOOK_AGAIN_AFTER[0]
    answer(bell)
    bell.ring()
    bell.look_for(8)
    answer(bell)
    assert bell.wait() == pytest.approx(LOOK_AGAIN_AFTER[0])
    clock.now += LOOK_AGAIN_AFTER[0]
    answer(bell, [8])
    assert bell.wait() == pytest.approx(LOOK_AGAIN_AFTER[1] - LOOK_AGAIN_AFTER[0])


def test_after_a_failure_nobody_is_looked_for(bell: Doorbell) -> None:
    """A service in trouble is left to the polls, which read it ever more rarely."""
    bell.ring()
    bell.look_for(7)
    answer(bell, None)
    assert bell.wait() is None


def test_whoever_names_messages_without_end_is_not_believed(bell: Doorbell) -> None:
    """Only so many are looked for at a time."""
    bell.ring()
    for number in range(1, 1000):
        bell.look_for(number)
    answer(bell, range(1, MOST_HINTS + 1))
    assert not bell.looking


# --- whether rings can be relied upon ---------------------------------------------------------------------------------


class House:
    """An account whose rings are judged."""

    def __init__(self, clock: Clock) -> None:
        """Nothing has happened yet."""
        self.clock = clock
        self.trust = Trust(clock)

    def read(
        self,
        arrived: int = 0,
        *,
        rings: int = 0,
        changed: bool = False,
        looking: bool = False,
        pause: float = 2 * ECHO,
    ) -> None:
        """Read, after so many seconds and rings, and find so many new messages."""
        self.clock.now += pause
        for _ in range(rings):
            self.trust.ring()
        self.trust.begin(looking=looking)
        if changed:
            self.trust.changed()
        self.trust.arrived(arrived)

    def works(self) -> bool:
        """Say whether rings are relied upon."""
        return self.trust.works

    def silent(self) -> bool:
        """Say whether they have gone silent."""
        return self.trust.silent

    def prove(self) -> None:
        """Have as many messages rung for as it takes."""
        for _ in range(NEEDED):
            self.read(1, rings=1)
        self.read()
        assert self.works()


@pytest.fixture
def house(clock: Clock) -> House:
    """Return the house."""
    return House(clock)


def test_at_first_nothing_is_relied_upon(house: House) -> None:
    """Nor is anything missed."""
    house.read()
    assert not house.works()
    assert not house.silent()


def test_messages_that_are_rung_for_prove_it(house: House) -> None:
    """As many as it takes, one after the other."""
    for _ in range(NEEDED):
        assert not house.works()
        house.read(1, rings=1)
        house.read()
    assert house.works()


def test_several_messages_in_one_reading_are_one_proof(house: House) -> None:
    """One lucky forgery proves no more than one."""
    house.read(100, rings=1)
    house.read()
    assert not house.works()


def test_rings_alone_prove_nothing(house: House) -> None:
    """However many."""
    for _ in range(100):
        house.read(rings=10)
    assert not house.works()


def test_a_ring_in_vain_takes_the_proof_away(house: House) -> None:
    """At once, before it is even sure that it was in vain."""
    house.prove()
    house.read(rings=1)
    assert not house.works()
    house.read()
    assert not house.works()
    assert not house.silent()


def test_a_flood_that_happens_to_meet_messages_proves_nothing(house: House) -> None:
    """Between two messages it rings in vain."""
    for _ in range(20):
        house.read(1, rings=5)
        house.read(rings=5)
        assert not house.works()


def test_a_flood_that_names_messages_proves_nothing(house: House) -> None:
    """While they are looked for, nobody relies upon anything."""
    for _ in range(20):
        house.read(1, rings=1, looking=True)
        house.read(rings=1, looking=True)
        assert not house.works()
    house.read()
    house.read()
    assert not house.works()


def test_a_message_that_becomes_visible_late_was_rung_for(house: House) -> None:
    """It is found by one of the readings that look for it."""
    for _ in range(NEEDED):
        house.read(rings=1)
        house.read(1, looking=True)
    house.read()
    assert house.works()


def test_a_ring_that_comes_after_the_poll_counts(house: House) -> None:
    """A poll may have been quicker."""
    for _ in range(NEEDED):
        house.read(1)
        house.read(rings=1, pause=1)
        house.read(pause=10)
    assert house.works()


def test_a_second_ring_for_the_same_message_is_not_in_vain(house: House) -> None:
    """The service may ring twice."""
    house.prove()
    house.read(1, rings=1)
    house.read(rings=1, pause=1)
    house.read(pause=10)
    assert house.works()


def test_a_ring_about_the_status_of_a_message_is_not_in_vain(house: House) -> None:
    """It proves nothing about incoming ones, though."""
    for _ in range(10):
        house.read(rings=1, changed=True)
    assert not house.works()
    house.prove()
    house.read(rings=1, changed=True)
    assert house.works()
    house.read()
    assert house.works()


def test_messages_without_a_ring_are_noticed(house: House) -> None:
    """The first one ends the reliance, some more are a silence, and one with a ring ends that."""
    house.prove()
    for _ in range(SILENT_AFTER):
        assert not house.silent()
        house.read(1)
        house.read()
        assert not house.works()
    assert house.silent()
    house.read(1, rings=1)
    house.read()
    assert not house.silent()
    assert not house.works()


def test_a_message_that_was_rung_for_leaves_the_reliance_as_it_is(house: House) -> None:
    """Not even until the next reading is it in doubt."""
    house.prove()
    house.read(1, rings=1)
    assert house.works()


@pytest.mark.parametrize("how", ["without a ring", "in vain"])
def test_what_took_the_proof_away_makes_it_start_anew(house: House, how: str) -> None:
    """It takes as many messages as at first."""
    house.prove()
    house.read(*((1,) if how == "without a ring" else ()), rings=0 if how == "without a ring" else 1)
    house.read()
    for _ in range(NEEDED):
        assert not house.works()
        house.read(1, rings=1)
        house.read()
    assert house.works()


def test_a_ring_in_vain_is_none_the_less_in_vain_for_readings_that_found_nothing(house: House) -> None:
    """Only what was found excuses a ring that comes after it, not that somebody has looked."""
    house.prove()
    house.read(rings=1, pause=10)
    house.read(pause=10)
    assert not house.works()


def test_a_second_ring_for_the_same_status_is_not_in_vain(house: House) -> None:
    """As for the same message."""
    house.prove()
    house.read(rings=1, changed=True)
    house.read(rings=1, pause=1)
    house.read(pause=10)
    assert house.works()


def test_a_silence_that_comes_back_is_noticed_again(house: House) -> None:
    """One ring ends it, and does not make anybody forget that rings could be relied upon once."""
    house.prove()
    for _ in range(2):
        for _ in range(SILENT_AFTER):
            house.read(1)
        house.read()
        assert house.silent()
        house.read(1, rings=1)
        house.read()
        assert not house.silent()


def test_who_rang_too_rarely_to_be_relied_upon_is_not_silent(house: House) -> None:
    """Somebody has tried it out, and not set it up."""
    for _ in range(NEEDED - 1):
        house.read(1, rings=1)
    for _ in range(10):
        house.read(1)
    assert not house.silent()


def test_who_never_rang_is_not_silent(house: House) -> None:
    """Not everybody sets it up."""
    for _ in range(10):
        house.read(1)
    assert not house.silent()


def test_a_new_address_starts_anew(house: House) -> None:
    """Nobody can ring before it is entered at the service."""
    house.prove()
    house.trust.reset()
    assert not house.works()
    for _ in range(10):
        house.read(1)
    assert not house.works()
    assert not house.silent()


def test_who_rang_before_a_failure_is_answered_by_the_next_reading(house: House) -> None:
    """What it found was rung for."""
    for _ in range(NEEDED):
        house.read(rings=1)
        house.trust.fail()
        house.read(1)
    house.read()
    assert house.works()


def test_what_is_found_while_nothing_is_read_does_no_harm(house: House) -> None:
    """The outbox reads out of turn."""
    house.trust.arrived(1)
    house.trust.changed()
    house.trust.fail()
    house.prove()


def test_it_survives_a_restart(house: House, clock: Clock) -> None:
    """Or a silence that began with a move to another house would go unnoticed."""
    house.prove()
    later = House(clock)
    later.trust.restore(house.trust.as_dict())
    assert later.works()
    for _ in range(SILENT_AFTER):
        later.read(1)
    later.read()
    assert later.silent()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"run": "3", "missed": 0, "proven": True},
        {"run": 3},
        {"run": 3, "missed": 0, "proven": 1},
        {"run": 3, "missed": None, "proven": True},
    ],
)
def test_what_cannot_be_read_is_left(house: House, data: dict[str, object]) -> None:
    """Then it has to be proven anew."""
    house.trust.restore(data)
    assert not house.works()


def test_a_proof_that_was_not_complete_is_not_completed_by_a_restart(house: House) -> None:
    """What was on its way goes on."""
    house.trust.restore({"run": NEEDED - 1, "missed": 0, "proven": False})
    assert not house.works()
    house.read(1, rings=1)
    house.read()
    assert house.works()


def test_numbers_out_of_range_are_brought_into_it(house: House) -> None:
    """One message without a ring ends any proof."""
    house.trust.restore({"run": 1000, "missed": -5, "proven": True})
    assert house.works()
    house.read(1)
    house.read()
    assert not house.works()
    assert not house.silent()
    for _ in range(SILENT_AFTER - 1):
        house.read(1)
    house.read()
    assert house.silent()
