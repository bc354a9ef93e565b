"""The ledger: the outgoing messages that have not ended, in memory and on disk."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from datetime import datetime
import logging
from typing import Any, Final, Protocol

from .outgoing import OutgoingMessage, Stage

_LOGGER = logging.getLogger(__name__)

# A disk that takes longer (seconds) is as good as full: whoever waits for a message to be sent waits for this too.
SAVED_WITHIN: Final = 5.0


class Spawn(Protocol):
    """Starts a task that outlives whoever asked for it."""

    def __call__[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Return the running task."""
        ...


class Ledger:
    """Keeps the messages, oldest first, and knows whether they are written down."""

    def __init__(self, *, save: Callable[[], Awaitable[bool]], spawn: Spawn) -> None:
        """Take the collaborators.

        ``save`` writes down what ``as_list`` says, with whatever else belongs to it, and says whether that is certain.
        """
        self._save = save
        self._spawn = spawn
        self._messages: dict[str, OutgoingMessage] = {}
        # What is surely on disk, None where that is not known: a write that was given up may still come to pass.
        self._on_disk: dict[str, OutgoingMessage] | None = {}
        # What the last write held that was certain, whatever became of later ones.
        self._held: frozenset[str] = frozenset()
        self._hanging: asyncio.Task[bool] | None = None

    def __iter__(self) -> Iterator[OutgoingMessage]:
        """Iterate over the messages as they are now, whatever happens to them meanwhile."""
        return iter(tuple(self._messages.values()))

    def __contains__(self, message: OutgoingMessage) -> bool:
        return message.key in self._messages

    def current(self, message: OutgoingMessage) -> OutgoingMessage | None:
        """Return the message as it stands now, None if it has ended."""
        return self._messages.get(message.key)

    def put(self, message: OutgoingMessage) -> OutgoingMessage:
        """Enter a message, in place of what was known of it before."""
        self._messages[message.key] = message
        return message

    def remove(self, message: OutgoingMessage) -> None:
        """Strike out a message that has ended."""
        del self._messages[message.key]

    # --- on disk ----------------------------------------------------------------------------

    def as_list(self) -> list[dict[str, Any]]:
        """Return what must survive a restart."""
        return [message.as_dict() for message in self._messages.values()]

    def restore(self, data: Iterable[dict[str, Any]], now: datetime) -> None:
        """Take back what ``as_list`` described. What is damaged is left out, and the log says so.

        An attempt that a restart cut off is in doubt; the time for which it is looked for starts anew.
        """
        damaged = 0
        for item in data:
            try:
                message = OutgoingMessage.from_dict(item)
            except KeyError, TypeError, ValueError:
                damaged += 1
                continue
            self.put(message.looked_for_from(now) if message.stage is Stage.CHECKING else message)
        self._on_disk = dict(self._messages)
        self._held = frozenset(self._messages)
        if damaged:
            _LOGGER.error("Outgoing messages that were kept are damaged and lost: %s", damaged)

    def is_held(self, message: OutgoingMessage) -> bool:
        """Whether a later life would find the message on disk, as it is now or as it was before."""
        return message.key in self._held

    async def write_down(self) -> bool:
        """Write the messages down, and say whether that is certain within SAVED_WITHIN seconds."""
        if self._hanging is not None and not self._hanging.done():
            return False
        written = dict(self._messages)
        self._on_disk = None
        saving = self._spawn(self._try_to_save())
        # Never cancelled: half a write is worse than a late one.
        await asyncio.wait([saving], timeout=SAVED_WITHIN)
        if not saving.done():
            self._hanging = saving
            return False
        if saving.cancelled() or not saving.result():
            return False
        self._on_disk = written
        self._held = frozenset(written)
        return True

    async def catch_up(self) -> None:
        """Write down what is not surely on disk, if there is anything."""
        if self._messages != self._on_disk:
            await self.write_down()

    async def _try_to_save(self) -> bool:
        try:
            return await self._save()
        except Exception:
            _LOGGER.exception("The outgoing messages could not be written down")
            return False
