"""The examples in the documentation: every piece of YAML and JSON in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any, override

from homeassistant.util.json import json_loads
from homeassistant.util.yaml import parse_yaml

from tests.repository.files import ROOT

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>yaml|json)\n(?P<code>.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A piece of code in a document."""

    document: Path
    line: int
    language: str
    code: str

    @override
    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def content(self) -> Any:
        """What it says."""
        return parse_yaml(self.code) if self.language == "yaml" else json_loads(self.code)

    @property
    def is_automation(self) -> bool:
        """Whether it is a whole one."""
        content = self.content
        return isinstance(content, dict) and "actions" in content

    @property
    def is_card(self) -> bool:
        """Whether it is a card of a dashboard."""
        content = self.content
        return isinstance(content, dict) and "type" in content

    @property
    def parts(self) -> dict[str, list[Any]]:
        """What of it can stand in an automation, by where it stands."""
        content = self.content
        if self.is_automation:
            return {kind: _listed(content[kind]) for kind in ("triggers", "conditions", "actions") if kind in content}
        found: dict[str, list[Any]] = {}
        for item in _listed(content):
            for kind in ("triggers", "conditions", "actions"):
                if isinstance(item, dict) and kind.removesuffix("s") in item:
                    found.setdefault(kind, []).append(item)
        return found

    @property
    def is_configuration(self) -> bool:
        """Whether it belongs into configuration.yaml."""
        return self.language == "yaml" and not (self.is_automation or self.is_card or self.parts)


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _examples() -> Iterator[Example]:
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = document.read_text(encoding="utf-8")
        for found in _FENCE.finditer(text):
            code = re.sub(rf"^{found['indent']}", "", found["code"], flags=re.MULTILINE)
            yield Example(document, text.count("\n", 0, found.start()) + 1, found["language"], code)


EXAMPLES = list(_examples())
AUTOMATIONS = [example for example in EXAMPLES if example.language == "yaml" and example.is_automation]
CARDS = [example for example in EXAMPLES if example.language == "yaml" and example.is_card]
PARTS = [example for example in EXAMPLES if example.language == "yaml" and example.parts]
CONFIGURATIONS = [example for example in EXAMPLES if example.is_configuration]
