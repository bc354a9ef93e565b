"""What those find who report something or build on it."""

import json
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

from tests.repository.files import ROOT, package, read_json, tracked_files

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"
FORMS = sorted(path for path in TEMPLATES.glob("*.yml") if path.name != "config.yml")
# What GitHub knows in a form, with what each of them needs.
PARTS = {
    "markdown": {"value"},
    "input": {"label"},
    "textarea": {"label"},
    "dropdown": {"label", "options"},
    "checkboxes": {"label", "options"},
}


def form(name: str) -> dict[str, Any]:
    """Return what a form holds."""
    return load_yaml_dict(TEMPLATES / f"{name}.yml")


@pytest.mark.parametrize("name", [path.stem for path in FORMS])
def test_a_form_is_one_that_github_shows(name: str) -> None:
    """It has all that is needed, and no two fields of the same name."""
    content = form(name)
    assert {"name", "description", "body"} <= content.keys()
    for part in content["body"]:
        assert PARTS[part["type"]] <= part["attributes"].keys()
    ids = [part["id"] for part in content["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))


def test_a_report_comes_with_diagnostics() -> None:
    """And with what else is needed to find out anything."""
    needed = {part.get("id") for part in form("bug")["body"] if part.get("validations", {}).get("required")}
    assert {"what", "diagnostics", "version", "home_assistant"} <= needed


def test_the_container_is_set_up_by_the_script_that_sets_up_any_machine() -> None:
    """With the ports of the demo open."""
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert (ROOT / container["postCreateCommand"]).is_file()
    demo = (ROOT / "demo" / "run.py").read_text(encoding="utf-8")
    ports = re.findall(r"^DEFAULT_\w*PORT(?:: Final)? = (\d+)", demo, re.MULTILINE)
    assert sorted(map(int, ports)) == sorted(container["forwardPorts"])


def test_every_script_is_explained() -> None:
    """Those with a name that one can call."""
    scripts = {path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix}
    assert [name for name in sorted(scripts - {"package"}) if f"`scripts/{name}" not in CONTRIBUTING] == []


def test_every_folder_of_the_house_is_explained() -> None:
    """Those of the integration, and those beside it."""
    of_integration = {
        path.relative_to(package(ROOT)).parts[0]
        for path in tracked_files(ROOT)
        if path.is_relative_to(package(ROOT)) and path.parent != package(ROOT)
    }
    beside = {path.relative_to(ROOT).parts[0] for path in tracked_files(ROOT) if path.parent != ROOT}
    hidden = {name for name in beside if name.startswith(".")}
    folders = of_integration | beside - hidden - {"custom_components", "docs", "scripts", "typings"}
    assert [folder for folder in sorted(folders - {"brand"}) if f"`{folder}/" not in CONTRIBUTING] == []


def test_the_changelog_knows_the_version() -> None:
    """As a release, or as the one that is to come."""
    version = read_json(package(ROOT) / "manifest.json")["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## \[(.+?)\](.*)$", changelog, re.MULTILINE)[0]
    assert newest[0] == version or (newest[0] == "Unreleased" and version in changelog)
