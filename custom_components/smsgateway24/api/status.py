"""The states that a message goes through at the service."""

from enum import IntEnum
from typing import Final


class MessageStatus(IntEnum):
    """The service's status codes (documentation, section 4).

    Others may appear, so a message carries its code as a plain int. A normal way is 1, 3, 2, 6, 7; states may be
    skipped.
    """

    PENDING = 1
    """Waits at the service for its phone."""
    TAKEN = 2
    """The phone has fetched it."""
    QUEUED = 3
    """Queued for sending; for historical reasons it comes before 2."""
    SENT_UNDOCUMENTED = 4
    """Not documented; one third-party client, for a shop system, takes it for sent, and so do we."""
    INCOMING = 5
    """A message that the phone has received."""
    SENT = 6
    """Left the phone. Final where the operator gives no delivery reports."""
    DELIVERED = 7
    NOT_DELIVERED = 8
    """Left the phone and did not arrive. 7 may still follow."""
    GENERIC_FAILURE = 9
    """Not sent: often a blocked SIM, no credit, or a number without its `+`."""
    NO_SERVICE = 10
    NULL_PDU = 11
    RADIO_OFF = 12
    NOT_ALLOWED = 100
    """The app on the phone may not send SMS."""
    NOT_ALLOWED_101 = 101
    """Documented together with 100; what sets it apart is not."""

    @property
    def word(self) -> str:
        """A stable lower-case word for this state; the doubles 4 and 101 share the word of their likes."""
        return _SHARED_WORDS.get(self, self.name.lower())


_SHARED_WORDS: Final = {
    MessageStatus.SENT_UNDOCUMENTED: "sent",
    MessageStatus.NOT_ALLOWED_101: "not_allowed",
}

WAITING: Final[frozenset[int]] = frozenset({MessageStatus.PENDING, MessageStatus.TAKEN, MessageStatus.QUEUED})
"""Not yet sent, and nothing is decided."""

SENT: Final[frozenset[int]] = frozenset({MessageStatus.SENT, MessageStatus.SENT_UNDOCUMENTED})
"""Left the phone; whether it arrived is not known, and may never be."""

FAILED: Final[frozenset[int]] = frozenset(
    {
        MessageStatus.NOT_DELIVERED,
        MessageStatus.GENERIC_FAILURE,
        MessageStatus.NO_SERVICE,
        MessageStatus.NULL_PDU,
        MessageStatus.RADIO_OFF,
        MessageStatus.NOT_ALLOWED,
        MessageStatus.NOT_ALLOWED_101,
    }
)

FINAL: Final[frozenset[int]] = FAILED | {MessageStatus.DELIVERED}
"""Nothing more is expected to happen."""


def status_word(code: int) -> str:
    """Return the stable word for a status code, "unknown" for one that is not known."""
    try:
        return MessageStatus(code).word
    except ValueError:
        return "unknown"
