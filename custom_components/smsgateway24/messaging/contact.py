"""Whether a phone's messages can be trusted to be fresh.

The time that a record carries is probably the time at which the service stored it. So a phone that was off for a day and
hands in what it received meanwhile delivers old commands that look new. What comes from a phone that has just appeared,
or just come back, is therefore not taken for fresh; nor is what comes from one that is not yet known to be back. A
silence that is shorter than the time between two looks, or than the phone's own habit, cannot be told from its ordinary
ways.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from ..api import Phone
from .stored import moment_from, moment_words

# So long must a phone have been silent to have anything old to tell, and so long is it suspected of it on its return.
SILENCE: Final = timedelta(minutes=5)
SETTLING: Final = timedelta(minutes=5)
# Copies of the service's database may differ by so much. What goes back further is taken for a correction.
STALE_BY: Final = timedelta(minutes=10)
# Whatever a new phone brings, it may have received at any time.
EVER: Final = datetime.min.replace(tzinfo=UTC)

_SLACK: Final = timedelta(minutes=1)


@dataclass(slots=True)
class _Contact:
    last_seen: datetime | None
    settled_at: datetime | None = None
    silence: timedelta = SILENCE
    """How long it must say nothing to be silent."""


class ContactBook:
    """Watches the phones' contact with the service, in the service's time."""

    def __init__(self, *, lost: bool = False) -> None:
        """Know of no phone. ``lost`` says that an earlier book was lost, so that nothing can be taken as it is."""
        self._contacts: dict[str, _Contact] = {}
        self._begun = lost

    def observe(self, phones: Iterable[Phone], now: datetime, interval: timedelta) -> datetime | None:
        """Learn how the phones are, and return the earliest last contact of those that have come back, if any has.

        ``interval`` is the time between two looks. When there was none for longer, as in an outage, a phone may have
        been silent as well, and counts as come back. A phone that is new counts as one that was away for ever: it may
        be an old one that has signed in again. The phones of the very first look are taken as they are: there is nothing
        to compare them with.
        """
        away_since = [since for phone in phones if (since := self._observe(phone, now, interval)) is not None]
        self._begun = True
        return min(away_since, default=None)

    def _observe(self, phone: Phone, now: datetime, interval: timedelta) -> datetime | None:
        """Return since when the phone was away, if it was and is back."""
        # A phone may be set to ask rarely.
        usual = max(interval, timedelta(seconds=phone.request_interval or 0))
        silence = max(SILENCE, usual + _SLACK)
        contact = self._contacts.get(phone.id)
        if contact is None:
            self._contacts[phone.id] = _Contact(phone.last_seen, now if self._begun else None, silence)
            return EVER if self._begun else None
        contact.silence = silence
        if contact.settled_at is not None and contact.settled_at > now:
            # The service's clock was ahead, and came to itself.
            contact.settled_at = now
        before, seen = contact.last_seen, phone.last_seen
        if seen is None or (before is not None and timedelta() <= before - seen < STALE_BY):
            return None
        contact.last_seen = seen
        if before is not None and timedelta() < seen - before < silence:
            return None
        contact.settled_at = now
        return None if before is not None and seen < before else before or EVER

    def last_seen(self, phone_id: str) -> datetime | None:
        """Return when a phone was in touch last, also one that is not listed any more."""
        contact = self._contacts.get(phone_id)
        return None if contact is None else contact.last_seen

    def is_settled(self, phone_id: str, moment: datetime) -> bool:
        """Say whether a phone had been in steady contact for a while at a moment."""
        contact = self._contacts.get(phone_id)
        if contact is None or contact.last_seen is None or moment - contact.last_seen >= contact.silence:
            return False
        return contact.settled_at is None or moment - contact.settled_at >= SETTLING

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "begun": self._begun,
            "phones": {
                phone_id: {
                    "last_seen": moment_words(contact.last_seen),
                    "settled_at": moment_words(contact.settled_at),
                }
                for phone_id, contact in self._contacts.items()
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the book that ``as_dict`` described. Raises an error of any kind for anything else."""
        book = cls()
        book._contacts = {
            phone_id: _Contact(moment_from(contact["last_seen"]), moment_from(contact["settled_at"]))
            for phone_id, contact in data["phones"].items()
        }
        book._begun = bool(data["begun"])
        return book
