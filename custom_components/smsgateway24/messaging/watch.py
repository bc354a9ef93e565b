"""What a caller hears of its messages while it waits for them."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from .outgoing import Outcome, Report

_ENOUGH = {
    Outcome.SENT: frozenset({Outcome.SENT, Outcome.DELIVERED, Outcome.FAILED}),
    Outcome.DELIVERED: frozenset({Outcome.DELIVERED, Outcome.FAILED}),
}


class Watch:
    """The news of some messages, as long as somebody waits for them.

    ``takes_failures`` says that the caller itself tells that nothing was sent, so that it needs no report.
    """

    def __init__(self, keys: Iterable[str], *, takes_failures: bool) -> None:
        """Watch the messages with these keys."""
        self.takes_failures = takes_failures
        self.reports: dict[str, Report] = {}
        self.untold: list[Report] = []
        self.errors: dict[str, Exception] = {}
        self._open = set(keys)
        self._news = asyncio.Event()

    def hear(self, report: Report) -> None:
        """Take the last word on a message."""
        self.reports[report.message.key] = report
        self._news.set()

    def end(self, key: str) -> None:
        """Take note that there will be no more news of a message."""
        self._open.discard(key)
        self._news.set()

    def end_all(self) -> None:
        """Have the caller wait no longer."""
        self._open.clear()
        self._news.set()

    async def wait(self, outcome: Outcome, seconds: float) -> None:
        """Wait until this, or its failure, is known of all messages, but not longer than so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not self._knows(outcome):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return

    def _knows(self, outcome: Outcome) -> bool:
        return all(key in self.reports and self.reports[key].outcome in _ENOUGH[outcome] for key in self._open)


class Watches:
    """All callers that wait."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._watches: dict[str, Watch] = {}

    @contextmanager
    def open(self, keys: Iterable[str], *, takes_failures: bool) -> Iterator[Watch]:
        """Watch messages within a block."""
        watched = tuple(keys)
        watch = Watch(watched, takes_failures=takes_failures)
        self._watches |= dict.fromkeys(watched, watch)
        try:
            yield watch
        finally:
            for key in watched:
                self._watches.pop(key, None)

    def of(self, key: str) -> Watch | None:
        """Return the watch of a message, None if nobody waits for it."""
        return self._watches.get(key)

    def end_all(self) -> None:
        """Have nobody wait any longer: what is known by now has to do."""
        for watch in self._watches.values():
            watch.end_all()
