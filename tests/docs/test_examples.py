"""The examples in the documentation work: what is YAML can be read, and Home Assistant runs what is an automation."""

import re
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.group.notify import PLATFORM_SCHEMA as NOTIFY_GROUP_SCHEMA
from homeassistant.components.logbook import CONFIG_SCHEMA as LOGBOOK_SCHEMA
from homeassistant.components.logger import CONFIG_SCHEMA as LOGGER_SCHEMA
from homeassistant.components.recorder import CONFIG_SCHEMA as RECORDER_SCHEMA
from homeassistant.components.rest_command import CONFIG_SCHEMA as REST_COMMAND_SCHEMA
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.trigger import async_get_triggers
from simulator import Phone, Simulator
from tests.actions.calls import get_messages
from tests.conftest import ANNA, BEN, AddAccount, recipient
from tests.test_services import fields_of

from .examples import AUTOMATIONS, CONFIGURATIONS, EXAMPLES, PARTS, Example
from .running import Home, calls_in, complaints

TRIGGER_VALUE = re.compile(r"\btrigger\.([a-z_]+)")
# What every trigger has.
COMMON_VALUES = {"id", "idx", "alias", "platform", "description"}


@pytest.fixture
async def account(phone: Phone, add_account: AddAccount) -> None:
    """Set up an account with the people of the examples."""
    await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN))


def test_there_are_examples() -> None:
    """In the README and in the pages beside it."""
    assert {example.document.name for example in AUTOMATIONS} >= {"README.md", "sms-received.md", "is-online.md"}
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


@pytest.mark.parametrize("example", CONFIGURATIONS, ids=str)
def test_home_assistant_accepts_what_is_for_its_configuration(example: Example) -> None:
    """The integrations that it is for."""
    schemas = {
        "logbook": LOGBOOK_SCHEMA,
        "logger": LOGGER_SCHEMA,
        "recorder": RECORDER_SCHEMA,
        "rest_command": REST_COMMAND_SCHEMA,
    }
    ((domain, content),) = example.content.items()
    if domain == "notify":
        (group,) = content
        assert NOTIFY_GROUP_SCHEMA(group)
    else:
        assert schemas[domain](example.content)


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
