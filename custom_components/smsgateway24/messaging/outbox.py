"""The outbox: outgoing messages, each sent once and followed to its end.

The service has no key that makes a request safe to repeat. So every attempt carries a random tag of its own (the
``customerid`` of the service, which comes back in its lists), written to disk before the request; after a request
whose answer was lost the message is looked for by that tag, and never simply sent again. Only what was surely not
handed over is tried again, until its time is up.

The outbox knows nothing of Home Assistant. What it needs comes in through its constructor; ``observe`` feeds it each
list that was read from the service, and ``tick`` lets time pass where none could be read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
import secrets
from typing import Any, Final, Protocol
import uuid

from ..api import Message, OutgoingSms, RequestRefusedError, SmsGateway24Error, ThrottledError
from .fate import FAILOVER_STATUSES, LOOK_FOR, Progress, by_status, by_time, unsent
from .health import PhoneState
from .ledger import Ledger, Spawn
from .limit import HourlyLimit
from .outgoing import OutgoingMessage, Receipt, Report, Stage
from .routing import NoPhoneError, Route, choose_other_route, choose_route

_LOGGER = logging.getLogger(__name__)

# A caller is answered within this time (seconds), whatever disk and network do.
ANSWER_WITHIN: Final = 10.0
_TAGS: Final = range(1 << 30, (1 << 31) - 1)


class EmptyMessageError(Exception):
    """A message without text."""


class TooManyMessagesError(Exception):
    """The recipient's limit of messages per hour is used up."""


class Sender(Protocol):
    """Hands one message over to the service."""

    async def send_message(self, sms: OutgoingSms) -> int:
        """Return the service's id of the message, or raise one of the API's errors."""
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
class _Attempt:
    """How an attempt ended: where the message stands, what went wrong, and whether that was the message's end."""

    message: OutgoingMessage
    error: SmsGateway24Error | None = None
    given_up: bool = False


class Outbox:
    """Sends messages and follows them."""

    def __init__(
        self,
        sender: Sender,
        *,
        settings: OutboxSettings,
        phones: Callable[[], Iterable[PhoneState]],
        now: Callable[[], datetime],
        save: Callable[[], Awaitable[bool]],
        report: Callable[[Report], None],
        spawn: Spawn,
    ) -> None:
        """Take the collaborators.

        ``now`` is this machine's time in UTC. ``save`` writes the outbox down and says whether that is certain.
        ``spawn`` starts a task that outlives the caller: a script that is cancelled must not cancel a request.
        """
        self._sender = sender
        self._settings = settings
        self._phones = phones
        self._now = now
        self._report = report
        self._spawn = spawn
        self._ledger = Ledger(save=save, spawn=spawn)
        self._limit = HourlyLimit(settings.max_per_hour)
        self._in_flight: set[str] = set()
        self._retrying: asyncio.Task[None] | None = None
        self._paused_until: datetime | None = None

    @property
    def messages(self) -> tuple[OutgoingMessage, ...]:
        """The messages that have not ended, oldest first."""
        return tuple(self._ledger)

    def as_list(self) -> list[dict[str, Any]]:
        """Return what must survive a restart."""
        return self._ledger.as_list()

    def restore(self, data: Iterable[dict[str, Any]]) -> None:
        """Take back what ``as_list`` described.

        An attempt that a restart cut off is in doubt; the time for which it is looked for starts anew.
        """
        self._ledger.restore(data, self._now())

    # --- sending ----------------------------------------------------------------------------

    async def send(
        self,
        number: str,
        text: str,
        *,
        phone_id: str | None = None,
        sim: int | None = None,
        recipient_id: str | None = None,
    ) -> Receipt:
        """Send a text, and return where it stands after at most ANSWER_WITHIN seconds.

        Raises EmptyMessageError, TooManyMessagesError, NoPhoneError, ValueError for what is several numbers, and the
        API's errors when the message was surely not handed over and is not kept.
        """
        if not text.strip():
            raise EmptyMessageError
        now = self._now()
        message = OutgoingMessage(
            key=uuid.uuid4().hex,
            number=number,
            text=_writable(text),
            recipient_id=recipient_id,
            phone_id=phone_id,
            sim=sim,
            created_at=now,
            keep_until=now + self._settings.keep_unsent,
            stage=Stage.WAITING,
            attempted_at=now,
        )
        # Checked before anything is counted or written down: a phone that is gone is the caller's error, at once.
        route = self._choose(message)
        _sms(message, route)
        if not self._limit.take(number, now):
            raise TooManyMessagesError
        attempt = self._spawn(self._attempt(message, route))
        try:
            await asyncio.wait([attempt], timeout=ANSWER_WITHIN)
        except asyncio.CancelledError:
            attempt.add_done_callback(self._report_late)
            raise
        if not attempt.done() or attempt.cancelled():
            attempt.add_done_callback(self._report_late)
            return Receipt(Stage.CHECKING, None, route)
        result = attempt.result()
        if result.given_up and result.error is not None:
            raise result.error
        return Receipt(result.message.stage, result.message.message_id, result.message.route, result.error)

    def _report_late(self, attempt: asyncio.Task[_Attempt]) -> None:
        """Report the failure of an attempt whose caller no longer waits."""
        if not attempt.cancelled() and (result := attempt.result()).given_up:
            self._tell([unsent(result.message, result.error)])

    async def _attempt(self, waiting: OutgoingMessage, route: Route) -> _Attempt:
        """Make one attempt. It has started when it is written down; nothing that happens then takes it back."""
        first = waiting not in self._ledger
        message = self._ledger.put(waiting.attempted(route, secrets.choice(_TAGS), self._now()))
        self._in_flight.add(message.key)
        try:
            kept = await self._ledger.write_down()
            if kept or first:
                # A full disk must not silence an alarm: the first attempt is made all the same, but no second one.
                result = await self._hand_over(message, route, kept=kept)
            else:
                # The record on disk is an older one, which a restart would take as leave to send once more.
                result = _Attempt(self._ledger.put(waiting))
        finally:
            self._in_flight.discard(message.key)
        await self._ledger.catch_up()
        if result.message.stage is Stage.ACCEPTED:
            # The service is there; whatever could not be handed over before need not wait for the next list.
            self._retry_soon()
        return result

    async def _hand_over(self, message: OutgoingMessage, route: Route, *, kept: bool) -> _Attempt:
        """Make the request, and say where the message stands after it."""
        try:
            message_id = await self._sender.send_message(_sms(message, route))
        except SmsGateway24Error as err:
            return self._after_error(message, err, kept=kept)
        except Exception:
            # Nobody knows how far the request has got.
            _LOGGER.exception("A message could not be handed over in an orderly way")
            return _Attempt(message)
        if message_id in self._claimed():
            # The answer is about another message. Which record is ours, if there is one, its tag tells.
            return _Attempt(message)
        self._paused_until = None
        return _Attempt(self._ledger.put(message.accepted(message_id)))

    def _after_error(self, message: OutgoingMessage, err: SmsGateway24Error, *, kept: bool) -> _Attempt:
        if isinstance(err, ThrottledError) and err.retry_after is not None:
            self._paused_until = self._now() + timedelta(seconds=err.retry_after)
        if not err.certainly_unsent:
            # It stays as it is, in doubt; the next lists tell.
            return _Attempt(message, err)
        message = message.unsent()
        refused = isinstance(err, RequestRefusedError)
        if refused or not kept or self._now() >= message.keep_until:
            self._remove(message)
            return _Attempt(message, err, given_up=True)
        return _Attempt(self._ledger.put(message), err)

    def _choose(self, message: OutgoingMessage) -> Route:
        if message.failed_phones:
            # The slot was asked for with a phone or for any phone; only in the second case it means anything here.
            sim = message.sim if message.phone_id is None else None
            return choose_other_route(self._phones(), sim=sim, without=message.failed_phones)
        return choose_route(self._phones(), phone_id=message.phone_id, sim=message.sim)

    # --- following --------------------------------------------------------------------------

    async def observe(self, messages: Iterable[Message]) -> None:
        """Learn from a list of the service what became of the messages, report it, and try again what waits."""
        outgoing = {message.id: message for message in messages if not message.incoming}
        self._recognise(outgoing.values())
        reports: list[Report] = []
        for message in self._ledger:
            if message.stage is Stage.ACCEPTED and message.message_id in outgoing:
                reports += self._follow(message, outgoing[message.message_id])
        reports += self._let_time_pass(listed=True)
        await self._conclude(reports)
        self._retry_soon()

    async def tick(self) -> None:
        """Let time pass where no list could be read: end what has waited for too long."""
        await self._conclude(self._let_time_pass(listed=False))

    def _recognise(self, outgoing: Iterable[Message]) -> None:
        """Find the messages in doubt by their tags.

        Time is left out of it on purpose: a random tag does not come twice, but this machine's clock may be wrong.
        """
        claimed = self._claimed()
        in_doubt: dict[int | None, OutgoingMessage] = {
            message.tag: message
            for message in self._ledger
            if message.stage is Stage.CHECKING and message.tag is not None and message.key not in self._in_flight
        }
        for listed in outgoing:
            message = in_doubt.get(listed.customer_id)
            if message is not None and listed.id not in claimed and _names_phone_of(message, listed):
                del in_doubt[listed.customer_id]
                self._ledger.put(message.accepted(listed.id))

    def _follow(self, message: OutgoingMessage, listed: Message) -> tuple[Report, ...]:
        progress = by_status(message, listed)
        if progress.message.status in FAILOVER_STATUSES and (waiting := self._fail_over(progress.message, listed)):
            self._ledger.put(waiting)
            return ()
        return self._go_on(progress)

    def _fail_over(self, message: OutgoingMessage, listed: Message) -> OutgoingMessage | None:
        """Return the message for another phone to try, None if that is not wanted or there is none."""
        if not self._settings.failover or message.failed_phones or message.announced:
            return None
        phones = {listed.phone_id} | ({message.route.phone_id} if message.route else set())
        # It may have been on its phone for longer than it would have been kept: the second attempt has time of its own.
        waiting = message.failed_over(phones, self._now() + LOOK_FOR)
        try:
            self._choose(waiting)
        except NoPhoneError:
            return None
        return waiting

    def _let_time_pass(self, *, listed: bool) -> list[Report]:
        now = self._now()
        reports: list[Report] = []
        for message in self._ledger:
            if message.key not in self._in_flight:
                reports += self._go_on(by_time(message.seen_at(now), now, listed=listed))
        return reports

    def _go_on(self, progress: Progress) -> tuple[Report, ...]:
        if progress.ended:
            self._remove(progress.message)
        else:
            self._ledger.put(progress.message)
        return progress.reports

    # --- trying again -----------------------------------------------------------------------

    def _retry_soon(self) -> None:
        if self._retrying is not None and not self._retrying.done():
            return
        if self._paused_until is not None and self._now() < self._paused_until:
            return
        if any(message.stage is Stage.WAITING for message in self._ledger):
            self._retrying = self._spawn(self._retry())

    async def _retry(self) -> None:
        """Try the waiting messages again, one after the other: so each recipient gets them in their order.

        After an attempt that was not answered the others wait for the next list that can be read, so that a service
        in trouble does not leave all of them in doubt.
        """
        for earlier in self._ledger:
            # Much may have happened to it during the attempts before.
            message = self._ledger.current(earlier)
            if message is None or message.stage is not Stage.WAITING or self._now() >= message.keep_until:
                continue
            try:
                route = self._choose(message)
            except NoPhoneError:
                if message.failed_phones:
                    self._remove(message)
                    await self._conclude([unsent(message)])
                continue
            result = await self._attempt(message, route)
            if result.given_up:
                # Its caller is long gone, so the failure becomes a report.
                self._tell([unsent(result.message, result.error)])
            if result.message.stage is not Stage.ACCEPTED and not isinstance(result.error, RequestRefusedError):
                return

    # --- what is known ----------------------------------------------------------------------

    def _claimed(self) -> set[int | None]:
        return {message.message_id for message in self._ledger}

    def _remove(self, message: OutgoingMessage) -> None:
        self._ledger.remove(message)
        if message.stage is Stage.WAITING and message.status is None:
            self._limit.give_back(message.number, message.created_at)

    async def _conclude(self, reports: Iterable[Report]) -> None:
        """Write down what has changed, then tell it, so that a restart does not tell it again."""
        await self._ledger.catch_up()
        self._tell(reports)

    def _tell(self, reports: Iterable[Report]) -> None:
        for report in reports:
            try:
                self._report(report)
            except Exception:
                # Whoever cannot listen must not keep the others from it.
                _LOGGER.exception("A report about an outgoing message could not be told")


def _sms(message: OutgoingMessage, route: Route) -> OutgoingSms:
    return OutgoingSms(
        number=message.number, text=message.text, phone_id=route.phone_id, sim=route.sim, customer_id=message.tag
    )


def _names_phone_of(message: OutgoingMessage, listed: Message) -> bool:
    """Whether a record is of the message's phone, or names none, as some do."""
    return message.route is not None and listed.phone_id in {message.route.phone_id, ""}


def _writable(text: str) -> str:
    """Return a text that can be encoded. A template can cut an emoji in half, which no file and no request takes."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
