"""The texts: all that the code asks for are there, no others, in good form, and alike in every language."""

from collections.abc import Callable, Iterator
from pathlib import Path
import re
from typing import Any

import pytest

from .files import ROOT, change_json, package, read_json, write_json
from .texts import KEY, Keys, leaves, placeholders
from .wording import fits, wording

# The form of the file, as Home Assistant reads it: "*" is any key, and None a text.
_FIELDS = {"*": None}
_STEP = {
    "title": None,
    "description": None,
    "data": _FIELDS,
    "data_description": _FIELDS,
    "menu_options": _FIELDS,
    "menu_option_descriptions": _FIELDS,
    "submit": None,
    "sections": {"*": {"name": None, "description": None, "data": _FIELDS, "data_description": _FIELDS}},
}
_FLOW = {"step": {"*": _STEP}, "error": _FIELDS, "abort": _FIELDS, "progress": _FIELDS, "create_entry": _FIELDS}
_DESCRIBED = {
    "name": None,
    "description": None,
    "fields": {"*": {"name": None, "description": None, "example": None}},
}
FORM: dict[str, Any] = {
    "config": _FLOW | {"flow_title": None, "initiate_flow": {"user": None}},
    "config_subentries": {"*": _FLOW | {"entry_type": None, "initiate_flow": _FIELDS}},
    "options": _FLOW,
    "selector": {
        "*": {
            "options": _FIELDS,
            "choices": _FIELDS,
            "unit_of_measurement": _FIELDS,
            "fields": {"*": {"name": None, "description": None}},
        }
    },
    "system_health": {"info": _FIELDS},
    "device": {"*": {"name": None}},
    "entity": {
        "*": {
            "*": {
                "name": None,
                "state": _FIELDS,
                "state_attributes": {"*": {"name": None, "state": _FIELDS}},
                "unit_of_measurement": None,
            }
        }
    },
    "exceptions": {"*": {"message": None}},
    "issues": {"*": {"title": None, "description": None, "fix_flow": _FLOW}},
    "services": {"*": _DESCRIBED | {"sections": {"*": {"name": None, "description": None}}}},
    "triggers": {"*": _DESCRIBED},
    "conditions": {"*": _DESCRIBED},
}

# The places that the code asks for by name; what stands there and is not asked for is left over.
_FLOW_PLACES = (
    "step.*",
    "step.*.data.*",
    "step.*.menu_options.*",
    "step.*.sections.*",
    "step.*.sections.*.data.*",
    "error.*",
    "abort.*",
)
ASKED_FOR = tuple(
    tuple(place.split("."))
    for place in (
        *(
            f"{flow}.{place}"
            for flow in ("config", "options", "config_subentries.*", "issues.*.fix_flow")
            for place in _FLOW_PLACES
        ),
        "selector.*",
        "selector.*.options.*",
        "system_health.info.*",
        "device.*",
        "entity.*.*",
        "entity.event.*.state_attributes.event_type.state.*",
        "exceptions.*",
        "issues.*",
        *(f"{kind}.*{rest}" for kind in ("services", "triggers", "conditions") for rest in ("", ".fields.*")),
        "services.*.sections.*",
    )
)

ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|\bwww\.)\S", re.IGNORECASE)
# Names keep their capitals; every other word of a name or a title is written as in a sentence.
PROPER = re.compile(r"SmsGateway24|Home Assistant|Android|WhatsApp|SIM|SMS|PIN|URL|ICCID|API|ID", re.IGNORECASE)


def english(root: Path) -> Any:
    """Return the English texts."""
    return read_json(package(root) / "translations" / "en.json")


def branches(tree: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Return all places, of texts and of groups of texts."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield (*keys, key)
            yield from branches(value, (*keys, key))


def form_faults(root: Path) -> list[str]:
    """Find keys that Home Assistant does not know, or refuses, and texts without the text that they need."""
    faults = []

    def descend(tree: Any, form: Any, keys: Keys) -> None:
        name = ".".join(keys)
        if form is None or not isinstance(tree, dict):
            if form is not None or not isinstance(tree, str):
                faults.append(f"{name} is in a place where Home Assistant does not look")
            return
        for key, value in tree.items():
            if key not in form and "*" not in form:
                faults.append(f"{name}.{key} is unknown to Home Assistant")
            elif key not in form and not KEY.fullmatch(key):
                faults.append(f"{name}.{key} is no key")
            else:
                descend(value, form.get(key, form.get("*")), (*keys, key))

    descend(english(root), FORM, ())
    return faults


def companion_faults(root: Path) -> list[str]:
    """Find texts that stand alone although they belong together."""
    faults = []
    for keys in branches(english(root)):
        here = inside(english(root), keys)
        match keys:
            case (*_, "step", _) | (*_, "sections", _) if set(here.get("data", {})) != set(
                here.get("data_description", here.get("data", {}))
            ):
                faults.append(f"{'.'.join(keys)} describes other fields than it names")
            case (*_, "step", _) if set(here.get("menu_options", {})) != set(
                here.get("menu_option_descriptions", here.get("menu_options", {}))
            ):
                faults.append(f"{'.'.join(keys)} describes other choices than it names")
            case ("issues", _) if "title" not in here or ("description" in here) == ("fix_flow" in here):
                faults.append(f"{'.'.join(keys)} needs a title, and either a description or a fix_flow")
            case ("config_subentries", _) if "entry_type" not in here or "user" not in here.get("initiate_flow", {}):
                faults.append(f"{'.'.join(keys)} needs entry_type and initiate_flow")
            case ("services" | "triggers" | "conditions", _) | (
                "services" | "triggers" | "conditions",
                _,
                "fields",
                _,
            ) if not {"name", "description"} <= here.keys():
                faults.append(f"{'.'.join(keys)} needs a name and a description")
    return faults


def inside(tree: Any, keys: Keys) -> Any:
    """Return what is in a place."""
    for key in keys:
        tree = tree[key]
    return tree


def text_faults(root: Path, language: str = "en") -> list[str]:
    """Find texts that Home Assistant refuses, or that do not read like ours."""
    faults = []
    for keys, text in leaves(read_json(package(root) / "translations" / f"{language}.json")):
        try:
            names = placeholders(text)
        except ValueError:
            faults.append(f"{'.'.join(keys)} has a brace that is never closed")
            continue
        rules = {
            "is empty": not text.strip(),
            "begins or ends with a space": text != text.strip(),
            "holds HTML": re.search(r"<[^>]+>", text),
            "holds an address: use a placeholder": ADDRESS.search(text),
            "has a placeholder that is no name": not all(name.isidentifier() for name in names),
            "has a placeholder in single quotes": re.search(r"'\{\w+\}'", text),
            "has a placeholder where none is filled in": names and keys[0] == "entity" and keys[3:] != ("name",),
            "exclaims": "!" in text,
            "refers to another text": "[%key" in text,
            "is not written as in a sentence": keys[-1] in {"name", "title"} and language == "en" and in_capitals(text),
        }
        faults += [f"{'.'.join(keys)} {fault}" for fault, found in rules.items() if found]
    return faults


def in_capitals(text: str) -> bool:
    """Tell whether Every Word Begins With A Capital, although names would not."""
    words = [word for word in re.findall(r"[^\W\d_]{3,}", PROPER.sub("", text))[1:] if not word.isupper()]
    return bool(words) and all(word[0].isupper() for word in words)


def missing_faults(root: Path) -> list[str]:
    """Find texts that the code asks for and that are not there."""
    texts = english(root)
    places = list(branches(texts))
    faults = set()
    for use in wording(root).uses:
        found = [keys for keys in places if use.fits(keys)]
        if use.needed and use.is_certain and not found:
            faults.add(f"{'.'.join(use.keys)} is missing, for {use.where}")
        for keys in found:
            if keys[0] == "entity" and len(keys) == 3 and "name" not in inside(texts, keys):
                faults.add(f"{'.'.join(keys)} has no name, for {use.where}")
    return sorted(faults)


def left_over_faults(root: Path) -> list[str]:
    """Find texts that nothing asks for."""
    asked = wording(root)
    faults = []
    for keys in branches(english(root)):
        if not any(fits(place, keys) for place in ASKED_FOR):
            continue
        uses = [use for use in asked.uses if use.fits(keys)]
        # Where a use can be any word, the word must at least stand somewhere in the code.
        if not uses or (not any(use.is_certain for use in uses) and keys[-1] not in asked.code.spoken):
            faults.append(f"{'.'.join(keys)} is not asked for")
    return faults


def placeholder_faults(root: Path) -> list[str]:
    """Find texts with a placeholder that the code does not fill in."""
    texts = english(root)
    faults = set()
    uses = wording(root).uses
    for use in uses:
        # One call with several possible texts fills in what each of them needs, in a way that cannot be told apart here.
        alone = sum(other.where == use.where and other.keys[0] == use.keys[0] for other in uses) == 1
        if use.given is None or not alone or not use.is_certain:
            continue
        for keys, text in leaves(texts):
            if use.fits(keys[:2]) and (lacking := placeholders(text) - use.given):
                faults.add(f"{'.'.join(keys)} is not given {', '.join(sorted(lacking))}, by {use.where}")
    return sorted(faults)


def language_faults(root: Path) -> list[str]:
    """Find languages that have other texts or placeholders than English."""
    reference = {keys: placeholders(text) for keys, text in leaves(english(root))}
    faults = []
    for path in sorted((package(root) / "translations").glob("*.json")):
        texts = {keys: placeholders(text) for keys, text in leaves(read_json(path))}
        faults += [f"{path.stem} lacks {'.'.join(keys)}" for keys in reference.keys() - texts.keys()]
        faults += [
            f"{path.stem} has {'.'.join(keys)}, which English has not" for keys in texts.keys() - reference.keys()
        ]
        faults += [
            f"{path.stem} has other placeholders in {'.'.join(keys)}"
            for keys in texts.keys() & reference.keys()
            if texts[keys] != reference[keys]
        ]
        faults += [f"{path.stem}: {fault}" for fault in text_faults(root, path.stem)]
    return sorted(faults)


CHECKS = (
    form_faults,
    companion_faults,
    text_faults,
    missing_faults,
    left_over_faults,
    placeholder_faults,
    language_faults,
)


@pytest.mark.parametrize("check", CHECKS)
def test_the_texts_are_in_order(check: Callable[[Path], list[str]]) -> None:
    """The texts of the repository pass every check."""
    assert check(ROOT) == []


def take_away(root: Path, *keys: str) -> None:
    """Remove one text, or a group of them, from the English texts of a copy."""
    texts = english(root)
    del inside(texts, keys[:-1])[keys[-1]]
    write_json(package(root) / "translations" / "en.json", texts)


def put(root: Path, *keys: str, text: Any) -> None:
    """Set one text, or a group of them, in the English texts of a copy."""
    change_json(package(root) / "translations" / "en.json", *keys, to=text)


@pytest.mark.parametrize(
    "place",
    [
        "config.step.reauth_confirm",
        "config.step.user.menu_options.token",
        "config.error.cannot_connect",
        "config.abort.wrong_account",
        "config_subentries.recipient.step.reconfigure",
        "config_subentries.recipient.error.invalid_number",
        "options.step.init",
        "options.step.settings.data.keep_unsent",
        "entity.sensor.last_seen",
        "entity.binary_sensor.online",
        "entity.event.incoming.state_attributes.event_type.state.received",
        "selector.privacy.options.minimal",
    ],
)
def test_a_text_that_is_missing_is_noticed(copy: Path, place: str) -> None:
    """A text that the code asks for cannot be taken away."""
    take_away(copy, *place.split("."))
    faults = missing_faults(copy)
    assert [fault for fault in faults if fault.split(" ")[0].endswith(f".{place.rsplit('.', maxsplit=1)[-1]}")], faults


@pytest.mark.parametrize(
    "place", ["exceptions", "config.abort", "config.error", "selector", "options.step", "entity.sensor"]
)
def test_a_text_that_is_left_over_is_noticed(copy: Path, place: str) -> None:
    """A text that nothing asks for does not stay."""
    put(copy, *place.split("."), "of_old_times", text={})
    assert left_over_faults(copy) == [f"{place}.of_old_times is not asked for"]


def test_what_is_new_in_the_code_is_noticed(copy: Path) -> None:
    """A new exception, issue, step, field or field of an action needs its text."""
    (package(copy) / "newest.py").write_text(
        "from homeassistant.config_entries import OptionsFlow\n"
        "from homeassistant.exceptions import HomeAssistantError\n"
        "from homeassistant.helpers import issue_registry as ir\n"
        "import voluptuous as vol\n"
        "class Flow(OptionsFlow):\n"
        "    async def async_step_newest(self, user_input=None):\n"
        "        errors = {'base': 'newest_error'}\n"
        "        if user_input:\n"
        "            return self.async_abort(reason='newest_abort')\n"
        "        schema = vol.Schema({vol.Required('newest_field'): str})\n"
        "        return self.async_show_form(step_id='newest', data_schema=schema, errors=errors)\n"
        "def complain(hass):\n"
        "    ir.async_create_issue(hass, 'x', 'x', translation_key='newest_issue')\n"
        "    raise HomeAssistantError(translation_domain='x', translation_key='newest_exception')\n",
        encoding="utf-8",
    )
    (package(copy) / "triggers.yaml").write_text("newest_trigger:\n  fields:\n    newest_option:\n", encoding="utf-8")
    assert {fault.split(" ")[0] for fault in missing_faults(copy)} - {
        fault.split(" ")[0] for fault in missing_faults(ROOT)
    } == {
        "exceptions.newest_exception",
        "issues.newest_issue",
        "options.abort.newest_abort",
        "options.error.newest_error",
        "options.step.*.data.newest_field",
        "options.step.newest",
        "triggers.newest_trigger",
        "triggers.newest_trigger.fields.newest_option",
    }


def test_a_placeholder_that_is_not_filled_in_is_noticed(copy: Path) -> None:
    """A text can only hold what comes with it."""
    (package(copy) / "newest.py").write_text(
        "from homeassistant.exceptions import HomeAssistantError\n"
        "def complain(name):\n"
        "    raise HomeAssistantError(\n"
        "        translation_domain='x', translation_key='newest', translation_placeholders={'name': name}\n"
        "    )\n",
        encoding="utf-8",
    )
    put(copy, "exceptions", "newest", text={"message": "{name} has lost {thing}."})
    assert placeholder_faults(copy) == ["exceptions.newest.message is not given thing, by newest:3"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("Sign in. ", "begins or ends with a space"),
        ("Sign <b>in</b>", "holds HTML"),
        ("See https://example.com/page", "holds an address: use a placeholder"),
        ("See www.example.com", "holds an address: use a placeholder"),
        ("Sign in as {e-mail}", "has a placeholder that is no name"),
        ("Sign in as {}", "has a placeholder that is no name"),
        ("Sign in as '{account}'", "has a placeholder in single quotes"),
        ("Sign in as {account", "has a brace that is never closed"),
        ("Signed in!", "exclaims"),
        ("[%key:common::error%]", "refers to another text"),
        ("Sign In Again", "is not written as in a sentence"),
    ],
)
def test_a_text_in_bad_form_is_noticed(copy: Path, text: str, fault: str) -> None:
    """A text that Home Assistant would refuse, or that shouts, is found."""
    put(copy, "config", "step", "user", "title", text=text)
    assert text_faults(copy) == [f"config.step.user.title {fault}"]


@pytest.mark.parametrize(
    "text", ["Sign in to SmsGateway24", "SIM {slot} carrier", "Number of the SIM", "Home Assistant", "Verify SSL"]
)
def test_names_keep_their_capitals(copy: Path, text: str) -> None:
    """A sentence may hold names."""
    put(copy, "config", "step", "user", "title", text=text)
    assert text_faults(copy) == []


@pytest.mark.parametrize("place", ["state.none", "unit_of_measurement", "state_attributes.by.name"])
def test_a_placeholder_that_nobody_could_fill_in_is_noticed(copy: Path, place: str) -> None:
    """Of the texts of an entity, Home Assistant fills in its name alone."""
    put(copy, "entity", "sensor", "pending", *place.split("."), text="None for {name}")
    assert text_faults(copy) == [f"entity.sensor.pending.{place} has a placeholder where none is filled in"]


def test_a_placeholder_in_a_name_is_left_alone(copy: Path) -> None:
    """The name of an entity may hold what the entity fills in."""
    put(copy, "entity", "sensor", "pending", "name", text="Pending on {phone}")
    assert text_faults(copy) == []


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        ("config.steps", {"user": {}}, "config.steps is unknown to Home Assistant"),
        ("config.step.user.name", "Name", "config.step.user.name is unknown to Home Assistant"),
        ("exceptions.Broken", {"message": "Broken"}, "exceptions.Broken is no key"),
        ("exceptions.broken_", {"message": "Broken"}, "exceptions.broken_ is no key"),
        ("exceptions.all-broken", {"message": "Broken"}, "exceptions.all-broken is no key"),
        (
            "triggers.broken.sections",
            {"more": {"name": "More"}},
            "triggers.broken.sections is unknown to Home Assistant",
        ),
        ("exceptions.broken", "Broken", "exceptions.broken is in a place where Home Assistant does not look"),
        (
            "exceptions.broken",
            {"message": {"one": "Broken"}},
            "exceptions.broken.message is in a place where Home Assistant does not look",
        ),
    ],
)
def test_a_text_in_the_wrong_place_is_noticed(copy: Path, place: str, text: Any, fault: str) -> None:
    """Home Assistant passes over texts that stand elsewhere, and its validator refuses them."""
    put(copy, *place.split("."), text=text)
    assert form_faults(copy) == [fault]


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        (
            "config.step.user",
            {"data": {"a": "A"}, "data_description": {"b": "B"}},
            "config.step.user describes other fields than it names",
        ),
        (
            "config.step.user",
            {"menu_options": {"a": "A"}, "menu_option_descriptions": {}},
            "config.step.user describes other choices than it names",
        ),
        ("issues.broken", {"title": "Broken"}, "issues.broken needs a title, and either a description or a fix_flow"),
        (
            "issues.broken",
            {"description": "Broken"},
            "issues.broken needs a title, and either a description or a fix_flow",
        ),
        ("config_subentries.other", {"step": {}}, "config_subentries.other needs entry_type and initiate_flow"),
        ("triggers.other", {"name": "Other"}, "triggers.other needs a name and a description"),
    ],
)
def test_a_text_that_stands_alone_is_noticed(copy: Path, place: str, text: Any, fault: str) -> None:
    """What belongs together is there together."""
    put(copy, *place.split("."), text=text)
    assert companion_faults(copy) == [fault]


def test_a_language_that_lags_behind_is_noticed(copy: Path) -> None:
    """Every language has the texts and the placeholders of English."""
    texts = english(copy)
    del texts["config"]["error"]["unknown"]
    texts["config"]["error"]["unheard_of"] = "Unerhört."
    texts["config"]["error"]["invalid_auth"] = "{name} stimmt nicht!"
    write_json(package(copy) / "translations" / "de.json", texts)
    assert language_faults(copy) == [
        "de has config.error.unheard_of, which English has not",
        "de has other placeholders in config.error.invalid_auth",
        "de lacks config.error.unknown",
        "de: config.error.invalid_auth exclaims",
    ]
