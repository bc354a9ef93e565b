"""What survives a restart, and what happens when it cannot."""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import STORAGE_DIR, Store
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.messaging.reader import Progress
from custom_components.smsgateway24.store import STORAGE_MINOR_VERSION, AccountStore, Memory
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount, Poll, make_entry, recipient

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


async def test_a_memory_that_was_saved_is_loaded(hass: HomeAssistant) -> None:
    """And saving says that it is there."""
    store = AccountStore(hass, "entry")
    memory = Memory()
    memory.inbox.start([], None, dt_util.utcnow())

    assert await store.async_save(lambda: memory.as_dict({}))
    assert (await AccountStore(hass, "entry").async_load()).inbox.started


async def test_a_write_that_fails_is_noticed(hass: HomeAssistant) -> None:
    """Home Assistant's store logs it and goes on, which is no basis for a promise."""
    store = AccountStore(hass, "entry")
    assert await store.async_save(lambda: Memory().as_dict({}))

    async def lose(_store: Store[Any], _data: dict[str, Any]) -> None:
        """Write nothing, as a full disk would."""

    with patch.object(Store, "_async_write_data", lose):
        assert not await store.async_save(lambda: Memory().as_dict({}))
    assert await store.async_save(lambda: Memory().as_dict({}))


async def test_nothing_is_certain_while_home_assistant_stops(hass: HomeAssistant) -> None:
    """Writes are put off to the very end then, so nothing may rely on them."""
    store = AccountStore(hass, "entry")
    hass.set_state(CoreState.stopping)
    assert not await store.async_save(lambda: Memory().as_dict({}))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.clear(),
        lambda data: data.update(inbox=None),
        lambda data: data["inbox"].update(floor="yesterday"),
        lambda data: data["inbox"].update(known=["1"]),
        lambda data: data["contacts"].pop("begun"),
        lambda data: data["progress"].update(swept_until="2026-11-25T12:00:00"),
        lambda data: data["missing_since"].update({"1576": "long ago"}),
        lambda data: data.update(outbox=5),
        lambda data: data.update(checkup=None),
        lambda data: data["checkup"]["phones"]["known"]["1576"].update(since=None),
        lambda data: data["checkup"]["phones"].update(retired={"1": "soon"}),
        lambda data: data["checkup"]["attempts"].update(failures=[["1576"]]),
        lambda data: data["checkup"].update(outdated_since={"1576": "2026-11-25T12:00:00"}),
    ],
)
async def test_damage_announces_nothing_old_and_is_told_once(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[dict[str, Any]], None],
) -> None:
    """What the service holds is taken as known again."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    await hass.config_entries.async_unload(entry.entry_id)

    damage(hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"])
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await poll(entry)
    # Times of the service are whole seconds, and what has none of its own might have been announced.
    sim.advance(2)
    sim.receive(phone, ANNA, "heating on")
    await poll(entry)

    assert [event.data["text"] for event in received] == ["gate", "heating on"]
    assert sum("is damaged" in record.message for record in caplog.records) == 1


async def test_a_message_is_held_back_until_it_is_noted_down(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """A full disk delays announcements, and then each comes once."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")

    async def lose(_store: Store[Any], _data: dict[str, Any]) -> None:
        """Write nothing, as a full disk would."""

    sim.receive(phone, ANNA, "gate")
    with patch.object(Store, "_async_write_data", lose):
        await poll(entry)
        await poll(entry)
    assert not received

    await poll(entry)
    await poll(entry)
    assert [event.data["text"] for event in received] == ["gate"]


async def test_a_missing_file_announces_nothing_old_and_is_told_once(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The account has left phones behind, so there was one. An outage at the start does not repeat that."""
    entry = await add_account()
    assert "is missing" not in caplog.text
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    await hass.config_entries.async_unload(entry.entry_id)

    del hass_storage[f"{DOMAIN}.{entry.entry_id}"]
    sim.fail(faults.http_error(500), times=None)
    for _ in range(3):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.config_entries.async_unload(entry.entry_id)
    sim.faults.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await poll(entry)

    assert len(received) == 1
    assert caplog.text.count("is missing and is begun anew") == 1


async def test_a_first_start_misses_nothing(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, caplog: pytest.LogCaptureFixture
) -> None:
    """There was no file to lose."""
    await add_account()
    assert "begun anew" not in caplog.text


async def test_what_is_left_of_the_outbox_is_kept(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Damage to what is known of incoming messages does not have outgoing ones forgotten."""
    store = AccountStore(hass, "entry")
    await store.async_save(lambda: Memory().as_dict({"messages": [{"key": "1"}]}))
    hass_storage[f"{DOMAIN}.entry"]["data"]["inbox"] = None
    memory = await AccountStore(hass, "entry").async_load()
    assert memory.outbox == {"messages": [{"key": "1"}]}
    assert not memory.inbox.started
    # And it is on disk like that, for the next start.
    assert (await AccountStore(hass, "entry").async_load()).outbox == {"messages": [{"key": "1"}]}


@pytest.mark.parametrize("damage", ["inbox", "checkup"])
async def test_what_is_known_of_phones_outlives_other_damage(
    hass: HomeAssistant, hass_storage: dict[str, Any], damage: str
) -> None:
    """Or an id that a phone has had would become a phone again."""
    store = AccountStore(hass, "entry")
    memory = Memory()
    memory.checkup.phones.note_device("1576", "Hall phone", None, NOW)
    await store.async_save(lambda: memory.as_dict({}))
    hass_storage[f"{DOMAIN}.entry"]["data"][damage] = None
    loaded = await AccountStore(hass, "entry").async_load()
    assert loaded.begun_anew
    assert set(loaded.checkup.phones.ids) == ({"1576"} if damage == "inbox" else set())


async def test_a_file_that_cannot_be_replaced_does_not_pass_for_what_was_written(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """What is read back has to bear the mark of the one who wrote it, however high its number is."""
    first = AccountStore(hass, "entry")
    for _ in range(5):
        assert await first.async_save(lambda: Memory().as_dict({}))
    hass_storage[f"{DOMAIN}.entry"]["data"]["inbox"] = None

    async def lose(_store: Store[Any], _data: dict[str, Any]) -> None:
        """Write nothing, as a full disk would."""

    second = AccountStore(hass, "entry")
    with patch.object(Store, "_async_write_data", lose):
        await second.async_load()
        assert not await second.async_save(lambda: Memory().as_dict({}))
    assert await second.async_save(lambda: Memory().as_dict({}))


@pytest.mark.parametrize("content", [{}, {"mark": 5}, {"mark": None, "serial": "x"}])
async def test_whatever_is_read_back_instead_is_no_proof(
    hass: HomeAssistant, hass_storage: dict[str, Any], content: dict[str, Any]
) -> None:
    """Somebody else may have written there."""
    store = AccountStore(hass, "entry")

    async def write_something_else(_store: Store[Any], data: dict[str, Any]) -> None:
        hass_storage[f"{DOMAIN}.entry"] = {**data, "data": content}

    with patch.object(Store, "_async_write_data", write_something_else):
        assert not await store.async_save(lambda: Memory().as_dict({}))


async def test_a_disk_that_cannot_be_read_is_no_proof(hass: HomeAssistant) -> None:
    """It may have been written, but nobody knows."""
    store = AccountStore(hass, "entry")
    with patch.object(Store, "async_load", side_effect=HomeAssistantError):
        assert not await store.async_save(lambda: Memory().as_dict({}))


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), PermissionError(13, "Permission denied")])
async def test_a_disk_that_cannot_be_read_just_now_is_no_damage(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    error: OSError,
) -> None:
    """The account waits for it, and what is on the disk stays as it is: a message that waits, and what came meanwhile."""
    entry = await add_account(recipient("Anna", ANNA))
    received = async_capture_events(hass, "smsgateway24_sms_received")
    await sim.stop()
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "alarm"}, blocking=True
    )
    await hass.config_entries.async_unload(entry.entry_id)
    await sim.start()
    sim.receive(phone, ANNA, "gate")
    before = deepcopy(hass_storage[f"{DOMAIN}.{entry.entry_id}"])
    load = Store.async_load

    async def fail(store: Store[Any]) -> Any:
        if store.key.startswith(DOMAIN):
            raise HomeAssistantError(f"Error while loading {store.path}") from error
        return await load(store)

    with patch.object(Store, "async_load", fail):
        await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "store_unreadable"
    assert hass_storage[f"{DOMAIN}.{entry.entry_id}"] == before

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await poll(entry)
    sim.advance(20)
    assert [event.data["text"] for event in received] == ["gate"]
    assert [sent.text for sent in sim.sent_texts(ANNA)] == ["alarm"]


async def test_what_was_set_aside_of_a_damaged_file_is_removed_with_it(hass: HomeAssistant, tmp_path: Path) -> None:
    """It holds numbers and texts as well. What belongs to another account stays."""
    store = AccountStore(hass, "entry")
    folder = tmp_path / STORAGE_DIR
    folder.mkdir()
    for name in ("smsgateway24.entry.corrupt.2026-11-25T12:00:00+00:00", "smsgateway24.entry2.corrupt.2026-11-25"):
        (folder / name).write_text("{")
    with patch.object(hass.config, "config_dir", str(tmp_path)):
        await store.async_remove()
    assert [path.name for path in folder.iterdir()] == ["smsgateway24.entry2.corrupt.2026-11-25"]


async def test_two_saves_at_a_time_are_both_right(hass: HomeAssistant) -> None:
    """The later one holds what the earlier one was to hold."""
    store = AccountStore(hass, "entry")
    assert await asyncio.gather(*(store.async_save(lambda: Memory().as_dict({})) for _ in range(5))) == [True] * 5


async def test_what_is_true_at_the_very_end_is_written(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Home Assistant writes last when everything else is done."""
    store = AccountStore(hass, "entry")
    memory = Memory()
    hass.set_state(CoreState.stopping)
    assert not await store.async_save(lambda: memory.as_dict({}))
    memory.missing_since["1576"] = NOW
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert hass_storage[f"{DOMAIN}.entry"]["data"]["missing_since"] == {"1576": NOW.isoformat()}


async def test_a_file_of_the_first_version_is_taken_over(
    hass: HomeAssistant, hass_storage: dict[str, Any], sim: Simulator, phone: Phone, poll: Poll
) -> None:
    """What it knew is known, and what came since is announced."""
    known = sim.receive(phone, ANNA, "gate")
    assert known is not None
    sim.advance(3600)
    new = sim.receive(phone, ANNA, "heating on")
    assert new is not None
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    hass_storage[f"{DOMAIN}.{entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.{entry.entry_id}",
        "data": {
            "inbox": {
                "floor": known.created.isoformat(),
                "known": {str(known.id): known.created.isoformat()},
                "claimed": [],
            },
            "outbox": [],
            "missing_since": {"1297": known.created.isoformat()},
            "contacts": {"1576": known.created.isoformat(), "1297": None},
            "swept_until": known.created.isoformat(),
            "serial": 17,
        },
    }
    received = async_capture_events(hass, "smsgateway24_sms_received")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await poll(entry)

    assert [event.data["text"] for event in received] == ["heating on"]
    stored = hass_storage[f"{DOMAIN}.{entry.entry_id}"]
    assert stored["minor_version"] == STORAGE_MINOR_VERSION
    assert set(stored["data"]["inbox"]["known"]) == {str(known.id), str(new.id)}
    assert set(stored["data"]["contacts"]["phones"]) == {"1576", "1297"}
    assert set(stored["data"]["checkup"]["phones"]["known"]) == {"1576"}


async def test_a_file_of_the_second_version_is_taken_over(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """It knew nothing of what phones look like, and of rings only in its last days."""
    store = AccountStore(hass, "entry")
    memory = Memory(missing_since={"1297": NOW}, progress=Progress(NOW, NOW))
    memory.inbox.start([], NOW, NOW)
    await store.async_save(lambda: memory.as_dict({"messages": [{"key": "1"}]}))
    written = hass_storage[f"{DOMAIN}.entry"]
    written["minor_version"] = 2
    for part in ("checkup", "doorbell", "pending"):
        del written["data"][part]

    loaded = await AccountStore(hass, "entry").async_load()
    assert not loaded.begun_anew
    assert loaded.as_dict(loaded.outbox) == memory.as_dict({"messages": [{"key": "1"}]})


async def test_a_file_of_a_later_minor_version_is_read(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Somebody has gone back to an older release."""
    store = AccountStore(hass, "entry")
    memory = Memory()
    memory.inbox.start([], None, NOW)
    await store.async_save(lambda: {**memory.as_dict({}), "something": "new"})
    hass_storage[f"{DOMAIN}.entry"]["minor_version"] = STORAGE_MINOR_VERSION + 1
    assert (await AccountStore(hass, "entry").async_load()).inbox.started


async def test_a_file_of_a_later_major_version_is_begun_anew(
    hass: HomeAssistant, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """It means something else by then."""
    store = AccountStore(hass, "entry")
    await store.async_save(lambda: Memory().as_dict({}))
    hass_storage[f"{DOMAIN}.entry"]["version"] = 2
    assert not (await AccountStore(hass, "entry").async_load()).inbox.started
    assert "UnsupportedStorageVersionError" in caplog.text


async def test_a_memory_comes_back_as_it_was(hass: HomeAssistant) -> None:
    """All of it."""
    memory = Memory(missing_since={"1297": NOW}, progress=Progress(NOW, NOW))
    memory.inbox.start([], NOW, NOW)
    described = memory.as_dict({"messages": []})
    store = AccountStore(hass, "entry")
    assert await store.async_save(lambda: described)
    loaded = await AccountStore(hass, "entry").async_load()
    assert loaded.as_dict(loaded.outbox) == described


def test_what_waits_for_a_phone_goes_on_to_wait_for_it_under_another_id() -> None:
    """What waits for another phone, or for any, does not; and what is damaged is left to the outbox."""
    messages: list[Any] = [{"phone_id": "1576"}, {"phone_id": "1297"}, {"phone_id": None}, {}, 5]
    memory = Memory(outbox={"messages": messages}, missing_since={"1576": NOW})
    memory.checkup.phones.note_device("2001", "Hall phone", None, NOW)
    memory.move_phone("1576", "2001")
    assert memory.outbox == {"messages": [{"phone_id": "2001"}, *messages[1:]]}
    assert not memory.missing_since
    damaged = Memory(outbox={"messages": None})
    damaged.checkup.phones.note_device("2001", "Hall phone", None, NOW)
    damaged.move_phone("1576", "2001")
    assert damaged.outbox == {"messages": None}
