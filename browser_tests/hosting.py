"""A demo of one's own: on free ports, in a folder of its own, and gone at the end whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
import socket
import subprocess

from demo.home import CHECKOUT, Home
from demo.programs import LOOPBACK

# Home Assistant writes its states before it ends; the demo itself kills it after a minute.
_ENDING = 90  # seconds
_ENDING_AT_ONCE = 20  # seconds


class HostingError(Exception):
    """Something did not start."""


@dataclass(frozen=True)
class Place:
    """A demo that runs: both its addresses, and the folder that it lives in."""

    url: str
    simulator_url: str
    folder: Path

    @property
    def logs(self) -> list[Path]:
        """What its programs have printed."""
        return [log for name in ("home-assistant", "simulator") if (log := Home(self.folder).log(name)).exists()]


def running_place(folder: Path) -> Place:
    """Return the demo that lives in a folder and has been started by somebody else."""
    memory = Home(folder).recall()
    if memory is None or not memory.prepared:
        raise HostingError(f"No demo lives in {folder}.")
    return Place(f"http://{LOOPBACK}:{memory.port}", f"http://{LOOPBACK}:{memory.simulator_port}", folder)


@contextmanager
def demo_in(folder: Path, python: str) -> Iterator[Place]:
    """Run a new demo in a folder, and wait until it is ready. `python` is the one that it runs on."""
    port, simulator_port = _free_ports()
    ports = ("--port", str(port), "--simulator-port", str(simulator_port))
    with _program(python, "demo", "--fresh", "--data", str(folder), *ports) as program:
        _wait_for(program, "→ Ready")
        yield running_place(folder)


@contextmanager
def neighbour(python: str) -> Iterator[str]:
    """Run the neighbour's service, and return its address."""
    with _program(python, "demo.neighbour") as program:
        yield _wait_for(program, "http://")


@contextmanager
def _program(python: str, *module: str) -> Iterator[subprocess.Popen[str]]:
    # In a session of its own, so that a Ctrl-C in the terminal does not end it twice.
    program = subprocess.Popen(  # noqa: S603 -- our own modules
        (python, "-m", *module),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield program
    finally:
        _end(program)


def _wait_for(program: subprocess.Popen[str], beginning: str) -> str:
    """Wait for a line that begins with this, and return it. What never gets there ends by itself."""
    said = []
    for line in program.stdout or ():
        said.append(line)
        if line.startswith(beginning):
            return line.strip()
    raise HostingError(f"{program.args!r} did not get ready:\n{''.join(said)}")


def _end(program: subprocess.Popen[str]) -> None:
    """Ask it to end in order, then at once: it has programs of its own, which only it can end."""
    try:
        program.terminate()
        with suppress(subprocess.TimeoutExpired):
            program.wait(_ENDING)
    finally:
        if program.poll() is None:
            program.terminate()
            with suppress(subprocess.TimeoutExpired):
                program.wait(_ENDING_AT_ONCE)
            program.kill()
            program.wait()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind((LOOPBACK, 0))
        return one.getsockname()[1], other.getsockname()[1]
