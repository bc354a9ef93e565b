"""The triggers on a phone that went offline or came online, in automations."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Phone, Simulator, faults
from tests.actions.calls import device_of
from tests.automations import automate, config_error, values
from tests.conftest import AddAccount, Poll

OFFLINE = "smsgateway24.phone_went_offline"
ONLINE = "smsgateway24.phone_came_online"
SENSOR = "binary_sensor.hall_phone_online"

type Pass = Callable[..., Awaitable[None]]


@pytest.fixture
async def entry(phone: Phone, add_account: AddAccount) -> MockConfigEntry:
    """Set up an account with a phone that is online."""
    return await add_account()


@pytest.fixture
async def let_pass(sim: Simulator, poll: Poll, entry: MockConfigEntry) -> Pass:
    """Return a function that lets some minutes pass, with a look at the phones in each."""

    async def minutes(count: int) -> None:
        for _ in range(count):
            sim.advance(60)
            await poll(entry)

    return minutes


async def test_a_phone_that_is_lost_triggers_once_and_says_which_it_is(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, let_pass: Pass
) -> None:
    """As soon as it has been silent for as long as the options say."""
    runs = await automate(hass, {"trigger": OFFLINE})
    sim.switch_off(phone)
    await let_pass(9)
    assert not runs
    await let_pass(5)

    assert [run.data["trigger"] for run in runs] == [
        {
            "id": "0",
            "idx": "0",
            "alias": None,
            "platform": OFFLINE,
            "description": "Hall phone went offline",
            "entity_id": SENSOR,
            "device_id": device_of(hass, entry, phone),
            "phone_id": "1576",
            "phone_name": "Hall phone",
        }
    ]


async def test_a_phone_that_comes_back_triggers_once(
    hass: HomeAssistant, sim: Simulator, phone: Phone, let_pass: Pass
) -> None:
    """And its loss does not."""
    runs = await automate(hass, {"trigger": ONLINE})
    sim.switch_off(phone)
    await let_pass(12)
    assert not runs
    sim.switch_on(phone)
    await let_pass(3)

    assert values(runs, "description") == ["Hall phone came online"]


@pytest.mark.parametrize("trigger", [OFFLINE, ONLINE])
async def test_an_outage_of_the_service_is_not_an_offline_phone(
    hass: HomeAssistant, sim: Simulator, let_pass: Pass, trigger: str
) -> None:
    """Nothing is known of the phone meanwhile, and it is as before afterwards."""
    runs = await automate(hass, {"trigger": trigger})
    sim.fail(faults.http_error(), times=None)
    await let_pass(15)
    assert hass.states.is_state(SENSOR, "unavailable")
    sim.faults.clear()
    await let_pass(2)

    assert hass.states.is_state(SENSOR, "on")
    assert not runs


async def test_a_phone_that_is_lost_during_an_outage_triggers_after_it(
    hass: HomeAssistant, sim: Simulator, phone: Phone, let_pass: Pass
) -> None:
    """Nobody would hear of it otherwise."""
    runs = await automate(hass, {"trigger": OFFLINE})
    sim.fail(faults.http_error(), times=None)
    sim.switch_off(phone)
    await let_pass(15)
    assert not runs
    sim.faults.clear()
    await let_pass(2)

    assert values(runs, "phone_name") == ["Hall phone"]


async def test_a_reload_does_not_trigger(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, let_pass: Pass
) -> None:
    """Whether the phone is online or not."""
    runs = await automate(hass, {"trigger": OFFLINE})
    for expected in (0, 1):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert len(runs) == expected
        sim.switch_off(phone)
        await let_pass(12)
    assert len(runs) == 1


async def test_a_phone_of_which_nothing_was_known_does_not_trigger(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount
) -> None:
    """As after a start of Home Assistant, or if it is new: it has not gone, it was never there."""
    runs = await automate(hass, {"trigger": OFFLINE})
    sim.switch_off(sim.add_phone("Attic phone", phone_id=1297))
    sim.advance(3600)
    await add_account()

    assert hass.states.is_state("binary_sensor.attic_phone_online", "off")
    assert not runs


async def test_an_entity_that_is_renamed_does_not_trigger_and_is_followed(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    sim: Simulator,
    phone: Phone,
    entry: MockConfigEntry,
    let_pass: Pass,
) -> None:
    """It is the same phone."""
    runs = await automate(hass, {"trigger": OFFLINE})
    entity_registry.async_update_entity(SENSOR, new_entity_id="binary_sensor.gateway")
    await hass.async_block_till_done()
    assert not runs
    sim.switch_off(phone)
    await let_pass(12)

    assert values(runs, "entity_id") == ["binary_sensor.gateway"]


async def test_only_the_phones_that_are_targeted_trigger(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, let_pass: Pass
) -> None:
    """By device, as by anything else that stands for it."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    await let_pass(1)
    runs = await automate(hass, {"trigger": OFFLINE, "target": {"device_id": device_of(hass, entry, attic)}})
    sim.switch_off(phone)
    sim.switch_off(attic)
    await let_pass(12)

    assert values(runs, "phone_name") == ["Attic phone"]


async def test_others_entities_do_not_trigger(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, entry: MockConfigEntry
) -> None:
    """Whatever they are called, nor do our other ones."""
    runs = await automate(hass, {"trigger": OFFLINE})
    others = MockConfigEntry(domain="lamps")
    others.add_to_hass(hass)
    lamp = entity_registry.async_get_or_create("binary_sensor", "lamps", "lamp_online", config_entry=others)
    for entity_id in (lamp.entity_id, "binary_sensor.nobodys_online", "binary_sensor.hall_phone_app_outdated"):
        for state in ("on", "off", "on", "off"):
            hass.states.async_set(entity_id, state)
    await hass.async_block_till_done()

    assert not runs


@pytest.mark.parametrize(
    "config", [{"options": {"for": "00:10:00"}}, {"target": {"entity_id": "the hall phone"}}, {"entity_id": SENSOR}]
)
async def test_a_configuration_that_makes_no_sense_is_refused(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, config: dict[str, Any]
) -> None:
    """There are no options, and a target is one."""
    assert await config_error(hass, hass_ws_client, "triggers", {"trigger": OFFLINE, **config}) is not None
