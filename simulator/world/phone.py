"""Phones with the gateway app, and the SIMs in them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
import math

from .message import HeldText
from .status import DELIVERED, Fate


@dataclass(frozen=True, slots=True)
class Sim:
    """A SIM in its slot. With a `fate`, every message through it meets that one (a blocked SIM, no credit)."""

    slot: int = 0
    carrier: str = "Example Mobile"
    number: str | None = "+447700900101"
    country: str = "gb"
    iccid: str = "8944000000000000101"
    roaming: bool = False
    fate: Fate | None = None


@dataclass(slots=True)
class Phone:
    """A phone as the service knows it, and how it behaves.

    `request_every` and `between_sms` are seconds and stand in answers as `delaybetweenrequest` and
    `delaybetweeneachsms`. Every request moves `last_seen`, also one that finds nothing to send. The webhooks are addresses
    that the service calls; `webhooks_on` stops that without forgetting them.
    """

    id: int
    title: str
    created: datetime
    last_seen: datetime
    next_request: datetime
    sims: dict[int, Sim] = field(default_factory=dict)
    number: str | None = None
    imei: str | None = None
    serial_number: str = "unknown"
    app_version: str = "13.0.4"
    app_current: bool = True
    subscription: bool = True
    request_every: int = 10
    between_sms: int | None = None
    incoming_webhook: str = ""
    status_webhook: str = ""
    webhooks_on: bool = True
    report_after: float = 3
    online: bool = True
    fate: Fate = DELIVERED
    next_fates: list[Fate] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)
    next_sending: datetime | None = None
    unreported: list[int] = field(default_factory=list)
    held: list[HeldText] = field(default_factory=list)

    def request_from(self, moment: datetime) -> datetime:
        """Return when it next asks the service for work, at or after this moment."""
        return self.next_request + max(0, math.ceil((moment - self.next_request) / self._period)) * self._period

    def make_requests_until(self, moment: datetime) -> None:
        """Make all requests that are due by this moment; only the last one leaves a trace."""
        if self.online and self.next_request <= moment:
            self.last_seen = self.next_request + (moment - self.next_request) // self._period * self._period
            self.next_request = self.last_seen + self._period

    def take_fate(self, slot: int) -> Fate:
        """Return what becomes of the message that is being sent through this slot."""
        if self.next_fates:
            return self.next_fates.pop(0)
        sim = self.sims.get(slot)
        return self.fate if sim is None or sim.fate is None else sim.fate

    @property
    def _period(self) -> timedelta:
        return timedelta(seconds=self.request_every)
