"""The doorbell: when a ring makes the list be read, and whether rings can be relied upon.

Whoever knows the address can ring, since the service signs nothing. So a ring is never news. It makes the list be read,
within a budget that no number of rings exceeds: BURST readings at once, and one more every REFILL seconds. After the
last ring a reading starts within REFILL seconds.

Rings that prove true make it needless to read often without them. What proves them is only what was then found in the
list, and never what was posted: an unfounded ring takes the proof away, so that whoever forges rings can cost readings,
but never spare one.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Final

BURST: Final = 5
"""So many readings may follow each other at once."""
REFILL: Final = 3.0
"""After that there is one in so many seconds."""
LOOK_AGAIN_AFTER: Final = (1.0, 3.0, 10.0)
"""A message that was rung for and is not listed is looked for again after so many seconds each."""
MOST_HINTS: Final = 10
"""So many messages are looked for at a time; more cannot be told from a flood."""
NEEDED: Final = 3
"""So many messages in a row must have been rung for before rings are relied upon."""
SILENT_AFTER: Final = 2
"""So many messages in a row without a ring, and rings that were relied upon have gone silent."""
ECHO: Final = 60.0
"""A ring that comes within so many seconds after something was found is late or a second one, and not unfounded."""


class Doorbell:
    """Says when the list is to be read because somebody has rung. Times are seconds of a clock that never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Wait for the first ring."""
        self._clock = clock
        self._rung = False
        self._allowance = float(BURST)
        self._counted_at = clock()
        self._held_until = 0.0
        self._hints: dict[int, _Hint] = {}

    def ring(self) -> None:
        """Take note of a ring."""
        self._rung = True

    def look_for(self, message_id: int) -> None:
        """Take note that somebody who rang has named a message that is not known."""
        if len(self._hints) < MOST_HINTS:
            self._hints.setdefault(message_id, _Hint())

    def hold(self, seconds: float) -> None:
        """Read nothing for so long: the service has asked for a pause."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def wait(self) -> float | None:
        """Return in how many seconds the list is to be read; None if nobody waits for it."""
        now = self._clock()
        due = now if self._rung else min((hint.due for hint in self._hints.values()), default=None)
        if due is None:
            return None
        affordable = now + max(0.0, 1.0 - self._count(now)) * REFILL
        return max(due, affordable, self._held_until) - now

    @property
    def looking(self) -> bool:
        """Whether a message that was rung for is still looked for."""
        return bool(self._hints)

    def spend(self) -> None:
        """Take note that a reading begins because of a ring."""
        self._allowance = self._count(self._clock()) - 1.0

    def begin(self) -> None:
        """Take note that a reading begins, whatever its reason; who rings after this asks for another one."""
        self._rung = False

    def end(self, listed: Container[int] | None) -> None:
        """Take note of what a reading has listed; None if it has failed.

        After a failure nobody looks again for the sake of the ring: the ordinary polls do, at their pace.
        """
        now = self._clock()
        for message_id, hint in list(self._hints.items()):
            if listed is None or message_id in listed or hint.tries == len(LOOK_AGAIN_AFTER):
                del self._hints[message_id]
            elif hint.due <= now:
                hint.due = now + LOOK_AGAIN_AFTER[hint.tries]
                hint.tries += 1

    def _count(self, now: float) -> float:
        """Return how many readings may be made now."""
        self._allowance = min(float(BURST), self._allowance + (now - self._counted_at) / REFILL)
        self._counted_at = now
        return self._allowance


@dataclass(slots=True)
class _Hint:
    """A message that was rung for: when to look for it again, and how often that was done."""

    due: float = 0.0
    tries: int = 0


class Trust:
    """Judges from what readings find whether rings can be relied upon."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Rely upon nothing yet."""
        self._clock = clock
        self._run = 0
        self._missed = 0
        self._proven = False
        self._rings = 0
        self._round: _Round | None = None
        self._found_at: float | None = None

    @property
    def works(self) -> bool:
        """Whether the last messages were all rung for, and no ring was in vain, or may yet turn out to have been."""
        return self._run >= NEEDED and (self._round is None or not self._round.in_vain)

    @property
    def silent(self) -> bool:
        """Whether rings could be relied upon once, and messages now come without."""
        return self._proven and self._missed >= SILENT_AFTER

    def ring(self) -> None:
        """Take note of a ring."""
        self._rings += 1

    def begin(self, *, looking: bool) -> None:
        """Take note that a reading begins, and judge the one before.

        ``looking`` says that a message is still looked for that was rung for, so that it is too early to judge.
        """
        rung = self._judge(looking=looking) or self._rings > 0
        self._rings = 0
        self._round = _Round(rung=rung)

    def reset(self) -> None:
        """Rely upon nothing any more: the address is a new one."""
        self._run = self._missed = 0
        self._proven = False

    def fail(self) -> None:
        """Take note that the reading has failed; who rang before it has not had an answer."""
        if self._round is not None:
            self._rings += self._round.rung
            self._round = None

    def arrived(self, count: int) -> None:
        """Take note that the reading has found new incoming messages, which came after the one before."""
        if count:
            self._found_at = self._clock()
            if self._round is not None:
                self._round.arrived += count

    def changed(self) -> None:
        """Take note that the reading has told something new of an outgoing message."""
        self._found_at = self._clock()
        if self._round is not None:
            self._round.changed = True

    def _judge(self, *, looking: bool) -> bool:
        """Judge the last reading; return whether the next one is still rung for by the same ring."""
        last, self._round = self._round, None
        if last is None:
            return False
        if last.arrived:
            # A poll may have been quicker than the ring, which then comes before the next reading.
            self._judge_arrival(rung=last.rung or self._rings > 0)
        elif last.in_vain:
            if looking:
                return True
            if self._found_at is None or self._clock() - self._found_at > ECHO:
                self._run = 0
        return False

    def _judge_arrival(self, *, rung: bool) -> None:
        if rung:
            self._run = min(self._run + 1, NEEDED)
            self._missed = 0
            self._proven = self._proven or self._run >= NEEDED
        else:
            self._run = 0
            self._missed = min(self._missed + 1, SILENT_AFTER)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {"run": self._run, "missed": self._missed, "proven": self._proven}

    def restore(self, data: dict[str, Any]) -> None:
        """Take up what ``as_dict`` described; what cannot be read is left as it is at first."""
        run, missed, proven = data.get("run"), data.get("missed"), data.get("proven")
        if type(run) is int and type(missed) is int and type(proven) is bool:
            self._run, self._missed, self._proven = (
                min(max(run, 0), NEEDED),
                min(max(missed, 0), SILENT_AFTER),
                proven,
            )


@dataclass(slots=True)
class _Round:
    """A reading: whether it was rung for, and what it has found."""

    rung: bool
    arrived: int = 0
    changed: bool = False

    @property
    def in_vain(self) -> bool:
        """Whether somebody rang and nothing was found."""
        return self.rung and not self.arrived and not self.changed
