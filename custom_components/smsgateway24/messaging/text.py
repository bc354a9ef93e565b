"""How a text travels: in which alphabet, and in how many parts.

A part is what the operator counts, and what the other phone puts together again. A text that has only characters of the
GSM alphabet goes out with seven bits for each; one character more than those, and all of it takes sixteen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# 3GPP TS 23.038, section 6.2.1: the default alphabet in the order of its codes, without the escape code (0x1B).
DEFAULT_ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Section 6.2.1.1: each of these goes out as the escape code and one more.
EXTENSION_TABLE: Final = "\f^{}\\[~]|€"

_SEPTETS: Final = dict.fromkeys(DEFAULT_ALPHABET, 1) | dict.fromkeys(EXTENSION_TABLE, 2)
# A part has 140 bytes. Where there are several, each begins with six that say which one it is (TS 23.040, section
# 9.2.3.24.1).
_SEPTETS_ALONE: Final = 160
_SEPTETS_OF_SEVERAL: Final = 153
_UNITS_ALONE: Final = 70
_UNITS_OF_SEVERAL: Final = 67
_LAST_OF_ONE_UNIT: Final = "\uffff"


class Alphabet(StrEnum):
    """The two alphabets that phones choose from."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes. No text takes no part."""

    alphabet: Alphabet
    parts: int


def measure(text: str) -> Size:
    """Say how a phone sends a text, as Android counts it.

    The tables for single languages are not looked at: Android uses them only where an operator has asked for it.
    """
    if _SEPTETS.keys() >= set(text):
        septets = (_SEPTETS[sign] for sign in text)
        return Size(Alphabet.GSM7, _parts(septets, _SEPTETS_ALONE, _SEPTETS_OF_SEVERAL))
    # In UTF-16: an emoji takes two units.
    units = (1 if sign <= _LAST_OF_ONE_UNIT else 2 for sign in text)
    return Size(Alphabet.UCS2, _parts(units, _UNITS_ALONE, _UNITS_OF_SEVERAL))


def _parts(widths: Iterable[int], room_alone: int, room_of_several: int) -> int:
    """Count the parts for characters of these widths, none of which may be split across two parts."""
    parts = total = used = 0
    for width in widths:
        total += width
        if not parts or used + width > room_of_several:
            parts += 1
            used = 0
        used += width
    return min(parts, 1) if total <= room_alone else parts
