"""A simulated service in a process of its own, so that what it costs is not taken for the integration's."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
import json
import sys
import time
from typing import Any, Final

import aiohttp

from simulator import Simulator
from simulator.clock import SystemClock
from simulator.profiles import DOCUMENTED
from simulator.world.account import Account

from .world import FRIEND, crowd, furnish

READ_BY_A_POLL: Final = ("getalldevices", "getallsms")

# It lists all that there is, whatever is asked for.
_UNFILTERED = replace(DOCUMENTED, name="unfiltered", ignored_filters=frozenset({"begindate", "enddate"}))


@dataclass(frozen=True, slots=True)
class Service:
    """A running service, from outside."""

    url: str
    account: Account
    _process: asyncio.subprocess.Process

    async def counts(self) -> dict[str, int]:
        """Return how often each method was asked."""
        answer: dict[str, int] = await self._ask("counts")
        return answer

    async def read_bare(self, session: aiohttp.ClientSession, *, begin: datetime) -> None:
        """Make the two requests of a poll with aiohttp alone, messages from ``begin`` on, and throw the answers away."""
        form = {"token": self.account.token, "begindate": f"{begin:%Y-%m-%d %H:%M:%S}"}

        async def request(method: str) -> None:
            url = f"{self.url}/getdata/{method}"
            async with session.post(url, data=form, headers={"Connection": "close"}) as response:
                await response.read()

        await asyncio.gather(*map(request, READ_BY_A_POLL))

    async def ring_at(self, url: str) -> None:
        """Have each new incoming message rung for at an address; "" is none."""
        await self._ask(f"ring {url}")

    async def receive(self) -> float:
        """Let a text come, and return when by the clock that all processes of this machine share."""
        came_at: float = await self._ask("receive")
        return came_at

    async def _ask(self, question: str) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The service was started without pipes")
        self._process.stdin.write(f"{question}\n".encode())
        return json.loads(await self._process.stdout.readline())


@asynccontextmanager
async def a_service(*, phones: int = 1, history: int = 0, crowded: int = 0) -> AsyncIterator[Service]:
    """Start a service with that many phones and messages; with ``crowded`` it lists so many, whatever is asked for."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        f"--phones={phones}",
        f"--history={history}",
        f"--crowded={crowded}",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdout is None:
            raise RuntimeError("The service was started without pipes")
        first = await process.stdout.readline()
        if not first:
            raise RuntimeError("The service did not start")
        told = json.loads(first)
        yield Service(told["url"], Account(told["email"], told["password"], told["token"]), process)
    finally:
        if process.stdin is not None:
            # The end of what it is asked is the end of the service.
            process.stdin.close()
        await process.wait()


async def _serve(phones: int, history: int, crowded: int) -> None:
    async with Simulator(clock=SystemClock(), profile=_UNFILTERED if crowded else DOCUMENTED) as simulator:
        if crowded:
            crowd(simulator, messages=crowded)
        else:
            furnish(simulator, phones=phones, history=history)
        account = simulator.account
        _say({"url": simulator.url, "email": account.email, "password": account.password, "token": account.token})
        while question := (await asyncio.to_thread(sys.stdin.readline)).strip():
            _say(_answer(simulator, question))


def _answer(simulator: Simulator, question: str) -> Any:
    """Do what is asked for, and return what is to be said of it."""
    what, _, detail = question.partition(" ")
    phone = next(iter(simulator.account.phones.values()))
    match what:
        case "ring":
            phone.incoming_webhook = detail
            return None
        case "receive":
            came_at = time.monotonic()
            simulator.receive(phone, FRIEND, "Open the gate")
            return came_at
        case _:
            methods = [request.method for request in simulator.requests]
            return {method: methods.count(method) for method in sorted(set(methods))}


def _say(answer: Any) -> None:
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("phones", "history", "crowded"):
        parser.add_argument(f"--{name}", type=int, required=True)
    wishes = parser.parse_args()
    asyncio.run(_serve(wishes.phones, wishes.history, wishes.crowded))
