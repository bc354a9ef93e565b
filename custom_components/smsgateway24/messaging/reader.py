"""Which part of the service's list is read, so that nothing is missed and little is read twice.

The list holds all messages of the account in both directions. It has no pages, its order is not reliable, and the zone
of its date filter is unknown. Three ways of reading follow from that:

- A *narrow* window starts at a record that is known. If that record is in the answer, the window is proven to reach
  back to it, and costs a handful of rows. It starts some minutes before the newest record, since records may become
  visible out of order; in busy times every other one starts at the newest, so that a service that lists only so many
  rows, oldest first, cannot hide what is new behind what is known.
- A *sweep* reads back to a moment, with room for every zone. It is made at the start (back to the last sweep), once an
  hour, whenever a narrow window is not proven, and back to the last contact of a phone that returns after a silence: it
  may hand in what it received meanwhile, with times of its own. What is too large or incomplete is read in halves.
- When a sweep looks complete, its ends are tried: what lies beyond its newest and before its oldest record must be
  nothing new, or there is a limit on rows that the service does not tell.

A failed request ends the reading with the API's error; what was owed stays owed.
"""

from bisect import bisect_right, insort
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from ..api import AnswerTooLargeError, Message, MessageList, MessageStatus
from .filter_zone import EASTERNMOST, WESTERNMOST, FilterZone

type Fetch = Callable[[str | None, str | None], Awaitable[MessageList]]

# Room for records that become visible out of order (a service that reads from copies of its database may be late).
LATE_BY: Final = timedelta(minutes=10)
# What a sweep reaches back if nothing more is owed: with half a day for the zone it covers at least as much.
SWEEP: Final = timedelta(hours=14)
SWEEP_EVERY: Final = timedelta(hours=1)
# How far a narrow window may reach back for messages that are followed; older ones are left to the sweeps.
REACH: Final = timedelta(hours=2)
# The furthest that a sweep goes back after a long downtime, and the length of its slices.
LONGEST_SWEEP: Final = timedelta(days=31)
SLICE: Final = timedelta(days=2)
SHORTEST_SLICE: Final = timedelta(minutes=1)
# From so many rows on it is worth asking whether more are hidden behind them.
BUSY_FROM: Final = 3
# Trying the ends of a sweep stops after so many requests, come what may.
MOST_PAGES: Final = 200

_A_SECOND: Final = timedelta(seconds=1)
# Statuses that say for sure that a message is not an incoming one.
_OUTGOING: Final = frozenset(MessageStatus) - {MessageStatus.INCOMING}


@dataclass(frozen=True, slots=True)
class _Landmark:
    """A record that is known: when it was created, and how far the service's words for that are ahead of UTC."""

    created: datetime
    ahead: timedelta


@dataclass(slots=True)
class Reading:
    """What one reading brought.

    ``fresh`` are the messages that were not seen before by this reader, in no order; ``lists`` are all lists, for whoever
    follows known messages. ``swept`` says that the reading was a sweep.
    """

    fresh: dict[int, Message] = field(default_factory=dict)
    lists: list[MessageList] = field(default_factory=list)
    swept: bool = False

    def get(self, message_id: int) -> Message | None:
        """Return a message as it was listed last; None if it was not."""
        for found in reversed(self.lists):
            if (message := found.get(message_id)) is not None:
                return message
        return None


class ListReader:
    """Reads the list of one account again and again."""

    def __init__(self, fetch: Fetch, *, swept_until: datetime | None = None) -> None:
        """Take the request that reads a part of the list, and until when it was swept in an earlier life.

        ``fetch`` is given the bounds as the service's words for them, "YYYY-MM-DD HH:MM:SS"; None is no bound.
        """
        self._fetch = fetch
        self._zone = FilterZone()
        self._landmarks: dict[int, _Landmark] = {}
        self._timeline: list[tuple[datetime, int]] = []
        self._others: set[int] = set()
        # Kept over a reading that fails, since what it has read by then counts as seen.
        self._fresh: dict[int, Message] = {}
        self._swept_until = swept_until
        self._owed_since: datetime | None = None
        self._sweep_due = True
        self._ends_tried = False
        self._from_newest = False
        self._unproven: int | None = None

    @property
    def swept_until(self) -> datetime | None:
        """The service's time until which all that was visible has been read with room for every zone."""
        return self._swept_until

    def owe(self, since: datetime) -> None:
        """Have the next reading sweep back to this moment."""
        self._owed_since = since if self._owed_since is None else min(self._owed_since, since)

    async def read(self, now: datetime, reach: datetime | None = None) -> Reading:
        """Read what is new at the service's time ``now``, and back to ``reach`` if that is not too long ago.

        Raises the API's errors.
        """
        reading = Reading()
        self._unproven = None
        since_sweep = timedelta.max if self._swept_until is None else now - self._swept_until
        if self._owed_since is not None or not timedelta() <= since_sweep < SWEEP_EVERY:
            self._sweep_due = True
        if self._sweep_due or not await self._read_narrow(reading, now, reach):
            await self._sweep(reading, now)
        reading.fresh, self._fresh = self._fresh, {}
        return reading

    # --- narrow windows ---------------------------------------------------------------------

    async def _read_narrow(self, reading: Reading, now: datetime, reach: datetime | None) -> bool:
        """Read from a known record on, and say whether that is proven to have worked."""
        number = self._choose_landmark(now, reach)
        if number is None:
            return False
        record = self._landmarks[number]
        begin = self._zone.words_for(record.created - _A_SECOND, record.ahead)
        found = await self._fetch(_words(begin), None)
        self._take(reading, found)
        if number not in found.ids:
            self._unproven = number
            return False
        if not found.complete:
            return False
        self._zone.learn(worked=True)
        # Its ends can be tried now that the zone is known.
        self._sweep_due = not self._ends_tried
        self._from_newest = not self._from_newest and found.rows >= BUSY_FROM
        return True

    def _choose_landmark(self, now: datetime, reach: datetime | None) -> int | None:
        """Return the record at which the window starts: the newest that is old enough, else the oldest."""
        if not self._timeline or now - self._timeline[-1][0] > SWEEP:
            # A sweep costs no more rows than there were since then.
            return None
        newest, number = self._timeline[-1]
        if self._from_newest:
            return number
        target = newest - LATE_BY
        if reach is not None and now - reach <= REACH:
            target = min(target, reach - _A_SECOND)
        place = bisect_right(self._timeline, target, key=lambda item: item[0])
        return self._timeline[max(place - 1, 0)][1]

    # --- sweeps -----------------------------------------------------------------------------

    async def _sweep(self, reading: Reading, now: datetime) -> None:
        reading.swept = True
        since = now - SWEEP
        if self._swept_until is not None:
            since = min(since, self._swept_until - LATE_BY)
        if self._owed_since is not None:
            since = min(since, self._owed_since - LATE_BY)
        since = max(since, now - LONGEST_SWEEP)
        begin = since.replace(tzinfo=None) + WESTERNMOST
        end = now.replace(tzinfo=None) + EASTERNMOST
        swept: list[MessageList] = []
        while end - begin > SLICE + (EASTERNMOST - WESTERNMOST):
            swept += await self._read_slice(reading, begin, begin + SLICE)
            begin += SLICE
        swept += await self._read_slice(reading, begin, None, until=end)
        if self._unproven is not None:
            self._judge(self._unproven, swept)
        if self._zone.known:
            await self._try_ends(reading, swept, since)
            self._ends_tried = True
        self._swept_until = now
        self._owed_since = None
        self._sweep_due = False
        self._forget(reading, now)

    def _judge(self, number: int, swept: list[MessageList]) -> None:
        """Find out why a narrow window was not proven: wrong words, or a record that is no longer there."""
        if any(number in found.ids for found in swept):
            self._zone.learn(worked=False)
        else:
            created = self._landmarks.pop(number).created
            self._timeline.remove((created, number))

    async def _read_slice(
        self, reading: Reading, begin: datetime, end: datetime | None, *, until: datetime | None = None
    ) -> list[MessageList]:
        """Read from ``begin`` to ``end`` (None: open, which for halving is ``until``), in halves where it must be."""
        lists: list[MessageList] = []
        slices = [(begin, end)]
        while slices:
            first, last = slices.pop()
            stop = last or until or first
            try:
                found = await self._fetch(_words(first), None if last is None else _words(last))
            except AnswerTooLargeError:
                if stop - first <= SHORTEST_SLICE:
                    raise
                found = None
            if found is not None:
                self._take(reading, found)
                lists.append(found)
            if (found is None or not found.complete) and stop - first > SHORTEST_SLICE:
                middle = first + (stop - first) / 2
                # Later things first off the pile; a second of overlap, as nothing says whether bounds are inclusive.
                slices += [(middle - _A_SECOND, last), (first, middle)]
        return lists

    async def _try_ends(self, reading: Reading, swept: list[MessageList], since: datetime) -> None:
        """Look for messages that a limit on rows has kept back, beyond the newest and before the oldest listed."""
        listed = {number for found in swept for number in found.ids if number in self._landmarks}
        if not listed:
            return
        newest = max((self._landmarks[number] for number in listed), key=lambda record: record.created)
        oldest = min((self._landmarks[number] for number in listed), key=lambda record: record.created)
        for _ in range(MOST_PAGES):
            found = await self._fetch(_words(self._zone.words_for(newest.created, newest.ahead)), None)
            if not (ahead := self._new_landmarks(reading, found, listed)):
                break
            newest = max(ahead, key=lambda record: record.created)
        begin = _words(since.replace(tzinfo=None) + WESTERNMOST)
        for _ in range(MOST_PAGES):
            found = await self._fetch(begin, _words(self._zone.words_for(oldest.created + _A_SECOND, oldest.ahead)))
            if not (behind := self._new_landmarks(reading, found, listed)):
                break
            oldest = min(behind, key=lambda record: record.created)

    def _new_landmarks(self, reading: Reading, found: MessageList, listed: set[int]) -> list[_Landmark]:
        self._take(reading, found)
        new = (found.ids - listed) & self._landmarks.keys()
        listed |= new
        return [self._landmarks[number] for number in new]

    # --- what is known ----------------------------------------------------------------------

    def _take(self, reading: Reading, found: MessageList) -> None:
        """Take note of a list: what is fresh is read, what is known is passed over."""
        reading.lists.append(found)
        for number in found.ids - self._landmarks.keys() - self._others:
            message = found.get(number)
            if message is None:
                continue
            self._fresh[number] = message
            if not message.incoming and message.status not in _OUTGOING:
                # Whatever that is, it may yet turn out to be an incoming message.
                continue
            landmark = _landmark(message)
            if landmark is None:
                self._others.add(number)
            else:
                self._landmarks[number] = landmark
                insort(self._timeline, (landmark.created, number))

    def _forget(self, reading: Reading, now: datetime) -> None:
        """Keep in mind only what a later window may start at or list again."""
        oldest = now - SWEEP + WESTERNMOST - EASTERNMOST
        place = bisect_right(self._timeline, oldest, key=lambda item: item[0])
        for _, number in self._timeline[:place]:
            del self._landmarks[number]
        del self._timeline[:place]
        self._others = {number for number in self._others if any(number in found.ids for found in reading.lists)}


def _landmark(message: Message) -> _Landmark | None:
    if message.created is None or message.created_text is None:
        return None
    try:
        words = datetime.fromisoformat(message.created_text)
    except ValueError:
        return None
    return _Landmark(message.created, words.replace(tzinfo=None) - message.created.astimezone(UTC).replace(tzinfo=None))


def _words(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
