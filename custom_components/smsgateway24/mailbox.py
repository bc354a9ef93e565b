"""The account's messages in both directions: read, noted down, announced, sent and followed.

What is true of them is decided by the inbox and the outbox, plain objects both; here they meet the service, the disk and
Home Assistant.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .account import Account
from .announcer import Announcer
from .api import AuthenticationError, Message, MessageList, OutgoingSms, Phone
from .const import DOMAIN, LOGGER
from .messaging.health import PhoneState
from .messaging.outbox import Outbox, OutboxSettings
from .messaging.outgoing import Stage
from .messaging.pending import PendingMessages
from .messaging.reader import ListReader, Reading
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
        phones: Callable[[], Iterable[PhoneState]],
        traffic: Callable[[], None],
        credentials_refused: Callable[[], None],
    ) -> None:
        """Take what it works with.

        ``phones`` tells how the phones are; ``traffic`` is called when a message comes or goes, ``credentials_refused``
        when a message could not be sent because only the user can sign in again.
        """
        self._hass = hass
        self._name = f"{DOMAIN} messages of {entry_id}"
        self._account = account
        self._announcer = announcer
        self._interval = settings.poll_interval
        self._traffic = traffic
        self._credentials_refused = credentials_refused
        self._store = AccountStore(hass, entry_id)
        self._reader = ListReader(self._fetch)
        self._outgoing: dict[int, Message] = {}
        self._read_something = False
        self._listening = False
        self._closed = False
        self._processing = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._noted_at: datetime | None = None
        self.memory = Memory()
        self.pending = PendingMessages()
        self.outbox = Outbox(
            self,
            settings=OutboxSettings(
                keep_unsent=settings.keep_unsent, failover=settings.failover, max_per_hour=settings.max_per_hour
            ),
            phones=phones,
            now=dt_util.utcnow,
            save=self.async_save,
            report=self._announcer.async_announce_report,
            spawn=self._spawn,
        )

    # --- reading ----------------------------------------------------------------------------

    async def async_load(self) -> None:
        """Take up what was noted down in an earlier life."""
        self.memory = await self._store.async_load()
        self.outbox.restore(self.memory.outbox)
        self._reader = ListReader(self._fetch, swept_until=self.memory.swept_until)
        if unsure := self.memory.inbox.unsure:
            LOGGER.warning(
                "Home Assistant was stopped in the very moment in which it announced messages; these may not have been"
                " announced, and are not announced again: %s",
                ", ".join(map(str, sorted(unsure))),
            )

    async def async_read(self) -> Reading:
        """Read what is new at the service. Raises the API's errors."""
        now = self._now()
        reach = self.pending.oldest()
        if self.outbox.messages:
            longest = max(dt_util.utcnow() - message.attempted_at for message in self.outbox.messages)
            reach = min(reach or now, now - longest)
        return await self._reader.read(now, reach)

    @callback
    def async_take(self, reading: Reading, phones: Iterable[Phone]) -> None:
        """Take in what was read; what is news is announced as soon as somebody listens."""
        now = self._now()
        came_back = self.memory.contacts.observe(phones, now, self._interval)
        if came_back is not None:
            # It may hand in messages with the times at which it received them.
            self._reader.owe(came_back)
        self.pending.observe(reading, now)
        inbox = self.memory.inbox
        if inbox.started:
            inbox.offer(reading.fresh.values())
        else:
            # The earlier of the two clocks: a floor that lies ahead would swallow messages, and neither clock is above
            # suspicion.
            service_time = self._account.client.clock.now()
            inbox.start(reading.fresh.values(), service_time and min(service_time, dt_util.utcnow()))
        if reading.swept:
            inbox.forget(now)
        self.memory.swept_until = self._reader.swept_until
        self._collect_outgoing(reading)
        self._read_something = True
        if self._noted_at is None or not timedelta() <= now - self._noted_at < NOTE_EVERY:
            self._noted_at = now
            self.async_save_soon()
        self._process_soon()

    @callback
    def async_out_of_reach(self) -> None:
        """Take note that the service could not be read."""
        self._process_soon()

    def _collect_outgoing(self, reading: Reading) -> None:
        """Set aside what the outbox may want to know."""
        if any(message.stage is Stage.CHECKING for message in self.outbox.messages):
            # Which of all is ours, only a look at their tags can tell.
            for found in reading.lists:
                self._outgoing |= {message.id: message for message in found.messages if not message.incoming}
            return
        for message in self.outbox.messages:
            if message.message_id is not None and (listed := reading.get(message.message_id)) is not None:
                self._outgoing[listed.id] = listed

    async def _fetch(self, begin: str | None, end: str | None) -> MessageList:
        return await self._account.call(lambda client: client.get_messages(begin=begin, end=end))

    def _now(self) -> datetime:
        return self._account.client.clock.now() or dt_util.utcnow()

    # --- announcing -------------------------------------------------------------------------

    @callback
    def async_start_listening(self) -> None:
        """Announce from now on: the entities are there, and automations are attached."""
        self._listening = True
        self._process_soon()

    async def async_close(self) -> None:
        """Announce no more, once what is being announced is done, and write everything down."""
        self._listening = False
        async with self._processing:
            if self._tasks:
                # What is still under way after that is in doubt, and is looked for by whoever loads the account next.
                await asyncio.wait(self._tasks, timeout=UNLOAD_WAITS)
            await self.async_save()
            self._closed = True

    def _process_soon(self) -> None:
        if self._listening:
            # Not eagerly: the entities are updated first, and those of a new phone added, so that its event entity
            # hears the very messages that came with it. And not as a task of the entry, which unloading would cut off
            # between a claim and its announcement.
            self._hass.async_create_task(self._process(), self._name, eager_start=False)

    async def _process(self) -> None:
        async with self._processing:
            if not self._listening:
                return
            await self._announce_news()
            outgoing, self._outgoing = self._outgoing, {}
            read_something, self._read_something = self._read_something, False
            if read_something:
                await self.outbox.observe(outgoing.values())
            else:
                await self.outbox.tick()

    async def _announce_news(self) -> None:
        """Claim what is news, make sure of the claim, and announce it in the same step of the loop."""
        inbox = self.memory.inbox
        news = inbox.news(self._account.client.clock.now(), self.memory.contacts.is_settled)
        if not news:
            return
        self._traffic()
        inbox.claim(news)
        if not await self.async_save():
            inbox.release(news)
            LOGGER.warning(
                "%s new messages are held back until it can be noted down that they are known; check the disk",
                len(news),
            )
            return
        for incoming in news:
            self._announcer.async_announce_incoming(incoming)
        inbox.announced()
        self.async_save_soon()

    # --- sending ----------------------------------------------------------------------------

    async def send_message(self, sms: OutgoingSms) -> int:
        """Hand a message over for the outbox, and return its id. Raises the API's errors."""
        self._traffic()
        try:
            return await self._account.send_message(sms)
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
        return not self._closed and await self._store.async_save(self._describe)

    @callback
    def async_save_soon(self) -> None:
        """Write it down without waiting for it."""
        self._hass.async_create_task(self.async_save(), self._name)

    def _describe(self) -> Mapping[str, Any]:
        return self.memory.as_dict(self.outbox.as_list())
