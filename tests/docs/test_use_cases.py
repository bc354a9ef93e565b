"""The automations that people copy do what is said of them, and not what they must not."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from simulator import Status
from tests.conftest import ANNA, BEN

from .examples import AUTOMATIONS
from .running import CARL, Home

STRANGER = "+447700900150"


def automation(page: str, alias: str) -> Any:
    """Return an automation of a page."""
    (found,) = (
        example.content
        for example in AUTOMATIONS
        if example.document.name == f"{page}.md" and example.content["alias"] == alias
    )
    return found


async def ask(home: Home, alias: str) -> None:
    """Load an automation of the page of use cases, and set it off."""
    content = automation("use-cases", alias)
    await home.load(content)
    await home.set_off(content["triggers"][0])
    await home.until_run()


async def test_a_smoke_alarm_is_content_with_texts_that_arrive(home: Home) -> None:
    """And wakes nobody else."""
    await ask(home, "Smoke alarm")
    assert [number for number, _ in home.texts] == [BEN, ANNA]
    assert home.calls_of("siren.turn_on") == []


@pytest.mark.parametrize("fate", [(Status.SENT,), (Status.SENT, Status.NOT_DELIVERED)])
async def test_a_smoke_alarm_is_loud_if_one_does_not_arrive(home: Home, fate: tuple[int, ...]) -> None:
    """Whether it fails, or nobody knows."""
    for phone in (home.hall_phone, home.attic_phone):
        home.sim.fate_next(phone, fate)
    await ask(home, "Smoke alarm")
    assert home.calls_of("siren.turn_on") == [(["siren.neighbour"], {})]


async def test_a_smoke_alarm_is_loud_if_nobody_can_be_texted(home: Home) -> None:
    """As when the account has no phone any more."""
    for phone in (home.hall_phone, home.attic_phone):
        home.sim.remove_phone(phone)
    await home.read()
    await ask(home, "Smoke alarm")
    assert home.texts == []
    assert len(home.calls_of("siren.turn_on")) == 1


async def test_a_warm_freezer_is_told_to_both(home: Home) -> None:
    """After a quarter of an hour."""
    await ask(home, "The freezer is warm")
    assert home.texts == [(BEN, "Freezer\nIt has -9 degrees."), (ANNA, "Freezer\nIt has -9 degrees.")]


async def test_a_warm_freezer_is_on_the_screen_if_no_phone_is_online(hass: HomeAssistant, home: Home) -> None:
    """Then nobody can be texted."""
    for phone in (home.hall_phone, home.attic_phone):
        home.sim.switch_off(phone)
    await home.pass_time(timedelta(minutes=11))
    await ask(home, "The freezer is warm")
    assert home.texts == []
    assert "nobody could be texted" in str(hass.data["persistent_notification"])


async def test_the_power_is_out(home: Home) -> None:
    """Anna reads how long the battery will last."""
    await ask(home, "The power is out")
    assert home.texts == [(ANNA, "The power is out. The battery has 87 %.")]


async def test_the_gate_opens_for_people_who_are_trusted_and_know_the_pin(home: Home) -> None:
    """And they are answered."""
    await ask(home, "Open the gate")
    assert home.calls_of("cover.open_cover") == [(["cover.gate"], {})]
    assert home.texts == [(ANNA, "The gate opens.")]


@pytest.mark.parametrize(
    ("sender", "text"), [(BEN, "Gate 2580"), (STRANGER, "Gate 2580"), (ANNA, "Gate 1234"), (ANNA, "Gate")]
)
async def test_the_gate_stays_shut_otherwise(home: Home, sender: str, text: str) -> None:
    """And nobody is answered."""
    await home.load(automation("use-cases", "Open the gate"))
    await home.receive(sender, text)
    assert home.calls_of("cover.open_cover") == []
    assert home.texts == []


async def test_the_gate_stays_shut_for_a_text_that_comes_late(home: Home) -> None:
    """A phone that was off hands in what it received meanwhile."""
    await home.load(automation("use-cases", "Open the gate"))
    home.sim.switch_off(home.hall_phone)
    home.sim.receive(home.hall_phone, ANNA, "Gate 2580")
    await home.pass_time(timedelta(minutes=30))
    home.sim.switch_on(home.hall_phone)
    await home.pass_time(timedelta(minutes=1))
    assert [message.body for message in home.sim.messages()] == ["Gate 2580"]
    assert home.calls_of("cover.open_cover") == []


@pytest.mark.parametrize(("text", "mode"), [("Heating on", "heat"), ("heating OFF ", "off")])
async def test_heating_obeys_and_answers(home: Home, text: str, mode: str) -> None:
    """In both directions."""
    await home.load(automation("use-cases", "Heating by text"))
    await home.receive(ANNA, text)
    await home.until_run()
    assert home.calls_of("climate.set_hvac_mode") == [(["climate.hall"], {"hvac_mode": mode})]
    assert home.texts == [(ANNA, f"Heating: {mode}. It has 19.5 degrees.")]


async def test_the_house_says_how_it_is(home: Home) -> None:
    """In one text."""
    await ask(home, "How is the house?")
    assert home.texts == [(ANNA, "Hall 19.5 degrees, door closed, alarm armed_away.")]


async def test_codes_of_one_company_go_to_everybody(home: Home) -> None:
    """And those of others to nobody."""
    await home.load(automation("use-cases", "Codes of the parcel service"))
    await home.receive("MyBank", "Your code is 1234")
    await home.receive("ParcelBox", "Your code is 4711")
    await home.until_run()
    assert home.texts == [(BEN, "Your code is 4711"), (ANNA, "Your code is 4711")]


async def test_grandma_does_not_answer(home: Home) -> None:
    """Then Ben is told."""
    await ask(home, "All well, Grandma?")
    assert [number for number, _ in home.texts] == [BEN, CARL]


async def test_grandma_answers(home: Home) -> None:
    """Then nobody else hears of it."""
    content = automation("use-cases", "All well, Grandma?")
    await home.load(content)
    await home.set_off(content["triggers"][0])
    # For some minutes after the night, in which nobody has looked, texts are not surely fresh.
    for _ in range(7):
        await home.pass_time(timedelta(minutes=1))
    await home.receive(CARL, "All well, dear")
    await home.until_run()
    assert [number for number, _ in home.texts] == [CARL]


async def test_a_sign_of_life_counts_what_was_sent(home: Home) -> None:
    """In the last seven days."""
    home.sim.send_from_site(home.hall_phone, BEN, "Hello")
    await ask(home, "Sign of life")
    assert (ANNA, "The house is well. Texts sent this week: 1.") in home.texts


async def test_guests_are_reminded_when_it_is_time(home: Home) -> None:
    """On the next day, and not before."""
    await ask(home, "Tell guests about the key")
    assert home.texts == []
    await home.pass_time(timedelta(days=1, hours=12))
    assert home.texts == [(CARL, "The key is in the box beside the door. Welcome!")]


async def test_a_phone_that_is_lost_and_comes_back_is_told(home: Home) -> None:
    """Each once."""
    content = automation("use-cases", "A gateway phone is lost")
    await home.load(content)
    for trigger in content["triggers"]:
        await home.set_off(trigger)
        await home.until_run()
    told = [data["message"] for _, data in home.calls_of("notify.mobile_app_annas_phone")]
    assert told == ["Hall phone is out of touch.", "Hall phone is back."]


async def test_one_phone_tells_of_the_other(home: Home) -> None:
    """Through the one that is left."""
    content = automation("failover", "Tell Anna that a gateway phone is lost")
    await home.load(content)
    await home.set_off(content["triggers"][0])
    await home.until_run()
    (sent,) = home.sim.sent_texts()
    assert (sent.phone_id, sent.text) == (home.attic_phone.id, "Hall phone is out of touch. Is its battery empty?")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Water in the cellar, by modem", "Water in the cellar"),
        ("Laundry, by REST command", "Laundry"),
        ("Tell the family, by a group of actions", "Tell Anna and Ben"),
        ("Gate by text, by modem", "Gate by text"),
        ("Gate by webhook", "Gate by text"),
    ],
)
async def test_what_takes_the_place_of_something_does_the_same(home: Home, before: str, now: str) -> None:
    """Texts the same words to the people that are meant, or opens the gate."""
    content = automation("migration", now)
    await home.load(content)
    await home.set_off(content["triggers"][0])
    await home.until_run()
    old = automation("migration", before)["actions"][0]
    if old["action"] == "cover.open_cover":
        assert home.calls_of("cover.open_cover") == [([old["target"]["entity_id"]], {})]
        return
    people = {"Laundry": [ANNA]}.get(now, [BEN, ANNA])
    assert home.texts == [(number, old["data"]["message"]) for number in people]
