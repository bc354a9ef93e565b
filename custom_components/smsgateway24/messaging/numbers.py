"""Phone numbers: one form for each, whatever a person typed.

Numbers are kept in E.164 ("+447700900123") wherever they are full numbers. The service takes any characters, but its
vendor advises the international form with "+", since some operators answer "Generic failure" without it (vendor's
notes on that failure).
"""

from functools import lru_cache
import re
from typing import Final
import unicodedata

import phonenumbers
from phonenumbers import (
    CountryCodeSource,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

# What people put between digits to read them more easily.
# The ranges are typographic dashes, the minus sign, and marks without width that copying from a page or from a phone's
# contacts brings along.
_SEPARATORS: Final = re.compile(
    r"[\s\-\u00ad\u2010-\u2015\u2212().\u00b7/\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_LINK: Final = re.compile(r"tel:", re.IGNORECASE)
_FULL_NUMBER: Final = re.compile(r"\+?[0-9]+")
# Short codes have three to six digits nearly everywhere; one or two digits are emergency or nothing.
_SHORTEST: Final = 3
_SHORT_CODE: Final = re.compile(r"[0-9]{3,6}")
# E.164 allows no more, not counting the "+".
_MOST_DIGITS: Final = 15
_ABROAD: Final = "00"
_TRUNK: Final = "0"
_TEXTABLE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
# No country has longer numbers that are written without a leading 0 (Brazil and China have the longest).
_LONGEST_LOCAL: Final = 11
_SMALLEST_FULL_NUMBER: Final = 1_000_000


class InvalidNumberError(ValueError):
    """The text is no number that can be texted, or it may be more than one."""


class CountryNeededError(InvalidNumberError):
    """The number may be a good local one, but no country is known to complete it with."""


class DoubtfulNumberError(InvalidNumberError):
    """The digits have lost what came before them, and may have been either of two numbers."""


def normalise(number: str, country: str | None) -> str:
    """Return a number in the form in which it is kept and sent.

    ``country`` is the ISO 3166 code (two upper-case letters) that completes local numbers. Full numbers come back in
    E.164, short codes as they are.

    Raises InvalidNumberError for text that is no number or could be two, CountryNeededError for a local number without
    a country. In each case the remedy is to write the number with "+".
    """
    # Some countries and territories have no numbers of their own, which is as good as no country.
    region = country if country in phonenumbers.SUPPORTED_REGIONS else None
    compact = _compact(number)
    if compact.startswith(_ABROAD) and not _dials_abroad(compact, region):
        compact = "+" + compact.removeprefix(_ABROAD)
    if not _FULL_NUMBER.fullmatch(compact):
        raise InvalidNumberError("not a phone number")
    if compact.startswith("+"):
        return _e164(_parse(compact, None))
    if _SHORT_CODE.fullmatch(compact):
        return _short_mobile_number(compact, region) or compact
    if len(compact) < _SHORTEST:
        raise InvalidNumberError("too short for a phone number")
    if region is None:
        raise CountryNeededError("a local number, and no country is set")
    parsed = _parse(compact, region)
    if _may_be_foreign(compact, parsed):
        raise InvalidNumberError("a local number or one of another country")
    return _e164(parsed)


def normalise_digits(number: int, country: str | None) -> str:
    """Return the same for a number that has become an integer on its way, as numbers do that come out of a template.

    Whatever stood before its digits is lost, the "+" of a full number most of all. It gets that back if it can have
    been nothing else. A local number is taken only where it begins with another digit than 0 and could be no full
    number: a 0 is lost as well, and YAML reads some numbers that begin with it as octal, so the rest may be anything.

    Raises InvalidNumberError for what is no number, DoubtfulNumberError for what may be another one,
    CountryNeededError where only the country could tell.
    """
    digits = str(number)
    if _SHORT_CODE.fullmatch(digits):
        return normalise(digits, country)
    if number < _SMALLEST_FULL_NUMBER:
        raise InvalidNumberError("not a phone number")
    region = country if country in phonenumbers.SUPPORTED_REGIONS else None
    full = _full_number(digits)
    if region is None:
        if full is None or len(digits) <= _LONGEST_LOCAL:
            raise CountryNeededError("a number without +, and no country is set")
        return full
    local = _local_number(digits, region)
    if local is None or local == full:
        if full is None:
            raise InvalidNumberError("not a phone number")
        return full
    parsed = _parse(digits, region)
    if not _is_usual(digits, parsed) or (full is not None and phonenumbers.is_valid_number(_parse(full, None))):
        raise DoubtfulNumberError("a local number or one of another country")
    return local


def _full_number(digits: str) -> str | None:
    """Return the number that these digits are with a "+" before them."""
    try:
        return _e164(_parse(f"+{digits}", None))
    except InvalidNumberError:
        return None


def _local_number(digits: str, region: str) -> str | None:
    """Return the number of a phone in this country that people may mean by these digits."""
    try:
        parsed = _parse(digits, region)
        number = _e164(parsed)
    except InvalidNumberError:
        return None
    # A 0 may be missing at the beginning. Of numbers like that only those count that are made for texts: nearly
    # everything is a landline somewhere.
    is_meant = _is_usual(digits, parsed) or phonenumbers.number_type(parsed) in _TEXTABLE
    return number if is_meant and phonenumbers.is_valid_number(parsed) else None


def _is_usual(digits: str, parsed: PhoneNumber) -> bool:
    """Whether a number is written as is usual in its country, with the leading 0 where there is one."""
    return digits == phonenumbers.normalize_digits_only(phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))


@lru_cache(maxsize=512)
def canonical_sender(sender: str, country: str | None) -> str:
    """Return the form in which a sender is compared with recipients: canonical if it is a number, else as it is.

    Senders may be names ("MyBank") or short codes (receivers of the service's webhooks filter such names), so nothing
    is refused here. A number that makes no sense otherwise gets back a "+" that it may have lost: the service's own
    sample shows a SIM's number with a space in its place (documentation, section 8).
    """
    for written in (sender, f"+{sender.strip()}"):
        try:
            return normalise(written, country)
        except InvalidNumberError:
            continue
    return sender.strip()


def _compact(number: str) -> str:
    """Return what is left without link, separators and the many ways to write a digit."""
    text = unicodedata.normalize("NFKC", number).strip()
    text = _SEPARATORS.sub("", text[4:] if _LINK.match(text) else text)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _parse(number: str, region: str | None) -> PhoneNumber:
    try:
        return phonenumbers.parse(number, region, keep_raw_input=True)
    except NumberParseException as err:
        raise InvalidNumberError("not a phone number") from err


def _e164(parsed: PhoneNumber) -> str:
    # "Possible" looks at the length alone: ranges that a numbering plan opens tomorrow must not be refused today.
    # Possible only locally means that the area code is missing.
    if phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        raise InvalidNumberError("wrong length for a phone number of its country")
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if len(number) > 1 + _MOST_DIGITS:
        raise InvalidNumberError("too long for a phone number")
    return number


def _dials_abroad(number: str, region: str | None) -> bool:
    """Whether the number begins with what is dialled in this country before a foreign one ("0011" in Australia)."""
    try:
        parsed = _parse(number, region)
    except InvalidNumberError:
        return False
    return parsed.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_IDD


def _may_be_foreign(number: str, parsed: PhoneNumber) -> bool:
    """Whether a number without "+" may be one of another country that has lost it.

    Local numbers that are known and written as is usual in their country, with the leading 0 where there is one, are
    beyond doubt.
    """
    if parsed.country_code_source != CountryCodeSource.FROM_DEFAULT_COUNTRY or number.startswith(_TRUNK):
        return False
    if _is_usual(number, parsed) and phonenumbers.is_valid_number(parsed):
        return False
    return _full_number(number) is not None


def _short_mobile_number(digits: str, region: str | None) -> str | None:
    """Return the full number if these few digits are a mobile number of a country whose numbers are that short."""
    if region is None:
        return None
    try:
        parsed = _parse(digits, region)
    except InvalidNumberError:
        return None
    if phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _TEXTABLE:
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return None
