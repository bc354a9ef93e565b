"""Which part of the service's list is read, so that nothing is missed and little is read twice.

The list holds all messages of the account in both directions. It has no pages, its order is not reliable, and the zone
of its date filter is unknown. Three ways of reading follow from that:

- A *narrow* window starts at a record that is known. If that record is in the answer, the window is proven to reach
  back to it, and costs a handful of rows. It starts some minutes before the newest record, since records may become
  visible out of order. Where the list is as long as any that was ever read, the next windows start at the newest record
  and right after it, so that a service that lists only so many rows, oldest first, cannot hide what is new behind what
  is known.
- A *sweep* reads back to a moment, with room for every zone. It is made at the start (back to the last sweep), once an
  hour, whenever a narrow window is not proven, and back to the last contact of a phone that returns after a silence: it
  may hand in what it received meanwhile, with times of its own, and not all at once, so that sweep is made again. What
  is too large or incomplete is read in halves.
- When a sweep after a gap looks complete, but no list was ever longer, it is soon made again, and if that is still so,
  looked at more closely: its halves must show nothing new, or there is a limit on rows that the service does not tell.
  What is halved is what was asked for, so the zone need not be known for that. The hourly sweep follows narrow windows
  that have left no gap, and is looked at like that only where such a limit has been met.

A failed request ends the reading with the API's error; what was owed stays owed.
"""

from bisect import bisect_right, insort
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, Final, Self

from ..api import AnswerTooLargeError, Message, MessageList, MessageStatus
from .filter_zone import EASTERNMOST, WESTERNMOST, FilterZone
from .stored import moment_from, moment_words

type Fetch = Callable[[str | None, str | None], Awaitable[MessageList]]

# Room for records that become visible out of order (a service that reads from copies of its database may be late).
LATE_BY: Final = timedelta(minutes=10)
# What a sweep reaches back if nothing more is owed: with half a day for the zone it covers at least as much.
SWEEP: Final = timedelta(hours=14)
SWEEP_EVERY: Final = timedelta(hours=1)
# How far a narrow window may reach back for messages that are followed; older ones are left to the sweeps.
REACH: Final = timedelta(hours=2)
# The furthest that a sweep goes back after a long downtime, and the length of its slices: most need no second one.
LONGEST_SWEEP: Final = timedelta(days=31)
SLICE: Final = timedelta(days=7)
# Halving ends here. As halves overlap by a second, it would not end at all at two.
SHORTEST_SLICE: Final = timedelta(seconds=5)
# A limit on rows that is lower than this would be of no use to the service's own pages.
LOWEST_LIMIT: Final = 10
# So many records right before the newest one are not to be listed in every poll.
CROWD: Final = 50
# A closer look at a sweep stops after so many requests, come what may.
MOST_PARTS: Final = 200
# How often a sweep is made when the clock turns out to have been wrong.
MOST_SWEEPS: Final = 3

_A_SECOND: Final = timedelta(seconds=1)
# The service's clock is a little late (see ServiceClock).
_CLOCK_IS_LATE_BY: Final = timedelta(minutes=1)
# Statuses that say for sure that a message is not an incoming one.
_OUTGOING: Final = frozenset(MessageStatus) - {MessageStatus.INCOMING}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the list was read, as it is written down for a later life.

    ``swept_until`` is the service's time until which all that was visible has been read with room for every zone;
    ``owed_since`` is how far back the next sweep has to go, if that is further than usual.
    """

    swept_until: datetime | None = None
    owed_since: datetime | None = None

    def as_dict(self) -> dict[str, str | None]:
        """Return what must survive a restart."""
        return {"swept_until": moment_words(self.swept_until), "owed_since": moment_words(self.owed_since)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the progress that ``as_dict`` described. Raises an error of any kind for anything else."""
        return cls(moment_from(data["swept_until"]), moment_from(data["owed_since"]))


@dataclass(frozen=True, slots=True)
class _Landmark:
    """A record that is known: when it was created, and how far the service's words for that are ahead of UTC."""

    created: datetime
    ahead: timedelta


@dataclass(slots=True)
class _Debt:
    """A moment that sweeps have to go back to, and when the first of them did.

    The first goes at once, the second when copies of the service's database have caught up; the third, for a phone that
    hands in slowly, is one of the hourly sweeps.
    """

    since: datetime
    paid_first: datetime | None = None

    def is_due(self, now: datetime, swept_until: datetime | None) -> bool:
        """Whether a sweep is to be made for its sake."""
        if self.paid_first is None or swept_until is None:
            return True
        return swept_until - self.paid_first < LATE_BY <= now - self.paid_first

    def is_paid(self, now: datetime) -> bool:
        """Take note of a sweep, and say whether it was the last."""
        if self.paid_first is None or now < self.paid_first:
            self.paid_first = now
        return now - self.paid_first >= SWEEP_EVERY


class _Start(Enum):
    """Where a narrow window starts."""

    EARLIER = auto()
    """Some minutes before the newest record."""
    NEWEST = auto()
    """At the newest record."""
    BEYOND = auto()
    """Right after it: it may share its second with more records than a list has room for."""


@dataclass(frozen=True, slots=True)
class _Unproven:
    """A narrow window that its record was not in: the record's id, where it started, and its rows at most."""

    number: int
    start: _Start
    rows: int


@dataclass(frozen=True, slots=True)
class _Span:
    """What was asked for, in the words of the bounds (``end`` None: open, ``until`` instead for halving), and found."""

    begin: datetime
    end: datetime | None
    until: datetime
    lists: list[MessageList]

    @property
    def ids(self) -> set[int]:
        """All messages that were listed."""
        return set().union(*(found.ids for found in self.lists))


@dataclass(slots=True)
class Reading:
    """What one reading brought.

    ``fresh`` are the messages that the reader has not been told to be ``taken``, in no order; ``lists`` are all lists,
    for whoever follows known messages. ``swept`` says that the reading was a sweep.
    """

    fresh: dict[int, Message] = field(default_factory=dict)
    lists: list[MessageList] = field(default_factory=list)
    swept: bool = False

    def __contains__(self, message_id: object) -> bool:
        """Say whether a message was listed."""
        return any(message_id in found.ids for found in self.lists)

    def get(self, message_id: int) -> Message | None:
        """Return a message as it was listed last; None if it was not."""
        for found in reversed(self.lists):
            if (message := found.get(message_id)) is not None:
                return message
        return None


class ListReader:
    """Reads the list of one account again and again."""

    def __init__(self, fetch: Fetch, now: Callable[[], datetime], progress: Progress = Progress()) -> None:
        """Take the request that reads a part of the list, the service's clock, and what was read in an earlier life.

        ``fetch`` is given the bounds as the service's words for them, "YYYY-MM-DD HH:MM:SS"; None is no bound.
        """
        self._fetch = fetch
        self._now = now
        self._zone = FilterZone()
        self._landmarks: dict[int, _Landmark] = {}
        self._timeline: list[tuple[datetime, int]] = []
        self._others: set[int] = set()
        # Kept until somebody has taken it, for what was read once is not fresh a second time.
        self._fresh: dict[int, Message] = {}
        self._progress = progress
        self._swept_until = progress.swept_until
        self._covered_until = progress.swept_until
        self._debts = [] if progress.owed_since is None else [_Debt(progress.owed_since)]
        self._sweep_due = True
        self._longest = LOWEST_LIMIT
        self._limited = False
        self._counts_told = False
        self._closer_look_owed = False
        self._closer_look_due = False
        self._looked_closer_at: datetime | None = None
        self._counts_wrong = False
        self._gap = True
        self._read_at: datetime | None = None
        self._start = _Start.EARLIER
        self._settled: int | None = None
        self._unproven: _Unproven | None = None

    @property
    def progress(self) -> Progress:
        """How far the list has been read, of what is in good hands."""
        return self._progress

    def owe(self, since: datetime) -> None:
        """Have the next reading sweep back to this moment, and some later ones as well."""
        self._debts.append(_Debt(since))
        owed_since = self._progress.owed_since
        self._progress = replace(self._progress, owed_since=min(owed_since or since, since))
        self._gap = True

    def taken(self) -> None:
        """Take note that what was read is in good hands."""
        self._fresh = {}
        self._progress = Progress(self._covered_until, min((debt.since for debt in self._debts), default=None))

    async def read(self, reach: datetime | None = None) -> Reading:
        """Read what is new, and back to ``reach`` if that is not too long ago. Raises the API's errors."""
        now = self._now()
        if self._read_at is None or not timedelta() <= now - self._read_at < LATE_BY:
            self._gap = True
        reading = Reading()
        self._unproven = None
        if self._is_sweep_due(now) or not await self._read_narrow(reading, now, reach):
            await self._sweep(reading)
        self._read_at = now
        reading.fresh = self._fresh
        return reading

    def _is_sweep_due(self, now: datetime) -> bool:
        since_sweep = timedelta.max if self._swept_until is None else now - self._swept_until
        return self._sweep_due or not timedelta() <= since_sweep < SWEEP_EVERY or self._is_debt_due(now)

    def _is_debt_due(self, now: datetime) -> bool:
        return any(debt.is_due(now, self._swept_until) for debt in self._debts)

    # --- narrow windows ---------------------------------------------------------------------

    async def _read_narrow(self, reading: Reading, now: datetime, reach: datetime | None) -> bool:
        """Read from a known record on, and say whether that is proven to have worked."""
        start, self._start = self._start, _Start.EARLIER
        newest = self._newest(now)
        if newest is None:
            return False
        if reach is not None and now - reach > REACH:
            reach = None
        if start is _Start.EARLIER and newest[1] == self._settled and (reach is None or reach >= newest[0]):
            start = _Start.NEWEST
        number, begin = self._choose_window(start, newest, reach)
        record = self._landmarks[number]
        end = max(now, self._timeline[-1][0]) + LATE_BY
        first, until = (self._zone.words_for(moment, record.ahead) for moment in (begin, end))
        # By the next sweep the usual list has become shorter, for it begins later; one that was cut has not.
        self._closer_look_due = self._sweep_due = self._closer_look_owed
        # Once more if need be: a copy of the service's database may be behind, or leave something out.
        for _ in range(2):
            lists = await self._read_span(reading, first, None, until=until)
            full = any(found.rows >= self._longest for found in lists)
            if start is _Start.BEYOND:
                # Nothing can prove it, but the next window will be proven again. Where the zone is not known to the
                # quarter of an hour, it may have begun hours earlier, and a limit kept back what is new.
                self._gap |= full
                return True
            if any(number in found.ids for found in lists):
                if full:
                    self._start = _Start.NEWEST if start is _Start.EARLIER else _Start.BEYOND
                if start is _Start.EARLIER:
                    # If a limit has kept something back, another such window would not show it either.
                    self._settle(now)
                return True
        self._gap = True
        if now - record.created > LATE_BY:
            # Anything younger may not have become visible everywhere.
            self._unproven = _Unproven(number, start, max((found.rows for found in lists), default=0))
        return False

    def _choose_window(
        self, start: _Start, newest: tuple[datetime, int], reach: datetime | None
    ) -> tuple[int, datetime]:
        """Return a record that proves the window, and when the window starts."""
        created, number = newest
        if start is not _Start.EARLIER:
            return number, created + (_A_SECOND if start is _Start.BEYOND else -_A_SECOND)
        target = created - LATE_BY
        if reach is not None:
            target = min(target, reach)
        created, number = self._timeline[max(self._place(target) - 1, 0)]
        return number, min(created, target) - _A_SECOND

    def _settle(self, now: datetime) -> None:
        """Take note of a window before the newest record. If that is old, the next ones may start at the record itself.

        Nothing older can become visible any more. Still, that is made use of only where it spares a crowd: else a window
        that reaches further back costs next to nothing, and helps where a phone's clock is late.
        """
        newest = self._newest(now)
        if newest is None or now - newest[0] < LATE_BY or self._now() < now:
            # In the last case an answer has put a clock right that was ahead.
            return
        crowd = self._place(newest[0]) - self._place(newest[0] - LATE_BY)
        if crowd >= min(CROWD, self._longest):
            self._settled = newest[1]

    def _newest(self, now: datetime) -> tuple[datetime, int] | None:
        """Return when the newest record was created, and its id; None if there is none."""
        # A record from the future, by a phone whose clock is wrong, would have the window start behind all others.
        place = self._place(now + _CLOCK_IS_LATE_BY)
        return self._timeline[place - 1] if place else None

    def _place(self, moment: datetime) -> int:
        """Return how many known records were created by this moment."""
        return bisect_right(self._timeline, moment, key=lambda item: item[0])

    # --- sweeps -----------------------------------------------------------------------------

    async def _sweep(self, reading: Reading) -> None:
        reading.swept = True
        for _ in range(MOST_SWEEPS):
            now = self._now()
            since = self._sweep_since(now)
            swept = await self._read_slices(reading, since, now)
            if self._now() >= now - LATE_BY:
                await self._conclude(reading, swept, since, now)
                return
            # The answers tell an earlier time than was thought (before the first of them, this machine's clock stands
            # in for the service's), so what was asked for may have been too late.

    def _sweep_since(self, now: datetime) -> datetime:
        earliest = now - LONGEST_SWEEP
        since = now - SWEEP
        for moment in (self._covered_until, *(debt.since for debt in self._debts)):
            if moment is not None:
                since = min(since, max(moment, earliest) - LATE_BY)
        return since

    async def _read_slices(self, reading: Reading, since: datetime, now: datetime) -> list[_Span]:
        begin = since.replace(tzinfo=None) + WESTERNMOST
        end = now.replace(tzinfo=None) + EASTERNMOST
        swept: list[_Span] = []
        while end - begin > SLICE + (EASTERNMOST - WESTERNMOST):
            stop = begin + SLICE
            swept.append(_Span(begin, stop, stop, await self._read_span(reading, begin, stop, until=stop)))
            # A second of overlap, as nothing says whether bounds are inclusive.
            begin = stop - _A_SECOND
        swept.append(_Span(begin, None, end, await self._read_span(reading, begin, None, until=end)))
        return swept

    async def _conclude(self, reading: Reading, swept: list[_Span], since: datetime, now: datetime) -> None:
        """Do what follows from a sweep."""
        listed: set[int] = set().union(*(span.ids for span in swept))
        await self._look_closer_if_due(reading, swept, listed, now)
        if self._unproven is not None:
            self._judge(self._unproven, listed, since)
        self._swept_until = now
        # A sweep may have begun at a time that its own answers have put right; one that seemed long ago would count as
        # the first of two that are an hour apart.
        unpaid = [debt for debt in self._debts if not debt.is_paid(self._now())]
        if not self._gap:
            if self._looked_closer_at == now:
                # A limit that keeps the newest has windows not proven where there is a crowd.
                self._settle(now)
            # Else something may be hidden behind a limit, which a later life would have to look for as well.
            self._covered_until = now
            self._debts = unpaid
        self._sweep_due = False
        self._forget(reading, now)

    async def _look_closer_if_due(self, reading: Reading, swept: list[_Span], listed: set[int], now: datetime) -> None:
        """Look closer at what may have met a limit, or leave that to a later sweep."""
        doubtful = [span for span in swept if self._may_be_cut(span)] if self._gap or self._limited else []
        if not doubtful:
            self._gap = self._closer_look_owed = self._closer_look_due = False
        elif self._limited or self._closer_look_due:
            # Where a limit keeps windows from being proven, sweep follows sweep.
            if self._looked_closer_at is None or not timedelta() <= now - self._looked_closer_at < LATE_BY:
                await self._look_closer(reading, doubtful, listed)
                self._looked_closer_at = now
                self._gap = self._closer_look_owed = self._closer_look_due = False
        else:
            self._closer_look_owed = True

    def _judge(self, unproven: _Unproven, listed: set[int], since: datetime) -> None:
        """Find out why a narrow window was not proven: a limit, wrong words, or a record that is no longer there."""
        number, record = unproven.number, self._landmarks[unproven.number]
        if unproven.rows >= self._longest and (number in listed or self._gap):
            # A limit may have kept it back, so nothing is learned about the zone. Closer to now there is less to show.
            self._start = _Start.NEWEST if unproven.start is _Start.EARLIER else _Start.EARLIER
        elif number in listed or (record.created < since and not self._zone.exhausted):
            # If the sweep did not go back as far, only trying can tell.
            self._zone.failed()
        else:
            del self._landmarks[number]
            self._timeline.remove((record.created, number))

    # --- requests ---------------------------------------------------------------------------

    async def _read_span(
        self, reading: Reading, begin: datetime, end: datetime | None, *, until: datetime
    ) -> list[MessageList]:
        """Read from ``begin`` to ``end`` (None: open, which for halving is ``until``), in halves where it must be."""
        whole = await self._list(reading, begin, end)
        lists = [] if whole is None else [whole]
        spans = [(begin, end, whole)]
        while spans:
            first, last, found = spans.pop()
            if found is not None and (found.complete or self._counts_wrong):
                continue
            stop = until if last is None else last
            if stop - first <= SHORTEST_SLICE:
                if found is None:
                    raise AnswerTooLargeError
                # So many rows within a few seconds, or a count that counts something else.
                self._counts_wrong = whole is not None and all(part.ids <= whole.ids for part in lists)
                continue
            middle = first + (stop - first) / 2
            halves = [(first, middle), (middle - _A_SECOND, last)]
            parts = [await self._list(reading, *half) for half in halves]
            lists += [part for part in parts if part is not None]
            if found is not None and all(part is not None and _adds_nothing(part, found) for part in parts):
                self._counts_wrong = True
                continue
            self._counts_told |= found is not None and any(part is not None and part.ids - found.ids for part in parts)
            spans += [(*half, part) for half, part in zip(halves, parts, strict=True)]
        return lists

    async def _list(self, reading: Reading, begin: datetime, end: datetime | None) -> MessageList | None:
        """Read a part of the list, and take note of what is in it; None if it is too large."""
        try:
            found = await self._fetch(_words(begin), None if end is None else _words(end))
        except AnswerTooLargeError:
            return None
        self._take(reading, found)
        return found

    # --- limits that the service does not tell ----------------------------------------------

    async def _look_closer(self, reading: Reading, spans: list[_Span], listed: set[int]) -> None:
        """Look for messages that a limit on rows has kept back.

        ``listed`` are those that the sweep has shown; what is found is added.
        """
        parts = 0
        while spans and parts < MOST_PARTS:
            span = spans.pop()
            if span.until - span.begin <= SHORTEST_SLICE:
                continue
            middle = span.begin + (span.until - span.begin) / 2
            halves = [(span.begin, middle, middle), (middle - _A_SECOND, span.end, span.until)]
            closer = [
                _Span(begin, end, until, await self._read_span(reading, begin, end, until=until))
                for begin, end, until in halves
            ]
            parts += len(closer)
            found: set[int] = set().union(*(half.ids for half in closer))
            cut = [half for half in closer if self._may_be_cut(half)]
            if len(cut) == len(closer) and found <= span.ids:
                # The filters do nothing, so there is no closer look.
                continue
            self._limited |= bool(found - listed)
            listed |= found
            spans += cut

    def _may_be_cut(self, span: _Span) -> bool:
        """Whether a list may have met a limit, and was not read in halves for that already."""
        if self._counts_told and not self._counts_wrong:
            # What a list has left out, its count has said.
            return False
        # What is shorter than another list cannot have met one.
        return any(found.rows >= self._longest and (found.complete or self._counts_wrong) for found in span.lists)

    # --- what is known ----------------------------------------------------------------------

    def _take(self, reading: Reading, found: MessageList) -> None:
        """Take note of a list: what is fresh is read, what is known is passed over."""
        reading.lists.append(found)
        self._longest = max(self._longest, found.rows)
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
        self._others = {number for number in self._others if any(number in found.ids for found in reading.lists)}
        if not self._timeline:
            return
        newest = self._timeline[max(self._place(now) - 1, 0)][0]
        place = self._place(min(newest, now) - SWEEP + WESTERNMOST - EASTERNMOST)
        old = self._timeline[:place]
        # What is listed all the same, by a service whose filters do nothing, would be fresh again each time.
        kept = [item for item in old if any(item[1] in found.ids for found in reading.lists)]
        self._timeline[:place] = kept
        for _, number in set(old).difference(kept):
            del self._landmarks[number]


def _adds_nothing(half: MessageList, whole: MessageList) -> bool:
    """Whether a half that seems incomplete like the whole has nothing that the whole has not.

    If that is true of both, the service counts something else than what it lists, or filters do nothing.
    """
    return not half.complete and half.ids <= whole.ids


def _landmark(message: Message) -> _Landmark | None:
    if message.created is None:
        return None
    if message.created_text is None:
        # Not written out, so it has no words of its own.
        return _Landmark(message.created, timedelta())
    try:
        words = datetime.fromisoformat(message.created_text)
    except ValueError:
        return None
    return _Landmark(message.created, words.replace(tzinfo=None) - message.created.astimezone(UTC).replace(tzinfo=None))


def _words(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
