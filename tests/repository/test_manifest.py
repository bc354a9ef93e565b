"""The manifest, by the rules of Home Assistant's hassfest and of the HACS action."""

import ast
from pathlib import Path
import re
import tomllib
from typing import Any
from urllib.parse import urlsplit

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
from homeassistant import components as builtin
from homeassistant.const import Platform
import pytest

from custom_components.smsgateway24.const import DOMAIN

from .files import ROOT, change_json, modules, package, read_json

REQUIRED = {
    "domain",
    "name",
    "codeowners",
    "config_flow",
    "documentation",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "version",
}
OPTIONAL = {"after_dependencies", "dependencies", "import_executor", "loggers", "requirements", "single_config_entry"}
LISTS = {"after_dependencies", "codeowners", "dependencies", "loggers", "requirements"}
FLAGS = {"config_flow", "import_executor", "single_config_entry"}
VERSION_FORMS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
# What may be imported without being declared: these are always there.
ALWAYS_THERE = {platform.value for platform in Platform} | {"homeassistant", "persistent_notification", "system_health"}
# A module of these names is asked for by the component of the same name, and may import it.
ASKED_FOR = {"diagnostics", "logbook", "recorder", "repairs", "system_health"}


def builtin_exists(domain: str) -> bool:
    """Tell whether Home Assistant brings a component."""
    return any((Path(folder) / domain / "manifest.json").is_file() for folder in builtin.__path__)


def form_faults(root: Path) -> list[str]:
    """Find what hassfest and HACS would refuse in the manifest's form."""
    manifest: dict[str, Any] = read_json(package(root) / "manifest.json")
    faults = [f"the key {key} is missing" for key in sorted(REQUIRED - manifest.keys())]
    faults += [f"the key {key} is unknown" for key in sorted(manifest.keys() - REQUIRED - OPTIONAL)]
    faults += [
        f"the value of {key} is of another kind" for key, value in manifest.items() if not is_of_kind(key, value)
    ]
    if faults:
        return faults

    in_order = ["domain", "name", *sorted(manifest.keys() - {"domain", "name"})]
    owners = manifest["codeowners"]
    rules = {
        "the order of keys is domain, name, then the alphabet": list(manifest) == in_order,
        "the domain, its folder and the constant differ": manifest["domain"] == package(root).name == DOMAIN,
        "Home Assistant brings an integration of the same domain": not builtin_exists(manifest["domain"]),
        f"{manifest['version']} is no version": is_version(manifest["version"]),
        "documentation is not an https address of ours": is_address_of_ours(manifest["documentation"]),
        "issue_tracker is not an https address of ours": is_address_of_ours(manifest["issue_tracker"]),
        "codeowners are names that start with @": owners and all(re.fullmatch(r"@[\w/-]+", owner) for owner in owners),
        "the integration type is not one of ours": manifest["integration_type"] in {"device", "hub", "service"},
        "the class does not fit a cloud service": manifest["iot_class"] in {"cloud_polling", "cloud_push"},
        "config_flow is not true": manifest["config_flow"] is True,
    }
    return [fault for fault, kept in rules.items() if not kept]


def is_of_kind(key: str, value: Any) -> bool:
    """Tell whether a value is a list of words, a flag or a word, as its key requires."""
    if key in LISTS:
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    return isinstance(value, bool if key in FLAGS else str)


def is_version(version: str) -> bool:
    """Tell whether Home Assistant can read a version."""
    try:
        AwesomeVersion(version, ensure_strategy=VERSION_FORMS)
    except AwesomeVersionException:
        return False
    return True


def is_address_of_ours(address: str) -> bool:
    """Tell whether an address is a secure one, and not a page of Home Assistant's."""
    parts = urlsplit(address)
    return parts.scheme == "https" and parts.netloc not in {"", "www.home-assistant.io"}


def dependency_faults(root: Path) -> list[str]:
    """Find components that are declared but do not exist, or imported but not declared."""
    manifest = read_json(package(root) / "manifest.json")
    before, after = manifest.get("dependencies", []), manifest.get("after_dependencies", [])
    faults = [f"the dependency {domain} does not exist" for domain in [*before, *after] if not builtin_exists(domain)]
    faults += [f"{domain} is declared twice" for domain in before if domain in after]

    declared = ALWAYS_THERE | set(before) | set(after)
    for name, module in modules(root).items():
        for component in sorted(imported_components(module) - declared):
            if component in ASKED_FOR and name == component:
                continue
            faults.append(f"{name or '__init__'} imports {component}, which is not declared")
    return faults


def imported_components(module: ast.Module) -> set[str]:
    """Return the components of Home Assistant that a module imports when it runs."""
    found = set()
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.ImportFrom(module="homeassistant.components", names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(origin)) if origin.startswith("homeassistant.components."):
                found.add(origin.split(".")[2])
            case ast.Import(names=names):
                found |= {
                    alias.name.split(".")[2] for alias in names if alias.name.startswith("homeassistant.components.")
                }
        waiting.extend(ast.iter_child_nodes(node))
    return found


def requirement_faults(root: Path) -> list[str]:
    """Find requirements that are not pinned, or that are tested in another version than users get."""
    faults = []
    groups = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for requirement in read_json(package(root) / "manifest.json").get("requirements", []):
        if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*", requirement):
            faults.append(f"the requirement {requirement} is not pinned")
        faults += [
            f"the group {name} lacks {requirement}" for name in ("test", "demo") if requirement not in groups[name]
        ]
    return faults


def version_faults(root: Path) -> list[str]:
    """Find a project version that is not the manifest's."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = read_json(package(root) / "manifest.json")["version"]
    return (
        [] if project["version"] == version else [f"pyproject.toml says {project['version']}, the manifest {version}"]
    )


def test_the_manifest_would_be_accepted() -> None:
    """The manifest as it is passes every check."""
    assert form_faults(ROOT) == []
    assert dependency_faults(ROOT) == []
    assert requirement_faults(ROOT) == []
    assert version_faults(ROOT) == []


def test_what_is_declared_has_its_file() -> None:
    """A manifest that announces a config flow comes with one."""
    assert (package(ROOT) / "config_flow.py").is_file()


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("homeassistant", "2026.8.0", "the key homeassistant is unknown"),
        ("domain", "smsgateway25", "the domain, its folder and the constant differ"),
        ("domain", "smtp", "Home Assistant brings an integration of the same domain"),
        ("version", "first", "first is no version"),
        ("documentation", "http://example.com", "documentation is not an https address of ours"),
        ("issue_tracker", "https://www.home-assistant.io/x", "issue_tracker is not an https address of ours"),
        ("codeowners", ["somebody"], "codeowners are names that start with @"),
        ("codeowners", [], "codeowners are names that start with @"),
        ("integration_type", "gateway", "the integration type is not one of ours"),
        ("iot_class", "local_push", "the class does not fit a cloud service"),
        ("config_flow", False, "config_flow is not true"),
        ("config_flow", "true", "the value of config_flow is of another kind"),
        ("name", 24, "the value of name is of another kind"),
        ("loggers", "smsgateway24", "the value of loggers is of another kind"),
        ("dependencies", [None], "the value of dependencies is of another kind"),
        ("loggers", [], "the order of keys is domain, name, then the alphabet"),
    ],
)
def test_a_wrong_value_is_noticed(copy: Path, key: str, value: Any, fault: str) -> None:
    """A manifest with one wrong or misplaced value is refused."""
    change_json(package(copy) / "manifest.json", key, to=value)
    assert fault in form_faults(copy)


def test_a_missing_key_is_noticed(copy: Path) -> None:
    """A manifest without a version is refused: custom integrations need one."""
    file = package(copy) / "manifest.json"
    file.write_text(re.sub(r',\s*"version": "[^"]*"', "", file.read_text(encoding="utf-8")), encoding="utf-8")
    assert form_faults(copy) == ["the key version is missing"]


def test_a_wrong_dependency_is_noticed(copy: Path) -> None:
    """A dependency that does not exist, or is declared twice, is refused."""
    change_json(package(copy) / "manifest.json", "dependencies", to=["webhook", "webhooks"])
    change_json(package(copy) / "manifest.json", "after_dependencies", to=["webhook"])
    assert {"the dependency webhooks does not exist", "webhook is declared twice"} <= set(dependency_faults(copy))


def test_an_undeclared_import_is_noticed(copy: Path) -> None:
    """A component that is imported must be declared, except for type checking."""
    (package(copy) / "page.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "from homeassistant.components import frontend, sensor\n"
        "from homeassistant.components.http import StaticPathConfig\n"
        "import homeassistant.components.lovelace.const\n"
        "if TYPE_CHECKING:\n"
        "    from homeassistant.components.recorder import Recorder\n",
        encoding="utf-8",
    )
    undeclared = {"frontend", "http", "lovelace"}
    assert {f"page imports {name}, which is not declared" for name in undeclared} <= set(dependency_faults(copy))


def test_a_loose_requirement_is_noticed(copy: Path) -> None:
    """A requirement is pinned, and the one that is tested."""
    change_json(package(copy) / "manifest.json", "requirements", to=["phonenumberslite>=9"])
    assert requirement_faults(copy) == [
        "the requirement phonenumberslite>=9 is not pinned",
        "the group test lacks phonenumberslite>=9",
        "the group demo lacks phonenumberslite>=9",
    ]


def test_a_forgotten_project_version_is_noticed(copy: Path) -> None:
    """The project's version moves with the manifest's."""
    change_json(package(copy) / "manifest.json", "version", to="9.9.9")
    assert len(version_faults(copy)) == 1
