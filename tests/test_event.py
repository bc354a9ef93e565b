"""Messages as events: on the bus, and through the event entities."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.components.event import ATTR_EVENT_TYPE
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.restore_state import async_get
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    mock_restore_cache_with_extra_data,
)

from custom_components.smsgateway24.const import DOMAIN
from simulator import PROFILES, Phone, Simulator, Status, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

INCOMING = "event.hall_phone_incoming_message"
OUTGOING = "event.hall_phone_outgoing_message"
RENAMED = "event.what_comes_in"


def received(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Collect what is received from now on."""
    return async_capture_events(hass, "smsgateway24_sms_received")


async def test_an_incoming_message_is_an_event_on_the_bus(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """It says who, what, when and through which phone and SIM."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True))
    events = received(hass)
    message = sim.receive(phone, ANNA, "gate")
    await poll(entry)

    device = device_registry.async_get_device_by_identifier((DOMAIN, "1576"), config_entry_id=entry.entry_id)
    assert device is not None
    assert message is not None
    assert [event.data for event in events] == [
        {
            "message_id": message.id,
            "sender": ANNA,
            "sender_name": "Anna",
            "trusted": True,
            "text": "gate",
            "phone_id": "1576",
            "device_id": device.id,
            "sim": 0,
            "received_at": message.created.isoformat(),
            "delayed": False,
            "config_entry_id": entry.entry_id,
        }
    ]


async def test_an_unknown_sender_is_nobody_and_not_trusted(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Also one that is a name."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True))
    events = received(hass)
    sim.receive(phone, BEN, "gate")
    sim.receive(phone, "MyBank", "Your code is 123456")
    await poll(entry)

    assert [(event.data["sender"], event.data["sender_name"], event.data["trusted"]) for event in events] == [
        (BEN, None, False),
        ("MyBank", None, False),
    ]


@pytest.mark.parametrize("spelling", ["+447700900123", "00447700900123", "07700900123", "+44 7700 900123"])
async def test_a_sender_is_recognised_however_the_number_is_spelt(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll, spelling: str
) -> None:
    """The canonical number counts."""
    hass.config.country = "GB"
    entry = await add_account(recipient("Anna", ANNA))
    events = received(hass)
    sim.receive(phone, spelling, "hello")
    await poll(entry)

    assert [event.data["sender_name"] for event in events] == ["Anna"]


async def test_messages_of_one_poll_are_announced_each_once_and_in_order(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Equal texts are different messages, and the next poll announces nothing again."""
    entry = await add_account()
    events = received(hass)
    changes: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == INCOMING and (state := event.data["new_state"]):
            changes.append(state.attributes["text"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for text in ("one", "two", "two", "three"):
        sim.receive(phone, ANNA, text)
        sim.advance(1)
    await poll(entry)
    await poll(entry)

    assert [event.data["text"] for event in events] == ["one", "two", "two", "three"]
    assert changes == ["one", "two", "two", "three"]


async def test_what_was_there_before_is_not_announced(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The first run is silent."""
    sim.receive(phone, ANNA, "an old gate")
    events = received(hass)
    entry = await add_account()
    await poll(entry)

    assert not events


async def test_a_message_of_a_phone_that_is_new_reaches_its_event_entity(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The poll that brings the phone brings its message as well."""
    entry = await add_account()
    sim.receive(sim.add_phone("Attic phone", phone_id=1297), ANNA, "hello")
    await poll(entry)

    state = hass.states.get("event.attic_phone_incoming_message")
    assert state is not None
    assert state.attributes["text"] == "hello"


@pytest.mark.parametrize(
    "text", ["x" * 2000, "Grüße 😀 from\nline two\r\nline three", "<b>{{ states('sensor.x') }}</b>"], ids=str.__len__
)
async def test_a_text_arrives_whole_and_as_it_is(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll, text: str
) -> None:
    """Long ones, emoji and line breaks included; the state holds none of it."""
    entry = await add_account()
    events = received(hass)
    sim.receive(phone, ANNA, text)
    await poll(entry)

    assert [event.data["text"] for event in events] == [text]
    state = hass.states.get(INCOMING)
    assert state is not None
    assert text not in state.state


@pytest.mark.parametrize("profile", PROFILES)
async def test_messages_arrive_under_every_profile(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount, poll: Poll, profile: str
) -> None:
    """Whatever the service's lists look like, a message is announced once, by its id."""
    phone = sim.add_phone("Hall phone", phone_id=1576)
    sim.profile = PROFILES[profile]
    entry = await add_account()
    events = received(hass)
    sim.receive(phone, ANNA, "gate")
    for _ in range(8):
        sim.advance(60)
        await poll(entry)

    assert len(events) == 1
    assert events[0].data["sender"].lstrip("+0").endswith("7700900123")


@pytest.mark.parametrize(
    ("privacy", "withheld"),
    [
        ("full", set()),
        ("sender", {"text"}),
        ("minimal", {"text", "sender", "sender_name"}),
    ],
)
async def test_privacy_leaves_out_what_it_promises(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    privacy: str,
    withheld: set[str],
) -> None:
    """On the bus and in the entity alike."""
    entry = await add_account(recipient("Anna", ANNA), privacy=privacy)
    events = received(hass)
    sim.receive(phone, ANNA, "gate")
    await poll(entry)

    state = hass.states.get(INCOMING)
    assert state is not None
    everything = {"text", "sender", "sender_name"}
    assert everything - events[0].data.keys() == withheld
    assert everything - state.attributes.keys() == withheld


async def test_the_recorder_is_kept_from_what_is_private(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Also where the service's own words quote it, as those of a refusal may."""
    entry = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    sim.receive(phone, ANNA, "Water in the cellar")
    await poll(entry)
    sim.fail(faults.refused(f"The number {BEN} is on the stop list: Water in the attic"), "addsms", times=None)
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            DOMAIN, "send_sms", {"entity_id": "notify.ben", "message": "Water in the attic"}, blocking=True
        )
    await hass.async_block_till_done()

    for entity, private in ((INCOMING, ("Water", ANNA, "Anna")), (OUTGOING, ("Water", BEN, "Ben"))):
        state = hass.states.get(entity)
        assert state is not None
        assert state.state_info is not None
        unrecorded = state.state_info["unrecorded_attributes"]
        recorded = {key: value for key, value in state.attributes.items() if key not in unrecorded}
        assert recorded.get(ATTR_EVENT_TYPE) in {"received", "failed"}
        assert all(word in str(state.attributes) for word in private)
        # The name of the phone's own entity is no secret.
        assert not [word for word in private if word in str(recorded)]


async def test_an_event_entity_restores_when_but_not_what(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """An automation on its state would take a restored text for a new one."""
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State(INCOMING, "2026-11-01T10:00:00.000+00:00"),
                {"last_event_type": "received", "last_event_attributes": {"text": "gate", "sender": ANNA}},
            )
        ],
    )
    await add_account()

    state = hass.states.get(INCOMING)
    assert state is not None
    assert state.state == "2026-11-01T10:00:00.000+00:00"
    assert state.attributes[ATTR_EVENT_TYPE] == "received"
    assert "text" not in state.attributes
    assert "sender" not in state.attributes


async def texts_of_runs(hass: HomeAssistant, *entity_ids: str) -> list[Event[dict[str, Any]]]:
    """Set up an automation on the plain state of entities, and return its runs with the text that each has seen."""
    runs = async_capture_events(hass, "ran")
    text = "{{ trigger.to_state.attributes.get('text') if trigger.to_state else None }}"
    automation = {
        "alias": "Gate",
        "triggers": [{"trigger": "state", "entity_id": [*entity_ids]}],
        "actions": [{"event": "ran", "event_data": {"text": text}}],
        "mode": "queued",
        "max": 50,
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    return runs


async def _reload(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def _rename_entity(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    er.async_get(hass).async_update_entity(INCOMING, name="What comes in")
    await hass.async_block_till_done()


async def _change_entity_id(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    er.async_get(hass).async_update_entity(INCOMING, new_entity_id=RENAMED)
    await hass.async_block_till_done()


async def _rename_device(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, "1576"), config_entry_id=entry.entry_id)
    assert device is not None
    registry.async_update_device(device.id, name_by_user="Cellar phone")
    await hass.async_block_till_done()


async def _rename_phone(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    next(iter(sim.account.phones.values())).title = "Cellar phone"
    await poll(entry)


async def _outage(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    sim.fail(faults.http_error(500), times=None)
    await poll(entry)
    sim.faults.clear()
    await poll(entry)
    await poll(entry)


async def _phone_is_gone_for_a_while(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    phones = dict(sim.account.phones)
    sim.account.phones.clear()
    await poll(entry)
    sim.account.phones.update(phones)
    await poll(entry)


async def _disable_and_enable(hass: HomeAssistant, entry: MockConfigEntry, sim: Simulator, poll: Poll) -> None:
    registry = er.async_get(hass)
    registry.async_update_entity(INCOMING, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    registry.async_update_entity(INCOMING, disabled_by=None)
    await _reload(hass, entry, sim, poll)


@pytest.mark.parametrize(
    "disturb",
    [
        _reload,
        _rename_entity,
        _change_entity_id,
        _rename_device,
        _rename_phone,
        _outage,
        _phone_is_gone_for_a_while,
        _disable_and_enable,
    ],
)
async def test_an_automation_on_the_plain_state_sees_a_text_once(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    disturb: Callable[[HomeAssistant, MockConfigEntry, Simulator, Poll], Awaitable[None]],
) -> None:
    """Whatever else has the state written again, an old "gate" is not in it any more."""
    entry = await add_account()
    runs = await texts_of_runs(hass, INCOMING, RENAMED)
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    await disturb(hass, entry, sim, poll)
    assert [run.data["text"] for run in runs].count("gate") == 1
    assert {str(run.data["text"]) for run in runs} <= {"gate", "None"}

    sim.receive(phone, ANNA, "heating on")
    await poll(entry)
    assert [run.data["text"] for run in runs].count("gate") == 1
    assert [run.data["text"] for run in runs].count("heating on") == 1


async def test_an_automation_on_the_plain_state_does_not_run_on_what_is_restored(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """After a restart it may run, but there is no text in what it sees."""
    runs = await texts_of_runs(hass, INCOMING)
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State(INCOMING, "2026-11-01T10:00:00.000+00:00", {"text": "gate", "sender": ANNA, "trusted": True}),
                {"last_event_type": "received", "last_event_attributes": {"text": "gate", "trusted": True}},
            )
        ],
    )
    await add_account()
    await hass.async_block_till_done()
    assert {str(run.data["text"]) for run in runs} <= {"None"}
    state = hass.states.get(INCOMING)
    assert state is not None
    assert not {"text", "sender", "trusted"} & state.attributes.keys()


async def test_what_was_said_is_not_kept_for_the_next_start(
    hass: HomeAssistant, hass_storage: dict[str, Any], sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Only when something came last."""
    entry = await add_account()
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    await hass.config_entries.async_unload(entry.entry_id)
    await async_get(hass).async_dump_states()
    (stored,) = [item for item in hass_storage["core.restore_state"]["data"] if item["state"]["entity_id"] == INCOMING]
    assert stored["extra_data"]["last_event_type"] == "received"
    assert "gate" not in str(stored["extra_data"])


async def send(hass: HomeAssistant, text: str = "The laundry is done") -> None:
    """Text Anna."""
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": text}, blocking=True
    )


async def test_what_becomes_of_a_message_is_told_as_it_happens(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """First sent, then delivered, each once."""
    entry = await add_account(recipient("Anna", ANNA))
    told: list[tuple[str, int]] = []

    @callback
    def note(event: Event[dict[str, Any]]) -> None:
        told.append((str(event.event_type).removeprefix("smsgateway24_sms_"), event.data["status"]))

    for outcome in ("sent", "delivered", "failed"):
        hass.bus.async_listen(f"smsgateway24_sms_{outcome}", note)
    await send(hass)
    for _ in range(20):
        sim.advance(1)
        await poll(entry)

    assert told == [("sent", Status.SENT), ("delivered", Status.DELIVERED)]
    state = hass.states.get(OUTGOING)
    assert state is not None
    assert state.attributes[ATTR_EVENT_TYPE] == "delivered"
    assert state.attributes["recipient_name"] == "Anna"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.NOT_DELIVERED, "not_delivered"),
        (Status.GENERIC_FAILURE, "generic_failure"),
        (Status.NO_SERVICE, "no_service"),
        (Status.NULL_PDU, "null_pdu"),
        (Status.RADIO_OFF, "radio_off"),
        (100, "not_allowed"),
        (101, "not_allowed"),
    ],
)
async def test_a_failure_is_told_with_its_reason(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll, status: int, reason: str
) -> None:
    """One event, with a word that stays the same."""
    entry = await add_account(recipient("Anna", ANNA))
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    sim.fail_next(phone, status)
    await send(hass)
    for _ in range(3):
        sim.advance(30)
        await poll(entry)

    assert [(event.data["status"], event.data["reason"], event.data["recipient_name"]) for event in failed] == [
        (status, reason, "Anna")
    ]
