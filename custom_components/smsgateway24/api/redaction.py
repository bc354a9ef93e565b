"""The service's own words, made safe to show."""

from collections.abc import Iterable
from html import escape
from typing import Final
from urllib.parse import quote, quote_plus

LONGEST: Final = 200
_LONGEST_READ: Final = 4096


def safe_words(text: object, secrets: Iterable[str | None]) -> str:
    """Return what the service wrote in at most 200 printable characters, without these secrets.

    They are also cut out as a page or an address would spell them. What is no text becomes "".
    """
    if not isinstance(text, str):
        return ""
    shown = _printable(text[:_LONGEST_READ])
    spellings = {
        _printable(spelling)
        for secret in secrets
        if secret
        for spelling in (secret, escape(secret), quote(secret, errors="replace"), quote_plus(secret, errors="replace"))
    }
    remains = True
    while remains:
        # Cutting one out can put together another.
        remains = False
        for spelling in sorted(spellings - {""}, key=len, reverse=True):
            if spelling in shown:
                shown = shown.replace(spelling, "")
                remains = True
    return shown[:LONGEST].strip()


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
