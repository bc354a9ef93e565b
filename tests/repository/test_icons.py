"""The icons: every entity, action, trigger and condition has one, and there are no others."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

import pytest

from .files import ROOT, change_json, package, read_json, read_yaml, write_json
from .texts import KEY, Keys
from .wording import fits, wording

ICON = re.compile(r"mdi:[a-z0-9]+(?:-[a-z0-9]+)*")
# The form of the file, as Home Assistant reads it: "*" is any key, and None an icon.
STATES: dict[str, Any] = {"*": None}
FORM: dict[str, Any] = {
    "entity": {
        "*": {
            "*": {
                "default": None,
                "state": STATES,
                "range": STATES,
                "state_attributes": {"*": {"default": None, "state": STATES}},
            }
        }
    },
    "services": {"*": {"service": None, "sections": STATES}},
    "triggers": {"*": {"trigger": None}},
    "conditions": {"*": {"condition": None}},
}


def icons(root: Path) -> Any:
    """Return the icons of a checkout."""
    return read_json(package(root) / "icons.json")


def places(tree: Any, form: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Return all places that end in something, or where the form ends, each with what is there."""
    if form is None or not isinstance(tree, dict):
        yield keys, tree if form is None else None
        return
    for key, value in tree.items():
        if key in form or "*" in form:
            yield from places(value, form.get(key, form.get("*")), (*keys, key))
        else:
            yield (*keys, key), None


def form_faults(root: Path) -> list[str]:
    """Find what Home Assistant would not read as an icon."""
    faults = []
    for keys, icon in places(icons(root), FORM):
        if not isinstance(icon, str) or not ICON.fullmatch(icon):
            faults.append(f"{'.'.join(keys)} is no icon in a place where Home Assistant looks")
        # The steps of a range are numbers, and may have a sign and a point.
        words = keys[:-1] if "range" in keys else keys
        faults += [f"{'.'.join(keys)} has {key}, which is no key" for key in words if not KEY.fullmatch(key)]
    for platform, entities in icons(root).get("entity", {}).items():
        for key, content in entities.items():
            same = [state for state, icon in content.get("state", {}).items() if icon == content.get("default")]
            faults += [f"entity.{platform}.{key}.state.{state} is the default already" for state in same]
            steps = [float(step) for step in content.get("range", {})]
            if steps != sorted(steps):
                faults.append(f"entity.{platform}.{key}.range does not go up")
    return faults


def described(root: Path) -> set[Keys]:
    """Return the actions, triggers and conditions that are described, as places in the file."""
    return {
        (kind, name)
        for kind in ("services", "triggers", "conditions")
        for name in read_yaml(package(root) / f"{kind}.yaml")
        if not name.startswith(".")
    }


def missing_faults(root: Path) -> list[str]:
    """Find what is shown without an icon."""
    present = [keys for keys, _ in places(icons(root), FORM)]
    faults = {
        f"entity.{platform}.{key} has no icon, for {where}"
        for platform, key, has_class, where in wording(root).entity_keys
        if not has_class
        and key != "*"
        and not any(fits(("entity", platform, key, "default"), keys) for keys in present)
    }
    ends = {"services": "service", "triggers": "trigger", "conditions": "condition"}
    faults |= {
        f"{kind}.{name} has no icon" for kind, name in described(root) if (kind, name, ends[kind]) not in present
    }
    return sorted(faults)


def left_over_faults(root: Path) -> list[str]:
    """Find icons of what is not there."""
    entities = [("entity", platform, key) for platform, key, _, _ in wording(root).entity_keys]
    return sorted(
        f"{'.'.join(keys)} is the icon of nothing"
        for keys, _ in places(icons(root), FORM)
        if keys[:2] not in described(root) and not any(fits(place, keys[:3]) for place in entities)
    )


def test_the_icons_are_in_order() -> None:
    """The icons of the repository pass every check."""
    assert form_faults(ROOT) == []
    assert missing_faults(ROOT) == []
    assert left_over_faults(ROOT) == []


def put(root: Path, *keys: str, icon: Any) -> None:
    """Set one icon, or a group of them, in a copy."""
    change_json(package(root) / "icons.json", *keys, to=icon)


@pytest.mark.parametrize(
    ("place", "icon", "fault"),
    [
        ("default", "hass:message", "is no icon in a place where Home Assistant looks"),
        ("default", "mdi:Message", "is no icon in a place where Home Assistant looks"),
        ("default", {"on": "mdi:message"}, "is no icon in a place where Home Assistant looks"),
        ("states", {"on": "mdi:message"}, "is no icon in a place where Home Assistant looks"),
        ("range", {"5": "mdi:message", "2": "mdi:message"}, "does not go up"),
    ],
)
def test_an_icon_in_bad_form_is_noticed(copy: Path, place: str, icon: Any, fault: str) -> None:
    """An icon that Home Assistant would not show is found."""
    put(copy, "entity", "sensor", "pending", place, icon=icon)
    assert f"entity.sensor.pending.{place} {fault}" in form_faults(copy)


def test_a_state_that_no_entity_can_have_is_noticed(copy: Path) -> None:
    """States are written in small letters, where steps are numbers."""
    put(copy, "entity", "sensor", "pending", "state", icon={"None": "mdi:tray"})
    put(copy, "entity", "sensor", "pending", "range", icon={"-1": "mdi:tray", "2.5": "mdi:tray-full"})
    assert form_faults(copy) == ["entity.sensor.pending.state.None has None, which is no key"]


def test_a_state_without_an_icon_of_its_own_is_noticed(copy: Path) -> None:
    """The icon of a state differs from the default, or is not needed."""
    put(copy, "entity", "binary_sensor", "test", icon={"default": "mdi:sim", "state": {"on": "mdi:sim"}})
    assert form_faults(copy) == ["entity.binary_sensor.test.state.on is the default already"]


def test_a_missing_icon_is_noticed(copy: Path) -> None:
    """An entity without a device class, and everything that can be called, needs an icon."""
    write_json(package(copy) / "icons.json", {})
    for kind in ("services", "triggers", "conditions"):
        (package(copy) / f"{kind}.yaml").write_text("newest:\n", encoding="utf-8")
    faults = missing_faults(copy)
    assert {"services.newest has no icon", "triggers.newest has no icon", "conditions.newest has no icon"} <= set(
        faults
    )
    # An event has no device class of ours; a time stamp has one, with an icon of its own.
    assert [fault for fault in faults if fault.startswith("entity.event.incoming ")]
    assert not [fault for fault in faults if fault.startswith("entity.sensor.last_seen ")]


def test_an_icon_that_is_left_over_is_noticed(copy: Path) -> None:
    """The icon of something that was removed goes with it."""
    put(copy, "entity", "sensor", "of_old_times", icon={"default": "mdi:history"})
    put(copy, "triggers", "of_old_times", icon={"trigger": "mdi:history"})
    assert left_over_faults(copy) == [
        "entity.sensor.of_old_times.default is the icon of nothing",
        "triggers.of_old_times.trigger is the icon of nothing",
    ]
