"""A world as JSON, so that a demo goes on where it was."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
import json
from pathlib import Path
from types import NoneType
from typing import Any, TypeAliasType, get_args, get_origin, get_type_hints

from .backend import Backend
from .profiles import DOCUMENTED, PROFILES
from .world.account import Account
from .world.message import Transmission


class UnreadableStateError(Exception):
    """The file is there and is not a world."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a world but the faults and the requests."""

    now: datetime
    profile: str
    accounts: dict[str, Account]
    transmissions: list[Transmission]
    counts: dict[str, int]


def dump(backend: Backend) -> str:
    """Return the present world as JSON."""
    world = backend.catch_up()
    snapshot = Snapshot(world.now, world.profile.name, world.accounts, world.transmissions, world.counts)
    return json.dumps(_plain(snapshot), ensure_ascii=False, indent=1)


def load(backend: Backend, text: str) -> None:
    """Put a world back, and let the time since then pass in it; raises UnreadableStateError."""
    try:
        snapshot: Snapshot = _typed(Snapshot, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableStateError(str(error)) from error
    lead = (snapshot.now - backend.clock.now()).total_seconds()
    if lead > 0:
        backend.clock.advance(lead)
    world = backend.world
    world.now = snapshot.now
    world.profile = PROFILES.get(snapshot.profile, DOCUMENTED)
    world.accounts = snapshot.accounts
    world.transmissions = snapshot.transmissions
    world.counts = snapshot.counts
    backend.account = next(iter(world.accounts.values()), backend.account)
    backend.catch_up()


class StateFile:
    """The file in which a world is kept between runs."""

    def __init__(self, path: Path) -> None:
        """Name the file; it need not exist."""
        self._path = path
        self._saved = ""

    def restore(self, backend: Backend) -> bool:
        """Put back what is kept; False if there is nothing yet. Raises UnreadableStateError."""
        if not self._path.exists():
            return False
        load(backend, self._path.read_text(encoding="utf-8"))
        return True

    def save(self, backend: Backend) -> None:
        """Keep the world if it has changed. A kill in the middle leaves the old file whole."""
        text = dump(backend)
        if _without_time(text) == _without_time(self._saved):
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self._path)
        self._saved = text


def _without_time(text: str) -> str:
    """Leave out the present moment, which stands first: it alone is no change."""
    return text.partition(",")[2]


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def _typed(kind: Any, value: Any) -> Any:
    """Turn plain JSON back into what its annotation says."""
    if isinstance(kind, TypeAliasType):
        return _typed(kind.__value__, value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _typed(hints[name], item) for name, item in value.items() if name in hints})  # type: ignore[operator]
    arguments = get_args(kind)
    origin = get_origin(kind)
    if NoneType in arguments:
        return None if value is None else _typed(arguments[0], value)
    if origin is dict:
        return {arguments[0](key): _typed(arguments[1], item) for key, item in value.items()}
    if origin in {list, tuple}:
        return origin(_typed(arguments[0], item) for item in value)
    return datetime.fromisoformat(value) if kind is datetime else value
