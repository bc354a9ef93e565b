"""What the witness is told for one life of Home Assistant."""

from dataclasses import asdict, dataclass
from enum import StrEnum
import json
from pathlib import Path
from typing import Self


class Point(StrEnum):
    """Where Home Assistant is killed."""

    CLAIM_BEFORE = "before a claim is written"
    CLAIM_WITHIN = "while a claim is written"
    CLAIM_AFTER = "after a claim was written"
    WRITE_BEFORE = "before another write"
    WRITE_WITHIN = "during another write"
    WRITE_AFTER = "after another write"
    FIRE_BEFORE = "before a message is announced"
    FIRE_AFTER = "after a message was announced"
    POST_BEFORE = "before a text is handed over"
    POST_WITHIN = "while a text is handed over"
    POST_AFTER = "after a text was handed over"
    REPORT_BEFORE = "before an outcome is told"
    REPORT_AFTER = "after an outcome was told"
    OUTSIDE = "at any instant"
    STOPPING = "while it stops"


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: so many `passes` of a point, and a `delay` in seconds from then on."""

    point: Point
    passes: int = 1
    delay: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The account to add if there is none, whom it may text, and when to die.

    With `first_text` the witness sends texts, numbered from there on; without, it sends none.
    """

    life: int
    url: str
    email: str
    password: str
    numbers: tuple[str, ...] = ()
    kill: Kill | None = None
    first_text: int | None = None

    def write(self, path: Path) -> None:
        """Leave the orders where the witness finds them."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the orders that were left."""
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["kill"] is not None:
            data["kill"] = Kill(**{**data["kill"], "point": Point(data["kill"]["point"])})
        return cls(**{**data, "numbers": tuple(data["numbers"])})
