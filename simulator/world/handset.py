"""What a phone with the gateway app does, and when.

It asks for work every few seconds, takes packs of up to 15, sends about one a second with an optional random pause, and
hands on the delivery reports (the vendor's description of the app's settings, 2022). It does nothing while it is off.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .account import Account
from .message import Change, Message, Transmission
from .phone import Phone
from .status import LEFT_THE_PHONE, Fate, Status

PACK = 15
"""The most messages that one request for work brings."""

SENDING = timedelta(seconds=1)
"""How long one message takes."""

_SPREAD = 2654435761  # Knuth's multiplier: pauses look random and are the same in every run


def next_event(account: Account, phone: Phone, now: datetime) -> datetime | None:
    """Return when the phone will next change a message; None if there is nothing to do."""
    if not phone.online:
        return None
    moments = [due for identifier in phone.unreported if (due := account.messages[identifier].report_due)]
    if phone.queue and phone.next_sending:
        moments.append(phone.next_sending)
    elif phone.waiting:
        earliest = min(account.messages[identifier].eligible for identifier in phone.waiting)
        moments.append(phone.request_from(max(earliest, now)))
    return max(now, min(moments)) if moments else None


@dataclass(slots=True)
class Work:
    """What a phone has done: the texts that went out over the air, and the messages of which it told the service."""

    transmissions: list[Transmission] = field(default_factory=list)
    reported: list[Message] = field(default_factory=list)


def act(account: Account, phone: Phone, now: datetime, before_sent: tuple[int, ...]) -> Work:
    """Do what is due now."""
    work = Work()
    _report(account, phone, now, work)
    if phone.queue and phone.next_sending and phone.next_sending <= now:
        _send(account, phone, now, before_sent, work)
    elif not phone.queue and phone.request_from(now) == now:
        _fetch(account, phone, now, before_sent)
    return work


def _fetch(account: Account, phone: Phone, now: datetime, before_sent: tuple[int, ...]) -> None:
    ready = [account.messages[identifier] for identifier in phone.waiting]
    ready = sorted((message for message in ready if message.eligible <= now), key=lambda message: not message.urgent)
    for message in ready[:PACK]:
        phone.waiting.remove(message.id)
        phone.queue.append(message.id)
        for status in before_sent[:1]:
            message.history.append(Change(now, status))
    _begin(account, phone, now, before_sent)


def _begin(account: Account, phone: Phone, now: datetime, before_sent: tuple[int, ...]) -> None:
    if not phone.queue:
        phone.next_sending = None
        return
    message = account.messages[phone.queue[0]]
    message.history.extend(Change(now, status) for status in before_sent[1:])
    phone.next_sending = now + SENDING


def _send(account: Account, phone: Phone, now: datetime, before_sent: tuple[int, ...], work: Work) -> None:
    message = account.messages[phone.queue.pop(0)]
    if fate := _fate(phone, message):
        _follow(phone, message, fate, now)
        work.reported.append(message)
        if message.status in LEFT_THE_PHONE:
            sent = Transmission(now, message.id, phone.id, message.sim, message.number, message.body)
            work.transmissions.append(sent)
    _begin(account, phone, now, before_sent)
    if phone.next_sending and phone.between_sms:
        phone.next_sending += timedelta(seconds=message.id * _SPREAD % (phone.between_sms + 1))


def _fate(phone: Phone, message: Message) -> Fate:
    fate = phone.take_fate(message.sim)
    no_such_sim = phone.sims and message.sim not in phone.sims
    return (Status.GENERIC_FAILURE,) if no_such_sim else fate


def _report(account: Account, phone: Phone, now: datetime, work: Work) -> None:
    for identifier in list(phone.unreported):
        message = account.messages[identifier]
        if message.report_due and message.report_due <= now:
            phone.unreported.remove(identifier)
            _follow(phone, message, message.reports, now)
            work.reported.append(message)


def _follow(phone: Phone, message: Message, fate: Fate, now: datetime) -> None:
    message.history.append(Change(now, fate[0]))
    message.reports = fate[1:]
    message.report_due = now + timedelta(seconds=phone.report_after) if message.reports else None
    if message.reports:
        phone.unreported.append(message.id)
    if message.status == Status.PENDING:
        phone.waiting.append(message.id)
