"""Phones and messages through time."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings, strategies
import pytest

from simulator import FATES, Backend, ManualClock, Phone, Status
from simulator.world.message import Draft, Message

from .conftest import FRIEND, NOON


def submit(backend: Backend, phone: Phone, text: str = "Hello", **details: object) -> Message:
    """Hand a message to the service, as a client would."""
    draft = Draft(FRIEND, text, **details)  # type: ignore[arg-type]
    return backend.catch_up().submit(backend.account, phone, draft)


def test_a_message_is_fetched_sent_and_delivered(backend: Backend, phone: Phone) -> None:
    """Given a phone that asks every 10 s: taken after 10 s, sent a second later, delivered 3 s after that."""
    message = submit(backend, phone)
    backend.advance(60)
    passed = [((change.at - NOON).total_seconds(), change.status) for change in message.history]
    assert passed == [
        (0, Status.PENDING),
        (10, Status.QUEUED),
        (10, Status.TAKEN),
        (11, Status.SENT),
        (14, Status.DELIVERED),
    ]
    assert [(sent.number, sent.text, sent.at - NOON) for sent in backend.sent_texts()] == [
        (FRIEND, "Hello", timedelta(seconds=11))
    ]


def test_a_pack_has_fifteen_messages_and_goes_out_one_a_second(backend: Backend, phone: Phone) -> None:
    """Given 16 messages, the sixteenth waits for the next request."""
    messages = [submit(backend, phone, f"Text {index}") for index in range(16)]
    backend.advance(10)
    assert [message.status for message in messages] == [Status.TAKEN, *[Status.QUEUED] * 14, Status.PENDING]
    backend.advance(15)
    assert [sent.text for sent in backend.sent_texts()] == [f"Text {index}" for index in range(15)]
    assert messages[15].status == Status.PENDING
    backend.advance(6)
    assert [(sent.at - NOON).total_seconds() for sent in backend.sent_texts()] == [*range(11, 26), 31]


def test_an_urgent_message_overtakes(backend: Backend, phone: Phone) -> None:
    """Urgent messages go first within a pack."""
    submit(backend, phone, "Later")
    submit(backend, phone, "First", urgent=True)
    backend.advance(20)
    assert [sent.text for sent in backend.sent_texts()] == ["First", "Later"]


def test_pauses_between_messages_stay_within_their_limit(backend: Backend, phone: Phone) -> None:
    """Given a random pause of up to 5 s, no two messages are more than 6 s apart, and not all are alike."""
    phone.between_sms = 5
    for _ in range(10):
        submit(backend, phone)
    backend.advance(120)
    moments = [sent.at for sent in backend.sent_texts()]
    gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(moments)}
    assert len(moments) == 10
    assert min(gaps) >= 1
    assert max(gaps) <= 6
    assert len(gaps) > 1


def test_a_scheduled_message_waits_for_its_time(backend: Backend, phone: Phone) -> None:
    """It is taken at the first request after its time."""
    message = submit(backend, phone, time_to_send=NOON + timedelta(minutes=5, seconds=3))
    backend.advance(303)
    assert message.status == Status.PENDING
    backend.advance(8)
    assert [sent.at - NOON for sent in backend.sent_texts()] == [timedelta(seconds=311)]


@pytest.mark.parametrize(
    ("status", "went_out"),
    [
        (Status.NOT_DELIVERED, True),
        (Status.GENERIC_FAILURE, False),
        (Status.NO_SERVICE, False),
        (Status.NULL_PDU, False),
        (Status.RADIO_OFF, False),
        (Status.NOT_ALLOWED, False),
        (Status.NOT_ALLOWED_EITHER, False),
    ],
)
def test_each_failure_and_the_recovery_from_it(
    backend: Backend, phone: Phone, status: Status, *, went_out: bool
) -> None:
    """Given a phone that fails once, the first message ends in that status and the next one is delivered."""
    backend.fail_next(phone, status)
    failing, well = submit(backend, phone, "One"), submit(backend, phone, "Two")
    backend.advance(30)
    assert failing.status == status
    assert well.status == Status.DELIVERED
    assert [sent.text for sent in backend.sent_texts()] == (["One", "Two"] if went_out else ["Two"])


@pytest.mark.parametrize(
    ("fate", "end"),
    [
        ("sent, never reported", Status.SENT),
        ("stuck on the phone", Status.TAKEN),
        ("not delivered, then delivered", Status.DELIVERED),
        ("delivered, then only sent", Status.SENT),
        ("sent under an unlisted code", Status.DELIVERED),
    ],
)
def test_a_fate_leads_to_its_end(backend: Backend, phone: Phone, fate: str, end: Status) -> None:
    """Every message through the phone goes that way."""
    backend.set_fate(phone, FATES[fate])
    message = submit(backend, phone)
    backend.advance(600)
    assert message.status == end
    assert len(backend.sent_texts()) == (0 if fate == "stuck on the phone" else 1)


def test_a_failed_message_may_come_back_and_be_sent(backend: Backend, phone: Phone) -> None:
    """Given a message that goes 9 and then 1 again, the phone takes it anew."""
    backend.fate_next(phone, FATES["failed, then pending again"])
    message = submit(backend, phone)
    backend.advance(60)
    statuses = [change.status for change in message.history]
    assert statuses == [1, 3, 2, 9, 1, 3, 2, 6, 7]
    assert len(backend.sent_texts()) == 1


def test_a_phone_that_is_off_does_nothing_and_goes_on_later(backend: Backend, phone: Phone) -> None:
    """Given a phone switched off, when it comes back, then it sends what waited and what it had."""
    first = submit(backend, phone, "One")
    backend.advance(10)
    assert first.status == Status.TAKEN
    backend.switch_off(phone)
    submit(backend, phone, "Two")
    backend.advance(3600)
    assert phone.last_seen == NOON + timedelta(seconds=10)
    assert backend.sent_texts() == []
    backend.switch_on(phone)
    backend.advance(30)
    assert [sent.text for sent in backend.sent_texts()] == ["One", "Two"]
    assert phone.last_seen > NOON + timedelta(hours=1)


def test_a_report_that_came_while_the_phone_was_off_is_handed_in_later(backend: Backend, phone: Phone) -> None:
    """Given a message sent just before, the report comes with the phone."""
    message = submit(backend, phone)
    backend.advance(11)
    backend.switch_off(phone)
    backend.advance(60)
    assert message.status == Status.SENT
    backend.switch_on(phone)
    backend.advance(0)
    assert message.status == Status.DELIVERED


def test_last_seen_follows_the_requests(backend: Backend, phone: Phone) -> None:
    """Idle requests count as well, at the phone's own rhythm."""
    backend.advance(39)
    assert phone.last_seen == NOON + timedelta(seconds=30)
    backend.advance(1)
    assert phone.last_seen == NOON + timedelta(seconds=40)
    backend.advance(30 * 86400)
    assert phone.last_seen == backend.clock.now()


def test_a_text_is_received_at_once_or_when_the_phone_is_back(backend: Backend, phone: Phone) -> None:
    """Given a phone that is off, its texts come when it is on again, created then."""
    online = backend.receive(phone, FRIEND, "gate", sim=1)
    assert online is not None
    assert (online.status, online.number, online.body, online.sim) == (Status.INCOMING, FRIEND, "gate", 1)
    backend.switch_off(phone)
    assert backend.receive(phone, FRIEND, "late") is None
    backend.advance(7200)
    assert len(backend.messages()) == 1
    backend.switch_on(phone)
    late = backend.messages()[1]
    assert late.body == "late"
    assert late.created == NOON + timedelta(hours=2)


def test_the_phone_may_say_when_a_text_was_created(backend: Backend, phone: Phone) -> None:
    """By profile the phone's time counts, not the service's."""
    backend.profile = "created-by-phone"
    backend.switch_off(phone)
    backend.receive(phone, FRIEND, "late")
    backend.advance(7200)
    backend.switch_on(phone)
    assert backend.messages()[0].created == NOON
    assert backend.messages()[0].stored == NOON + timedelta(hours=2)


def test_a_phone_without_the_sim_asked_for_fails(backend: Backend, phone: Phone) -> None:
    """And sends again when the SIM is there."""
    message = submit(backend, phone, sim=1)
    backend.advance(20)
    assert message.status == Status.GENERIC_FAILURE
    backend.change_sim(phone, 1, carrier="Sample Telecom")
    submit(backend, phone, sim=1)
    backend.advance(20)
    assert [sent.sim for sent in backend.sent_texts()] == [1]


def test_a_sim_can_fail_alone(backend: Backend, phone: Phone) -> None:
    """Given a blocked second SIM, the first one still sends."""
    backend.change_sim(phone, 1, fate=FATES["no service"])
    blocked, well = submit(backend, phone, sim=1), submit(backend, phone, sim=0)
    backend.advance(20)
    assert (blocked.status, well.status) == (Status.NO_SERVICE, Status.DELIVERED)
    backend.remove_sim(phone, 1)
    assert list(phone.sims) == [0]


@pytest.mark.parametrize("keep_old", [False, True])
def test_a_phone_signed_in_anew_has_another_id(backend: Backend, phone: Phone, *, keep_old: bool) -> None:
    """What waited for the old id waits for ever; the old id may stay listed."""
    old_id = phone.id
    waiting = submit(backend, phone)
    backend.receive(phone, FRIEND, "gate")
    backend.reregister(phone, phone_id=4711, keep_old=keep_old)
    backend.advance(60)
    assert sorted(backend.account.phones) == sorted([4711, old_id] if keep_old else [4711])
    assert waiting.status == Status.PENDING
    assert len(backend.messages()) == 2
    new = submit(backend, phone)
    backend.advance(20)
    assert (new.phone_id, new.status) == (4711, Status.DELIVERED)


def test_a_phone_signed_in_anew_may_hand_in_its_texts_again(backend: Backend, phone: Phone) -> None:
    """Then each received text is there twice, under two ids and two phones."""
    backend.receive(phone, FRIEND, "gate")
    old_id = phone.id
    backend.advance(60)
    backend.reregister(phone, reupload=True)
    texts = [(message.body, message.phone_id) for message in backend.messages()]
    assert texts == [("gate", old_id), ("gate", phone.id)]
    assert len({message.id for message in backend.messages()}) == 2


def test_a_removed_phone_leaves_its_messages(backend: Backend, phone: Phone) -> None:
    """The account no longer lists it."""
    backend.receive(phone, FRIEND, "gate")
    backend.remove_phone(phone)
    backend.advance(60)
    assert backend.account.phones == {}
    assert len(backend.messages()) == 1


def test_a_status_can_be_set_out_of_turn(backend: Backend, phone: Phone) -> None:
    """A message that is put back to pending is sent once more."""
    message = backend.send_from_site(phone, FRIEND, "Hello")
    backend.advance(20)
    backend.set_status(message, Status.PENDING)
    backend.advance(20)
    assert backend.message(message.id).status == Status.DELIVERED
    assert len(backend.sent_texts("00447700900123")) == 2


def test_a_clock_set_back_leaves_the_past_alone(backend: Backend, phone: Phone) -> None:
    """Nothing is undone, and time goes on when it has caught up."""
    message = submit(backend, phone)
    backend.advance(20)
    backend.advance(-3600)
    assert message.status == Status.DELIVERED
    backend.advance(3600 + 10)
    assert phone.last_seen == NOON + timedelta(seconds=30)


@settings(deadline=None)
@given(
    steps=strategies.lists(
        strategies.tuples(strategies.integers(0, 40), strategies.sampled_from(["send", "text", "off", "on", "fail"])),
        max_size=25,
    )
)
def test_time_in_one_leap_or_in_many_steps_leads_to_the_same_world(steps: list[tuple[int, str]]) -> None:
    """What happens depends on moments alone, not on who looks when."""
    leaping, stepping = (Backend(clock=ManualClock(NOON)) for _ in range(2))
    for backend in (leaping, stepping):
        phone = backend.add_phone(between_sms=2)
        deeds = {
            "send": lambda backend=backend, phone=phone: submit(backend, phone),
            "text": lambda backend=backend, phone=phone: backend.receive(phone, FRIEND, "gate"),
            "off": lambda backend=backend, phone=phone: backend.switch_off(phone),
            "on": lambda backend=backend, phone=phone: backend.switch_on(phone),
            "fail": lambda backend=backend, phone=phone: backend.fail_next(phone, Status.NOT_DELIVERED),
        }
        for seconds, deed in steps:
            for step in [seconds] if backend is leaping else [1] * seconds:
                backend.advance(step)
            deeds[deed]()  # type: ignore[no-untyped-call]
        backend.advance(100)
    assert leaping.account == stepping.account
    assert leaping.world.transmissions == stepping.world.transmissions
