"""The outbox: each message is sent once, and its fate is known."""

import asyncio
from datetime import timedelta
import json
import logging
from typing import Any

import pytest

from custom_components.smsgateway24.api import (
    AuthenticationError,
    MessageStatus,
    OutgoingSms,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from custom_components.smsgateway24.messaging.outbox import EmptyMessageError, TooManyMessagesError
from custom_components.smsgateway24.messaging.outgoing import Draft, Outcome, Receipt, Stage
from custom_components.smsgateway24.messaging.routing import NoPhoneError, Route

from .timeless import timeless
from .world import ANNA, ATTIC, BEN, HALL, START, Answer, World, a_record, a_state

OUT_OF_REACH = Answer(error=UnreachableError(request_sent=False), works=False)
LOST_BEFORE_WORK = Answer(error=UnreachableError(request_sent=True), works=False)
LOST_AFTER_WORK = Answer(error=UnreachableError(request_sent=True))
REFUSED = Answer(error=RequestRefusedError("The number is blocked"), works=False)
NEVER = Answer(after=3600.0)

SURELY_UNSENT = [
    pytest.param(UnreachableError(request_sent=False), id="out of reach"),
    pytest.param(ThrottledError(), id="throttled"),
    pytest.param(AuthenticationError(), id="token refused"),
]
DOUBTFUL = [
    pytest.param(UnreachableError(request_sent=True), id="connection lost"),
    pytest.param(UnreadableAnswerError(200), id="unreadable answer"),
    pytest.param(ThrottledError(30, certainly_unsent=False), id="gateway timed out"),
    pytest.param(RequestRefusedError(certainly_unsent=False), id="refused in part"),
]
FAILOVER = [9, 10, 11, 12, 100, 101]


def the_only_record(world: World) -> int:
    """Return the id of the one message that the service has."""
    (message_id,) = world.service.records
    return message_id


async def accepted(world: World, text: str = "The cellar is wet", **wishes: Any) -> int:
    """Send a message that the service accepts, and return its id."""
    receipt = await world.send(text, **wishes)
    assert receipt.stage is Stage.ACCEPTED
    assert receipt.message_id is not None
    return receipt.message_id


async def show(world: World, message_id: int, *statuses: int) -> None:
    """Let the phone report these statuses, each in a list of its own."""
    for status in statuses:
        world.service.records[message_id].status = status
        await world.poll()


# --- handing over -----------------------------------------------------------------------------


@timeless
async def test_a_message_is_handed_over_once() -> None:
    """With all that the service needs, and a tag by which it is recognised."""
    world = World()
    receipt = await world.send("The cellar is wet", ANNA, recipient_id="anna")

    (sms,) = world.service.requests
    assert (sms.number, sms.text, sms.phone_id, sms.sim) == (ANNA, "The cellar is wet", HALL, 0)
    assert sms.customer_id is not None
    assert 1 << 30 <= sms.customer_id < (1 << 31) - 1
    assert receipt == Receipt(
        draft=Draft(number=ANNA, text="The cellar is wet", recipient_id="anna"),
        stage=Stage.ACCEPTED,
        message_id=the_only_record(world),
        route=Route(HALL, 0),
        status=MessageStatus.PENDING,
    )
    assert receipt.state == "accepted"
    assert world.stages == [Stage.ACCEPTED]


@timeless
async def test_every_message_has_a_tag_of_its_own() -> None:
    """Equal texts to the same person are two messages."""
    world = World()
    for _ in range(20):
        await accepted(world)
    assert len({sms.customer_id for sms in world.service.requests}) == 20


@timeless
async def test_the_tag_is_on_disk_before_the_request() -> None:
    """So a restart in the middle of it knows what to look for."""
    world = World()
    world.service.answers.append(Answer(after=5))
    sending = asyncio.create_task(world.send())
    await world.settle()

    (kept,) = world.kept
    assert kept["tags"][-1] == world.service.requests[0].customer_id
    assert kept["stage"] == "checking"
    await sending
    assert world.kept[0]["stage"] == "accepted"


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_message_is_an_error(text: str) -> None:
    """It would cost money and say nothing."""

    @timeless
    async def check() -> None:
        world = World()
        with pytest.raises(EmptyMessageError):
            await world.send(text)
        assert world.service.requests == []
        assert world.stages == []

    check()


@timeless
async def test_half_an_emoji_does_not_break_what_is_written_down() -> None:
    """A template can cut one in two, and neither a file nor a request takes a half; two halves are one again."""
    world = World()
    await accepted(world, "wet \ud83d!")
    await accepted(world, "wet \ud83d\ude00!")
    assert [sms.text for sms in world.service.requests] == ["wet \ufffd!", "wet \U0001f600!"]


@timeless
async def test_what_is_several_numbers_is_refused_at_once() -> None:
    """The service would make several messages of it."""
    world = World(max_per_hour=1)
    with pytest.raises(ValueError, match="one number"):
        await world.send(number=f"{ANNA},{BEN}")
    assert world.stages == []
    assert world.service.requests == []


@timeless
async def test_a_phone_that_is_gone_is_an_error_at_once() -> None:
    """Nothing is counted or kept."""
    world = World(max_per_hour=1)
    with pytest.raises(NoPhoneError) as raised:
        await world.send(phone_id="4711")
    assert raised.value.wanted == "4711"
    assert world.stages == []
    await accepted(world)


@timeless
async def test_what_was_asked_for_is_used() -> None:
    """A phone and a SIM."""
    world = World()
    await world.send(phone_id=ATTIC, sim=1)
    assert (world.service.requests[0].phone_id, world.service.requests[0].sim) == (ATTIC, 1)


# --- surely unsent ----------------------------------------------------------------------------


@pytest.mark.parametrize("error", SURELY_UNSENT)
def test_what_was_surely_not_handed_over_is_kept_and_tried_again(error: SmsGateway24Error) -> None:
    """With a new tag, when a list could be read."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.answers.append(Answer(error=error, works=False))
        receipt = await world.send()
        assert receipt.stage is Stage.WAITING
        assert receipt.error is error
        assert receipt.message_id is None

        await world.wait(30)
        await world.poll()
        assert world.stages == [Stage.ACCEPTED]
        assert len({sms.customer_id for sms in world.service.requests}) == 2
        assert len(world.service.records) == 1
        assert world.told == []

    check()


@timeless
async def test_what_surely_was_not_handed_over_is_not_looked_for() -> None:
    """A service out of reach is not asked for its list as well; one that refuses is, since some work before they say no."""
    world = World()
    world.service.answers += [OUT_OF_REACH, REFUSED]
    await world.send("one")
    assert world.service.looks == 0
    with pytest.raises(RequestRefusedError):
        await world.send("two")
    assert world.service.looks == 1


@timeless
async def test_nothing_is_tried_while_no_list_can_be_read() -> None:
    """A service in trouble could leave the message in doubt."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send()
    await world.outbox.tick()
    await world.settle()
    assert len(world.service.requests) == 1


@timeless
async def test_what_waits_too_long_is_reported_as_expired_once() -> None:
    """Also if no list can be read; and it is never tried afterwards."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send()
    await world.wait(599)
    await world.outbox.tick()
    assert world.told == []

    await world.wait(1)
    await world.outbox.tick()
    await world.outbox.tick()
    await world.poll()
    assert world.told == [(Outcome.FAILED, "expired")]
    assert world.reports[0].message.route == Route(HALL, 0)
    assert len(world.service.requests) == 1
    assert world.kept == []


@timeless
async def test_with_nothing_kept_the_caller_gets_the_error() -> None:
    """At once, and nobody else hears of it."""
    world = World(keep_unsent=timedelta())
    world.service.answers.append(OUT_OF_REACH)
    with pytest.raises(UnreachableError):
        await world.send()
    await world.poll()
    assert world.stages == []
    assert world.told == []
    assert world.kept == []


@timeless
async def test_with_nothing_kept_a_doubtful_attempt_is_still_followed() -> None:
    """The deadline forbids to start an attempt, it does not decide one that was started."""
    world = World(keep_unsent=timedelta())
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), seen_after=20))
    assert (await world.send()).stage is Stage.CHECKING
    await world.wait(20)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED]


@timeless
async def test_a_refusal_is_the_callers_error() -> None:
    """The service said no, and will say it again."""
    world = World()
    world.service.answers.append(REFUSED)
    with pytest.raises(RequestRefusedError) as raised:
        await world.send()
    assert raised.value.message == "The number is blocked"
    await world.poll()
    assert world.stages == []
    assert world.told == []


@timeless
async def test_a_refusal_that_nothing_confirms_is_in_doubt() -> None:
    """Some services do their work before they say no, and here nobody can look whether this one has."""
    world = World()
    world.service.answers.append(Answer(error=RequestRefusedError("No")))
    world.service.readable = False
    receipt = await world.send()
    assert receipt.stage is Stage.CHECKING
    assert isinstance(receipt.error, UnreachableError)
    world.service.readable = True
    await show(world, the_only_record(world), 6, 7)
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]


@timeless
async def test_what_another_message_has_written_down_is_not_told_as_failed_and_sent_after_a_restart() -> None:
    """A disk that is full gives messages up; but not those that a later life would find on it."""
    world = World(failover=False)
    world.disk_is = "full"
    world.service.answers += [
        Answer(error=UnreachableError(request_sent=False), after=0.5, works=False),
        Answer(error=UnreadableAnswerError()),
    ]
    together = asyncio.ensure_future(world.send_all("first", "second"))
    await world.wait(0.01)
    world.disk_is = "fine"
    third = asyncio.ensure_future(world.send("third"))
    await world.wait(0.01)
    world.disk_is = "full"
    await world.wait(7)
    for work in (together, third):
        work.cancel()
    world.restart()
    world.disk_is = "fine"
    for _ in range(10):
        await world.wait(31)
        await world.poll()
    failed = {report.message.text for report in world.reports if report.outcome is Outcome.FAILED}
    assert not failed & {text for text in ("first", "second") if world.service.of_text(text)}


@timeless
async def test_a_refusal_of_a_later_attempt_is_reported() -> None:
    """Its caller is long gone. The others go on."""
    world = World()
    world.service.answers.extend([OUT_OF_REACH, OUT_OF_REACH, REFUSED])
    await world.send("first")
    await world.send("second")
    await world.poll()
    assert world.told == [(Outcome.FAILED, "refused")]
    assert world.reports[0].status_text == "The number is blocked"
    assert [message.text for message in world.outbox.messages] == ["second"]
    assert world.stages == [Stage.ACCEPTED]


@timeless
async def test_waiting_messages_go_out_in_their_order() -> None:
    """Also if a new one gets through before the next list."""
    world = World()
    world.service.answers.extend([OUT_OF_REACH] * 3)
    for text in ("one", "two", "three"):
        await world.send(text)
    await accepted(world, "four")
    await world.settle()
    assert [sms.text for sms in world.service.requests[3:]] == ["four", "one", "two", "three"]
    assert world.stages == [Stage.ACCEPTED] * 4


@pytest.mark.parametrize("trouble", [OUT_OF_REACH, LOST_BEFORE_WORK])
def test_a_round_ends_with_the_first_that_is_not_answered(trouble: Answer) -> None:
    """So a service in trouble leaves one message in doubt at most, not all."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.answers.extend([OUT_OF_REACH, OUT_OF_REACH, trouble])
        await world.send("one")
        await world.send("two")
        await world.poll()
        assert [sms.text for sms in world.service.requests] == ["one", "two", "one"]
        await world.poll()
        assert world.service.requests[-1].text == "two"

    check()


@timeless
async def test_lists_that_come_during_a_slow_retry_start_no_second_one() -> None:
    """And are not held up by it."""
    world = World()
    world.service.answers.extend([OUT_OF_REACH, OUT_OF_REACH, Answer(after=60), Answer(after=60)])
    await world.send("one")
    await world.send("two")
    for _ in range(10):
        await world.poll()
    assert [sms.text for sms in world.service.requests] == ["one", "two", "one"]
    await world.wait(200)
    assert world.stages == [Stage.ACCEPTED, Stage.ACCEPTED]
    assert len(world.service.records) == 2


@timeless
async def test_what_expires_during_a_slow_retry_is_not_tried_after_it() -> None:
    """It was reported as failed, so it must not be sent any more."""
    world = World(keep_unsent=timedelta(minutes=1))
    world.service.answers.extend([OUT_OF_REACH, OUT_OF_REACH, Answer(after=90)])
    await world.send("one")
    await world.send("two")
    await world.poll()
    await world.wait(61)
    await world.outbox.tick()
    assert world.told == [(Outcome.FAILED, "expired")]
    await world.wait(60)
    await world.poll()
    assert [sms.text for sms in world.service.requests] == ["one", "two", "one"]
    assert [message.text for message in world.outbox.messages] == ["one"]


@timeless
async def test_what_is_overdue_when_its_turn_comes_is_not_started() -> None:
    """Even if nobody has noticed yet that its time is up."""
    world = World(keep_unsent=timedelta(minutes=1))
    world.service.answers.extend([OUT_OF_REACH, OUT_OF_REACH, Answer(after=90)])
    await world.send("one")
    await world.send("two")
    await world.poll()
    await world.wait(120)
    assert [sms.text for sms in world.service.requests] == ["one", "two", "one"]
    await world.outbox.tick()
    assert world.told == [(Outcome.FAILED, "expired")]


@timeless
async def test_a_retry_whose_time_runs_out_under_way_is_the_end() -> None:
    """Surely unsent, and too late to try again."""
    world = World(keep_unsent=timedelta(minutes=1))
    world.service.answers.extend(
        [OUT_OF_REACH, Answer(error=UnreachableError(request_sent=False), works=False, after=90)]
    )
    await world.send()
    await world.poll()
    await world.wait(100)
    assert world.told == [(Outcome.FAILED, "expired")]
    assert world.stages == []


@timeless
async def test_the_service_gets_the_pause_that_it_asks_for() -> None:
    """Lists that can be read do not shorten it; what a person sends meanwhile is tried all the same."""
    world = World()
    world.service.answers.append(Answer(error=ThrottledError(100), works=False))
    await world.send("one")
    await world.wait(99)
    await world.poll()
    assert len(world.service.requests) == 1
    await world.wait(1)
    await world.poll()
    assert len(world.service.requests) == 2

    world.service.answers.append(Answer(error=ThrottledError(100), works=False))
    await world.send("two")
    await accepted(world, "three")
    await world.settle()
    assert [sms.text for sms in world.service.requests] == ["one", "one", "two", "three", "two"]


@timeless
async def test_a_waiting_message_whose_phone_is_not_listed_holds_up_nobody() -> None:
    """The phone may come back before its time is up."""
    world = World()
    world.service.answers.extend([OUT_OF_REACH, OUT_OF_REACH])
    await world.send("by the attic", phone_id=ATTIC)
    await world.send("by any")
    both, world.phones = world.phones, world.phones[:1]
    await world.poll()
    assert world.stages == [Stage.WAITING, Stage.ACCEPTED]
    world.phones = both
    await world.poll()
    assert world.stages == [Stage.ACCEPTED, Stage.ACCEPTED]


@timeless
async def test_a_message_that_waits_for_its_phone_to_be_online_holds_up_nobody() -> None:
    """Although it is the oldest."""
    world = World(phones=[a_state(HALL, 0), a_state(ATTIC, 0, online=False)])
    await world.send("by the attic", phone_id=ATTIC, expire_after=timedelta(hours=1))
    world.service.answers.append(OUT_OF_REACH)
    await world.send("by any")
    await world.poll()
    assert [(message.text, message.stage) for message in world.outbox.messages] == [
        ("by the attic", Stage.WAITING),
        ("by any", Stage.ACCEPTED),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        {"messages": None},
        {"messages": 5},
        {"messages": [5]},
        {"about_to_tell": 5},
        {"recognition": None},
        {"recognition": {"tags_return": True, "ended": {"5": "2026-11-25T12:00:00"}}},
        {"sent_lately": [["2026-11-25T12:00:00", ANNA]]},
        {"sent_lately": 5},
    ],
)
def test_what_is_damaged_on_the_disk_keeps_nobody_from_sending(
    caplog: pytest.LogCaptureFixture, damage: dict[str, Any]
) -> None:
    """The rest is taken up, and the log says that something was lost."""

    @timeless
    async def run() -> None:
        world = World(max_per_hour=5)
        await world.send("before")
        world.disk = json.dumps({**json.loads(world.disk), **damage})
        world.restart()
        assert "damaged" in caplog.text
        assert world.stages == ([] if "messages" in damage else [Stage.ACCEPTED])
        await world.send("after")
        await world.poll()

    run()


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", 5), ("number", None), ("keep_until", "2026-11-25T12:00:00"), ("message_id", [7])],
)
def test_a_message_that_is_damaged_is_left_out(field: str, value: Any) -> None:
    """Alone, or it would be in the way of the others each time that it is looked at."""

    @timeless
    async def run() -> None:
        world = World()
        await world.send("first")
        await world.send("second")
        disk = json.loads(world.disk)
        disk["messages"][0][field] = value
        world.disk = json.dumps(disk)
        world.restart()
        assert [message.text for message in world.outbox.messages] == ["second"]
        await world.poll()

    run()


@timeless
async def test_a_clock_that_is_set_back_does_not_prolong_a_wait() -> None:
    """An alarm from yesterday surprises nobody any more."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send()
    world.clock_ahead = -timedelta(days=30)
    await world.outbox.tick()
    await world.wait(600)
    await world.outbox.tick()
    assert world.told == [(Outcome.FAILED, "expired")]


@timeless
@pytest.mark.parametrize("by", [timedelta(minutes=5), timedelta(days=20_000), -timedelta(days=30)])
async def test_a_clock_that_is_set_ends_no_wait(by: timedelta) -> None:
    """As it is when the network is back, for which the message has waited. A restart later makes no difference."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send()
    world.clock_ahead = by
    await world.outbox.tick()
    await world.wait(590)
    await world.outbox.tick()
    world.restart()
    assert world.told == []
    await world.poll()
    assert len(world.service.records) == 1


@timeless
@pytest.mark.parametrize("by", [timedelta(minutes=5), timedelta(days=20_000)])
async def test_a_clock_that_is_set_is_no_reason_to_send_once_more(by: timedelta) -> None:
    """Until the time is really over in which the service may still do its work."""
    world = World()
    await accepted(world, "first")
    await world.poll()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), works_after=100))
    await world.send()
    world.clock_ahead = by
    await world.poll()
    await world.wait(90)
    await world.poll()
    await world.wait(20)
    await world.poll()
    await world.wait(200)
    await world.poll()
    assert len(world.service.of_text("The cellar is wet")) == 1
    assert len(world.service.requests) == 2


@timeless
async def test_a_clock_that_is_set_in_the_middle_of_a_request_changes_nothing() -> None:
    """It takes as long as the network needs, which is when clocks are set."""
    world = World()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=False), works=False, after=6))
    sending = asyncio.ensure_future(world.send())
    await world.wait(1)
    world.clock_ahead = timedelta(hours=5)
    await world.outbox.tick()
    await sending
    await world.wait(300)
    await world.outbox.tick()
    assert world.told == []
    await world.poll()
    assert len(world.service.records) == 1


@timeless
async def test_a_clock_that_is_set_while_the_disk_hangs_changes_nothing() -> None:
    """What is taken back then is taken back as it would be now."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send()
    world.disk_is = "hanging"
    polling = asyncio.ensure_future(world.poll())
    await world.wait(1)
    world.clock_ahead = timedelta(hours=5)
    await world.outbox.tick()
    await polling
    await world.wait(10)
    world.disk_is = "fine"
    await world.poll()
    await world.poll()
    assert world.told == []
    assert len(world.service.records) == 1


@timeless
@pytest.mark.parametrize("by", [timedelta(days=20_000), -timedelta(hours=5)])
async def test_a_clock_that_was_set_is_noticed_before_a_list_is_read(by: timedelta) -> None:
    """Or what the list says of one message would be entered among times of before."""
    world = World(keep_unsent=timedelta())
    await accepted(world, "first")
    await accepted(world, "second")
    first, second = world.service.records.values()
    first.status, second.status = 9, 2
    world.clock_ahead = by
    await world.poll()
    assert world.told == []
    assert [record.sms.phone_id for record in world.service.of_text("first")] == [HALL, ATTIC]
    second.status = 7
    await world.poll()
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]


@timeless
async def test_a_clock_that_was_set_is_noticed_before_a_status_is_heard() -> None:
    """As with a list."""
    world = World(keep_unsent=timedelta())
    message_id = await accepted(world)
    world.clock_ahead = -timedelta(hours=5)
    await world.outbox.hear(message_id, 9, "generic failure")
    await world.poll()
    assert world.told == []
    assert [record.sms.phone_id for record in world.service.records.values()] == [HALL, ATTIC]


@timeless
async def test_times_fit_the_clock_whenever_they_are_asked_for() -> None:
    """From them follows how far back a list has to reach, and on the disk nobody can tell any more that it was set."""
    world = World()
    await world.send()
    world.clock_ahead = timedelta(days=20_000)
    assert [message.attempted_at for message in world.outbox.messages] == [START + timedelta(days=20_000)]
    world.clock_ahead = timedelta()
    (kept,) = world.outbox.as_dict()["messages"]
    assert kept["attempted_at"] == START.isoformat()


@timeless
@pytest.mark.parametrize("by", [timedelta(), timedelta(hours=5), -timedelta(hours=5)])
async def test_a_clock_that_is_set_frees_no_record(by: timedelta) -> None:
    """A message that came to nothing is not taken for one like it that has ended."""
    world = World()
    world.service.tags = "dropped"
    await accepted(world, "the same")
    await accepted(world, "another")
    await world.poll()
    same, another = world.service.records.values()
    same.status = 7
    await world.poll()
    world.clock_ahead = by
    another.status = 7
    await world.poll()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), works=False))
    await world.send("the same")
    await world.poll()
    assert world.stages == [Stage.CHECKING]


@timeless
@pytest.mark.parametrize("by", [timedelta(hours=5), -timedelta(hours=5)])
async def test_what_expires_is_not_sent_late_by_any_clock(by: timedelta) -> None:
    """A machine that slept for five hours looks like one whose clock was set."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send(expire_after=timedelta(minutes=1))
    world.clock_ahead = by
    if by < timedelta():
        await world.outbox.tick()
        assert world.told == []
        await world.wait(60)
    await world.poll()
    assert world.told == [(Outcome.FAILED, "expired")]
    assert not world.service.records


@timeless
async def test_a_clock_that_is_set_neither_frees_nor_uses_up_the_hour() -> None:
    """An automation that runs wild is held back as long as before."""
    world = World(max_per_hour=1)
    await world.send()
    world.clock_ahead = timedelta(days=1)
    with pytest.raises(TooManyMessagesError):
        await world.send("once more")
    await world.wait(3601)
    await world.send("an hour later")


# --- in doubt ---------------------------------------------------------------------------------


@pytest.mark.parametrize("error", DOUBTFUL)
def test_a_message_in_doubt_is_found_by_its_tag(error: SmsGateway24Error) -> None:
    """And then followed like any other; it is never sent again."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.answers.append(Answer(error=error, seen_after=60))
        receipt = await world.send()
        assert (receipt.stage, receipt.message_id, receipt.route) == (Stage.CHECKING, None, Route(HALL, 0))
        assert receipt.error is error

        for _ in range(4):
            await world.wait(29)
            await world.poll()
        assert world.stages == [Stage.ACCEPTED]
        await show(world, the_only_record(world), 6, 7)
        assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]
        assert len(world.service.requests) == 1

    check()


@pytest.mark.parametrize("error", DOUBTFUL)
def test_a_message_that_is_not_found_is_unconfirmed(error: SmsGateway24Error) -> None:
    """Once, after 120 seconds, and it is never sent again."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.answers.append(Answer(error=error, works=False))
        await world.send()
        await world.wait(115)
        await world.poll()
        assert world.told == []
        await world.wait(5)
        await world.poll()
        await world.poll()
        assert world.told == [(Outcome.FAILED, "unconfirmed")]
        assert len(world.service.requests) == 1

    check()


@timeless
async def test_without_a_list_nothing_is_unconfirmed() -> None:
    """The list that is missing may be the one that shows it."""
    world = World()
    world.service.answers.append(LOST_AFTER_WORK)
    world.service.readable = False
    await world.send()
    await world.wait(7200)
    await world.outbox.tick()
    assert world.told == []
    await world.poll()
    assert world.stages == [Stage.ACCEPTED]


@timeless
async def test_a_service_that_stays_away_is_not_waited_for_for_ever() -> None:
    """After a day without any list, nobody expects one."""
    world = World()
    world.service.answers.append(LOST_AFTER_WORK)
    world.service.readable = False
    await world.send()
    await world.wait(25 * 3600)
    await world.outbox.tick()
    assert world.told == [(Outcome.FAILED, "unconfirmed")]
    assert world.stages == []


@timeless
async def test_what_is_shown_too_late_changes_nothing() -> None:
    """It was reported as unconfirmed, and nobody gets a second answer."""
    world = World()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), seen_after=300))
    await world.send()
    await world.wait(120)
    await world.poll()
    await world.wait(300)
    await show(world, the_only_record(world), 1, 6, 7)
    assert world.told == [(Outcome.FAILED, "unconfirmed")]


@timeless
async def test_what_turns_up_before_it_is_repeated_is_not_repeated() -> None:
    """It was put up for one more attempt, which did not get through; then the list shows that the first one did."""
    world = World()
    await accepted(world, "first")
    await world.poll()
    world.service.answers += [Answer(error=UnreachableError(request_sent=True), seen_after=150), OUT_OF_REACH]
    await world.send("second")
    await world.wait(121)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED, Stage.WAITING]
    await world.wait(30)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED, Stage.ACCEPTED]
    assert not world.outbox.is_looking
    assert len(world.service.of_text("second")) == 1
    assert len(world.service.requests) == 3


@timeless
async def test_a_tag_alone_proves_nothing() -> None:
    """Another phone's record, an incoming one, and one that belongs to another message are not it."""
    world = World()
    first = await accepted(world, "first")
    world.service.answers.append(LOST_BEFORE_WORK)
    await world.send("second")
    tag = world.service.requests[-1].customer_id

    await world.outbox.observe(
        [
            a_record(first, 1, tag=tag),
            a_record(1, 1, phone_id=ATTIC, tag=tag),
            a_record(2, MessageStatus.INCOMING, tag=tag),
            a_record(3, 1, tag=None),
        ]
    )
    assert world.stages == [Stage.ACCEPTED, Stage.CHECKING]


@timeless
async def test_a_record_that_names_no_phone_is_recognised() -> None:
    """Some records leave it out."""
    world = World()
    world.service.answers.append(LOST_BEFORE_WORK)
    await world.send()
    await world.outbox.observe([a_record(7, 1, phone_id="", tag=world.service.requests[0].customer_id)])
    assert world.outbox.messages[0].message_id == 7


@timeless
async def test_a_record_belongs_to_one_message() -> None:
    """Also if the service shows a tag twice."""
    world = World()
    world.service.answers.append(LOST_BEFORE_WORK)
    await world.send()
    tag = world.service.requests[0].customer_id
    await world.outbox.observe([a_record(7, 1, tag=tag), a_record(8, 7, tag=tag)])
    assert world.outbox.messages[0].message_id == 7
    assert world.told == []


@timeless
async def test_an_answer_about_another_message_counts_for_nothing() -> None:
    """A service that mixes up its answers leaves the message in doubt."""
    world = World()
    first = await accepted(world, "first")

    async def mix_up(sms: OutgoingSms) -> int:
        return first

    world.service.send_message = mix_up  # type: ignore[method-assign]
    assert (await world.send("second")).stage is Stage.CHECKING
    assert world.stages == [Stage.ACCEPTED, Stage.CHECKING]


@timeless
async def test_lists_that_vanish_and_come_back_do_no_harm() -> None:
    """Reads prove presence, never absence."""
    world = World()
    message_id = await accepted(world)
    world.service.records[message_id].hidden = True
    await world.wait(7200)
    await world.poll()
    world.service.records[message_id].hidden = False
    await show(world, message_id, 6, 7)
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]


@timeless
async def test_a_list_during_the_request_settles_nothing() -> None:
    """The answer is still to come."""
    world = World()
    world.service.answers.append(Answer(after=5))
    sending = asyncio.create_task(world.send())
    await world.settle()
    await world.poll()
    assert world.stages == [Stage.CHECKING]
    assert (await sending).stage is Stage.ACCEPTED


@timeless
async def test_a_later_attempt_is_looked_for_as_long_as_the_first() -> None:
    """From its own beginning on."""
    world = World()
    world.service.answers += [OUT_OF_REACH, LOST_BEFORE_WORK]
    await world.send()
    await world.wait(300)
    await world.poll()
    await world.wait(119)
    await world.poll()
    assert world.stages == [Stage.CHECKING]
    await world.wait(1)
    await world.poll()
    assert world.told == [(Outcome.FAILED, "unconfirmed")]


@timeless
async def test_a_list_during_a_later_attempt_settles_nothing_either() -> None:
    """However long that takes, it is neither found nor given up before its answer, by which the service tells the id."""
    world = World()
    world.service.answers += [OUT_OF_REACH, Answer(after=200)]
    await world.send()
    await world.poll()
    for _ in range(6):
        await world.wait(30)
        await world.poll()
        assert world.stages == [Stage.CHECKING]
    await world.wait(30)
    assert [message.id_was_told for message in world.outbox.messages] == [True]
    assert world.told == []


@timeless
async def test_it_says_whether_a_record_could_be_one_that_is_looked_for() -> None:
    """Only then is it worth reading the list for what the service rings about."""
    world = World()
    await accepted(world)
    world.service.answers.append(OUT_OF_REACH)
    await world.send("waits")
    assert not world.outbox.is_looking
    world.service.answers.append(LOST_BEFORE_WORK)
    await world.send("in doubt")
    assert world.outbox.is_looking


@timeless
async def test_a_fault_of_our_own_leaves_the_message_in_doubt(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody knows how far the request has got, and the log shows what happened."""
    world = World()

    async def break_down(sms: OutgoingSms) -> int:
        raise LookupError("Something is missing")

    world.service.send_message = break_down  # type: ignore[method-assign]
    assert (await world.send()).stage is Stage.CHECKING
    assert "Something is missing" in caplog.text


# --- callers that do not wait -----------------------------------------------------------------


@timeless
async def test_a_caller_is_answered_in_time() -> None:
    """Whatever the network does. The attempt goes on."""
    world = World()
    world.service.answers.append(Answer(after=25))
    started = world.now()
    receipt = await world.send()
    assert (receipt.state, receipt.message_id, receipt.route) == ("checking", None, Route(HALL, 0))
    assert world.now() - started == timedelta(seconds=10)
    await world.wait(30)
    assert world.stages == [Stage.ACCEPTED]
    assert world.told == []


@timeless
async def test_a_caller_that_was_told_too_early_hears_of_a_refusal() -> None:
    """As a report, once."""
    world = World()
    world.service.answers.append(Answer(error=RequestRefusedError("No"), works=False, after=25))
    await world.send()
    await world.wait(30)
    assert world.told == [(Outcome.FAILED, "refused")]
    assert world.reports[0].message.route == Route(HALL, 0)
    assert world.stages == []


@timeless
async def test_a_cancelled_script_does_not_cancel_a_request() -> None:
    """The message is followed as if nothing had happened."""
    world = World()
    world.service.answers.append(Answer(after=5))
    script = asyncio.create_task(world.send())
    await world.settle()
    script.cancel()
    with pytest.raises(asyncio.CancelledError):
        await script
    await world.wait(10)
    assert world.stages == [Stage.ACCEPTED]
    assert len(world.service.records) == 1
    assert world.told == []


@timeless
async def test_the_failure_of_a_cancelled_script_is_reported() -> None:
    """Nobody else would hear of it."""
    world = World(keep_unsent=timedelta())
    world.service.answers.append(Answer(error=UnreachableError(request_sent=False), works=False, after=5))
    script = asyncio.create_task(world.send())
    await world.settle()
    script.cancel()
    with pytest.raises(asyncio.CancelledError):
        await script
    await world.wait(10)
    assert world.told == [(Outcome.FAILED, "expired")]
    assert world.stages == []


@timeless
async def test_a_script_that_is_cancelled_at_the_moment_of_the_failure_is_no_gap() -> None:
    """The error is there, but nobody takes it any more."""
    world = World(keep_unsent=timedelta())
    world.service.answers.append(Answer(error=UnreachableError(request_sent=False), works=False, after=5))
    script = asyncio.create_task(world.send())
    await world.settle()
    (attempt,) = world.tasks
    attempt.add_done_callback(lambda _: script.cancel())
    with pytest.raises(asyncio.CancelledError):
        await script
    await world.settle()
    assert world.told == [(Outcome.FAILED, "expired")]


@timeless
async def test_an_attempt_that_is_ended_from_outside_stays_in_doubt() -> None:
    """As when Home Assistant stops; neither caller nor loop gets an exception."""
    world = World()
    world.service.answers.append(NEVER)
    sending = asyncio.create_task(world.send())
    await world.settle()
    world.kill()
    assert (await sending).stage is Stage.CHECKING


@timeless
async def test_of_several_that_are_ended_from_outside_each_is_answered() -> None:
    """What was wrong from the beginning is still wrong, and of the others it is said by which phone they may have gone."""
    world = World()
    world.service.answers.append(NEVER)
    sending = asyncio.create_task(world.send_all(" ", "The cellar is wet"))
    await world.settle()
    for task in world.tasks:
        task.cancel()
    empty, other = await sending
    assert (empty.state, type(empty.error)) == ("failed", EmptyMessageError)
    assert (other.state, other.error, other.route) == ("checking", None, Route(HALL, 0))


# --- what is written down ---------------------------------------------------------------------


@timeless
async def test_what_is_being_written_down_is_in_the_answer_already() -> None:
    """Given an outcome that a slow disk keeps from being told, the caller does not take the message for failed."""
    world = World()
    world.service.answers.append(Answer(after=2.0))
    sending = asyncio.create_task(world.outbox.send_all([Draft(number=ANNA, text="The cellar is wet")]))
    await world.wait(1)
    world.disk_is = "hanging"
    await world.wait(1.5)
    (record,) = world.service.records.values()
    record.status = MessageStatus.DELIVERED
    polling = asyncio.create_task(world.poll())
    (receipt,) = await sending
    assert receipt.state == "delivered"
    world.disk_is = "fine"
    await polling
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]


@timeless
async def test_what_was_found_although_refused_is_not_raised_once_it_has_failed() -> None:
    """The phone could not send it, which is told by a report while the answer is on its way; one end is enough."""
    world = World(keep_unsent=timedelta(), failover=False)
    world.service.answers.append(Answer(error=RequestRefusedError("No"), after=2.0))
    sending = asyncio.create_task(world.send())
    await world.wait(1)
    world.disk_is = "hanging"
    await world.wait(1.5)
    (record,) = world.service.records.values()
    record.status = MessageStatus.GENERIC_FAILURE
    polling = asyncio.create_task(world.poll())
    assert (await sending).state == "failed"
    world.disk_is = "fine"
    await polling
    assert world.told == [(Outcome.FAILED, "generic_failure")]


@pytest.mark.parametrize("trouble", ["full", "broken", "hanging"])
def test_a_disk_in_trouble_does_not_silence_an_alarm(trouble: Any) -> None:
    """The attempt is made in time all the same."""

    @timeless
    async def check() -> None:
        world = World()
        world.disk_is = trouble
        started = world.now()
        assert (await world.send()).stage is Stage.ACCEPTED
        assert world.now() - started < timedelta(seconds=10)
        assert len(world.service.records) == 1

    check()


@pytest.mark.parametrize("trouble", ["full", "broken", "hanging"])
def test_with_a_disk_in_trouble_nothing_is_repeated(trouble: Any) -> None:
    """What surely failed is the caller's error, since it could not be kept."""

    @timeless
    async def check() -> None:
        world = World()
        world.disk_is = trouble
        world.service.answers.append(OUT_OF_REACH)
        with pytest.raises(UnreachableError):
            await world.send()
        world.disk_is = "fine"
        await world.poll()
        assert len(world.service.requests) == 1
        assert world.stages == []

    check()


@timeless
async def test_a_retry_is_not_made_unless_it_is_written_down() -> None:
    """A restart would find it waiting, and send it once more."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send()
    world.disk_is = "full"
    await world.poll()
    assert len(world.service.requests) == 1
    assert world.stages == [Stage.WAITING]
    world.disk_is = "fine"
    await world.poll()
    assert len(world.service.requests) == 2
    assert world.stages == [Stage.ACCEPTED]


@timeless
async def test_a_disk_that_fails_between_two_retries_ends_the_round() -> None:
    """What could not be written down waits for the next list; nothing goes round in a circle meanwhile."""
    world = World()
    world.service.answers += [OUT_OF_REACH] * 3
    for text in ("one", "two", "three"):
        await world.send(text)
    send_message = world.service.send_message

    async def send_and_fill_the_disk(sms: OutgoingSms) -> int:
        world.disk_is = "full"
        return await send_message(sms)

    world.service.send_message = send_and_fill_the_disk  # type: ignore[method-assign]
    world.crash_in = 100
    await world.poll()
    assert world.stages == [Stage.ACCEPTED, Stage.WAITING, Stage.WAITING]
    assert world.crash_in > 50


@timeless
async def test_a_failover_is_not_made_unless_it_is_written_down() -> None:
    """A restart would find the first phone's failure again, and go through the second one once more."""
    world = World()
    message_id = await accepted(world)
    world.disk_is = "full"
    await show(world, message_id, 9)
    assert len(world.service.requests) == 1
    world.restart()
    world.disk_is = "fine"
    await world.poll()
    assert len(world.service.requests) == 2


@timeless
async def test_what_could_not_be_written_down_is_at_the_next_occasion() -> None:
    """Even if nothing else happens until then."""
    world = World()
    message_id = await accepted(world)
    world.disk_is = "full"
    await show(world, message_id, 7)
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]
    world.disk_is = "fine"
    await world.poll()
    assert world.kept == []


@timeless
async def test_nothing_is_written_when_nothing_has_changed() -> None:
    """Many a Home Assistant lives on a memory card."""
    world = World()
    await accepted(world)
    world.disk = "untouched"
    for _ in range(5):
        await world.poll()
        await world.outbox.tick()
    assert world.disk == "untouched"


@timeless
async def test_a_report_is_told_after_it_is_written_down() -> None:
    """So a restart does not tell it again."""
    world = World()
    message_id = await accepted(world)
    await show(world, message_id, 6)
    world.restart()
    await world.poll()
    await show(world, message_id, 7)
    world.restart()
    await world.poll()
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]


@timeless
async def test_a_listener_that_breaks_keeps_nobody_from_the_news(caplog: pytest.LogCaptureFixture) -> None:
    """The log says that it did."""
    world = World()
    first, second = await accepted(world), await accepted(world)
    world.deaf = True
    await show(world, first, 7)
    assert "could not be told" in caplog.text
    world.deaf = False
    await show(world, second, 7)
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]


# --- restarts ---------------------------------------------------------------------------------


@timeless
async def test_an_outcome_that_a_kill_keeps_from_being_told_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """It is not told again, since nobody knows whether it was, but the log says so, once."""
    world = World()
    message_id = await accepted(world)
    world.service.records[message_id].status = 7
    world.crash_in = 1
    polling = asyncio.create_task(world.poll())
    await world.wait(1)
    polling.cancel()
    assert world.told == []
    with caplog.at_level(logging.WARNING):
        world.restart()
    assert f"{message_id} sent, {message_id} delivered" in caplog.text
    await world.poll()
    assert world.told == []

    caplog.clear()
    await accepted(world)
    world.restart()
    assert caplog.text == ""


@timeless
async def test_an_outcome_that_was_told_is_no_news_for_the_next_start(caplog: pytest.LogCaptureFixture) -> None:
    """The log speaks of those alone of which nobody knows; and one that never had an id leaves no damage behind."""
    world = World()
    await show(world, await accepted(world), 7)
    world.service.answers.append(OUT_OF_REACH)
    await world.send("late")
    await world.wait(600)
    await world.outbox.tick()
    await world.settle()
    assert [outcome for outcome, _ in world.told] == [Outcome.SENT, Outcome.DELIVERED, Outcome.FAILED]
    world.restart()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@timeless
async def test_open_messages_survive_a_restart() -> None:
    """Whatever stage they are in."""
    world = World()
    await accepted(world, "accepted", sim=1, recipient_id="anna")
    world.service.answers.extend([LOST_AFTER_WORK, OUT_OF_REACH])
    await world.send("in doubt")
    await world.send("waiting", phone_id=ATTIC)
    before = world.outbox.messages
    world.restart()
    assert world.outbox.messages == tuple(
        message.looked_for_from(world.now()) if message.stage is Stage.CHECKING else message for message in before
    )
    await world.poll()
    assert world.stages == [Stage.ACCEPTED] * 3
    assert len(world.service.records) == 3


@timeless
async def test_after_a_restart_a_message_is_looked_for_anew() -> None:
    """What happened meanwhile may show up late."""
    world = World()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), seen_after=150))
    await world.send()
    await world.wait(100)
    world.restart()
    await world.wait(40)
    await world.poll()
    assert world.stages == [Stage.CHECKING]
    await world.wait(30)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED]


@timeless
async def test_what_expired_while_nothing_ran_is_reported() -> None:
    """And not sent."""
    world = World()
    world.service.answers.append(OUT_OF_REACH)
    await world.send()
    await world.wait(3600)
    world.restart()
    await world.poll()
    assert world.told == [(Outcome.FAILED, "expired")]
    assert len(world.service.requests) == 1


@timeless
async def test_damage_does_not_keep_the_rest_from_being_restored(caplog: pytest.LogCaptureFixture) -> None:
    """And the log says that something is lost, without saying what."""
    world = World()
    await accepted(world)
    world.disk = json.dumps(
        {"messages": [{"number": ANNA}, None, *world.kept], "recognition": {}, "sent_lately": [[1]]}
    )
    with caplog.at_level(logging.ERROR):
        world.restart()
    assert world.stages == [Stage.ACCEPTED]
    assert "lost: 2" in caplog.text
    assert "recognition" in caplog.text
    assert "sent_lately" in caplog.text
    assert ANNA not in caplog.text


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        ("recognition", {"tags_return": True, "ended": []}),
        ("recognition", {"tags_return": True, "ended": {"one": "yesterday"}}),
        ("recognition", []),
        ("sent_lately", 5),
        ("sent_lately", [["yesterday", ANNA]]),
    ],
)
def test_damage_of_any_kind_costs_no_more_than_what_is_damaged(
    caplog: pytest.LogCaptureFixture, part: str, damage: Any
) -> None:
    """It starts all the same, and the log names the part."""

    @timeless
    async def check() -> None:
        world = World(max_per_hour=2)
        await accepted(world)
        world.disk = json.dumps({**json.loads(world.disk), part: damage})
        world.restart()
        assert part in caplog.text
        assert world.stages == [Stage.ACCEPTED]
        await accepted(world)

    check()


@timeless
async def test_what_an_older_version_has_not_written_is_no_damage(caplog: pytest.LogCaptureFixture) -> None:
    """Nor does it cost the rest."""
    world = World(max_per_hour=1)
    await accepted(world)
    kept = json.loads(world.disk)
    world.disk = json.dumps({"messages": kept["messages"], "sent_lately": kept["sent_lately"]})
    world.restart()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    with pytest.raises(TooManyMessagesError):
        await world.send()


@pytest.mark.parametrize("answer", [Answer(), OUT_OF_REACH, LOST_AFTER_WORK, LOST_BEFORE_WORK, REFUSED])
@pytest.mark.parametrize("steps", range(14))
def test_a_kill_at_any_point_sends_nothing_twice(answer: Answer, steps: int) -> None:
    """Before and after each write, request and answer, also of the second attempt."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.answers.append(answer)
        world.crash_in = steps
        script = asyncio.create_task(world.send())
        await world.wait(20)
        polling = asyncio.create_task(world.poll())
        await world.wait(1)
        script.cancel()
        polling.cancel()
        await asyncio.gather(script, polling, return_exceptions=True)

        world.restart()
        for _ in range(5):
            await world.poll()
            await world.wait(60)
        assert len(world.service.records) <= 1
        # What a kill leaves open ends all the same.
        for status in (6, 7):
            for record in world.service.records.values():
                record.status = status
            await world.poll()
        assert world.stages == []

    check()


# --- following --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ([1, 3, 2, 6, 7], ["sent", "delivered"]),
        ([7], ["sent", "delivered"]),
        ([6, 6, 6], ["sent"]),
        ([4], ["sent"]),
        ([4, 6, 7], ["sent", "delivered"]),
        ([6, 1, 2, 6], ["sent"]),
        ([42, 6, 43, 7], ["sent", "delivered"]),
        ([7, 6, 9], ["sent", "delivered"]),
        ([6, 8], ["sent", "failed"]),
        ([8, 7], ["failed"]),
        ([8, 6, 7], ["failed"]),
        ([6, 9, 7], ["sent", "failed"]),
        ([9, 1, 6, 7], ["failed"]),
        ([5, 0, -1, 999], []),
    ],
)
def test_each_outcome_is_told_once(statuses: list[int], told: list[str]) -> None:
    """In whatever order the states come, and final is final."""

    @timeless
    async def check() -> None:
        world = World(failover=False)
        await show(world, await accepted(world), *statuses)
        assert [outcome for outcome, _ in world.told] == told

    check()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (8, "not_delivered"),
        (9, "generic_failure"),
        (10, "no_service"),
        (11, "null_pdu"),
        (12, "radio_off"),
        (100, "not_allowed"),
        (101, "not_allowed"),
    ],
)
def test_a_failure_has_a_reason(status: int, reason: str) -> None:
    """Stable words, by which automations tell them apart, with the service's own words beside them."""

    @timeless
    async def check() -> None:
        world = World(failover=False)
        message_id = await accepted(world)
        await show(world, message_id, status)
        (report,) = world.reports
        assert (report.outcome, report.reason, report.status_text) == (Outcome.FAILED, reason, f"status {status}")
        assert (report.message.message_id, report.message.status) == (message_id, status)
        assert world.stages == []

    check()


@pytest.mark.parametrize("statuses", [[], [1], [2], [3], [42]])
def test_what_never_leaves_the_phone_is_given_up_after_a_day(statuses: list[int]) -> None:
    """Once, and only when a list was read."""

    @timeless
    async def check() -> None:
        world = World()
        await show(world, await accepted(world), *statuses)
        await world.wait(86_399)
        await world.poll()
        await world.wait(1)
        await world.outbox.tick()
        assert world.told == []
        await world.poll()
        await world.poll()
        assert world.told == [(Outcome.FAILED, "no_report")]
        assert world.stages == []

    check()


@pytest.mark.parametrize("statuses", [[6], [4], [6, 1], [6, 42]])
def test_what_was_sent_stays_sent(statuses: list[int]) -> None:
    """Without a delivery report it ends quietly, also if the service has taken the word back."""

    @timeless
    async def check() -> None:
        world = World()
        await show(world, await accepted(world), *statuses)
        await world.wait(24 * 3600)
        await world.poll()
        assert world.stages == [Stage.ACCEPTED]
        await world.wait(3600)
        await world.poll()
        assert world.stages == []
        assert world.told == [(Outcome.SENT, None)]

    check()


@timeless
async def test_after_a_long_absence_the_list_is_heard_first() -> None:
    """What was delivered meanwhile is not given up."""
    world = World()
    message_id = await accepted(world)
    await world.wait(48 * 3600)
    world.restart()
    await world.outbox.tick()
    await show(world, message_id, 7)
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]


@timeless
async def test_each_status_is_told_to_who_keeps_an_eye_on_the_phones() -> None:
    """Once, with the phone that has it now, also the failure after which another phone tries."""
    world = World()
    tried: list[tuple[Route, int]] = []
    world.outbox.tried = lambda route, status: tried.append((route, status))
    first = await accepted(world)
    await show(world, first, 1, 1, 9)
    second = max(world.service.records)
    await show(world, second, 6, 6)
    await world.outbox.observe([a_record(second, 7, phone_id="3")])
    await world.outbox.hear(second, 7, "delivered")
    assert tried == [(Route(HALL, 0), 9), (Route(ATTIC, 0), 6), (Route("3", 0), 7)]


# --- failover ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", FAILOVER)
def test_another_phone_sends_what_one_could_not(status: int) -> None:
    """Once, with a tag of its own, and nobody hears of the first failure."""

    @timeless
    async def check() -> None:
        world = World()
        first = await accepted(world)
        await show(world, first, status)
        assert [sms.phone_id for sms in world.service.requests] == [HALL, ATTIC]
        assert world.service.requests[0].customer_id != world.service.requests[1].customer_id

        second = max(world.service.records)
        await show(world, first, 1, 6, 7)
        assert world.told == []
        await show(world, second, 6, 7)
        assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]
        assert world.reports[0].message.message_id == second
        assert world.reports[0].message.route == Route(ATTIC, 0)

    check()


@pytest.mark.parametrize(("first", "second"), [(9, 10), (12, 100), (101, 8)])
def test_if_both_phones_fail_the_last_reason_counts(first: int, second: int) -> None:
    """One report; there is no third attempt."""

    @timeless
    async def check() -> None:
        world = World(phones=[a_state(HALL, 0), a_state(ATTIC, 0), a_state("3", 0)])
        message_id = await accepted(world)
        await show(world, message_id, first)
        await show(world, max(world.service.records), second)
        assert len(world.service.requests) == 2
        (report,) = world.reports
        assert report.outcome is Outcome.FAILED
        assert report.message.status == second
        assert report.status_text == f"status {second}"

    check()


@pytest.mark.parametrize(
    "statuses",
    [
        pytest.param([8], id="it left the phone and may still arrive"),
        pytest.param([6, 9], id="it was told to be sent"),
        pytest.param([4, 9], id="it was told to be sent, in other words"),
    ],
)
def test_what_may_have_left_a_phone_goes_through_no_other(statuses: list[int]) -> None:
    """The recipient would get it twice."""

    @timeless
    async def check() -> None:
        world = World()
        await show(world, await accepted(world), *statuses)
        assert len(world.service.requests) == 1
        assert world.told[-1][0] is Outcome.FAILED

    check()


@pytest.mark.parametrize("others", [[], [a_state(ATTIC, 0, online=False)], [a_state(ATTIC, 0, online=None)]])
def test_without_another_phone_online_it_fails_at_once(others: list[Any]) -> None:
    """There is nothing to wait for."""

    @timeless
    async def check() -> None:
        world = World(phones=[a_state(HALL, 0), *others])
        await show(world, await accepted(world), 9)
        assert world.told == [(Outcome.FAILED, "generic_failure")]
        assert world.stages == []

    check()


@timeless
async def test_no_failover_if_it_is_switched_off() -> None:
    """Another phone is another number and another bill."""
    world = World(failover=False)
    await show(world, await accepted(world), 9)
    assert len(world.service.requests) == 1
    assert world.told == [(Outcome.FAILED, "generic_failure")]


@timeless
async def test_a_message_with_a_phone_of_its_own_fails_over_too() -> None:
    """To any other phone with the SIM that it has."""
    world = World(phones=[a_state(HALL, 0, 1), a_state(ATTIC, 0)])
    await show(world, await accepted(world, phone_id=HALL, sim=1), 9)
    assert (world.service.requests[1].phone_id, world.service.requests[1].sim) == (ATTIC, 0)


@timeless
async def test_a_sim_that_was_asked_for_of_any_phone_is_asked_for_again() -> None:
    """The second phone is chosen by it."""
    world = World(phones=[a_state(HALL, 0, 1), a_state(ATTIC, 0), a_state("3", 0, 1, online=True)])
    await show(world, await accepted(world, sim=1), 9)
    assert world.service.requests[1].sim == 1
    assert world.service.requests[1].phone_id != ATTIC


@timeless
async def test_a_failover_has_time_of_its_own() -> None:
    """The message may have been on its phone for much longer than it would have been kept."""
    world = World(keep_unsent=timedelta())
    message_id = await accepted(world)
    await world.wait(3600)
    world.service.answers.append(OUT_OF_REACH)
    await show(world, message_id, 9)
    assert world.stages == [Stage.WAITING]
    await world.wait(119)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED]
    assert len(world.service.requests) == 3


@timeless
async def test_what_the_first_phone_says_while_another_is_to_try_changes_nothing() -> None:
    """Its word was that it could not send; whatever it says later is about a message that is on its way elsewhere."""
    world = World()
    message_id = await accepted(world)
    world.disk_is = "full"
    await show(world, message_id, 9)
    assert world.stages == [Stage.WAITING]
    world.disk_is = "fine"
    await world.outbox.hear(message_id, 7, "delivered")
    await show(world, message_id, 7)
    assert world.told == []
    assert [record.sms.phone_id for record in world.service.records.values()] == [HALL, ATTIC]


@timeless
async def test_a_failover_that_found_no_way_tells_the_first_failure() -> None:
    """It is what the user can act upon."""
    world = World()
    message_id = await accepted(world)
    world.service.answers.append(OUT_OF_REACH)
    await show(world, message_id, 12)
    await world.wait(600)
    await world.outbox.tick()
    (report,) = world.reports
    assert (report.outcome, report.reason, report.status_text) == (Outcome.FAILED, "radio_off", "status 12")
    assert report.message.message_id is None


@timeless
async def test_a_failover_whose_phone_leaves_in_between_fails_at_once() -> None:
    """The phone that was there when it was decided is gone when it is done."""
    world = World()
    message_id = await accepted(world)
    world.service.answers.append(OUT_OF_REACH)
    await show(world, message_id, 9)
    world.phones = world.phones[:1]
    await world.poll()
    assert world.told == [(Outcome.FAILED, "generic_failure")]
    assert world.stages == []


@timeless
async def test_a_failover_in_doubt_is_looked_for_and_repeated_once() -> None:
    """As any other attempt, since the first phone's record has shown that tags come back."""
    world = World()
    message_id = await accepted(world)
    world.service.answers += [LOST_BEFORE_WORK, LOST_BEFORE_WORK]
    await show(world, message_id, 9)
    assert world.stages == [Stage.CHECKING]
    for _ in range(2):
        await world.wait(121)
        await world.poll()
    await world.wait(10)
    assert world.told == [(Outcome.FAILED, "unconfirmed")]
    assert [sms.phone_id for sms in world.service.requests] == [HALL, ATTIC, ATTIC]


@timeless
async def test_a_record_that_names_no_phone_fails_over_to_another_one() -> None:
    """Not to the one that has just failed."""
    world = World()
    message_id = await accepted(world)
    await world.outbox.observe([a_record(message_id, 9, phone_id="")])
    await world.settle()
    assert world.service.requests[1].phone_id == ATTIC


@timeless
async def test_a_failover_survives_a_restart() -> None:
    """And the second phone is asked once."""
    world = World()
    message_id = await accepted(world)
    world.service.answers.append(OUT_OF_REACH)
    await show(world, message_id, 9)
    world.restart()
    await world.poll()
    await world.poll()
    assert [record.sms.phone_id for record in world.service.records.values()] == [HALL, ATTIC]


# --- the flood guard --------------------------------------------------------------------------


@timeless
async def test_more_than_allowed_is_an_error() -> None:
    """Per number and hour."""
    world = World(max_per_hour=2)
    await accepted(world)
    await world.wait(1800)
    await accepted(world)
    with pytest.raises(TooManyMessagesError):
        await world.send()
    await world.send(number=BEN)
    await world.wait(1800)
    await accepted(world)
    with pytest.raises(TooManyMessagesError):
        await world.send()


@timeless
async def test_what_is_in_doubt_or_waits_counts() -> None:
    """It may have been sent, or will be."""
    world = World(max_per_hour=2)
    world.service.answers.extend([LOST_BEFORE_WORK, OUT_OF_REACH])
    await world.send()
    await world.send()
    with pytest.raises(TooManyMessagesError):
        await world.send()


@timeless
async def test_what_was_surely_never_handed_over_does_not_count() -> None:
    """An outage must not use up what an alarm needs when it is over."""
    world = World(max_per_hour=1, keep_unsent=timedelta(minutes=1))
    for _ in range(3):
        world.service.answers.append(REFUSED)
        with pytest.raises(RequestRefusedError):
            await world.send()
        world.service.answers.append(OUT_OF_REACH)
        await world.send()
        await world.wait(60)
        await world.outbox.tick()
    assert world.told == [(Outcome.FAILED, "expired")] * 3
    await accepted(world)
    with pytest.raises(TooManyMessagesError):
        await world.send()


@timeless
async def test_what_may_have_been_sent_counts_after_its_end_as_well() -> None:
    """Neither what was looked for in vain nor what was put up for one more attempt was surely never handed over."""
    world = World(max_per_hour=1)
    await world.send(number=BEN)
    await world.poll()
    world.service.answers += [LOST_BEFORE_WORK, OUT_OF_REACH]
    await world.send()
    await world.wait(121)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED, Stage.WAITING]
    await world.wait(500)
    await world.outbox.tick()
    assert world.told == [(Outcome.FAILED, "unconfirmed")]
    with pytest.raises(TooManyMessagesError):
        await world.send()

    world = World(max_per_hour=1)
    world.service.answers.append(LOST_BEFORE_WORK)
    await world.send()
    await world.wait(121)
    await world.poll()
    assert world.told == [(Outcome.FAILED, "unconfirmed")]
    with pytest.raises(TooManyMessagesError):
        await world.send()


@timeless
async def test_a_failed_failover_still_counts() -> None:
    """The first phone had the message."""
    world = World(max_per_hour=1)
    message_id = await accepted(world)
    world.service.answers.append(REFUSED)
    await show(world, message_id, 9)
    assert world.told == [(Outcome.FAILED, "refused")]
    with pytest.raises(TooManyMessagesError):
        await world.send()
