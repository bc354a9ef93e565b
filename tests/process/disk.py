"""What the integration has on disk, read while Home Assistant does not run."""

from dataclasses import dataclass
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any, Self

from custom_components.smsgateway24.const import DOMAIN


@dataclass(frozen=True, slots=True)
class Disk:
    """The memory of the one account: ids of incoming messages, their floor, and the messages that go out."""

    known: frozenset[int]
    claimed: frozenset[int]
    floor: datetime
    outbox: tuple[dict[str, Any], ...]

    @classmethod
    def read(cls, config: Path) -> Self:
        """Return what is there. Raises FileNotFoundError if nothing is."""
        files = list((config / ".storage").glob(f"{DOMAIN}.*"))
        if len(files) != 1:
            raise FileNotFoundError(f"{len(files)} memories in {config}")
        data = json.loads(files[0].read_text(encoding="utf-8"))["data"]
        inbox = data["inbox"]
        return cls(
            known=frozenset(map(int, inbox["known"])),
            claimed=frozenset(inbox["claimed"]),
            floor=datetime.fromisoformat(inbox["floor"]).astimezone(UTC),
            outbox=tuple(data["outbox"]["messages"]),
        )
