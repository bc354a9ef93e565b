"""The programs that the demo starts, and how it makes sure that none of them outlives it."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
import os
from pathlib import Path
import signal
import socket
import sys

from .errors import DemoError

# Home Assistant writes its states and its database before it ends.
PATIENCE = 60.0
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Program:
    """A running program together with whatever it has started itself."""

    name: str
    process: Process
    log: Path

    @classmethod
    async def start(cls, name: str, arguments: Sequence[str], *, log: Path, folder: Path) -> Program:
        """Start a program in a session of its own; what it prints goes to its log.

        The session keeps a Ctrl-C in the terminal from reaching it before the demo can end things in order.
        """
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=_environment(),
                start_new_session=True,
            )
        return cls(name, process, log)

    async def ended(self) -> int:
        """Wait for its end and return its exit code."""
        return await self.process.wait()

    async def while_running[Result](self, work: Awaitable[Result]) -> Result:
        """Wait for work that needs this program. Raises DemoError when the program ends first."""
        working = asyncio.ensure_future(work)
        ending = asyncio.ensure_future(self.ended())
        try:
            await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise self.unexpected_end()
        finally:
            for task in (working, ending):
                task.cancel()
            await asyncio.gather(working, ending, return_exceptions=True)

    def unexpected_end(self) -> DemoError:
        """Say that the program ended by itself."""
        return DemoError(
            f"{self.name} ended by itself (exit code {self.process.returncode}): see {self.log} for the reason."
        )

    async def stop(self, patience: float = PATIENCE) -> None:
        """End it and everything that it started; kill what does not end within `patience` seconds."""
        try:
            if self.process.returncode is None:
                with suppress(ProcessLookupError):
                    self.process.terminate()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.process.wait(), patience)
        finally:
            # Also when this waiting was cut short, and also what the program left behind.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()


def _environment() -> dict[str, str]:
    """Have compiled code kept in the virtual environment: it saves Home Assistant ten seconds on every start."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(sys.prefix, ".pycache"))}


def require_free_port(port: int, option: str) -> None:
    """Raise DemoError when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise DemoError(f"Port {port} is taken: end what uses it, or choose another with {option}.") from error
