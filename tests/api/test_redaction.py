"""The service's own words, made safe to show."""

from html import escape
from urllib.parse import quote, quote_plus

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.api.redaction import safe_words

from .conftest import unhurried


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Login or password incorrect", "Login or password incorrect"),
        ("Token 5ecre7 is unknown", "Token is unknown"),
        ("5ecre7", ""),
        ("5e5ecre7cre7!", "!"),
        ("pa55 & word, pa55 &amp; word, pa55%20%26%20word, pa55+%26+word.", ", , , ."),
        ("pa55\n&\tword", ""),
        ("two\r\nlines\x00\x1b[31m and\u202e more", "two lines [31m and more"),
        ("x" * 500, "x" * 200),
        ("", ""),
        (None, ""),
        (5, ""),
        (["no"], ""),
    ],
)
def test_safe_words(text: object, shown: str) -> None:
    """What the service says is kept, but for secrets, what cannot be printed, and what is too long."""
    assert " ".join(safe_words(text, ["5ecre7", "pa55 & word", None, ""]).split()) == shown


SECRET = "p\"a'5/s & \u00fc+"


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        # In a page.
        "p&quot;a&#x27;5/s &amp; \u00fc+",
        "p&quot;a&#039;5/s &amp; \u00fc+",
        # In JSON.
        "p\\\"a'5/s & \\u00fc+",
        "p\\\"a'5\\/s & \\u00fc+",
        "p\\\"a'5/s & \u00fc+",
        # In an address and in a form.
        "p%22a%275/s%20%26%20%C3%BC%2B",
        "p%22a%275%2Fs%20%26%20%C3%BC%2B",
        "p%22a%275%2Fs+%26+%C3%BC%2B",
        # In what Python prints of it.
        "p\"a\\'5/s & \u00fc+",
        "p\"a\\'5/s & \\xc3\\xbc+",
    ],
)
def test_a_secret_is_cut_out_however_it_is_spelt(spelling: str) -> None:
    """As a service or a library may hand it back."""
    assert safe_words(f"No user has [{spelling}]", [SECRET]) == "No user has []"


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    """Or the rest of it would be shown."""
    assert safe_words("[5ecre7-and-more]", ["5ecre7", "5ecre7-and-more"]) == "[]"
    assert safe_words("[1-and-more-5ecre7]", ["5ecre7", "1-and-more-5ecre7"]) == "[]"


@pytest.mark.parametrize("spelling", ["pass\ud83d", "pass%3F", "pass?", "pass\\ud83d"])
def test_a_secret_that_cannot_be_encoded_breaks_nothing(spelling: str) -> None:
    """Half an emoji may have been pasted; whatever replaces it."""
    assert safe_words(f"[{spelling}]", ["pass\ud83d"]) in {"[]", "[ ]"}


def test_nothing_blank_is_left_where_it_is_cut_off() -> None:
    """At either end."""
    assert safe_words("5ecre7 " + "x" * 200, ["5ecre7"]) == "x" * 199
    assert safe_words("x" * 199 + " y", ["5ecre7"]) == "x" * 199


@unhurried
@given(st.text(min_size=1, max_size=12), st.text(max_size=80), st.text(max_size=80), st.integers(0, 3))
def test_no_secret_remains(secret: str, before: str, after: str, times: int) -> None:
    """However often and wherever a secret is repeated, it is not in what is shown."""
    spellings = secret + escape(secret) + quote(secret, errors="replace") + quote_plus(secret, errors="replace")

    shown = safe_words(before + spellings * times + after, [secret])

    assert len(shown) <= 200
    assert shown.isprintable()
    if visible := " ".join(secret.split()):
        assert not visible.isprintable() or visible not in shown
