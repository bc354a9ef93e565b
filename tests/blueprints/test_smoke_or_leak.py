"""A group that is texted when a detector goes off."""

import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Phone, Simulator, Status, faults
from tests.actions.sending import sends
from tests.conftest import ANNA, BEN, Poll

from .conftest import Make
from .running import marker, marks, notices, pass_minutes, until, until_sent, until_waiting

BLUEPRINT = "smoke_or_leak"
HALL = "binary_sensor.hall"
CELLAR = "binary_sensor.cellar"


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody who texts two people."""
    return {
        "detectors": [HALL, CELLAR],
        "recipients": ["notify.anna", "notify.ben"],
        "message": "Smoke: {{ trigger.to_state.name }}",
        **changes,
    }


@pytest.fixture(autouse=True)
def _detectors(hass: HomeAssistant) -> None:
    """Add two detectors that are quiet."""
    show(hass, HALL, "off")
    show(hass, CELLAR, "off")


def show(hass: HomeAssistant, detector: str, state: str) -> None:
    """Let a detector show a state."""
    hass.states.async_set(detector, state, {"friendly_name": detector.rpartition(".")[2].title()})


def texts(sim: Simulator, number: str = ANNA) -> list[str]:
    """Return what somebody was texted."""
    return [sent.text for sent in sim.sent_texts(number)]


async def test_everybody_is_texted_once(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """With the name of the detector, and nothing more if all texts arrive."""
    shown = notices(hass)
    await make(BLUEPRINT, **inputs())
    show(hass, HALL, "on")
    await until_sent(sim)
    await poll(account)
    await poll(account)

    assert (texts(sim), texts(sim, BEN)) == (["Smoke: Hall"], ["Smoke: Hall"])
    assert shown == []


async def test_the_text_that_is_proposed_says_where_and_when(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """For those who leave it as it is."""
    filled = inputs()
    del filled["message"]
    await make(BLUEPRINT, **filled)
    show(hass, HALL, "on")
    await until_sent(sim)
    await poll(account)

    (text,) = texts(sim)
    assert re.fullmatch(r"Hall: alarm at \d\d:\d\d\. Please check the house\.", text)


async def test_a_detector_that_comes_back_with_smoke_is_heard(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """It may have lost its connection in the fire."""
    await make(BLUEPRINT, **inputs())
    show(hass, HALL, "unavailable")
    show(hass, HALL, "on")
    await until_sent(sim)
    await poll(account)

    assert texts(sim) == ["Smoke: Hall"]


async def test_two_alarms_are_texted_at_the_same_time(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """The second does not wait for what becomes of the first."""
    await make(BLUEPRINT, **inputs())
    show(hass, HALL, "on")
    await until(lambda: sends(sim) == 1)
    show(hass, CELLAR, "on")
    await until_sent(sim, 2)
    await poll(account)

    assert texts(sim) == ["Smoke: Hall", "Smoke: Cellar"]


async def test_what_does_not_last_is_not_texted(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    make: Make,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Neither is an all-clear for it."""
    await make(BLUEPRINT, **inputs(lasting=30))
    show(hass, HALL, "on")
    await hass.async_block_till_done()
    freezer.tick(10)
    show(hass, HALL, "off")
    await hass.async_block_till_done()
    await pass_minutes(hass, freezer, sim, 1)
    await hass.async_block_till_done()

    assert texts(sim) == []


async def test_what_lasts_is_texted(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """After the time that was chosen."""
    await make(BLUEPRINT, **inputs(lasting=30))
    show(hass, HALL, "on")
    await hass.async_block_till_done()
    assert sends(sim) == 0
    await pass_minutes(hass, freezer, sim, 1)
    await until_sent(sim)
    await poll(account)

    assert texts(sim) == ["Smoke: Hall"]


@pytest.mark.parametrize(("changes", "expected"), [({}, ["Cellar is off. All clear."]), ({"all_clear": False}, [])])
async def test_the_all_clear_comes_when_all_are_off(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    changes: dict[str, Any],
    expected: list[str],
) -> None:
    """And only if it is wanted."""
    show(hass, HALL, "on")
    show(hass, CELLAR, "on")
    await make(BLUEPRINT, **inputs(**changes))
    show(hass, HALL, "off")
    await hass.async_block_till_done()
    assert sends(sim) == 0
    show(hass, CELLAR, "off")
    await hass.async_block_till_done()
    sim.advance(60)

    assert (texts(sim), texts(sim, BEN)) == (expected, expected)


async def test_a_detector_of_which_nothing_is_known_keeps_the_all_clear_back(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make
) -> None:
    """It may have burnt."""
    show(hass, HALL, "on")
    show(hass, CELLAR, "unavailable")
    await make(BLUEPRINT, **inputs())
    show(hass, HALL, "off")
    await hass.async_block_till_done()

    assert sends(sim) == 0


async def test_it_is_said_again_while_it_lasts(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """As often as was chosen, and not after the end."""
    await make(BLUEPRINT, **inputs(recipients=["notify.anna"], reminders=3, reminder_pause=5, all_clear=False))
    show(hass, HALL, "on")
    await until_sent(sim)
    await account.runtime_data.async_refresh()
    for sent in (2, 3):
        await until_waiting(hass, 300)
        await pass_minutes(hass, freezer, sim, 5)
        await until_sent(sim, sent)
    show(hass, HALL, "off")
    await pass_minutes(hass, freezer, sim, 5)
    await poll(account)

    assert texts(sim) == ["Smoke: Hall", "Hall is still on.", "Hall is still on."]


async def test_who_was_not_reached_is_shown(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """In Home Assistant, unless something else was chosen."""
    shown = notices(hass)
    await make(BLUEPRINT, **inputs())
    sim.fail_next(phone, Status.NO_SERVICE)
    show(hass, HALL, "on")
    await until_sent(sim)
    await poll(account)

    assert [(call.data["title"], call.data["message"]) for call in shown] == [
        ("Hall: not everybody was reached by SMS", "Not reached: Anna")
    ]


@pytest.mark.parametrize("trouble", ["refused", "offline", "not loaded"])
async def test_texts_that_cannot_be_sent_are_made_up_for(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    trouble: str,
) -> None:
    """At once."""
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs(recipients=["notify.anna"], fallback=marker("called_out"), patience={"hours": 1}))
    match trouble:
        case "refused":
            sim.fail(faults.refused(), "addsms")
        case "offline":
            sim.switch_off(phone)
            sim.advance(3600)
            await poll(account)
        case "not loaded":
            await hass.config_entries.async_unload(account.entry_id)
    show(hass, HALL, "on")
    await until(lambda: called_out)

    assert len(called_out) == 1
