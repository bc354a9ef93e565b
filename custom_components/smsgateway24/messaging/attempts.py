"""What came of the last attempts to send, by phone and by SIM.

A phone that may not send says so itself. A SIM that is blocked or without credit says nothing: the phone reports a
generic failure, which can have other causes too, such as a number without its "+". So it takes several in a row.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, Self

from ..api import SENT, MessageStatus, Phone
from .routing import SIM_SLOTS, Route

# So many generic failures in a row are not the fault of a number.
FAILURES_IN_A_ROW: Final = 3

_NOT_ALLOWED: Final[frozenset[int]] = frozenset({MessageStatus.NOT_ALLOWED, MessageStatus.NOT_ALLOWED_101})
# Whatever became of it then, the phone was allowed to send it and the SIM has done so.
_LEFT_THE_PHONE: Final[frozenset[int]] = SENT | {MessageStatus.DELIVERED, MessageStatus.NOT_DELIVERED}


class Attempts:
    """Remembers what is wrong with sending until a message leaves the phone."""

    def __init__(self) -> None:
        """Know of nothing wrong."""
        self._not_allowed: set[str] = set()
        self._failures: dict[Route, int] = {}

    def note(self, route: Route, status: int) -> bool:
        """Learn the status of a message that went by a route, and say whether that changes what is wrong."""
        before = route.phone_id in self._not_allowed, self._fails(route)
        if status in _NOT_ALLOWED:
            self._not_allowed.add(route.phone_id)
        elif status in _LEFT_THE_PHONE:
            self._not_allowed.discard(route.phone_id)
            self._failures.pop(route, None)
        elif status == MessageStatus.GENERIC_FAILURE and route.sim in SIM_SLOTS:
            self._failures[route] = self._failures.get(route, 0) + 1

        return before != (route.phone_id in self._not_allowed, self._fails(route))

    def _fails(self, route: Route) -> bool:
        return self._failures.get(route, 0) >= FAILURES_IN_A_ROW

    @property
    def not_allowed(self) -> Collection[str]:
        """The phones that may not send."""
        return self._not_allowed

    @property
    def failing(self) -> Collection[Route]:
        """The SIMs that send nothing, by the routes through them."""
        return list(filter(self._fails, self._failures))

    def look_at(self, phone: Phone) -> None:
        """Forget the SIMs that were taken out of a phone, if it says which are in it."""
        if phone.sims:
            slots = {sim.slot for sim in phone.sims}
            for route in [route for route in self._failures if route.phone_id == phone.id and route.sim not in slots]:
                del self._failures[route]

    def forget(self, phone_id: str) -> None:
        """Forget a phone."""
        self._not_allowed.discard(phone_id)
        for route in [route for route in self._failures if route.phone_id == phone_id]:
            del self._failures[route]

    def move(self, old_id: str, new_id: str) -> None:
        """Know a phone under another id."""
        if old_id in self._not_allowed:
            self._not_allowed.add(new_id)
        for route, failures in list(self._failures.items()):
            if route.phone_id == old_id:
                self._failures.setdefault(Route(new_id, route.sim), failures)
        self.forget(old_id)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "not_allowed": sorted(self._not_allowed),
            "failures": [[route.phone_id, route.sim, failures] for route, failures in self._failures.items()],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what ``as_dict`` described. Raises an error of any kind for anything else."""
        attempts = cls()
        attempts._not_allowed = set(map(str, data["not_allowed"]))
        attempts._failures = {
            Route(str(phone_id), int(sim)): int(failures) for phone_id, sim, failures in data["failures"]
        }
        return attempts
