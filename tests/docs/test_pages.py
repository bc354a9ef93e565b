"""The pages are complete: they name all that there is, and can all be found."""

from collections.abc import Iterable
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.smsgateway24.condition import async_get_conditions
from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.messaging.checkup import Problem
from custom_components.smsgateway24.options_flow import _FIELDS
from custom_components.smsgateway24.services import ACTIONS
from custom_components.smsgateway24.settings import CONF_POLL_INTERVAL, DEFAULTS
from custom_components.smsgateway24.trigger import async_get_triggers
from custom_components.smsgateway24.triggers.received import Reason
from simulator import Phone, Simulator
from tests.conftest import ANNA, AddAccount, Poll, recipient
from tests.repository.files import ROOT, package, read_json

DOCS = ROOT / "docs"
EVENTS = ("sms_received", "sms_sent", "sms_delivered", "sms_failed")


def page(name: str) -> str:
    """Return the text of a page."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def page_of(folder: str, name: str) -> str:
    """Return which page is about something."""
    return f"{folder}/{name.replace('_', '-')}"


def unnamed(names: Iterable[str], text: str) -> list[str]:
    """Return which names do not stand in a text."""
    return sorted(name for name in names if name not in text)


def test_every_page_is_in_the_table_of_contents() -> None:
    """Or nobody would find it."""
    contents = page("README")
    pages = (path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path.name != "README.md")
    assert unnamed((f"({path})" for path in pages), contents) == []


def test_the_readme_leads_to_the_table_of_contents() -> None:
    """And is short itself."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/README.md)" in readme
    assert readme.count("\n") < 160


def test_every_entity_is_in_the_list_of_what_is_supported() -> None:
    """By its name in English."""
    entities = read_json(package(ROOT) / "translations" / "en.json")["entity"]
    names = {f"**{entity['name'].format(slot=1)}**" for platform in entities.values() for entity in platform.values()}
    assert unnamed(names, page("supported")) == []


async def test_every_trigger_condition_action_and_repair_is_there(hass: HomeAssistant) -> None:
    """By the name that stands in YAML, or in the address of its page."""
    words = {
        *(f"`{DOMAIN}.{trigger}`" for trigger in await async_get_triggers(hass)),
        *(f"`{DOMAIN}.{condition}`" for condition in await async_get_conditions(hass)),
        *(f"`{DOMAIN}.{action}`" for action in ACTIONS),
        *(f"(repairs/{problem}.md)" for problem in Problem),
        *(f"`{DOMAIN}_{event}`" for event in EVENTS),
    }
    assert unnamed(words, page("supported")) == []


async def test_every_trigger_condition_event_and_action_has_a_page(hass: HomeAssistant) -> None:
    """And no page is of one that there is not."""
    for folder, names in (
        ("triggers", await async_get_triggers(hass)),
        ("conditions", await async_get_conditions(hass)),
        ("events", EVENTS),
        ("actions", ACTIONS),
    ):
        pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in (DOCS / folder).glob("*.md")}
        assert pages == {page_of(folder, name) for name in names}
        for name in names:
            assert f"{DOMAIN}{'_' if folder == 'events' else '.'}{name}" in page(page_of(folder, name))


def test_every_repair_has_a_page() -> None:
    """And no page is of a repair that there is not."""
    assert {path.stem for path in (DOCS / "repairs").glob("*.md")} == set(Problem)


async def test_every_option_is_described_with_its_default_and_its_bounds(hass: HomeAssistant) -> None:
    """As the dialog has them."""
    texts = await async_get_translations(hass, "en", "options", {DOMAIN})
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.*?) \| (.*?) \|", page("setup").partition("## Options")[2], re.MULTILINE)
    described = {name: (default, bounds) for name, default, bounds in rows}
    assert described.keys() == {texts[f"component.{DOMAIN}.options.step.settings.data.{key}"] for key in _FIELDS}
    for key, field in _FIELDS.items():
        default, bounds = described[texts[f"component.{DOMAIN}.options.step.settings.data.{key}"]]
        if not isinstance(DEFAULTS[key], bool | str):
            assert int(default.split()[0]) == DEFAULTS[key]
            config = field.validators[0].config
            assert [_size(bound, key) for bound in bounds.split(", ")] == [config["min"], config["max"]]


def _size(bound: str, option: str) -> int:
    """Return a bound in the unit of its option: seconds for polls, else minutes or pieces."""
    number, _, unit = bound.partition(" ")
    minute = 60 if option == CONF_POLL_INTERVAL else 1
    return int(number) * {"min": minute, "h": 60 * minute, "day": 1440 * minute}.get(unit, 1)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_for_not_triggering_is_in_the_troubleshooting(reason: Reason) -> None:
    """The words stand in the traces, and people look for them; that a text does not contain a word needs no remedy."""
    words = {
        Reason.DOES_NOT_CONTAIN: "does_not_match",
        Reason.TOO_LONG: "text_too_long_to_match",
    }.get(reason, str(reason))
    assert words in page("troubleshooting") + page("triggers/sms-received") + page("triggers-and-conditions")


async def test_the_keys_of_events_are_those_that_are_fired(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """With the types that are said."""
    fired: dict[str, dict[str, object]] = {}
    for event in EVENTS:
        hass.bus.async_listen(
            f"{DOMAIN}_{event}", lambda found: fired.__setitem__(str(found.event_type), dict(found.data))
        )
    entry = await add_account(recipient("Anna", ANNA, trusted=True))
    sim.receive(phone, ANNA, "Hello")
    await poll(entry)
    for failing in (False, True):
        if failing:
            sim.fail_next(phone, 10)
        await hass.services.async_call(
            "notify", "send_message", {"entity_id": "notify.anna", "message": "Hello"}, blocking=True
        )
        sim.advance(60)
        await poll(entry)

    expected = {
        f"{DOMAIN}_{event}": dict(
            re.findall(r"^\| `([a-z_]+)`(?:, `[a-z_]+`)? \| (\S+)", page(page_of("events", event)), re.MULTILINE)
        )
        for event in EVENTS
    }
    kinds = {"number": int, "text": str, "true": bool, "time": str}
    assert fired.keys() == expected.keys()
    for event, data in fired.items():
        assert {key: type(value) for key, value in data.items()} == {
            key: kinds[kind] for key, kind in expected[event].items()
        }
