"""The command line of the kill test: `python -m tests.process`, or rather `scripts/kill-test`."""

import argparse
import asyncio
from pathlib import Path
from random import Random
import sys
import tempfile
import time
from typing import Final

from demo.errors import DemoError
from demo.home import Home
from simulator import Simulator, SystemClock

from . import incoming, outgoing
from .findings import Findings
from .house import House
from .kills import INCOMING, OUTGOING, choose_kills

DIRECTIONS: Final = ("incoming", "outgoing")


def main() -> int:
    """Run the kill test and return the exit code."""
    arguments = _parser().parse_args()
    well = True
    try:
        for direction in [arguments.direction] if arguments.direction else DIRECTIONS:
            well &= asyncio.run(_run(direction, arguments.kills, arguments.seed))
    except DemoError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    return 0 if well else 1


async def _run(direction: str, number: int, seed: int) -> bool:
    """Run one direction in a house of its own; the house is kept if anything is wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"kill-test-{direction}-"))
    _say(f"Killing Home Assistant {number} times with {direction} texts, in {folder}")
    begun = time.monotonic()
    async with Simulator(clock=SystemClock()) as simulator:
        findings = await _kill(direction, House(Home(folder), simulator), number, seed)
    findings.figures |= {"seed": seed, "seconds": round(time.monotonic() - begun)}
    sys.stdout.write("\n".join(findings.lines()) + "\n")
    if findings.faults:
        _say(f"Everything is kept in {folder}")
    return not findings.faults


async def _kill(direction: str, house: House, number: int, seed: int) -> Findings:
    random = Random(f"{direction} {seed}")  # noqa: S311 - it is to be repeatable
    if direction == "incoming":
        house.build()
        kills = choose_kills(INCOMING, number, random)
        findings = await incoming.kill_while_receiving(house, kills, random, _say)
    else:
        house.numbers = outgoing.NUMBERS
        house.build()
        kills = choose_kills(OUTGOING, number, random)
        findings = await outgoing.kill_while_sending(house, kills, random, _say)
    if not findings.faults:
        house.tear_down()
    return findings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/kill-test",
        description="Kills a real Home Assistant again and again while texts come and go, and counts what became of them.",
    )
    parser.add_argument("direction", nargs="?", choices=DIRECTIONS, help="only this one (default: both)")
    parser.add_argument("--kills", type=int, default=50, help="how often, for each direction (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="decides when it is killed (default: %(default)s)")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"→ {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
