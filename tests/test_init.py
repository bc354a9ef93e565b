"""Loading, unloading and removing an account."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import DOMAIN
from simulator import PROFILES, Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount, Poll, make_entry, recipient


async def test_an_account_is_loaded_with_two_requests_side_by_side(
    sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Start-up costs one read of the phones and one of the messages, and no credential is in an address."""
    entry = await add_account(recipient("Anna", ANNA))

    assert entry.state is ConfigEntryState.LOADED
    assert sorted(request.path for request in sim.requests) == ["/getdata/getalldevices", "/getdata/getallsms"]
    assert all(not request.query for request in sim.requests)


@pytest.mark.parametrize("days", [0, 1, 6])
async def test_loading_costs_no_more_after_a_downtime(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    days: int,
) -> None:
    """However much came meanwhile, it is read at once."""
    entry = await add_account(recipient("Anna", ANNA))
    await hass.config_entries.async_unload(entry.entry_id)
    for _ in range(days * 30):
        _let_pass(sim, freezer, timedelta(minutes=48))
        sim.receive(phone, ANNA, "hello")
    sim.requests.clear()

    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert [request.method for request in sim.requests] == ["getalldevices", "getallsms"]


@pytest.mark.parametrize("profile", ["documented", "filter-zone+1", "filter-zone+2", "dates-utc", "dates-offset"])
@pytest.mark.parametrize("every", [timedelta(minutes=6), timedelta(hours=1)], ids=["busy", "quiet"])
async def test_a_poll_makes_two_requests(
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
    profile: str,
    every: timedelta,
) -> None:
    """Whatever there is to learn, and however many messages there were, a poll reads two lists."""
    sim.profile = PROFILES[profile]
    for _ in range(timedelta(hours=30) // every):
        _let_pass(sim, freezer, every)
        sim.receive(phone, ANNA, "before")
        sim.send_from_site(phone, ANNA, "before")
    entry = await add_account(recipient("Anna", ANNA))
    sim.requests.clear()

    for number in range(60):
        _let_pass(sim, freezer, timedelta(minutes=3))
        if number * timedelta(minutes=3) % every < timedelta(minutes=3):
            sim.receive(phone, ANNA, "hello")
        await poll(entry)

    asked = [request.method for request in sim.requests]
    assert asked == ["getalldevices", "getallsms"] * 60


def _let_pass(sim: Simulator, freezer: FrozenDateTimeFactory, time: timedelta) -> None:
    freezer.tick(time)
    sim.advance(time.total_seconds())


@pytest.mark.parametrize(
    "fault",
    [faults.http_error(500), faults.page(), faults.cut_off(), faults.redirect()],
    ids=["server error", "another site", "cut off", "redirect"],
)
async def test_a_service_that_is_down_at_the_start_is_tried_again(
    hass: HomeAssistant, sim: Simulator, phone: Phone, fault: Any
) -> None:
    """The account is not given up, and loads once the service is back."""
    sim.fail(fault, times=None)
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    states = [entry.state]

    sim.faults.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    states.append(entry.state)
    assert states == [ConfigEntryState.SETUP_RETRY, ConfigEntryState.LOADED]


async def test_wrong_credentials_at_the_start_ask_the_user(hass: HomeAssistant, sim: Simulator, phone: Phone) -> None:
    """One renewal is tried with the stored password; then only the user can help."""
    entry = make_entry(sim)
    sim.account.password = "changed"
    sim.rotate_token()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [SOURCE_REAUTH]
    assert [request.path for request in sim.requests].count("/getdata/gettoken") == 1


async def test_unloading_and_loading_again(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Nothing is left running, and nothing is announced that was announced before."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    assert len(received) == 1

    assert await hass.config_entries.async_unload(entry.entry_id)
    sim.receive(phone, ANNA, "heating on")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert [event.data["text"] for event in received] == ["gate", "heating on"]


async def test_removing_an_account_removes_what_was_stored(
    hass: HomeAssistant, hass_storage: dict[str, Any], sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """No file is left behind."""
    entry = await add_account()
    key = f"{DOMAIN}.{entry.entry_id}"
    assert key in hass_storage

    await hass.config_entries.async_remove(entry.entry_id)

    assert key not in hass_storage


async def test_no_secret_is_stored_outside_the_config_entry(
    hass: HomeAssistant, hass_storage: dict[str, Any], sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The memory of messages knows neither token nor password."""
    entry = await add_account()
    sim.receive(phone, ANNA, "hello")
    await poll(entry)

    stored = str(hass_storage[f"{DOMAIN}.{entry.entry_id}"])
    assert sim.account.token not in stored
    assert sim.account.password not in stored


async def test_what_is_announced_waits_for_the_automations(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """While Home Assistant starts nobody listens; what came in the meantime is announced when it has started."""
    received = async_capture_events(hass, "smsgateway24_sms_received")
    hass.set_state(CoreState.starting)
    entry = await add_account()
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    assert not received

    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()

    assert [event.data["text"] for event in received] == ["gate"]


async def test_a_phone_can_be_removed_by_hand_only_when_it_is_gone(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
    hass_ws_client: WebSocketGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """A listed phone would come right back; one that has gone takes its entities with it, and may return."""
    entry = await add_account(recipient("Anna", ANNA))
    device = _device(device_registry, entry, "1576")
    assert not await _remove_by_hand(hass, hass_ws_client, device)

    sim.remove_phone(phone)
    await poll(entry)
    assert await _remove_by_hand(hass, hass_ws_client, device)
    await hass.async_block_till_done()
    assert entity_registry.async_get("sensor.hall_phone_last_seen") is None

    sim.add_phone("Hall phone", phone_id=1576)
    await poll(entry)
    assert entity_registry.async_get("sensor.hall_phone_last_seen") is not None
    # Also the ones that were disabled, which nothing but the registry knows of.
    assert entity_registry.async_get("sensor.hall_phone_sim_1_number") is not None


async def test_a_phone_stays_while_nobody_knows_whether_it_is_gone(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    hass_ws_client: WebSocketGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
) -> None:
    """An account that could not be read since it was loaded has not been told its phones."""
    entry = await add_account()
    sim.fail(faults.http_error(500), times=None)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED

    assert not await _remove_by_hand(hass, hass_ws_client, _device(device_registry, entry, "1576"))


async def test_a_recipients_device_is_not_removed_as_a_device(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    hass_ws_client: WebSocketGenerator,
    phone: Phone,
    add_account: AddAccount,
) -> None:
    """A recipient is removed as such, or the entry would go on texting somebody without a device."""
    entry = await add_account(recipient("Anna", ANNA))
    device = _device(device_registry, entry, next(iter(entry.subentries)))
    assert not await _remove_by_hand(hass, hass_ws_client, device)


def _device(registry: dr.DeviceRegistry, entry: MockConfigEntry, identifier: str) -> dr.DeviceEntry:
    device = registry.async_get_device_by_identifier((DOMAIN, identifier), config_entry_id=entry.entry_id)
    assert device is not None
    return device


async def _remove_by_hand(hass: HomeAssistant, hass_ws_client: WebSocketGenerator, device: dr.DeviceEntry) -> bool:
    """Remove a device as the frontend does, and say whether that was allowed."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "config/device_registry/remove_config_entry",
            "config_entry_id": device.config_entry_id,
            "device_id": device.id,
        }
    )
    answer = await client.receive_json()
    # Declined, not broken down.
    assert answer["success"] or answer["error"]["message"].endswith("rejected by integration")
    return bool(answer["success"])


async def test_two_accounts_do_not_mix(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Each account has its own phones, recipients and messages."""
    first = await add_account(recipient("Anna", ANNA))
    other = sim.add_account("other@example.com", "other-password", "other-token")
    sim.add_phone("Attic phone", phone_id=1297, account=other)
    second = MockConfigEntry(
        domain=DOMAIN,
        title=other.email,
        unique_id=other.email,
        data={"email": other.email, "password": other.password, "token": other.token, "url": sim.url},
    )
    second.add_to_hass(hass)
    assert await hass.config_entries.async_setup(second.entry_id)

    assert set(first.runtime_data.data.phones) == {"1576"}
    assert set(second.runtime_data.data.phones) == {"1297"}
