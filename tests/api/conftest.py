"""A service on loopback that answers whatever a test wants."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
import json
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import settings
import pytest

from custom_components.smsgateway24.api import ServiceClock, SmsGateway24Client

TOKEN = "5ecre7-70ken"
EMAIL = "anna@example.com"
PASSWORD = "pa55 & word"

unhurried = settings(deadline=None)
"""For property tests: a busy machine is no failure."""

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Leave Home Assistant out of these tests."""


@pytest.fixture(autouse=True)
def _storage() -> None:
    """Leave Home Assistant out of these tests."""


@dataclass
class Received:
    """A request as it arrived."""

    method: str
    path_and_query: str
    content_type: str
    form: dict[str, str]
    connection: str


@dataclass
class FakeService:
    """Answers each request as told, and remembers it."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    handler: Handler | None = None
    received: list[Received] = field(default_factory=list)

    def answers(self, fields: Any, status: int = 200, **headers: str) -> None:
        """Answer with JSON from now on."""
        self.answers_bytes(json.dumps(fields).encode(), status, **headers)

    def answers_bytes(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer with these bytes from now on. An underscore in a header's name stands for a hyphen."""
        self.body, self.status = body, status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def form(self) -> dict[str, str]:
        """The fields of the last request."""
        return self.received[-1].form

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.received.append(
            Received(request.method, request.path_qs, request.content_type, form, request.headers.get("Connection", ""))
        )
        if self.handler is not None:
            return await self.handler(request)
        return web.Response(
            body=self.body, status=self.status, headers=self.headers, content_type=self.content_type, charset="utf-8"
        )


@pytest.fixture
async def service(socket_enabled: None) -> AsyncIterator[FakeService]:
    """Run the service on loopback."""
    fake = FakeService()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session of one test."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def clock() -> ServiceClock:
    """Return a clock for which no time passes."""
    return ServiceClock(monotonic=lambda: 0.0)


@pytest.fixture
def client(session: aiohttp.ClientSession, service: FakeService, clock: ServiceClock) -> SmsGateway24Client:
    """Return a client of that service that has a token."""
    return SmsGateway24Client(session, TOKEN, base_url=service.url, clock=clock, timeout=10)
