"""Which entities a configuration speaks of."""

from collections.abc import Collection, Iterator
import re
from typing import Any

_DOTTED = re.compile(r"\b([a-z_]+)\.([a-z0-9_]+)\b")


def entities_in(configuration: Any, *, domains: Collection[str], actions: Collection[str]) -> frozenset[str]:
    """Return the entity ids in a configuration, also those in templates.

    `domains` are the kinds of entities that there are; `actions` look like entity ids and are none.
    """
    return frozenset(
        found
        for text in _texts(configuration)
        for domain, name in _DOTTED.findall(text)
        if domain in domains and (found := f"{domain}.{name}") not in actions
    )


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
