"""A house with a real Home Assistant in it, which lives many short lives."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
import re
import secrets
import shutil
import signal
import socket
import sys
import time
from typing import Any, Final

from demo.errors import DemoError
from demo.home import Home
from demo.programs import LOOPBACK, Program
from simulator import Simulator

from .disk import Disk
from .witness.journal import JOURNAL, ORDERS, read_journal
from .witness.orders import Kill, Orders, Point

_HERE: Final = Path(__file__).resolve().parent
_CONFIGURATION: Final = """\
homeassistant:
  name: Kill test
  country: GB
  time_zone: Europe/London
witness:
"""
# On a slow machine with other work to do.
START_PATIENCE: Final = 120.0
KILL_PATIENCE: Final = 60.0
_STOP_PATIENCE: Final = 60.0
_PORTS: Final = range(20_000, 32_000)
_LOOK_EVERY: Final = 0.1
_UNSURE: Final = re.compile(r"are not announced again: ([\d, ]+)$", re.MULTILINE)
_ERROR: Final = re.compile(r"^\S+ \S+ (?:ERROR|CRITICAL) .*$", re.MULTILINE)


@dataclass
class House:
    """Home Assistant's folder, and its lives so far."""

    home: Home
    simulator: Simulator
    numbers: tuple[str, ...] = ()
    lives: int = field(default=0, init=False)
    died_at: float = field(default=0, init=False)
    """When Home Assistant was last seen to have ended."""

    @property
    def config(self) -> Path:
        """Home Assistant's configuration folder."""
        return self.home.config

    def build(self) -> None:
        """Lay out a Home Assistant that has never been started."""
        (self.config / ".storage").mkdir(parents=True)
        (self.config / "configuration.yaml").write_text(_CONFIGURATION, encoding="utf-8")
        self.home.adjust(_free_port())
        (self.config / "custom_components" / "witness").symlink_to(_HERE / "witness", target_is_directory=True)

    def tear_down(self) -> None:
        """Remove it, with the compiled code that was kept for it."""
        shutil.rmtree(self.home.folder)
        shutil.rmtree(Path(sys.prefix, ".pycache", *self.home.folder.parts[1:]), ignore_errors=True)

    # --- lives ------------------------------------------------------------------------------

    @asynccontextmanager
    async def life(self, kill: Kill | None = None, first_text: int | None = None) -> AsyncIterator[Program]:
        """Start Home Assistant; whatever is left of it in the end is killed."""
        self.lives += 1
        account = self.simulator.account
        Orders(
            life=self.lives,
            url=self.simulator.url,
            email=account.email,
            password=account.password,
            numbers=self.numbers,
            kill=kill,
            first_text=first_text,
        ).write(self.config / ORDERS)
        arguments = (sys.executable, "-P", str(_HERE / "launch.py"), "--config", str(self.config))
        program = await Program.start(
            "Home Assistant",
            (*arguments, "--skip-pip", "--log-no-color"),
            log=self._log_file,
            folder=self.home.folder,
        )
        try:
            yield program
        finally:
            await program.stop(patience=0)
            self.died_at = time.time()

    @asynccontextmanager
    async def quiet_life(self) -> AsyncIterator[None]:
        """Let Home Assistant live and end in order, with all that has to be written then."""
        async with self.life() as program:
            await program.while_running(self.started())
            yield
            await program.stop(_STOP_PATIENCE)

    async def die(self, kill: Kill, first_text: int | None = None) -> bool:
        """Start Home Assistant and kill it; say whether that was at the point that was meant.

        Raises DemoError when it ends by itself.
        """
        async with self.life(kill, first_text) as program:
            match kill.point:
                case Point.OUTSIDE:
                    await asyncio.sleep(kill.delay)
                    program.process.kill()
                case Point.STOPPING:
                    await program.while_running(self.started())
                    await asyncio.sleep(1)
                    program.process.terminate()
                    await asyncio.sleep(kill.delay)
                    if program.process.returncode is not None:
                        return False
                    program.process.kill()
                case _:
                    try:
                        await asyncio.wait_for(program.ended(), KILL_PATIENCE)
                    except TimeoutError:
                        program.process.kill()
                        await program.ended()
                        return False
            if await program.ended() != -signal.SIGKILL:
                raise program.unexpected_end()
            return True

    async def started(self) -> None:
        """Wait until the present life has begun. Raises DemoError if that takes too long."""
        if not await until(self._has_started, START_PATIENCE):
            raise DemoError(f"Home Assistant did not start: see {self._log_file} for the reason.")

    def _has_started(self) -> bool:
        return any(record["life"] == self.lives for record in self.journal("started"))

    # --- what is left of them ---------------------------------------------------------------

    def journal(self, what: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield what the witness wrote down."""
        return read_journal(self.config / JOURNAL, what)

    def disk(self) -> Disk:
        """Return what the integration has on disk."""
        return Disk.read(self.config)

    def unsure(self) -> set[int]:
        """Return the ids that the present life's log names as perhaps not announced."""
        return {int(number) for names in _UNSURE.findall(self._log()) for number in names.split(",")}

    def errors(self) -> list[str]:
        """Return the errors in the present life's log."""
        return _ERROR.findall(self._log())

    @property
    def _log_file(self) -> Path:
        return self.home.log(f"life-{self.lives:03}")

    def _log(self) -> str:
        return self._log_file.read_text(encoding="utf-8", errors="replace")


async def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until something holds, and say whether it came to that within so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_LOOK_EVERY)
    return True


def _free_port() -> int:
    """Return a port that nothing listens on, below those that outgoing connections take for themselves."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
