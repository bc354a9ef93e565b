"""What is right in the files that describe actions, triggers and conditions to the visual editor."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from homeassistant.helpers import config_validation as cv, selector
import voluptuous as vol

from custom_components.smsgateway24.const import DOMAIN

from .files import package, read_yaml
from .reading import Code, Words, keyword

# What Home Assistant knows of a field. Names and descriptions stand in the translations.
FIELD_KEYS = {
    "services": {"required", "default", "example", "selector", "filter"},
    "triggers": {"required", "default", "example", "selector", "context"},
    "conditions": {"required", "default", "example", "selector", "context"},
}
SECTION_KEYS = {"collapsed", "fields"}
REGISTERED_BY = {"async_register": 0, "async_register_admin_service": 1, "async_register_platform_entity_service": 1}


def description_faults(root: Path, kind: str) -> list[str]:
    """Find what Home Assistant would not understand in services.yaml, triggers.yaml or conditions.yaml."""
    faults = []
    for name, content in read_yaml(package(root) / f"{kind}.yaml").items():
        # Home Assistant passes over names with a dot. In the actions of a custom integration, its hassfest refuses them.
        if name.startswith(".") and kind != "services":
            continue
        if not is_valid(cv.slug, name):
            faults.append(f"{name} is no name")
        faults += [f"{name} {fault}" for fault in content_faults(content or {}, kind)]
    return faults


def content_faults(content: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Find what is wrong with one description."""
    yield from (f"has the unknown key {key}" for key in content.keys() - {"target", "fields"})
    target = content.get("target")
    if "target" in content and not is_valid(selector.TargetSelector.CONFIG_SCHEMA, target):
        yield "has a target that is none"
    elif target and "device" in target:
        yield "filters devices in its target, which Home Assistant no longer supports"

    yield from section_faults(content, kind)
    seen: set[str] = set()
    for field, description in all_fields(content):
        if field in seen:
            yield f"has the field {field} twice"
        seen.add(field)
        yield from (f"has a field {field} with the unknown key {key}" for key in description.keys() - FIELD_KEYS[kind])
        yield from (
            f"has a field {field} with an empty {key}"
            for key in ("default", "example")
            if description.get(key, "") is None
        )
        if not isinstance(description.get("required", False), bool):
            yield f"has a field {field} that is neither required nor not"
        if not is_valid(selector.validate_selector, description.get("selector")):
            yield f"has a field {field} without a selector that works"
        if kind == "services" and "filter" in description and not target:
            yield f"has a field {field} that is filtered by a target, which is not there"
        yield from (f"has a field {field} {fault}" for fault in context_faults(content, description))


def section_faults(content: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Find groups of fields that would not be shown as such."""
    for name, section in (content.get("fields") or {}).items():
        if not section or "fields" not in section:
            continue
        if kind != "services":
            yield f"has a section {name}, which only actions may have"
        yield from (f"has a section {name} with the unknown key {key}" for key in section.keys() - SECTION_KEYS)
        if not isinstance(section.get("collapsed", False), bool):
            yield f"has a section {name} that is neither collapsed nor not"


def context_faults(content: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[str]:
    """Find what the selector of a field cannot learn from other fields, or from the target."""
    kinds = {name: selector_of(other) for name, other in all_fields(content)}
    if "target" in content:
        kinds["target"] = "target"
    understood = understood_contexts(description)
    for key, other in description.get("context", {}).items():
        if other not in kinds:
            yield f"in the context of {other}, which is not there"
        elif key not in understood:
            yield f"in the context {key}, which its selector does not know"
        elif kinds[other] not in understood[key]:
            yield f"in the context of {other}, which cannot be its {key}"


def selector_of(description: Mapping[str, Any]) -> str:
    """Return the kind of a field's selector, or nothing."""
    return next(iter(description.get("selector") or {}), "")


def understood_contexts(description: Mapping[str, Any]) -> Mapping[str, set[str]]:
    """Return what the selector of a field can take into account, each with the kinds of fields that this can be."""
    if not is_valid(selector.validate_selector, description.get("selector")):
        return {}
    return selector.selector(description["selector"]).allowed_context_keys


def all_fields(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return the fields of a description, also those in its sections."""
    for field, description in (content.get("fields") or {}).items():
        if description and "fields" in description:
            yield from ((inner, what or {}) for inner, what in description["fields"].items())
        else:
            yield field, description or {}


def is_valid(check: Any, value: Any) -> bool:
    """Tell whether one of Home Assistant's checks accepts a value."""
    try:
        vol.Schema(check)(value)
    except vol.Invalid:
        return False
    return True


def registered_actions(root: Path) -> Words:
    """Return the names of the actions that the code registers."""
    code = Code(root)
    names: set[str] = set()
    for call, index in REGISTERED_BY.items():
        for found in code.calls.get(call, []):
            arguments = found.node.args[index:]
            domain = (
                keyword(found.node, "domain") or keyword(found.node, "service_domain") or next(iter(arguments), None)
            )
            service = (
                keyword(found.node, "service") or keyword(found.node, "service_name") or next(iter(arguments[1:]), None)
            )
            if DOMAIN in code.words(domain, found.place):
                names |= code.words(service, found.place)
    return frozenset(names)


def offered(root: Path, function: str) -> Words:
    """Return the names of the triggers or conditions that a function of ours offers to Home Assistant."""
    code = Code(root)
    names: set[str] = set()
    for (_, name), answers in code.returns.items():
        if name == function:
            names = names.union(*(code.elements(found.node.value, found.place) for found in answers))
    return frozenset(names)


def agreement_faults(root: Path, kind: str, names: Words) -> list[str]:
    """Find what is described but does not exist, or the other way round."""
    described = {name for name in read_yaml(package(root) / f"{kind}.yaml") if not name.startswith(".")}
    # A name that cannot be read from the code leaves only what can.
    faults = [f"{name} is not in {kind}.yaml" for name in sorted(names - described) if "*" not in name]
    if not any("*" in name for name in names):
        faults += [f"{name} is in {kind}.yaml, but nowhere else" for name in sorted(described - names)]
    return faults
