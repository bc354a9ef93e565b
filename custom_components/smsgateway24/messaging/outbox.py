"""The outbox: outgoing messages, each sent once and followed to its end.

The service has no key that makes a request safe to repeat. So every attempt carries a random tag of its own (the
``customerid`` of the service, which comes back in its lists), written to disk before the request; after a request
whose answer was lost the message is looked for by that tag (see ``recognition``). Only what was surely not handed over
is tried again until its time is up; what was looked for in vain is repeated once, and only where tags are known to come
back.

Several messages go out together. Such a request is answered without ids, and may have been done in part whatever the
answer says, so each message's fate is read from the list before anything is said about it.

The outbox knows nothing of Home Assistant. What it needs comes in through its constructor; ``observe`` feeds it each
list that was read from the service, and ``tick`` lets time pass where none could be read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched
import logging
import secrets
from typing import Any, Final, Protocol
import uuid

from ..api import (
    MAX_BULK_MESSAGES,
    Message,
    OutgoingSms,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
)
from .asking import Asking
from .fate import FAILOVER_STATUSES, LOOK_FOR, Progress, by_status, by_time, unsent
from .health import PhoneState
from .ledger import Ledger, Spawn
from .limit import HourlyLimit
from .outgoing import Draft, Outcome, OutgoingMessage, Receipt, Report, Stage
from .recognition import TAGS, Recognition
from .routing import NoPhoneError, Route, choose_online_route, choose_other_route, choose_route, is_online
from .set_clock import SettableClock
from .watch import Watch, Watches

_LOGGER = logging.getLogger(__name__)

# A caller is answered within this time (seconds), whatever disk and network do.
ANSWER_WITHIN: Final = 10.0
# After so many batches the list is read once for all of them, which it shows in one answer.
BATCHES_PER_LOOK: Final = 5
# Pauses (seconds) before the list is read once more for what the one before did not show yet.
LOOK_AGAIN_AFTER: Final = (1.0, 3.0)


class EmptyMessageError(Exception):
    """A message without text."""


class TooManyMessagesError(Exception):
    """The recipient's limit of messages per hour is used up."""


class Sender(Protocol):
    """Hands messages over to the service."""

    async def send_message(self, sms: OutgoingSms) -> int:
        """Return the service's id of the message, or raise one of the API's errors."""
        ...

    async def send_bulk(self, messages: Sequence[OutgoingSms]) -> None:
        """Hand over up to 50 messages, or raise one of the API's errors."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSettings:
    """What the user decides: how long an unsent message is kept, whether another phone may try, and the limit.

    ``max_per_hour`` is per number, 0 is no limit. What was surely never handed over does not count.
    """

    keep_unsent: timedelta
    failover: bool
    max_per_hour: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """This machine's time, and the service's as far as it is known. Both in UTC.

    ``steady`` counts seconds, and nobody can set it.
    """

    own: Callable[[], datetime]
    service: Callable[[], datetime]
    steady: Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Order:
    """A message and how it is to go out; None if no phone may have it yet."""

    message: OutgoingMessage
    route: Route | None


class Outbox:
    """Sends messages and follows them."""

    def __init__(
        self,
        sender: Sender,
        *,
        settings: OutboxSettings,
        phones: Callable[[], Iterable[PhoneState] | None],
        clocks: Clocks,
        save: Callable[[], Awaitable[bool]],
        look: Callable[[], Awaitable[Iterable[Message] | None]],
        report: Callable[[Report], None],
        spawn: Spawn,
    ) -> None:
        """Take the collaborators.

        ``phones`` tells how the phones are, None while nobody knows: then messages wait. ``save`` writes the outbox down
        and says whether that is certain. ``look`` reads what is new in the service's list, None if it cannot be read.
        ``spawn`` starts a task that outlives the caller: a script that is cancelled must not cancel a request.
        """
        self._sender = sender
        self._settings = settings
        self._phones = phones
        self._now = SettableClock(clocks.own, clocks.steady, self._clock_was_set).now
        self._service_time = clocks.service
        self._look = look
        self._report = report
        self._spawn = spawn
        self._ledger = Ledger(save=save, spawn=spawn)
        self._limit = HourlyLimit(settings.max_per_hour)
        self._recognition = Recognition()
        self._asking = Asking()
        self._watches = Watches()
        # The messages that a task has in hand: about to be attempted, or being attempted.
        self._in_hand: set[str] = set()
        self._retrying: asyncio.Task[None] | None = None
        self._paused_until: datetime | None = None
        # Told as soon as it is written down.
        self._untold: list[Report] = []
        self._about_to_tell: list[str] = []
        self._running_since = self._now()
        self.tried: Callable[[Route, int], object] = _nobody
        """Told each status that a message gets by a route, also one after which another phone tries: of that there is
        no report."""

    @property
    def messages(self) -> tuple[OutgoingMessage, ...]:
        """The messages that have not ended, oldest first, with times that fit the clock as it is now."""
        self._now()
        return tuple(self._ledger)

    @property
    def is_looking(self) -> bool:
        """Whether any record that is listed could be one that is looked for."""
        return any(map(_is_sought, self._ledger))

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        # A later life cannot tell whether the clock was set in this one.
        self._now()
        return {
            "messages": self._ledger.as_list(),
            "recognition": self._recognition.as_dict(),
            "sent_lately": self._limit.as_list(),
            "about_to_tell": list(self._about_to_tell),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take back what ``as_dict`` described. What is damaged is left out, and the log says so.

        An attempt that a restart cut off is in doubt; the time for which it is looked for starts anew.
        """
        parts: tuple[tuple[str, Callable[[Any], None]], ...] = (
            ("messages", self._restore_messages),
            ("about_to_tell", _tell_of_untold),
            ("recognition", self._recognition.restore),
            ("sent_lately", self._limit.restore),
        )
        for part, restore in parts:
            if part not in data:
                continue
            try:
                restore(data[part])
            except (AttributeError, KeyError, TypeError, ValueError) as err:
                _LOGGER.error("What was kept of outgoing messages is damaged (%s): %s", part, type(err).__name__)  # noqa: TRY400 - a traceback may quote numbers

    def _restore_messages(self, messages: Iterable[dict[str, Any]]) -> None:
        self._ledger.restore(messages, self._now())

    def close(self) -> None:
        """Answer all who still wait with what is known."""
        self._watches.end_all()

    # --- sending ----------------------------------------------------------------------------

    async def send(self, draft: Draft) -> Receipt:
        """Send a text, and return where it stands after at most ANSWER_WITHIN seconds.

        Raises EmptyMessageError, TooManyMessagesError, NoPhoneError, ValueError for what is several numbers, and the
        API's errors when the message was surely not handed over and is not kept. What is raised is not reported.
        """
        (receipt,) = await self._send([draft], takes_failures=True)
        if receipt.stage is None and receipt.error is not None:
            raise receipt.error
        return receipt

    async def send_all(
        self, drafts: Sequence[Draft], *, wait_for: Outcome | None = None, timeout: float = 0.0
    ) -> list[Receipt]:
        """Send texts, and return where each of them stands, in their order.

        Answers after at most ANSWER_WITHIN seconds, and ``timeout`` more where ``wait_for`` is to be waited for. Raises
        nothing: what ``send`` raises is in the receipts.
        """
        return await self._send(drafts, wait_for=wait_for, timeout=timeout)

    async def _send(
        self,
        drafts: Sequence[Draft],
        *,
        takes_failures: bool = False,
        wait_for: Outcome | None = None,
        timeout: float = 0.0,
    ) -> list[Receipt]:
        taken = [self._take_on(draft) for draft in drafts]
        orders = [order for order in taken if isinstance(order, _Order)]
        # From here on they are in hand, so that no list that comes in between has them tried as well.
        self._in_hand |= {order.message.key for order in orders}
        with self._watches.open((order.message.key for order in orders), takes_failures=takes_failures) as watch:
            if orders:
                work = self._spawn(self._hand_over_all(orders))
                try:
                    await asyncio.wait([work], timeout=ANSWER_WITHIN)
                    if wait_for is not None:
                        await watch.wait(wait_for, timeout)
                except asyncio.CancelledError:
                    # Whoever would have told these failures is gone.
                    self._tell(watch.untold)
                    raise
                if work.cancelled():
                    # Ended from outside, and nobody knows what of it is on disk: the next start finds out.
                    return [self._receipt_in_doubt(draft, order) for draft, order in zip(drafts, taken, strict=True)]
            return [self._receipt(draft, order, watch) for draft, order in zip(drafts, taken, strict=True)]

    def _take_on(self, draft: Draft) -> _Order | Exception:
        """Make a message of a draft, unless something is wrong with it that can be said at once."""
        if not draft.text.strip():
            return EmptyMessageError()
        now = self._now()
        message = OutgoingMessage.from_draft(
            draft, key=uuid.uuid4().hex, now=now, keep_unsent=self._settings.keep_unsent
        )
        try:
            # A phone that is gone is the caller's error, at once, unless nobody knows the phones yet.
            route = self._choose(message)
            message.sms(route or Route("", 0))
        except (NoPhoneError, ValueError) as err:
            return err
        if not self._limit.take(message.number, now):
            return TooManyMessagesError()
        return _Order(message, route)

    def _receipt_in_doubt(self, draft: Draft, order: _Order | Exception) -> Receipt:
        if isinstance(order, Exception):
            return Receipt(draft=draft, stage=None, error=order)
        return Receipt(draft=draft, stage=Stage.CHECKING, route=order.route)

    def _receipt(self, draft: Draft, order: _Order | Exception, watch: Watch) -> Receipt:
        if isinstance(order, Exception):
            return Receipt(draft=draft, stage=None, error=order)
        key = order.message.key
        report = watch.reports.get(key)
        message = self._ledger.current(order.message)
        known = message or (order.message if report is None else report.message)
        return Receipt(
            draft=draft,
            stage=None if message is None else message.stage,
            outcome=None if report is None else report.outcome,
            message_id=known.message_id,
            route=known.route,
            status=known.status,
            status_text=known.status_text,
            reason=None if report is None else report.reason,
            error=None if known.stage is Stage.ACCEPTED else watch.errors.get(key),
            phone_offline=known.route is not None and not is_online(self._phones() or (), known.route.phone_id),
        )

    async def _hand_over_all(self, orders: Sequence[_Order]) -> None:
        """Attempt messages in batches, and look for their records."""
        waiting = [order for order in orders if order.route is None]
        ready = [order for order in orders if order.route is not None]
        batches = list(batched(ready, MAX_BULK_MESSAGES, strict=False))
        sought: list[OutgoingMessage] = []
        try:
            for order in (*waiting, *ready[MAX_BULK_MESSAGES:]):
                self._ledger.put(order.message)
            if self._phones() is None:
                # The service could not be read yet, so there is no point in trying.
                self._all_unsent([order.message for order in waiting], UnreachableError(request_sent=False))
            for number, batch in enumerate(batches, start=1):
                handed, err = await self._attempt(batch, unwritten=number == 1)
                sought += handed
                if err is not None and err.certainly_unsent and not isinstance(err, RequestRefusedError):
                    # The others would fare no better.
                    self._all_unsent([order.message for later in batches[number:] for order in later], err)
                    break
                if sought and (err is not None or number % BATCHES_PER_LOOK == 0) and number < len(batches):
                    if not await self._look_for(sought):
                        break
                    sought = [message for message in sought if self._is_open_in(message, Stage.CHECKING)]
            if sought:
                # One that goes alone is told its id unless something is wrong, which takes longer than a pause.
                await self._look_for(sought, again=LOOK_AGAIN_AFTER if len(ready) > 1 else ())
        finally:
            self._in_hand -= {order.message.key for order in orders}
        await self._conclude()
        if any(self._is_open_in(order.message, Stage.ACCEPTED) for order in orders):
            # The service is there; whatever could not be handed over before need not wait for the next list.
            self._retry_soon()

    async def _attempt(
        self, orders: Iterable[_Order], *, unwritten: bool = False
    ) -> tuple[list[OutgoingMessage], SmsGateway24Error | None]:
        """Make one attempt for up to 50 messages, and return those to be looked for and what went wrong.

        It has started when it is written down; nothing that happens then takes it back. ``unwritten`` says that the
        messages are not in the ledger yet, nor on disk.
        """
        now, service_time = self._now(), self._service_time()
        started: list[tuple[OutgoingMessage, OutgoingMessage]] = []
        for order in orders:
            before = order.message if unwritten else self._ledger.current(order.message)
            if before is None or before.stage is not Stage.WAITING or order.route is None or _is_too_late(before, now):
                continue
            tag = secrets.choice(TAGS)
            started.append((before, self._ledger.put(before.attempted(order.route, tag, now, service_time))))
        if not started:
            return [], None
        keys = {before.key for before, _ in started}
        self._in_hand |= keys
        try:
            kept = await self._ledger.write_down()
            if not kept and not unwritten:
                # The record on disk is an older one, which a restart would take as leave to send once more.
                for before, attempted in started:
                    # The clock may have been set while the disk took its time.
                    current = self._ledger.current(attempted) or attempted
                    self._ledger.put(before.moved(current.created_at - attempted.created_at))
                return [], None
            # A full disk must not silence an alarm: of what is not on disk at all, one attempt is made all the same.
            messages = [message for _, message in started]
            err = await self._request(messages, kept=kept)
        finally:
            self._in_hand -= keys
        return [message for message in messages if self._is_open_in(message, Stage.CHECKING)], err

    async def _request(self, messages: Sequence[OutgoingMessage], *, kept: bool) -> SmsGateway24Error | None:
        """Make the request, enter where the messages stand after it, and return what went wrong."""
        sms = [message.sms(message.route) for message in messages if message.route is not None]
        try:
            if len(messages) > 1:
                await self._sender.send_bulk(sms)
                self._paused_until = None
                return None
            message_id = await self._sender.send_message(sms[0])
        except SmsGateway24Error as err:
            await self._after_error(messages, err, kept=kept)
            return err
        except Exception:
            # Nobody knows how far the request has got.
            _LOGGER.exception("Messages could not be handed over in an orderly way")
            return None
        self._paused_until = None
        if not self._recognition.is_taken(message_id, self._ledger):
            message = self._ledger.current(messages[0]) or messages[0]
            self._ledger.put(message.accepted(message_id, told=True))
        # Otherwise the answer is about another message. Which record is ours, if there is one, its tag tells.
        return None

    async def _after_error(self, messages: Sequence[OutgoingMessage], err: SmsGateway24Error, *, kept: bool) -> None:
        if isinstance(err, ThrottledError) and err.retry_after is not None:
            self._paused_until = self._now() + timedelta(seconds=err.retry_after)
        for message in messages:
            if watch := self._watches.of(message.key):
                watch.errors[message.key] = err
        if isinstance(err, RequestRefusedError) and err.certainly_unsent:
            # The service's word, which one look confirms: some do their work before they say no.
            if not await self._look_for(messages):
                # Nobody can look, so that is not certain any more.
                self._note_doubt(messages)
                return
            messages = [message for message in messages if self._is_open_in(message, Stage.CHECKING)]
        if err.certainly_unsent:
            self._all_unsent(messages, err, kept=kept)
        # Otherwise they stay as they are, in doubt; the next lists tell.

    def _note_doubt(self, messages: Iterable[OutgoingMessage]) -> None:
        for message in messages:
            if watch := self._watches.of(message.key):
                watch.errors[message.key] = UnreachableError(request_sent=True)

    def _all_unsent(self, messages: Iterable[OutgoingMessage], err: SmsGateway24Error, *, kept: bool = True) -> None:
        """Enter that messages were surely not handed over, and give up those that are not kept."""
        now = self._now()
        for attempted in messages:
            message = (self._ledger.current(attempted) or attempted).unsent()
            # What could not be written down for this attempt may have been since, along with another message.
            held = kept or self._ledger.is_held(message)
            if isinstance(err, RequestRefusedError) or not held or now >= message.keep_until:
                self._give_up(message, err)
            else:
                self._ledger.put(message)
                if watch := self._watches.of(message.key):
                    watch.errors[message.key] = err

    def _give_up(self, message: OutgoingMessage, err: SmsGateway24Error) -> None:
        """End a message that was surely not handed over."""
        self._remove(message)
        report = unsent(message, err)
        watch = self._watches.of(message.key)
        if watch is None or not watch.takes_failures:
            self._untold.append(report)
        else:
            watch.untold.append(report)
        if watch is not None:
            watch.hear(report)
            watch.errors[message.key] = err

    async def _look_for(self, messages: Collection[OutgoingMessage], *, again: Iterable[float] = ()) -> bool:
        """Read the list to find messages, and say whether that was possible."""
        for pause in (0.0, *again):
            if pause:
                await asyncio.sleep(pause)
            if (listed := await self._look()) is None:
                return False
            self._recognise([record for record in listed if not record.incoming], among=messages)
            if not any(self._is_open_in(message, Stage.CHECKING) for message in messages):
                break
        return True

    # --- routes -----------------------------------------------------------------------------

    def _choose(self, message: OutgoingMessage) -> Route | None:
        """Choose phone and SIM, None if the message has to wait for a phone. Raises NoPhoneError if none can come."""
        phones = self._phones()
        if phones is None:
            return None
        if message.failed_phones:
            # The slot was asked for with a phone or for any phone; only in the second case it means anything here.
            sim = message.sim if message.phone_id is None else None
            return choose_other_route(phones, sim=sim, without=message.failed_phones)
        if message.expires:
            return choose_online_route(phones, phone_id=message.phone_id, sim=message.sim)
        return choose_route(phones, phone_id=message.phone_id, sim=message.sim)

    # --- following --------------------------------------------------------------------------

    async def observe(self, messages: Iterable[Message]) -> None:
        """Learn from a list of the service what became of the messages, report it, and try again what waits."""
        # A clock that was set is noticed first, not while messages as they were before are in hand.
        self._now()
        outgoing = {message.id: message for message in messages if not message.incoming}
        self._recognise(outgoing.values())
        reports: list[Report] = []
        for message in self._ledger:
            if message.stage is Stage.ACCEPTED and message.message_id in outgoing:
                listed = outgoing[message.message_id]
                self._recognition.learn(message, listed)
                reports += self._follow(message, listed.status, listed.status_text, listed.phone_id)
        reports += self._let_time_pass(listed=True)
        await self._conclude(reports)
        self._retry_soon()

    async def tick(self) -> None:
        """Let time pass where no list could be read: end what has waited for too long."""
        await self._conclude(self._let_time_pass(listed=False))

    def to_ask_for(self) -> list[int]:
        """Return the messages whose status is to be asked for now, since no list that is read shows them any more."""
        return self._asking.due(self._ledger, self._now())

    async def hear(self, message_id: int, status: int, status_text: str) -> None:
        """Learn the status of one message that was asked for."""
        # As in observe.
        self._now()
        for message in self._ledger:
            if message.stage is Stage.ACCEPTED and message.message_id == message_id:
                await self._conclude(self._follow(message, status, status_text, ""))

    def _recognise(self, outgoing: Collection[Message], among: Iterable[OutgoingMessage] | None = None) -> None:
        """Find the records of messages in doubt: of all that nobody has in hand, or among some."""
        if among is None:
            sought = [message for message in self._ledger if _is_sought(message) and message.key not in self._in_hand]
        else:
            sought = [now for before in among if (now := self._ledger.current(before)) and _is_sought(now)]
        for message, record in list(self._recognition.find(sought, outgoing, self._ledger)):
            self._ledger.put(message.accepted(record.id, told=False))

    def _follow(self, message: OutgoingMessage, status: int, status_text: str, phone_id: str) -> tuple[Report, ...]:
        progress = by_status(message, status, status_text)
        if message.route is not None and status != message.status:
            # On the service's own page a message can be given to another phone.
            self.tried(replace(message.route, phone_id=phone_id or message.route.phone_id), status)
        if progress.message.status in FAILOVER_STATUSES and (waiting := self._fail_over(progress.message, phone_id)):
            self._ledger.put(waiting)
            return ()
        return self._go_on(progress)

    def _fail_over(self, message: OutgoingMessage, phone_id: str) -> OutgoingMessage | None:
        """Return the message for another phone to try, None if that is not wanted or there is none."""
        if not self._settings.failover or message.failed_phones or message.announced:
            return None
        now = self._now()
        phones = {phone_id} | ({message.route.phone_id} if message.route else set())
        # It may have been on its phone for longer than it would have been kept: the second attempt has time of its own.
        waiting = message.failed_over(phones, now + LOOK_FOR)
        if _is_too_late(waiting, now):
            return None
        try:
            self._choose(waiting)
        except NoPhoneError:
            return None
        if message.message_id is not None:
            self._recognition.keep(message.message_id, now)
        return waiting

    def _let_time_pass(self, *, listed: bool) -> list[Report]:
        now = self._now()
        reports: list[Report] = []
        for message in self._ledger:
            if message.key not in self._in_hand:
                repeatable = self._recognition.tags_return is True and message.customer_id is None
                progress = by_time(
                    message.seen_at(now),
                    now,
                    listed=listed,
                    repeatable=repeatable,
                    running_since=min(self._running_since, now),
                )
                reports += self._go_on(progress)
        return reports

    def _go_on(self, progress: Progress) -> tuple[Report, ...]:
        if not progress.ended:
            self._ledger.put(progress.message)
            return progress.reports
        self._remove(progress.message)
        if not progress.reports and (watch := self._watches.of(progress.message.key)):
            # Nothing will be heard of it any more.
            watch.end(progress.message.key)
        return progress.reports

    def _clock_was_set(self, by: timedelta) -> None:
        """Go on as if the clock had always been as it is now."""
        for message in self._ledger:
            self._ledger.put(message.moved(by))
        self._limit.move(by)
        self._recognition.move(by)
        self._running_since += by
        if self._paused_until is not None:
            self._paused_until += by

    # --- trying again -----------------------------------------------------------------------

    def _retry_soon(self) -> None:
        if self._retrying is not None and not self._retrying.done():
            return
        if self._paused_until is not None and self._now() < self._paused_until:
            return
        if any(message.stage is Stage.WAITING and message.key not in self._in_hand for message in self._ledger):
            self._retrying = self._spawn(self._retry())

    async def _retry(self) -> None:
        """Try the waiting messages again, oldest first: so each recipient gets them in their order.

        The first one goes alone, to see whether the service is there, then the others together. After an attempt that
        was not answered they wait for the next list that can be read, so that a service in trouble does not leave all
        of them in doubt.
        """
        tried: set[str] = set()
        most = 1
        while orders := await self._orders_to_retry(most, tried):
            tried |= {order.message.key for order in orders}
            sought, err = await self._attempt(orders)
            await self._conclude()
            if err is None and len(orders) > 1 and not await self._look_for(sought):
                return
            well = all(not self._is_open_in(order.message, Stage.CHECKING, Stage.WAITING) for order in orders)
            if not well and (err is not None or len(orders) == 1):
                return
            most = MAX_BULK_MESSAGES

    async def _orders_to_retry(self, most: int, tried: Collection[str]) -> list[_Order]:
        """Return the messages that may be tried now, with their routes; end those that no phone is left for."""
        orders: list[_Order] = []
        now = self._now()
        for message in self._ledger:
            if len(orders) == most:
                break
            if message.stage is not Stage.WAITING or message.key in self._in_hand or message.key in tried:
                continue
            if now >= message.keep_until:
                continue
            try:
                route = self._choose(message)
            except NoPhoneError:
                if message.failed_phones:
                    self._remove(message)
                    await self._conclude([unsent(message)])
                continue
            if route is not None:
                orders.append(_Order(message, route))
        return orders

    # --- what is known ----------------------------------------------------------------------

    def _is_open_in(self, message: OutgoingMessage, *stages: Stage) -> bool:
        current = self._ledger.current(message)
        return current is not None and current.stage in stages

    def _remove(self, message: OutgoingMessage) -> None:
        self._ledger.remove(message)
        if message.message_id is not None:
            self._recognition.keep(message.message_id, self._now())
        if message.stage is Stage.WAITING and message.status is None and not message.repeated:
            self._limit.give_back(message.number, message.created_at)

    async def _conclude(self, reports: Iterable[Report] = ()) -> None:
        """Write down what has changed, then tell it, so that a restart does not tell it again.

        What is about to be told is written down with it: a kill in between loses the telling, and the next start says so.
        """
        untold, self._untold = self._untold, []
        to_tell = (*reports, *untold)
        for report in to_tell:
            # Whoever is answered before that is done has to hear it too: the ledger does not know the message any more.
            if watch := self._watches.of(report.message.key):
                watch.hear(report)
        about = [_name_of(report) for report in to_tell]
        self._about_to_tell += about
        await self._ledger.catch_up()
        self._tell(to_tell)
        if about:
            self._about_to_tell = [name for name in self._about_to_tell if name not in about]
            self._spawn(self._ledger.write_down())

    def _tell(self, reports: Iterable[Report]) -> None:
        for report in reports:
            try:
                self._report(report)
            except Exception:
                # Whoever cannot listen must not keep the others from it.
                _LOGGER.exception("A report about an outgoing message could not be told")


def _nobody(_route: Route, _status: int) -> None:
    """Be told, and do nothing."""


def _tell_of_untold(cut_off: Iterable[object]) -> None:
    if names := ", ".join(map(str, cut_off)):
        _LOGGER.warning(
            "Home Assistant was stopped in the very moment in which it told what became of messages; this may not have"
            " been told, and is not told again: %s",
            names,
        )


def _name_of(report: Report) -> str:
    """Return what a log may say about a report."""
    return f"{report.message.message_id or 'a message'} {report.outcome}"


def _is_sought(message: OutgoingMessage) -> bool:
    """Whether a record of the message may turn up: of an attempt in doubt, or of one that was given up as not found."""
    return message.stage is Stage.CHECKING or (message.stage is Stage.WAITING and message.repeated)


def _is_too_late(message: OutgoingMessage, now: datetime) -> bool:
    """Whether no attempt may be started any more. The very first one may, unless the message expires."""
    return now >= message.keep_until and (message.expires or not message.untried)
