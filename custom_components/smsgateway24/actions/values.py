"""Values that actions are given, and what is wrong with them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN

LARGEST_ID: Final = 2**63 - 1

# Earlier and later moments mean "ever", and would leave no room to compute with.
_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9990, 1, 1, tzinfo=UTC)


def local_moment(value: Any) -> datetime:
    """Return a moment in UTC; one without a zone is Home Assistant's local time, and a day alone is its midnight.

    YAML makes dates of what is written without quotes, so they are taken as well. Raises vol.Invalid.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    moment: datetime = cv.datetime(value)
    if not _FIRST.year <= moment.year < _LAST.year:
        return _FIRST if moment.year < _FIRST.year else _LAST
    return dt_util.as_utc(moment)


def duration(value: Any) -> timedelta:
    """Return a duration, given in parts, as HH:MM:SS or in seconds. Raises vol.Invalid."""
    try:
        length: timedelta = cv.time_period(value)
    except OverflowError as err:
        raise vol.Invalid("too long for a duration") from err
    return length


def check_duration(field: str, value: timedelta, lowest: timedelta, highest: timedelta) -> None:
    """Raise ServiceValidationError if a duration is not one that the field can have."""
    if not lowest <= value <= highest:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="duration_out_of_range",
            translation_placeholders={"field": field, "lowest": _hours(lowest), "highest": _hours(highest)},
        )


def _hours(length: timedelta) -> str:
    """Return a duration as it can be written in the field."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def check_not_empty(field: str, text: str) -> str:
    """Return a text without the space around it. Raises ServiceValidationError if nothing is left."""
    if not (text := text.strip()):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="empty_field", translation_placeholders={"field": field}
        )
    return text


def check_range(field: str, value: int, lowest: int, highest: int) -> None:
    """Raise ServiceValidationError if a number is not one that the field can have."""
    if not lowest <= value <= highest:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="number_out_of_range",
            translation_placeholders={"field": field, "lowest": str(lowest), "highest": str(highest)},
        )
