"""A list of messages that is read in parts, as small as it can be, for tests of who reads it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
import itertools
from typing import Any

from custom_components.smsgateway24.api import AnswerTooLargeError, Message, MessageList, SmsGateway24Error
from custom_components.smsgateway24.api.answers import messages as message_list
from custom_components.smsgateway24.messaging.reader import ListReader, Progress, Reading

from .house import at_once

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


def a_text(
    message_id: int,
    created: datetime | None = NOW,
    *,
    created_text: str | None = None,
    status: int = 5,
    phone_id: str = "1576",
    number: str = "+447700900123",
) -> Message:
    """Return a message that a phone has received."""
    return Message(
        id=message_id,
        number=number,
        text="gate",
        status=status,
        status_text="incoming",
        phone_id=phone_id,
        sim=0,
        customer_id=None,
        urgent=False,
        created=created,
        created_text=created_text,
        sent_at=None,
        scheduled_for=None,
        newsletter_id=None,
    )


@dataclass
class Entry:
    """A record, and from when on it is shown."""

    id: int
    created: datetime
    status: int = 5
    shown_from: datetime = NOW - timedelta(days=999)


@dataclass
class Shelf:
    """The service's list, read by one reader."""

    zone: timedelta = timedelta()
    """How far the words of filters are ahead of UTC."""
    words_ahead: timedelta = timedelta()
    """How far the words of records are ahead of UTC."""
    limit: int | None = None
    keeps_newest: bool = False
    counts_all: bool = True
    filters_work: bool = True
    too_large_from: int | None = None
    bounds_belong: bool = True
    """Whether what was created at a bound is within it."""
    entries: list[Entry] = field(default_factory=list)
    requests: list[tuple[str | None, str | None]] = field(default_factory=list)
    error: SmsGateway24Error | None = None
    fails_at: int | None = None
    """The request that fails, counted from those that were made by then."""
    now: datetime = NOW
    clock: datetime | None = None
    """What the clock says, if that is not true; the first answer puts it right."""
    undated: bool = False
    as_numbers: bool = False
    """Whether dates are seconds since 1970 instead of words."""
    count: int | None = None
    """What every list counts, if not what it should."""
    shows_at_request: int | None = None
    """In how many requests all records are shown."""

    def __post_init__(self) -> None:
        """Begin with an empty list."""
        self._ids = itertools.count(1001)
        self.reader = self.restart()

    def restart(self, progress: Progress | None = None) -> ListReader:
        """Begin with another reader."""
        self.reader = ListReader(self.fetch, lambda: self.clock or self.now, progress or Progress())
        return self.reader

    def add(self, ago: timedelta = timedelta(), *, status: int = 5, shown_in: timedelta = timedelta()) -> int:
        """Put a record on the list."""
        entry = Entry(next(self._ids), self.now - ago, status, self.now + shown_in)
        self.entries.append(entry)
        return entry.id

    def add_many(self, count: int, first: timedelta, step: timedelta) -> list[int]:
        """Put records on the list, from so long ago on, one each step."""
        return [self.add(first - place * step) for place in range(count)]

    def read(self, reach: datetime | None = None) -> Reading:
        """Read once, and take what there is."""
        reading = at_once(self.reader.read(reach))
        self.reader.taken()
        return reading

    def fresh(self, reach: datetime | None = None) -> set[int]:
        """Read once, and return which messages were new."""
        return set(self.read(reach).fresh)

    def fresh_after(self, wait: timedelta) -> set[int]:
        """Let time pass, and read once."""
        self.now += wait
        return self.fresh()

    async def fetch(self, begin: str | None, end: str | None) -> MessageList:
        """Answer a request."""
        self.requests.append((begin, end))
        if self.error is not None and (self.fails_at is None or len(self.requests) == self.fails_at):
            raise self.error
        self.clock = None
        if self.shows_at_request is not None:
            self.shows_at_request -= 1
            if self.shows_at_request == 0:
                self.entries = [replace(entry, shown_from=self.now) for entry in self.entries]
        found = [entry for entry in self.entries if entry.shown_from <= self.now and self._matches(entry, begin, end)]
        count = len(found)
        if self.limit is not None:
            found.sort(key=lambda entry: (entry.created, entry.id), reverse=self.keeps_newest)
            found = found[: self.limit]
        if self.too_large_from is not None and len(found) >= self.too_large_from:
            raise AnswerTooLargeError
        return message_list(
            {
                "count": self.count or (count if self.counts_all else len(found)),
                "smss": {str(entry.id): self._record(entry) for entry in found},
            }
        )

    def _matches(self, entry: Entry, begin: str | None, end: str | None) -> bool:
        if not self.filters_work:
            return True
        words = entry.created.replace(tzinfo=None) + self.zone
        edge = timedelta() if self.bounds_belong else SECOND
        return (begin is None or words >= datetime.fromisoformat(begin) + edge) and (
            end is None or words <= datetime.fromisoformat(end) - edge
        )

    def _record(self, entry: Entry) -> dict[str, Any]:
        words = (entry.created + self.words_ahead).strftime("%Y-%m-%d %H:%M:%S.000000")
        offset = int(self.words_ahead.total_seconds()) // 60
        zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
        created: Any = None if self.undated else {"date": words, "timezone_type": 1, "timezone": zone}
        if self.as_numbers:
            created = int(entry.created.timestamp())
        return {"id": entry.id, "sendto": "+447700900123", "body": "gate", "status": entry.status, "created": created}
