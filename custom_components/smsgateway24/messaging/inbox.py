"""The inbox: which of the messages that the service lists are news.

Identity is the service's message id, never the text: two equal texts are two messages. What was there at the first
read is known without being announced. From then on every id is either remembered or was created below the *floor*, a
moment that never falls; forgetting an id raises the floor to that message's time.

The inbox decides and remembers; it neither reads nor announces. Whoever announces ``offer``s it what was read, asks
for the ``news``, ``claim``s them, makes sure that the claim is on disk, and only then announces, in the same step of the
event loop. A claim that could not be kept is ``release``d, and the messages are news again. What an instant can cost:

- killed before the claim is on disk: nothing; the message is read and announced after the start;
- killed after that and before the announcement: this one announcement. It is not made up for, since nobody can tell it
  from one that was made, and an old "open the gate" must not open it a second time. ``unsure`` names these messages
  after the start, so that somebody can be told;
- killed after the announcement: nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from ..api import Message

# A message that is announced later than this after it was stored is marked as delayed.
FRESH_FOR: Final = timedelta(minutes=5)
FIRST_RUN_MARGIN: Final = timedelta(minutes=1)
# Longer than the furthest sweep goes back; and a bound for an account that is flooded.
REMEMBERED_FOR: Final = timedelta(days=40)
REMEMBERED_IDS: Final = 5000

_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message that is news, and whether it is provably fresh."""

    message: Message
    delayed: bool


class Inbox:
    """Remembers which incoming messages are known."""

    def __init__(self) -> None:
        """Start without a memory: the first messages that are offered become what is known."""
        self._known: dict[int, datetime] = {}
        self._floor: datetime | None = None
        self._candidates: dict[int, Message] = {}
        self._claimed: set[int] = set()
        self.unsure: frozenset[int] = frozenset()

    @property
    def floor(self) -> datetime | None:
        """The moment below which nothing is announced; None before the first read."""
        return self._floor

    @property
    def started(self) -> bool:
        """Whether a first read was shown; before that nothing can be news."""
        return self._floor is not None

    def start(self, messages: Iterable[Message], now: datetime | None) -> None:
        """Take all that the service holds as known, without announcing it.

        ``now`` is the service's time. The floor is set a little before it, since whole seconds and a phone's own clock
        may put a message that comes right after this read before it; what the list shows is known by its id anyway.
        Where the service tells no time, the newest message that it has shown stands in.
        """
        incoming = [message for message in messages if message.incoming]
        created = [message.created for message in incoming if message.created is not None]
        self._floor = max(created, default=_BEGINNING) if now is None else now - FIRST_RUN_MARGIN
        self._remember(incoming)

    def offer(self, messages: Iterable[Message]) -> None:
        """Take messages that were read; those that are neither known nor below the floor are news until claimed."""
        floor = self._floor
        if floor is None:
            return
        for message in messages:
            if (
                message.incoming
                and message.id not in self._known
                and (message.created is None or message.created >= floor)
            ):
                self._candidates[message.id] = message

    def news(self, now: datetime | None, is_settled: Callable[[str, datetime], bool]) -> list[IncomingMessage]:
        """Return the messages that are to be announced, in their order.

        ``now`` is the service's time; ``is_settled`` says whether a phone was in steady contact at a moment.
        """
        ordered = sorted(self._candidates.values(), key=lambda message: (message.created or _BEGINNING, message.id))
        return [
            IncomingMessage(message, delayed=not _is_provably_fresh(message, now, is_settled)) for message in ordered
        ]

    def claim(self, news: Iterable[IncomingMessage]) -> None:
        """Remember messages as known; they are about to be announced."""
        messages = [item.message for item in news]
        self._remember(messages)
        self._claimed = {message.id for message in messages}
        for message in messages:
            self._candidates.pop(message.id, None)

    def release(self, news: Iterable[IncomingMessage]) -> None:
        """Take back a claim that could not be kept on disk."""
        self._claimed.clear()
        for item in news:
            self._known.pop(item.message.id, None)
            self._candidates[item.message.id] = item.message

    def announced(self) -> None:
        """Take note that what was claimed has been announced."""
        self._claimed.clear()

    def forget(self, now: datetime) -> None:
        """Forget what is too old for any list that is still read."""
        if self._floor is None:
            return
        self._floor = max(self._floor, now - REMEMBERED_FOR)
        self._known = {number: created for number, created in self._known.items() if created >= self._floor}

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "floor": None if self._floor is None else self._floor.isoformat(),
            "known": {str(message_id): created.isoformat() for message_id, created in self._known.items()},
            "claimed": sorted(self._claimed),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the inbox that ``as_dict`` described."""
        inbox = cls()
        if data["floor"] is not None:
            inbox._floor = datetime.fromisoformat(data["floor"])
        inbox._known = {
            int(message_id): datetime.fromisoformat(created) for message_id, created in data["known"].items()
        }
        inbox.unsure = frozenset(map(int, data["claimed"]))
        return inbox

    def _remember(self, messages: Iterable[Message]) -> None:
        floor = self._floor or _BEGINNING
        for message in messages:
            self._known[message.id] = message.created or floor
        surplus = len(self._known) - REMEMBERED_IDS
        if surplus <= 0:
            return
        for message_id, created in sorted(self._known.items(), key=lambda item: item[1])[:surplus]:
            del self._known[message_id]
            # Strictly above, or the message that was just forgotten would be news again.
            floor = max(floor, created + timedelta(microseconds=1))
        self._floor = floor


def _is_provably_fresh(message: Message, now: datetime | None, is_settled: Callable[[str, datetime], bool]) -> bool:
    # What cannot be shown to be fresh is late: an old "open the gate" does more harm than one that has to be repeated.
    if message.created is None or now is None or now - message.created > FRESH_FOR:
        return False
    return is_settled(message.phone_id, message.created)
