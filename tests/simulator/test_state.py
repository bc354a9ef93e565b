"""A world that is kept between runs."""

from pathlib import Path

import pytest

from simulator import Backend, ManualClock, Phone, Status
from simulator.demo import furnish
from simulator.state import StateFile, UnreadableStateError, dump, load

from .conftest import FRIEND, NOON


def furnished() -> Backend:
    """Return the demo's world with something of everything going on."""
    backend = Backend(clock=ManualClock(NOON), profile="scattered-ids")
    furnish(backend)
    hall, attic, _garage = backend.account.phones.values()
    backend.fail_next(hall, Status.NOT_DELIVERED)
    backend.change_sim(hall, 1, fate=())
    backend.send_from_site(hall, FRIEND, "In the middle of it 😀")
    backend.advance(11)
    backend.switch_off(attic)
    backend.receive(attic, FRIEND, "held")
    return backend


def test_a_world_put_back_is_the_same_and_goes_on() -> None:
    """Given a message on its way, it ends after the restart as it would have without."""
    before = furnished()
    after = Backend(clock=ManualClock(before.clock.now()))
    load(after, dump(before))
    assert after.account == before.account
    assert after.profile == before.profile
    assert after.sent_texts() == before.sent_texts()
    for backend in (before, after):
        backend.advance(60)
    assert after.account == before.account
    assert after.messages()[-1].status == Status.NOT_DELIVERED


def test_time_has_passed_meanwhile() -> None:
    """Phones did not stop because nobody looked."""
    before = furnished()
    after = Backend(clock=ManualClock(before.clock.now()))
    after.clock.advance(3600)
    load(after, dump(before))
    before.advance(3600)
    assert after.account == before.account


def test_a_clock_that_was_put_ahead_stays_ahead() -> None:
    """The world's time never goes back over a restart."""
    before = furnished()
    after = Backend(clock=ManualClock(NOON))
    before.advance(86_400)
    load(after, dump(before))
    assert after.clock.now() == before.clock.now()


def test_a_file_is_written_when_something_changed(tmp_path: Path) -> None:
    """Not when only time has passed; and it can be read again."""
    file = tmp_path / "demo" / "simulator.json"
    state = StateFile(file)
    backend = Backend(clock=ManualClock(NOON))
    assert not state.restore(backend)
    phone = backend.add_phone()
    state.save(backend)
    file.unlink()
    backend.advance(1)
    state.save(backend)
    assert not file.exists()
    backend.receive(phone, FRIEND, "gate")
    state.save(backend)
    other = Backend(clock=ManualClock(NOON))
    assert StateFile(file).restore(other)
    assert [message.body for message in other.messages()] == ["gate"]
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"now": 1}', '{"now": "soon"}', '{"accounts": {"a": {}}}'])
def test_a_file_that_is_no_world_is_told(backend: Backend, phone: Phone, text: str) -> None:
    """And leaves the present world as it is."""
    with pytest.raises(UnreadableStateError):
        load(backend, text)
    assert list(backend.account.phones.values()) == [phone]


def test_the_demo_begins_with_three_phones_and_old_messages() -> None:
    """Texts in both directions, one of them failed, all in the past."""
    backend = Backend(clock=ManualClock(NOON))
    furnish(backend)
    hall, attic, garage = backend.account.phones.values()
    assert (hall.id, attic.id, garage.id) == (1576, 1297, 1643)
    assert [sim.carrier for sim in hall.sims.values()] == ["Example Mobile", "Sample Telecom"]
    assert (attic.app_current, attic.subscription, attic.sims[0].number) == (False, False, None)
    assert {message.incoming for message in backend.messages()} == {True, False}
    assert all(message.created < NOON for message in backend.messages())
    assert Status.GENERIC_FAILURE in {message.status for message in backend.messages()}
    assert all((NOON - phone.last_seen).total_seconds() < 10 for phone in (hall, attic))
