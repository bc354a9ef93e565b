"""Values that actions are given, and what is wrong with them.

What a template has made may be anything, so the fields take all of it as it is (``AS_GIVEN``), and it is read here: what
cannot be read is an error in the user's language that says what to write. It never repeats what was given, which may be
a number or a text.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN

AS_GIVEN: Final = cv.match_all

LARGEST_ID: Final = 2**63 - 1

# Earlier and later moments mean "ever", and would leave no room to compute with.
_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9990, 1, 1, tzinfo=UTC)

# Python's own complaints, about what is beyond all bounds.
_UNREADABLE: Final = (vol.Invalid, ValueError, OverflowError)


def read_text(field: str, value: Any) -> str:
    """Return a text. Raises ServiceValidationError for what cannot be one, such as a list."""
    try:
        text: str = cv.string(value)
    except vol.Invalid:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_text", translation_placeholders={"field": field}
        ) from None
    return text


def read_filled(field: str, value: Any) -> str:
    """Return a text without the space around it. Raises ServiceValidationError if nothing is left, or if it is none."""
    if not (text := read_text(field, value).strip()):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="empty_field", translation_placeholders={"field": field}
        )
    return text


def read_switch(field: str, value: Any) -> bool:
    """Return whether something is wished for. Raises ServiceValidationError for what is neither yes nor no."""
    return _read(cv.boolean, field, value, example="true")


def read_moment(field: str, value: Any) -> datetime:
    """Return a moment in UTC; one without a zone is Home Assistant's local time, and a day alone is its midnight.

    YAML makes dates of what is written without quotes, so they are taken as well. Raises ServiceValidationError.
    """
    return _read(_local_moment, field, value, example="2026-12-24 18:00:00")


def read_duration(field: str, value: Any, lowest: timedelta, highest: timedelta) -> timedelta:
    """Return a duration, given in parts, as HH:MM:SS or in seconds.

    Raises ServiceValidationError if it is not one that the field can have.
    """
    try:
        length: timedelta = cv.time_period(value)
        if lowest <= length <= highest:
            return length
    except _UNREADABLE:
        pass
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="duration_out_of_range",
        translation_placeholders={"field": field, "lowest": _hours(lowest), "highest": _hours(highest)},
    )


def read_integer(field: str, value: Any, lowest: int, highest: int) -> int:
    """Return a whole number. Raises ServiceValidationError if it is not one that the field can have."""
    try:
        number: int = vol.Coerce(int)(value)
        if lowest <= number <= highest:
            return number
    except _UNREADABLE:
        pass
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="number_out_of_range",
        translation_placeholders={"field": field, "lowest": str(lowest), "highest": str(highest)},
    )


def unreadable(field: str, example: str) -> ServiceValidationError:
    """Return the error for what cannot be read, with an example of what can."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="invalid_value",
        translation_placeholders={"field": field, "example": example},
    )


def _read[T](read: Callable[[Any], T], field: str, value: Any, *, example: str) -> T:
    try:
        return read(value)
    except _UNREADABLE:
        raise unreadable(field, example) from None


def _local_moment(value: Any) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    moment: datetime = cv.datetime(value)
    if not _FIRST.year <= moment.year < _LAST.year:
        return _FIRST if moment.year < _FIRST.year else _LAST
    return dt_util.as_utc(moment)


def _hours(length: timedelta) -> str:
    """Return a duration as it can be written in the field."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
