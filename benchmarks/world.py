"""What is at the simulated service when a benchmark begins."""

from datetime import datetime, timedelta
from typing import Final

from simulator.backend import Backend
from simulator.world.message import Change, Draft
from simulator.world.phone import Sim
from simulator.world.status import Status

# Invented numbers that belong to nobody.
FRIEND: Final = "+447700900123"
_TEXT: Final = "The washing machine is done, and the window in the bathroom is still open."

# A household's day.
MESSAGES_A_DAY: Final = 20
_HISTORY: Final = timedelta(days=365)
_RECENT: Final = timedelta(days=1)
_QUIET: Final = timedelta(minutes=20)


def furnish(backend: Backend, *, phones: int, history: int) -> None:
    """Put phones into an empty account, and a year's messages in both directions.

    Whatever their number, the last day has the same messages, and the last minutes have none: so only what is old makes
    the difference.
    """
    now = backend.clock.now()
    _add_phones(backend, phones)
    recent = min(MESSAGES_A_DAY, history)
    _spread(backend, history - recent, now - _HISTORY, now - 2 * _RECENT)
    _spread(backend, recent, now - _RECENT, now - _QUIET)
    backend.world.now = now


def crowd(backend: Backend, *, messages: int) -> None:
    """Put one phone into an empty account, and that many messages into its last ten minutes."""
    now = backend.clock.now()
    _add_phones(backend, 1)
    _spread(backend, messages, now - timedelta(minutes=10), now)
    backend.world.now = now


def _add_phones(backend: Backend, phones: int) -> None:
    for number in range(phones):
        backend.add_phone(
            f"Phone {number + 1}",
            sims=(Sim(0, iccid=f"89440000000000{number:05}"),),
            created=backend.clock.now() - _HISTORY,
            serial_number=f"SIMULATED{number:04}",
        )


def _spread(backend: Backend, messages: int, begin: datetime, end: datetime) -> None:
    """Let messages come and go evenly through the phones and the time."""
    world = backend.world
    phones = list(backend.account.phones.values())
    for number in range(messages):
        world.now = begin + (end - begin) * number / messages
        phone = phones[number % len(phones)]
        if number % 2:
            world.receive(phone, FRIEND, _TEXT)
            continue
        message = world.submit(backend.account, phone, Draft(FRIEND, _TEXT))
        phone.waiting.remove(message.id)
        message.history.append(Change(world.now, Status.DELIVERED))
