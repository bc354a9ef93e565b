"""Values of a request as PHP would take them, and the refusals that follow."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
import re

_LEADING_NUMBER = re.compile(r"\s*([+-]?\d+)")

_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
"""Forms of `timetosend`, `begindate` and `enddate`; the vendor's examples of 2021 leave out the seconds."""

_NEWSLETTER_MOMENTS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
"""savepaket alone writes times this way (documentation, section 7)."""


class Refusal(Exception):  # noqa: N818 - the word of the domain: the service declines, nothing is broken
    """The service declines: error 1 with a sentence."""

    def __init__(self, message: str, *, unauthorised: bool = False) -> None:
        """Say why, and whether it is about who asks."""
        super().__init__(message)
        self.message = message
        self.unauthorised = unauthorised


def whole_number(text: str) -> int:
    """Return what PHP makes of a text as a number: the digits in front, else 0."""
    match = _LEADING_NUMBER.match(text)
    return int(match[1]) if match else 0


class Form:
    """The values of one request. An empty value counts as missing."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Take names and values as they came."""
        self._values = values

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(name))

    def text(self, name: str, default: str = "") -> str:
        """Return a value as it came."""
        return self._values.get(name) or default

    def required(self, *names: str) -> str:
        """Return the value of the first of these names that has one; raises Refusal."""
        for name in names:
            if name in self:
                return self._values[name]
        raise Refusal(f"Parameter {names[0]} is required")

    def number(self, name: str) -> int | None:
        """Return a whole number; None if it is missing."""
        return whole_number(self._values[name]) if name in self else None

    def moment(self, name: str, zone: tzinfo = UTC) -> datetime | None:
        """Return a moment, taken to be in this zone; raises Refusal."""
        return _moment(self.text(name), _MOMENTS, zone) if name in self else None

    def newsletter_moment(self, name: str) -> datetime | None:
        """Return a moment in the newsletter's own form, in UTC; 0 is now. Raises Refusal."""
        text = self.text(name, "0")
        return None if text == "0" else _moment(text, _NEWSLETTER_MOMENTS, UTC)


def _moment(text: str, forms: tuple[str, ...], zone: tzinfo) -> datetime:
    for form in forms:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    raise Refusal(f"{text} is not a date")
