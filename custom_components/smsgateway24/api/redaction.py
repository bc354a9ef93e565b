"""The service's own words, made safe to show."""

from collections.abc import Iterable
from html import escape
import json
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
    found = {_printable(spelling) for secret in secrets if secret for spelling in spellings(secret)}
    remains = True
    while remains:
        # Cutting one out can put together another.
        remains = False
        for spelling in sorted(found - {""}, key=len, reverse=True):
            if spelling in shown:
                shown = shown.replace(spelling, "")
                remains = True
    return shown[:LONGEST].strip()


def spellings(secret: str) -> set[str]:
    """Return a secret as it stands in a text, a page, an address, in JSON, and in what Python prints of it."""
    page = escape(secret)
    in_json = json.dumps(secret)[1:-1]
    return {
        secret,
        page,
        # As PHP writes them in a page, and a slash in JSON.
        page.replace("&#x27;", "&#039;"),
        in_json,
        in_json.replace("/", "\\/"),
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, errors="replace"),
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
        repr(secret)[1:-1],
        repr(secret.encode(errors="replace"))[2:-1],
    }


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
