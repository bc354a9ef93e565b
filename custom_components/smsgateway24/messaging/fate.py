"""What becomes of an outgoing message: by the service's word, and by time.

Every message ends, as delivered or failed, or quietly as sent where no delivery report comes. What has ended is not
followed any more, so whatever a phone reports afterwards changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..api import FAILED, SENT, MessageStatus, RequestRefusedError, status_word
from .outgoing import Outcome, OutgoingMessage, Report, Stage

# How long a message whose fate is unknown is looked for before it is given up as unconfirmed.
LOOK_FOR: Final = timedelta(seconds=120)
# What has not left the phone after this time will hardly leave it, and would come as a surprise if it did.
NO_REPORT_AFTER: Final = timedelta(hours=24)
# Delivery reports come within minutes or never; many operators give none.
NO_DELIVERY_AFTER: Final = timedelta(hours=25)
# How long a service that cannot be read is waited for before a message that it may have is given up.
UNHEARD_OF_AFTER: Final = timedelta(hours=25)
# The failures after which another phone may try: the message has surely not left this one. Status 8 is missing on
# purpose: there the phone has sent it, and a delivery report may still follow.
FAILOVER_STATUSES: Final[frozenset[int | None]] = frozenset(
    {
        MessageStatus.GENERIC_FAILURE,
        MessageStatus.NO_SERVICE,
        MessageStatus.NULL_PDU,
        MessageStatus.RADIO_OFF,
        MessageStatus.NOT_ALLOWED,
        MessageStatus.NOT_ALLOWED_101,
    }
)

# Why a message failed, beside the words for the service's statuses. All of them stay as they are: automations tell
# failures apart by them.
REASON_EXPIRED: Final = "expired"
REASON_NO_REPORT: Final = "no_report"
REASON_REFUSED: Final = "refused"
REASON_UNCONFIRMED: Final = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a message stands now, what is to be told about it, and whether that was the end."""

    message: OutgoingMessage
    reports: tuple[Report, ...] = ()
    ended: bool = False


def by_status(message: OutgoingMessage, status: int, status_text: str) -> Progress:
    """Say what a status at the service means for the message that it belongs to.

    States may be skipped, unknown ones appear, and "sent" may be taken back; none of this is told twice.
    """
    if status == message.status:
        return Progress(message)
    message = replace(message, status=status, status_text=status_text)
    reports: list[Report] = []
    delivered = status == MessageStatus.DELIVERED
    if (delivered or status in SENT) and Outcome.SENT not in message.announced:
        # Both can happen between two reads; whoever waits for "sent" must not miss it.
        message = replace(message, announced=message.announced | {Outcome.SENT})
        reports.append(Report(message, Outcome.SENT, status_text))
    if delivered:
        reports.append(Report(message, Outcome.DELIVERED, status_text))
    elif status in FAILED:
        reports.append(_failed(message, status_word(status)))
    return Progress(message, tuple(reports), ended=delivered or status in FAILED)


def by_time(
    message: OutgoingMessage, now: datetime, *, listed: bool, repeatable: bool, running_since: datetime
) -> Progress:
    """Say what the passing of time means for a message.

    ``listed`` says whether a list of the service was just read. What the service may have is not given up without one
    for a day of running: it may be the list that tells. ``repeatable`` says that what is there would have been found
    by its tag, so that what was not found may be attempted once more.
    """
    if message.stage is Stage.WAITING:
        return _given_up(unsent(message)) if now >= message.keep_until else Progress(message)
    age = now - message.due_at
    if not listed and min(age, now - running_since) < UNHEARD_OF_AFTER:
        return Progress(message)
    if message.stage is Stage.CHECKING:
        if now - message.attempted_at < LOOK_FOR:
            return Progress(message)
        if repeatable and not message.repeated and now < message.keep_until:
            return Progress(message.to_be_repeated())
        return _given_up(_failed(message, REASON_UNCONFIRMED))
    if Outcome.SENT in message.announced:
        # Sent, and no report comes: sent it stays.
        return Progress(message, ended=age >= NO_DELIVERY_AFTER)
    return _given_up(_failed(message, REASON_NO_REPORT)) if age >= NO_REPORT_AFTER else Progress(message)


def unsent(message: OutgoingMessage, err: Exception | None = None) -> Report:
    """Report the failure of a message that was surely not handed over, or not to a second phone."""
    if message.repeated:
        # An attempt of which nothing was found came before; whether it was really none, nobody knows.
        return _failed(message, REASON_UNCONFIRMED)
    if isinstance(err, RequestRefusedError):
        return Report(message, Outcome.FAILED, err.message, REASON_REFUSED)
    # After a failover that found no way, the first phone's failure is what the user can act upon.
    return _failed(message, REASON_EXPIRED if message.status is None else status_word(message.status))


def _failed(message: OutgoingMessage, reason: str) -> Report:
    return Report(message, Outcome.FAILED, message.status_text, reason)


def _given_up(report: Report) -> Progress:
    return Progress(report.message, (report,), ended=True)
