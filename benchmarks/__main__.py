"""`python -m benchmarks`: measures everything, or what is asked for, and prints what was found."""

import argparse
import asyncio
from collections.abc import Awaitable, Mapping
import logging
import os
import platform
import time
from typing import Final, Protocol

from homeassistant.const import __version__ as home_assistant

from . import cpu, memory, poll, push, recorder, sending, stall, startup, traffic
from .report import Result


class Benchmark(Protocol):
    """Measures something; with ``smoke`` in seconds, just to see that it works."""

    def __call__(self, *, smoke: bool) -> Awaitable[Result]:
        """Return what was found."""
        ...


BENCHMARKS: Final[Mapping[str, Benchmark]] = {
    "poll": poll.measure,
    "stall": stall.measure,
    "cpu": cpu.measure,
    "traffic": traffic.measure,
    "sending": sending.measure,
    "push": push.measure,
    "recorder": recorder.measure,
    "startup": startup.measure,
    "memory": memory.measure,
}


def main() -> None:
    """Run the benchmarks one after another, so that none disturbs another."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="take seconds; the figures are rough")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="measure only this; may be repeated")
    wishes = parser.parse_args()
    # Home Assistant says of each custom integration that it is one.
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)
    print(f"Home Assistant {home_assistant}, Python {platform.python_version()}, {os.cpu_count()} processors")
    for name, benchmark in BENCHMARKS.items():
        if wishes.only and name not in wishes.only:
            continue
        begin = time.monotonic()
        result = asyncio.run(_run(benchmark, smoke=wishes.smoke))
        print(f"\n{result}\n\n(took {time.monotonic() - begin:.1f} s)", flush=True)


async def _run(benchmark: Benchmark, *, smoke: bool) -> Result:
    return await benchmark(smoke=smoke)


if __name__ == "__main__":
    main()
