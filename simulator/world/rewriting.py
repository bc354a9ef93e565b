"""What the service keeps of what it was given, by profile."""

import re

from simulator.profile import Profile

_LARGEST_16_BIT = 2**15 - 1
_LARGEST_31_BIT = 2**31 - 1
_LAST_OF_BMP = 0xFFFF
_LETTER = re.compile(r"[^\W\d_]")


def kept_number(number: str, profile: Profile) -> str:
    """Return a number as the service stores it; names such as "My Bank" are left alone."""
    if _LETTER.search(number) or profile.numbers == "as_sent":
        return number
    digits = re.sub(r"\s", "", number)
    match profile.numbers:
        case "no_plus":
            return digits.removeprefix("+")
        case "double_zero":
            return f"00{digits[1:]}" if digits.startswith("+") else digits
        case _:
            return digits


def kept_body(body: str, profile: Profile) -> str:
    """Return a text as the service stores it, which is also what a phone gets to send."""
    match profile.bodies:
        case "trimmed":
            return body.strip()
        case "bmp_only":
            return "".join(character for character in body if ord(character) <= _LAST_OF_BMP)
        case "crlf":
            return re.sub(r"\r\n|\r|\n", "\r\n", body)
        case _:
            return body


def kept_customer_id(customer_id: int | None, profile: Profile) -> int | None:
    """Return the caller's tag as the service stores it."""
    match profile.customer_id:
        case "drop":
            return None
        case "zero":
            return 0
        case "clamp16" if customer_id is not None:
            return min(customer_id, _LARGEST_16_BIT)
        case "clamp31" if customer_id is not None:
            return min(customer_id, _LARGEST_31_BIT)
        case _:
            return customer_id


def same_number(one: str, other: str) -> bool:
    """Tell whether two spellings reach the same subscriber: +44…, 44…, 0044… and spaces between digits."""
    return _significant(one) == _significant(other)


def _significant(number: str) -> str:
    if _LETTER.search(number):
        return number
    return re.sub(r"\D", "", number).removeprefix("00")
