"""Giving a phone's device the id that the phone has now."""

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.new_identity import async_move_phone, async_text_through
from simulator import Phone, Simulator
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient
from tests.test_problems import device_of


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration; the recorder has to be there before Home Assistant is."""


async def test_history_goes_on(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """What the entity showed under the old id and what it shows under the new one are one line."""
    begun = dt_util.utcnow()
    entry = await add_account()
    sim.switch_off(phone)
    sim.advance(3600)
    await poll(entry)
    sim.switch_on(phone)
    sim.reregister(phone)
    await hass.config_entries.async_unload(entry.entry_id)
    async_move_phone(hass, entry, "1576", str(phone.id))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)

    history = await get_instance(hass).async_add_executor_job(
        lambda: get_significant_states(
            hass,
            begun,
            entity_ids=["binary_sensor.hall_phone_online"],
            significant_changes_only=False,
            no_attributes=True,
        )
    )
    states = [state.state for state in history["binary_sensor.hall_phone_online"] if not isinstance(state, dict)]
    assert [state for state in states if state in {STATE_ON, STATE_OFF}] == [STATE_ON, STATE_OFF, STATE_ON]
    assert hass.states.get("binary_sensor.hall_phone_online_2") is None


async def test_entities_that_are_no_ones_business_stay_as_they_are(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
) -> None:
    """A helper of the user's can hang on the device, and another phone's id can begin with the same digits."""
    sim.add_phone("Attic phone", phone_id=15762)
    entry = await add_account()
    device = device_of(hass, entry, "1576")
    assert device is not None
    helper = entity_registry.async_get_or_create("sensor", "template", "1576_mine", device_id=device.id)
    # And so is whatever of ours is not named after the phone.
    entity_registry.async_get_or_create("sensor", DOMAIN, "of_the_account", device_id=device.id)
    await hass.config_entries.async_unload(entry.entry_id)
    async_move_phone(hass, entry, "1576", "2001")

    assert {entity.unique_id for entity in er.async_entries_for_device(entity_registry, device.id)} >= {
        "1576_mine",
        "2001_online",
        "of_the_account",
    }
    assert entity_registry.async_get(helper.entity_id) is not None
    attic = device_of(hass, entry, "15762")
    assert attic is not None
    assert all(
        entity.unique_id.startswith("15762_") for entity in er.async_entries_for_device(entity_registry, attic.id)
    )


async def test_only_the_recipients_of_the_phone_follow(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount
) -> None:
    """Others have a phone of their own, or any."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576"), recipient("Ben", BEN))
    await hass.config_entries.async_unload(entry.entry_id)
    async_text_through(hass, entry, "1576", {"phone": "2001"})
    assert [subentry.data["phone"] for subentry in entry.subentries.values()] == ["2001", "auto"]
    assert [subentry.data["name"] for subentry in entry.subentries.values()] == ["Anna", "Ben"]


async def test_a_device_that_is_not_there_is_an_error(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount
) -> None:
    """Before anything is changed."""
    entry = await add_account()
    with pytest.raises(KeyError):
        async_move_phone(hass, entry, "77", "1576")
    assert device_of(hass, entry, "1576") is not None
