"""A simulated service that stands still, and a client that asks it."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Any

import aiohttp
import pytest

from simulator import PROFILES, Backend, ManualClock, Phone, Simulator

NOON = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
FRIEND = "+447700900123"
PARIS_NOON = {"date": "2026-11-01 13:00:00.000000", "timezone_type": 3, "timezone": "Europe/Paris"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object."""
        value = json.loads(self.text)
        assert isinstance(value, dict)
        return value


class Caller:
    """Asks a simulator as its demo account."""

    def __init__(self, simulator: Simulator, session: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.session = session

    async def ask(self, method: str, /, **values: Any) -> Answer:
        """Post a form with the account's token, unless another one is given."""
        form = {"token": self.simulator.account.token} | {name: str(value) for name, value in values.items()}
        return await self.post(f"/getdata/{method}", data=form)

    async def post(self, path: str, **options: Any) -> Answer:
        """Post anything."""
        return await self.request("POST", path, **options)

    async def request(self, verb: str, path: str, **options: Any) -> Answer:
        """Ask anything; redirects are shown, not followed."""
        url = f"{self.simulator.url}{path}"
        async with self.session.request(verb, url, allow_redirects=False, **options) as response:
            return Answer(response.status, response.headers.copy(), await response.text())


def use(caller: Caller, name: str) -> Simulator:
    """Let the service behave like a profile."""
    caller.simulator.profile = PROFILES[name]
    return caller.simulator


async def send(caller: Caller, **values: Any) -> dict[str, Any]:
    """Send a text."""
    return (await caller.ask("addsms", **({"sendto": FRIEND, "body": "Hi", "device_id": 1576} | values))).json


async def records(caller: Caller, **filters: Any) -> list[dict[str, Any]]:
    """Return the records of getallsms in their order."""
    smss = (await caller.ask("getallsms", **filters)).json.get("smss") or {}
    return list(smss.values()) if isinstance(smss, dict) else smss


def receive(simulator: Simulator, *texts: str) -> None:
    """Let the phone receive texts."""
    for text in texts:
        simulator.receive(simulator.account.phones[1576], FRIEND, text)


@pytest.fixture
def backend() -> Backend:
    """Make a service without a socket, at noon."""
    return Backend(clock=ManualClock(NOON))


@pytest.fixture
def phone(backend: Backend) -> Phone:
    """Register a phone at that service."""
    return backend.add_phone()


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncGenerator[Simulator]:
    """Run a service on a socket, at noon, with one phone."""
    async with Simulator(clock=ManualClock(NOON)) as simulator:
        simulator.add_phone(phone_id=1576)
        yield simulator


@pytest.fixture
async def caller(sim: Simulator) -> AsyncGenerator[Caller]:
    """Make a client of that service."""
    async with aiohttp.ClientSession() as session:
        yield Caller(sim, session)
