"""A list of messages that is read no further than it is asked for.

A poll brings hundreds of records of which none is new. Looking at their ids costs a fraction of what it costs to make
messages of them.
"""

from collections.abc import Callable, Iterable, Iterator, KeysView
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, override

from .models import Message
from .parsing import LARGEST_INT, JsonObject, identifier
from .status import WAITING

type MessageReader = Callable[[str | None, JsonObject], Message | None]

# A status may come as a number or as text.
_WAITING_VALUES: Final = frozenset({*map(int, WAITING), *(str(int(status)) for status in WAITING)})
_ID: Final = itemgetter("id")
_STATUS: Final = itemgetter("status")


class MessageList:
    """The messages that the service found, by their ids.

    ``count`` is how many the service says there are, None if it does not say; ``rows`` is how many it has listed,
    whether they can be read or not.
    """

    def __init__(self, records: dict[str, Any] | list[Any], *, count: int | None, read: MessageReader) -> None:
        """Take the records as they came, and the function that makes a message of one with its key."""
        self.count = count
        self.rows = len(records)
        self._read = read
        index = _quick_index(list(records.values()) if isinstance(records, dict) else records)
        if index is None:
            pairs = records.items() if isinstance(records, dict) else zip(repeat(None), records, strict=False)
            index, self._without_id = _patient_index(pairs)
        else:
            self._without_id = 0
        self._records = index

    @override
    def __repr__(self) -> str:
        # Never the content: texts and numbers have no place in a log.
        return f"<{type(self).__name__} of {self.rows} rows>"

    @property
    def complete(self) -> bool:
        """Whether all that the service has counted is listed."""
        return self.count is None or self.count <= self.rows

    @property
    def ids(self) -> KeysView[int]:
        """The ids of the listed messages."""
        return self._records.keys()

    def get(self, message_id: int) -> Message | None:
        """Return the message with this id; None if it is not listed or cannot be read."""
        record = self._records.get(message_id)
        return None if record is None else self._read(str(message_id), record)

    def waiting(self) -> Iterator[Message]:
        """Return the messages that are still to be sent."""
        try:
            if _WAITING_VALUES.isdisjoint(map(_STATUS, self._records.values())):
                return iter(())
            found = [message_id for message_id, record in self._records.items() if _STATUS(record) in _WAITING_VALUES]
        except KeyError, TypeError:
            # There is none, or one that cannot even be looked up.
            found = list(self._records)
        return (message for number in found if (message := self.get(number)) is not None and message.waiting)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """All messages, sorted by id, because the service's order is not reliable (the vendor's PHP examples, 2021)."""
        return tuple([message for number in sorted(self._records) if (message := self.get(number)) is not None])

    @cached_property
    def skipped(self) -> int:
        """How many records could not be read. They do not make the others be lost."""
        return self._without_id + len(self._records) - len(self.messages)


def _quick_index(records: list[Any]) -> dict[int, JsonObject] | None:
    """Return the records by id if all are of the ordinary shape, else None.

    Of thousands of records each first look at one costs more than all that is done with it then, so every pass over them
    counts. Of all that JSON knows only an object can be asked for its "id".
    """
    try:
        ids = list(map(_ID, records))
    except KeyError, TypeError:
        return None
    if not ids:
        return {}
    if set(map(type, ids)) != {int} or min(ids) <= 0 or max(ids) > LARGEST_INT:
        return None
    return dict(zip(ids, records, strict=True))


def _patient_index(pairs: Iterable[tuple[str | None, Any]]) -> tuple[dict[int, JsonObject], int]:
    """Return the records by id, in whatever form it comes, and how many have none. A record's key may stand in."""
    index: dict[int, JsonObject] = {}
    without = 0
    for key, record in pairs:
        number = (identifier(record.get("id")) or identifier(key)) if isinstance(record, dict) else None
        if number is None:
            without += 1
        else:
            index[number] = record
    return index, without
