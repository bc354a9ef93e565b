"""Moments as they are stored."""

from datetime import datetime


def moment_words(moment: datetime | None) -> str | None:
    """Return a moment as text."""
    return None if moment is None else moment.isoformat()


def moment_from(words: str | None) -> datetime | None:
    """Return the moment that a text says.

    Raises ValueError for what is none, and for one without a zone: it could not be compared with any other.
    """
    if words is None:
        return None
    moment = datetime.fromisoformat(words)
    if moment.tzinfo is None:
        raise ValueError("A moment needs a zone")
    return moment


def sure_moment_from(words: str) -> datetime:
    """Return the moment that a text says, where there has to be one. Raises ValueError as ``moment_from`` does."""
    moment = moment_from(words)
    if moment is None:
        raise ValueError("A moment is missing")
    return moment
