"""The alphabet and the number of parts of a text, as phones count them."""

import pytest

from custom_components.smsgateway24.messaging.text import (
    DEFAULT_ALPHABET,
    EXTENSION_TABLE,
    Alphabet,
    Size,
    measure,
)

GSM7, UCS2 = Alphabet.GSM7, Alphabet.UCS2
ESCAPE = 0x1B
# The names of the characters of 3GPP TS 23.038 that are not what ASCII has under the same code.
UNLIKE_ASCII = {
    0x00: "COMMERCIAL AT",
    0x01: "POUND SIGN",
    0x02: "DOLLAR SIGN",
    0x03: "YEN SIGN",
    0x04: "LATIN SMALL LETTER E WITH GRAVE",
    0x05: "LATIN SMALL LETTER E WITH ACUTE",
    0x06: "LATIN SMALL LETTER U WITH GRAVE",
    0x07: "LATIN SMALL LETTER I WITH GRAVE",
    0x08: "LATIN SMALL LETTER O WITH GRAVE",
    0x09: "LATIN CAPITAL LETTER C WITH CEDILLA",
    0x0B: "LATIN CAPITAL LETTER O WITH STROKE",
    0x0C: "LATIN SMALL LETTER O WITH STROKE",
    0x0E: "LATIN CAPITAL LETTER A WITH RING ABOVE",
    0x0F: "LATIN SMALL LETTER A WITH RING ABOVE",
    0x10: "GREEK CAPITAL LETTER DELTA",
    0x11: "LOW LINE",
    0x12: "GREEK CAPITAL LETTER PHI",
    0x13: "GREEK CAPITAL LETTER GAMMA",
    0x14: "GREEK CAPITAL LETTER LAMDA",
    0x15: "GREEK CAPITAL LETTER OMEGA",
    0x16: "GREEK CAPITAL LETTER PI",
    0x17: "GREEK CAPITAL LETTER PSI",
    0x18: "GREEK CAPITAL LETTER SIGMA",
    0x19: "GREEK CAPITAL LETTER THETA",
    0x1A: "GREEK CAPITAL LETTER XI",
    0x1C: "LATIN CAPITAL LETTER AE",
    0x1D: "LATIN SMALL LETTER AE",
    0x1E: "LATIN SMALL LETTER SHARP S",
    0x1F: "LATIN CAPITAL LETTER E WITH ACUTE",
    0x24: "CURRENCY SIGN",
    0x40: "INVERTED EXCLAMATION MARK",
    0x5B: "LATIN CAPITAL LETTER A WITH DIAERESIS",
    0x5C: "LATIN CAPITAL LETTER O WITH DIAERESIS",
    0x5D: "LATIN CAPITAL LETTER N WITH TILDE",
    0x5E: "LATIN CAPITAL LETTER U WITH DIAERESIS",
    0x5F: "SECTION SIGN",
    0x60: "INVERTED QUESTION MARK",
    0x7B: "LATIN SMALL LETTER A WITH DIAERESIS",
    0x7C: "LATIN SMALL LETTER O WITH DIAERESIS",
    0x7D: "LATIN SMALL LETTER N WITH TILDE",
    0x7E: "LATIN SMALL LETTER U WITH DIAERESIS",
    0x7F: "LATIN SMALL LETTER A WITH GRAVE",
}
EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


def test_the_default_alphabet_is_that_of_the_standard() -> None:
    """All 127 characters, each at its code."""
    codes = [code for code in range(128) if code != ESCAPE]
    named = {code: f"\\N{{{name}}}".encode("ascii").decode("unicode-escape") for code, name in UNLIKE_ASCII.items()}
    assert dict(zip(codes, DEFAULT_ALPHABET, strict=True)) == {code: named.get(code, chr(code)) for code in codes}
    assert set(EXTENSION_TABLE) == set(EXTENSION.values())
    assert len(EXTENSION_TABLE) == len(EXTENSION)


@pytest.mark.parametrize("sign", [*DEFAULT_ALPHABET], ids=ascii)
def test_a_character_of_the_alphabet_takes_one_septet(sign: str) -> None:
    """160 of them are one part, 161 are two."""
    assert measure(sign * 160) == Size(GSM7, 1)
    assert measure(sign * 161) == Size(GSM7, 2)
    assert measure(sign * 306) == Size(GSM7, 2)
    assert measure(sign * 307) == Size(GSM7, 3)


@pytest.mark.parametrize("sign", [*EXTENSION_TABLE], ids=ascii)
def test_a_character_of_the_extension_takes_two_septets(sign: str) -> None:
    """And 76 of them fill a part of several, since the last septet would be half of one."""
    assert measure(sign * 80) == Size(GSM7, 1)
    assert measure(sign * 81) == Size(GSM7, 2)
    assert measure(sign * 152) == Size(GSM7, 2)
    assert measure(sign * 153) == Size(GSM7, 3)


# Small letters with accents, of which the alphabet has only some; typographic marks that editors make; other scripts.
@pytest.mark.parametrize("sign", [*"áíóúçâêőşžЖα中あ`“”\u2019\u2013…·\t\x00\x1b\u00a0\ufeff\uffff"], ids=ascii)
def test_one_other_character_makes_all_of_it_sixteen_bits(sign: str) -> None:
    """70 fit, and 67 in each of several."""
    assert measure(sign) == Size(UCS2, 1)
    assert measure("a" * 69 + sign) == Size(UCS2, 1)
    assert measure("a" * 70 + sign) == Size(UCS2, 2)
    assert measure(sign * 134) == Size(UCS2, 2)
    assert measure(sign * 135) == Size(UCS2, 3)


def test_an_emoji_takes_two_units() -> None:
    """35 fit into one part, and 33 into each of several: no emoji is split."""
    assert measure("🔥" * 35) == Size(UCS2, 1)
    assert measure("🔥" * 36) == Size(UCS2, 2)
    assert measure("🔥" * 66) == Size(UCS2, 2)
    assert measure("🔥" * 67) == Size(UCS2, 3)
    assert measure("a" * 68 + "🔥") == Size(UCS2, 1)
    assert measure("a" * 69 + "🔥") == Size(UCS2, 2)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # The two septets of the 153rd character would lie in two parts, so it begins the second one.
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        # Nothing is lost where it fits exactly.
        ("a" * 151 + "€" + "a" * 153, 2),
        # The second part ends in the same way.
        ("a" * 152 + "€" + "a" * 150 + "€" + "a", 3),
    ],
)
def test_an_escape_sequence_is_not_split(text: str, parts: int) -> None:
    """It would be shown as two wrong characters."""
    assert measure(text) == Size(GSM7, parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 66 + "🔥" + "a" * 65, 2),
        ("a" * 66 + "🔥" + "a" * 66, 3),
        ("a" * 65 + "🔥" + "a" * 67, 2),
    ],
)
def test_a_surrogate_pair_is_not_split(text: str, parts: int) -> None:
    """Half an emoji is none."""
    assert measure(text) == Size(UCS2, parts)


def test_half_an_emoji_counts_as_one_unit() -> None:
    """A template can cut one in half; what replaces it is as wide."""
    assert measure("\ud83d" * 70) == Size(UCS2, 1)
    assert measure("\ud83d" * 71) == Size(UCS2, 2)


def test_no_text_takes_no_part() -> None:
    """Nothing goes out."""
    assert measure("") == Size(GSM7, 0)


def test_a_very_long_text_is_counted_quickly() -> None:
    """Whoever sends a log file learns what it would cost."""
    assert measure("a" * 1_000_000) == Size(GSM7, 6536)


def test_the_words_for_the_alphabets_stay_as_they_are() -> None:
    """Automations compare with them."""
    assert [str(alphabet) for alphabet in Alphabet] == ["gsm7", "ucs2"]
