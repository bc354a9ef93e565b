"""What the service's answers look like: which fields there are, and which kinds of values, but none of the values.

The documentation leaves much open, so this is what somebody from afar needs to see of a service that behaves
differently. Fields are noted by their names, and names may come from anybody, so there is a limit on how many, how long
and of which letters.
"""

from collections.abc import Callable, Collection, Iterator, Reversible, ValuesView
from itertools import islice
import re
import time
from typing import Any, Final, cast

from .parsing import whole_number
from .status import MessageStatus

LOOK_EVERY: Final = 60.0
"""Between two looks at answers of a sort so many seconds pass: a poll is to cost no more for it."""
MOST_RECORDS: Final = 20
MOST_SHAPES: Final = 40
MOST_FIELDS: Final = 40
MOST_ZONES: Final = 10
OTHER: Final = "(other)"
"""Stands for all fields, shapes and zones that are beyond the limits."""

_DEEPEST: Final = 4
# So many fields of an answer, by being empty or not, make another sort of it.
_TELLING: Final = 6
# Few digits, so that neither an id nor a number can be the name of a field.
_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z_]{0,30}[0-9]{0,2}")
_ZONE: Final = re.compile(
    r"[+-][0-9]{2}:?[0-9]{2}|[A-Z]{1,5}|Etc/[A-Z]{3}([+-][0-9]{1,2})?"
    r"|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)(/[A-Za-z_-]{2,20}){1,2}"
)
_NUMBER_TEXT: Final = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")
_DATE_TEXT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.+Z-]+)?|[0-9]{2}[.][0-9]{2}[.][0-9]{4}( [0-9:]+)?"
)
# What is longer is neither a number nor a date.
_LONGEST_READ: Final = 40

_SIMPLE_KINDS: Final = {type(None): "null", bool: "truth", int: "number", float: "fraction"}

type _Shape = dict[str, set[str]]


class AnswerProfile:
    """Notes the shapes of answers."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Note nothing yet."""
        self._monotonic = monotonic
        self._next_look: dict[tuple[str | bool, ...], float] = {}
        self._shapes: dict[str, _Shape] = {}
        self._zones: set[str] = set()

    def note(self, method: str, answer: dict[str, Any]) -> None:
        """Look at an answer to one of the client's methods, if none was looked at lately."""
        now = self._monotonic()
        # A list with something in it is looked at although an empty one just was.
        sort: tuple[str | bool, ...] = (method, *(bool(value) for value in islice(answer.values(), _TELLING)))
        if now < self._next_look.get(sort, now):
            return
        self._next_look[sort] = now + LOOK_EVERY
        self._look(method, answer, depth=0)

    def as_dict(self) -> dict[str, Any]:
        """Return for each shape its fields with the kinds of their values, and the zones of dates."""
        return {
            "shapes": {
                path: {field: sorted(kinds) for field, kinds in sorted(shape.items())}
                for path, shape in sorted(self._shapes.items())
            },
            "zones": sorted(self._zones),
        }

    def _look(self, path: str, fields: dict[str, Any], depth: int) -> None:
        shape = self._shape(path)
        for name, value in islice(fields.items(), MOST_FIELDS):
            field = _bounded(name if _FIELD.fullmatch(name) else OTHER, shape, MOST_FIELDS)
            shape.setdefault(field, set()).add(self._kind(value))
            if depth < _DEEPEST and isinstance(value, dict | list) and not _is_date(value):
                self._look_inside(f"{path}.{field}", value, depth + 1)
        if len(fields) > MOST_FIELDS:
            shape.setdefault(OTHER, set())

    def _look_inside(self, path: str, value: dict[str, Any] | list[Any], depth: int) -> None:
        if isinstance(value, dict) and not _is_keyed(value):
            self._look(path, value, depth)
            return
        records = value if isinstance(value, list) else value.values()
        for record in _first_and_last(records):
            if isinstance(record, dict):
                self._look(f"{path}[]{_group(record)}", record, depth)
            else:
                self._shape(f"{path}[]").setdefault(OTHER, set()).add(self._kind(record))

    def _shape(self, path: str) -> _Shape:
        return self._shapes.setdefault(_bounded(path, self._shapes, MOST_SHAPES), {})

    def _kind(self, value: object) -> str:
        if isinstance(value, str):
            return _kind_of_text(value)
        if isinstance(value, list):
            return "list" if value else "empty list"
        if isinstance(value, dict):
            return self._kind_of_object(value)
        return _SIMPLE_KINDS.get(type(value), OTHER)

    def _kind_of_object(self, value: dict[str, Any]) -> str:
        if not value:
            return "empty object"
        if _is_date(value):
            return self._kind_of_date(value)
        return "object of records" if _is_keyed(value) else "object"

    def _kind_of_date(self, value: dict[str, Any]) -> str:
        kind, zone = whole_number(value.get("timezone_type")), value.get("timezone")
        if isinstance(zone, str):
            shown = zone if len(zone) <= _LONGEST_READ and _ZONE.fullmatch(zone) else OTHER
            self._zones.add(_bounded(shown, self._zones, MOST_ZONES))
        return f"date of type {kind}" if kind in {1, 2, 3} else "date"


def _bounded(name: str, known: Collection[str], most: int) -> str:
    """Return a name, or what stands for it where there are too many."""
    return name if name in known or len(known) < most else OTHER


def _kind_of_text(text: str) -> str:
    if not text:
        return "empty text"
    if len(text) <= _LONGEST_READ:
        if _NUMBER_TEXT.fullmatch(text):
            return "number as text"
        if _DATE_TEXT.fullmatch(text):
            return "date as text"
    return "text"


def _is_date(value: object) -> bool:
    """Say whether this is a date as PHP dumps it."""
    return isinstance(value, dict) and "timezone_type" in value


def _is_keyed(value: dict[str, Any]) -> bool:
    """Say whether these are records under their ids, and not the fields of one thing."""
    return next(iter(value), "").isdecimal()


def _group(record: dict[str, Any]) -> str:
    """Tell received messages from others, for no sample of one is public."""
    return " received" if whole_number(record.get("status")) == MessageStatus.INCOMING else ""


def _first_and_last(records: list[Any] | ValuesView[Any]) -> Iterator[Any]:
    """Return some records of each end: the service's order is not known, and new ones are the most telling."""
    half = MOST_RECORDS // 2
    yield from islice(records, half)
    # The values of a dictionary can be reversed, although their type does not say so.
    backwards = reversed(cast("Reversible[Any]", records))
    yield from islice(backwards, min(half, max(len(records) - half, 0)))
