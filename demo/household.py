"""Who and what is in the demo: made up, with numbers from the ranges that are kept free for such purposes."""

from dataclasses import dataclass

USER = "demo"
PASSWORD = "demo"  # noqa: S105 -- printed on every start, for a Home Assistant that only this machine can reach

# What the simulator opens by itself.
ACCOUNT_EMAIL = "demo@example.com"
ACCOUNT_PASSWORD = "demo-password"  # noqa: S105 -- of the simulator
HALL_PHONE = "1576"
ATTIC_PHONE = "1297"
GARAGE_PHONE = "1643"

# Of the second service, for whoever adds another account.
NEIGHBOUR_EMAIL = "neighbour@example.com"
NEIGHBOUR_PASSWORD = "neighbour-password"  # noqa: S105 -- of the simulator
NEIGHBOUR_PHONE = "Boat phone"

DASHBOARD = "sms-gateway"


@dataclass(frozen=True)
class Person:
    """A recipient, as typed into the form; `phone` is a phone's id at the service, or `auto`."""

    name: str
    number: str
    phone: str
    sim: str | None
    trusted: bool


# Anna is texted through whichever phone is there, the others through one of their own.
ANNA = Person("Anna", "+447700900123", "auto", None, trusted=True)
BEN = Person("Ben", "+12025550123", ATTIC_PHONE, "0", trusted=False)
CLEO = Person("Cleo", "+447700900188", GARAGE_PHONE, "0", trusted=False)
PEOPLE = (ANNA, BEN, CLEO)
