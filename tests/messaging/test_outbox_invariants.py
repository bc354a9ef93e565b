"""What holds for the outbox whatever happens: random faults, restarts, and phones that report what they like."""

import asyncio
from dataclasses import replace
from datetime import timedelta
import os
from typing import override

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custom_components.smsgateway24.api import (
    FAILED,
    AuthenticationError,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
    status_word,
)
from custom_components.smsgateway24.messaging.fate import FAILOVER_STATUSES, REASON_REFUSED
from custom_components.smsgateway24.messaging.ledger import SAVED_WITHIN
from custom_components.smsgateway24.messaging.outbox import TooManyMessagesError
from custom_components.smsgateway24.messaging.outgoing import Draft, Outcome, Receipt, Stage
from custom_components.smsgateway24.messaging.routing import NoPhoneError

from .timeless import TimelessRunner
from .world import ANNA, ATTIC, BEN, HALL, START, Answer, Disk, Tags, World, a_state

HOUR = 3600.0
EXPIRES_AFTER = 60.0
REASONS_WITH_A_COPY = {"unconfirmed", "no_report", *map(status_word, FAILED)}

pauses = st.sampled_from([0.0, 0.5, 2.0, 6.0, 12.0])
lags = st.sampled_from([0.0, 1.0, 20.0, 100.0, 300.0])
all_goes_well = st.builds(Answer, after=pauses, seen_after=lags)
surely_unsent = st.builds(
    Answer,
    error=st.sampled_from(
        [
            UnreachableError(request_sent=False),
            AuthenticationError(),
            ThrottledError(),
            ThrottledError(60),
            RequestRefusedError("No"),
        ]
    ),
    after=pauses,
    works=st.just(False),
)
# The work is done at once, after the connection is gone, or not at all.
doubtful = st.builds(
    Answer,
    error=st.sampled_from(
        [
            UnreachableError(request_sent=True),
            UnreadableAnswerError(),
            ThrottledError(60, certainly_unsent=False),
            RequestRefusedError(certainly_unsent=False),
        ]
    ),
    after=pauses,
    works=st.booleans(),
    works_after=lags,
    seen_after=lags,
)
# The service does its work and then says no.
refused_although_done = st.builds(Answer, error=st.just(RequestRefusedError("No")), after=pauses)
answers = all_goes_well | surely_unsent | doubtful | refused_although_done
# A bulk may be done in part, whatever the answer says.
bulk_answers = st.builds(replace, answers, part=st.sampled_from([None, 0, 1, 2]))
statuses = st.sampled_from([1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 42, 100, 101])


class Outboxes(RuleBasedStateMachine):
    """One outbox after the other, in a world where everything goes wrong."""

    @initialize(
        keep=st.sampled_from([timedelta(), timedelta(minutes=2), timedelta(minutes=10)]),
        failover=st.booleans(),
        max_per_hour=st.sampled_from([0, 2]),
        tags=st.sampled_from(["echoed", "echoed", "echoed", "dropped", "zeroed", "clamped"]),
    )
    def begin(self, keep: timedelta, tags: Tags, *, failover: bool, max_per_hour: int) -> None:
        """Start the first one."""
        self.runner = TimelessRunner()
        self.callers: dict[str, asyncio.Task[Receipt]] = {}
        self.together: list[asyncio.Task[list[Receipt]]] = []
        self.never_taken_on: set[str] = set()
        self.lost_in_a_kill: set[str] = set()
        self.claims: dict[int, str] = {}
        self.may_repeat_itself = False
        self.disk_failed = False

        async def build() -> World:
            return World(keep_unsent=keep, failover=failover, max_per_hour=max_per_hour)

        self.world = self.runner.run(build())
        self.world.service.tags = tags

    @override
    def teardown(self) -> None:
        """Let everything recover, and see that every message has come to its end."""
        if hasattr(self, "runner"):
            try:
                self.runner.run(self._recover())
                self._check_ends()
            finally:
                self.runner.close()

    # --- what happens -----------------------------------------------------------------------

    @rule(
        answer=answers,
        number=st.sampled_from([ANNA, BEN]),
        phone_id=st.sampled_from([None, None, HALL]),
        pause=pauses,
    )
    def send(self, answer: Answer, number: str, phone_id: str | None, pause: float) -> None:
        """Send, and perhaps still be waiting when the next thing happens."""
        text = f"message {len(self.callers)}"
        self.world.service.answers.append(answer)

        async def work() -> None:
            self.callers[text] = asyncio.create_task(self.world.send(text, number, phone_id=phone_id))
            await self.world.wait(pause)

        self.runner.run(work())

    @rule(
        answer=bulk_answers,
        count=st.integers(2, 4),
        pause=pauses,
        expire_after=st.sampled_from([None, None, EXPIRES_AFTER]),
    )
    def send_several(self, answer: Answer, count: int, pause: float, expire_after: float | None) -> None:
        """Send several at once, and perhaps still be waiting when the next thing happens."""
        texts = [f"message {number}" for number in range(len(self.callers), len(self.callers) + count)]
        self.world.service.answers.append(answer)
        expires = None if expire_after is None else timedelta(seconds=expire_after)

        async def receipt(together: asyncio.Task[list[Receipt]], index: int) -> Receipt:
            found = (await asyncio.shield(together))[index]
            if isinstance(found.error, TooManyMessagesError | NoPhoneError):
                raise found.error
            return found

        async def work() -> None:
            drafts = [Draft(number=BEN, text=text, expire_after=expires) for text in texts]
            together = asyncio.create_task(self.world.outbox.send_all(drafts))
            self.together.append(together)
            for index, text in enumerate(texts):
                self.callers[text] = asyncio.create_task(receipt(together, index))
            await asyncio.sleep(0)
            taken_on = {message.text for message in self.world.outbox.messages}
            self.never_taken_on |= set(texts) - taken_on
            await self.world.wait(pause)

        self.runner.run(work())

    @rule(answer=answers)
    def prepare(self, answer: Answer) -> None:
        """Let the service answer one more request in a way of its own."""
        self.world.service.answers.append(answer)

    @rule()
    def poll(self) -> None:
        """Read a list."""
        self.runner.run(self.world.poll())

    @rule()
    def fail_to_poll(self) -> None:
        """Fail to read a list."""
        self.runner.run(self.world.outbox.tick())

    @rule(by=st.sampled_from([-30 * 24 * HOUR, -300.0, 0.0, 300.0, 5 * HOUR, 20_000 * 24 * HOUR]))
    def set_clock(self, by: float) -> None:
        """Set this machine's clock, forward or back."""
        self.world.clock_ahead = timedelta(seconds=by)

    @rule(seconds=st.sampled_from([1.0, 10.0, 31.0, 61.0, 121.0, 601.0, HOUR, 24 * HOUR]))
    def let_time_pass(self, seconds: float) -> None:
        """Do nothing."""
        self.runner.run(self.world.wait(seconds))

    @precondition(lambda self: self.world.service.records)
    @rule(data=st.data(), status=statuses, polled=st.booleans())
    def change_status(self, data: st.DataObject, status: int, *, polled: bool) -> None:
        """Let a phone report something, however little sense it makes."""
        record = data.draw(st.sampled_from(list(self.world.service.records.values())))
        record.status = status
        if polled:
            self.poll()

    @precondition(lambda self: self.world.service.records)
    @rule(data=st.data())
    def hide_or_show(self, data: st.DataObject) -> None:
        """Let a record vanish from the lists, or come back."""
        record = data.draw(st.sampled_from(list(self.world.service.records.values())))
        record.hidden = not record.hidden
        record.elusive = True

    @rule(hall=st.sampled_from([True, False, None]), attic=st.sampled_from([True, False]))
    def change_phones(self, *, hall: bool | None, attic: bool) -> None:
        """Let phones come and go."""
        self.world.phones = [a_state(HALL, 0, online=hall)] + ([a_state(ATTIC, 0, seen=START)] if attic else [])

    @rule(disk=st.sampled_from(["fine", "fine", "full", "hanging", "broken"]))
    def change_disk(self, disk: Disk) -> None:
        """Let the disk fail, or come to itself."""
        self.world.disk_is = disk
        self.disk_failed = self.disk_failed or disk != "fine"

    @precondition(lambda self: self.callers)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Stop a script in the middle of a send."""
        caller = self.callers[data.draw(st.sampled_from(list(self.callers)))]

        async def work() -> None:
            caller.cancel()
            await self.world.settle()

        self.runner.run(work())

    @rule(steps=st.integers(0, 8), answer=answers, sends=st.booleans())
    def kill(self, steps: int, answer: Answer, *, sends: bool) -> None:
        """Kill Home Assistant after so many steps of what it is doing, and start it again."""
        text = f"message {len(self.callers)}"
        self.world.service.answers.append(answer)

        async def work() -> None:
            self.world.crash_in = steps
            if sends:
                self.callers[text] = asyncio.create_task(self.world.send(text))
            polling = asyncio.create_task(self.world.poll())
            await self.world.wait(7)
            self.world.kill()
            polling.cancel()
            for caller in (*self.callers.values(), *self.together):
                caller.cancel()
            await self.world.settle()

        self.runner.run(work())
        self.may_repeat_itself = self.may_repeat_itself or self.disk_failed
        on_disk = {message["text"] for message in self.world.kept}
        self.lost_in_a_kill |= {text for text in self.callers if text not in on_disk and not self._ends(text)}
        # Written down as told, which is what a kill in this very moment costs.
        told = {report.message.text for report in self.world.reports}
        self.lost_in_a_kill |= {message["text"] for message in self.world.kept if message["announced"]} - told

        async def restart() -> None:
            self.world.restart()

        self.runner.run(restart())

    # --- what must hold ---------------------------------------------------------------------

    @invariant()
    def nobody_is_texted_twice(self) -> None:
        """Find one copy per message and phone, on a second phone only after a final failure of the first (O1).

        Where the service cannot be relied upon to show what it has done within two minutes, one more is possible.
        """
        for text in self._texts():
            records = self.world.service.of_text(text)
            for phone_id in {record.sms.phone_id for record in records}:
                copies = [record for record in records if record.sms.phone_id == phone_id]
                assert len(copies) <= (2 if any(copy.elusive for copy in copies) else 1)
            phones = list(
                dict.fromkeys(record.sms.phone_id for record in sorted(records, key=lambda record: record.id))
            )
            assert len(phones) <= 2
            if len(phones) == 2 and not any(record.elusive for record in records):
                first = next(record for record in records if record.sms.phone_id == phones[0])
                assert first.statuses & FAILOVER_STATUSES

    @invariant()
    def what_is_said_is_true(self) -> None:
        """Find what was accepted, and nothing of what has failed for good (O2).

        A service that says no to what it has done is found out only if it shows that it has.
        """
        for text in self._texts():
            caller, copies = self.callers[text], self.world.service.of_text(text)
            if caller.done() and not caller.cancelled() and isinstance(caller.exception(), RequestRefusedError):
                copies = [copy for copy in copies if not copy.elusive]
            if caller.done() and not caller.cancelled():
                if isinstance(caller.exception(), SmsGateway24Error | TooManyMessagesError | NoPhoneError):
                    assert not copies
                elif caller.result().stage is Stage.ACCEPTED:
                    assert copies
        for report in self.world.reports:
            if report.outcome is Outcome.FAILED and report.reason not in REASONS_WITH_A_COPY:
                copies = self.world.service.of_text(report.message.text)
                if report.reason == REASON_REFUSED:
                    copies = [copy for copy in copies if not copy.elusive]
                assert {copy.sms.phone_id for copy in copies} <= report.message.failed_phones, report

    @invariant()
    def nothing_is_told_twice(self) -> None:
        """Hear each outcome once, and never both ends, unless a kill met a disk that was full (O3)."""
        for text in self._texts():
            outcomes = [report.outcome for report in self.world.reports if report.message.text == text]
            if not self.may_repeat_itself:
                assert len(outcomes) == len(set(outcomes))
                assert len(self._ends(text)) <= 1

    @invariant()
    def each_record_has_one_owner(self) -> None:
        """Find it to be the message that has left the record (O4)."""
        for message in self.world.outbox.messages:
            if message.message_id is not None:
                assert self.claims.setdefault(message.message_id, message.key) == message.key
                assert self.world.service.records[message.message_id].sms.text == message.text

    @invariant()
    def nothing_is_started_too_late(self) -> None:
        """See only first attempts when there is no time left; to be written down is a part of them (O4)."""
        for message, requested_at in self.world.started:
            first = len(message.tags) == 1 and not message.failed_phones and not message.expires
            left = message.keep_until - message.attempted_at
            if message.expires:
                # An attempt that was written down in time goes on when the clock is set, though the end of that time stays.
                left = timedelta(seconds=EXPIRES_AFTER) - (message.attempted_at - message.created_at)
            assert first or left > timedelta()
            assert message.attempted_at_service is not None
            assert requested_at - message.attempted_at_service <= timedelta(seconds=SAVED_WITHIN)

    # --- how that is known ------------------------------------------------------------------

    def _texts(self) -> list[str]:
        return list(self.callers)

    def _ends(self, text: str) -> list[str]:
        """Return how a message has ended: by an error to its caller, or by a report."""
        ends: list[str] = [
            report.outcome
            for report in self.world.reports
            if report.message.text == text and report.outcome is not Outcome.SENT
        ]
        caller = self.callers[text]
        if caller.done() and not caller.cancelled() and caller.exception() is not None:
            ends.append("raised")
        return ends

    async def _recover(self) -> None:
        self.world.disk_is = "fine"
        self.world.service.answers.clear()
        for _ in range(10):
            await self.world.wait(31)
            await self.world.poll()
        for _ in range(30):
            await self.world.wait(HOUR)
            await self.world.poll()

    def _check_ends(self) -> None:
        assert self.world.outbox.messages == ()
        assert self.world.kept == []
        self.nobody_is_texted_twice()
        self.what_is_said_is_true()
        self.nothing_is_told_twice()
        for text in self._texts():
            if self.callers[text].cancelled() and text in self.never_taken_on:
                # One too many in an hour, and nobody waited to be told.
                continue
            if text not in self.lost_in_a_kill and not self.may_repeat_itself:
                sent = any(
                    report.message.text == text and report.outcome is Outcome.SENT for report in self.world.reports
                )
                assert sent or len(self._ends(text)) == 1


TestOutbox = Outboxes.TestCase
TestOutbox.settings = settings(
    deadline=None, max_examples=int(os.environ.get("OUTBOX_EXAMPLES", "60")), stateful_step_count=40
)
