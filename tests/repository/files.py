"""Reading the files of a checkout."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import subprocess
from typing import Any

import yaml

from custom_components.smsgateway24.const import DOMAIN

ROOT = Path(__file__).resolve().parents[2]


def tracked_files(root: Path) -> tuple[Path, ...]:
    """Return the files that belong to the repository: committed, or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout  # noqa: S603 - fixed words
    return tuple(path for name in sorted(set(listing.split("\0"))) if name and (path := root / name).is_file())


def texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Return the tracked files that hold text, each with its text. Paths are relative to the root."""
    for path in tracked_files(root):
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(root), content.decode()


def package(root: Path) -> Path:
    """Return the folder of the integration."""
    return root / "custom_components" / DOMAIN


def modules(root: Path) -> dict[str, ast.Module]:
    """Return the parsed modules of the integration by dotted name within it: "sensor", "api.client", "" for the package."""
    folder = package(root)
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return found


def read_json(path: Path) -> Any:
    """Read a JSON file; a missing one is empty."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def read_yaml(path: Path) -> Any:
    """Read a YAML file; a missing one is empty."""
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.is_file() else {}


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file in a copy."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def change_json(path: Path, *keys: str, to: Any) -> None:
    """Set one value of a JSON file, to break a copy on purpose."""
    content = read_json(path)
    inner = content
    for key in keys[:-1]:
        inner = inner.setdefault(key, {})
    inner[keys[-1]] = to
    write_json(path, content)
