"""Who is meant by a number or a name that an automation was given."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
import unicodedata

from homeassistant.core import HomeAssistant
import voluptuous as vol

from ..const import DOMAIN
from ..messaging.numbers import CountryNeededError, InvalidNumberError, canonical_sender, normalise
from ..recipients import recipients_of

# From so many digits on, a number is somebody's and not a service's.
_PERSONAL_DIGITS = 7


def person(value: Any) -> str:
    """Check a number or a name. Raises vol.Invalid for what could never be recognised as meant."""
    if not isinstance(value, str):
        # YAML reads +447700900123 as a number without "+", and some numbers that begin with 0 as other ones.
        raise vol.Invalid("a number or a name is text; put numbers in quotes, such as '+12025550123'")
    if not (one := value.strip()):
        raise vol.Invalid("this line is empty; enter a number or a name, or remove the line")
    return one


def check_people(hass: HomeAssistant, people: Iterable[str], path: list[str]) -> None:
    """Raise vol.Invalid for a local number that nothing completes."""
    for one in people:
        try:
            normalise(one, hass.config.country)
        except CountryNeededError as err:
            raise vol.Invalid(
                # What is wrong with a trigger ends up in the log, where no whole number belongs.
                f"…{one[-3:]} is a local number, and Home Assistant has no country set; write it with + and country "
                "code, or set the country in the settings of Home Assistant, under Home information",
                path=path,
            ) from err
        except InvalidNumberError:
            # A name; or a number that some sender bears although it makes no sense.
            continue


def is_one_of(hass: HomeAssistant, people: Iterable[str], number: str) -> bool:
    """Whether a number is that of one of these people, each a number, a recipient's name or a sender's own name.

    A recipient's name stands for that person's number alone: anybody can have texts sent under the name "Anna".
    """
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for account in hass.config_entries.async_entries(DOMAIN):
        for recipient in recipients_of(account):
            numbers[folded(recipient.name)].add(recipient.number)
    country = hass.config.country
    wanted = folded(canonical_sender(number, country))
    return any(wanted in numbers.get(folded(one), {folded(canonical_sender(one, country))}) for one in people)


def folded(text: str) -> str:
    """Return a text in the form in which it is compared without regard to case and to the ways to write a letter."""
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def in_few_words(name: str | None, number: str | None, country: str | None) -> str | None:
    """Say who somebody is without a whole number; None if the privacy setting withholds it."""
    if name:
        return name
    if not number:
        return None
    number = canonical_sender(number, country)
    digits = "".join(letter for letter in number if letter.isdecimal())
    if len(digits) >= _PERSONAL_DIGITS:
        # Also among letters: what an action could not make a number of is announced as it was written.
        return f"a number ending in {digits[-3:]}"
    return number if any(letter.isalpha() for letter in number) else "a short number"
