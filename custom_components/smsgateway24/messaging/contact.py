"""Whether a phone's messages can be trusted to be fresh.

The time that a record carries is probably the time at which the service stored it. So a phone that was off for a day and
hands in what it received meanwhile delivers old commands that look new. What comes from a phone that has just appeared,
or just come back, is therefore not taken for fresh.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from ..api import Phone

# So long must a phone have been silent to have anything old to tell, and so long is it suspected of it on its return.
SILENCE: Final = timedelta(minutes=5)
SETTLING: Final = timedelta(minutes=5)
_SLACK: Final = timedelta(minutes=1)


@dataclass(slots=True)
class _Contact:
    last_seen: datetime | None
    settled_at: datetime | None = None


class ContactBook:
    """Watches the phones' contact with the service, in the service's time."""

    def __init__(self) -> None:
        """Know of no phone."""
        self._contacts: dict[str, _Contact] = {}
        self._begun = False

    def observe(self, phones: Iterable[Phone], now: datetime, interval: timedelta) -> datetime | None:
        """Learn how the phones are, and return the earliest last contact of those that have come back, if any has.

        ``interval`` is the time between two looks. When there was none for longer, as in an outage, a phone may have
        been silent as well, and counts as come back. The phones of the very first look are taken as they are: there is
        nothing to compare them with.
        """
        returned: list[datetime] = []
        for phone in phones:
            contact = self._contacts.get(phone.id)
            if contact is None:
                self._contacts[phone.id] = _Contact(phone.last_seen, now if self._begun else None)
                continue
            if phone.last_seen is None or phone.last_seen == contact.last_seen:
                continue
            # A phone may be set to ask rarely.
            usual = max(interval, timedelta(seconds=phone.request_interval or 0))
            if contact.last_seen is None or phone.last_seen - contact.last_seen >= max(SILENCE, usual + _SLACK):
                contact.settled_at = now
                returned.append(contact.last_seen or now)
            contact.last_seen = phone.last_seen
        self._begun = True
        return min(returned, default=None)

    def as_dict(self) -> dict[str, str | None]:
        """Return what must survive a restart."""
        return {
            phone_id: None if contact.last_seen is None else contact.last_seen.isoformat()
            for phone_id, contact in self._contacts.items()
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, str | None]) -> Self:
        """Return the book that ``as_dict`` described."""
        book = cls()
        book._contacts = {
            phone_id: _Contact(None if seen is None else datetime.fromisoformat(seen))
            for phone_id, seen in data.items()
        }
        book._begun = bool(data)
        return book

    def is_settled(self, phone_id: str, moment: datetime) -> bool:
        """Say whether a phone had been in steady contact for a while at a moment."""
        contact = self._contacts.get(phone_id)
        if contact is None:
            return False
        return contact.settled_at is None or moment - contact.settled_at >= SETTLING
