"""Points in time: how the service writes them, and what they mean.

The service hands out PHP's dumps of a date: its text, its zone, and the kind of that zone (1 an offset, 2 an
abbreviation, 3 a name). UTC, +02:00 and Europe/Paris were seen, of kinds 1 and 3 (documentation, sections 4 and 8; the
vendor's PHP examples, 2021), and the zone proved true, so it is trusted.
"""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
import re
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from .parsing import whole_number

FIRST_YEAR: Final = 1970
"""Earlier dates are PHP's ways of writing none (0000-00-00, -0001-11-30)."""
LAST_YEAR: Final = 9998
"""Leaves room to compute with what is handed on."""

_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)
_LONGEST_DATE: Final = 40
_LONGEST_ZONE: Final = 64
_EPOCH_TEXT: Final = re.compile(r"[0-9]{9,13}(\.[0-9]{1,9})?")
_FIRST_IN_SECONDS: Final = 1e8
_FIRST_IN_MILLISECONDS: Final = 1e11
_LENGTH_OF_OWN_WORDS: Final = len("YYYY-MM-DD HH:MM:SS")
_OFFSET: Final = re.compile(
    r"(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-5][0-9])?(:?(?P<seconds>[0-5][0-9]))?"
)
_ABBREVIATION: Final = 2

# As PHP reads them, but without those that mean different offsets in different countries (BST, CST, IST): a date with
# one of these is better unknown than wrong.
_ABBREVIATED_HOURS: Final = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
    "HST": -10, "SAST": 2, "WIB": 7, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "AWST": 8, "NZST": 12, "NZDT": 13,
}  # fmt: skip


class Moment(NamedTuple):
    """A point in time and the record's own words for it."""

    at: datetime | None
    """In UTC, None if it cannot be known."""
    text: str | None
    """YYYY-MM-DD HH:MM:SS as the service wrote it, in its own zone; None if it was not written so."""


NO_MOMENT: Final = Moment(None, None)


def moment(value: object, fold: int = 0) -> Moment:
    """Return what a dump, a text with or without zone (then UTC), or seconds or milliseconds since 1970 say.

    In the hour that comes twice when summer time ends, a dump with a zone's name does not tell which of the two it is.
    The earlier is taken, so that nothing looks fresher than it is, or with `fold` 1 the later one.
    """
    if value is None:
        return NO_MOMENT
    zone = kind = None
    if type(value) is dict:
        zone = value.get("timezone")
        kind = value.get("timezone_type")
        if type(kind) is not int:
            kind = whole_number(kind)
        value = value.get("date")
        if zone is not None and (type(zone) is not str or len(zone) > _LONGEST_ZONE):
            return NO_MOMENT
    if type(value) is str and len(value) <= _LONGEST_DATE:
        return _read(value, zone, kind, fold)
    if type(value) is int or type(value) is float:
        return Moment(_since_epoch(value), None)
    return NO_MOMENT


def last_contact(value: object, now: datetime | None) -> datetime | None:
    """Return the moment of a phone's last contact.

    Where it could be either of two hours it is the later one, unless that is still to come by the service's clock
    `now`: else every phone would be taken for offline in the hour after the end of summer time.
    """
    later = moment(value, 1).at
    if later is None or now is None or later > now + _CLOCKS_DIFFER_BY:
        return moment(value).at
    return later


def http_moment(header: str | None) -> datetime | None:
    """Return the moment that an HTTP header (`Date`, `Retry-After`) names in UTC, None if it names none."""
    if header is None or len(header) > _LONGEST_DATE:
        return None
    try:
        at = parsedate_to_datetime(header)
    except ValueError, TypeError, IndexError, OverflowError:
        return None
    return _in_utc(at if at.tzinfo else at.replace(tzinfo=UTC))


@lru_cache(maxsize=1024)
def _read(text: str, zone: str | None, kind: int | None, fold: int) -> Moment:
    text = text.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or text.isdecimal():
        return Moment(_since_epoch(float(text)), None) if _EPOCH_TEXT.fullmatch(text) else NO_MOMENT
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return NO_MOMENT
    own_words = _own_words(text)
    if at.tzinfo is None:
        place = UTC if zone is None else _zone(zone, kind)
        if place is None:
            return Moment(None, own_words)
        at = at.replace(tzinfo=place, fold=fold)
    return Moment(_in_utc(at), own_words)


def _own_words(text: str) -> str | None:
    """Return the first nineteen characters of an ISO text if they are a date and a time written out."""
    if len(text) >= _LENGTH_OF_OWN_WORDS and text[4] == text[7] == "-" and text[13] == text[16] == ":":
        return f"{text[:10]} {text[11:19]}"
    return None


@lru_cache(maxsize=256)
def _zone(name: str, kind: int | None) -> tzinfo | None:
    name = name.strip()
    if (offset := _OFFSET.fullmatch(name)) is not None:
        return _fixed_offset(offset)
    hours = _ABBREVIATED_HOURS.get(name.upper())
    abbreviated = None if hours is None else timezone(timedelta(hours=hours))
    if kind == _ABBREVIATION and abbreviated is not None:
        return abbreviated
    try:
        # An unknown name is a KeyError, one that leads out of the database a ValueError, a folder in it an OSError.
        return ZoneInfo(name)
    except KeyError, ValueError, OSError:
        return abbreviated


def _fixed_offset(match: re.Match[str]) -> tzinfo | None:
    offset = timedelta(
        hours=int(match["hours"]), minutes=int(match["minutes"] or 0), seconds=int(match["seconds"] or 0)
    )
    if offset >= timedelta(days=1):
        return None
    return timezone(-offset if match["sign"] == "-" else offset)


def _since_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if number >= _FIRST_IN_MILLISECONDS else number
    if not _FIRST_IN_SECONDS <= seconds < _FIRST_IN_MILLISECONDS:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _in_utc(at: datetime) -> datetime | None:
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None
