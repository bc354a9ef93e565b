"""What must not, or must not differently, stand in any file: addresses, paths, numbers, secrets."""

from collections.abc import Iterator
from pathlib import Path
import re

import pytest

from .files import ROOT, change_json, package, read_json, texts

SITE = "https://github.com/"
# The vendor of the service publishes examples under this name; they are not ours.
VENDOR = "smsgateway24"

# The forms in which a repository is named: as it is, raw, inside a link that carries a link, and in Home Assistant's buttons.
MENTIONS = (
    re.compile(r"github\.com[/:]([\w-]+)/([\w.-]+)"),
    re.compile(r"raw\.githubusercontent\.com/([\w-]+)/([\w.-]+)"),
    re.compile(r"github(?:usercontent)?\.com%2F([\w-]+)%2F([\w.-]+?)(?=%2F|[^\w.-]|$)"),
    re.compile(r"[?&]owner=([\w-]+)&(?:amp;)?repository=([\w.-]+)"),
    re.compile(
        r"shields\.io/github/(?:[\w-]+/)*(?:downloads|issues|last-commit|license|release|stars|status)/([\w-]+)/([\w.-]+)"
    ),
)

REGISTRIES = re.compile(
    # With a gap in the longest name, so that no search finds it here.
    r"\b(?:pypi\.org|python(?:hosted)\.org|npmjs\.(?:org|com)|debian\.org|ubuntu\.com|crates\.io|docker\.io)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~$}/-])/(?:work|root|home/\w+|Users/\w+)/")

# Country code and number, however it is grouped. A time's offset has a digit before its sign.
NUMBERS = re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){7,14}(?!\d)")
# The ranges that are kept for invented numbers: 555-0100 to 555-0199 in North America, 07700 900 in Britain. Tests also
# cut such numbers short, lengthen them, or dial them in the ways of other countries.
RESERVED = re.compile(r"1\d{3}55501|7700900")

SECRETS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(r"\bgh[pousr]_\w{30,}|\bgithub_pat_\w{20,}"),
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}"),
    # Tokens of this service, and of many others. A pinned action is preceded by an @, a colour is shorter.
    re.compile(r"(?<![@\w])[0-9a-f]{32,}(?!\w)"),
)


def matches(root: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Return where a pattern stands, as "file:line", with what was found."""
    for path, text in texts(root):
        for match in pattern.finditer(text):
            yield f"{path.as_posix()}:{text.count('\n', 0, match.start()) + 1}", match


def address_faults(root: Path) -> list[str]:
    """Find mentions of this repository under another address than the manifest's."""
    manifest = read_json(package(root) / "manifest.json")
    owner, name = manifest["documentation"].removeprefix(SITE).split("/")
    faults = (
        [] if manifest["issue_tracker"] == f"{manifest['documentation']}/issues" else ["the issue tracker is elsewhere"]
    )
    for pattern in MENTIONS:
        for where, match in matches(root, pattern):
            its_owner, its_name = match[1], match[2].rstrip(".").removesuffix(".git")
            is_ours = its_owner == owner or (VENDOR in f"{its_owner}/{its_name}" and its_owner != VENDOR)
            if is_ours and (its_owner, its_name) != (owner, name):
                faults.append(f"{where} names {its_owner}/{its_name}")
    return faults


def machine_faults(root: Path) -> list[str]:
    """Find what is true on one machine only: registry hosts and paths of a home or a checkout."""
    found = [*matches(root, REGISTRIES), *matches(root, MACHINE_PATHS)]
    return [f"{where} holds {match[0]}" for where, match in found]


def number_faults(root: Path) -> list[str]:
    """Find phone numbers that may be somebody's."""
    return [
        f"{where} holds the number {match[0]}"
        for where, match in matches(root, NUMBERS)
        if not RESERVED.search(re.sub(r"\D", "", match[0]))
    ]


def secret_faults(root: Path) -> list[str]:
    """Find what looks like a credential, without repeating it."""
    return [f"{where} looks like a credential" for pattern in SECRETS for where, _ in matches(root, pattern)]


def test_the_repository_holds_nothing_that_it_should_not() -> None:
    """All files agree on the address, and hold no path, host, number or secret of anybody."""
    assert address_faults(ROOT) == []
    assert machine_faults(ROOT) == []
    assert number_faults(ROOT) == []
    assert secret_faults(ROOT) == []


def note(root: Path, text: str) -> None:
    """Add a file with a text to a copy."""
    (root / "note.md").write_text(f"First line\n{text}\n", encoding="utf-8")


def in_note(faults: list[str]) -> list[str]:
    """Return what was found in that file."""
    return [fault for fault in faults if fault.startswith("note.md:2 ")]


# In the examples below a word stands in braces where it would be found in this very file, and is put in by the test.


@pytest.mark.parametrize(
    "text",
    [
        "See https://github.com/{other}/ha-smsgateway24.",
        "git@github.com:{other}/ha-smsgateway24.git",
        "https://raw.githubusercontent.com/{other}/ha-smsgateway24/main/x.yaml",
        "?blueprint_url=https%3A%2F%2Fgithub.com%2F{other}%2Fha-smsgateway24%2Fblob",
        "?owner={other}&repository=ha-smsgateway24&category=integration",
        "https://img.shields.io/github/v/release/{other}/ha-smsgateway24",
    ],
)
def test_another_address_is_noticed(copy: Path, text: str) -> None:
    """However the address is written, it is compared with the manifest's."""
    note(copy, text.format(other="somebody"))
    assert in_note(address_faults(copy)) == ["note.md:2 names somebody/ha-smsgateway24"]


def test_another_name_of_the_same_owner_is_noticed(copy: Path) -> None:
    """An owner with one repository does not have two."""
    owner = read_json(package(copy) / "manifest.json")["documentation"].removeprefix(SITE).split("/")[0]
    note(copy, f"{SITE}{owner}/old-name")
    assert in_note(address_faults(copy)) == [f"note.md:2 names {owner}/old-name"]


def test_an_issue_tracker_elsewhere_is_noticed(copy: Path) -> None:
    """The issue tracker moves with the documentation."""
    change_json(package(copy) / "manifest.json", "documentation", to=f"{SITE}somebody/else")
    assert "the issue tracker is elsewhere" in address_faults(copy)


@pytest.mark.parametrize(
    "text", [f"{SITE}home-assistant/core", f"{SITE}smsgateway24/phpexample", "actions/checkout@v7"]
)
def test_addresses_of_others_are_left_alone(copy: Path, text: str) -> None:
    """Home Assistant, the vendor of the service and others keep their addresses."""
    note(copy, text)
    assert in_note(address_faults(copy)) == []


@pytest.mark.parametrize("text", ["https://py{}.org/simple", "see /{}/somebody/ha", "cd /{}/main"])
def test_what_belongs_to_one_machine_is_noticed(copy: Path, text: str) -> None:
    """A registry's host or a path of one machine is of no use to others."""
    word = {"https://py{}.org/simple": "pi", "see /{}/somebody/ha": "home", "cd /{}/main": "work"}[text]
    note(copy, text.format(word))
    assert in_note(machine_faults(copy))


@pytest.mark.parametrize("text", ["+43 660 {}", "0043660{}", "+1 (202) 555-{}", "+44 7700 {}", "tel:+1-555-{}"])
def test_a_number_of_somebody_is_noticed(copy: Path, text: str) -> None:
    """Only numbers from the reserved ranges may stand in a file."""
    note(copy, text.format("1234567"))
    assert in_note(number_faults(copy))


@pytest.mark.parametrize(
    "text", ["+12025550123", "+1 (202) 555-0199", "+44 7700 900123", "00447700900123", "2026-01-01T00:00:00+0100"]
)
def test_reserved_numbers_are_left_alone(copy: Path, text: str) -> None:
    """Numbers that belong to nobody are for examples, in any writing."""
    note(copy, text)
    assert in_note(number_faults(copy)) == []


@pytest.mark.parametrize(
    "text",
    ["-----BEGIN {}PRIVATE KEY-----", "ghp_{}{}", "github_pat_{}{}", "token = 'abcdef0123456789{}abcdef0123456789'"],
)
def test_a_credential_is_noticed(copy: Path, text: str) -> None:
    """A key or a token is found, and the message does not spread it."""
    note(copy, text.format(*([""] if text.startswith(("-", "token")) else ["A1b2C3d4E5f6G7h8", "A1b2C3d4E5f6G7h8"])))
    assert in_note(secret_faults(copy)) == ["note.md:2 looks like a credential"]
