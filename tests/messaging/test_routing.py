"""Which phone sends, and with which SIM."""

from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.messaging.health import PhoneState
from custom_components.smsgateway24.messaging.routing import (
    NoPhoneError,
    Route,
    choose_online_route,
    choose_other_route,
    choose_route,
    is_online,
)

from .world import START, a_state

EARLIER = START - timedelta(minutes=1)
MUCH_EARLIER = START - timedelta(days=1)


@pytest.mark.parametrize(
    ("phones", "expected"),
    [
        pytest.param([a_state("1", 0, seen=EARLIER), a_state("2", 0)], Route("2", 0), id="seen last"),
        pytest.param(
            [a_state("1", 0, online=True, seen=MUCH_EARLIER), a_state("2", 0, online=False)],
            Route("1", 0),
            id="online before seen last",
        ),
        pytest.param(
            [a_state("1", 0, online=False), a_state("2", 0, online=None, seen=MUCH_EARLIER)],
            Route("1", 0),
            id="nobody knows is not online",
        ),
        pytest.param(
            [a_state("1"), a_state("2", 0, seen=EARLIER)], Route("2", 0), id="with a SIM before one that tells of none"
        ),
        pytest.param([a_state("1", 2, 3), a_state("2", 0, seen=EARLIER)], Route("2", 0), id="WhatsApp is no SIM"),
        pytest.param([a_state("1"), a_state("2", 0, online=False)], Route("1", 0), id="online before a SIM"),
        pytest.param([a_state("1", 1)], Route("1", 1), id="the SIM that it has"),
        pytest.param([a_state("1", 0, 1)], Route("1", 0), id="the first of its SIMs"),
        pytest.param([a_state("1", 2)], Route("1", 0), id="the first slot if it tells of no SIM"),
        pytest.param([a_state("1", 0, online=False, seen=None), a_state("2")], Route("2", 0), id="never seen"),
        pytest.param([a_state("1", 0, online=False, seen=None)], Route("1", 0), id="never seen, but there is no other"),
    ],
)
def test_the_best_phone_is_chosen(phones: list[PhoneState], expected: Route) -> None:
    """Whatever the order in which they are listed."""
    assert choose_route(phones, phone_id=None, sim=None) == expected
    assert choose_route(reversed(phones), phone_id=None, sim=None) == expected


@pytest.mark.parametrize("online", [True, False, None])
def test_a_fixed_phone_is_used_whether_online_or_not(*, online: bool | None) -> None:
    """The service keeps the message for it."""
    phones = [a_state("1", 1, online=online, seen=MUCH_EARLIER), a_state("2", 0)]
    assert choose_route(phones, phone_id="1", sim=None) == Route("1", 1)
    assert choose_route(phones, phone_id="1", sim=0) == Route("1", 0)


def test_a_sim_is_looked_for_before_a_phone() -> None:
    """Whoever asks for the second SIM means it, even if its phone is away."""
    phones = [a_state("1", 0), a_state("2", 0, 1, online=False)]
    assert choose_route(phones, phone_id=None, sim=1) == Route("2", 1)
    assert choose_route(phones, phone_id=None, sim=0) == Route("1", 0)


def test_a_sim_that_no_phone_tells_of_is_tried_all_the_same() -> None:
    """Some gateways tell of none."""
    assert choose_route([a_state("1"), a_state("2", seen=EARLIER)], phone_id=None, sim=1) == Route("1", 1)


@pytest.mark.parametrize("phone_id", [None, "3"])
def test_no_phone_is_an_error_that_names_what_was_wanted(phone_id: str | None) -> None:
    """So that the text for the user can tell what is missing."""
    with pytest.raises(NoPhoneError) as raised:
        choose_route([a_state("1", 0)] if phone_id else [], phone_id=phone_id, sim=None)
    assert raised.value.wanted == phone_id


def test_of_the_phones_with_a_sim_that_was_asked_for_the_best_is_chosen() -> None:
    """As of any others: online before seen last, and seen last before the rest."""
    asleep, long_ago, lately = (
        a_state("1", 1, online=False),
        a_state("2", 1, seen=MUCH_EARLIER),
        a_state("3", 1, seen=EARLIER),
    )
    for phones in ([asleep, long_ago, lately], [lately, long_ago, asleep]):
        assert choose_route(phones, phone_id=None, sim=1) == Route("3", 1)
        assert choose_other_route(phones, sim=1, without=()) == Route("3", 1)


def test_where_only_an_online_phone_will_do_the_best_of_those_is_chosen() -> None:
    """Or none yet: what the service has can not be recalled."""
    phones = [
        a_state("1", 0, 1, online=False),
        a_state("2", 0, online=None),
        a_state("3", 0, seen=EARLIER),
        a_state("4", 1),
    ]
    assert choose_online_route(iter(phones), phone_id=None, sim=None) == Route("4", 1)
    assert choose_online_route(phones, phone_id=None, sim=0) == Route("3", 0)
    assert choose_online_route(phones, phone_id="3", sim=None) == Route("3", 0)
    assert choose_online_route(phones, phone_id="3", sim=1) == Route("3", 1)
    for away in ("1", "2"):
        assert choose_online_route(phones, phone_id=away, sim=None) is None
    assert choose_online_route(phones[:2], phone_id=None, sim=None) is None


@pytest.mark.parametrize("phone_id", [None, "9"])
def test_where_only_an_online_phone_will_do_one_that_is_not_there_is_an_error(phone_id: str | None) -> None:
    """It is nothing to wait for."""
    with pytest.raises(NoPhoneError) as raised:
        choose_online_route([a_state("1", 0)] if phone_id else [], phone_id=phone_id, sim=None)
    assert raised.value.wanted == phone_id


def test_a_phone_is_online_if_that_is_known() -> None:
    """Of this phone, whatever the others are."""
    phones = [a_state("1", 0), a_state("2", 0, online=False), a_state("3", 0, online=None)]
    assert [is_online(phones, phone_id) for phone_id in ("1", "2", "3", "9")] == [True, False, False, False]


def test_another_phone_must_be_online() -> None:
    """A message that has failed once has no time to wait for a phone's return."""
    phones = [a_state("1", 0), a_state("2", 0, online=False), a_state("3", 0, online=None)]
    with pytest.raises(NoPhoneError) as raised:
        choose_other_route(phones, sim=None, without={"1"})
    assert raised.value.wanted is None
    assert choose_other_route(phones, sim=None, without={"2"}) == Route("1", 0)


def test_another_phone_has_the_sim_that_was_asked_for_if_there_is_one() -> None:
    """And otherwise any: another SIM is better than no message."""
    phones = [a_state("1", 0), a_state("2", 0, 1, seen=EARLIER)]
    assert choose_other_route(phones, sim=1, without={"9"}) == Route("2", 1)
    assert choose_other_route(phones, sim=1, without={"2"}) == Route("1", 0)
    assert choose_other_route(phones, sim=None, without={"9"}) == Route("1", 0)


states = st.builds(
    lambda number, slots, online, age: a_state(
        str(number), *sorted(slots), online=online, seen=None if age is None else START - timedelta(seconds=age)
    ),
    st.integers(1, 4),
    st.sets(st.integers(0, 5), max_size=3),
    st.sampled_from([True, False, None]),
    st.none() | st.integers(0, 10_000),
)


@given(
    phones=st.lists(states, unique_by=lambda state: state.phone.id),
    phone_id=st.none() | st.sampled_from(["1", "2"]),
    sim=st.none() | st.integers(0, 5),
    without=st.sets(st.sampled_from(["1", "2", "3"])),
)
def test_whatever_is_asked_for_is_respected(
    phones: list[PhoneState], phone_id: str | None, sim: int | None, without: set[str]
) -> None:
    """A route leads through a listed phone, or there is none to be had."""
    listed = {state.phone.id: state for state in phones}
    try:
        route = choose_route(phones, phone_id=phone_id, sim=sim)
    except NoPhoneError:
        assert not listed if phone_id is None else phone_id not in listed
    else:
        assert route.phone_id in listed
        assert phone_id in {None, route.phone_id}
        assert route.sim in {0, 1} if sim is None else route.sim == sim
    try:
        other = choose_other_route(phones, sim=sim, without=without)
    except NoPhoneError:
        assert not any(state.online for phone, state in listed.items() if phone not in without)
    else:
        assert other.phone_id not in without
        assert listed[other.phone_id].online
        assert other.sim in {sim, 0, 1}
