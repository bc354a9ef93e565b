"""Single values of an answer, read leniently.

The service is written in PHP, and what its public samples and its clients show is that a number may come as text,
a truth as 0, "0" or true, and nothing as null, "", "null", "unknown", [] or not at all.
"""

import math
import re
from typing import Any, Final

import orjson

type JsonObject = dict[str, Any]

LARGEST_INT: Final = 2**63 - 1
_LARGEST_EXACT_FLOAT: Final = 2.0**53
_INT_TEXT: Final = re.compile(r"[+-]?[0-9]{1,19}")
_NOTHING: Final = frozenset({"", "null", "unknown", "none"})
_LONGEST_NOTHING: Final = max(map(len, _NOTHING))
_WORDS_FOR_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_WORDS_FOR_FALSE: Final = frozenset({"0", "false", "no", "off"})

_BYTE_ORDER_MARK: Final = "\ufeff"
_ESCAPES: Final = re.compile(
    r"\\(?:[^u]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)


class WrongShapeError(Exception):
    """What came is not an answer of the service's API."""


def json_value(body: bytes | str) -> Any:
    """Return what a JSON text says.

    Half an emoji (a surrogate without its other half, as it remains where a text was cut) and bytes that are no UTF-8
    become the replacement character: they would break every later attempt to write the text, and refusing them would
    let one message hide all others. Raises WrongShapeError for what is no JSON, is nested too deeply, or holds NaN.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    repaired = _ESCAPES.sub(_repair_escape, text.removeprefix(_BYTE_ORDER_MARK))
    try:
        return orjson.loads(repaired)
    except orjson.JSONDecodeError:
        raise WrongShapeError from None


def _repair_escape(match: re.Match[str]) -> str:
    return match[0] if match["lone"] is None else r"\ufffd"


def whole_number(value: object) -> int | None:
    """Return an int that may have come as text or as a float without fraction; None for everything else.

    A truth value is no number, and neither is what does not fit into 64 bits.
    """
    if value is None:
        return None
    if type(value) is int:
        number = value
    elif type(value) is str and _INT_TEXT.fullmatch(text := value.strip()):
        number = int(text)
    elif type(value) is float and value.is_integer() and abs(value) <= _LARGEST_EXACT_FLOAT:
        number = int(value)
    else:
        return None
    return number if -LARGEST_INT <= number <= LARGEST_INT else None


def count(value: object) -> int | None:
    """Return a whole number that is not negative, None for everything else."""
    if value is None:
        return None
    number = whole_number(value)
    return number if number is not None and number >= 0 else None


def identifier(value: object) -> int | None:
    """Return a whole number above zero, None for everything else: the service's ids start at one."""
    if value is None:
        return None
    number = whole_number(value)
    return number if number is not None and number > 0 else None


def truth(value: object) -> bool | None:
    """Return a truth value that may have come as 0, 1 or a word; None for everything else."""
    if value is None or type(value) is bool:
        return value
    word = str(value).strip().lower() if isinstance(value, int | str) else ""
    if word in _WORDS_FOR_TRUE:
        return True
    return False if word in _WORDS_FOR_FALSE else None


def words(value: object) -> str:
    """Return a text exactly as it is, a number as text, and "" for everything else."""
    if type(value) is str:
        return value
    return str(value) if type(value) is int or type(value) is float else ""


def label(value: object) -> str | None:
    """Return a text without the space around it; None for the many ways in which the service writes nothing.

    A SIM's number came with a leading space, an IMEI as the text "null" and a serial number as "unknown"
    (documentation, section 8).
    """
    if value is None:
        return None
    text = words(value).strip()
    return None if len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING else text


def id_words(value: object) -> str:
    """Return an id as text, "" for everything else. A number reads the same whether it came as one or as text."""
    if type(value) is int and value > 0:
        return str(value)
    if type(value) is str:
        return str(identifier(value) or label(value) or "")
    return str(identifier(value) or "")


def error_code(value: object) -> int:
    """Return an answer's `error` as a number: 0 for success, and -1 for an error without a number.

    Clients have seen it as a number and as text, and the documented device list has none at all (documentation,
    section 8; the vendor's spreadsheet script, 2026, casts it to a number).
    """
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _WORDS_FOR_TRUE:
            return 1
        if word in _WORDS_FOR_FALSE or word in {"", "null"}:
            return 0
        try:
            value = float(word)
        except ValueError:
            return -1
    if not value:
        return 0
    if isinstance(value, int | float) and math.isfinite(value) and value == int(value):
        return int(value)
    return -1
