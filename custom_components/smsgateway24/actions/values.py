"""Values that actions are given, and what is wrong with them."""

from datetime import UTC, date, datetime, time
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..const import DOMAIN

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


def check_range(field: str, value: int, lowest: int, highest: int) -> None:
    """Raise ServiceValidationError if a number is not one that the field can have."""
    if not lowest <= value <= highest:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="number_out_of_range",
            translation_placeholders={"field": field, "lowest": str(lowest), "highest": str(highest)},
        )
