"""The blueprints as they stand in their files: valid, safe, and described."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.importer import fetch_blueprint_from_github_url
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.json import json_loads_object
from homeassistant.util.yaml import Input, load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import DOMAIN
from tests.repository.files import ROOT
from tests.test_services import fields_of

from .conftest import Make
from .files import BLUEPRINTS, FOLDER, content

DOCUMENT = ROOT / "docs" / "blueprints.md"
BUTTON = re.compile(
    r"\[!\[[^\]]+\]\(https://my\.home-assistant\.io/badges/blueprint_import\.svg\)\]"
    r"\((https://my\.home-assistant\.io/redirect/blueprint_import/\?blueprint_url=[^)]+)\)"
)
PACKAGE = ROOT / "custom_components" / DOMAIN
TRIGGERS = load_yaml_dict(PACKAGE / "triggers.yaml")
CONDITIONS = load_yaml_dict(PACKAGE / "conditions.yaml")
# What Home Assistant has of its own, and these blueprints use.
OTHER_TRIGGERS = {"state", "time"}
OTHER_CONDITIONS = {"state", "template", "time", "trigger"}
OTHER_ACTIONS = {"notify.send_message", "persistent_notification.create"}
# Those that read texts of people, or hold a PIN.
WITHOUT_TRACES = {"command_with_pin", "forward_to_app"}
# Those that need texts, and say so.
NEED_TEXTS = {"acknowledge_and_escalate", "answer_status", "command_with_pin"}


@pytest.fixture(params=BLUEPRINTS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    """Return one blueprint after the other."""
    found: Path = request.param
    return found


@pytest.fixture
def blueprint(path: Path) -> dict[str, Any]:
    """Return what it holds."""
    return content(path)


@pytest.fixture
def text(path: Path) -> str:
    """Return it as it is written."""
    return path.read_text(encoding="utf-8")


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Return all mappings within a part of a blueprint, however deep."""
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from parts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from parts(inner)


def named(blueprint: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return all triggers, conditions or actions, also in the defaults of inputs; selectors are none."""
    return [part for part in parts(blueprint) if isinstance(part.get(kind), str)]


def used_inputs(node: Any) -> Iterator[str]:
    """Return the names of the inputs that are used."""
    if isinstance(node, Input):
        yield node.name
    elif isinstance(node, dict):
        for inner in node.values():
            yield from used_inputs(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from used_inputs(inner)


def flat_inputs(blueprint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the inputs by their names, those in sections as well."""
    found: dict[str, dict[str, Any]] = {}
    for name, given in blueprint["blueprint"]["input"].items():
        found |= given.get("input", {name: given})
    return found


def test_all_of_them_are_here() -> None:
    """None was lost, and none is in another folder."""
    assert [path.stem for path in BLUEPRINTS] == [
        "acknowledge_and_escalate",
        "alert_with_fallback",
        "answer_status",
        "command_with_pin",
        "daily_life_sign",
        "forward_to_app",
        "phone_offline",
        "smoke_or_leak",
    ]
    assert [path for path in (ROOT / "blueprints").rglob("*") if path.is_file() and path.parent != FOLDER] == []


async def test_home_assistant_lists_them(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, make: Make, account: None
) -> None:
    """Without an error in any."""
    await make("answer_status")
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "blueprint/list", "domain": AUTOMATION})
    listed = (await client.receive_json())["result"]

    assert {name: found.get("error") for name, found in listed.items()} == {
        f"ha-smsgateway24/{path.name}": None for path in BLUEPRINTS
    }


def test_it_is_one_for_an_automation(path: Path, blueprint: dict[str, Any]) -> None:
    """Which this and all newer releases of Home Assistant can read."""
    loaded = Blueprint(blueprint, path=path.name, expected_domain=AUTOMATION, schema=AUTOMATION_BLUEPRINT_SCHEMA)
    assert loaded.validate() is None
    oldest = json_loads_object((ROOT / "hacs.json").read_text(encoding="utf-8"))["homeassistant"]
    assert blueprint["blueprint"]["homeassistant"] == {"min_version": oldest}


def test_every_input_is_used_and_described(blueprint: dict[str, Any]) -> None:
    """With a name and a way to fill it in; those in sections can be left as they are."""
    inputs = flat_inputs(blueprint)
    assert set(used_inputs(blueprint)) == inputs.keys()
    assert [name for name, given in inputs.items() if not given.get("name") or not given.get("selector")] == []
    sections = [given for given in blueprint["blueprint"]["input"].values() if "input" in given]
    assert all(section["collapsed"] and section["name"] and section["icon"] for section in sections)
    assert [name for section in sections for name, given in section["input"].items() if "default" not in given] == []


def test_its_triggers_and_conditions_exist(blueprint: dict[str, Any]) -> None:
    """Ours, with the options that they have, and a few of Home Assistant's own."""
    for kind, ours, others in (
        ("trigger", TRIGGERS, OTHER_TRIGGERS),
        ("condition", CONDITIONS, OTHER_CONDITIONS),
    ):
        for part in named(blueprint, kind):
            domain, _, name = part[kind].partition(".")
            if domain == DOMAIN:
                described = ours[name] or {}
                assert part.get("options", {}).keys() <= described.get("fields", {}).keys()
                assert "target" not in part or "target" in described
            else:
                assert part[kind] in others


async def test_its_actions_exist(hass: HomeAssistant, blueprint: dict[str, Any]) -> None:
    """With the fields that they have."""
    assert await async_setup_component(hass, DOMAIN, {})
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    for call in named(blueprint, "action"):
        domain, _, name = call["action"].partition(".")
        if domain == DOMAIN:
            assert call["data"].keys() <= fields_of(described[name]).keys()
        else:
            assert call["action"] in OTHER_ACTIONS


def test_no_trigger_is_on_the_state_of_our_events(blueprint: dict[str, Any]) -> None:
    """They change for other reasons than messages, and do not know which are late."""
    inputs = flat_inputs(blueprint)
    for trigger in (part for part in named(blueprint, "trigger") if part["trigger"] == "state"):
        selector = inputs[trigger["entity_id"].name]["selector"]["entity"]
        domains = [one["domain"] for one in selector["filter"]]
        assert domains
        assert "event" not in domains


def test_messages_are_acted_upon_only_if_they_are_fresh(path: Path, blueprint: dict[str, Any]) -> None:
    """And those of trusted people, where they command something or are answered."""
    for trigger in (part for part in named(blueprint, "trigger") if part["trigger"] == f"{DOMAIN}.sms_received"):
        options = trigger["options"]
        if "max_age" in options:
            assert flat_inputs(blueprint)[options["max_age"].name]["default"] == {"minutes": 10}
        if path.stem in {"command_with_pin", "answer_status"}:
            assert options["trusted_only"] is True
        elif path.stem == "forward_to_app":
            assert flat_inputs(blueprint)[options["trusted_only"].name]["default"] is True


def test_no_traces_are_kept_where_texts_would_be_in_them(path: Path, blueprint: dict[str, Any]) -> None:
    """Elsewhere they are, since they help to find out what went wrong."""
    assert blueprint.get("trace") == ({"stored_traces": 0} if path.stem in WITHOUT_TRACES else None)


def test_it_says_which_privacy_setting_it_needs(path: Path, blueprint: dict[str, Any]) -> None:
    """Or that it works with every one."""
    description = blueprint["blueprint"]["description"]
    needs = 'Needs the privacy setting "Texts, numbers and names" of the account.' in description
    assert needs is (path.stem in NEED_TEXTS)
    assert needs or "privacy setting" in description


def test_it_knows_where_it_comes_from(path: Path, blueprint: dict[str, Any]) -> None:
    """So that Home Assistant can import it anew."""
    home = json_loads_object((PACKAGE / "manifest.json").read_text(encoding="utf-8"))["documentation"]
    assert blueprint["blueprint"]["source_url"] == f"{home}/blob/main/{path.relative_to(ROOT).as_posix()}"


async def test_home_assistant_can_import_it(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker, path: Path, text: str, blueprint: dict[str, Any]
) -> None:
    """From the address that it gives."""
    source = blueprint["blueprint"]["source_url"]
    raw = source.replace("github.com", "raw.githubusercontent.com").replace("/blob/", "/")
    aioclient_mock.get(raw, text=text)  # type: ignore[no-untyped-call]
    imported = await fetch_blueprint_from_github_url(hass, source)

    assert imported.suggested_filename == f"ha-smsgateway24/{path.stem}"


def test_it_has_a_section_with_a_button_in_the_documentation(blueprint: dict[str, Any]) -> None:
    """Under its name, in which the button imports just this one, and each thing to fill in is named."""
    document = DOCUMENT.read_text(encoding="utf-8")
    heading = f"\n## {blueprint['blueprint']['name']}\n"
    assert document.count(heading) == 1
    section = document.partition(heading)[2].partition("\n## ")[0]
    (button,) = BUTTON.findall(section)
    assert parse_qs(urlsplit(button).query) == {"blueprint_url": [blueprint["blueprint"]["source_url"]]}
    assert "### What it does not promise" in section
    assert [given["name"] for given in flat_inputs(blueprint).values() if f"**{given['name']}**" not in section] == []
