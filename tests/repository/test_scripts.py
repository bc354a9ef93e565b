"""The scripts that need no environment: packing a release, and moving to another address."""

from pathlib import Path
import subprocess
from zipfile import ZipFile

import pytest

from .files import ROOT, package, read_json, tracked_files
from .test_addresses import address_faults

SCRIPTS = [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy, and return what it said."""
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)  # noqa: S603 - our own scripts


def commit(root: Path) -> None:
    """Commit everything in a copy, as somebody who has no configuration."""
    run(root, "git", "add", "--all")
    run(root, "git", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "All")


@pytest.mark.parametrize(
    "script", [path for path in SCRIPTS if path.is_file() and not path.suffix], ids=lambda path: path.name
)
def test_a_script_can_be_run_by_its_name(script: Path) -> None:
    """Scripts are executable, and name the shell that they need."""
    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")


def test_a_release_holds_what_home_assistant_installs(copy: Path) -> None:
    """The archive has the integration's tracked files at its top, and nothing else."""
    left_over = package(copy) / "__pycache__" / "const.cpython-314.pyc"
    left_over.parent.mkdir(exist_ok=True)
    left_over.write_bytes(b"left over")
    commit(copy)

    assert run(copy, "scripts/package").returncode == 0

    with ZipFile(copy / "dist" / read_json(copy / "hacs.json")["filename"]) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    expected = {
        path.relative_to(package(copy)).as_posix() for path in tracked_files(copy) if path.is_relative_to(package(copy))
    }
    assert names == expected
    assert {"__init__.py", "manifest.json", "brand/icon.png"} <= names


def test_a_release_needs_the_tag_of_its_version(copy: Path) -> None:
    """A tag that is not the manifest's version packs nothing; the right one does."""
    commit(copy)
    version = read_json(package(copy) / "manifest.json")["version"]

    refused = run(copy, "scripts/package", f"v{version}")
    assert refused.returncode == 1
    assert (
        refused.stderr
        == f"✗ The tag is v{version}, but the manifest says {version}. Set the manifest's version, or choose another tag.\n"
    )
    assert not (copy / "dist").exists()

    assert run(copy, "scripts/package", version).returncode == 0


def test_a_release_needs_a_commit(copy: Path) -> None:
    """Packing what is not committed is refused, with a sentence that says what to do."""
    refused = run(copy, "scripts/package")
    assert refused.returncode == 1
    assert refused.stderr.endswith("Commit custom_components/smsgateway24/manifest.json first.\n")


def test_the_address_changes_everywhere_in_one_step(copy: Path) -> None:
    """After the script ran, no file names the old address, and all agree on the new one."""
    old = read_json(package(copy) / "manifest.json")["documentation"]
    old_mention = old.removeprefix("https://github.com/")
    (copy / "button.md").write_text(
        f"?owner={old_mention.replace('/', '&repository=')}&category=integration\n"
        f"?blueprint_url=https%3A%2F%2Fgithub.com%2F{old_mention.replace('/', '%2F')}%2Fblob\n"
        f"git@github.com:{old_mention}.git\n",
        encoding="utf-8",
    )

    assert run(copy, "scripts/address", "https://github.com/somebody/text-house").returncode == 0

    manifest = read_json(package(copy) / "manifest.json")
    assert manifest["documentation"] == "https://github.com/somebody/text-house"
    assert manifest["codeowners"] == ["@somebody"]
    assert address_faults(copy) == []
    assert (copy / "button.md").read_text(encoding="utf-8") == (
        "?owner=somebody&repository=text-house&category=integration\n"
        "?blueprint_url=https%3A%2F%2Fgithub.com%2Fsomebody%2Ftext-house%2Fblob\n"
        "git@github.com:somebody/text-house.git\n"
    )
    assert [path for path in tracked_files(copy) if old_mention.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "words", [(), ("somebody/text-house",), ("https://example.com/a/b",), ("https://github.com/a/b", "c")]
)
def test_an_address_that_is_none_changes_nothing(copy: Path, words: tuple[str, ...]) -> None:
    """A wrong word is answered with the form of a right one."""
    before = {path: path.read_bytes() for path in tracked_files(copy)}
    refused = run(copy, "scripts/address", *words)
    assert refused.returncode == 1
    assert "https://github.com/OWNER/NAME" in refused.stderr
    assert {path: path.read_bytes() for path in tracked_files(copy)} == before


def test_a_script_works_from_any_folder(copy: Path, tmp_path: Path) -> None:
    """A script finds its repository by its own place, not by where it was called."""
    commit(copy)
    assert run(tmp_path, str(copy / "scripts" / "package")).returncode == 0
    assert (copy / "dist").is_dir()
