"""A daily text that says that the house is well."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from simulator import Phone, Simulator
from tests.actions.sending import sends
from tests.conftest import ANNA, AddAccount, Poll, recipient

from .conftest import Make
from .running import notices, until, until_sent

BLUEPRINT = "daily_life_sign"


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody who wants to know the temperature and the door."""
    return {
        "recipients": ["notify.anna"],
        "report": ["sensor.hall", "binary_sensor.door"],
        **changes,
    }


@pytest.fixture(autouse=True)
def _values(hass: HomeAssistant) -> None:
    """Add what is reported."""
    hass.states.async_set("sensor.hall", "21.5", {"friendly_name": "Hall", "unit_of_measurement": "°C"})
    hass.states.async_set("binary_sensor.door", "off", {"friendly_name": "Door", "device_class": "door"})


def next_time(hour: int) -> datetime:
    """Return when the house's clock next shows this hour."""
    now = dt_util.now()
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


async def strike(hass: HomeAssistant, hour: int) -> None:
    """Let the clock strike."""
    async_fire_time_changed(hass, next_time(hour) + timedelta(seconds=1))


async def test_it_texts_once_a_day_what_was_chosen(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """In few letters, and in words."""
    shown = notices(hass)
    await make(BLUEPRINT, **inputs())
    await strike(hass, 8)
    await hass.async_block_till_done()
    assert sends(sim) == 0
    await strike(hass, 9)
    await until_sent(sim)
    await poll(account)

    assert [(sent.number, sent.text) for sent in sim.sent_texts()] == [
        (ANNA, "The house is up and can text.\nHall: 21.5 C\nDoor: Closed")
    ]
    assert shown == []


async def test_what_is_not_there_is_told_as_it_is(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """A value that is missing does not keep the text from going out."""
    hass.states.async_set("sensor.hall", "unavailable", {"friendly_name": "Hall", "unit_of_measurement": "°C"})
    await make(BLUEPRINT, **inputs(report=["sensor.hall", "sensor.gone"], greeting="{{ 1 + 1 }} values", at="07:00:00"))
    await strike(hass, 7)
    await until_sent(sim)
    await poll(account)

    assert [sent.text for sent in sim.sent_texts()] == ["2 values\nHall: unavailable\nsensor.gone: unknown"]


async def test_it_texts_only_on_the_days_that_were_chosen(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make
) -> None:
    """The condition asks for the day of the house."""
    today = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[dt_util.now().weekday()]
    others = [day for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") if day != today]
    await make(BLUEPRINT, **inputs(days=others))
    await strike(hass, 9)
    await hass.async_block_till_done()

    assert sends(sim) == 0


@pytest.mark.parametrize("trouble", ["not loaded", "expired"])
async def test_if_it_cannot_be_sent_that_is_shown(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
    trouble: str,
) -> None:
    """And an old sign of life is not sent later."""
    await make(BLUEPRINT, **inputs())
    shown = notices(hass)
    if trouble == "not loaded":
        await hass.config_entries.async_unload(account.entry_id)
    else:
        sim.switch_off(phone)
        sim.advance(3600)
        await poll(account)
    await strike(hass, 9)
    if trouble == "expired":
        await until(lambda: account.runtime_data.mailbox.outbox.messages)
        freezer.tick(timedelta(minutes=31))
        sim.advance(31 * 60)
        await account.runtime_data.async_refresh()
        await until(lambda: shown)
        sim.switch_on(phone)
        sim.advance(60)
        await poll(account)
        sim.advance(60)
    await hass.async_block_till_done()

    assert [call.data["title"] for call in shown] == ["No sign of life today"]
    assert sim.sent_texts() == []


@pytest.mark.parametrize("privacy", ["sender", "minimal"])
async def test_it_works_with_every_privacy_setting(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, make: Make, poll: Poll, privacy: str
) -> None:
    """Its text is its own."""
    account = await add_account(recipient("Anna", ANNA), privacy=privacy)
    await make(BLUEPRINT, **inputs(report=[]))
    shown = notices(hass)
    await strike(hass, 9)
    await until_sent(sim)
    await poll(account)

    assert [sent.text for sent in sim.sent_texts()] == ["The house is up and can text."]
    assert shown == []
