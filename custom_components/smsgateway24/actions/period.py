"""Reads all messages of a period, although the zone of the service's bounds is not known and its lists may be cut."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..api import Message, MessageFilters, MessageList

# Bounds have no zone (documentation, section 4), and nothing public says in which one they are read. None is more than
# 14 hours from UTC; the hour beyond is for summer time and for rounding.
ANY_ZONE: Final = timedelta(hours=15)
# No limit of rows is documented, and there is no paging. A list that is shorter than this was not cut for its length.
SHORTEST_CUT_LIST: Final = 10
MOST_REQUESTS: Final = 32

_OVERLAP: Final = timedelta(seconds=1)
_SHORTEST: Final = 4 * _OVERLAP

type Fetch = Callable[[MessageFilters], Awaitable[MessageList]]


class IncompleteListError(Exception):
    """The service says that there are more messages than it lists, however short the time that is asked for."""


@dataclass(frozen=True, slots=True)
class _Slice:
    """A part of the period as the service is asked for it; without an ``end`` it reaches to the newest message."""

    begin: datetime
    end: datetime | None
    cut_from: int
    """How many rows a list of this slice has at least if it is cut: as many as the one that this slice is half of."""

    def halves(self, newest: datetime, rows: int) -> Iterator[_Slice]:
        """Return two slices that overlap, because it is not known whether bounds are within. None if it is too short."""
        length = (self.end or newest) - self.begin
        if length >= _SHORTEST:
            middle = self.begin + length / 2
            yield _Slice(self.begin, middle + _OVERLAP, rows)
            yield _Slice(middle, self.end, rows)


async def read_period(
    fetch: Fetch, filters: MessageFilters, begin: datetime, end: datetime | None, now: datetime
) -> list[Message]:
    """Return the messages from ``begin`` to ``end`` (None: to the newest), in no order, and some from around them.

    ``now`` is the time at the service. A list with fewer rows than it says there are is read again in halves. A count
    that does not belong to the list is told by its rows: a limit cuts both at the same length, and a half of a list
    that was whole is shorter.

    Raises the API's errors, and IncompleteListError.
    """
    found: dict[int, Message] = {}
    waiting = [_Slice(begin - ANY_ZONE, None if end is None else end + ANY_ZONE, SHORTEST_CUT_LIST)]
    for _ in range(MOST_REQUESTS):
        part = waiting.pop()
        listing = await fetch({**filters, "begin": part.begin, "end": part.end})
        found |= {message.id: message for message in listing.messages}
        rows = listing.rows
        if listing.count is not None and listing.count > rows >= part.cut_from:
            halves = list(part.halves(now + ANY_ZONE, rows))
            if not halves:
                break
            waiting += halves
        if not waiting:
            return list(found.values())
    raise IncompleteListError
