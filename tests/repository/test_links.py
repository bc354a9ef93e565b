"""The links between the documents lead somewhere."""

from pathlib import Path
import re

import pytest

from .files import ROOT, texts

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|\b(?:src|srcset|href)=\"([^\"]+)\"")
CODE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return the names under which the headings of a document can be linked to, as GitHub makes them."""
    found: set[str] = set()
    for heading in HEADING.findall(re.sub(r"^(`{3,}).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = sum(other == name or re.fullmatch(rf"{re.escape(name)}-\d+", other) is not None for other in found)
        found.add(f"{name}-{number}" if number else name)
    return found


def link_faults(root: Path) -> list[str]:
    """Find links to files and headings that are not there."""
    documents = {path: text for path, text in texts(root) if path.suffix == ".md"}
    faults = []
    for path, text in documents.items():
        for first, second in LINK.findall(CODE.sub("", text)):
            target, _, anchor = (first or second).partition("#")
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            aim = (root / path.parent / target).resolve() if target else root / path
            if not aim.is_relative_to(root.resolve()) or not aim.exists():
                faults.append(f"{path} links to {target}, which is not there")
            elif anchor and aim.suffix == ".md" and anchor not in anchors(aim.read_text(encoding="utf-8")):
                faults.append(f"{path} links to the heading {anchor}, which is not there")
    return faults


def test_every_link_leads_somewhere() -> None:
    """All links within the repository's documents have a target."""
    assert link_faults(ROOT) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[Guide](guide.md)", "note.md links to guide.md, which is not there"),
        ("![Picture](images/none.png)", "note.md links to images/none.png, which is not there"),
        ('<img src="images/none.png">', "note.md links to images/none.png, which is not there"),
        ("[Out](../../etc/hosts)", "note.md links to ../../etc/hosts, which is not there"),
        ("[Below](#nowhere)", "note.md links to the heading nowhere, which is not there"),
        (
            "[Licence](LICENSE) and [there](CONTRIBUTING.md#nowhere)",
            "note.md links to the heading nowhere, which is not there",
        ),
    ],
)
def test_a_dead_link_is_noticed(copy: Path, text: str, fault: str) -> None:
    """A link to a file or a heading that is not there is found."""
    (copy / "note.md").write_text(f"# Note\n\n{text}\n", encoding="utf-8")
    assert [found for found in link_faults(copy) if found.startswith("note.md ")] == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "[Licence](LICENSE)",
        "[Here](#a-note-its-second-part)",
        "[Twice](#twice-1)",
        "[Away](https://example.com/#nowhere)",
        "`[Example](none.md)`",
        "```\n[Example](none.md)\n```",
    ],
)
def test_a_link_that_leads_somewhere_is_left_alone(copy: Path, text: str) -> None:
    """Links that work, and examples of links, are fine."""
    (copy / "note.md").write_text(f"# A note: its `second` part\n\n## Twice\n\n## Twice\n\n{text}\n", encoding="utf-8")
    assert [found for found in link_faults(copy) if found.startswith("note.md ")] == []
