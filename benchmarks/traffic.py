"""What an hour at rest costs the service and the line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from unittest.mock import patch

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
import orjson

from simulator import Simulator

from .home import a_home, add_account, count_written_states, poll
from .report import Requirement, Result
from .world import MESSAGES_A_DAY, furnish

# Seconds: the default.
INTERVAL: Final = 30
POLLS: Final = 3600 // INTERVAL
POLLS_FOR_SMOKE: Final = 20
HISTORIES: Final = (1_000, 100_000)
HISTORIES_FOR_SMOKE: Final = (100, 2_000)
PHONES: Final = (1, 50)
PHONES_FOR_SMOKE: Final = (50,)
# Before that, the zone of the service's filters is learnt.
_POLLS_BEFORE: Final = 2
_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Rest:
    """What was seen while nothing happened.

    ``rows`` are listed messages; ``changed`` are states that were written because they had changed, ``repeated`` those
    that were written as they were.
    """

    polls: int
    requests: int
    size: int
    rows: int
    changed: int
    repeated: int

    def an_hour(self, number: int) -> float:
        """Return what a number comes to in an hour."""
        return number * POLLS / self.polls


async def measure(*, smoke: bool) -> Result:
    """Set an hour with a short history at the service against one with a long one, for one phone and for fifty."""
    histories = HISTORIES_FOR_SMOKE if smoke else HISTORIES
    rows, requirements = [], []
    for phones in PHONES_FOR_SMOKE if smoke else PHONES:
        short, long = [await _rest(phones, history, POLLS_FOR_SMOKE if smoke else POLLS) for history in histories]
        for history, rest in zip(histories, (short, long), strict=True):
            rows.append(
                (
                    f"{phones}",
                    f"{history:,}",
                    f"{rest.an_hour(rest.requests):.0f}",
                    f"{rest.an_hour(rest.size) / 1000:,.0f}",
                    f"{rest.rows / rest.polls:.1f}",
                    f"{rest.an_hour(rest.changed) / phones:.0f}",
                    f"{rest.an_hour(rest.repeated) / phones:.0f}",
                )
            )
        requirements.append(
            Requirement(
                f"{phones} phones: the age of the account costs nothing",
                f"{long.requests - short.requests} requests, {long.rows - short.rows} rows more",
                met=(long.requests, long.rows) == (short.requests, short.rows),
            )
        )
    return Result(
        name="traffic",
        compares=f"An hour of polls every {INTERVAL} s at rest, with few and with many messages at the service, of which"
        f" {MESSAGES_A_DAY} are of the last day. All bytes of HTTP in both directions, without TLS."
        " States are for one phone, in an hour.",
        columns=(
            "phones",
            "history",
            "requests an hour",
            "kB an hour",
            "rows a poll",
            "states changed",
            "states repeated",
        ),
        rows=rows,
        requirements=requirements,
    )


async def _rest(phones: int, history: int, polls: int) -> Rest:
    """Let polls pass in which nothing happens; time is driven, on both sides."""
    async with Simulator() as simulator, _counted(simulator) as line, a_home() as hass:
        furnish(simulator, phones=phones, history=history)
        with patch("homeassistant.util.dt.utcnow", simulator.clock.now):
            coordinator = await add_account(hass, simulator.account, line.url, poll_interval=INTERVAL)
            for _ in range(_POLLS_BEFORE):
                simulator.advance(INTERVAL)
                await poll(coordinator)
            await hass.async_block_till_done()
            simulator.requests.clear()
            line.size = 0
            written = count_written_states(hass)
            for _ in range(polls):
                simulator.advance(INTERVAL)
                await poll(coordinator)
                await hass.async_block_till_done()
        listed = [request for request in simulator.requests if request.method == "getallsms"]
        return Rest(
            polls=polls,
            requests=len(simulator.requests),
            size=line.size,
            rows=sum(len(orjson.loads(request.answer)["smss"]) for request in listed),
            changed=written[EVENT_STATE_CHANGED],
            repeated=written[EVENT_STATE_REPORTED],
        )


@dataclass(slots=True)
class _Line:
    """The line to the service, on which every byte is counted."""

    target: str
    url: str = ""
    size: int = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect somebody with the service, until both have hung up."""
        host, port = self.target.removeprefix("http://").split(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(_CHUNK):
                self.size += len(chunk)
                target.write(chunk)
                await target.drain()
        target.close()


@asynccontextmanager
async def _counted(simulator: Simulator) -> AsyncIterator[_Line]:
    line = _Line(simulator.url)
    server = await asyncio.start_server(line.carry, "127.0.0.1")
    try:
        host, port = server.sockets[0].getsockname()
        line.url = f"http://{host}:{port}"
        yield line
    finally:
        server.close()
