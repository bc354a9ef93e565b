"""An event loop in which waiting takes no time."""

import asyncio
from collections.abc import Callable, Coroutine
import functools
import gc
import selectors
from typing import Any, override


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing, and puts the clock forward instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("Nothing will ever happen any more")
        self.now += max(timeout, 0.0)
        return super().select(0)


class TimelessLoop(asyncio.SelectorEventLoop):
    """When there is nothing to do, its clock jumps to the next moment at which there is."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)
        self.complaints: list[dict[str, Any]] = []
        """What went wrong in tasks and callbacks without anybody noticing."""
        self.set_exception_handler(lambda _, context: self.complaints.append(context))

    @override
    def time(self) -> float:
        return self._jumping.now


class TimelessRunner:
    """Runs one coroutine after the other in a loop of its own, and fails if an exception got lost in it."""

    def __init__(self) -> None:
        self.loop = TimelessLoop()
        self._runner = asyncio.Runner(loop_factory=lambda: self.loop)

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the coroutine returns."""
        return self._runner.run(work)

    def close(self) -> None:
        """End all that is still under way."""
        self._runner.close()
        gc.collect()
        assert self.loop.complaints == []


def timeless[**P](test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a test in which waiting takes no time."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        runner = TimelessRunner()
        try:
            runner.run(test(*args, **kwargs))
        finally:
            runner.close()

    return run
