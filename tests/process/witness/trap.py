"""Kills Home Assistant from within, at a point between two steps that no other process could hit."""

from collections.abc import Callable, Mapping
import os
import signal
import threading
from typing import Any, Final
from unittest.mock import patch

from custom_components.smsgateway24.announcer import Announcer
from custom_components.smsgateway24.api.transport import Transport
from custom_components.smsgateway24.messaging.inbox import IncomingMessage
from custom_components.smsgateway24.messaging.outgoing import Report
from custom_components.smsgateway24.store import AccountStore

from .journal import Journal
from .orders import Kill, Point

_POSTS: Final = frozenset({"addsms", "addalotofsms"})


class Trap:
    """Springs when its point was passed as often as the kill says; never, without one."""

    def __init__(self, kill: Kill | None, journal: Journal) -> None:
        """Be set, but not yet anywhere."""
        self._kill = kill
        self._journal = journal
        self._passes = 0
        self.telling: str | None = None
        """Of which text an outcome is being told: the event itself names none."""

    def passes(self, *points: Point) -> None:
        """Take note that Home Assistant comes by here."""
        if self._kill is None or self._kill.point not in points:
            return
        self._passes += 1
        if self._passes != self._kill.passes:
            return
        if self._kill.delay:
            threading.Timer(self._kill.delay, self._spring).start()
        else:
            self._spring()

    def _spring(self) -> None:
        self._journal.note("killed")
        os.kill(os.getpid(), signal.SIGKILL)


def set_trap(trap: Trap, journal: Journal) -> None:
    """Lay the trap around every write, every post and every announcement.

    Which outgoing messages appear on disk, and which are no longer there, is noted down as soon as it is certain.
    """
    save = AccountStore.async_save
    post = Transport.post
    announce_incoming = Announcer.async_announce_incoming
    announce_report = Announcer.async_announce_report
    on_disk: set[tuple[str, str]] = set()

    async def async_save(self: AccountStore, describe: Callable[[], Mapping[str, Any]]) -> bool:
        description = describe()
        claim = bool(description["inbox"]["claimed"])
        outgoing = {(message["number"], message["text"]) for message in description["outbox"].get("messages", ())}
        trap.passes(*(Point.CLAIM_BEFORE, Point.CLAIM_WITHIN) if claim else (Point.WRITE_BEFORE, Point.WRITE_WITHIN))
        saved = await save(self, describe)
        if saved:
            for number, text in sorted(outgoing - on_disk):
                journal.note("written", number=number, text=text)
            for number, text in sorted(on_disk - outgoing):
                journal.note("struck out", number=number, text=text)
            on_disk.clear()
            on_disk.update(outgoing)
        trap.passes(Point.CLAIM_AFTER if claim else Point.WRITE_AFTER)
        return saved

    async def async_post(self: Transport, url: str, form: Mapping[str, str], *, name: str) -> tuple[int, bytes]:
        if name not in _POSTS:
            return await post(self, url, form, name=name)
        trap.passes(Point.POST_BEFORE, Point.POST_WITHIN)
        answer = await post(self, url, form, name=name)
        trap.passes(Point.POST_AFTER)
        return answer

    def async_announce_incoming(self: Announcer, incoming: IncomingMessage) -> None:
        trap.passes(Point.FIRE_BEFORE)
        announce_incoming(self, incoming)
        trap.passes(Point.FIRE_AFTER)

    def async_announce_report(self: Announcer, report: Report) -> None:
        trap.passes(Point.REPORT_BEFORE)
        trap.telling = report.message.text
        announce_report(self, report)
        trap.passes(Point.REPORT_AFTER)

    patch.object(AccountStore, "async_save", async_save).start()
    patch.object(Transport, "post", async_post).start()
    patch.object(Announcer, "async_announce_incoming", async_announce_incoming).start()
    patch.object(Announcer, "async_announce_report", async_announce_report).start()
