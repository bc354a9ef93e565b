"""The blueprints as files."""

from pathlib import Path
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

from tests.repository.files import ROOT

FOLDER = ROOT / "blueprints" / "automation" / "smsgateway24"
BLUEPRINTS = sorted(FOLDER.glob("*.yaml"))


def content(path: Path) -> dict[str, Any]:
    """Return what a blueprint holds; its inputs stand as Input where they are used."""
    return load_yaml_dict(path)
