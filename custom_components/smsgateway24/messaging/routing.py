"""Which phone sends, and with which SIM."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from .health import PhoneState

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
# Newer apps list WhatsApp and RCS channels beside the SIMs, as slots 2 and up (the vendor's spreadsheet script, 2026).
SIM_SLOTS: Final = (0, 1)


class NoPhoneError(Exception):
    """No phone of the account can send: there is none, or the one that was asked for is gone."""

    def __init__(self, wanted: str | None = None) -> None:
        """Remember which phone was asked for; None if any would have done."""
        super().__init__("no phone to send with")
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Route:
    """The phone that sends and the slot of its SIM, counted from 0 as the service counts."""

    phone_id: str
    sim: int


def choose_route(phones: Iterable[PhoneState], *, phone_id: str | None, sim: int | None) -> Route:
    """Choose the phone and SIM for a message.

    A fixed phone is used whether online or not: the service keeps the message for it. Otherwise the online phone with
    a SIM that was seen last sends; if none is online, the one seen last, which then gets it on its return. A SIM that
    was asked for is used in any case, on a phone that is known to have such a slot if there is one.

    Raises NoPhoneError if there is nothing to choose from.
    """
    candidates = [state for state in phones if phone_id is None or state.phone.id == phone_id]
    if sim is None:
        best = _best(candidates, _fitness, phone_id)
        return Route(best.phone.id, _first_sim(best))
    best = _best(candidates, lambda state: (_has_slot(state, sim), *_fitness(state)), phone_id)
    return Route(best.phone.id, sim)


def choose_online_route(phones: Iterable[PhoneState], *, phone_id: str | None, sim: int | None) -> Route | None:
    """Choose the same among the phones that are online, None if none of them is.

    Raises NoPhoneError if there is nothing to wait for.
    """
    states = list(phones)
    choose_route(states, phone_id=phone_id, sim=sim)
    online = [state for state in states if state.online]
    try:
        return choose_route(online, phone_id=phone_id, sim=sim)
    except NoPhoneError:
        return None


def is_online(phones: Iterable[PhoneState], phone_id: str) -> bool:
    """Say whether a phone is known to be online."""
    return any(state.online is True for state in phones if state.phone.id == phone_id)


def choose_other_route(phones: Iterable[PhoneState], *, sim: int | None, without: Collection[str]) -> Route:
    """Choose a phone for a message that other phones, ``without``, could not send: an online one, with any SIM.

    ``sim`` is the slot that was asked for; another one is better than no message. Raises NoPhoneError if no other
    phone is known to be online.
    """
    candidates = [state for state in phones if state.online and state.phone.id not in without]
    best = _best(candidates, lambda state: (sim is not None and _has_slot(state, sim), *_fitness(state)))
    return Route(best.phone.id, sim if sim is not None and _has_slot(best, sim) else _first_sim(best))


type _Fitness = Callable[[PhoneState], tuple[bool | datetime, ...]]


def _best(candidates: list[PhoneState], fitness: _Fitness, wanted: str | None = None) -> PhoneState:
    if not candidates:
        raise NoPhoneError(wanted)
    return max(candidates, key=fitness)


def _fitness(state: PhoneState) -> tuple[bool, bool, datetime]:
    # A gateway without SIM information may still send (modem clients exist that report none), so it comes last
    # among its equals instead of being left out.
    has_sim = any(_has_slot(state, slot) for slot in SIM_SLOTS)
    return state.online is True, has_sim, state.phone.last_seen or _NEVER


def _has_slot(state: PhoneState, slot: int) -> bool:
    return any(sim.slot == slot for sim in state.phone.sims)


def _first_sim(state: PhoneState) -> int:
    return next((slot for slot in SIM_SLOTS if _has_slot(state, slot)), SIM_SLOTS[0])
