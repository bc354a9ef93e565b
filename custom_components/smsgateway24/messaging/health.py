"""How a gateway phone is: online or not, and what waits on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..api import Phone

# A healthy phone is seen every few seconds; writing each of these moments would fill the recorder with nothing.
LAST_SEEN_STEP: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """A phone as the entities show it.

    ``last_seen`` moves in steps while the phone is well (see LAST_SEEN_STEP), so that two reads of a healthy phone
    compare equal; ``phone.last_seen`` is the exact moment. ``online`` is None when the service's time is not known.
    """

    phone: Phone
    online: bool | None
    pending: int
    last_seen: datetime | None


def assess(
    phone: Phone, *, pending: int, now: datetime | None, offline_after: timedelta, before: PhoneState | None
) -> PhoneState:
    """Say how a phone is, given the service's time ``now`` and how it was at the read ``before``."""
    seen = phone.last_seen
    online = _is_online(seen, now, offline_after)
    if (
        before is not None
        and online is True
        and before.online is True
        and seen is not None
        and before.last_seen is not None
        and timedelta() <= seen - before.last_seen < LAST_SEEN_STEP
    ):
        seen = before.last_seen
    return PhoneState(phone=phone, online=online, pending=pending, last_seen=seen)


def _is_online(seen: datetime | None, now: datetime | None, offline_after: timedelta) -> bool | None:
    if seen is None:
        return False
    if now is None:
        return None
    return now - seen <= offline_after
