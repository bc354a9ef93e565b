"""Solving what cannot be solved without an answer, as somebody in front of a browser does."""

from datetime import timedelta
import json
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.store import AccountStore
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient
from tests.flows import Browser, Flow, Loads
from tests.test_problems import device_of, issues


async def solve(hass: HomeAssistant, hass_client: ClientSessionGenerator, problem: str) -> Flow:
    """Open the one repair of a kind."""
    return await (await Browser.open(hass, hass_client)).repair(issues(hass)[problem].issue_id)


def phones_of(entry: MockConfigEntry) -> dict[str, str]:
    """Return through which phone each recipient is texted."""
    return {subentry.title: subentry.data["phone"] for subentry in entry.subentries.values()}


def entities_of(hass: HomeAssistant, device_id: str) -> dict[str, tuple[str, str]]:
    """Return a device's entities by their place in the registry: what they are called, and what they are."""
    return {
        entity.id: (entity.entity_id, entity.unique_id.partition("_")[2])
        for entity in er.async_entries_for_device(er.async_get(hass), device_id, include_disabled_entities=True)
    }


async def come_back(sim: Simulator, phone: Phone, poll: Poll, entry: MockConfigEntry, **how: Any) -> str:
    """Let a phone sign in again, and return its new id."""
    sim.advance(60)
    sim.reregister(phone, **how)
    sim.advance(60)
    await poll(entry)
    return str(phone.id)


async def test_a_phone_goes_on_under_its_new_id(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """The device and all of its entities are the same, whatever they were made to be; so are automations and history."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576", sim=0), recipient("Ben", BEN))
    device = device_of(hass, entry, "1576")
    assert device is not None
    device_registry.async_update_device(device.id, name_by_user="Gate phone", labels={"important"})
    entity_registry.async_update_entity(
        "binary_sensor.hall_phone_online", new_entity_id="binary_sensor.gate_phone", name="Gate phone is there"
    )
    before = entities_of(hass, device.id)

    new_id = await come_back(sim, phone, poll, entry)
    added = device_of(hass, entry, new_id)
    assert added is not None
    flow = await solve(hass, hass_client, "phone_changed_id")
    assert f"Gate phone (id 1576) since Hall phone (id {new_id})" in flow.read["step.init.description"]
    assert "/docs/repairs/phone_changed_id.md" in flow.read["step.init.description"]
    loads = Loads(entry)
    await flow.choose("same_phone")
    await hass.async_block_till_done()

    assert flow.page["type"] == "create_entry"
    assert not issues(hass)
    assert loads.count == 1
    assert device_registry.async_get(added.id) is None
    assert device_of(hass, entry, "1576") is None
    found = device_of(hass, entry, new_id)
    assert found is not None
    assert (found.id, found.name_by_user, found.labels) == (device.id, "Gate phone", {"important"})
    assert entities_of(hass, device.id) == before
    assert {entity.unique_id.partition("_")[0] for entity in entity_registry.entities.values()} >= {new_id}
    assert not [entity for entity in entity_registry.entities.values() if entity.unique_id.startswith("1576")]
    assert phones_of(entry) == {"Anna": new_id, "Ben": "auto"}
    # And it works.
    online = hass.states.get("binary_sensor.gate_phone")
    assert online is not None
    assert online.state == STATE_ON
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    assert [(event.data["device_id"], event.data["phone_id"]) for event in received] == [(device.id, new_id)]
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "Water"}, blocking=True
    )
    sim.advance(20)
    assert [sent.phone_id for sent in sim.sent_texts(ANNA)] == [phone.id]


async def test_it_is_asked_again_after_a_restart_and_the_answer_outlives_one(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """The service goes on listing the old id, which never becomes a phone again."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    new_id = await come_back(sim, phone, poll, entry, keep_old=True)
    assert not issues(hass), "it may only be switched off for a moment"
    sim.advance(600)
    await poll(entry)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert set(issues(hass)) == {"phone_changed_id"}

    await (await solve(hass, hass_client, "phone_changed_id")).choose("same_phone")
    await hass.async_block_till_done()
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        sim.advance(3 * 3600)
        await poll(entry)
        await poll(entry)
        assert set(entry.runtime_data.data.phones) == {new_id}
        assert device_of(hass, entry, "1576") is None
        assert not issues(hass)


async def test_a_message_that_waits_for_the_phone_goes_out_under_its_new_id(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """It had not been handed over yet, since the service was out of reach."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576"), keep_unsent=60)
    await sim.stop()
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "Water"}, blocking=True
    )
    await sim.start()
    await come_back(sim, phone, poll, entry)
    assert not sim.messages()

    await (await solve(hass, hass_client, "phone_changed_id")).choose("same_phone")
    await hass.async_block_till_done()
    await poll(entry)
    sim.advance(20)
    assert [(sent.phone_id, sent.text) for sent in sim.sent_texts(ANNA)] == [(phone.id, "Water")]


async def test_two_phones_stay_two(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """It is not asked again, and the one that is gone is removed after a day."""
    entry = await add_account()
    new_id = await come_back(sim, phone, poll, entry)
    freezer.tick(timedelta(days=2))
    await poll(entry)
    assert device_of(hass, entry, "1576") is not None, "as long as there is no answer"

    # Whoever answers has signed in today.
    freezer.tick(timedelta(days=-2))
    await (await solve(hass, hass_client, "phone_changed_id")).choose("two_phones")
    await hass.async_block_till_done()
    assert device_of(hass, entry, "1576") is not None
    freezer.tick(timedelta(days=2))
    await poll(entry)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert not issues(hass)
    assert device_of(hass, entry, "1576") is None
    assert device_of(hass, entry, new_id) is not None


async def test_a_phone_that_is_back_under_its_old_id_was_never_gone(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """The question goes by itself, and who has it open is told."""
    entry = await add_account()
    await come_back(sim, phone, poll, entry)
    flow = await solve(hass, hass_client, "phone_changed_id")
    sim.add_phone("Hall phone", phone_id=1576, serial_number="R58M00EXAMPLE")
    sim.advance(60)
    await poll(entry)
    assert not issues(hass)

    await flow.choose("same_phone")
    assert flow.reason == "over"
    assert device_of(hass, entry, "1576") is not None


async def test_a_device_that_was_removed_meanwhile_cannot_go_on(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """Nothing is changed, and the account is loaded."""
    entry = await add_account()
    new_id = await come_back(sim, phone, poll, entry)
    flow = await solve(hass, hass_client, "phone_changed_id")
    device = device_of(hass, entry, "1576")
    assert device is not None
    dr.async_get(hass).async_remove_device(device.id)

    await flow.choose("same_phone")
    await hass.async_block_till_done()
    assert flow.reason == "over"
    assert entry.state is ConfigEntryState.LOADED
    assert device_of(hass, entry, new_id) is not None


async def test_nothing_is_changed_if_the_answer_cannot_be_written_down(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """Or the old id would become a phone again. The question stays."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    new_id = await come_back(sim, phone, poll, entry)
    flow = await solve(hass, hass_client, "phone_changed_id")

    async def lose(_store: Store[Any], _data: dict[str, Any]) -> None:
        """Write nothing, as a full disk would."""

    with patch.object(Store, "_async_write_data", lose):
        await flow.choose("same_phone")
    await hass.async_block_till_done()
    assert flow.reason == "not_written"
    assert entry.state is ConfigEntryState.LOADED
    assert device_of(hass, entry, "1576") is not None
    assert device_of(hass, entry, new_id) is not None
    assert phones_of(entry) == {"Anna": "1576"}
    assert set(issues(hass)) == {"phone_changed_id"}

    await (await solve(hass, hass_client, "phone_changed_id")).choose("same_phone")
    await hass.async_block_till_done()
    assert phones_of(entry) == {"Anna": new_id}


async def test_it_can_be_solved_while_the_service_is_out_of_reach(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """Everything that is needed is here."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    new_id = await come_back(sim, phone, poll, entry)
    sim.fail(faults.http_error(500), times=None)
    await hass.config_entries.async_reload(entry.entry_id)
    assert not entry.runtime_data.phones_known

    await (await solve(hass, hass_client, "phone_changed_id")).choose("same_phone")
    await hass.async_block_till_done()
    sim.faults.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert not issues(hass)
    assert device_of(hass, entry, "1576") is None
    assert phones_of(entry) == {"Anna": new_id}


@pytest.mark.parametrize("problem", ["phone_changed_id", "recipient_phone_gone"])
async def test_an_account_that_is_being_loaded_is_left_alone(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    problem: str,
) -> None:
    """It can be answered a moment later."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576"), recipient("Ben", BEN, phone="77"))
    await come_back(sim, phone, poll, entry)
    flow = await solve(hass, hass_client, problem)
    state = entry.state
    entry.mock_state(hass, ConfigEntryState.SETUP_IN_PROGRESS)
    await (flow.choose("same_phone") if problem == "phone_changed_id" else flow.submit(phone="auto"))
    entry.mock_state(hass, state)
    assert flow.reason == "not_now"
    assert phones_of(entry) == {"Anna": "1576", "Ben": "77"}


async def test_another_phone_is_chosen_for_the_recipients_of_one_that_is_gone(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """For all of them at once. The SIM that was set was one of the phone that is gone."""
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(
        recipient("Anna", ANNA, phone="1576", sim=1), recipient("Ben", BEN, phone="1576"), privacy="minimal"
    )
    sim.remove_phone(phone)
    await poll(entry)
    freezer.tick(timedelta(minutes=6))
    await poll(entry)

    flow = await solve(hass, hass_client, "recipient_phone_gone")
    assert "Number of these recipients: 2" in flow.read["step.phone.description"]
    assert {key: text for key, text in flow.read.items() if key.startswith("phone.")} == {
        "phone.auto": "Automatic",
        "phone.1297": "Attic phone",
    }
    assert flow.filled_in == {"phone": "auto"}
    loads = Loads(entry)
    await flow.submit(phone="1297")
    await hass.async_block_till_done()

    assert phones_of(entry) == {"Anna": "1297", "Ben": "1297"}
    assert [subentry.data["sim"] for subentry in entry.subentries.values()] == [None, None]
    assert loads.count == 1
    assert not issues(hass)
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "Water"}, blocking=True
    )
    sim.advance(20)
    assert [sent.phone_id for sent in sim.sent_texts(ANNA)] == [1297]


async def test_a_recipient_who_was_changed_meanwhile_has_nothing_to_be_solved(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
) -> None:
    """The form that is still open says so."""
    entry = await add_account(recipient("Anna", ANNA, phone="77"))
    flow = await solve(hass, hass_client, "recipient_phone_gone")
    (subentry,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "phone": "1576"})
    await hass.async_block_till_done()
    assert not issues(hass)

    await flow.submit(phone="auto")
    assert flow.reason == "over"
    assert phones_of(entry) == {"Anna": "1576"}


async def test_an_account_that_was_removed_meanwhile_has_nothing_to_be_solved(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
) -> None:
    """Nor has the form that is still open."""
    entry = await add_account(recipient("Anna", ANNA, phone="77"))
    flow = await solve(hass, hass_client, "recipient_phone_gone")
    await hass.config_entries.async_remove(entry.entry_id)
    await flow.submit(phone="auto")
    assert flow.reason == "over"


async def test_a_lost_store_is_dismissed(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
) -> None:
    """There is nothing to solve, so it is enough to have read it."""
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    del hass_storage[f"{DOMAIN}.{entry.entry_id}"]
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    flow = await solve(hass, hass_client, "store_damaged")
    assert entry.title in flow.read["step.confirm.description"]
    await flow.submit()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert not [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]


async def test_nobody_is_named_in_what_is_stored(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """What phones are known by is kept in digests."""
    sim.change_sim(phone, 0, iccid="8944000000000000101")
    phone.imei = "356938035643809"
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    await come_back(sim, phone, poll, entry)
    await hass.config_entries.async_unload(entry.entry_id)

    memory = await AccountStore(hass, entry.entry_id).async_load()
    assert set(memory.checkup.phones.ids) == {"1576", str(phone.id)}
    stored = json.dumps(hass_storage[f"{DOMAIN}.{entry.entry_id}"])
    assert not any(
        word in stored for word in ("8944000000000000101", "356938035643809", "R58M00EXAMPLE", "Hall phone", "Anna")
    )
