"""Reading what words the code can have in a place, without running it.

The names of texts are mostly written out where they are used, but some come through a constant, an enumeration, a
parameter or the answer of a function. These are followed. What cannot be followed is any word, written as "*".
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
import importlib
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from .files import modules

ANY = frozenset({"*"})
NOTHING: frozenset[str] = frozenset()
PACKAGE = "custom_components.smsgateway24"
# How many steps a word is followed before it counts as any word.
FARTHEST = 12

type Words = frozenset[str]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Place:
    """Where a node stands: its module, the class around it, and what is around it from the outside in."""

    module: str
    within: tuple[ast.AST, ...] = ()

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions around, innermost first."""
        return tuple(node for node in reversed(self.within) if isinstance(node, Function))

    @property
    def owner(self) -> ast.ClassDef | None:
        """The class around, if any."""
        return next((node for node in reversed(self.within) if isinstance(node, ast.ClassDef)), None)


@dataclass(frozen=True)
class Found[Node: ast.AST]:
    """A node, and where it stands."""

    node: Node
    place: Place

    @property
    def where(self) -> str:
        """The place as a person would look for it."""
        return f"{self.place.module or '__init__'}:{getattr(self.node, 'lineno', 0)}"


def all_of(words: Iterator[Words]) -> Words:
    """Return what is in any of several sets."""
    return NOTHING.union(*words)


def called(node: ast.AST) -> str:
    """Return the last name of what is called: "async_show_form" for "self.async_show_form(...)"."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return a keyword argument of a call."""
    return next((word.value for word in call.keywords if word.arg == name), None)


def assigns(node: ast.AST, name: str) -> bool:
    """Tell whether a node sets a name."""
    match node:
        case ast.Assign(targets=targets):
            return any(
                isinstance(part, ast.Name) and part.id == name for target in targets for part in ast.walk(target)
            )
        case ast.AnnAssign(target=ast.Name(id=target)) | ast.NamedExpr(target=ast.Name(id=target)):
            return target == name
    return False


def before(node: ast.Name, place: Place, function: ast.AST) -> list[ast.AST]:
    """Return the assignments of a name that can have been the last one when the program comes to a node."""
    chain = [*place.within[place.within.index(function) :], node]
    found: list[ast.AST] = []
    for parent, child in reversed(list(pairwise(chain))):
        blocks = [block for _, block in ast.iter_fields(parent) if isinstance(block, list)]
        earlier = next((block[: block.index(child)] for block in blocks if child in block), [])
        if isinstance(parent, ast.Try) and child not in parent.body:
            earlier = [*parent.body, *earlier]
        for statement in reversed(earlier):
            found += [item for item in goes_on(statement) if assigns(item, node.id)]
            if assigns(statement, node.id):
                return found
    return found


def goes_on(statement: ast.AST) -> Iterator[ast.AST]:
    """Return all that is in a statement, except for branches after which the program does not come out of it."""
    yield statement
    for _, content in ast.iter_fields(statement):
        if isinstance(content, ast.AST):
            yield from goes_on(content)
        elif isinstance(content, list):
            ends = bool(content) and isinstance(content[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)
            for item in () if ends else content:
                if isinstance(item, ast.AST):
                    yield from goes_on(item)


class Code:
    """The integration's modules, and what words they can have where."""

    def __init__(self, root: Path) -> None:
        """Read the modules of a checkout."""
        self.modules = modules(root)
        self._readers: dict[type[ast.expr], Callable[[Any, Place, int], Words]] = {
            ast.Constant: self._constant,
            ast.JoinedStr: self._joined,
            ast.FormattedValue: lambda node, place, depth: self.words(node.value, place, depth),
            ast.NamedExpr: lambda node, place, depth: self.words(node.value, place, depth),
            ast.Await: lambda node, place, depth: self.words(node.value, place, depth),
            ast.IfExp: lambda node, place, depth: (
                self.words(node.body, place, depth) | self.words(node.orelse, place, depth)
            ),
            ast.BoolOp: lambda node, place, depth: all_of(self.words(value, place, depth) for value in node.values),
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
        }

    # --- finding --------------------------------------------------------------------------

    @cached_property
    def nodes(self) -> tuple[Found[ast.AST], ...]:
        """All nodes of all modules."""

        def walk(node: ast.AST, place: Place) -> Iterator[Found[ast.AST]]:
            inner = Place(place.module, (*place.within, node))
            for child in ast.iter_child_nodes(node):
                yield Found(child, inner)
                yield from walk(child, inner)

        return tuple(found for name, module in self.modules.items() for found in walk(module, Place(name)))

    def find[Node: ast.AST](self, kind: type[Node]) -> Iterator[Found[Node]]:
        """Return all nodes of a kind."""
        return (Found(found.node, found.place) for found in self.nodes if isinstance(found.node, kind))

    @cached_property
    def calls(self) -> dict[str, list[Found[ast.Call]]]:
        """All calls, by the last name of what is called."""
        by_name: dict[str, list[Found[ast.Call]]] = {}
        for found in self.find(ast.Call):
            by_name.setdefault(called(found.node), []).append(found)
        return by_name

    @cached_property
    def spoken(self) -> Words:
        """Every word that stands in the code as a string, or in a constant that it takes from elsewhere."""
        written = {
            found.node.value
            for found in self.find(ast.Constant)
            if isinstance(found.node.value, str) and found.node.value
        }
        taken = (
            self._imported(alias.asname or alias.name, found.place.module, 0)
            for found in self.find(ast.ImportFrom)
            for alias in found.node.names
        )
        # Names of members are often written small to make a key of them.
        members = {
            part.id.lower()
            for found in self.find(ast.ClassDef)
            for node in found.node.body
            if isinstance(node, ast.Assign)
            for part in node.targets
            if isinstance(part, ast.Name)
        }
        return frozenset(written) | frozenset(members) | (all_of(taken) - ANY)

    def class_named(self, name: str, module: str) -> Found[ast.ClassDef] | None:
        """Return a class by the name that it has in a module, wherever it is defined."""
        found = self._classes.get((module, name))
        if found is not None:
            return found
        source = self._origin(name, module)
        return self.class_named(source[1], source[0]) if source and source[0] in self.modules else None

    @cached_property
    def _classes(self) -> dict[tuple[str, str], Found[ast.ClassDef]]:
        return {(found.place.module, found.node.name): found for found in self.find(ast.ClassDef)}

    @cached_property
    def returns(self) -> dict[tuple[str, str], list[Found[ast.Return]]]:
        """All answers of functions, by module and name."""
        by_function: dict[tuple[str, str], list[Found[ast.Return]]] = {}
        for found in self.find(ast.Return):
            name = getattr(found.place.functions[0], "name", "")
            by_function.setdefault((found.place.module, name), []).append(found)
        return by_function

    @cached_property
    def _imports(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Where each module takes its names from."""
        return {
            (found.place.module, alias.asname or alias.name): (
                self._absolute(found.node, found.place.module),
                alias.name,
            )
            for found in self.find(ast.ImportFrom)
            for alias in found.node.names
        }

    # --- words ----------------------------------------------------------------------------

    def words(self, node: ast.expr | None, place: Place, depth: int = 0) -> Words:
        """Return the strings that an expression can be; "*" in them stands for any word. None is no string."""
        if node is None:
            return NOTHING
        reader = self._readers.get(type(node))
        return reader(node, place, depth + 1) if reader and depth < FARTHEST else ANY

    def elements(self, node: ast.expr | None, place: Place, depth: int = 0) -> Words:
        """Return the strings that a list, tuple, set, enumeration, or the keys of a mapping can hold."""
        if depth >= FARTHEST:
            return ANY
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return all_of(
                    self.elements(item.value, place, depth + 1)
                    if isinstance(item, ast.Starred)
                    else self.words(item, place, depth)
                    for item in items
                )
            case ast.Dict(keys=keys):
                return all_of(self.words(key, place, depth) for key in keys if key)
            case ast.ListComp(elt=item, generators=loops) | ast.SetComp(elt=item, generators=loops):
                return self.words(item, Place(place.module, (*place.within, node)), depth) if loops else ANY
            case ast.Call(func=ast.Attribute(value=inner, attr="items" | "keys")) if not node.args:
                return self.elements(inner, place, depth + 1)
            case ast.Call(args=[inner]) if called(node) in {"list", "tuple", "sorted", "set", "frozenset"}:
                return self.elements(inner, place, depth + 1)
            case ast.Name(id=name):
                return self._named_elements(name, place, depth + 1)
            case ast.Subscript(value=ast.Name(id=name)):
                values = self._module_value(name, place.module)
                if values is not None and isinstance(values.node, ast.Dict):
                    return all_of(self.elements(item, values.place, depth + 1) for item in values.node.values)
        return ANY

    @staticmethod
    def _constant(node: ast.Constant, *_: object) -> Words:
        return frozenset({node.value}) if isinstance(node.value, str) else NOTHING

    def _joined(self, node: ast.JoinedStr, place: Place, depth: int) -> Words:
        parts = [self.words(part, place, depth) for part in node.values]
        return frozenset("".join(choice) for choice in product(*parts))

    def _name(self, node: ast.Name, place: Place, depth: int) -> Words:
        for function in place.functions:
            found = self._in_function(node, function, place, depth)
            if found is not None:
                return found
        around = [item for item in place.within if not isinstance(item, Function)]
        looped = self._in_loops(node.id, around, place, depth)
        if looped is not None:
            return looped
        value = self._module_value(node.id, place.module)
        if value is not None:
            return self.words(value.node, value.place, depth)
        return self._imported(node.id, place.module, depth)

    def _attribute(self, node: ast.Attribute, place: Place, depth: int) -> Words:
        if node.attr == "value":
            return self.words(node.value, place, depth)
        if isinstance(node.value, ast.Name):
            members = self._members(node.value.id, place.module)
            if members is not None:
                return members.get(node.attr, ANY)
        return ANY

    def _call(self, node: ast.Call, place: Place, depth: int) -> Words:
        match node:
            case ast.Call(func=ast.Name(id="str"), args=[inner]):
                return self.words(inner, place, depth)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name)):
                return self._answers(name, place.module, None, depth)
        return ANY

    # --- following ------------------------------------------------------------------------

    def _in_function(self, node: ast.Name, function: Function, place: Place, depth: int) -> Words | None:
        """Follow a name that a function has: as a parameter, or by assignments and loops in it."""
        here = Place(place.module, place.within[: place.within.index(function) + 1])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            parameters = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
            if node.id in parameters or node.id in {argument.arg for argument in function.args.kwonlyargs}:
                return self._given(node.id, parameters, function, here, depth)
        body = [inner for part in ast.iter_child_nodes(function) for inner in ast.walk(part)]
        everywhere = [item for item in body if assigns(item, node.id)]
        # What an assignment in another branch says does not reach the place; in a function around, all of them may.
        reaching = before(node, place, function) if function is place.functions[0] else everywhere
        found = [
            words
            for item in ([item for item in reaching if assigns(item, node.id)] or everywhere)
            if (words := self._assigned(node.id, item, here, depth)) is not None
        ]
        looped = self._in_loops(node.id, body, place, depth)
        if looped is not None:
            found.append(looped)
        return all_of(iter(found)) if found else None

    def _assigned(self, name: str, node: ast.AST, place: Place, depth: int) -> Words | None:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=target)], value=value)
                | ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=target), value=value)
            ) if target == name:
                return self.words(value, place, depth)
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=value):
                names = [part.id if isinstance(part, ast.Name) else "" for part in parts]
                if name in names:
                    is_answer = isinstance(value, ast.Call)
                    return self._answers(called(value), place.module, names.index(name), depth) if is_answer else ANY
        return None

    def _in_loops(self, name: str, nodes: list[ast.AST], place: Place, depth: int) -> Words | None:
        """Follow a name that runs through something."""
        for node in nodes:
            match node:
                case ast.For(target=target, iter=source):
                    loops = [(target, source)]
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    loops = [(loop.target, loop.iter) for loop in node.generators]
                case _:
                    continue
            for target, source in loops:
                match target:
                    case ast.Name(id=found) if found == name:
                        return self.elements(source, place, depth)
                    case ast.Tuple(elts=[ast.Name(id=found), *_]) if found == name:
                        return self.elements(source, place, depth) if isinstance(source, ast.Call) else ANY
        return None

    def _given(self, name: str, parameters: list[str], function: ast.AST, place: Place, depth: int) -> Words:
        """Follow a parameter to the calls of its function."""
        match function:
            case ast.FunctionDef(name=called_as) | ast.AsyncFunctionDef(name=called_as):
                pass
            case _:
                return ANY
        owner = place.owner
        is_method = bool(parameters) and parameters[0] in {"self", "cls"}
        if called_as == "__init__" and owner is not None:
            called_as = owner.name
        given = []
        for call in self.calls.get(called_as, []):
            value = keyword(call.node, name)
            index = parameters.index(name) - is_method if name in parameters else len(call.node.args)
            if value is None and index < len(call.node.args):
                value = call.node.args[index]
            if value is not None:
                given.append(self.words(value, call.place, depth))
        return all_of(iter(given)) if given else ANY

    def _answers(self, name: str, module: str, index: int | None, depth: int) -> Words:
        """Return what a function of ours can answer, or one part of the tuple that it answers."""
        origin = self._origin(name, module)
        if origin and origin[0] in self.modules:
            module, name = origin
        answers = []
        for found in self.returns.get((module, name), []):
            match found.node.value:
                case ast.Tuple(elts=parts) if index is not None:
                    answers.append(self.words(parts[index], found.place, depth))
                case value if index is None:
                    answers.append(self.words(value, found.place, depth))
        return all_of(iter(answers)) if answers else ANY

    def _module_value(self, name: str, module: str) -> Found[ast.expr] | None:
        """Return what a name of ours is set to at the top of a module, its own or the one that it comes from."""
        for node in self.modules[module].body:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    return Found(value, Place(module, (self.modules[module],)))
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                    return Found(value, Place(module, (self.modules[module],)))
        origin = self._origin(name, module)
        return self._module_value(origin[1], origin[0]) if origin and origin[0] in self.modules else None

    def _members(self, name: str, module: str) -> dict[str, Words] | None:
        """Return the members of an enumeration, ours or somebody's."""
        found = self.class_named(name, module)
        if found is not None:
            return {
                node.targets[0].id: self.words(node.value, found.place)
                for node in found.node.body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
        origin = self._origin(name, module)
        thing = self._foreign(origin) if origin else None
        if isinstance(thing, type) and issubclass(thing, Enum):
            return {member.name: frozenset({str(member.value)}) for member in thing}
        return None

    def _named_elements(self, name: str, place: Place, depth: int) -> Words:
        for function in place.functions:
            for node in ast.walk(function):
                match node:
                    case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                        return self.elements(value, place, depth)
        found = self._module_value(name, place.module)
        if found is not None:
            return self.elements(found.node, found.place, depth)
        members = self._members(name, place.module)
        return all_of(iter(members.values())) if members else ANY

    def _origin(self, name: str, module: str) -> tuple[str, str] | None:
        """Return the module and the name that an import takes a name from. Ours are named within the package."""
        return self._imports.get((module, name))

    def _absolute(self, node: ast.ImportFrom, module: str) -> str:
        source = node.module or ""
        if not node.level:
            return source.removeprefix(f"{PACKAGE}.") if source.startswith(f"{PACKAGE}.") else source
        parts = module.split(".") if module else []
        # A package's own relative imports start in it, a module's in the package around it.
        is_package = any(other.startswith(f"{module}.") for other in self.modules)
        up = node.level - 1 if is_package or not module else node.level
        base = parts[: len(parts) - up] if up else parts
        return ".".join(part for part in (*base, source) if part)

    def _imported(self, name: str, module: str, depth: int) -> Words:
        origin = self._origin(name, module)
        if origin is None:
            return ANY
        if origin[0] in self.modules:
            value = self._module_value(origin[1], origin[0])
            return self.words(value.node, value.place, depth) if value else ANY
        thing = self._foreign(origin)
        return frozenset({str(thing)}) if isinstance(thing, str) else ANY

    def _foreign(self, origin: tuple[str, str]) -> object:
        if not origin[0].startswith("homeassistant."):
            return None
        return getattr(importlib.import_module(origin[0]), origin[1], None)
