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
