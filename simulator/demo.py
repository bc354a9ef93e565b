"""The world that the demo begins with: three phones, two days of messages."""

from datetime import timedelta

from .backend import Backend
from .world.message import Draft
from .world.phone import Sim
from .world.status import Status, failing

HALL_PHONE = 1576
ATTIC_PHONE = 1297
GARAGE_PHONE = 1643

_FIRST_FRIEND = "+447700900123"
_SECOND_FRIEND = "+12025550123"


def furnish(backend: Backend) -> None:
    """Let two days pass in an empty world, and leave it as it is now."""
    world = backend.world
    now = backend.clock.now()
    begin = now - timedelta(days=2)
    world.now = begin
    hall = world.add_phone(
        backend.account,
        "Hall phone",
        (
            Sim(0, "Example Mobile", "+447700900101", "gb", "8944000000000000101"),
            Sim(1, "Sample Telecom", "+12025550101", "us", "8901000000000000102", roaming=True),
        ),
        phone_id=HALL_PHONE,
        created=begin - timedelta(days=240),
        imei="350000000000016",
        serial_number="SIMULATED0001",
    )
    attic = world.add_phone(
        backend.account,
        "Attic phone",
        (Sim(0, "Sample Telecom", None, "us", "8901000000000000103"),),
        phone_id=ATTIC_PHONE,
        created=begin - timedelta(days=900),
        app_version="12.1.21",
        app_current=False,
        subscription=False,
        between_sms=5,
    )
    world.add_phone(
        backend.account,
        "Garage phone",
        (Sim(0, "Example Mobile", "+447700900102", "gb", "8944000000000000104"),),
        phone_id=GARAGE_PHONE,
        created=begin - timedelta(days=60),
    )
    world.run_until(begin + timedelta(hours=1))
    world.submit(backend.account, hall, Draft(_FIRST_FRIEND, "The washing machine is done."))
    world.run_until(begin + timedelta(hours=1, minutes=4))
    world.receive(hall, _FIRST_FRIEND, "Thanks, I'll hang it up")
    world.run_until(begin + timedelta(hours=9))
    world.receive(hall, "Example", "Welcome to Example Mobile. Texts abroad cost as much as at home.")
    world.run_until(begin + timedelta(hours=20))
    attic.next_fates.append(failing(Status.GENERIC_FAILURE))
    world.submit(backend.account, attic, Draft(_SECOND_FRIEND, "Water in the cellar: 2 cm and rising."))
    world.run_until(begin + timedelta(hours=20, minutes=1))
    world.submit(backend.account, hall, Draft(_SECOND_FRIEND, "Water in the cellar: 2 cm and rising.", sim=1))
    world.run_until(begin + timedelta(hours=20, minutes=6))
    world.receive(hall, _SECOND_FRIEND, "On my way 🚗", sim=1)
    world.run_until(begin + timedelta(hours=31))
    world.receive(attic, _FIRST_FRIEND, "Is the attic window open?")
    world.submit(backend.account, attic, Draft(_FIRST_FRIEND, "The attic window is closed."))
    world.run_until(now)
