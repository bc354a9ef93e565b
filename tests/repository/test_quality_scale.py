"""The quality scale: every rule is answered, and an answer that can be seen in the code is true."""

import ast
from collections.abc import Callable
from pathlib import Path
import re
import tomllib
from typing import Any

from homeassistant.const import Platform
import pytest
import yaml

from .files import ROOT, modules, package, read_json, read_yaml

RULES = {
    # Bronze
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow",
    "config-flow-test-coverage",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
    # Silver
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
    # Gold
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
    # Platinum
    "async-dependency",
    "inject-websession",
    "strict-typing",
}


def form_faults(root: Path) -> list[str]:
    """Find rules that are not answered, or not in a form that can be read."""
    content: Any = read_yaml(package(root) / "quality_scale.yaml")
    if set(content) != {"rules"}:
        return ["the file holds one key, rules"]
    answers = content["rules"]
    faults = [f"{rule} is not answered" for rule in sorted(RULES - answers.keys())]
    faults += [f"{rule} is no rule" for rule in sorted(answers.keys() - RULES)]
    for rule, answer in answers.items():
        match answer:
            case "done" | "todo":
                pass
            case {"status": "done" | "todo" | "exempt", "comment": str(comment), **more} if (
                comment.strip() and not more
            ):
                pass
            case "exempt" | {"status": "exempt"}:
                faults.append(f"{rule} is exempt without a reason")
            case _:
                faults.append(f"{rule} is answered with {answer!r}")
    return faults


def source(root: Path, *names: str) -> str:
    """Return the text of modules of the integration, all of them unless some are named."""
    folder = package(root)
    paths = [folder / name for name in names] if names else sorted(folder.rglob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.is_file())


def platforms(root: Path) -> list[str]:
    """Return the names of the platform modules."""
    return [name for name in modules(root) if name in {platform.value for platform in Platform}]


def opens_sessions(root: Path) -> bool:
    """Tell whether the code opens a connection pool of its own instead of Home Assistant's."""
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "ClientSession"
        for module in modules(root).values()
        for node in ast.walk(module)
    )


def has_page(root: Path, name: str, *, with_yaml: bool = False) -> bool:
    """Tell whether the documentation has a page, and whether that shows YAML if it has to."""
    page = root / "docs" / f"{name}.md"
    return page.is_file() and (not with_yaml or "```yaml" in page.read_text(encoding="utf-8"))


def has_heading(root: Path, name: str, heading: str) -> bool:
    """Tell whether a page of the documentation has a heading."""
    return has_page(root, name) and f"\n## {heading}\n" in (root / "docs" / f"{name}.md").read_text(encoding="utf-8")


# What can be seen when a rule is done. A rule without an entry is judged by people alone.
SEEN: dict[str, Callable[[Path], bool]] = {
    # hassfest wants to know from whoever has a setup what may stand in configuration.yaml.
    "action-setup": lambda root: (
        (package(root) / "services.yaml").is_file()
        and all(word in source(root, "__init__.py") for word in ("async_setup(", "CONFIG_SCHEMA = "))
    ),
    "brands": lambda root: (package(root) / "brand" / "icon.png").is_file(),
    "common-modules": lambda root: all((package(root) / name).is_file() for name in ("coordinator.py", "entity.py")),
    "config-entry-unloading": lambda root: "async_unload_entry" in source(root, "__init__.py"),
    "config-flow": lambda root: (package(root) / "config_flow.py").is_file(),
    "config-flow-test-coverage": lambda root: (
        (root / "tests" / "test_config_flow.py").is_file() or (root / "tests" / "config_flow").is_dir()
    ),
    "diagnostics": lambda root: (package(root) / "diagnostics.py").is_file(),
    "docs-configuration-parameters": lambda root: has_heading(root, "setup", "Options"),
    "docs-data-update": lambda root: has_heading(root, "updating-data", "Polling"),
    "docs-examples": lambda root: has_page(root, "use-cases", with_yaml=True),
    "docs-installation-parameters": lambda root: has_heading(root, "setup", "4. Sign in"),
    "docs-known-limitations": lambda root: has_page(root, "limits"),
    "docs-removal-instructions": lambda root: has_page(root, "removal"),
    "docs-supported-devices": lambda root: has_heading(root, "supported", "Phones"),
    "docs-supported-functions": lambda root: has_heading(root, "supported", "Functions"),
    "docs-troubleshooting": lambda root: has_page(root, "troubleshooting"),
    "docs-use-cases": lambda root: has_page(root, "use-cases"),
    "has-entity-name": lambda root: "_attr_has_entity_name = True" in source(root),
    "icon-translations": lambda root: bool(read_json(package(root) / "icons.json")),
    "entity-translations": lambda root: "entity" in read_json(package(root) / "translations" / "en.json"),
    "exception-translations": lambda root: "exceptions" in read_json(package(root) / "translations" / "en.json"),
    "inject-websession": lambda root: "async_get_clientsession" in source(root) and not opens_sessions(root),
    "integration-owner": lambda root: bool(read_json(package(root) / "manifest.json")["codeowners"]),
    "parallel-updates": lambda root: all(
        "PARALLEL_UPDATES = " in source(root, f"{name}.py") for name in platforms(root)
    ),
    "reauthentication-flow": lambda root: "async_step_reauth" in source(root, "config_flow.py"),
    "reconfiguration-flow": lambda root: "async_step_reconfigure" in source(root, "config_flow.py"),
    "repair-issues": lambda root: "async_create_issue" in source(root),
    "runtime-data": lambda root: (
        ".runtime_data = " in source(root, "__init__.py") and "hass.data[" not in source(root, "__init__.py")
    ),
    "stale-devices": lambda root: "async_remove_device" in source(root),
    "strict-typing": lambda root: (
        tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["strict"] is True
    ),
    "test-before-setup": lambda root: "async_config_entry_first_refresh" in source(root),
    "unique-config-entry": lambda root: "async_set_unique_id" in source(root, "config_flow.py"),
}


def is_done(answer: Any) -> bool:
    """Tell whether a rule is called done, with a comment or without."""
    return bool(answer == "done" or (isinstance(answer, dict) and answer.get("status") == "done"))


def claim_faults(root: Path) -> list[str]:
    """Find rules that are called done although the code shows otherwise."""
    answers = read_yaml(package(root) / "quality_scale.yaml")["rules"]
    return [
        f"{rule} is called done, but cannot be seen"
        for rule, seen in SEEN.items()
        if is_done(answers.get(rule)) and not seen(root)
    ]


def test_every_rule_is_answered() -> None:
    """All rules have an answer, and every exemption its reason."""
    assert form_faults(ROOT) == []


def test_what_is_called_done_can_be_seen() -> None:
    """No answer promises more than the code holds."""
    assert claim_faults(ROOT) == []


def test_the_proofs_are_of_rules() -> None:
    """A proof whose rule was renamed would prove nothing."""
    assert SEEN.keys() <= RULES


def answer(root: Path, rule: str, value: Any) -> None:
    """Change one answer in a copy; None takes it away."""
    file = package(root) / "quality_scale.yaml"
    content = read_yaml(file)
    content["rules"] |= {rule: value}
    if value is None:
        del content["rules"][rule]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("rule", "value", "fault"),
    [
        ("brands", None, "brands is not answered"),
        ("docs-jokes", "done", "docs-jokes is no rule"),
        ("discovery", {"status": "exempt"}, "discovery is exempt without a reason"),
        ("discovery", {"status": "exempt", "comment": " "}, "discovery is exempt without a reason"),
        ("brands", "nearly", "brands is answered with 'nearly'"),
        ("brands", {"status": "done"}, "brands is answered with {'status': 'done'}"),
        (
            "brands",
            {"by": "us", "comment": "Soon", "status": "todo"},
            "brands is answered with {'by': 'us', 'comment': 'Soon', 'status': 'todo'}",
        ),
    ],
)
def test_a_wrong_answer_is_noticed(copy: Path, rule: str, value: Any, fault: str) -> None:
    """A missing, unknown or empty answer is found."""
    answer(copy, rule, value)
    assert form_faults(copy) == [fault]


def test_an_empty_promise_is_noticed(copy: Path) -> None:
    """A rule stays done only as long as its proof is there."""
    (package(copy) / "brand" / "icon.png").unlink()
    answer(copy, "brands", {"status": "done", "comment": "See the folder."})
    pyproject = copy / "pyproject.toml"
    pyproject.write_text(
        re.sub(r"(?m)^strict = true$", "strict = false", pyproject.read_text(encoding="utf-8")), encoding="utf-8"
    )
    faults = claim_faults(copy)
    assert "brands is called done, but cannot be seen" in faults
    assert "strict-typing is called done, but cannot be seen" in faults


def test_a_setup_without_a_schema_is_noticed(copy: Path) -> None:
    """Home Assistant has to know that nothing of the integration stands in configuration.yaml."""
    init = package(copy) / "__init__.py"
    text = init.read_text(encoding="utf-8")
    init.write_text(text.replace("CONFIG_SCHEMA = ", "OTHER_SCHEMA = "), encoding="utf-8")
    assert claim_faults(copy) == ["action-setup is called done, but cannot be seen"]


def test_a_page_that_goes_takes_its_rules_along(copy: Path) -> None:
    """The documentation cannot shrink unnoticed."""
    (copy / "docs" / "supported.md").unlink()
    assert claim_faults(copy) == [
        "docs-supported-devices is called done, but cannot be seen",
        "docs-supported-functions is called done, but cannot be seen",
    ]
