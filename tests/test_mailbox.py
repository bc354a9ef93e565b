"""How what comes in meets Home Assistant: its start and its end, its disk, and everybody who listens."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.smsgateway24.announcer import Announcer
from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.messaging.inbox import IncomingMessage
from custom_components.smsgateway24.messaging.outbox import Outbox
from simulator import Phone, Simulator, faults
from tests.automations import automate
from tests.conftest import ANNA, BEN, AddAccount, Poll, make_entry, recipient

INCOMING = "event.hall_phone_incoming_message"
RECEIVED = "smsgateway24_sms_received"


def received(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Collect what is received from now on."""
    return async_capture_events(hass, RECEIVED)


def texts(events: list[Event[dict[str, Any]]]) -> list[str]:
    """Return the texts that were received."""
    return [event.data["text"] for event in events]


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Load an account."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def finish_starting(hass: HomeAssistant) -> None:
    """Let Home Assistant be started."""
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()


@contextmanager
def a_full_disk() -> Iterator[None]:
    """Let the disk be full."""

    async def lose(_store: Store[Any], _data: dict[str, Any]) -> None:
        """Write nothing."""

    with patch.object(Store, "_async_write_data", lose):
        yield


class Writes:
    """Counts what is written for an account."""

    def __init__(self, entry: MockConfigEntry) -> None:
        self.key = f"{DOMAIN}.{entry.entry_id}"
        self.count = 0

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Count from here on."""
        write = Store._async_write_data
        watched = self

        async def count(store: Store[Any], data: dict[str, Any]) -> None:
            watched.count += store.key == watched.key
            await write(store, data)

        with patch.object(Store, "_async_write_data", count):
            yield


# --- when somebody listens --------------------------------------------------------------------------------------------


async def test_what_came_while_home_assistant_was_down_runs_the_automations(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """All of it, in order, once, and only when they are attached."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True))
    await hass.config_entries.async_unload(entry.entry_id)
    for text in ("one", "two", "two", "three"):
        sim.advance(1)
        sim.receive(phone, ANNA, text)
    hass.set_state(CoreState.starting)
    events = received(hass)
    await load(hass, entry)
    assert not events

    runs = await automate(hass, {"trigger": "event", "event_type": RECEIVED})
    await finish_starting(hass)
    assert texts(events) == ["one", "two", "two", "three"]
    assert len(runs) == 4
    state = hass.states.get(INCOMING)
    assert state is not None
    assert state.attributes["text"] == "three"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert len(runs) == 4


async def test_a_start_that_never_ends_costs_nothing(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """What was read and not announced is found again, however old it is by then."""
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    sim.receive(phone, ANNA, "gate")
    hass.set_state(CoreState.starting)
    events = received(hass)
    for _ in range(3):
        await load(hass, entry)
        sim.advance(60)
        await hass.config_entries.async_unload(entry.entry_id)
    assert not events

    await load(hass, entry)
    await finish_starting(hass)
    assert texts(events) == ["gate"]


async def test_a_reload_announces_what_came_meanwhile(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """And its event entities hear it: they are there by then."""
    entry = await add_account()
    events = received(hass)
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    sim.receive(phone, ANNA, "heating on")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert texts(events) == ["gate", "heating on"]
    state = hass.states.get(INCOMING)
    assert state is not None
    assert state.attributes["text"] == "heating on"


async def test_a_phone_that_is_new_is_heard_with_its_first_messages(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """All of them reach the bus, with its device, and its event entity; none of them counts as fresh."""
    entry = await add_account()
    events = received(hass)
    attic = sim.add_phone("Attic phone", phone_id=1297)
    for text in ("one", "two"):
        sim.receive(attic, ANNA, text)
        sim.advance(1)
    await poll(entry)
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "1297"), config_entry_id=entry.entry_id)
    assert device is not None
    assert [(event.data["text"], event.data["device_id"], event.data["delayed"]) for event in events] == [
        ("one", device.id, True),
        ("two", device.id, True),
    ]
    state = hass.states.get("event.attic_phone_incoming_message")
    assert state is not None
    assert state.attributes["text"] == "two"


async def test_unloading_waits_for_what_is_being_announced(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """While the entity that hears it is still there."""
    entry = await add_account()
    heard: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        if (state := event.data["new_state"]) is not None and "text" in state.attributes:
            heard.append(state.attributes["text"])

    hass.bus.async_listen("state_changed", note)
    events = received(hass)
    write, is_writing, may_write = Store._async_write_data, asyncio.Event(), asyncio.Event()

    async def write_slowly(store: Store[Any], data: dict[str, Any]) -> None:
        if store.key == f"{DOMAIN}.{entry.entry_id}":
            is_writing.set()
            await may_write.wait()
        await write(store, data)

    sim.advance(10)
    sim.receive(phone, ANNA, "gate")
    with patch.object(Store, "_async_write_data", write_slowly):
        await entry.runtime_data.async_refresh()
        await is_writing.wait()
        unloading = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not events
        may_write.set()
        assert await unloading
    assert texts(events) == ["gate"]
    assert heard == ["gate"]


async def test_unloading_waits_for_no_question_about_an_old_message(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """It can be asked again, and until then nobody could text anybody."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.switch_off(phone)
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "hi"}, blocking=True
    )
    sim.fail(faults.never_answered(), "getsmsstatus", times=None)
    with patch.object(Outbox, "to_ask_for", lambda outbox: [message.message_id for message in outbox.messages]):
        await entry.runtime_data.async_refresh()
        await asyncio.sleep(0.1)
        assert sim.requests[-1].method == "getsmsstatus"
        async with asyncio.timeout(5):
            assert await hass.config_entries.async_unload(entry.entry_id)


async def test_an_account_that_is_removed_while_it_is_written_down_leaves_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any], sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Not even what somebody wants to write down during the last write of all."""
    entry = await add_account()
    write = Store._async_write_data

    async def write_slowly(store: Store[Any], data: dict[str, Any]) -> None:
        entry.runtime_data.mailbox.async_save_soon()
        await asyncio.sleep(0.02)
        await write(store, data)

    with patch.object(Store, "_async_write_data", write_slowly):
        await hass.config_entries.async_remove(entry.entry_id)
        await asyncio.sleep(0.1)
    assert f"{DOMAIN}.{entry.entry_id}" not in hass_storage


async def test_an_account_that_cannot_be_unloaded_goes_on_listening(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Home Assistant keeps it as it is."""
    entry = await add_account()
    events = received(hass)
    with patch.object(hass.config_entries, "async_unload_platforms", return_value=False):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    sim.receive(phone, ANNA, "gate")
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert texts(events) == ["gate"]
    # Nobody else ends it: Home Assistant does not try again to unload what could not be unloaded.
    await entry.runtime_data.async_shutdown()


async def test_one_listener_that_fails_does_not_cost_the_others_their_message(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """All of a poll are claimed at once; the log names the message, not what it says."""
    entry = await add_account()
    events = received(hass)
    announce = Announcer.async_announce_incoming

    def fail(announcer: Announcer, incoming: IncomingMessage) -> None:
        if incoming.message.text == "two":
            raise ValueError(incoming.message.text)
        announce(announcer, incoming)

    for text in ("one", "two", "three"):
        sim.receive(phone, ANNA, text)
        sim.advance(1)
    with patch.object(Announcer, "async_announce_incoming", fail):
        await poll(entry)
    await poll(entry)
    assert texts(events) == ["one", "three"]
    assert "was not announced to everybody: ValueError" in caplog.text
    assert "Traceback" not in caplog.text


async def test_what_is_being_sent_holds_up_nothing_that_comes_in(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """The outbox may be waiting for the service for half a minute."""
    entry = await add_account()
    events = received(hass)
    may_go_on, heard = asyncio.Event(), asyncio.Event()

    async def hang(*_: Any) -> None:
        await may_go_on.wait()

    @callback
    def note(_: Event[Any]) -> None:
        heard.set()

    hass.bus.async_listen(RECEIVED, note)
    with patch.object(Outbox, "observe", hang):
        try:
            for text in ("one", "two"):
                heard.clear()
                sim.receive(phone, ANNA, text)
                await entry.runtime_data.async_refresh()
                async with asyncio.timeout(5):
                    await heard.wait()
        finally:
            may_go_on.set()
        await hass.async_block_till_done()
    assert texts(events) == ["one", "two"]


# --- the disk ---------------------------------------------------------------------------------------------------------


async def test_a_poll_without_news_writes_nothing_and_asks_once(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Neither the list nor the disk is worn out."""
    entry = await add_account()
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    await poll(entry)
    writes = Writes(entry)
    sim.requests.clear()
    with writes.watch():
        for _ in range(20):
            sim.advance(30)
            await poll(entry)
        assert writes.count == 0
        assert [request.method for request in sim.requests].count("getallsms") == 20
        sim.receive(phone, ANNA, "heating on")
        await poll(entry)
    # The claim, and that it was announced.
    assert writes.count == 2


async def test_how_far_the_list_was_read_is_written_once_an_hour(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """A kill costs no more than an hour of reading anew."""
    entry = await add_account()
    writes = Writes(entry)
    with writes.watch():
        for _ in range(12 * 3 + 3):
            sim.advance(300)
            await poll(entry)
    assert writes.count == 3


async def test_a_full_disk_holds_back_and_is_told_once(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However long it lasts. Then all is announced, in order."""
    entry = await add_account()
    events = received(hass)
    with a_full_disk():
        for text in ("one", "two", "three"):
            sim.receive(phone, ANNA, text)
            sim.advance(1)
            await poll(entry)
    assert not events
    assert caplog.text.count("are held back") == 1
    await poll(entry)
    assert texts(events) == ["one", "two", "three"]

    with a_full_disk():
        sim.receive(phone, ANNA, "four")
        await poll(entry)
    assert caplog.text.count("are held back") == 2


async def test_a_full_disk_and_a_restart_lose_nothing(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """What was not claimed is news to the next life."""
    entry = await add_account()
    events = received(hass)
    with a_full_disk():
        sim.receive(phone, ANNA, "gate")
        await poll(entry)
        await hass.config_entries.async_unload(entry.entry_id)
    await load(hass, entry)
    assert texts(events) == ["gate"]


async def test_what_a_kill_left_in_doubt_is_named_once_and_not_announced(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It was claimed, and nobody knows whether it was announced. An outage at the start does not repeat that."""
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    message = sim.receive(phone, ANNA, "gate")
    assert message is not None
    inbox = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["inbox"]
    inbox["known"][str(message.id)] = message.created.isoformat()
    inbox["claimed"] = [message.id]

    events = received(hass)
    sim.fail(faults.http_error(500), times=None)
    for _ in range(3):
        await load(hass, entry)
        await hass.config_entries.async_unload(entry.entry_id)
    sim.faults.clear()
    await load(hass, entry)
    await poll(entry)
    sim.receive(phone, ANNA, "heating on")
    await poll(entry)
    assert texts(events) == ["heating on"]
    warnings = [record.getMessage() for record in caplog.records if "may not have been announced" in record.message]
    assert len(warnings) == 1
    assert str(message.id) in warnings[0]
    assert "gate" not in warnings[0]


async def test_while_home_assistant_stops_nothing_is_claimed(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Automations may be gone by then. The next start announces it; the disk is not to blame."""
    entry = await add_account()
    events = received(hass)
    sim.receive(phone, ANNA, "gate")
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert not events
    assert "check the disk" not in caplog.text
    assert hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["inbox"]["claimed"] == []

    hass.set_state(CoreState.running)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert texts(events) == ["gate"]


# --- the service ------------------------------------------------------------------------------------------------------


async def test_a_poll_in_which_only_the_phones_cannot_be_read_loses_no_message(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The messages were read in it, and are fresh only once."""
    entry = await add_account()
    events = received(hass)
    sim.receive(phone, ANNA, "gate")
    sim.fail(faults.http_error(500), "getalldevices")
    await poll(entry)
    await poll(entry)
    assert texts(events) == ["gate"]


@pytest.mark.parametrize(
    "fault",
    [faults.http_error(500), faults.page(), faults.cut_off(), faults.garbled(), faults.truncated()],
    ids=lambda fault: fault.name,
)
async def test_an_outage_forgets_nothing_and_invents_nothing(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
    fault: faults.Fault,
) -> None:
    """The log says once that it is there, and once that it is over."""
    entry = await add_account()
    events = received(hass)
    sim.fail(fault, times=None)
    for text in ("one", "two"):
        sim.receive(phone, ANNA, text)
        sim.advance(30)
        await poll(entry)
    assert not events
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1

    sim.faults.clear()
    await poll(entry)
    await poll(entry)
    assert texts(events) == ["one", "two"]


async def test_the_pace_is_back_as_soon_as_the_service_is(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """An outage has it asked less and less often."""
    entry = await add_account()
    coordinator = entry.runtime_data
    assert coordinator.update_interval == timedelta(seconds=30)
    sim.fail(faults.http_error(502), times=None)
    for seconds in (30, 60, 120, 240, 300, 300):
        await poll(entry)
        assert coordinator.update_interval == timedelta(seconds=seconds)
    sim.faults.clear()
    await poll(entry)
    assert coordinator.update_interval == timedelta(seconds=30)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_pause_that_the_service_asks_for_is_kept(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll, status: int
) -> None:
    """Nothing is asked before it is over; then all is as before."""
    entry = await add_account()
    events = received(hass)
    sim.fail(faults.http_error(status, "200"), times=2)
    await poll(entry)
    sim.receive(phone, ANNA, "gate")
    sim.requests.clear()
    asked_at = dt_util.utcnow()
    async_fire_time_changed(hass, asked_at + timedelta(seconds=190))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not sim.requests

    async_fire_time_changed(hass, asked_at + timedelta(seconds=205))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert texts(events) == ["gate"]
    assert entry.runtime_data.update_interval <= timedelta(seconds=30)


async def test_traffic_makes_the_next_poll_come_soon(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """One who writes may be about to write again."""
    entry = await add_account()
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    assert entry.runtime_data.update_interval == timedelta(seconds=10)


async def test_a_phone_that_was_off_for_days_delivers_late(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Its old commands look new, and are marked."""
    entry = await add_account()
    events = received(hass)
    sim.switch_off(phone)
    sim.receive(phone, ANNA, "gate")
    sim.advance(2 * 86_400)
    await poll(entry)
    assert not events
    sim.switch_on(phone)
    sim.advance(10)
    await poll(entry)
    assert [(event.data["text"], event.data["delayed"]) for event in events] == [("gate", True)]


async def test_a_sender_may_be_anything_and_stays_what_it_is(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """A name, a short code, or nothing at all; none of them is anybody."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True))
    events = received(hass)
    senders = ["MyBank", "My Bank 24", "72345", BEN, "Größe", "A-B.c", "1234567890123456789012345"]
    for sender in senders:
        sim.receive(phone, sender, "Your code is 123456")
        sim.advance(1)
    await poll(entry)
    assert [event.data["sender"] for event in events] == senders
    assert {(event.data["sender_name"], event.data["trusted"]) for event in events} == {(None, False)}


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_an_account_that_is_removed_and_added_again_begins_anew(
    hass: HomeAssistant, hass_storage: dict[str, Any], sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """What it knew is gone with it, and nothing old is announced."""
    entry = await add_account()
    events = received(hass)
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not [key for key in hass_storage if key.startswith(DOMAIN)]

    another = make_entry(sim)
    another.add_to_hass(hass)
    await load(hass, another)
    await poll(another)
    assert texts(events) == ["gate"]
