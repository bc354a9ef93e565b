"""What the stores read: hacs.json, and the files that the HACS action looks for."""

from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion
import pytest

from .files import ROOT, change_json, package, read_json, tracked_files

KEYS: dict[str, type] = {
    "name": str,
    "content_in_root": bool,
    "country": list,
    "filename": str,
    "hacs": str,
    "hide_default_branch": bool,
    "homeassistant": str,
    "persistent_directory": str,
    "render_readme": bool,
    "zip_release": bool,
}


def hacs_faults(root: Path) -> list[str]:
    """Find what HACS would refuse or could not install."""
    hacs: dict[str, Any] = read_json(root / "hacs.json")
    faults = [f"the key {key} is unknown" for key in hacs if key not in KEYS]
    faults += [
        f"{key} is no {kind.__name__}" for key, kind in KEYS.items() if key in hacs and not isinstance(hacs[key], kind)
    ]
    if hacs.get("name") != read_json(package(root) / "manifest.json").get("name"):
        faults.append("the name is not the manifest's")
    if not AwesomeVersion(hacs.get("homeassistant", "")).valid:
        faults.append("the version of Home Assistant is none")
    if hacs.get("zip_release"):
        if f"dist/{hacs.get('filename')}" not in (root / "scripts" / "package").read_text(encoding="utf-8"):
            faults.append("scripts/package makes no file of this name")
        if not hacs.get("hide_default_branch"):
            faults.append("the default branch is offered, but has no file to install")
    return faults


def file_faults(root: Path) -> list[str]:
    """Find files that a store needs and that are missing."""
    files = {path.relative_to(root).as_posix() for path in tracked_files(root)}
    faults = [f"{name} is missing" for name in ("README.md", "hacs.json") if name not in files]
    if f"{package(root).relative_to(root).as_posix()}/brand/icon.png" not in files:
        faults.append("the icon is missing")
    manifests = [name for name in files if re.fullmatch(r"custom_components/[^/]+/manifest\.json", name)]
    if len(manifests) != 1:
        faults.append("a repository holds one integration")
    licence = root / "LICENSE"
    if not licence.is_file() or not licence.read_text(encoding="utf-8").startswith("MIT License\n\nCopyright (c) "):
        faults.append("LICENSE is not recognised as MIT")
    return faults


def test_the_stores_would_accept_the_repository() -> None:
    """The repository as it is passes every check."""
    assert hacs_faults(ROOT) == []
    assert file_faults(ROOT) == []


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("domains", ["sensor"], "the key domains is unknown"),
        ("zip_release", "yes", "zip_release is no bool"),
        ("name", "Sms gateway", "the name is not the manifest's"),
        ("homeassistant", "new", "the version of Home Assistant is none"),
        ("filename", "other.zip", "scripts/package makes no file of this name"),
        ("hide_default_branch", False, "the default branch is offered, but has no file to install"),
    ],
)
def test_a_wrong_value_is_noticed(copy: Path, key: str, value: Any, fault: str) -> None:
    """One wrong value in hacs.json is found."""
    change_json(copy / "hacs.json", key, to=value)
    assert fault in hacs_faults(copy)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("hacs.json", "hacs.json is missing"),
        ("LICENSE", "LICENSE is not recognised as MIT"),
        ("custom_components/smsgateway24/brand/icon.png", "the icon is missing"),
        ("custom_components/smsgateway24/manifest.json", "a repository holds one integration"),
    ],
)
def test_a_missing_file_is_noticed(copy: Path, name: str, fault: str) -> None:
    """A file that a store needs cannot vanish."""
    (copy / name).unlink()
    assert fault in file_faults(copy)
