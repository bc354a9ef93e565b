"""People who are texted one after the other until somebody takes care."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsgateway24.const import EVENT_RECEIVED
from simulator import Phone, Simulator, faults
from tests.actions.sending import CARL, sends
from tests.conftest import ANNA, BEN, AddAccount, recipient

from .conftest import Make
from .running import ALARMS, marker, marks, pass_minutes, read, until

BLUEPRINT = "acknowledge_and_escalate"
QUESTION = "Smoke in the hall. Answer OK."


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody who asks Anna, and then Ben."""
    return {
        "alarms": ALARMS,
        "people": ["notify.anna", "notify.ben"],
        "message": "Smoke in the {{ trigger.event.data.where }}. Answer OK.",
        "when_taken": marker("taken", by="{{ taken_by }}"),
        "when_nobody": marker("nobody"),
        **changes,
    }


@pytest.fixture
def taken(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Return who took care."""
    return marks(hass, "taken")


@pytest.fixture
def nobody(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Return how often nobody did."""
    return marks(hass, "nobody")


def by(taken: list[Event[dict[str, Any]]]) -> list[str]:
    """Return the names of those who took care."""
    return [event.data["by"] for event in taken]


def texts(sim: Simulator, number: str) -> list[str]:
    """Return what somebody was texted."""
    sim.advance(30)
    return [sent.text for sent in sim.sent_texts(number)]


async def alarm(hass: HomeAssistant, sim: Simulator) -> None:
    """Give alarm, and wait until the first person is texted."""
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until_asked(hass, sim, 1)


async def wait(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, sim: Simulator, account: MockConfigEntry, minutes: int
) -> None:
    """Let time pass without an outage, after which every answer would be late."""
    for _ in range(minutes):
        await pass_minutes(hass, freezer, sim, 1)
        await read(hass, account)


async def until_asked(hass: HomeAssistant, sim: Simulator, people: int, waiting: int = 1) -> None:
    """Wait until so many texts were sent, and so many automations wait for an answer."""
    await until(lambda: sends(sim) == people and hass.bus.async_listeners().get(EVENT_RECEIVED, 0) == waiting)


async def test_an_answer_of_the_first_person_ends_it(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    taken: list[Event[dict[str, Any]]],
    nobody: list[Event[dict[str, Any]]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nobody else is texted, and who has answered hears that it was understood."""
    await make(BLUEPRINT, **inputs())
    await alarm(hass, sim)
    sim.receive(phone, ANNA, "Ok, I am there")
    await read(hass, account)
    await hass.async_block_till_done()
    await wait(hass, freezer, sim, account, 30)
    await hass.async_block_till_done()

    assert (by(taken), nobody) == (["Anna"], [])
    assert texts(sim, ANNA) == [QUESTION, "Anna takes care of it."]
    assert texts(sim, BEN) == []


async def test_without_an_answer_the_next_person_is_texted(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    taken: list[Event[dict[str, Any]]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """And all who were asked hear who takes care."""
    await make(BLUEPRINT, **inputs())
    await alarm(hass, sim)
    await wait(hass, freezer, sim, account, 9)
    assert sends(sim) == 1
    await wait(hass, freezer, sim, account, 1)
    await until_asked(hass, sim, 2)
    sim.receive(phone, BEN, "okay")
    await read(hass, account)
    await hass.async_block_till_done()

    assert by(taken) == ["Ben"]
    assert texts(sim, ANNA) == [QUESTION, "Ben takes care of it."]
    assert texts(sim, BEN) == [QUESTION, "Ben takes care of it."]


async def test_an_answer_that_comes_late_counts(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    taken: list[Event[dict[str, Any]]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Anna was in the shower when Ben was texted."""
    await make(BLUEPRINT, **inputs(tell_others=False))
    await alarm(hass, sim)
    await wait(hass, freezer, sim, account, 10)
    await until_asked(hass, sim, 2)
    sim.receive(phone, ANNA, "OK")
    await read(hass, account)
    await hass.async_block_till_done()

    assert by(taken) == ["Anna"]
    assert texts(sim, BEN) == [QUESTION]


@pytest.mark.parametrize(
    ("sender", "text"),
    [(BEN, "ok"), (CARL, "ok"), ("Anna", "ok"), (ANNA, "what?"), (ANNA, "not ok"), (ANNA, "Oklahoma")],
)
async def test_what_is_no_answer_does_not_end_it(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    taken: list[Event[dict[str, Any]]],
    sender: str,
    text: str,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nor one from somebody who was not asked, or not yet; and an answer after that still does."""
    await make(BLUEPRINT, **inputs())
    await alarm(hass, sim)
    sim.receive(phone, sender, text)
    await read(hass, account)
    await until_asked(hass, sim, 1)
    assert taken == []

    sim.receive(phone, ANNA, "ok")
    await read(hass, account)
    await hass.async_block_till_done()
    assert by(taken) == ["Anna"]


@pytest.mark.parametrize("rounds", [1, 2])
async def test_if_nobody_answers_something_else_is_done(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    make: Make,
    taken: list[Event[dict[str, Any]]],
    nobody: list[Event[dict[str, Any]]],
    rounds: int,
    freezer: FrozenDateTimeFactory,
) -> None:
    """After as many rounds as were chosen."""
    await make(BLUEPRINT, **inputs(rounds=rounds))
    await alarm(hass, sim)
    for asked in range(2, 2 * rounds + 1):
        await wait(hass, freezer, sim, account, 10)
        await until_asked(hass, sim, asked)
    await wait(hass, freezer, sim, account, 10)
    await until(lambda: nobody)
    await hass.async_block_till_done()

    assert (taken, len(nobody)) == ([], 1)
    assert texts(sim, ANNA) == texts(sim, BEN) == [QUESTION] * rounds


async def test_a_text_that_cannot_be_sent_is_not_waited_for(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    taken: list[Event[dict[str, Any]]],
) -> None:
    """The next person is texted at once, and only those who were texted hear who takes care."""
    await make(BLUEPRINT, **inputs())
    sim.fail(faults.refused(), "addsms")
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until_asked(hass, sim, 2)
    sim.receive(phone, BEN, "ok")
    await read(hass, account)
    await hass.async_block_till_done()

    assert by(taken) == ["Ben"]
    assert texts(sim, ANNA) == []
    assert texts(sim, BEN) == [QUESTION, "Ben takes care of it."]


async def test_with_the_service_out_of_reach_it_ends_at_once(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    make: Make,
    nobody: list[Event[dict[str, Any]]],
) -> None:
    """No answer can come, so something else has to be done."""
    await make(BLUEPRINT, **inputs())
    await sim.stop()
    hass.bus.async_fire("alarm", {"where": "hall"})
    await hass.async_block_till_done()

    assert len(nobody) == 1


async def test_one_answer_is_for_all_alarms_that_are_open(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    taken: list[Event[dict[str, Any]]],
) -> None:
    """Each alarm was asked about by itself."""
    await make(BLUEPRINT, **inputs(tell_others=False))
    await alarm(hass, sim)
    hass.bus.async_fire("alarm", {"where": "cellar"})
    await until_asked(hass, sim, 2, waiting=2)
    sim.receive(phone, ANNA, "ok")
    await read(hass, account)
    await hass.async_block_till_done()

    assert by(taken) == ["Anna", "Anna"]
    assert texts(sim, ANNA) == [QUESTION, "Smoke in the cellar. Answer OK."]


async def test_without_texts_no_answer_counts(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    make: Make,
    taken: list[Event[dict[str, Any]]],
    nobody: list[Event[dict[str, Any]]],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The privacy setting keeps them back: everybody is asked."""
    account = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN), privacy="sender")
    await make(BLUEPRINT, **inputs())
    await alarm(hass, sim)
    sim.receive(phone, ANNA, "ok")
    await read(hass, account)
    await wait(hass, freezer, sim, account, 10)
    await until_asked(hass, sim, 2)
    await wait(hass, freezer, sim, account, 10)
    await until(lambda: nobody)

    assert taken == []
