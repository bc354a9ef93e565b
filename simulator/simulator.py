"""The simulated service on a socket of this machine."""

import asyncio
from contextlib import suppress
import socket
from types import TracebackType
from typing import Self

from aiohttp import web

from .backend import Backend
from .clock import Clock
from .profile import Profile
from .profiles import DOCUMENTED
from .service.rings import Ring
from .web.control import ControlServer
from .web.ringer import Ringer
from .web.server import ServiceServer

_LARGEST_REQUEST = 16 * 1024 * 1024
_TICK = 0.2


class Simulator(Backend):
    """A SmsGateway24 on loopback: `async with Simulator() as sim:` serves it at `sim.url`."""

    def __init__(
        self,
        *,
        profile: Profile | str = DOCUMENTED,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Take port 0 for one that is free."""
        super().__init__(profile=profile, clock=clock)
        self.ringer = Ringer(self.bells)
        self._ticking: asyncio.Task[None] | None = None
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None
        self._service_server: ServiceServer | None = None

    @property
    def url(self) -> str:
        """The base address, without a slash at the end."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen; raises OSError if the port is taken. After `stop` it listens on the same port again."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        self._service_server = ServiceServer(self)
        self._service_server.add_to(app)
        ControlServer(self).add_to(app)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        listener = socket.create_server((self._host, self._port))
        self._port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener).start()
        self.ringer.open()
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Close the socket and all connections; the world stays."""
        if self._ticking:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
            self._ticking = None
        await self.ringer.close()
        if self._runner and self._service_server:
            self._service_server.close()
            await self._runner.cleanup()
            self._runner = self._service_server = None

    async def rung(self) -> list[Ring]:
        """Wait until all webhooks whose time has come were called and have answered or failed; return all rings so far."""
        self.catch_up()
        await self.ringer.idle()
        return self.rings

    async def _tick(self) -> None:
        """Let time pass in the world while nobody asks, for webhooks ring all the same."""
        while True:
            await self.clock.sleep(_TICK)
            if self.bells.needed:
                self.catch_up()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
