"""`python -m simulator`: the simulated service in real time, with a page to play with."""

import argparse
import asyncio
import contextlib
from pathlib import Path
import signal
import sys

from .clock import SystemClock
from .demo import furnish
from .profiles import PROFILES
from .simulator import Simulator
from .state import StateFile, UnreadableStateError

_SAVE_EVERY = 1.0


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A SmsGateway24 on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8024, help="port, 0 for a free one (default: %(default)s)")
    parser.add_argument("--state", type=Path, help="file that keeps phones and messages between runs")
    parser.add_argument(
        "--profile", choices=PROFILES, metavar="NAME", help=f"how the service behaves: {', '.join(PROFILES)}"
    )
    return parser.parse_args(words)


async def serve(arguments: argparse.Namespace) -> None:
    """Listen until told to stop; raises OSError and UnreadableStateError."""
    simulator = Simulator(clock=SystemClock(), host=arguments.host, port=arguments.port)
    state = StateFile(arguments.state) if arguments.state else None
    if state is None or not state.restore(simulator):
        furnish(simulator)
    if arguments.profile:
        simulator.profile = PROFILES[arguments.profile]
    stop = asyncio.Event()
    for reason in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(reason, stop.set)
    async with simulator:
        sys.stdout.write(f"SmsGateway24 simulator: {simulator.url}\n")
        sys.stdout.flush()
        while not stop.is_set():
            if state:
                state.save(simulator)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _SAVE_EVERY)
    if state:
        state.save(simulator)


def main(words: list[str] | None = None) -> int:
    """Run the simulator; return the process's exit code."""
    arguments = _arguments(words)
    try:
        asyncio.run(serve(arguments))
    except UnreadableStateError as error:
        sys.stderr.write(f"{arguments.state} is not a saved world ({error}). Delete it to begin anew.\n")
    except OSError as error:
        sys.stderr.write(f"Cannot listen on {arguments.host}:{arguments.port}: {error}. Choose another --port.\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
