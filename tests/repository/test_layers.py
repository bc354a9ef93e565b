"""Imports go one way: api, messaging, coordinator and store, platforms and actions. Nothing looks back."""

import ast
from pathlib import Path

import pytest

from .files import ROOT, modules, package

PACKAGE = "custom_components.smsgateway24"
HOME_ASSISTANT = {"homeassistant", "probatio", "voluptuous"}

# The layers that know nothing of Home Assistant, and what each of them may import from the integration.
PLAIN = {"api": {"api"}, "messaging": {"api", "messaging"}}
# What Home Assistant itself asks for by name: the ends of the road, which nothing of ours may import.
ENDS = {
    "binary_sensor",
    "condition",
    "config_flow",
    "diagnostics",
    "event",
    "logbook",
    "notify",
    "repairs",
    "sensor",
    "system_health",
    "trigger",
}


def imports(module: ast.Module, package_name: str) -> set[str]:
    """Return the full names of what a module imports when it runs, relative ones made absolute.

    `package_name` is the package that the module's relative imports start from.
    """
    found = set()
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=origin, names=names, level=level):
                base = package_name.rsplit(".", level - 1)[0] if level else ""
                source = ".".join(part for part in (base, origin) if part)
                # "from . import api" names a module too.
                found |= {f"{source}.{alias.name}" for alias in names}
        waiting.extend(ast.iter_child_nodes(node))
    return found


def own_imports(root: Path) -> dict[str, set[str]]:
    """Return what each module of the integration imports, from outside and inside."""
    folder = package(root)
    found = {}
    for name, module in modules(root).items():
        is_package = (folder / name.replace(".", "/") / "__init__.py").is_file()
        full = f"{PACKAGE}.{name}".rstrip(".")
        found[name] = imports(module, full if is_package else full.rpartition(".")[0])
    return found


def part(target: str) -> str | None:
    """Return the first word of an import within the integration: the folder or module that it goes to."""
    return target.removeprefix(f"{PACKAGE}.").split(".")[0] if target.startswith(f"{PACKAGE}.") else None


def layer_faults(root: Path) -> list[str]:
    """Find imports that look back, or that know Home Assistant where they should not."""
    faults = []
    for name, targets in own_imports(root).items():
        layer = name.split(".")[0]
        if layer in PLAIN:
            faults += [f"{name} knows Home Assistant" for target in targets if target.split(".")[0] in HOME_ASSISTANT]
        for inner in {inner for target in targets if (inner := part(target))}:
            if inner not in PLAIN.get(layer, {inner}):
                faults.append(f"{name} imports {inner}, which is above it")
            elif inner in ENDS and inner != layer:
                faults.append(f"{name} imports {inner}, which is an end of the road")
    return sorted(set(faults))


def circle_faults(root: Path) -> list[str]:
    """Find folders and modules that import each other in a circle."""
    found = own_imports(root)
    known = {name.split(".")[0] for name in found}
    roads: dict[str, set[str]] = {}
    for name, targets in found.items():
        layer = name.split(".")[0]
        # The package itself is imported by every relative import of a whole module; only what is really there counts.
        inner = {word for target in targets if (word := part(target)) in known and word != layer}
        roads.setdefault(layer, set()).update(inner)

    faults = []
    while roads:
        ends = {name for name, inner in roads.items() if not inner & roads.keys()}
        if not ends:
            faults.append(f"these import each other in a circle: {', '.join(sorted(roads))}")
            break
        for name in ends:
            del roads[name]
    return faults


def test_nothing_looks_back() -> None:
    """Every import of the integration goes the one way."""
    assert layer_faults(ROOT) == []
    assert circle_faults(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("api/wrong.py", "from homeassistant.core import HomeAssistant", "api.wrong knows Home Assistant"),
        ("api/wrong.py", "import voluptuous as vol", "api.wrong knows Home Assistant"),
        ("api/wrong.py", "from ..messaging.inbox import Inbox", "api.wrong imports messaging, which is above it"),
        ("api/deep/wrong.py", "from ...const import DOMAIN", "api.deep.wrong imports const, which is above it"),
        ("messaging/wrong.py", "from .. import coordinator", "messaging.wrong imports coordinator, which is above it"),
        ("wrong.py", "from .sensor import PhoneSensor", "wrong imports sensor, which is an end of the road"),
        ("sensor.py", "from . import event", "sensor imports event, which is an end of the road"),
    ],
)
def test_a_look_back_is_noticed(copy: Path, file: str, line: str, fault: str) -> None:
    """One import in the wrong direction is found, however it is written."""
    target = package(copy) / file
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{line}\n", encoding="utf-8")
    assert fault in layer_faults(copy)


def test_what_goes_the_right_way_is_left_alone(copy: Path) -> None:
    """Messaging may use the api, and types may be named anywhere."""
    (package(copy) / "messaging" / "right.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "from ..api.models import Phone\n"
        "from .inbox import Inbox\n"
        "if TYPE_CHECKING:\n"
        "    from ..coordinator import Coordinator\n",
        encoding="utf-8",
    )
    assert layer_faults(copy) == layer_faults(ROOT)


def test_a_circle_is_noticed(copy: Path) -> None:
    """Two modules that need each other are one module, or three."""
    (package(copy) / "hen.py").write_text("from .egg import Egg\n", encoding="utf-8")
    (package(copy) / "egg.py").write_text("from .hen import Hen\n", encoding="utf-8")
    (fault,) = circle_faults(copy)
    assert "egg, " in fault
    assert "hen" in fault
