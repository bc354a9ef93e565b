"""The examples in the documentation work: what is YAML can be read, and Home Assistant accepts what is an automation."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any, override

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.json import json_loads
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.trigger import async_get_triggers
from simulator import Phone, Simulator
from tests.actions.calls import get_messages
from tests.conftest import ANNA, BEN, AddAccount, recipient
from tests.repository.files import ROOT
from tests.test_services import fields_of

from .running import Home, calls_in, complaints

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>yaml|json)\n(?P<code>.*?)^ *```$", re.MULTILINE | re.DOTALL)
TRIGGER_VALUE = re.compile(r"\btrigger\.([a-z_]+)")
# What every trigger has.
COMMON_VALUES = {"id", "idx", "alias", "platform", "description"}


@dataclass(frozen=True)
class Example:
    """A piece of code in a document."""

    document: Path
    line: int
    language: str
    code: str

    @override
    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def content(self) -> Any:
        """What it says."""
        return parse_yaml(self.code) if self.language == "yaml" else json_loads(self.code)

    @property
    def is_automation(self) -> bool:
        """Whether it is a whole one."""
        content = self.content
        return isinstance(content, dict) and "actions" in content

    @property
    def parts(self) -> dict[str, list[Any]]:
        """What of it can stand in an automation, by where it stands."""
        content = self.content
        if self.is_automation:
            return {kind: _listed(content[kind]) for kind in ("triggers", "conditions", "actions") if kind in content}
        found: dict[str, list[Any]] = {}
        for item in _listed(content):
            for kind in ("triggers", "conditions", "actions"):
                if isinstance(item, dict) and kind.removesuffix("s") in item:
                    found.setdefault(kind, []).append(item)
        return found


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _examples() -> Iterator[Example]:
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = document.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            code = re.sub(rf"^{found['indent']}", "", found["code"], flags=re.MULTILINE)
            yield Example(document, text.count("\n", 0, found.start()) + 1, found["language"], code)


EXAMPLES = list(_examples())
AUTOMATIONS = [example for example in EXAMPLES if example.language == "yaml" and example.is_automation]
PARTS = [example for example in EXAMPLES if example.language == "yaml" and example.parts]


@pytest.fixture
async def account(phone: Phone, add_account: AddAccount) -> None:
    """Set up an account with the people of the examples."""
    await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN))


def test_there_are_examples() -> None:
    """In the README and in the pages beside it."""
    assert {example.document.name for example in AUTOMATIONS} >= {"README.md", "triggers-and-conditions.md"}
    assert any(example.language == "json" for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_can_be_read(example: Example) -> None:
    """It is what its fence says."""
    assert isinstance(example.content, dict | list)


@pytest.mark.parametrize("example", AUTOMATIONS, ids=str)
async def test_home_assistant_runs_an_automation(
    home: Home, caplog: pytest.LogCaptureFixture, example: Example
) -> None:
    """As it stands there, to its end, when each of its triggers happens."""
    await home.remember_a_text()
    automation = await home.load(example.content)
    assert (automation.name, automation.state) == (example.content["alias"], "on")

    for trigger in example.parts["triggers"]:
        await home.set_off(trigger)
        await home.until_run()
    assert complaints(caplog) == []


@pytest.mark.parametrize("example", PARTS, ids=str)
async def test_home_assistant_accepts_the_parts_of_an_automation(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, account: None, example: Example
) -> None:
    """Triggers, conditions and actions; a part that stands alone as well."""
    assert await async_setup_component(hass, AUTOMATION, {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "validate_config", **example.parts})
    result = (await client.receive_json())["result"]
    assert {kind: found["error"] for kind, found in result.items()} == dict.fromkeys(example.parts)


@pytest.mark.parametrize("example", PARTS, ids=str)
async def test_our_actions_have_the_fields_that_an_example_gives_them(hass: HomeAssistant, example: Example) -> None:
    """And exist."""
    assert await async_setup_component(hass, DOMAIN, {})
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    for call in calls_in(example.parts):
        domain, _, name = call["action"].partition(".")
        if domain == DOMAIN:
            assert call.get("data", {}).keys() <= fields_of(described[name]).keys()


@pytest.mark.parametrize("example", AUTOMATIONS, ids=str)
async def test_our_triggers_hand_on_the_values_that_an_example_uses(hass: HomeAssistant, example: Example) -> None:
    """And no misspelt ones, which templates take for nothing."""
    triggers = await async_get_triggers(hass)
    handed_on: set[str] = set(COMMON_VALUES)
    for trigger in example.parts["triggers"]:
        domain, _, name = trigger["trigger"].partition(".")
        if domain != DOMAIN:
            return
        handed_on |= set(triggers[name].values)  # type: ignore[attr-defined]
    assert set(TRIGGER_VALUE.findall(example.code)) - {"event"} <= handed_on


async def test_the_response_that_is_shown_is_the_one_that_is_returned(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: None
) -> None:
    """With the same keys, in the same order, and the same types."""
    (shown,) = (
        example.content
        for example in EXAMPLES
        if example.document.name == "get-messages.md" and example.language == "json"
    )
    sim.receive(phone, ANNA, "gate 2580")
    returned = await get_messages(hass)

    def shape(response: dict[str, Any]) -> Any:
        (message,) = response["messages"]
        return list(response), {key: type(value) for key, value in message.items()}, list(message)

    assert shape(returned) == shape(shown)
