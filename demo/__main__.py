"""The command line of the demo: `python -m demo`, or rather `scripts/demo`."""

import argparse
import asyncio
from pathlib import Path
import signal
import sys

from .errors import DemoError
from .home import CHECKOUT, Home
from .run import DEFAULT_PORT, DEFAULT_SIMULATOR_PORT, Options, run

_PORTS = range(1024, 65536)
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the demo until it is told to end, and return the exit code."""
    arguments = _parser().parse_args()
    options = Options(arguments.port, arguments.simulator_port, arguments.fresh)
    try:
        asyncio.run(_until_told(Home(arguments.data.resolve()), options))
    except DemoError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    return 0


async def _until_told(home: Home, options: Options) -> None:
    running = asyncio.ensure_future(run(home, options, _say))
    told = 0

    def tell() -> None:
        # The first signal ends things in order, the next one at once.
        nonlocal told
        told += 1
        if told == 1:
            _say("Ending Home Assistant and the simulator")
        running.cancel()

    for number in _ENDING:
        asyncio.get_running_loop().add_signal_handler(number, tell)
    try:
        await running
    except asyncio.CancelledError:
        if not told:
            raise


def _say(text: str) -> None:
    sys.stdout.write(f"→ {text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="A simulated SmsGateway24 and a Home Assistant with three phones, three recipients and a dashboard.",
    )
    parser.add_argument("--fresh", action="store_true", help="forget everything and begin anew")
    parser.add_argument(
        "--port", type=_port, help=f"Home Assistant's port (at first {DEFAULT_PORT}, then the last one used)"
    )
    parser.add_argument(
        "--simulator-port",
        type=_port,
        help=f"the simulator's port (at first {DEFAULT_SIMULATOR_PORT}, then the last one used)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=CHECKOUT / ".demo",
        help="the folder to live in; a second demo needs one of its own",
    )
    return parser


def _port(text: str) -> int:
    number = int(text)
    if number not in _PORTS:
        raise argparse.ArgumentTypeError(f"a port is a number from {_PORTS.start} to {_PORTS.stop - 1}")
    return number


if __name__ == "__main__":
    sys.exit(main())
