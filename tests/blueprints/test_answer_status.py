"""A house that answers when it is asked for its status."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Phone, Simulator
from tests.actions.calls import device_of
from tests.actions.sending import CARL, sends
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

from .conftest import Make

BLUEPRINT = "answer_status"


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody who wants to know the temperature."""
    return {"report": ["sensor.hall"], "greeting": "All is well.", **changes}


@pytest.fixture(autouse=True)
def _values(hass: HomeAssistant) -> None:
    """Add what is reported."""
    hass.states.async_set("sensor.hall", "21.5", {"friendly_name": "Hall", "unit_of_measurement": "°C"})


def answers(sim: Simulator) -> list[tuple[str, str]]:
    """Return what was answered, and to whom."""
    sim.advance(60)
    return [(sent.number, sent.text) for sent in sim.sent_texts()]


@pytest.mark.parametrize("text", ["status", "Status?", "  STATUS ! "])
async def test_it_answers_once_whom_it_trusts(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, make: Make, poll: Poll, text: str
) -> None:
    """However it is asked."""
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, text)
    await poll(account)
    await poll(account)

    assert answers(sim) == [(ANNA, "All is well.\nHall: 21.5 C")]


async def test_a_number_arrives_as_it_is(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, make: Make, poll: Poll
) -> None:
    """Without its plus, this one would be a German mobile number as well."""
    hass.config.country = "DE"
    account = await add_account(recipient("Dora", "+15125550123", trusted=True))
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, "+15125550123", "status")
    await poll(account)

    assert answers(sim) == [("+15125550123", "All is well.\nHall: 21.5 C")]


async def test_the_answer_that_is_proposed_says_when(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """For those who leave all as it is."""
    await make(BLUEPRINT)
    sim.receive(phone, ANNA, "status")
    await poll(account)

    ((_, text),) = answers(sim)
    assert text[2:3] == ":"
    assert text[5:] == ": the house is up."


@pytest.mark.parametrize(
    ("sender", "text"),
    [(BEN, "status"), ("+447700900150", "status"), (ANNA, "All is well. Status: fine"), (ANNA, "ok")],
)
async def test_nothing_else_is_answered(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    sender: str,
    text: str,
) -> None:
    """Nobody who is not trusted, and no answer of another house."""
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, sender, text)
    await poll(account)

    assert sends(sim) == 0


async def test_an_old_question_is_not_answered(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """Who asked has found another way by now."""
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, "status")
    sim.advance(1800)
    await poll(account)

    assert sends(sim) == 0


async def test_people_phones_and_the_question_can_be_chosen(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, make: Make, poll: Poll
) -> None:
    """The answer goes out through the phone that was asked."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    account = await add_account(
        recipient("Anna", ANNA, trusted=True, phone=str(phone.id)), recipient("Carl", CARL, trusted=True)
    )
    await make(
        BLUEPRINT,
        **inputs(people=["Anna"], phones=[device_of(hass, account, attic)], question="^how are you", report=[]),
    )
    sim.receive(phone, ANNA, "How are you?")
    sim.receive(attic, CARL, "How are you?")
    sim.receive(attic, ANNA, "How are you?")
    await poll(account)

    assert answers(sim) == [(ANNA, "All is well.")]
    assert [sent.phone_id for sent in sim.sent_texts()] == [attic.id]


@pytest.mark.parametrize("privacy", ["sender", "minimal"])
async def test_without_texts_nothing_is_answered(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, make: Make, poll: Poll, privacy: str
) -> None:
    """The privacy setting keeps the question back."""
    account = await add_account(recipient("Anna", ANNA, trusted=True), privacy=privacy)
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, "status")
    await poll(account)

    assert sends(sim) == 0
