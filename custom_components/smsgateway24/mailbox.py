"""The account's messages in both directions: read, noted down, announced, sent and followed.

What is true of them is decided by the inbox and the outbox, plain objects both; here they meet the service, the disk and
Home Assistant.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .account import Account
from .announcer import Announcer
from .api import (
    AuthenticationError,
    Message,
    MessageList,
    MessageStatusReport,
    OutgoingSms,
    Phone,
    RequestRefusedError,
    SmsGateway24Client,
    SmsGateway24Error,
)
from .const import DOMAIN, LOGGER
from .messaging.arrivals import Arrivals
from .messaging.doorbell import Trust
from .messaging.health import PhoneState
from .messaging.inbox import IncomingMessage
from .messaging.outbox import Clocks, Outbox, OutboxSettings
from .messaging.pending import PendingMessages
from .messaging.reader import REACH, Reading
from .settings import Settings
from .store import AccountStore, Memory

# How often it is noted down how far the list was read, when nothing else is noted.
NOTE_EVERY: Final = timedelta(hours=1)
# How long unloading waits for requests under way, in seconds.
UNLOAD_WAITS: Final = 10.0


class Mailbox:
    """The messages of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        *,
        account: Account,
        announcer: Announcer,
        settings: Settings,
        phones: Callable[[], Iterable[PhoneState] | None],
        traffic: Callable[[], None],
        credentials_refused: Callable[[], None],
    ) -> None:
        """Take what it works with.

        ``phones`` tells how the phones are, None while nobody knows; ``traffic`` is called when a message comes or goes,
        ``credentials_refused`` when a message could not be sent because only the user can sign in again.
        """
        self._hass = hass
        self._name = f"{DOMAIN} messages of {entry_id}"
        self._account = account
        self._announcer = announcer
        self._interval = settings.poll_interval
        self._traffic = traffic
        self._credentials_refused = credentials_refused
        self._store = AccountStore(hass, entry_id)
        self._outgoing: dict[int, Message] = {}
        self._read_something = False
        self._listening = False
        self._closed = False
        # Announcing has a lock of its own, or it would wait for what the outbox asks the service.
        self._announcing = asyncio.Lock()
        self._processing = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._question: asyncio.Task[MessageStatusReport] | None = None
        self._held_back = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._noted_at: datetime | None = None
        self.memory = Memory()
        self._arrivals = self._resume()
        self.pending = PendingMessages()
        self.trust = Trust(hass.loop.time)
        self.outbox = Outbox(
            self,
            settings=OutboxSettings(
                keep_unsent=settings.keep_unsent, failover=settings.failover, max_per_hour=settings.max_per_hour
            ),
            phones=phones,
            clocks=Clocks(dt_util.utcnow, self._now, _uptime),
            save=self.async_save,
            look=self.async_look,
            report=self._announcer.async_announce_report,
            spawn=self._spawn,
        )

    # --- reading ----------------------------------------------------------------------------

    async def async_load(self) -> None:
        """Take up what was noted down in an earlier life."""
        self.memory = await self._store.async_load()
        self.outbox.restore(self.memory.outbox)
        self.trust.restore(self.memory.doorbell)
        try:
            self.pending.restore(self.memory.pending)
        except (KeyError, TypeError, ValueError) as err:
            LOGGER.warning(
                "What waited at the service is counted anew: what was kept is damaged (%s)", type(err).__name__
            )
        self._arrivals = self._resume()
        if unsure := self.memory.inbox.unsure:
            LOGGER.warning(
                "Home Assistant was stopped in the very moment in which it announced messages; these may not have been"
                " announced, and are not announced again: %s",
                ", ".join(map(str, sorted(unsure))),
            )
            # Once is enough, even if the account has to be loaded several times.
            await self.async_save()

    def _resume(self) -> Arrivals:
        """Return the incoming side, going on where the memory ends."""
        return Arrivals(
            self._fetch,
            clock=self._account.client.clock,
            own_time=dt_util.utcnow,
            inbox=self.memory.inbox,
            contacts=self.memory.contacts,
            progress=self.memory.progress,
        )

    async def async_read(self) -> Reading:
        """Read what is new at the service. Raises the API's errors."""
        now, own = self._now(), dt_util.utcnow()
        ages = [own - message.attempted_at for message in self.outbox.messages]
        if (waiting := self.pending.oldest()) is not None:
            ages.append(now - waiting)
        # What is older is left to the sweeps, or has its status asked for.
        reach = max((age for age in ages if age <= REACH), default=None)
        return await self._arrivals.read(None if reach is None else now - reach)

    async def async_look(self) -> list[Message] | None:
        """Read out of turn what the outbox is looking for; None if the service cannot be read."""
        try:
            reading = await self.async_read()
        except SmsGateway24Error:
            return None
        self._take_reading(reading)
        self._process_soon()
        return [message for found in reading.lists for message in found.messages if not message.incoming]

    @callback
    def async_take(self, reading: Reading, phones: Iterable[Phone]) -> None:
        """Take in what was read; what is news is announced as soon as somebody listens."""
        now = self._now()
        self._arrivals.observe(phones, self._interval)
        self._take_reading(reading)
        self._read_something = True
        if self._noted_at is None or not timedelta() <= now - self._noted_at < NOTE_EVERY:
            self._noted_at = now
            self.async_save_soon()
        self._process_soon()

    def _take_reading(self, reading: Reading) -> None:
        """Take in what was read, whoever asked for it."""
        self.pending.observe(reading, self._now())
        self.trust.arrived(self._arrivals.take(reading))
        self._collect_outgoing(reading)

    @callback
    def async_out_of_reach(self) -> None:
        """Take note that the service could not be read."""
        self._process_soon()

    def _collect_outgoing(self, reading: Reading) -> None:
        """Set aside what the outbox may want to know."""
        if self.outbox.is_looking:
            # Which of all is ours, only a look at their tags can tell.
            self.trust.changed()
            for found in reading.lists:
                self._outgoing |= {message.id: message for message in found.messages if not message.incoming}
            return
        for message in self.outbox.messages:
            if message.message_id is not None and (listed := reading.get(message.message_id)) is not None:
                self._outgoing[listed.id] = listed
                if listed.status != message.status:
                    self.trust.changed()

    def knows(self, message_id: int) -> bool:
        """Say whether a message has been read, or sent, before."""
        return self._arrivals.knows(message_id) or any(
            message.message_id == message_id for message in self.outbox.messages
        )

    async def _fetch(self, begin: str | None, end: str | None) -> MessageList:
        return await self._account.call(lambda client: client.get_messages(begin=begin, end=end))

    def _now(self) -> datetime:
        return self._arrivals.now()

    # --- announcing -------------------------------------------------------------------------

    @callback
    def async_start_listening(self) -> None:
        """Announce from now on: the entities are there, and automations are attached."""
        self._listening = True
        self._process_soon()

    async def async_stop_listening(self) -> None:
        """Announce no more, once what is being announced is done: the entities are about to go.

        What is being sent is waited for while they are still there: a text that comes in the moment in which there is
        nobody to take it is lost.
        """
        self._listening = False
        if self._question is not None:
            self._question.cancel()
        async with self._announcing, self._processing:
            await self._wait_for_requests()

    async def async_close(self) -> None:
        """Announce no more, once what is being announced is done, and write everything down."""
        self._listening = False
        self.outbox.close()
        async with self._announcing, self._processing:
            await self._wait_for_requests()
            await self.async_save()
            async with self._writing:
                self._closed = True

    async def _wait_for_requests(self) -> None:
        if self._tasks:
            # What is still under way after that is in doubt, and is looked for by whoever loads the account next.
            await asyncio.wait(self._tasks, timeout=UNLOAD_WAITS)

    def _process_soon(self) -> None:
        if self._listening:
            # Not eagerly: the entities are updated first, and those of a new phone added, so that its event entity
            # hears the very messages that came with it. And not as a task of the entry, which unloading would cut off
            # between a claim and its announcement.
            self._hass.async_create_task(self._process(), self._name, eager_start=False)

    async def _process(self) -> None:
        async with self._announcing:
            if self._listening:
                await self._announce_news()
        async with self._processing:
            if not self._listening:
                return
            outgoing, self._outgoing = self._outgoing, {}
            read_something, self._read_something = self._read_something, False
            if read_something:
                await self.outbox.observe(outgoing.values())
                await self._ask_for_statuses()
            else:
                await self.outbox.tick()

    async def _ask_for_statuses(self) -> None:
        """Ask for the messages that no list which is read shows any more."""
        for message_id in dict.fromkeys((*self.outbox.to_ask_for(), *self.pending.to_ask_for(self._now()))):
            if not self._listening:
                # The one before was answered while the account was about to be unloaded.
                return
            self._question = self._hass.async_create_task(
                self._account.call(partial(_message_status, message_id=message_id)), self._name
            )
            # Nobody who unloads the account has to wait for that: it can be asked again.
            await asyncio.wait([self._question])
            if self._question.cancelled():
                return
            try:
                answer = self._question.result()
            except RequestRefusedError:
                # The others are asked for all the same: one that was deleted would be refused for ever.
                LOGGER.debug("The service does not tell the status of message %s", message_id)
                self.pending.refuse(message_id)
                continue
            except SmsGateway24Error as err:
                LOGGER.debug("The status of message %s could not be asked for: %s", message_id, err)
                return
            self.pending.hear(message_id, answer.status)
            await self.outbox.hear(message_id, answer.status, answer.description)

    async def _announce_news(self) -> None:
        """Announce what is news, or hold it back as long as nobody can be sure that it would not be announced again."""
        waiting = self._arrivals.waiting
        if not waiting:
            return
        self._traffic()
        if await self._arrivals.announce(self.async_save, self._tell):
            self._held_back = False
            self.async_save_soon()
        elif not self._held_back and not self._hass.is_stopping:
            self._held_back = True
            LOGGER.warning(
                "%s new messages are held back until it can be noted down that they are known; check the disk", waiting
            )

    @callback
    def _tell(self, incoming: IncomingMessage) -> None:
        try:
            self._announcer.async_announce_incoming(incoming)
        except Exception as err:  # noqa: BLE001 - the others are claimed as well, and would never be announced
            # No traceback, which may quote the text.
            LOGGER.error("Message %s was not announced to everybody: %s", incoming.message.id, type(err).__name__)

    # --- sending ----------------------------------------------------------------------------

    async def send_message(self, sms: OutgoingSms) -> int:
        """Hand a message over for the outbox, and return its id. Raises the API's errors."""
        return await self._hand_over(lambda client: client.send_message(sms))

    async def send_bulk(self, messages: Sequence[OutgoingSms]) -> None:
        """Hand over several messages at once for the outbox. Raises the API's errors."""
        await self._hand_over(lambda client: client.send_bulk(messages))

    async def _hand_over[T](self, request: Callable[[SmsGateway24Client], Awaitable[T]]) -> T:
        self._traffic()
        try:
            return await self._account.call(request)
        except AuthenticationError:
            # Told here, because the outbox keeps the message, and nobody else would hear of it before the next poll.
            self._credentials_refused()
            raise

    def _spawn[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = self._hass.async_create_task(work, self._name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # --- memory -----------------------------------------------------------------------------

    async def async_save(self) -> bool:
        """Write down what must survive a restart, and say whether that is certain."""
        # One after the other, so that none is still on its way when the account is closed, and perhaps removed.
        async with self._writing:
            return not self._closed and await self._store.async_save(self._describe)

    @callback
    def async_save_soon(self) -> None:
        """Write it down without waiting for it."""
        self._hass.async_create_task(self.async_save(), self._name)

    def _describe(self) -> Mapping[str, Any]:
        self.memory.progress = self._arrivals.progress
        self.memory.doorbell = self.trust.as_dict()
        self.memory.pending = self.pending.as_list()
        return self.memory.as_dict(self.outbox.as_dict())


def _uptime() -> float:
    # Looked up each time, so that whoever lets time pass faster in a test does so for everybody.
    return time.monotonic()


def _message_status(client: SmsGateway24Client, *, message_id: int) -> Awaitable[MessageStatusReport]:
    return client.get_message_status(message_id)
