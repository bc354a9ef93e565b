"""Numbers: one form for each, whatever a person typed."""

from hypothesis import given, strategies as st
import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
import pytest

from custom_components.smsgateway24.messaging.numbers import (
    CountryNeededError,
    DoubtfulNumberError,
    InvalidNumberError,
    canonical_sender,
    normalise,
    normalise_digits,
)

from .world import ANNA, BEN

# As East Asian keyboards write them.
FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "+0123456789"}
# The plan of each country comes with an example number of each kind, so none has to be written here.
EXAMPLES = [
    (region, number)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)) is not None
]


@pytest.mark.parametrize(
    "written",
    [
        "+447700900123",
        "+44 7700 900123",
        "+44-7700-900-123",
        "+44 (7700) 900.123",
        "+44 (0)7700 900123",
        "+44/7700·900\u2011123",
        " +44\u00a07700\u2009900123\n",
        "\u202a+44 7700 900123\u202c",
        "\u2068+44 7700\u00ad900123\u2069",
        "0044 7700 900123",
        "(0044) 7700 900123",
        "tel:+44-7700-900123",
        " TEL: 0044 7700 900123",
        "+44 7700 900123".translate(FULL_WIDTH),
        "+٤٤٧٧٠٠٩٠٠١٢٣",
        "۰۰۴۴۷۷۰۰۹۰۰۱۲۳",
    ],
)
@pytest.mark.parametrize("country", [None, "GB", "US", "DE"])
def test_a_full_number_is_one_in_every_country(written: str, country: str | None) -> None:
    """However it is written."""
    assert normalise(written, country) == ANNA


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("07700 900123", "GB", ANNA),
        ("7700 900123", "GB", ANNA),
        ("(202) 555-0123", "US", BEN),
        ("202.555.0123", "CA", BEN),
        ("1 202 555 0123", "US", BEN),
        # With the country's own code, but without its plus.
        ("12025550123", "US", BEN),
        ("447700900123", "GB", ANNA),
        # Dialled abroad, as is usual there.
        ("011 44 7700 900123", "US", ANNA),
        ("0011 44 7700 900123", "AU", ANNA),
        ("00 44 7700 900123", "AU", ANNA),
        ("010 44 7700 900123", "JP", ANNA),
        ("810 44 7700 900123", "RU", ANNA),
        ("tel:07700-900123", "GB", ANNA),
    ],
)
def test_a_local_number_is_completed(written: str, country: str, expected: str) -> None:
    """With the country of the house."""
    assert normalise(written, country) == expected


@pytest.mark.parametrize(("region", "example"), EXAMPLES, ids=[region for region, _ in EXAMPLES])
def test_every_countrys_mobile_numbers_are_understood(region: str, example: phonenumbers.PhoneNumber) -> None:
    """As people there write them, and as the world does."""
    expected = phonenumbers.format_number(example, PhoneNumberFormat.E164)
    for written in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164):
        assert normalise(phonenumbers.format_number(example, written), region) == expected
    for abroad in ("AU", "DE", "US"):
        assert normalise(phonenumbers.format_out_of_country_calling_number(example, abroad), abroad) == expected
    assert canonical_sender(expected.removeprefix("+"), region) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "+",
        "00",
        "0",
        "12",
        "MyBank",
        "0800 FLOWERS",
        "++447700900123",
        "+447700900123+",
        "+44 7700 900123 ext. 5",
        "+44 7700 900123;ext=5",
        "+44 7700 900123 x5",
        "+44 7700 900123#5",
        "+44 7700 900123, +1 202 555 0123",
        "*100#",
        "anna@example.com",
        "+0044 7700 900123",
        "+999 7700 900123",
        "+44 7700 9001234567",
        "+1 202 555 012",
        "+1 202 555 01234",
        "+4912345678901234",
        "+123456789012345678",
        "+" + "4" * 10_000,
        "½ 7700 900123",
        # Ethiopic digits are none that anybody dials.
        "\u1369\u136a\u136b\u136c\u136d\u136e\u136f",
    ],
)
@pytest.mark.parametrize("country", [None, "GB", "US"])
def test_what_is_no_number_is_refused(written: str, country: str | None) -> None:
    """Also what would be two, or only a part of one."""
    with pytest.raises(InvalidNumberError):
        normalise(written, country)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        # Foreign numbers that have lost their plus would go to a stranger.
        ("447700900123", "DE"),
        ("447700900123", "AT"),
        ("447700900123", "IT"),
        ("447700900123", "US"),
        ("12025550123", "DE"),
        ("12025550123", "FR"),
        ("12025550123", "DK"),
        ("12025550120", "DE"),
        # Without its area code a number reaches nobody.
        ("555 0123", "US"),
    ],
)
def test_a_number_that_may_be_another_one_is_refused(written: str, country: str) -> None:
    """An error is better than a stranger who reads the alarm."""
    with pytest.raises(InvalidNumberError):
        normalise(written, country)


@pytest.mark.parametrize("written", ["1", "12", "+12", "MyBank"])
def test_for_what_is_no_number_anywhere_nobody_is_asked_for_a_country(written: str) -> None:
    """It would not help."""
    with pytest.raises(InvalidNumberError) as error:
        normalise(written, None)
    assert not isinstance(error.value, CountryNeededError)


def test_a_number_may_have_as_many_digits_as_the_standard_allows() -> None:
    """Fifteen, not counting the plus."""
    longest = "+49" + 13 * "1"
    assert normalise(longest, None) == longest
    with pytest.raises(InvalidNumberError):
        normalise(longest + "1", None)


@pytest.mark.parametrize("country", [None, "AQ", "XX", "gb", ""])
def test_a_local_number_needs_a_country(country: str | None) -> None:
    """One that has numbers of its own."""
    with pytest.raises(CountryNeededError):
        normalise("07700 900123", country)


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("123", None, "123"),
        ("80 800", "GB", "80800"),
        ("٨٠٨٠٠", "US", "80800"),
        ("123456", "US", "123456"),
        ("22333", "AQ", "22333"),
        # It looks like the beginning of a call abroad.
        ("011", "US", "011"),
    ],
)
def test_short_codes_are_kept(written: str, country: str | None, expected: str) -> None:
    """They belong to a network and have no country."""
    assert normalise(written, country) == expected


@pytest.mark.parametrize("region", ["FO", "GL", "NC"])
def test_a_short_number_that_is_no_mobile_is_taken_for_a_short_code(region: str) -> None:
    """Where full numbers are as short: a landline gets no texts, and a service may have these digits."""
    landline = phonenumbers.example_number_for_type(region, PhoneNumberType.FIXED_LINE)
    mobile = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    assert landline is not None
    assert normalise(str(landline.national_number), region) == str(landline.national_number)
    assert mobile is not None
    assert normalise("1" * len(str(mobile.national_number)), region) == "1" * len(str(mobile.national_number))


@given(st.text() | st.from_regex(r"[+0-9 ().-]{0,20}", fullmatch=True), st.sampled_from([None, "GB", "US", "DE", "DK"]))
def test_a_normal_form_stays_as_it_is(written: str, country: str | None) -> None:
    """Whatever comes in, it is refused or it has one form, which fits into what the service takes."""
    try:
        number = normalise(written, country)
    except InvalidNumberError:
        assert isinstance(canonical_sender(written, country), str)
        return
    assert number.isascii()
    assert number.removeprefix("+").isdigit()
    assert len(number) <= 16
    assert normalise(number, country) == number
    assert canonical_sender(written, country) == number


@pytest.mark.parametrize(
    ("sender", "country", "expected"),
    [
        ("+44 7700 900123", None, ANNA),
        ("07700900123", "GB", ANNA),
        ("80800", "GB", "80800"),
        # Names stay names.
        ("MyBank", "GB", "MyBank"),
        (" 24-7 Taxi ", "GB", "24-7 Taxi"),
        ("", None, ""),
        # Without its plus, as the service shows some numbers.
        ("447700900123", None, ANNA),
        (" 447700900123", "DE", ANNA),
        (" 12025550123", "GB", BEN),
        # Local, and nobody knows where.
        ("07700900123", None, "07700900123"),
        ("\u1369\u136a\u136b", "GB", "\u1369\u136a\u136b"),
    ],
)
def test_a_sender_is_compared_in_one_form(sender: str, country: str | None, expected: str) -> None:
    """So that a recipient is recognised in whatever form the network gives the number."""
    assert canonical_sender(sender, country) == expected


@pytest.mark.parametrize("country", [None, "GB", "US", "DE", "FR", "DK", "CN", "RU", "AQ"])
def test_an_integer_that_was_a_full_number_gets_its_plus_back(country: str | None) -> None:
    """Everywhere: nobody has a local number like that."""
    assert normalise_digits(447700900123, country) == ANNA


@pytest.mark.parametrize("country", ["GB", "US", "DE", "FR", "DK"])
def test_a_full_number_of_north_america_gets_its_plus_back(country: str) -> None:
    """Although it has only one digit for its country."""
    assert normalise_digits(12025550123, country) == BEN


@pytest.mark.parametrize(("region", "example"), EXAMPLES, ids=[region for region, _ in EXAMPLES])
def test_an_integer_is_never_another_number(region: str, example: phonenumbers.PhoneNumber) -> None:
    """A full number that has lost its plus comes out as itself or not at all, wherever the house stands."""
    expected = phonenumbers.format_number(example, PhoneNumberFormat.E164)
    digits = int(expected.removeprefix("+"))
    assert normalise_digits(digits, region) == expected
    for country in ("AU", "BR", "CN", "DE", "DK", "ES", "GB", "IT", "US"):
        try:
            assert normalise_digits(digits, country) == expected
        except DoubtfulNumberError:
            # This house has a phone of its own with these digits.
            local = phonenumbers.parse(str(digits), country)
            assert phonenumbers.is_valid_number(local)


def example(region: str) -> tuple[int, str]:
    """Return a mobile number of a country as people there may type it, without a 0 at its beginning, and in full."""
    (number,) = (example for known, example in EXAMPLES if known == region)
    assert number.national_number is not None
    return number.national_number, phonenumbers.format_number(number, PhoneNumberFormat.E164)


@pytest.mark.parametrize("region", ["DK", "ES", "IT", "NO"])
def test_an_integer_may_be_a_local_number(region: str) -> None:
    """Where local numbers begin with another digit than 0, they lose nothing."""
    number, expected = example(region)
    assert normalise_digits(number, region) == expected
    assert normalise_digits(2025550123, "US") == BEN


@pytest.mark.parametrize("country", [None, "GB", "US"])
@pytest.mark.parametrize("number", [123, 80800, 123456])
def test_an_integer_may_be_a_short_code(number: int, country: str | None) -> None:
    """It is what it looks like."""
    assert normalise_digits(number, country) == str(number)


@pytest.mark.parametrize(
    "region",
    [
        # With the 0 that it may have lost it is one of this country, with a plus one of North America.
        "DE",
        # No 0 is missing, and still it can be one of North America.
        "CN",
        # The same with Egypt.
        "US",
        # Only the 0 can be missing, but nobody knows what else has become of it.
        "FR",
    ],
)
def test_an_integer_that_may_be_another_number_is_refused(region: str) -> None:
    """An error is better than a stranger who reads the alarm."""
    number, _ = example(region)
    with pytest.raises(DoubtfulNumberError):
        normalise_digits(number, region)


@pytest.mark.parametrize("country", [None, "AQ", "gb"])
@pytest.mark.parametrize("number", [2025550123, 12025550123, 80800123, 999_999_999_999])
def test_without_a_country_a_shorter_integer_may_be_anything(number: int, country: str | None) -> None:
    """Only the country could tell."""
    with pytest.raises(CountryNeededError):
        normalise_digits(number, country)


@pytest.mark.parametrize(
    "number",
    [
        0,
        1,
        12,
        -80800,
        -447700900123,
        1_000_000,
        44770090012345,
        999_999_999_999,
        10**20,
        # What YAML makes of 07700 100123, without quotes.
        0o7700100123,
    ],
)
@pytest.mark.parametrize("country", ["GB", "US"])
def test_an_integer_that_is_no_number_is_refused(number: int, country: str) -> None:
    """Also one that has become one only on its way."""
    with pytest.raises(InvalidNumberError) as error:
        normalise_digits(number, country)
    assert not isinstance(error.value, CountryNeededError)
