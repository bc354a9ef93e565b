"""The service's accounts and everything in them, moved on by time alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
import heapq
import itertools
from typing import Any

from simulator.profile import Profile

from . import handset
from .account import Account
from .message import Change, Draft, HeldText, Message, Transmission
from .phone import Phone, Sim
from .rewriting import kept_body, kept_customer_id, kept_number
from .status import UNREPORTED, Status

FIRST_MESSAGE_ID = 62_051_200
FIRST_PHONE_ID = 11_231
FIRST_OTHER_ID = 8_303

_SCATTER_STEP = 7_919  # coprime with the modulus below: no id comes twice before all are used
_SCATTER_RANGE = 1_000_003


class World:
    """Accounts, phones and messages at one moment.

    Nothing happens by itself: `run_until` brings everything up to a moment, event by event, in order. The same calls at
    the same moments always lead to the same world. The `listener` is told of every text that came in, and of every message
    whose status was reported.
    """

    def __init__(self, now: datetime, profile: Profile) -> None:
        """Begin empty."""
        self.now = now
        self.profile = profile
        self.accounts: dict[str, Account] = {}
        self.transmissions: list[Transmission] = []
        self.counts = {"message": 0, "phone": 0, "other": 0}
        self.listener: Callable[[Message], None] | None = None
        self._later: list[tuple[datetime, int, Callable[[], None]]] = []
        self._later_order = itertools.count()

    # Time

    def run_until(self, now: datetime) -> None:
        """Let everything happen that is due by this moment. The past is left alone if the clock was set back."""
        while (event := self._next_event()) is not None and event[0] <= now:
            self.now, act = event
            act()
        self.now = max(self.now, now)
        for phone in self.phones():
            phone.make_requests_until(self.now)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something when this many seconds have passed. Not saved with the world."""
        heapq.heappush(self._later, (self.now + timedelta(seconds=seconds), next(self._later_order), act))

    def _next_event(self) -> tuple[datetime, Callable[[], None]] | None:
        soonest: tuple[datetime, Callable[[], None]] | None = None
        if self._later:
            soonest = self._later[0][0], self._do_scheduled
        for account in self.accounts.values():
            for phone in account.phones.values():
                moment = handset.next_event(account, phone, self.now)
                if moment is not None and (soonest is None or moment < soonest[0]):
                    soonest = moment, partial(self._do_phone, account, phone)
        return soonest

    def _do_scheduled(self) -> None:
        heapq.heappop(self._later)[2]()

    def _do_phone(self, account: Account, phone: Phone) -> None:
        work = handset.act(account, phone, self.now, self.profile.statuses_before_sent)
        self.transmissions += work.transmissions
        for message in work.reported:
            self._tell_of(message)

    def _tell_of(self, message: Message) -> None:
        if self.listener is not None and (message.incoming or message.status not in UNREPORTED):
            self.listener(message)

    # Accounts and phones

    def add_account(self, email: str, password: str, token: str) -> Account:
        """Open an account."""
        self.accounts[email] = Account(email, password, token)
        return self.accounts[email]

    def phones(self) -> list[Phone]:
        """Return all phones of all accounts."""
        return [phone for account in self.accounts.values() for phone in account.phones.values()]

    def phone(self, phone_id: int) -> Phone:
        """Return a phone by its present id; raises KeyError."""
        return self.account_of(phone_id).phones[phone_id]

    def account_of(self, phone_id: int) -> Account:
        """Return the account that a phone belongs to; raises KeyError."""
        for account in self.accounts.values():
            if phone_id in account.phones:
                return account
        raise KeyError(phone_id)

    def add_phone(self, account: Account, title: str, sims: tuple[Sim, ...], **details: Any) -> Phone:
        """Register a phone; `details` are further attributes of Phone, `phone_id` its id if it matters."""
        phone_id = details.pop("phone_id", None) or self._new_phone_id()
        details.setdefault("created", self.now)
        details.setdefault("last_seen", self.now)
        slots = {sim.slot: sim for sim in sims}
        account.phones[phone_id] = Phone(phone_id, title, next_request=self.now, sims=slots, **details)
        return account.phones[phone_id]

    def remove_phone(self, phone: Phone) -> None:
        """Take a phone out of its account; its messages stay."""
        del self.account_of(phone.id).phones[phone.id]

    def reregister(
        self, phone: Phone, *, phone_id: int | None = None, reupload: bool = False, keep_old: bool = False
    ) -> Phone:
        """Sign the phone in anew: it gets another id, as the vendor's news of February 2022 warn.

        What waited for the old id waits for ever, and its webhooks were settings of the old id. With `reupload` the app hands in again all texts it has received,
        with `keep_old` the account goes on listing the old id, which is never seen again.
        """
        account = self.account_of(phone.id)
        old_id = phone.id
        del account.phones[old_id]
        if keep_old:
            account.phones[old_id] = replace(phone, online=False)
        phone.id = phone_id or self._new_phone_id()
        phone.waiting, phone.queue, phone.unreported, phone.next_sending = [], [], [], None
        phone.incoming_webhook = phone.status_webhook = ""
        phone.created = phone.last_seen = phone.next_request = self.now
        account.phones[phone.id] = phone
        if reupload:
            for message in self._received_by(account, old_id):
                self._upload(
                    phone, HeldText(message.received_at or self.now, message.number, message.body, message.sim)
                )
        return phone

    def switch(self, phone: Phone, *, online: bool) -> None:
        """Switch a phone off, or on again: then it hands in what it received and goes on where it was."""
        if online and not phone.online:
            phone.online = True
            phone.next_request = self.now
            if phone.queue:
                phone.next_sending = self.now + handset.SENDING
            held, phone.held = phone.held, []
            for text in held:
                self._upload(phone, text)
        phone.online = online

    def change_sim(self, phone: Phone, slot: int, **changes: Any) -> Sim:
        """Change what is known of a SIM, or put one into an empty slot."""
        phone.sims[slot] = replace(phone.sims.get(slot, Sim(slot)), **changes)
        return phone.sims[slot]

    # Messages

    def submit(self, account: Account, phone: Phone, draft: Draft) -> Message:
        """Take a message that is to be sent."""
        message = Message(
            id=self._new_message_id(),
            phone_id=phone.id,
            number=kept_number(draft.number, self.profile),
            body=kept_body(draft.body, self.profile),
            created=self.now.replace(microsecond=0),
            history=[Change(self.now, Status.PENDING)],
            sim=draft.sim,
            customer_id=kept_customer_id(draft.customer_id, self.profile),
            urgent=draft.urgent,
            time_to_send=draft.time_to_send,
            newsletter_id=draft.newsletter_id,
        )
        account.messages[message.id] = message
        phone.waiting.append(message.id)
        return message

    def receive(self, phone: Phone, sender: str, text: str, sim: int = 0) -> Message | None:
        """Let a phone receive a text. Returns the record, or None while the phone is off and keeps it to itself."""
        received = HeldText(self.now, sender, text, sim)
        if phone.online:
            return self._upload(phone, received)
        phone.held.append(received)
        return None

    def set_status(self, message: Message, status: int) -> None:
        """Give a message a status out of its turn, as the service's own page can."""
        message.history.append(Change(self.now, status))
        if status == Status.PENDING:
            self.phone(message.phone_id).waiting.append(message.id)
        if not message.incoming:
            self._tell_of(message)

    def new_other_id(self) -> int:
        """Return an id for a contact, a contact list or a newsletter."""
        return FIRST_OTHER_ID + self._count("other")

    def _upload(self, phone: Phone, text: HeldText) -> Message:
        created = text.received_at if self.profile.created_by == "phone" else self.now
        message = Message(
            id=self._new_message_id(),
            phone_id=phone.id,
            number=kept_number(text.sender, self.profile),
            body=kept_body(text.text, self.profile),
            created=created.replace(microsecond=0),
            history=[Change(self.now, Status.INCOMING)],
            incoming=True,
            sim=text.sim,
            received_at=text.received_at,
        )
        self.account_of(phone.id).messages[message.id] = message
        self._tell_of(message)
        return message

    def _received_by(self, account: Account, phone_id: int) -> list[Message]:
        received = [message for message in account.messages.values() if message.incoming]
        received = [message for message in received if message.phone_id == phone_id]
        return sorted(received, key=lambda message: message.stored)

    def _new_message_id(self) -> int:
        scattered = self.profile.ids == "scattered"
        while True:
            count = self._count("message")
            step = count * _SCATTER_STEP % _SCATTER_RANGE if scattered else count * 17
            if not any(FIRST_MESSAGE_ID + step in account.messages for account in self.accounts.values()):
                return FIRST_MESSAGE_ID + step

    def _new_phone_id(self) -> int:
        taken = {phone.id for phone in self.phones()}
        while (candidate := FIRST_PHONE_ID + self._count("phone")) in taken:
            pass
        return candidate

    def _count(self, kind: str) -> int:
        self.counts[kind] += 1
        return self.counts[kind]
