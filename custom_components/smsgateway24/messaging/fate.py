"""What becomes of an outgoing message: by the service's word, and by time.

Every message ends, as delivered or failed, or quietly as sent where no delivery report comes. What has ended is not
followed any more, so whatever a phone reports afterwards changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..api import FAILED, SENT, Message, MessageStatus, RequestRefusedError, SmsGateway24Error, status_word
from .outgoing import Outcome, OutgoingMessage, Report, Stage

# How long a message whose fate is unknown is looked for before it is given up as unconfirmed.
LOOK_FOR: Final = timedelta(seconds=120)
# What has not left the phone after this time will hardly leave it, and would come as a surprise if it did.
NO_REPORT_AFTER: Final = timedelta(hours=24)
# Delivery reports come within minutes or never; many operators give none.
NO_DELIVERY_AFTER: Final = timedelta(hours=25)
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


def by_status(message: OutgoingMessage, listed: Message) -> Progress:
    """Say what a record of the service's list means for the message that it belongs to.

    States may be skipped, unknown ones appear, and "sent" may be taken back; none of this is told twice.
    """
    if listed.status == message.status:
        return Progress(message)
    message = replace(message, status=listed.status, status_text=listed.status_text)
    reports: list[Report] = []
    delivered = listed.status == MessageStatus.DELIVERED
    if (delivered or listed.status in SENT) and Outcome.SENT not in message.announced:
        # Both can happen between two reads; whoever waits for "sent" must not miss it.
        message = replace(message, announced=message.announced | {Outcome.SENT})
        reports.append(Report(message, Outcome.SENT, listed.status_text))
    if delivered:
        reports.append(Report(message, Outcome.DELIVERED, listed.status_text))
    elif listed.status in FAILED:
        reports.append(_failed(message, status_word(listed.status)))
    return Progress(message, tuple(reports), ended=delivered or listed.status in FAILED)


def by_time(message: OutgoingMessage, now: datetime, *, listed: bool) -> Progress:
    """Say what the passing of time means for a message.

    ``listed`` says whether a list of the service was just read. What the service may have is not given up without one:
    it may be the list that tells.
    """
    age = now - message.attempted_at
    if message.stage is Stage.WAITING:
        return _given_up(unsent(message)) if now >= message.keep_until else Progress(message)
    if not listed:
        return Progress(message)
    if message.stage is Stage.CHECKING:
        return _given_up(_failed(message, REASON_UNCONFIRMED)) if age >= LOOK_FOR else Progress(message)
    if Outcome.SENT in message.announced:
        # Sent, and no report comes: sent it stays.
        return Progress(message, ended=age >= NO_DELIVERY_AFTER)
    return _given_up(_failed(message, REASON_NO_REPORT)) if age >= NO_REPORT_AFTER else Progress(message)


def unsent(message: OutgoingMessage, err: SmsGateway24Error | None = None) -> Report:
    """Report the failure of a message that was surely not handed over, or not to a second phone."""
    if isinstance(err, RequestRefusedError):
        return Report(message, Outcome.FAILED, err.message, REASON_REFUSED)
    # After a failover that found no way, the first phone's failure is what the user can act upon.
    return _failed(message, REASON_EXPIRED if message.status is None else status_word(message.status))


def _failed(message: OutgoingMessage, reason: str) -> Report:
    return Report(message, Outcome.FAILED, message.status_text, reason)


def _given_up(report: Report) -> Progress:
    return Progress(report.message, (report,), ended=True)
