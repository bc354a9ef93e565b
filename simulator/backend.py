"""The simulated service without its sockets: a world on a clock, and everything one can do to it."""

import asyncio
from secrets import token_hex
from typing import Any

from .clock import Clock, ManualClock
from .faults import ANY, Fault, FaultPlan
from .profile import Profile
from .profiles import DOCUMENTED, PROFILES
from .service.methods import Service
from .service.rings import Bells, Ring
from .web.requests import RecordedRequest
from .world.account import Account
from .world.message import Draft, Message, Transmission
from .world.phone import Phone, Sim
from .world.rewriting import same_number
from .world.status import Fate, failing
from .world.world import World

_KEPT_REQUESTS = 5_000


class Backend:
    """A world, brought up to the clock's time before anything is done to it."""

    def __init__(self, *, profile: Profile | str = DOCUMENTED, clock: Clock | None = None) -> None:
        """Begin with an empty account. Without a clock, time stands still until `advance`."""
        self.clock = clock or ManualClock()
        self.world = World(self.clock.now(), _profile(profile))
        self.service = Service(self.world)
        self.bells = Bells(self.world)
        self.faults = FaultPlan()
        self.requests: list[RecordedRequest] = []
        self._asked = asyncio.Event()
        self.account = self.add_account("demo@example.com", "demo-password", "demo-token-0123456789abcdef")

    # Time and ways of the service

    def catch_up(self) -> World:
        """Let everything happen that is due by now."""
        self.world.run_until(self.clock.now())
        return self.world

    def advance(self, seconds: float) -> None:
        """Move the clock, and everything with it."""
        self.clock.advance(seconds)
        self.catch_up()

    @property
    def profile(self) -> Profile:
        """How the service behaves where the documentation leaves it open."""
        return self.world.profile

    @profile.setter
    def profile(self, profile: Profile | str) -> None:
        self.catch_up().profile = _profile(profile)

    def fail(self, fault: Fault, method: str = ANY, times: int | None = 1) -> None:
        """Let a fault happen to the next requests for a method; `times` None is until `faults.clear()`."""
        self.faults.add(fault, method, times)

    def remember(self, request: RecordedRequest) -> None:
        """Keep what was asked, and forget the oldest if there is too much."""
        self.requests.append(request)
        del self.requests[:-_KEPT_REQUESTS]
        self._asked.set()

    async def until_asked(self, requests: int = 1) -> RecordedRequest:
        """Wait until so many requests have come in, answered or not; return the last of them."""
        while len(self.requests) < requests:
            self._asked.clear()
            await self._asked.wait()
        return self.requests[requests - 1]

    # Webhooks

    @property
    def rings(self) -> list[Ring]:
        """The calls of webhooks that were begun, the oldest first; those that were lost on purpose are not among them."""
        return self.bells.rings

    @property
    def silent(self) -> bool:
        """Whether the service has stopped to call webhooks, all of them and without a word."""
        return self.bells.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self.catch_up()
        self.bells.silent = silent

    # Accounts

    def add_account(self, email: str, password: str, token: str) -> Account:
        """Open an account."""
        return self.catch_up().add_account(email, password, token)

    def rotate_token(self, account: Account | None = None, token: str | None = None) -> str:
        """Give an account another token; the old one is dead."""
        account = account or self.account
        account.token = token or token_hex(16)
        return account.token

    # Phones

    def add_phone(
        self,
        title: str = "Hall phone",
        *,
        sims: tuple[Sim, ...] = (Sim(),),
        account: Account | None = None,
        **details: Any,
    ) -> Phone:
        """Register a phone that is online. `phone_id` fixes its id, other details are attributes of Phone."""
        return self.catch_up().add_phone(account or self.account, title, sims, **details)

    def remove_phone(self, phone: Phone) -> None:
        """Take a phone out of its account."""
        self.catch_up().remove_phone(phone)

    def reregister(
        self, phone: Phone, *, phone_id: int | None = None, reupload: bool = False, keep_old: bool = False
    ) -> Phone:
        """Sign a phone in anew, under another id; see World.reregister."""
        return self.catch_up().reregister(phone, phone_id=phone_id, reupload=reupload, keep_old=keep_old)

    def switch_off(self, phone: Phone) -> None:
        """Switch a phone off: it asks for nothing, sends nothing, and keeps to itself what it receives."""
        self.catch_up().switch(phone, online=False)

    def switch_on(self, phone: Phone) -> None:
        """Switch a phone on: it hands in what it received meanwhile and goes on with its work."""
        self.catch_up().switch(phone, online=True)

    def set_fate(self, phone: Phone, fate: Fate) -> None:
        """Decide what becomes of all messages through a phone, until told otherwise."""
        self.catch_up()
        phone.fate = fate

    def fail_next(self, phone: Phone, status: int, times: int = 1) -> None:
        """Let the next messages through a phone end in this status."""
        self.fate_next(phone, failing(status), times)

    def fate_next(self, phone: Phone, fate: Fate, times: int = 1) -> None:
        """Decide what becomes of the next messages through a phone."""
        self.catch_up()
        phone.next_fates += [fate] * times

    def change_sim(self, phone: Phone, slot: int = 0, **changes: Any) -> Sim:
        """Change attributes of a SIM, or put one into an empty slot."""
        return self.catch_up().change_sim(phone, slot, **changes)

    def remove_sim(self, phone: Phone, slot: int) -> None:
        """Take a SIM out."""
        self.catch_up()
        phone.sims.pop(slot, None)

    # Messages

    def receive(self, phone: Phone, sender: str, text: str, sim: int = 0) -> Message | None:
        """Let a phone receive a text; None while it is off: then it comes when the phone is switched on."""
        return self.catch_up().receive(phone, sender, text, sim)

    def send_from_site(self, phone: Phone, number: str, text: str, sim: int = 0) -> Message:
        """Send a text as somebody who uses the service's own pages."""
        world = self.catch_up()
        return world.submit(world.account_of(phone.id), phone, Draft(number, text, sim))

    def set_status(self, message: Message, status: int) -> None:
        """Give a message a status out of its turn."""
        self.catch_up().set_status(message, status)

    def messages(self, account: Account | None = None) -> list[Message]:
        """Return all records of an account in both directions, oldest first."""
        self.catch_up()
        return list((account or self.account).messages.values())

    def message(self, message_id: int) -> Message:
        """Return a record by its id; raises KeyError."""
        for account in self.catch_up().accounts.values():
            if message_id in account.messages:
                return account.messages[message_id]
        raise KeyError(message_id)

    def sent_texts(self, number: str | None = None) -> list[Transmission]:
        """Return what really went out over the air: all of it, or to one number however it is spelt."""
        self.catch_up()
        return [sent for sent in self.world.transmissions if number is None or same_number(sent.number, number)]


def _profile(profile: Profile | str) -> Profile:
    return PROFILES[profile] if isinstance(profile, str) else profile
