"""The condition that phones are online, in automations."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Phone, Simulator, faults
from tests.actions.calls import device_of
from tests.automations import automate, config_error
from tests.conftest import ANNA, AddAccount, Poll, recipient

CONDITION = "smsgateway24.is_online"
TRIGGER = {"trigger": "event", "event_type": "asked"}


@pytest.fixture
async def entry(sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll) -> MockConfigEntry:
    """Set up an account with a hall phone that is online, and an attic phone that is not."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA))
    sim.switch_off(attic)
    sim.advance(900)
    await poll(entry)
    return entry


async def passes(hass: HomeAssistant, **config: Any) -> bool:
    """Run an automation with the condition, and say whether it came through."""
    runs = await automate(hass, TRIGGER, {"condition": CONDITION, **config})
    hass.bus.async_fire("asked")
    await hass.async_block_till_done()
    return bool(runs)


@pytest.mark.parametrize(
    ("phones", "options", "expected"),
    [
        (["1576"], {}, True),
        (["1297"], {}, False),
        (["1576", "1297"], {}, True),
        (["1576", "1297"], {"behavior": "any"}, True),
        (["1576", "1297"], {"behavior": "all"}, False),
        (["1576"], {"behavior": "all"}, True),
    ],
)
async def test_one_phone_will_do_or_all_have_to_be_online(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    phones: list[str],
    options: dict[str, Any],
    expected: bool,  # noqa: FBT001
) -> None:
    """As the option says; one will do if it says nothing."""
    target = {"device_id": [device_of(hass, entry, phone) for phone in phones]}
    assert await passes(hass, target=target, options=options) is expected


@pytest.mark.parametrize(("behavior", "expected"), [("any", True), ("all", False)])
async def test_without_a_target_all_phones_are_meant(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    behavior: str,
    expected: bool,  # noqa: FBT001
) -> None:
    """As in the triggers."""
    assert await passes(hass, options={"behavior": behavior}) is expected


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_a_phone_of_which_nothing_is_known_is_not_online(
    hass: HomeAssistant, sim: Simulator, poll: Poll, entry: MockConfigEntry, behavior: str
) -> None:
    """While the service is out of reach, nothing can be sent either."""
    sim.fail(faults.http_error(), times=None)
    await poll(entry)
    target = {"entity_id": "event.hall_phone_incoming_message"}
    assert await passes(hass, target=target, options={"behavior": behavior}) is False


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_where_there_is_no_phone_none_is_online(hass: HomeAssistant, behavior: str) -> None:
    """Not even all of none."""
    assert await passes(hass, options={"behavior": behavior}) is False


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_what_is_no_phone_is_not_online(hass: HomeAssistant, entry: MockConfigEntry, behavior: str) -> None:
    """Such as a recipient."""
    assert await passes(hass, target={"entity_id": "notify.anna"}, options={"behavior": behavior}) is False


async def test_a_configuration_that_makes_no_sense_is_refused(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """The editor says what is wrong."""
    assert await config_error(hass, hass_ws_client, "conditions", {"condition": CONDITION}) is None
    error = await config_error(
        hass, hass_ws_client, "conditions", {"condition": CONDITION, "options": {"behavior": "some"}}
    )
    assert error is not None
    assert "any" in error
    assert "all" in error
