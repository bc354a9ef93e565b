"""Word of a gateway phone that is lost, and of its return."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Phone, Simulator
from tests.actions.calls import device_of

from .conftest import Make
from .running import notices, notified, pass_minutes, read, until

BLUEPRINT = "phone_offline"
LOST = "Hall phone is out of touch: no SMS comes or goes through it. Is its battery empty, or its network gone?"
ONLINE = "binary_sensor.hall_phone_online"


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody who is told on the companion app."""
    return {"notify": {"entity_id": ["notify.app"]}, **changes}


async def lose(hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry) -> None:
    """Switch a phone off, and let it be noticed."""
    sim.switch_off(phone)
    sim.advance(3600)
    await read(hass, account)


async def find(hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry) -> None:
    """Switch a phone on again, and let it be noticed."""
    sim.switch_on(phone)
    sim.advance(60)
    await read(hass, account)


def messages(told: list[ServiceCall]) -> list[str]:
    """Return what was told."""
    return [call.data["message"] for call in told]


async def test_a_phone_that_is_lost_and_comes_back_is_told_about(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
) -> None:
    """Each once, to whom it was to be told, and on the screen."""
    shown = notices(hass)
    told = notified(hass)
    await make(BLUEPRINT, **inputs())
    await lose(hass, sim, phone, account)
    await until(lambda: told)
    await read(hass, account)
    assert messages(told) == [LOST]
    assert [call.data["title"] for call in shown] == ["Hall phone is out of touch"]

    await find(hass, sim, phone, account)
    await hass.async_block_till_done()
    assert messages(told) == [LOST, "Hall phone is back."]
    assert {tuple(call.data["entity_id"]) for call in told} == {("notify.app",)}


async def test_an_outage_of_the_service_is_no_return(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
) -> None:
    """Nothing is known of the phone meanwhile."""
    told = notified(hass)
    await make(BLUEPRINT, **inputs())
    await lose(hass, sim, phone, account)
    await until(lambda: told)
    await sim.stop()
    await read(hass, account)
    assert hass.states.is_state(ONLINE, "unavailable")
    await sim.start()
    await read(hass, account)
    assert messages(told) == [LOST]

    await find(hass, sim, phone, account)
    await hass.async_block_till_done()
    assert len(told) == 2


async def test_the_return_need_not_be_told(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
) -> None:
    """Then nothing waits for it."""
    told = notified(hass)
    await make(BLUEPRINT, **inputs(tell_back=False))
    await lose(hass, sim, phone, account)
    await hass.async_block_till_done()
    await find(hass, sim, phone, account)
    await hass.async_block_till_done()

    assert messages(told) == [LOST]


async def test_a_phone_that_is_soon_back_is_not_told_about(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
) -> None:
    """If some time is to be given to it."""
    shown = notices(hass)
    told = notified(hass)
    await make(BLUEPRINT, **inputs(patience=30))
    await lose(hass, sim, phone, account)
    await find(hass, sim, phone, account)
    await hass.async_block_till_done()

    assert (told, shown) == ([], [])


async def test_a_phone_that_stays_away_during_an_outage_is_told_about(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    freezer: FrozenDateTimeFactory,
) -> None:
    """That nothing is known of it is not the same as that it is back."""
    told = notified(hass)
    await make(BLUEPRINT, **inputs(patience=30))
    await lose(hass, sim, phone, account)
    await sim.stop()
    await read(hass, account)
    await pass_minutes(hass, freezer, sim, 30)
    await until(lambda: told)

    assert messages(told) == [LOST]


async def test_only_the_phones_that_were_chosen_are_told_about(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
) -> None:
    """Not the spare one in the drawer."""
    spare = sim.add_phone("Spare phone", phone_id=1297)
    await read(hass, account)
    await hass.async_block_till_done()
    told = notified(hass)
    await make(BLUEPRINT, **inputs(phones=[device_of(hass, account, phone)], tell_back=False))
    await lose(hass, sim, spare, account)
    await hass.async_block_till_done()
    assert told == []

    await lose(hass, sim, phone, account)
    await hass.async_block_till_done()
    assert messages(told) == [LOST]


async def test_a_notification_that_fails_does_not_keep_the_return_back(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
) -> None:
    """The internet may be gone as well."""
    told = notified(hass, HomeAssistantError("no internet"))
    await make(BLUEPRINT, **inputs())
    await lose(hass, sim, phone, account)
    await until(lambda: len(told) == 1)
    await find(hass, sim, phone, account)
    await until(lambda: len(told) == 2)

    assert messages(told) == [LOST, "Hall phone is back."]
