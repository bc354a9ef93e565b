"""Phones as devices, and what their entities show."""

from datetime import datetime, timedelta
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.smsgateway24.const import DOMAIN
from simulator import PROFILES, Phone, Sim, Simulator, faults
from tests.conftest import ANNA, AddAccount, Poll, recipient


def device_of(registry: dr.DeviceRegistry, entry_id: str, identifier: str) -> dr.DeviceEntry | None:
    """Return a device of the account."""
    return registry.async_get_device_by_identifier((DOMAIN, identifier), config_entry_id=entry_id)


async def test_a_phone_is_a_device_with_its_properties(
    device_registry: dr.DeviceRegistry, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Name, app version and serial number come from the service."""
    entry = await add_account()
    device = device_of(device_registry, entry.entry_id, "1576")

    assert device is not None
    assert device.name == "Hall phone"
    assert device.sw_version == phone.app_version
    assert device.serial_number == phone.serial_number


async def test_every_entity_of_the_contract_is_there(
    entity_registry: er.EntityRegistry, sim: Simulator, add_account: AddAccount
) -> None:
    """Unique ids are the phone's id and the key; numbers, country and ICCID are there for those who ask for them."""
    sim.add_phone("Hall phone", phone_id=1576, sims=(Sim(slot=0), Sim(slot=1)))
    entry = await add_account(recipient("Anna", ANNA))
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)

    assert {entity.unique_id for entity in entities if entity.disabled_by is None} == {
        "1576_last_seen",
        "1576_app_version",
        "1576_pending",
        "1576_sim_0_carrier",
        "1576_sim_1_carrier",
        "1576_online",
        "1576_app_outdated",
        "1576_subscription",
        "1576_sim_0_roaming",
        "1576_sim_1_roaming",
        "1576_incoming",
        "1576_outgoing",
        next(iter(entry.subentries)),
    }
    assert {entity.unique_id for entity in entities if entity.disabled_by is not None} == {
        f"1576_sim_{slot}_{key}" for slot in (0, 1) for key in ("number", "country", "iccid_end")
    }


async def test_the_values_of_a_healthy_phone(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """What the service says is what is shown."""
    phone.app_current = False
    phone.subscription = False
    sim.change_sim(phone, 0, carrier="Example Mobile", roaming=True)
    await add_account()

    def state(entity_id: str) -> str:
        found = hass.states.get(entity_id)
        assert found is not None
        return found.state

    assert state("binary_sensor.hall_phone_online") == STATE_ON
    assert state("binary_sensor.hall_phone_app_outdated") == STATE_ON
    assert state("binary_sensor.hall_phone_subscription") == STATE_OFF
    assert state("binary_sensor.hall_phone_sim_1_roaming") == STATE_ON
    assert state("sensor.hall_phone_sim_1_carrier") == "Example Mobile"
    assert state("sensor.hall_phone_app_version") == phone.app_version
    assert state("sensor.hall_phone_pending_messages") == "0"


async def test_only_the_end_of_a_sims_serial_number_is_shown(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Enough to tell one's own SIMs apart; a leading space in a number is not shown either."""
    sim.change_sim(phone, 0, iccid="89014103211118510720", number=" +12025550101", country="us")
    entry = await add_account()
    names = ("end_of_serial_number", "number", "country")
    for name in names:
        entity_registry.async_update_entity(f"sensor.hall_phone_sim_1_{name}", disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)

    states = {name: hass.states.get(f"sensor.hall_phone_sim_1_{name}") for name in names}
    assert {name: state.state for name, state in states.items() if state} == {
        "end_of_serial_number": "0720",
        "number": "+12025550101",
        "country": "US",
    }


async def test_a_phone_without_sim_information_has_the_other_entities(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount
) -> None:
    """A modem client may report no SIM at all."""
    sim.add_phone("Modem", phone_id=1576, sims=())
    await add_account()

    assert hass.states.get("sensor.modem_last_seen") is not None
    assert hass.states.get("sensor.modem_sim_1_carrier") is None


async def test_an_account_without_phones_is_loaded_and_gets_them_later(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount, poll: Poll
) -> None:
    """The first phone appears without anybody doing anything."""
    entry = await add_account()
    sim.add_phone("Hall phone", phone_id=1576)
    await poll(entry)

    online = hass.states.get("binary_sensor.hall_phone_online")
    assert online is not None
    assert online.state == STATE_ON


async def test_a_sim_that_is_put_in_later_appears_and_one_that_is_taken_out_is_unavailable(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Entities follow the SIMs."""
    entry = await add_account()
    sim.change_sim(phone, 1, carrier="Sample Telecom")
    await poll(entry)
    carrier = hass.states.get("sensor.hall_phone_sim_2_carrier")
    assert carrier is not None
    assert carrier.state == "Sample Telecom"

    sim.remove_sim(phone, 1)
    await poll(entry)
    carrier = hass.states.get("sensor.hall_phone_sim_2_carrier")
    assert carrier is not None
    assert carrier.state == STATE_UNAVAILABLE


async def test_a_silent_phone_goes_offline_by_the_clock_of_the_service(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """This machine's clock, which stands still here, has no say."""
    entry = await add_account(offline_after=10)
    sim.switch_off(phone)

    def online() -> str:
        state = hass.states.get("binary_sensor.hall_phone_online")
        assert state is not None
        return state.state

    sim.advance(9 * 60)
    await poll(entry)
    assert online() == STATE_ON
    sim.advance(2 * 60)
    await poll(entry)
    assert online() == STATE_OFF
    sim.switch_on(phone)
    sim.advance(15)
    await poll(entry)
    assert online() == STATE_ON


@pytest.mark.parametrize("profile", ["no-date", "unreadable-date"])
async def test_without_the_clock_of_the_service_the_other_phones_tell_the_time(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll, profile: str
) -> None:
    """What the service reports as past is a lower bound for its present."""
    sim.profile = PROFILES[profile]
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(offline_after=10)
    sim.switch_off(phone)

    def online(name: str) -> str:
        state = hass.states.get(f"binary_sensor.{name}_phone_online")
        assert state is not None
        return state.state

    sim.advance(9 * 60)
    await poll(entry)
    assert (online("hall"), online("attic")) == (STATE_ON, STATE_ON)
    sim.advance(2 * 60)
    await poll(entry)
    assert (online("hall"), online("attic")) == (STATE_OFF, STATE_ON)


@pytest.mark.parametrize("profile", ["documented", "no-date"])
async def test_a_phone_that_is_alone_goes_offline_without_the_clock_of_the_service_as_well(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
) -> None:
    """From the last thing that the service told, time runs on here."""
    sim.profile = PROFILES[profile]
    entry = await add_account(offline_after=10)
    clock = entry.runtime_data.account.client.clock
    sim.switch_off(phone)
    sim.advance(11 * 60)
    before = time.monotonic()
    monkeypatch.setattr(clock, "_monotonic", lambda: before + 11 * 60)
    await poll(entry)

    online = hass.states.get("binary_sensor.hall_phone_online")
    assert online is not None
    assert online.state == STATE_OFF


async def test_last_seen_is_written_at_once_when_the_phone_goes_and_comes(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """How long a silent phone has been silent is what one wants to know."""
    entry = await add_account(offline_after=1)

    def last_seen() -> datetime:
        state = hass.states.get("sensor.hall_phone_last_seen")
        assert state is not None
        return datetime.fromisoformat(state.state)

    sim.advance(60)
    await poll(entry)
    assert last_seen() < phone.last_seen
    sim.switch_off(phone)
    sim.advance(61)
    await poll(entry)
    assert last_seen() == phone.last_seen
    sim.switch_on(phone)
    sim.advance(10)
    await poll(entry)
    assert last_seen() == phone.last_seen


async def test_last_seen_is_written_every_five_minutes_while_the_phone_is_well(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """A healthy phone is seen every ten seconds; its history holds a twelfth of an hour at a time."""
    entry = await add_account()

    def last_seen() -> str:
        state = hass.states.get("sensor.hall_phone_last_seen")
        assert state is not None
        return state.state

    values = [last_seen()]
    for _ in range(22):
        sim.advance(30)
        await poll(entry)
        values.append(last_seen())

    assert len(set(values)) == 3


async def test_a_poll_that_brings_nothing_new_writes_no_state(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Not even one that is the same as before."""
    entry = await add_account()
    before = {state.entity_id: state.last_reported for state in hass.states.async_all()}

    sim.advance(30)
    await poll(entry)

    assert {state.entity_id: state.last_reported for state in hass.states.async_all()} == before


async def test_entities_are_unavailable_while_the_service_is(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Except those that events come through and those that send; and the log says it once, both ways."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.fail(faults.http_error(500), times=None)
    caplog.clear()

    def logged(level: str) -> int:
        return sum(
            record.levelname == level for record in caplog.records if record.name == "custom_components.smsgateway24"
        )

    await poll(entry)
    await poll(entry)

    unavailable = {state.entity_id for state in hass.states.async_all() if state.state == STATE_UNAVAILABLE}
    available = {state.entity_id for state in hass.states.async_all()} - unavailable
    assert available == {"event.hall_phone_incoming_message", "event.hall_phone_outgoing_message", "notify.anna"}
    assert logged("ERROR") == 1

    caplog.clear()
    sim.faults.clear()
    await poll(entry)
    await poll(entry)
    online = hass.states.get("binary_sensor.hall_phone_online")
    assert online is not None
    assert online.state == STATE_ON
    assert (logged("INFO"), logged("WARNING"), logged("ERROR")) == (1, 0, 0)


async def test_a_service_that_asks_to_wait_is_given_the_time(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
    poll: Poll,
) -> None:
    """Retry-After says when the next poll is."""
    entry = await add_account()
    sim.fail(faults.http_error(429, retry_after="120"), times=2)
    await poll(entry)

    assert not entry.runtime_data.last_update_success
    assert entry.runtime_data.last_exception.retry_after == 120


async def test_a_phone_that_is_renamed_or_updated_takes_its_device_along(
    device_registry: dr.DeviceRegistry, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The device shows what the service says now."""
    entry = await add_account()
    phone.title = "Cellar phone"
    phone.app_version = "13.0.1"
    await poll(entry)

    device = device_of(device_registry, entry.entry_id, "1576")
    assert device is not None
    assert (device.name, device.sw_version) == ("Cellar phone", "13.0.1")


async def test_a_phone_that_is_gone_is_removed_after_a_day(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Until then it is unavailable."""
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account()
    sim.remove_phone(phone)
    await poll(entry)
    online = hass.states.get("binary_sensor.hall_phone_online")
    assert online is not None
    assert online.state == STATE_UNAVAILABLE

    freezer.tick(timedelta(hours=23))
    await poll(entry)
    assert device_of(device_registry, entry.entry_id, "1576") is not None

    # Restarting in between does not start the day anew.
    await hass.config_entries.async_reload(entry.entry_id)
    freezer.tick(timedelta(hours=2))
    await poll(entry)
    assert device_of(device_registry, entry.entry_id, "1576") is None
    assert device_of(device_registry, entry.entry_id, "1297") is not None


async def test_an_outage_of_the_service_is_not_the_absence_of_a_phone(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The day begins with the first list that lacks it."""
    entry = await add_account()
    sim.fail(faults.http_error(500), "getalldevices", times=None)
    await poll(entry)
    freezer.tick(timedelta(days=2))
    await poll(entry)
    sim.faults.clear()
    sim.remove_phone(phone)
    await poll(entry)
    assert device_of(device_registry, entry.entry_id, "1576") is not None

    freezer.tick(timedelta(days=1))
    await poll(entry)
    assert device_of(device_registry, entry.entry_id, "1576") is None


async def test_a_phone_that_comes_back_in_time_stays(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The day starts anew with each absence."""
    entry = await add_account()
    sim.remove_phone(phone)
    await poll(entry)
    freezer.tick(timedelta(hours=20))
    back = sim.add_phone("Hall phone", phone_id=1576)
    await poll(entry)
    sim.remove_phone(back)
    await poll(entry)
    freezer.tick(timedelta(hours=20))
    await poll(entry)

    assert device_of(device_registry, entry.entry_id, "1576") is not None


@pytest.mark.parametrize("profile", PROFILES)
async def test_every_way_in_which_the_service_may_answer_is_understood(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount, poll: Poll, profile: str
) -> None:
    """What the documentation leaves open makes no difference to what is shown.

    Except for a clock that is hours ahead: measured by it, every phone has been silent for hours.
    """
    sim.profile = PROFILES[profile]
    sim.add_phone("Hall phone", phone_id=1576)
    entry = await add_account()
    assert entry.runtime_data.last_update_success
    await poll(entry)

    state = hass.states.get("binary_sensor.hall_phone_online")
    assert state is not None
    assert state.state == (STATE_OFF if sim.profile.date_header == "ahead" else STATE_ON)
    app_version = hass.states.get("sensor.hall_phone_app_version")
    assert app_version is not None
    assert app_version.state not in {STATE_UNKNOWN, STATE_UNAVAILABLE}


async def test_pending_messages_are_counted_per_phone(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """What waits at the service or on the phone counts, from wherever it was sent; what has left it does not."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.switch_off(phone)
    sim.send_from_site(phone, ANNA, "one")
    sim.send_from_site(phone, ANNA, "two")

    def pending() -> Any:
        state = hass.states.get("sensor.hall_phone_pending_messages")
        return state and state.state

    await poll(entry)
    assert pending() == "2"
    sim.switch_on(phone)
    sim.advance(60)
    await poll(entry)
    assert pending() == "0"


# --- what waits -------------------------------------------------------------------------------------------------------


class Days:
    """Lets days pass with a poll now and then, and tells what waits."""

    def __init__(
        self, hass: HomeAssistant, sim: Simulator, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
    ) -> None:
        self.hass = hass
        self.sim = sim
        self.freezer = freezer
        self.entry = entry

    async def live(self, hours: float, every: float = 0.5) -> None:
        """Let hours pass."""
        for _ in range(round(hours / every)):
            self.freezer.tick(timedelta(hours=every))
            self.sim.advance(every * 3600)
            await self.entry.runtime_data.async_refresh()
            await self.hass.async_block_till_done()

    @property
    def pending(self) -> str:
        """How many messages wait."""
        state = self.hass.states.get("sensor.hall_phone_pending_messages")
        assert state is not None
        return state.state


async def test_what_waits_for_a_phone_that_is_off_for_days_is_counted_until_it_is_back(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, freezer: FrozenDateTimeFactory
) -> None:
    """Over a restart as well, although the lists do not reach back to it any more; at a few requests an hour."""
    days = Days(hass, sim, freezer, await add_account())
    sim.switch_off(phone)
    for _ in range(6):
        sim.send_from_site(phone, ANNA, "hello")
    await days.live(48)
    assert days.pending == "6"
    sim.requests.clear()
    await days.live(10)
    assert 15 <= [request.method for request in sim.requests].count("getsmsstatus") <= 30

    await hass.config_entries.async_reload(days.entry.entry_id)
    await hass.async_block_till_done()
    await days.live(1)
    assert days.pending == "6"

    sim.switch_on(phone)
    await days.live(2, every=0.1)
    assert days.pending == "0"


async def test_what_was_scheduled_does_not_wait_for_ever(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, freezer: FrozenDateTimeFactory
) -> None:
    """When it is sent, no list shows it any more."""
    days = Days(hass, sim, freezer, await add_account(recipient("Anna", ANNA)))
    delivered = async_capture_events(hass, "smsgateway24_sms_delivered")
    fields = {"numbers": ANNA, "message": "later", "send_at": (dt_util.utcnow() + timedelta(hours=48)).isoformat()}
    await hass.services.async_call(DOMAIN, "send_sms", fields, blocking=True)
    await days.live(47)
    assert days.pending == "1"
    await days.live(3)
    assert len(delivered) == 1
    assert days.pending == "0"


async def test_what_was_deleted_at_the_service_waits_no_longer(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, freezer: FrozenDateTimeFactory
) -> None:
    """It is refused when it is asked for, and keeps nobody from asking for the others."""

    def delete_the_first(count: int) -> None:
        for message in sim.messages()[:count]:
            del sim.account.messages[message.id]
            phone.waiting.remove(message.id)

    days = Days(hass, sim, freezer, await add_account())
    sim.switch_off(phone)
    for _ in range(5):
        sim.send_from_site(phone, ANNA, "hello")
    await days.live(20)
    assert days.pending == "5"
    delete_the_first(2)
    await days.live(5)
    assert days.pending == "3"

    delete_the_first(1)
    sim.switch_on(phone)
    await days.live(3, every=0.1)
    assert days.pending == "0"


async def test_a_damaged_count_is_begun_anew(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is only a number on a dashboard, so nothing else is lost with it."""
    entry = await add_account()
    for damage in (5, [5]):
        await hass.config_entries.async_unload(entry.entry_id)
        hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["pending"] = damage
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert hass.states.is_state("sensor.hall_phone_pending_messages", "0")
    assert caplog.text.count("is counted anew") == 1
    assert "begun anew" not in caplog.text
