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
from .filter_zone import WESTERNMOST
from .stored import moment_from, moment_words

# A message that is announced later than this after it was stored is marked as delayed; and so is one that claims to be
# from the future, since the clock that says so may say anything.
FRESH_FOR: Final = timedelta(minutes=5)
FIRST_RUN_MARGIN: Final = timedelta(minutes=1)
# Longer than the furthest sweep goes back; and a bound for an account that is flooded.
REMEMBERED_FOR: Final = timedelta(days=40)
REMEMBERED_IDS: Final = 5000

# What is forgotten is gone over when there is something to gain by it.
_FORGET_STEP: Final = timedelta(hours=1)
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_A_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message that is news, and whether it is provably fresh."""

    message: Message
    delayed: bool


class Inbox:
    """Remembers which incoming messages are known."""

    def __init__(self, *, lost: bool = False) -> None:
        """Start without a memory: the first messages that are shown become what is known.

        ``lost`` says that there was a memory, so that what has come lately may have been announced.
        """
        self._lost = lost
        self._known: dict[int, datetime | None] = {}
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

    @property
    def lost(self) -> bool:
        """Whether there was a memory that was lost, and no first read since then."""
        return self._lost

    @property
    def waiting(self) -> int:
        """How many messages are news and not claimed yet."""
        return len(self._candidates)

    @property
    def waiting_since(self) -> datetime | None:
        """When the oldest message was created that is news and not claimed yet; None if there is none."""
        times = [_time_of(message) for message in self._candidates.values()]
        return min((time for time in times if time is not None), default=None)

    def start(self, messages: Iterable[Message], service_time: datetime | None, own_time: datetime) -> None:
        """Take all that the service holds as known, without announcing it.

        The floor is set by the earlier of the two clocks: one that lies ahead would swallow messages, and neither is
        above suspicion. Where the service tells no time, the newest message that it has shown stands in. A little is
        taken off, since whole seconds and a phone's own clock may put a message that comes right after this read before
        it; what the list shows is known by its id anyway. Nothing is taken off where a memory was lost: a message of
        the last minute that the list does not show yet may have been announced, and so may one of this very second.
        """
        incoming = [message for message in messages if message.incoming]
        if service_time is None:
            times = [time for message in incoming if (time := _time_of(message)) is not None]
            service_time = max(times, default=own_time)
        self._floor = min(service_time, own_time) + (_A_TICK if self._lost else -FIRST_RUN_MARGIN)
        self._lost = False
        self._remember(incoming)

    def offer(self, messages: Iterable[Message]) -> set[int]:
        """Take messages that were read; those that are neither known nor below the floor are news until claimed.

        Returns the ids of those that were not news already.
        """
        added: set[int] = set()
        if self._floor is None:
            return added
        for message in messages:
            if message.incoming and message.id not in self._known and not self._is_below_floor(_time_of(message)):
                if message.id not in self._candidates:
                    added.add(message.id)
                self._candidates[message.id] = message
        return added

    def knows(self, message_id: int) -> bool:
        """Say whether a message was shown before."""
        return message_id in self._known or message_id in self._candidates

    def news(self, now: datetime | None, is_settled: Callable[[str, datetime], bool]) -> list[IncomingMessage]:
        """Return the messages that are to be announced, in their order.

        ``now`` is the service's time; ``is_settled`` says whether a phone was in steady contact at a moment.
        """
        ordered = sorted(self._candidates.values(), key=lambda message: (_time_of(message) or _BEGINNING, message.id))
        return [
            IncomingMessage(message, delayed=not _is_provably_fresh(message, now, is_settled)) for message in ordered
        ]

    def claim(self, news: Iterable[IncomingMessage]) -> None:
        """Remember messages as known; they are about to be announced."""
        messages = [item.message for item in news]
        self._claimed = {message.id for message in messages}
        for message in messages:
            self._known[message.id] = _time_of(message)
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
        """Forget what is too old for any list that is still read, and the oldest of what is too much.

        ``now`` must not be ahead of the service's time. What is from the future is kept whatever it costs: forgetting
        it would raise the floor above everything that is yet to come. So is what has no time at all, since no floor
        can stand in for it.
        """
        if self._floor is None:
            return
        floor = max(self._floor, now - REMEMBERED_FOR)
        surplus = len(self._known) - REMEMBERED_IDS
        if surplus <= 0 and floor - self._floor < _FORGET_STEP:
            return
        past = sorted(created for created in self._known.values() if created is not None and created < now)
        if surplus > 0 and past:
            # Strictly above, or the message that is forgotten would be news again.
            floor = max(floor, past[min(surplus, len(past)) - 1] + _A_TICK)
        self._floor = floor
        self._known = {number: created for number, created in self._known.items() if not self._is_below_floor(created)}

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "floor": moment_words(self._floor),
            "known": {str(message_id): moment_words(created) for message_id, created in self._known.items()},
            "claimed": sorted(self._claimed),
            "lost": self._lost,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the inbox that ``as_dict`` described. Raises an error of any kind for anything else."""
        inbox = cls(lost=bool(data["lost"]))
        inbox._floor = moment_from(data["floor"])
        inbox._known = {int(message_id): moment_from(created) for message_id, created in data["known"].items()}
        inbox.unsure = frozenset(map(int, data["claimed"]))
        return inbox

    def _remember(self, messages: Iterable[Message]) -> None:
        """Remember what the floor does not stand in for."""
        for message in messages:
            created = _time_of(message)
            if not self._is_below_floor(created):
                self._known[message.id] = created

    def _is_below_floor(self, created: datetime | None) -> bool:
        return created is not None and self._floor is not None and created < self._floor


def _time_of(message: Message) -> datetime | None:
    """Return when a message was created; at the latest, if the zone of its own words for that is not known."""
    if message.created is not None or message.created_text is None:
        return message.created
    try:
        words = datetime.fromisoformat(message.created_text)
    except ValueError:
        return None
    return words.replace(tzinfo=UTC) - WESTERNMOST


def _is_provably_fresh(message: Message, now: datetime | None, is_settled: Callable[[str, datetime], bool]) -> bool:
    # What cannot be shown to be fresh is late: an old "open the gate" does more harm than one that has to be repeated.
    if message.created is None or now is None or abs(now - message.created) > FRESH_FOR:
        return False
    return is_settled(message.phone_id, message.created)
