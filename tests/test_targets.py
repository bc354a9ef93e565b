"""Which phones the target of a trigger stands for, shown with the trigger on a message that was received."""

from collections.abc import Callable
from typing import Any

from homeassistant.const import ATTR_AREA_ID, ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.targets import is_targeted
from custom_components.smsgateway24.triggers.announcement import OTHER_PHONE
from simulator import Phone, Simulator
from tests.actions.calls import device_of
from tests.automations import automate, config_error, reasons, values
from tests.conftest import ANNA, AddAccount, Poll, recipient

TRIGGER = "smsgateway24.sms_received"
HALL_INCOMING = "event.hall_phone_incoming_message"
BOTH = ["1576", "1297"]

type Names = Callable[[HomeAssistant, MockConfigEntry], dict[str, Any]]


@pytest.fixture
async def entry(sim: Simulator, phone: Phone, add_account: AddAccount) -> MockConfigEntry:
    """Set up an account with a hall phone and an attic phone."""
    sim.add_phone("Attic phone", phone_id=1297)
    return await add_account(recipient("Anna", ANNA))


@pytest.fixture
async def both_receive(sim: Simulator, poll: Poll, entry: MockConfigEntry) -> Callable[[], Any]:
    """Return a function that has both phones receive a text."""

    async def receive() -> None:
        for phone_id in (1576, 1297):
            sim.receive(sim.world.phone(phone_id), ANNA, "gate")
            sim.advance(1)
        await poll(entry)

    return receive


def _place_in_hall(hass: HomeAssistant, entry: MockConfigEntry) -> ar.AreaEntry:
    area = ar.async_get(hass).async_create("Hall")
    dr.async_get(hass).async_update_device(device_of(hass, entry, "1576"), area_id=area.id)
    return area


def _device(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    return {ATTR_DEVICE_ID: device_of(hass, entry, "1576")}


def _event_entity(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    return {ATTR_ENTITY_ID: HALL_INCOMING}


def _other_entity(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    return {ATTR_ENTITY_ID: ["binary_sensor.hall_phone_online", "light.none"]}


def _area(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    return {ATTR_AREA_ID: _place_in_hall(hass, entry).id}


def _area_of_entity(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    area = ar.async_get(hass).async_create("Letterbox")
    er.async_get(hass).async_update_entity(HALL_INCOMING, area_id=area.id)
    return {ATTR_AREA_ID: area.id}


def _floor(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    floor = fr.async_get(hass).async_create("Ground floor")
    ar.async_get(hass).async_update(_place_in_hall(hass, entry).id, floor_id=floor.floor_id)
    return {ATTR_FLOOR_ID: floor.floor_id}


def _label_of_device(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    label = lr.async_get(hass).async_create("Commands")
    dr.async_get(hass).async_update_device(device_of(hass, entry, "1576"), labels={label.label_id})
    return {ATTR_LABEL_ID: label.label_id}


def _label_of_entity(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    label = lr.async_get(hass).async_create("Commands")
    er.async_get(hass).async_update_entity(HALL_INCOMING, labels={label.label_id})
    return {ATTR_LABEL_ID: label.label_id}


@pytest.mark.parametrize(
    "named",
    [
        _device,
        _event_entity,
        _other_entity,
        _area,
        _area_of_entity,
        _floor,
        _label_of_device,
        _label_of_entity,
    ],
)
async def test_a_phone_is_meant_however_it_is_named(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    entry: MockConfigEntry,
    both_receive: Callable[[], Any],
    named: Names,
) -> None:
    """By device, by one of its entities, by area, floor or label; the other phone does not trigger."""
    runs = await automate(hass, {"trigger": TRIGGER, "target": named(hass, entry)})
    await both_receive()

    assert values(runs, "phone_id") == ["1576"]
    assert await reasons(hass, hass_ws_client) == [None, OTHER_PHONE]


@pytest.mark.parametrize("target", [None, {}, {ATTR_ENTITY_ID: []}])
async def test_without_a_target_all_phones_are_meant(
    hass: HomeAssistant, both_receive: Callable[[], Any], target: dict[str, Any] | None
) -> None:
    """Also those that are added later."""
    trigger = {"trigger": TRIGGER} if target is None else {"trigger": TRIGGER, "target": target}
    runs = await automate(hass, trigger)
    await both_receive()

    assert values(runs, "phone_id") == BOTH


async def test_several_phones_can_be_named(
    hass: HomeAssistant, entry: MockConfigEntry, both_receive: Callable[[], Any]
) -> None:
    """One will do."""
    target = {ATTR_DEVICE_ID: [device_of(hass, entry, "1297")], ATTR_ENTITY_ID: [HALL_INCOMING]}
    runs = await automate(hass, {"trigger": TRIGGER, "target": target})
    await both_receive()

    assert values(runs, "phone_id") == BOTH


async def test_a_target_is_what_it_is_when_the_message_comes(
    hass: HomeAssistant, entry: MockConfigEntry, both_receive: Callable[[], Any]
) -> None:
    """A phone that moves to another area takes its messages along, without a reload."""
    area = _place_in_hall(hass, entry)
    runs = await automate(hass, {"trigger": TRIGGER, "target": {ATTR_AREA_ID: area.id}})
    devices = dr.async_get(hass)
    devices.async_update_device(device_of(hass, entry, "1576"), area_id=None)
    devices.async_update_device(device_of(hass, entry, "1297"), area_id=area.id)
    await both_receive()

    assert values(runs, "phone_id") == ["1297"]


@pytest.mark.parametrize(
    "target",
    [
        {ATTR_DEVICE_ID: "no-such-device"},
        {ATTR_ENTITY_ID: "event.no_such_entity"},
        {ATTR_AREA_ID: "no_such_area"},
        # A recipient is not a phone.
        {ATTR_ENTITY_ID: "notify.anna"},
    ],
)
async def test_what_is_no_phone_stands_for_none(
    hass: HomeAssistant, both_receive: Callable[[], Any], target: dict[str, Any]
) -> None:
    """And surely not for all."""
    runs = await automate(hass, {"trigger": TRIGGER, "target": target})
    await both_receive()

    assert not runs


async def test_what_is_left_out_of_a_target_is_not_meant(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """As newer versions of Home Assistant allow, of a target as of all."""
    hall, attic = device_of(hass, entry, "1576"), device_of(hass, entry, "1297")
    both = {ATTR_DEVICE_ID: [hall, attic]}

    for target in (both | {"exclude": {ATTR_ENTITY_ID: [HALL_INCOMING]}}, {"exclude": {ATTR_DEVICE_ID: [hall]}}):
        assert not is_targeted(hass, target, hall)
        assert is_targeted(hass, target, attic)


async def test_a_target_that_makes_no_sense_is_refused(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    """The editor says what is wrong."""
    error = await config_error(
        hass, hass_ws_client, "triggers", {"trigger": TRIGGER, "target": {ATTR_ENTITY_ID: "the hall phone"}}
    )
    assert error is not None
    assert "the hall phone" in error
