"""Clocks and medians."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import gc
from statistics import median
import time
from types import TracebackType
from typing import Final, Self

# The time for which this thread itself was at work. What other programs do meanwhile on the same machine does not count.
own_time: Final[Callable[[], float]] = time.thread_time

# How often the loop is asked whether it still turns.
_TICK: Final = 0.001
_A_WHILE: Final = 5 * _TICK


def milliseconds(seconds: float) -> str:
    """Write a time in milliseconds, with as many digits as are worth reading."""
    value = seconds * 1000
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"  # noqa: PLR2004


def settle_memory() -> None:
    """Clear away what was left over, and let the collector pass over what is there, as Home Assistant does at its start."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True, slots=True)
class Pairs:
    """Times of two pieces of work that were done in turn, so that both have seen the same machine."""

    plain: list[float]
    whole: list[float]

    @property
    def parse(self) -> float:
        """The median time of the plain work."""
        return median(self.plain)

    @property
    def beyond(self) -> float:
        """The median time by which the whole work took longer than the plain work just before it."""
        return median(whole - plain for plain, whole in zip(self.plain, self.whole, strict=True))

    @property
    def ratio(self) -> float:
        """What the whole work costs beyond the plain work, in units of the plain work."""
        return self.beyond / self.parse


class Stalls:
    """Finds the longest time for which the loop was kept from turning: `async with Stalls() as stalls`."""

    def __init__(self) -> None:
        """Have seen none."""
        self.busy = 0.0
        """The longest time that the loop's thread was at work between two turns."""
        self.waited = 0.0
        """The longest time between two turns by the clock on the wall, which other programs lengthen."""

    async def __aenter__(self) -> Self:
        self._busy, self._wall = own_time(), time.perf_counter()
        self._tick()
        await asyncio.sleep(_A_WHILE)
        self.busy = self.waited = 0.0
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.sleep(_A_WHILE)
        self._next.cancel()

    def _tick(self) -> None:
        busy, wall = own_time(), time.perf_counter()
        self.busy = max(self.busy, busy - self._busy)
        self.waited = max(self.waited, wall - self._wall - _TICK)
        self._busy, self._wall = busy, wall
        # Not a task: its turn would come one turn later, and two stalls would look like one.
        self._next = asyncio.get_running_loop().call_later(_TICK, self._tick)
