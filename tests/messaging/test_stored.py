"""Moments as they are stored."""

import pytest

from custom_components.smsgateway24.messaging.stored import moment_from, moment_words, sure_moment_from

from .shelf import NOW


def test_a_moment_comes_back_as_it_was() -> None:
    """And so does none."""
    assert moment_from(moment_words(NOW)) == NOW
    assert moment_from(moment_words(None)) is None


@pytest.mark.parametrize("words", ["yesterday", "", "2026-11-25T12:00:00", "2026-11-25"])
def test_what_could_not_be_compared_is_refused(words: str) -> None:
    """A moment without a zone fails where it is loaded, not in the middle of a poll."""
    with pytest.raises(ValueError, match=r"zone|isoformat"):
        moment_from(words)


def test_where_there_has_to_be_a_moment_none_is_damage() -> None:
    """It is noticed where it is loaded."""
    words = moment_words(NOW)
    assert words is not None
    assert sure_moment_from(words) == NOW
    with pytest.raises(ValueError, match="missing"):
        sure_moment_from(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="zone"):
        sure_moment_from("2026-11-25T12:00:00")
