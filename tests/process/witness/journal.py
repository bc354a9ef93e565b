"""What happened inside Home Assistant, in a file that a kill cannot take back."""

from collections.abc import Iterator
import json
import os
from pathlib import Path
import time
from typing import Any, Final, Self

ORDERS: Final = "orders.json"
JOURNAL: Final = "journal.jsonl"


class Journal:
    """Writes one line for each thing that happens, and is sure of it before it goes on."""

    def __init__(self, descriptor: int, life: int) -> None:
        """Take an open file, and the number of this life."""
        self._descriptor = descriptor
        self._life = life

    @classmethod
    def open(cls, path: Path, life: int) -> Self:
        """Open the file for more lines."""
        return cls(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), life)

    def note(self, what: str, **details: Any) -> None:
        """Write that something happened. A line is one system call, so that a kill leaves all of it or nothing."""
        line = json.dumps({"life": self._life, "at": time.time(), "what": what, **details}) + "\n"
        os.write(self._descriptor, line.encode())
        os.fsync(self._descriptor)


def read_journal(path: Path, what: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield what was noted: all of it, or one kind."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        record: dict[str, Any] = json.loads(line)
        if what is None or record["what"] == what:
            yield record
