"""What arrives: read from the service, remembered, and announced exactly once.

Here the reader, the inbox and the contact book work together. Whatever they need of the world, the disk included, is
handed in, so that a test can be the world.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from ..api import Phone, ServiceClock
from .contact import ContactBook
from .inbox import Inbox, IncomingMessage
from .reader import Fetch, ListReader, Progress, Reading


class Arrivals:
    """The incoming messages of one account."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        clock: ServiceClock,
        own_time: Callable[[], datetime],
        inbox: Inbox,
        contacts: ContactBook,
        progress: Progress,
    ) -> None:
        """Go on where an earlier life has ended.

        ``clock`` is the service's, as far as it is known; ``own_time`` tells what this machine's says.
        """
        self._clock = clock
        self._own_time = own_time
        self._inbox = inbox
        self._contacts = contacts
        self._reader = ListReader(fetch, self.now, progress)
        # The reader remembers what it has read, so it reads for one at a time.
        self._reading = asyncio.Lock()

    def now(self) -> datetime:
        """Return the service's time; this machine's stands in for it until it is known."""
        return self._clock.now() or self._own_time()

    @property
    def progress(self) -> Progress:
        """How far the list was read, as it may be written down now.

        What is not claimed yet is forgotten in a kill and has to be found again, however old it is. And a clock that is
        ahead must not make a later life believe that it knows what is yet to come.
        """
        swept_until, owed_since = self._reader.progress.swept_until, self._reader.progress.owed_since
        if (waiting_since := self._inbox.waiting_since) is not None:
            owed_since = waiting_since if owed_since is None else min(owed_since, waiting_since)
        return Progress(None if swept_until is None else min(swept_until, self._own_time()), owed_since)

    async def read(self, reach: datetime | None = None) -> Reading:
        """Read what is new, and back to ``reach`` if that is not too long ago. Raises the API's errors."""
        async with self._reading:
            return await self._reader.read(reach)

    def observe(self, phones: Iterable[Phone], interval: timedelta) -> None:
        """Learn how the phones are; ``interval`` is the time between two looks."""
        away_since = self._contacts.observe(phones, self.now(), interval)
        if away_since is not None and self._inbox.floor is not None:
            # It may hand in messages with the times at which it received them; what is below the floor is no news.
            self._reader.owe(max(away_since, self._inbox.floor))

    def take(self, reading: Reading) -> int:
        """Take in what was read: what is new waits to be announced.

        Returns how many of the new ones have provably come since the reading before.
        """
        added: set[int] = set()
        if self._inbox.started:
            added = self._inbox.offer(reading.fresh.values())
        else:
            service_time, own_time = self._clock.now(), self._own_time()
            if self._inbox.lost:
                # A floor that is too low would have what was announced announced again. A machine whose power was cut,
                # which is what costs memories, may begin with a clock that is behind; the phones know better.
                service_time, own_time = self._latest(), max(own_time, self._clock.at_least() or own_time)
            self._inbox.start(reading.fresh.values(), service_time, own_time)
        self._reader.taken()
        if reading.swept:
            self._inbox.forget(min(self.now(), self._own_time()))
        return sum(item.message.id in added and not item.delayed for item in self._news()) if added else 0

    def knows(self, message_id: int) -> bool:
        """Say whether an incoming message was read before."""
        return self._inbox.knows(message_id)

    @property
    def waiting(self) -> int:
        """How many messages wait to be announced."""
        return self._inbox.waiting

    async def announce(self, save: Callable[[], Awaitable[bool]], tell: Callable[[IncomingMessage], None]) -> bool:
        """Claim what is news, make sure of the claim, and tell it in the same step of the event loop.

        ``save`` says whether all is surely written down. Returns False if it is not, and the news are held back.
        """
        if not (news := self._news()):
            return True
        self._inbox.claim(news)
        saved = False
        try:
            saved = await save()
        finally:
            if not saved:
                self._inbox.release(news)
        if saved:
            for incoming in news:
                tell(incoming)
            self._inbox.announced()
        return saved

    def _news(self) -> list[IncomingMessage]:
        # What looks fresh by an earlier time may be old.
        return self._inbox.news(self._latest(), self._contacts.is_settled)

    def _latest(self) -> datetime | None:
        """Return the service's time; where only a lower bound of it is known, not before this machine's."""
        now = self._clock.now()
        return now if now is None or self._clock.is_told else max(now, self._own_time())
