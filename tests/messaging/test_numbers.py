"""Numbers: one form for each, whatever a person typed."""

from hypothesis import given, strategies as st
import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
import pytest

from custom_components.smsgateway24.messaging.numbers import (
    CountryNeededError,
    InvalidNumberError,
    canonical_sender,
    normalise,
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
        # Without its area code a number reaches nobody.
        ("555 0123", "US"),
    ],
)
def test_a_number_that_may_be_another_one_is_refused(written: str, country: str) -> None:
    """An error is better than a stranger who reads the alarm."""
    with pytest.raises(InvalidNumberError):
        normalise(written, country)


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
    ],
)
def test_a_sender_is_compared_in_one_form(sender: str, country: str | None, expected: str) -> None:
    """So that a recipient is recognised in whatever form the network gives the number."""
    assert canonical_sender(sender, country) == expected
