"""Whether a phone that is new is one that was known under another id.

On some phones the app gets a new id when it signs in again (the vendor's news of February 2022), and the service may go
on listing the old one or not. Serial number, IMEI and the SIMs' serial numbers tell that it is the same phone; where
none of these is known on both sides, the title does, if it belongs to nobody else.

Two phones that were in touch with the service at the same time are never the same. Whether they are is the user's
answer in any case; here it is only decided whether to ask.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import hashlib
from typing import Any, Final, Self

from ..api import Phone
from .health import PhoneState
from .stored import sure_moment_from

# The moment at which an id was made and the last contact of another come from two clocks, and one of them in seconds.
_SLACK: Final = timedelta(minutes=1)
# What apps write where Android does not let them read it is the same on all phones, such as a row of zeros.
_FEWEST_SIGNS: Final = 2


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells a phone from others. All in digests: it is written down, and says who somebody is."""

    title: str | None = None
    serial_number: str | None = None
    imei: str | None = None
    iccids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, phone: Phone) -> Self:
        """Take the fingerprint of a phone."""
        return cls(
            title=_digest(phone.title if phone.title != phone.id else None),
            serial_number=_digest(phone.serial_number),
            imei=_digest(phone.imei),
            iccids=frozenset(digest for sim in phone.sims if (digest := _digest(sim.iccid))),
        )

    @classmethod
    def of_device(cls, title: str | None, serial_number: str | None) -> Self:
        """Take what is left of a fingerprint where only a device's name and serial number are known."""
        return cls(title=_digest(title), serial_number=_digest(serial_number))

    def filled_in(self, before: Fingerprint) -> Fingerprint:
        """Return it with what the phone does not say any more, as if it takes its SIM out before it signs in again."""
        return Fingerprint(
            title=self.title or before.title,
            serial_number=self.serial_number or before.serial_number,
            imei=self.imei or before.imei,
            iccids=self.iccids or before.iccids,
        )

    def is_of_handset(self, other: Fingerprint) -> bool | None:
        """Whether both are of the same piece of hardware, None if neither its serial number nor its IMEI tells."""
        told = [
            mine == theirs
            for mine, theirs in ((self.imei, other.imei), (self.serial_number, other.serial_number))
            if mine and theirs
        ]
        return None if not told else all(told)

    def shares_sim(self, other: Fingerprint) -> bool | None:
        """Whether a SIM is in both, None if it is not known."""
        return bool(self.iccids & other.iccids) if self.iccids and other.iccids else None


@dataclass(slots=True)
class _Known:
    """A phone that is or was listed: what it looks like, and when its id was made, or seen for the first time."""

    fingerprint: Fingerprint
    since: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """A phone that seems to have come back under another id."""

    old_id: str
    new_id: str


class PhoneBook:
    """Knows the phones of an account by what they look like."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, _Known] = {}
        # The ids that phones have had, and since when they have others.
        self._retired: dict[str, datetime] = {}
        self._kept_apart: set[Return] = set()

    @property
    def ids(self) -> Collection[str]:
        """The phones that are known."""
        return self._known.keys()

    def note(self, phone: Phone, now: datetime) -> None:
        """Learn what a phone that is listed looks like."""
        fingerprint = Fingerprint.of(phone)
        known = self._known.get(phone.id)
        if known is None:
            self._known[phone.id] = _Known(fingerprint, phone.created or now)
        else:
            known.fingerprint = fingerprint.filled_in(known.fingerprint)
            known.since = phone.created or known.since

    def note_device(self, phone_id: str, title: str | None, serial_number: str | None, since: datetime) -> None:
        """Learn of a phone that was known before there was this book, or before it was lost."""
        self._known.setdefault(phone_id, _Known(Fingerprint.of_device(title, serial_number), since))

    def forget(self, phone_id: str) -> None:
        """Forget a phone: nothing is left of it that could go on."""
        self._known.pop(phone_id, None)
        self._kept_apart = {pair for pair in self._kept_apart if phone_id not in {pair.old_id, pair.new_id}}

    # --- who came back ----------------------------------------------------------------------

    def returned(self, listed: Mapping[str, PhoneState], last_seen: Callable[[str], datetime | None]) -> list[Return]:
        """Return the phones that seem to have come back under another id, each once.

        ``last_seen`` tells when a phone that is not listed any more was in touch last, as far as it is known.
        """
        away = [
            phone_id for phone_id in self._known if (state := listed.get(phone_id)) is None or state.online is False
        ]
        if not away:
            return []
        found: list[Return] = []
        for old_id in away:
            state = listed.get(old_id)
            seen = last_seen(old_id) if state is None else state.phone.last_seen
            candidates = [
                new_id
                for new_id in listed
                if new_id != old_id
                and new_id in self._known
                and self._was_before(old_id, seen, new_id)
                and self._looks_like(old_id, new_id, left_behind=state is not None)
            ]
            if len(candidates) == 1 and Return(old_id, candidates[0]) not in self._kept_apart:
                found.append(Return(old_id, candidates[0]))
        # Where several could have become one, nobody knows which has.
        new_ids = [pair.new_id for pair in found]
        return [pair for pair in found if new_ids.count(pair.new_id) == 1]

    def _was_before(self, old_id: str, seen: datetime | None, new_id: str) -> bool:
        """Whether one id was in use before the other and never beside it."""
        begun = self._known[new_id].since
        return self._known[old_id].since < begun and (seen is None or seen <= begun + _SLACK)

    def _looks_like(self, old_id: str, new_id: str, *, left_behind: bool) -> bool:
        old, new = self._known[old_id].fingerprint, self._known[new_id].fingerprint
        same_handset, same_sim = old.is_of_handset(new), old.shares_sim(new)
        if left_behind:
            # Its id is still listed. A phone without its SIM may only be switched off.
            return same_handset is True or (same_handset is None and same_sim is True)
        if same_handset or same_sim:
            # Another handset with the same SIM, in the place of one that is gone, is worth the question.
            return True
        return same_handset is None and same_sim is None and old.title is not None and old.title == new.title

    def keep_apart(self, old_id: str, new_id: str) -> None:
        """Take note that these are two phones."""
        self._kept_apart.add(Return(old_id, new_id))

    # --- what has come to its end -----------------------------------------------------------

    def move(self, old_id: str, new_id: str) -> None:
        """Take note that a phone has another id now, and that nothing is left of it under the old one.

        Raises KeyError if it was never listed under the new one.
        """
        new = self._known[new_id]
        if (old := self._known.get(old_id)) is not None:
            new.fingerprint = new.fingerprint.filled_in(old.fingerprint)
        self.forget(old_id)
        self._retired[old_id] = new.since
        # It may have gone back to an id that it has had before.
        self._retired.pop(new_id, None)

    def in_use(self, phones: tuple[Phone, ...]) -> tuple[Phone, ...]:
        """Return the phones without those that have another id now.

        An id that is in touch again all the same is a phone's again.
        """
        if not self._retired:
            return phones
        for phone in phones:
            since = self._retired.get(phone.id)
            if since is not None and phone.last_seen is not None and phone.last_seen > since + _SLACK:
                del self._retired[phone.id]
        return tuple(phone for phone in phones if phone.id not in self._retired)

    # --- memory -----------------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "known": {
                phone_id: {
                    "title": known.fingerprint.title,
                    "serial_number": known.fingerprint.serial_number,
                    "imei": known.fingerprint.imei,
                    "iccids": sorted(known.fingerprint.iccids),
                    "since": known.since.isoformat(),
                }
                for phone_id, known in self._known.items()
            },
            "retired": {phone_id: since.isoformat() for phone_id, since in self._retired.items()},
            "kept_apart": sorted([pair.old_id, pair.new_id] for pair in self._kept_apart),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the book that ``as_dict`` described. Raises an error of any kind for anything else."""
        book = cls()
        book._known = {
            phone_id: _Known(
                Fingerprint(known["title"], known["serial_number"], known["imei"], frozenset(known["iccids"])),
                sure_moment_from(known["since"]),
            )
            for phone_id, known in data["known"].items()
        }
        book._retired = {phone_id: sure_moment_from(words) for phone_id, words in data["retired"].items()}
        book._kept_apart = {Return(old_id, new_id) for old_id, new_id in data["kept_apart"]}
        return book


def _digest(value: str | None) -> str | None:
    """Return a text in a form that tells it from others without saying what it is."""
    text = "" if value is None else value.strip().casefold()
    if len(set(text)) < _FEWEST_SIGNS:
        return None
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=12).hexdigest()
