"""What is wrong with an account's phones that the user can do something about.

All times are the service's. While the service cannot be read nothing is judged, and for a while after that a phone is
not called silent: it was out of touch as well.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from .attempts import Attempts
from .health import PhoneState
from .identity import PhoneBook
from .stored import sure_moment_from

# A phone that went offline may be in a lift or being restarted. What lasts for so long after that, it does not mend
# by itself.
SILENT_AFTER_OFFLINE: Final = timedelta(hours=1)
# So long after an outage must the service have been read again before a phone that says nothing is to blame.
SETTLING: Final = timedelta(minutes=10)
# The app is updated by hand (the vendor's APK page, 2026), so it is outdated for a moment with each release.
OUTDATED_FOR: Final = timedelta(days=1)

_SLACK: Final = timedelta(minutes=1)


class Problem(StrEnum):
    """What can be wrong, each a repair with texts and a page of its own."""

    APP_OUTDATED = "app_outdated"
    PHONE_CHANGED_ID = "phone_changed_id"
    PHONE_SILENT = "phone_silent"
    PUSH_ADDRESS_CHANGED = "push_address_changed"
    PUSH_SILENT = "push_silent"
    RECIPIENT_PHONE_GONE = "recipient_phone_gone"
    SENDING_NOT_PERMITTED = "sending_not_permitted"
    SIM_FAILS = "sim_fails"
    STORE_DAMAGED = "store_damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one phone, or with a SIM of it, or with the id that it has now."""

    problem: Problem
    phone_id: str
    sim: int | None = None
    new_id: str | None = None


class Checkup:
    """Finds out what is wrong, from one look at the phones to the next."""

    def __init__(self, phones: PhoneBook | None = None, attempts: Attempts | None = None) -> None:
        """Begin healthy."""
        self.phones = phones or PhoneBook()
        self.attempts = attempts or Attempts()
        self._silent: set[str] = set()
        self._outdated_since: dict[str, datetime] = {}
        self._reading_since: datetime | None = None

    def interrupted(self) -> None:
        """Take note that the service could not be read."""
        self._reading_since = None

    def look(
        self,
        phones: Mapping[str, PhoneState],
        now: datetime | None,
        *,
        offline_after: timedelta,
        last_seen: Callable[[str], datetime | None],
    ) -> list[Finding]:
        """Return what is wrong at the service's time ``now``, None if that is not known.

        ``last_seen`` tells when a phone that is not listed any more was in touch last.
        """
        if now is not None:
            if self._reading_since is None or self._reading_since > now:
                self._reading_since = now
            self._look_for_silence(phones, now, offline_after, now - self._reading_since)
            self._look_at_apps(phones, now)
        returned = self.phones.returned(phones, last_seen)
        # Whatever else is said of a phone under an id that it has no more, the one answer settles it.
        settled = {pair.old_id for pair in returned}
        return [
            *(Finding(Problem.PHONE_CHANGED_ID, pair.old_id, new_id=pair.new_id) for pair in returned),
            *(finding for finding in self._findings(phones, now) if finding.phone_id not in settled),
        ]

    def _look_for_silence(
        self, phones: Mapping[str, PhoneState], now: datetime, offline_after: timedelta, reading_for: timedelta
    ) -> None:
        if self._silent:
            self._silent = {
                phone_id for phone_id in self._silent if (state := phones.get(phone_id)) and not state.online
            }
        for state in phones.values():
            if state.online is not False or state.phone.id in self._silent:
                continue
            # One that was never in touch has been silent since it was registered.
            seen = state.phone.last_seen or state.phone.created
            settling = max(SETTLING, timedelta(seconds=state.phone.request_interval or 0) + _SLACK)
            if seen is not None and now - seen >= offline_after + SILENT_AFTER_OFFLINE and reading_for >= settling:
                self._silent.add(state.phone.id)

    def _look_at_apps(self, phones: Mapping[str, PhoneState], now: datetime) -> None:
        for state in phones.values():
            if state.phone.app_is_current is False:
                since = self._outdated_since.setdefault(state.phone.id, now)
                if since > now:
                    self._outdated_since[state.phone.id] = now
            elif self._outdated_since:
                self._outdated_since.pop(state.phone.id, None)

    def _findings(self, phones: Mapping[str, PhoneState], now: datetime | None) -> Iterator[Finding]:
        for phone_id in self._silent:
            yield Finding(Problem.PHONE_SILENT, phone_id)
        for phone_id in self.attempts.not_allowed:
            if phone_id in phones:
                yield Finding(Problem.SENDING_NOT_PERMITTED, phone_id)
        for route in self.attempts.failing:
            if route.phone_id in phones:
                yield Finding(Problem.SIM_FAILS, route.phone_id, sim=route.sim)
        for phone_id, since in self._outdated_since.items():
            if phone_id in phones and now is not None and now - since >= OUTDATED_FOR:
                yield Finding(Problem.APP_OUTDATED, phone_id)

    def forget(self, phone_id: str) -> None:
        """Forget a phone of which nothing is left."""
        self.phones.forget(phone_id)
        self.attempts.forget(phone_id)
        self._silent.discard(phone_id)
        self._outdated_since.pop(phone_id, None)

    def move(self, old_id: str, new_id: str) -> None:
        """Know a phone under the id that it has now. Raises KeyError if it was never listed under that."""
        self.phones.move(old_id, new_id)
        self.attempts.move(old_id, new_id)
        self.forget(old_id)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "phones": self.phones.as_dict(),
            "attempts": self.attempts.as_dict(),
            "silent": sorted(self._silent),
            "outdated_since": {phone_id: since.isoformat() for phone_id, since in self._outdated_since.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the checkup that ``as_dict`` described. Raises an error of any kind for anything else."""
        checkup = cls(PhoneBook.from_dict(data["phones"]), Attempts.from_dict(data["attempts"]))
        checkup._silent = set(map(str, data["silent"]))
        checkup._outdated_since = {
            phone_id: sure_moment_from(words) for phone_id, words in data["outdated_since"].items()
        }
        return checkup
