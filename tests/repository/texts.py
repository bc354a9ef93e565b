"""Texts in a tree of translations."""

from collections.abc import Iterator
import re
import string
from typing import Any

type Keys = tuple[str, ...]

# Hyphens would be accepted in some places. They are used in none, so that nobody has to know in which.
KEY = re.compile(r"(?!.*__)[a-z0-9](?:[a-z0-9_]*[a-z0-9])?")


def leaves(tree: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Return all texts, each with its place."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, (*keys, key))
    else:
        yield keys, tree


def placeholders(text: str) -> set[str]:
    """Return the names in braces. Raises ValueError for a brace that is never closed."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
