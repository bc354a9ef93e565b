"""Which texts the integration asks for: what must stand in translations/en.json, and nothing else may."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
import re
from typing import Any

from homeassistant.const import Platform

from .files import package, read_yaml
from .reading import ANY, NOTHING, Code, Found, Place, Words, called, keyword
from .texts import Keys

PLATFORMS = frozenset(platform.value for platform in Platform)
FLOWS = {
    "ConfigFlow": "config",
    "OptionsFlow": "options",
    "ConfigSubentryFlow": "config_subentries",
    "RepairsFlow": "issues",
}
SHOWN_BY = {"async_show_form", "async_show_menu", "async_show_progress", "async_external_step"}
# With these, it may happen to abort, if somebody does the same thing twice at the same moment.
POSSIBLE_ABORTS = {"async_set_unique_id": "already_in_progress", "async_create_entry": "already_configured"}
# With these, Home Assistant aborts with a reason of its own unless it is given another.
ABORTS = {
    "_abort_if_unique_id_configured": "already_configured",
    "_async_abort_entries_match": "already_configured",
    "_abort_if_unique_id_mismatch": "unique_id_mismatch",
}
DEVICES = {"DeviceInfo", "async_get_or_create", "async_update_device"}
UPDATES = {"async_update_and_abort", "async_update_reload_and_abort"}
UPDATED = {"async_step_reauth": "reauth_successful", "async_step_reconfigure": "reconfigure_successful"}


@dataclass(frozen=True)
class Use:
    """A text that is asked for: its place in en.json, with "*" for any word, and where it is asked for.

    `given` are the placeholders that come with it; None if that cannot be told. With `others`, the text may stand in any
    of several places. What is not `needed` may stand there, because it depends on Home Assistant whether it is shown.
    """

    keys: Keys
    where: str
    given: Words | None = None
    others: tuple[Keys, ...] = ()
    needed: bool = True

    def fits(self, keys: Keys) -> bool:
        """Tell whether this asks for a place in en.json."""
        return any(fits(place, keys) for place in (self.keys, *self.others))

    @property
    def is_certain(self) -> bool:
        """Whether the last word is known at least in part."""
        return self.keys[-1] != "*"


def fits(place: Keys, keys: Keys) -> bool:
    """Tell whether a place with any words in it can be that of these keys."""
    return len(place) == len(keys) and all(
        re.fullmatch(re.escape(word).replace(r"\*", ".*"), key) for word, key in zip(place, keys, strict=True)
    )


_KNOWN: dict[str, Wording] = {}


def wording(root: Path) -> Wording:
    """Read what a checkout asks for, once for all checkouts with the same code."""
    digest = sha256()
    for path in sorted([*package(root).rglob("*.py"), *package(root).glob("*.yaml")]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    known = _KNOWN.get(digest.hexdigest())
    if known is None:
        known = _KNOWN[digest.hexdigest()] = Wording(root)
    return known


class Wording:
    """What the code and the descriptions of an integration ask for."""

    def __init__(self, root: Path) -> None:
        """Read a checkout."""
        self.code = Code(root)
        self.folder = package(root)
        self.uses: tuple[Use, ...] = (
            *self._keyed(),
            *self._attributes(),
            *self._event_types(),
            *self._steps(),
            *self._errors(),
            *self._aborts(),
            *self._fields(),
            *self._repairs(),
            *self._health(),
            *self._described(),
        )
        # For each entity: its platform, its key, whether a device class gives it an icon, and where that stands.
        self.entity_keys = tuple(self._entity_keys())

    # --- everything with a translation key ------------------------------------------------

    def _keyed(self) -> Iterator[Use]:
        for found in self.code.find(ast.Call):
            node, place = found.node, found.place
            key = keyword(node, "translation_key")
            if key is None:
                continue
            given = self._placeholders(keyword(node, "translation_placeholders"), place)
            for word in self.code.words(key, place):
                name = called(node)
                if name.endswith("create_issue"):
                    yield Use(("issues", word), found.where, given)
                elif name.endswith("SelectorConfig"):
                    yield Use(("selector", word), found.where)
                    options = self._options(keyword(node, "options"), place)
                    yield from (Use(("selector", word, "options", option), found.where) for option in options)
                elif name in DEVICES:
                    yield Use(("device", word), found.where)
                elif keyword(node, "translation_domain") is None and place.module in PLATFORMS:
                    if not is_none(keyword(node, "name")):
                        yield Use(("entity", place.module, word), found.where)
                else:
                    yield Use(("exceptions", word), found.where, given)

    def _placeholders(self, node: ast.expr | None, place: Place) -> Words | None:
        if node is None:
            return NOTHING
        given = self.code.elements(node, place) if isinstance(node, ast.Dict) and all(node.keys) else ANY
        return None if "*" in given else given

    def _options(self, node: ast.expr | None, place: Place) -> Words:
        if isinstance(node, ast.List) and any(
            not isinstance(item, ast.Constant | ast.Name | ast.Attribute) for item in node.elts
        ):
            # Options with a label of their own stand among them: only the others would need a text.
            return ANY
        return self.code.elements(node, place)

    def _entity_keys(self) -> Iterator[tuple[str, str, bool, str]]:
        for found in self.code.find(ast.Call):
            key = keyword(found.node, "translation_key")
            if key is None or found.place.module not in PLATFORMS or keyword(found.node, "translation_domain"):
                continue
            if not called(found.node).endswith("SelectorConfig"):
                has_class = not is_none(keyword(found.node, "device_class"), or_missing=True)
                for word in self.code.words(key, found.place):
                    yield found.place.module, word, has_class, found.where
        for attribute, value in self._entity_attributes("_attr_translation_key"):
            has_class = any(
                other.place.owner is attribute.place.owner for other, _ in self._entity_attributes("_attr_device_class")
            )
            platform = attribute.place.module if attribute.place.module in PLATFORMS else "*"
            for word in self.code.words(value, attribute.place):
                yield platform, word, has_class, attribute.where

    def _entity_attributes(self, name: str) -> Iterator[tuple[Found[ast.AST], ast.expr]]:
        """Return what an attribute of entities is set to, in a class or on self."""
        for found in self.code.nodes:
            match found.node:
                case (
                    ast.Assign(
                        targets=[ast.Name(id=target) | ast.Attribute(value=ast.Name(id="self"), attr=target)],
                        value=value,
                    )
                    | ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value)
                ) if target == name and found.place.owner is not None:
                    yield found, value

    def _attributes(self) -> Iterator[Use]:
        nameless = {id(found.place.owner) for found, value in self._entity_attributes("_attr_name") if is_none(value)}
        for found, value in self._entity_attributes("_attr_translation_key"):
            if id(found.place.owner) in nameless:
                continue
            platform = found.place.module if found.place.module in PLATFORMS else "*"
            for word in self.code.words(value, found.place):
                yield Use(("entity", platform, word), found.where)

    def _event_types(self) -> Iterator[Use]:
        described = (
            (found, types) for found in self.code.find(ast.Call) if (types := keyword(found.node, "event_types"))
        )
        for found, value in (*self._entity_attributes("_attr_event_types"), *described):
            for word in self.code.elements(value, found.place):
                yield Use(("entity", "event", "*", "state_attributes", "event_type", "state", word), found.where)

    # --- flows ----------------------------------------------------------------------------

    @cached_property
    def _flows(self) -> dict[ast.ClassDef, Keys]:
        """The flow classes, and where their texts stand."""
        subentries = {
            value.id: word
            for found in self.code.find(ast.Dict)
            if any(
                getattr(function, "name", "") == "async_get_supported_subentry_types"
                for function in found.place.functions
            )
            for key, value in zip(found.node.keys, found.node.values, strict=True)
            if isinstance(value, ast.Name)
            for word in self.code.words(key, found.place)
        }
        flows: dict[ast.ClassDef, Keys] = {}
        for found in self.code.find(ast.ClassDef):
            base = self._base(found)
            if base == "ConfigSubentryFlow":
                flows[found.node] = ("config_subentries", subentries.get(found.node.name, "*"))
            elif base == "RepairsFlow":
                flows[found.node] = ("issues", "*", "fix_flow")
            elif base:
                flows[found.node] = (FLOWS[base],)
        return flows

    def _base(self, found: Found[ast.ClassDef]) -> str | None:
        """Return the kind of flow that a class is, through all its bases."""
        for base in found.node.bases:
            name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
            if name in FLOWS:
                return name
            if name == "ConfirmRepairFlow":
                return "RepairsFlow"
            own = self.code.class_named(name, found.place.module)
            if own is not None and (kind := self._base(own)):
                return kind
        return None

    def _flows_at(self, place: Place) -> list[Keys]:
        """Return where the texts of the flow around a place stand; for a helper beside flows, of all of those."""
        owner = place.owner
        if owner in self._flows:
            return [self._flows[owner]]
        beside = [
            self._flows[found.node]
            for found in self.code.find(ast.ClassDef)
            if found.place.module == place.module and found.node in self._flows
        ]
        return beside or [("*",), ("*", "*"), ("*", "*", "*")]

    @staticmethod
    def _in_one_of(flows: list[Keys], keys: Keys, where: str, *, needed: bool = True) -> Use:
        first, *others = [(*flow, *keys) for flow in flows]
        return Use(first, where, others=tuple(others), needed=needed)

    def _flow_uses(self, found: Found[Any], words: Iterable[str], *keys: str, needed: bool = True) -> Iterator[Use]:
        for word in words:
            yield self._in_one_of(self._flows_at(found.place), (*keys, word), found.where, needed=needed)

    def _steps(self) -> Iterator[Use]:
        for found in self.code.find(ast.Call):
            if called(found.node) not in SHOWN_BY:
                continue
            steps = self.code.words(keyword(found.node, "step_id"), found.place) or self._step_around(found.place)
            yield from self._flow_uses(found, steps, "step")
            if (options := keyword(found.node, "menu_options")) is not None:
                for step in steps:
                    yield from self._flow_uses(
                        found, self.code.elements(options, found.place), "step", step, "menu_options"
                    )

    @staticmethod
    def _step_around(place: Place) -> Words:
        names = (getattr(function, "name", "") for function in place.functions)
        return frozenset(name.removeprefix("async_step_") for name in names if name.startswith("async_step_"))

    def _errors(self) -> Iterator[Use]:
        for found in self.code.nodes:
            match found.node:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="errors"))], value=value):
                    words = self.code.words(value, found.place)
                case (
                    ast.Assign(targets=[ast.Name(id="errors")], value=ast.Dict(values=values))
                    | ast.AnnAssign(target=ast.Name(id="errors"), value=ast.Dict(values=values))
                    | ast.keyword(arg="errors", value=ast.Dict(values=values))
                ):
                    words = NOTHING.union(*(self.code.words(value, found.place) for value in values))
                case _:
                    continue
            yield from self._flow_uses(found, words, "error")
        # An error can also come out of a function, in a way that is not followed here.
        for flow in self._flows.values():
            yield Use((*flow, "error", "*"), "", needed=False)

    def _aborts(self) -> Iterator[Use]:
        for found in self.code.find(ast.Call):
            name = called(found.node)
            reason = keyword(found.node, "reason") or keyword(found.node, "error")
            if name == "AbortFlow":
                reason = reason or next(iter(found.node.args), None)
            by_itself = self._by_itself(name, found.place)
            if by_itself or name in {"async_abort", "AbortFlow"}:
                yield from self._flow_uses(found, self.code.words(reason, found.place) or by_itself, "abort")
            elif name in POSSIBLE_ABORTS:
                yield from self._flow_uses(found, [POSSIBLE_ABORTS[name]], "abort", needed=False)

    def _by_itself(self, name: str, place: Place) -> Words:
        """Return the reasons that Home Assistant has for an abort when it is given none."""
        if name in UPDATES:
            return self._updated(place)
        return frozenset({ABORTS[name]}) if name in ABORTS else NOTHING

    @staticmethod
    def _updated(place: Place) -> Words:
        """Return the reasons with which a flow ends that updates what is there."""
        methods = (
            {node.name for node in ast.walk(place.owner) if isinstance(node, ast.AsyncFunctionDef)}
            if place.owner
            else set()
        )
        return frozenset(reason for method, reason in UPDATED.items() if method in methods)

    def _fields(self) -> Iterator[Use]:
        modules = {found.place.module for found in self.code.find(ast.ClassDef) if found.node in self._flows}
        for found in self.code.find(ast.Call):
            if (
                found.place.module not in modules
                or called(found.node) not in {"Required", "Optional"}
                or not found.node.args
            ):
                continue
            words = self.code.words(found.node.args[0], found.place)
            if self._is_section(found):
                yield from self._flow_uses(found, words, "step", "*", "sections")
                continue
            sections = self._section_around(found)
            flows = self._flows_at(found.place)
            for word in words:
                in_sections = [("step", "*", "sections", section, "data", word) for section in sections or ("*",)]
                # Fields that do not stand in a section here may be put into one elsewhere.
                places = in_sections if sections else [("step", "*", "data", word), *in_sections]
                first, *others = [(*flow, *place) for flow in flows for place in places]
                yield Use(first, found.where, others=tuple(others))

    @staticmethod
    def _sections(place: Place) -> Iterator[tuple[ast.expr, ast.Call]]:
        for node in place.within:
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if key is not None and isinstance(value, ast.Call) and called(value) == "section":
                        yield key, value

    def _is_section(self, found: Found[ast.Call]) -> bool:
        return any(key is found.node for key, _ in self._sections(found.place))

    def _section_around(self, found: Found[ast.Call]) -> Words | None:
        for key, value in self._sections(found.place):
            if value in found.place.within and isinstance(key, ast.Call) and key.args:
                return self.code.words(key.args[0], found.place)
        return None

    def _repairs(self) -> Iterator[Use]:
        """Return the texts of Home Assistant's own repair flow, where it is used."""
        if "ConfirmRepairFlow" in self.code.calls:
            yield Use(("issues", "*", "fix_flow", "step", "confirm"), "", needed=False)

    # --- the rest -------------------------------------------------------------------------

    def _health(self) -> Iterator[Use]:
        for found in self.code.find(ast.Return):
            if found.place.module == "system_health" and isinstance(found.node.value, ast.Dict):
                for word in self.code.elements(found.node.value, found.place):
                    yield Use(("system_health", "info", word), found.where)

    def _described(self) -> Iterator[Use]:
        """Return the texts of actions, triggers and conditions, which YAML files describe."""
        for kind in ("services", "triggers", "conditions"):
            for name, description in read_yaml(self.folder / f"{kind}.yaml").items():
                if not name.startswith("."):
                    yield Use((kind, name), f"{kind}.yaml")
                    yield from self._described_fields(kind, name, (description or {}).get("fields") or {})

    def _described_fields(self, kind: str, name: str, fields: dict[str, Any]) -> Iterator[Use]:
        for field, content in fields.items():
            if "fields" in (content or {}):
                yield Use((kind, name, "sections", field), f"{kind}.yaml")
                yield from self._described_fields(kind, name, content["fields"])
                continue
            yield Use((kind, name, "fields", field), f"{kind}.yaml")
            for config in ((content or {}).get("selector") or {}).values():
                if word := (config or {}).get("translation_key"):
                    yield Use(("selector", word), f"{kind}.yaml")
                    # An option with a label of its own needs no text.
                    options = (str(option) for option in config.get("options", ()) if not isinstance(option, dict))
                    yield from (Use(("selector", word, "options", option), f"{kind}.yaml") for option in options)


def is_none(node: ast.expr | None, *, or_missing: bool = False) -> bool:
    """Tell whether an expression is None, written out."""
    return or_missing if node is None else isinstance(node, ast.Constant) and node.value is None
