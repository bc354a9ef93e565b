"""The outbox with several messages at once: handed over together, and each found again."""

import asyncio
from datetime import timedelta
import logging
from typing import Any

import pytest

from custom_components.smsgateway24.api import (
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from custom_components.smsgateway24.messaging.outbox import EmptyMessageError, TooManyMessagesError
from custom_components.smsgateway24.messaging.outgoing import Draft, Outcome, Stage
from custom_components.smsgateway24.messaging.routing import NoPhoneError

from .timeless import timeless
from .world import ANNA, ATTIC, BEN, HALL, START, Answer, Tags, World, a_state

TAGS: list[Tags] = ["echoed", "dropped", "zeroed", "clamped"]
TEXTS = ["one", "two", "three"]


async def send(world: World, *texts: str, **wishes: Any) -> list[str]:
    """Send texts together, and return where each of them stands."""
    return [receipt.state for receipt in await world.send_all(*texts, **wishes)]


@pytest.mark.parametrize("tags", TAGS)
def test_several_messages_are_one_request_and_one_read(tags: Tags) -> None:
    """The answer tells no ids, the list does, whatever becomes of the tags."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.tags = tags
        receipts = await world.send_all(*TEXTS)
        assert world.service.bulks == [3]
        assert world.service.looks == 1
        assert [receipt.state for receipt in receipts] == ["accepted"] * 3
        texts = {record.id: record.sms.text for record in world.service.records.values()}
        assert [texts[receipt.message_id or 0] for receipt in receipts] == TEXTS

    check()


@timeless
async def test_one_message_goes_by_itself() -> None:
    """That request tells the id."""
    world = World()
    assert await send(world, "one") == ["accepted"]
    assert world.service.bulks == []
    assert world.service.looks == 0


@pytest.mark.parametrize("tags", TAGS)
def test_equal_texts_to_equal_numbers_are_told_apart(tags: Tags) -> None:
    """They are as many messages as were sent."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.tags = tags
        receipts = await world.send_all("one", "one", "one")
        assert len({receipt.message_id for receipt in receipts} - {None}) == 3

    check()


@timeless
async def test_a_thousand_messages_take_few_requests() -> None:
    """Twenty batches, with a read for every five of them, and each message has its id."""
    world = World()
    receipts = await world.send_all(*(f"message {number}" for number in range(1000)))
    assert world.service.bulks == [50] * 20
    assert world.service.looks == 4
    assert len({receipt.message_id for receipt in receipts} - {None}) == 1000


@pytest.mark.parametrize(
    "error",
    [
        None,
        UnreachableError(request_sent=True),
        UnreadableAnswerError(200),
        RequestRefusedError("The list is too long"),
    ],
    ids=["success", "no answer", "unreadable", "refused"],
)
def test_of_a_bulk_done_in_part_each_fate_is_told(error: SmsGateway24Error | None) -> None:
    """Whatever the answer said. What stands is not repeated, of what is missing nobody knows."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.tags = "dropped"
        world.service.answers.append(Answer(error=error, part=2))
        assert await send(world, *TEXTS) == ["accepted", "accepted", "checking"]
        await world.wait(120)
        await world.poll()
        assert world.told == [(Outcome.FAILED, "unconfirmed")]
        assert [len(world.service.of_text(text)) for text in TEXTS] == [1, 1, 0]

    check()


@timeless
async def test_what_is_missing_is_sent_once_more_where_tags_come_back() -> None:
    """And only that."""
    world = World()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), part=1))
    assert await send(world, *TEXTS) == ["accepted", "checking", "checking"]
    await world.wait(120)
    await world.poll()
    await world.wait(5)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED] * 3
    assert [len(world.service.of_text(text)) for text in TEXTS] == [1, 1, 1]


@timeless
async def test_what_waited_goes_out_after_a_bulk_of_which_a_part_was_done() -> None:
    """The service is there again, whatever became of the rest, so the next list need not be waited for."""
    world = World()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=False), works=False))
    assert await send(world, "zero") == ["waiting"]
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), part=1))
    assert await send(world, *TEXTS) == ["accepted", "checking", "checking"]
    await world.settle()
    assert len(world.service.of_text("zero")) == 1


@timeless
async def test_a_bulk_that_gets_through_ends_the_pause_that_the_service_asked_for() -> None:
    """What waited for its end goes out at once."""
    world = World()
    world.service.answers.append(Answer(error=ThrottledError(100), works=False))
    assert await send(world, "zero") == ["waiting"]
    assert await send(world, *TEXTS) == ["accepted"] * 3
    await world.settle()
    assert len(world.service.of_text("zero")) == 1


@timeless
async def test_the_callers_of_a_refused_bulk_hear_the_services_words() -> None:
    """Although it is not known yet whether nothing was done."""
    world = World()
    world.service.answers.append(Answer(error=RequestRefusedError("No credit"), works=False))
    receipts = await world.send_all(*TEXTS)
    assert [receipt.state for receipt in receipts] == ["checking"] * 3
    assert {str(getattr(receipt.error, "message", "")) for receipt in receipts} == {"No credit"}


@timeless
async def test_out_of_reach_all_of_them_are_kept() -> None:
    """One request finds out, and when the service is back one goes first, then the others together."""
    world = World()
    error = UnreachableError(request_sent=False)
    world.service.answers.append(Answer(error=error, works=False))
    receipts = await world.send_all(*(f"message {number}" for number in range(120)))
    assert [(receipt.state, receipt.error) for receipt in receipts] == [("waiting", error)] * 120
    assert world.service.bulks == [50]

    await world.poll()
    await world.wait(10)
    assert world.service.bulks == [50, 50, 50, 19]
    assert world.stages == [Stage.ACCEPTED] * 120
    assert len(world.service.records) == 120


@timeless
async def test_lists_that_come_between_the_batches_change_nothing_about_them() -> None:
    """What waits for its batch is in hand, and goes with it."""
    world = World()
    world.service.answers += [
        Answer(error=UnreachableError(request_sent=False), works=False),
        Answer(after=2),
        Answer(),
        Answer(after=2),
    ]
    assert await send(world, "zero") == ["waiting"]
    sending = asyncio.create_task(world.send_all(*(f"message {number}" for number in range(120))))
    for _ in range(5):
        await world.wait(0.7)
        await world.poll()
    receipts = await sending
    assert world.service.bulks == [50, 50, 20]
    assert {receipt.state for receipt in receipts} == {"accepted"}


@timeless
async def test_what_expires_while_it_waits_for_its_batch_is_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    """The deadline counts, not the moment at which the whole was begun, and its end is told."""
    world = World()
    world.service.answers.append(Answer(after=6))
    drafts = [
        Draft(number=ANNA, text=f"message {number}", expire_after=timedelta(seconds=5) if number >= 50 else None)
        for number in range(60)
    ]
    await world.outbox.send_all([*drafts, Draft(number=ANNA, text="the last")])
    assert [sms.text for sms in world.service.requests[50:]] == ["the last"]
    await world.poll()
    assert len(world.service.requests) == 51
    assert world.told == [(Outcome.FAILED, "expired")] * 10
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@timeless
async def test_after_a_batch_that_was_not_answered_the_next_ones_go_out_once_it_is_found() -> None:
    """Nothing is wrong with the service then."""
    world = World()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True)))
    assert set(await send(world, *(f"message {number}" for number in range(120)))) == {"accepted"}
    assert world.service.bulks == [50, 50, 20]


@timeless
async def test_no_more_batches_go_out_while_nobody_can_see_what_became_of_one() -> None:
    """A service in trouble leaves one batch in doubt at most, not all."""
    world = World()
    world.service.readable = False
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True)))
    states = await send(world, *(f"message {number}" for number in range(120)))
    assert states == ["checking"] * 50 + ["waiting"] * 70
    assert world.service.bulks == [50]
    world.service.readable = True
    await world.poll()
    await world.wait(1)
    assert world.stages == [Stage.ACCEPTED] * 120
    assert len(world.service.records) == 120


@timeless
async def test_with_nothing_kept_all_of_them_fail_and_say_so() -> None:
    """In the answer and as events, since nobody may look at the answer."""
    world = World(keep_unsent=timedelta())
    error = UnreachableError(request_sent=False)
    world.service.answers.append(Answer(error=error, works=False))
    receipts = await world.send_all(*(f"message {number}" for number in range(60)))
    assert {(receipt.state, receipt.stage, receipt.error) for receipt in receipts} == {("failed", None, error)}
    assert world.told == [(Outcome.FAILED, "expired")] * 60
    assert world.kept == []


@timeless
async def test_one_that_cannot_be_sent_does_not_stop_the_others() -> None:
    """Each has an answer of its own."""
    world = World(max_per_hour=2)
    drafts = [
        Draft(number=ANNA, text="one"),
        Draft(number=ANNA, text=" "),
        Draft(number=ANNA, text="two", phone_id="gone"),
        Draft(number=f"{ANNA},{BEN}", text="three"),
        Draft(number=ANNA, text="four"),
        Draft(number=ANNA, text="five"),
        Draft(number=BEN, text="six"),
    ]
    receipts = await world.outbox.send_all(drafts)
    assert [receipt.draft for receipt in receipts] == drafts
    assert [receipt.state for receipt in receipts] == [
        "accepted",
        "failed",
        "failed",
        "failed",
        "accepted",
        "failed",
        "accepted",
    ]
    assert [type(receipt.error) for receipt in receipts if receipt.error] == [
        EmptyMessageError,
        NoPhoneError,
        ValueError,
        TooManyMessagesError,
    ]
    assert [sms.text for sms in world.service.requests] == ["one", "four", "six"]


@timeless
async def test_nothing_is_nothing() -> None:
    """No messages are no request."""
    world = World()
    assert await world.outbox.send_all([]) == []
    assert world.service.requests == []


@timeless
async def test_a_list_that_is_late_is_read_again() -> None:
    """So that most callers are told the ids."""
    world = World()
    world.service.answers.append(Answer(seen_after=2))
    assert await send(world, *TEXTS) == ["accepted"] * 3
    assert world.service.looks == 3


@timeless
async def test_all_that_was_asked_for_is_told_to_the_service() -> None:
    """Also in a bulk."""
    world = World()
    at = START + timedelta(days=1)
    await world.outbox.send_all(
        [
            Draft(number=ANNA, text="one", phone_id=ATTIC, sim=1, send_at=at, urgent=True, customer_id=42),
            Draft(number=BEN, text="two"),
        ]
    )
    first, second = world.service.requests
    assert (first.phone_id, first.sim, first.send_at, first.urgent, first.customer_id) == (ATTIC, 1, at, True, 42)
    assert (second.phone_id, second.sim, second.send_at, second.urgent) == (HALL, 0, None, False)


# --- waiting for the outcome --------------------------------------------------------------------


@timeless
async def test_a_caller_may_wait_for_the_outcome() -> None:
    """Of all messages, while everything else goes on."""
    world = World()
    sending = asyncio.create_task(world.send_all("one", "two", wait_for=Outcome.DELIVERED, timeout=60))
    await world.wait(5)
    first, second = world.service.records.values()
    first.status, second.status = 6, 9
    world.phones = [a_state(HALL, 0)]
    await world.poll()
    assert not sending.done()
    first.status = 7
    await world.poll()
    assert sending.done()
    receipts = await sending
    assert [(receipt.state, receipt.status, receipt.status_text, receipt.reason) for receipt in receipts] == [
        ("delivered", 7, "status 7", None),
        ("failed", 9, "status 9", "generic_failure"),
    ]
    assert [receipt.message_id for receipt in receipts] == [first.id, second.id]


@timeless
async def test_sent_is_enough_for_who_waits_for_that() -> None:
    """And delivered is more than that."""
    world = World()
    sending = asyncio.create_task(world.send_all("one", "two", wait_for=Outcome.SENT, timeout=60))
    await world.wait(5)
    first, second = world.service.records.values()
    first.status, second.status = 6, 7
    await world.poll()
    assert sending.done()
    assert [receipt.state for receipt in await sending] == ["sent", "delivered"]


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.DELIVERED])
@timeless
async def test_a_failure_ends_the_wait_for_any_outcome(outcome: Outcome) -> None:
    """At once: there is nothing more to come."""
    world = World(failover=False)
    sending = asyncio.create_task(world.send_all("one", "two", wait_for=outcome, timeout=60))
    await world.wait(5)
    for record in world.service.records.values():
        record.status = 9
    await world.poll()
    assert sending.done()
    assert [receipt.state for receipt in await sending] == ["failed", "failed"]


@timeless
async def test_who_waits_in_vain_is_told_what_is_known() -> None:
    """At the end of the time."""
    world = World()
    started = world.now()
    assert await send(world, "one", wait_for=Outcome.DELIVERED, timeout=30) == ["accepted"]
    assert world.now() - started == timedelta(seconds=30)


@timeless
async def test_who_waits_for_a_delivery_is_answered_when_no_report_is_expected_any_more() -> None:
    """The message ends quietly as sent, and there is nothing left to wait for."""
    world = World()
    started = world.now()
    sending = asyncio.create_task(world.send_all("one", wait_for=Outcome.DELIVERED, timeout=48 * 3600))
    await world.wait(5)
    (record,) = world.service.records.values()
    record.status = 6
    await world.poll()
    await world.wait(25 * 3600)
    await world.poll()
    assert [receipt.state for receipt in await sending] == ["sent"]
    assert world.now() - started < timedelta(hours=26)


@timeless
async def test_who_waits_is_told_what_is_known_when_the_outbox_closes() -> None:
    """An account that is unloaded holds nobody up."""
    world = World()
    sending = asyncio.create_task(world.send_all("one", wait_for=Outcome.DELIVERED, timeout=600))
    await world.wait(5)
    world.outbox.close()
    await world.settle()
    assert sending.done()
    assert [receipt.state for receipt in await sending] == ["accepted"]


# --- a time after which it is too late ------------------------------------------------------------


@timeless
async def test_what_expires_is_given_to_an_online_phone_only() -> None:
    """Nothing that the service has can be recalled."""
    world = World(phones=[a_state(HALL, 0, online=False)])
    receipt = await world.outbox.send(Draft(number=ANNA, text="one", expire_after=timedelta(minutes=5)))
    assert (receipt.state, receipt.route) == ("waiting", None)
    assert world.service.requests == []
    assert len(world.kept) == 1

    world.phones = [a_state(HALL, 0)]
    await world.wait(60)
    await world.poll()
    assert world.stages == [Stage.ACCEPTED]


@timeless
async def test_what_has_expired_is_not_sent() -> None:
    """Also not by a phone that comes back later, and the failure is told."""
    world = World(phones=[a_state(HALL, 0, online=False)])
    await world.outbox.send(Draft(number=ANNA, text="one", expire_after=timedelta(minutes=5)))
    world.phones = [a_state(HALL, 0)]
    await world.wait(300)
    await world.poll()
    assert world.told == [(Outcome.FAILED, "expired")]
    assert world.service.requests == []


@timeless
async def test_what_has_expired_goes_through_no_other_phone() -> None:
    """A deadline holds for every attempt."""
    world = World()
    receipt = await world.outbox.send(Draft(number=ANNA, text="one", expire_after=timedelta(minutes=5)))
    await world.wait(301)
    world.service.records[receipt.message_id or 0].status = 9
    await world.poll()
    assert world.told == [(Outcome.FAILED, "generic_failure")]
    assert len(world.service.requests) == 1


@timeless
async def test_a_phone_that_is_not_online_is_used_with_a_warning() -> None:
    """If it was asked for: the service keeps the message for it."""
    world = World(phones=[a_state(HALL, 0), a_state(ATTIC, 0, online=False)])
    online = await world.outbox.send(Draft(number=ANNA, text="one"))
    offline = await world.outbox.send(Draft(number=ANNA, text="two", phone_id=ATTIC))
    assert (online.phone_offline, offline.phone_offline) == (False, True)
    assert offline.state == "accepted"


# --- what the user calls it ---------------------------------------------------------------------


@pytest.mark.parametrize("tags", TAGS)
def test_a_message_with_a_number_of_the_users_is_found_by_its_content(tags: Tags) -> None:
    """The number may be the same for many messages, so it proves nothing alone."""

    @timeless
    async def check() -> None:
        world = World()
        world.service.tags = tags
        world.service.answers += [Answer(), Answer(error=UnreachableError(request_sent=True))]
        first = await world.outbox.send(Draft(number=ANNA, text="one", customer_id=42))
        second = await world.outbox.send(Draft(number=ANNA, text="two", customer_id=42))
        assert [first.state, second.state] == ["accepted", "accepted"]
        assert world.service.records[second.message_id or 0].sms.text == "two"
        assert {sms.customer_id for sms in world.service.requests} == {42}

    check()


@timeless
async def test_a_message_with_a_number_of_the_users_is_never_repeated() -> None:
    """Not to find it proves nothing."""
    world = World()
    await world.send("known")
    await world.poll()
    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), works=False))
    await world.outbox.send(Draft(number=ANNA, text="one", customer_id=42))
    await world.wait(120)
    await world.poll()
    await world.wait(5)
    assert world.told == [(Outcome.FAILED, "unconfirmed")]
    assert len(world.service.requests) == 2


# --- what is asked for one by one -----------------------------------------------------------------


@timeless
async def test_what_no_list_shows_any_more_is_asked_for() -> None:
    """Soon after it is due, then less and less often, and its end is told."""
    world = World()
    due = START + timedelta(days=30)
    receipt = await world.outbox.send(Draft(number=ANNA, text="one", send_at=due))
    await world.wait(3 * 3600)
    assert world.outbox.to_ask_for() == []

    await world.wait((due - world.now()).total_seconds() + 15)
    assert world.outbox.to_ask_for() == [receipt.message_id]
    assert world.outbox.to_ask_for() == []
    await world.wait(30)
    assert world.outbox.to_ask_for() == [receipt.message_id]
    await world.outbox.hear(receipt.message_id or 0, 6, "sent")
    await world.outbox.hear(receipt.message_id or 0, 7, "delivered")
    assert world.told == [(Outcome.SENT, None), (Outcome.DELIVERED, None)]
    await world.wait(3600)
    assert world.outbox.to_ask_for() == []


@timeless
async def test_what_is_heard_of_one_message_is_its_own() -> None:
    """And of a message that nobody follows, nothing."""
    world = World()
    first, second = await world.send_all("one", "two")
    await world.outbox.hear(second.message_id or 0, 7, "delivered")
    await world.outbox.hear(1, 7, "delivered")
    assert [report.message.text for report in world.reports] == ["two", "two"]
    assert [message.message_id for message in world.outbox.messages] == [first.message_id]


@timeless
async def test_few_are_asked_for_at_a_time() -> None:
    """And each has its turn."""
    world = World()
    await world.send_all(*(f"message {number}" for number in range(7)))
    await world.wait(2 * 3600 + 1)
    rounds = [world.outbox.to_ask_for() for _ in range(4)]
    assert [len(asked) for asked in rounds] == [3, 3, 1, 0]
    assert len({number for asked in rounds for number in asked}) == 7


# --- what a restart must not forget -----------------------------------------------------------


@timeless
async def test_the_limit_is_counted_over_a_restart() -> None:
    """An automation that runs wild is not set free by it."""
    world = World(max_per_hour=1)
    await world.send()
    world.restart()
    with pytest.raises(TooManyMessagesError):
        await world.send()
    await world.wait(3600)
    assert (await world.send()).state == "accepted"


@timeless
async def test_what_is_not_begun_yet_survives_a_restart() -> None:
    """The later batches wait on disk, and are sent once after it."""
    world = World()
    sending = asyncio.create_task(world.send_all(*(f"message {number}" for number in range(120))))
    world.service.answers.append(Answer(after=5))
    await world.wait(1)
    assert [message["stage"] for message in world.kept].count("waiting") == 70
    world.kill()
    sending.cancel()
    await world.settle()

    world.restart()
    for _ in range(3):
        await world.poll()
        await world.wait(10)
    assert world.stages == [Stage.ACCEPTED] * 120
    assert len(world.service.records) == 120


@timeless
async def test_what_was_not_begun_before_a_restart_is_not_begun_when_its_time_is_up() -> None:
    """Only whoever sends it may have its first attempt made at any time."""
    world = World(keep_unsent=timedelta(minutes=1))
    world.service.answers += [Answer(after=5), Answer(after=90)]
    sending = asyncio.create_task(world.send_all(*(f"message {number}" for number in range(53))))
    await world.wait(1)
    world.kill()
    sending.cancel()
    await world.settle()

    world.restart()
    await world.poll()
    await world.wait(100)
    assert [sms.text for sms in world.service.requests[50:]] == ["message 50"]
    await world.poll()
    assert world.told == [(Outcome.FAILED, "expired")] * 2


@timeless
async def test_what_a_first_phone_has_left_behind_is_not_taken_for_another_message() -> None:
    """Where tags do not come back, its record looks just like that of an equal text by the same phone."""
    world = World()
    world.service.tags = "dropped"
    first = await world.send()
    world.service.records[first.message_id or 0].status = 9
    await world.poll()
    assert world.stages == [Stage.ACCEPTED]

    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), works=False))
    assert (await world.send()).state == "checking"
    await world.wait(120)
    await world.poll()
    assert world.told == [(Outcome.FAILED, "unconfirmed")]
    assert len(world.service.requests) == 3


@timeless
async def test_a_record_of_a_message_that_has_ended_is_not_taken_for_another_one() -> None:
    """Where tags do not come back, an equal text shortly before looks just the same."""
    world = World()
    world.service.tags = "dropped"
    first = await world.send()
    world.service.records[first.message_id or 0].status = 7
    await world.poll()
    assert world.stages == []
    world.restart()

    world.service.answers.append(Answer(error=UnreachableError(request_sent=True), works=False))
    assert (await world.send()).state == "checking"
    await world.wait(120)
    await world.poll()
    assert world.told[2:] == [(Outcome.FAILED, "unconfirmed")]
