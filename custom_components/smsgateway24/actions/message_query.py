"""What an action looks for among the messages: what the service is asked for, and what is checked afterwards.

Everything that the service is asked for is checked again, since nothing public shows that its filters work. It is not
asked for a number: how it compares numbers is not known, and what it leaves out would be lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import re
from typing import Any, Final, Self

from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..announcer import Direction
from ..api import Message, MessageFilters, MessageStatus, status_word
from ..const import DOMAIN
from ..messaging.numbers import canonical_sender
from .values import AS_GIVEN, LARGEST_ID, read_integer, read_moment, read_text

ATTR_DIRECTION: Final = "direction"
ATTR_STATUS: Final = "status"
ATTR_BEGIN: Final = "begin"
ATTR_END: Final = "end"
ATTR_SIM: Final = "sim"
ATTR_CUSTOMER_ID: Final = "customer_id"
ATTR_NUMBER: Final = "number"

QUERY_FIELDS: Final = {
    vol.Optional(ATTR_DIRECTION): AS_GIVEN,
    vol.Optional(ATTR_STATUS): AS_GIVEN,
    vol.Optional(ATTR_BEGIN): AS_GIVEN,
    vol.Optional(ATTR_END): AS_GIVEN,
    vol.Optional(ATTR_SIM): AS_GIVEN,
    vol.Optional(ATTR_CUSTOMER_ID): AS_GIVEN,
    vol.Optional(ATTR_NUMBER): AS_GIVEN,
}

# A list without a beginning would grow with the age of the account.
DEFAULT_PERIOD: Final = timedelta(days=7)

STATUS_WORDS: Final = (*dict.fromkeys(status.word for status in MessageStatus), "unknown")

_CODE: Final = re.compile(r"[0-9]{1,9}")
_HIGHEST_SIM: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQuery:
    """The messages that an action is to return. What is None does not matter.

    ``begin`` and ``end`` are both within. ``undated`` says whether messages are wanted of which the service does not
    tell when it stored them.
    """

    begin: datetime
    end: datetime | None
    undated: bool
    phone_id: str | None = None
    incoming: bool | None = None
    status: int | str | None = None
    """A code, or a word that may stand for several codes."""
    sim: int | None = None
    customer_id: int | None = None
    number: str | None = None
    """In its canonical form for ``country``."""
    country: str | None = None

    @classmethod
    def from_fields(
        cls, fields: Mapping[str, Any], *, phone_id: str | None, country: str | None, now: datetime
    ) -> Self:
        """Return what the fields of an action describe. Raises ServiceValidationError for what makes no sense.

        ``now`` is the time at the service, ``country`` the one that completes local numbers.
        """
        begin, end = (
            read_moment(field, fields[field]) if field in fields else None for field in (ATTR_BEGIN, ATTR_END)
        )
        if begin is not None and end is not None and begin > end:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="begin_after_end")
        direction, status_given, number = (
            read_text(field, fields[field]) if field in fields else None
            for field in (ATTR_DIRECTION, ATTR_STATUS, ATTR_NUMBER)
        )
        incoming, status = _incoming(direction), _status(status_given)
        if incoming is not None and status is not None and incoming is not _is_incoming(status):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="status_of_other_direction",
                translation_placeholders={"status": str(status), "direction": str(direction)},
            )
        sim = customer_id = None
        if ATTR_SIM in fields:
            sim = read_integer(ATTR_SIM, fields[ATTR_SIM], 0, _HIGHEST_SIM)
        if ATTR_CUSTOMER_ID in fields:
            customer_id = read_integer(ATTR_CUSTOMER_ID, fields[ATTR_CUSTOMER_ID], 1, LARGEST_ID)
        return cls(
            begin=min(end or now, now) - DEFAULT_PERIOD if begin is None else begin,
            end=end,
            undated=begin is None and end is None,
            phone_id=phone_id,
            incoming=incoming,
            status=status,
            sim=sim,
            customer_id=customer_id,
            number=_number(number, country),
            country=country,
        )

    @property
    def filters(self) -> MessageFilters:
        """What the service is asked for, but for the time: its filters leave out nothing of what is looked for."""
        status = MessageStatus.INCOMING if self.incoming else self.status
        codes = [status] if isinstance(status, int) else [code for code in MessageStatus if code.word == status]
        return {
            "phone_id": self.phone_id,
            # The service takes one code, and some words stand for two.
            "status": codes[0] if len(codes) == 1 else None,
            "sim": self.sim,
            "customer_id": self.customer_id,
        }

    def matches(self, message: Message) -> bool:
        """Say whether a message is one of those."""
        return (
            self._is_within(message.created)
            and (self.phone_id is None or message.phone_id == self.phone_id)
            and (self.incoming is None or message.incoming is self.incoming)
            and (self.status is None or self.status in {message.status, status_word(message.status)})
            # Some records leave the SIM out (documentation, section 4): then the service's filter is all there is.
            and (self.sim is None or message.sim is None or message.sim == self.sim)
            and (self.customer_id is None or message.customer_id == self.customer_id)
            # At last, because it costs the most.
            and (self.number is None or _canonical(message.number, self.country) == self.number)
        )

    def _is_within(self, created: datetime | None) -> bool:
        if created is None:
            return self.undated
        return self.begin <= created and (self.end is None or created <= self.end)


def _incoming(direction: str | None) -> bool | None:
    if direction is None:
        return None
    try:
        return Direction(direction) is Direction.INCOMING
    except ValueError:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_direction",
            translation_placeholders={"direction": direction},
        ) from None


def _status(text: str | None) -> int | str | None:
    """Return the code or the word that was given."""
    if text is None:
        return None
    text = text.strip().lower()
    if _CODE.fullmatch(text):
        return int(text)
    if text in STATUS_WORDS:
        return text
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="unknown_status",
        translation_placeholders={"status": text, "words": ", ".join(STATUS_WORDS)},
    )


def _is_incoming(status: int | str) -> bool:
    return status in {MessageStatus.INCOMING, MessageStatus.INCOMING.word}


def _number(number: str | None, country: str | None) -> str | None:
    if number is None:
        return None
    if not number.strip():
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="empty_number")
    return _canonical(number, country)


def _canonical(number: str, country: str | None) -> str:
    # Names are numbers too here, and nobody remembers their capitals.
    return canonical_sender(number, country).casefold()
