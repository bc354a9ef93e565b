"""Recognising our own messages in the service's lists.

The service takes a number of the sender's with each message (``customerid``) and gives it back in its lists, as far as
known. A random one, the *tag*, says whose a record is. Nothing public promises that it comes back unchanged, so it is
watched: a record whose id the service itself has told us shows whether it bears our tag.

Where tags do not come back, or the user gave a number of their own, a record is ours if phone, recipient, text and time
fit, tolerant of what services do to numbers and texts on the way. An identical text that was sent from the service's own
page in the same minute counts as ours then. Where they do come back, a record without our tag is somebody else's.

A record belongs to one message at most, also after that message has ended.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ..api import Message
from .outgoing import OutgoingMessage, Stage
from .stored import sure_moment_from

# Between 2^30 and 2^31 - 1: large enough not to meet the numbers that people give, and within 31 bits.
TAGS: Final = range(1 << 30, (1 << 31) - 1)

# Two clocks of the service may differ, and its times are whole seconds.
_BEFORE: Final = timedelta(seconds=30)
# Work that begins later than this after the request is nothing that anybody waits for.
_AFTER: Final = timedelta(minutes=10)
# So long after its end may a message's record still be taken for another one's.
_CLAIMS_KEPT: Final = timedelta(hours=2)
# The last digits of a number, which no way of writing it changes.
_TELLING_DIGITS: Final = 7
# Some services take no sign beyond it (the vendor's chat driver of 2019 takes them out).
_LAST_OF_BASIC_PLANE: Final = 0xFFFF


class Recognition:
    """Finds the records of messages, and remembers which are taken."""

    def __init__(self) -> None:
        """Know nothing yet of how the service treats tags."""
        self.tags_return: bool | None = None
        self._ended: dict[int, datetime] = {}

    # --- which records are taken ------------------------------------------------------------

    def is_taken(self, message_id: int, messages: Iterable[OutgoingMessage]) -> bool:
        """Say whether a record belongs to one of these messages or to one that has ended."""
        return message_id in self._ended or any(message.message_id == message_id for message in messages)

    def keep(self, message_id: int, now: datetime) -> None:
        """Remember that a record belongs to a message that ends, or goes on through another phone, ``now``."""
        self._ended[message_id] = now
        for ended, since in list(self._ended.items()):
            if not timedelta() <= now - since < _CLAIMS_KEPT:
                del self._ended[ended]

    def move(self, by: timedelta) -> None:
        """Go on remembering as if the clock, which was set, had always been as it is now."""
        self._ended = {ended: since + by for ended, since in self._ended.items()}

    # --- whose a record is ------------------------------------------------------------------

    def learn(self, message: OutgoingMessage, listed: Message) -> None:
        """Learn from the record of a message whose id the service itself has told."""
        if message.id_was_told and message.customer_id is None and message.tag is not None:
            self.tags_return = listed.customer_id in message.tags

    def find(
        self, sought: Collection[OutgoingMessage], listed: Iterable[Message], messages: Iterable[OutgoingMessage]
    ) -> Iterator[tuple[OutgoingMessage, Message]]:
        """Return the messages that were found, each with its record.

        ``messages`` are all that are open, whose records are taken.
        """
        open_ids = {message.message_id for message in messages}
        free = [record for record in listed if record.id not in open_ids and record.id not in self._ended]
        by_tag = {tag: message for message in sought if message.customer_id is None for tag in message.tags}
        found: set[str] = set()
        rest: list[Message] = []
        for record in free:
            message = None if record.customer_id is None else by_tag.get(record.customer_id)
            if message is None:
                rest.append(record)
            elif message.key not in found and _names_phone_of(message, record):
                # A tag alone proves nothing: the phone must fit too. Its time need not, the tag is random.
                self.tags_return = True
                found.add(message.key)
                yield message, record
        unnamed = [message for message in sought if message.key not in found and self._goes_by_content(message)]
        if unnamed:
            yield from _by_content(unnamed, rest, exact=self.tags_return is True)

    def _goes_by_content(self, message: OutgoingMessage) -> bool:
        if message.stage is not Stage.CHECKING:
            # Before the next attempt only a tag of an earlier one tells.
            return False
        return message.customer_id is not None or self.tags_return is not True

    # --- memory -----------------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "tags_return": self.tags_return,
            "ended": {str(number): since.isoformat() for number, since in self._ended.items()},
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take back what ``as_dict`` described. Raises KeyError, TypeError or ValueError for anything else."""
        self.tags_return = data["tags_return"]
        self._ended = {int(number): sure_moment_from(since) for number, since in data["ended"].items()}


def _by_content(
    sought: Iterable[OutgoingMessage], records: Iterable[Message], *, exact: bool
) -> Iterator[tuple[OutgoingMessage, Message]]:
    """Pair messages with records of the same content, in the order of both.

    ``exact`` says that the user's own numbers come back as they were given.
    """
    ordered = sorted(records, key=lambda record: record.id)
    used: set[int] = set()
    for message in sought:
        for record in ordered:
            if record.id not in used and _has_content_of(message, record, exact=exact):
                used.add(record.id)
                yield message, record
                break


def _has_content_of(message: OutgoingMessage, record: Message, *, exact: bool) -> bool:
    if _is_tag(record.customer_id) and record.customer_id != message.customer_id:
        # Another Home Assistant's, and with that a sign that tags do come back here.
        return False
    if exact and record.customer_id != message.customer_id:
        return False
    since = message.attempted_at_service
    return (
        since is not None
        and record.created is not None
        and since - _BEFORE <= record.created <= since + _AFTER
        and _names_phone_of(message, record)
        and _same_number(message.number, record.number)
        and _bare(message.text) == _bare(record.text)
    )


def _is_tag(customer_id: int | None) -> bool:
    # Not "in TAGS" alone: what is no number would be compared with each of a thousand million.
    return customer_id is not None and customer_id in TAGS


def _names_phone_of(message: OutgoingMessage, record: Message) -> bool:
    """Whether a record is of the message's phone, or names none, as some do."""
    return message.route is not None and record.phone_id in {message.route.phone_id, ""}


def _same_number(ours: str, theirs: str) -> bool:
    """Whether two ways to write a number mean the same one: with "+", "00", a leading 0, or nothing before it."""
    own, other = (_digits(number) for number in (ours, theirs))
    if own == other:
        return True
    return min(len(own), len(other)) >= _TELLING_DIGITS and (own.endswith(other) or other.endswith(own))


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdecimal()).lstrip("0")


def _bare(text: str) -> str:
    """Return what is left of a text that was trimmed, stripped of emoji, or given other line breaks."""
    return "".join(sign for sign in text if sign.isalnum() and ord(sign) <= _LAST_OF_BASIC_PLANE)
