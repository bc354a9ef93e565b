"""The simulator's own HTTP client, which calls the phones' webhooks."""

import asyncio
from functools import partial

import aiohttp
from aiohttp import hdrs

from simulator.service.rings import Bells, Ring

PATIENCE = 5.0
"""How many seconds a call may take, always in real time. Nothing is documented."""


class Ringer:
    """Calls webhooks in the background, each at once and once; what comes of it is written into the ring."""

    def __init__(self, bells: Bells) -> None:
        """Call for these bells as long as it is open."""
        self.patience = PATIENCE
        self._bells = bells
        self._session: aiohttp.ClientSession | None = None
        self._calls: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Begin to call."""
        # A connection for each call, as a script in PHP makes it, and no thread of a resolver that stays behind.
        connector = aiohttp.TCPConnector(limit=0, force_close=True, resolver=aiohttp.ThreadedResolver())
        # PHP's curl names no user agent.
        self._session = aiohttp.ClientSession(connector=connector, skip_auto_headers={hdrs.USER_AGENT})
        self._bells.deliver = self._begin

    async def close(self) -> None:
        """End the calls that are under way, and call no more."""
        self._bells.deliver = None
        for call in self._calls:
            call.cancel()
        await self.idle()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def idle(self) -> None:
        """Wait until all calls that have begun, and those that begin meanwhile, have ended."""
        while self._calls:
            await asyncio.wait(self._calls)

    def _begin(self, ring: Ring) -> None:
        if self._session is not None:
            call = asyncio.get_running_loop().create_task(self._call(self._session, ring))
            self._calls.add(call)
            call.add_done_callback(partial(self._end, ring))

    def _end(self, ring: Ring, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        if call.cancelled():
            ring.problem = "service stopped"
        self._bells.note(ring)

    async def _call(self, session: aiohttp.ClientSession, ring: Ring) -> None:
        try:
            async with session.post(
                ring.url,
                data=ring.wire,
                headers={hdrs.CONTENT_TYPE: ring.content_type},
                timeout=aiohttp.ClientTimeout(total=self.patience),
                allow_redirects=False,
            ) as response:
                ring.status = response.status
        except TimeoutError:
            ring.problem = "timed out"
        except aiohttp.ClientSSLError:
            ring.problem = "certificate not trusted"
        except aiohttp.ClientConnectorError:
            ring.problem = "no connection"
        except aiohttp.ServerDisconnectedError, aiohttp.ClientOSError:
            ring.problem = "connection closed"
        except aiohttp.InvalidURL:
            ring.problem = "no such address"
        except aiohttp.ClientError as error:
            ring.problem = type(error).__name__
