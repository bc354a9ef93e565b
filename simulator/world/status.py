"""Status codes of messages, and the fates that lead through them."""

from enum import IntEnum

type Fate = tuple[int, ...]
"""The statuses that a message goes through from the moment at which the phone should send it.

The first comes when the phone transmits, the others one by one as reports. An empty fate is a message that never
leaves the phone."""


class Status(IntEnum):
    """Every code in the documentation (section 4)."""

    PENDING = 1
    TAKEN = 2
    QUEUED = 3
    INCOMING = 5
    SENT = 6
    DELIVERED = 7
    NOT_DELIVERED = 8
    GENERIC_FAILURE = 9
    NO_SERVICE = 10
    NULL_PDU = 11
    RADIO_OFF = 12
    NOT_ALLOWED = 100
    NOT_ALLOWED_EITHER = 101


SENT_BY_ANOTHER_CODE = 4
"""A Bitrix module treats 4 as sent; the documentation does not know it."""

LEFT_THE_PHONE = frozenset({SENT_BY_ANOTHER_CODE, Status.SENT, Status.DELIVERED, Status.NOT_DELIVERED})
"""Statuses that say that a text went out over the air."""

UNREPORTED = frozenset({Status.PENDING, Status.TAKEN, Status.QUEUED, Status.INCOMING})
"""Statuses that a message has before a phone reports what became of it."""

TITLES: dict[int, str] = {
    Status.PENDING: "New",
    Status.TAKEN: "sending",
    Status.QUEUED: "queued",
    SENT_BY_ANOTHER_CODE: "sent",
    Status.INCOMING: "incoming",
    Status.SENT: "sent",
    Status.DELIVERED: "delivered",
    Status.NOT_DELIVERED: "not delivered",
    Status.GENERIC_FAILURE: "not sent: generic failure",
    Status.NO_SERVICE: "not sent: no service",
    Status.NULL_PDU: "not sent: null PDU",
    Status.RADIO_OFF: "not sent: radio off",
    Status.NOT_ALLOWED: "not sent: not allowed",
    Status.NOT_ALLOWED_EITHER: "not sent: not allowed",
}
"""The service's own words. "New", "sending" and "delivered" are from samples, the others are ours."""

DELIVERED: Fate = (Status.SENT, Status.DELIVERED)
NEVER_REPORTED: Fate = (Status.SENT,)
NOT_DELIVERED: Fate = (Status.SENT, Status.NOT_DELIVERED)
STUCK: Fate = ()

FATES: dict[str, Fate] = {
    "delivered": DELIVERED,
    "sent, never reported": NEVER_REPORTED,
    "sent, not delivered": NOT_DELIVERED,
    "generic failure": (Status.GENERIC_FAILURE,),
    "no service": (Status.NO_SERVICE,),
    "null PDU": (Status.NULL_PDU,),
    "radio off": (Status.RADIO_OFF,),
    "not allowed": (Status.NOT_ALLOWED,),
    "not allowed (101)": (Status.NOT_ALLOWED_EITHER,),
    "stuck on the phone": STUCK,
    "not delivered, then delivered": (Status.SENT, Status.NOT_DELIVERED, Status.DELIVERED),
    "delivered, then only sent": (Status.SENT, Status.DELIVERED, Status.SENT),
    "failed, then pending again": (Status.GENERIC_FAILURE, Status.PENDING),
    "sent under an unlisted code": (SENT_BY_ANOTHER_CODE, Status.DELIVERED),
}
"""What can become of a message, under names for people."""


def title(status: int) -> str:
    """Return the service's word for a status, "unknown" for a code that it does not document."""
    return TITLES.get(status, "unknown")


def failing(status: int) -> Fate:
    """Return the fate of a message that ends in this failure: 8 comes as a report, the others instead of sending."""
    return NOT_DELIVERED if status == Status.NOT_DELIVERED else (status,)
