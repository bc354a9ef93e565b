"""Commands by text, with a PIN."""

import logging
from logging import INFO
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Phone, Simulator, faults
from tests.actions.calls import device_of
from tests.actions.sending import sends
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

from .conftest import Make
from .running import ENTITY, kept_traces, marker, marks, notices

BLUEPRINT = "command_with_pin"
HELPER = "input_text.pin"
# No number of anything else, so that it can be looked for.
PIN = "73951"
WRONG = "73952"


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody with a gate and a heating."""
    return {
        "pin": HELPER,
        "command_1": ["gate", "Open  the gate"],
        "action_1": marker("done", what="gate"),
        "command_2": ["Heating on"],
        "action_2": marker("done", what="heating on"),
        "command_3": ["1"],
        "action_3": marker("done", what="one"),
        **changes,
    }


@pytest.fixture(autouse=True)
def _pin(hass: HomeAssistant) -> None:
    """Set the PIN."""
    hass.states.async_set(HELPER, PIN)


@pytest.fixture
def done(hass: HomeAssistant) -> list[Event[dict[str, Any]]]:
    """Return what was done."""
    return marks(hass, "done")


def whats(done: list[Event[dict[str, Any]]]) -> list[str]:
    """Return which commands were carried out."""
    return [event.data["what"] for event in done]


async def wait(sim: Simulator, poll: Poll, account: MockConfigEntry, seconds: int) -> None:
    """Let time pass without an outage, after which everything would be late."""
    for _ in range(seconds // 100):
        sim.advance(100)
        await poll(account)


# --- commands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"gate {PIN}", ["gate"]),
        (f"  GATE \n {PIN} ", ["gate"]),
        (f"Gate {PIN}.", ["gate"]),
        (f"open the  GATE {PIN}", ["gate"]),
        (f"heating on {PIN}", ["heating on"]),
        (f"1 {PIN}", ["one"]),
        (f"gate {WRONG}", []),
        (f"gate{PIN}", []),
        (f"gate {PIN} please", []),
        (f"{PIN} gate", []),
        (f"gate {PIN}0", []),
        (f"light {PIN}", []),
        (f"please gate {PIN}", []),
        ("gate", []),
        (PIN, []),
        ("", []),
        ("gate ''' \" {{ states('input_text.pin') }}", []),
    ],
)
async def test_a_command_is_carried_out_with_the_pin_as_its_last_word(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
    text: str,
    expected: list[str],
) -> None:
    """In upper or lower case, with blanks as they are, once, and without an answer."""
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, text)
    await poll(account)
    await poll(account)

    assert whats(done) == expected
    assert sends(sim) == 0


@pytest.mark.parametrize("pin", ["Sesame", "0073", "00739"])
async def test_a_pin_may_be_a_word_or_begin_with_zeros(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
    pin: str,
) -> None:
    """It is compared as a text, in upper or lower case."""
    hass.states.async_set(HELPER, pin)
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, f"gate {pin.lower()}")
    sim.receive(phone, ANNA, f"gate {pin.lstrip('0')[1:]}")
    await poll(account)

    assert whats(done) == ["gate"]


@pytest.mark.parametrize("pin", ["", "123", "12 345", "unknown", "unavailable", None])
async def test_without_a_pin_nothing_is_done(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
    pin: str | None,
) -> None:
    """And it says so, without the PIN."""
    if pin is None:
        hass.states.async_remove(HELPER)
    else:
        hass.states.async_set(HELPER, pin)
    await make(BLUEPRINT, **inputs())
    shown = notices(hass)
    sim.receive(phone, ANNA, f"gate {(pin or 'unknown').split()[-1]}")
    await poll(account)

    assert whats(done) == []
    assert [call.data["title"] for call in shown] == ["No command by text"]
    assert not pin or pin not in shown[0].data["message"]


async def test_nobody_else_may_command(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """Neither strangers, nor recipients who are not trusted, nor trusted ones who are not among those chosen."""
    account = await add_account(
        recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN), recipient("Carl", "+447700900199", trusted=True)
    )
    await make(BLUEPRINT, **inputs(people=["Anna", "Ben"]))
    for sender in (BEN, "+447700900199", "+447700900150", "Anna"):
        sim.receive(phone, sender, f"gate {PIN}")
    await poll(account)
    assert whats(done) == []

    sim.receive(phone, ANNA, f"gate {PIN}")
    await poll(account)
    assert whats(done) == ["gate"]


async def test_only_the_phones_that_were_chosen_take_commands(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """All, if none were."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    await poll(account)
    # What a new phone hands in is late.
    await wait(sim, poll, account, 900)
    await make(BLUEPRINT, **inputs(phones=[device_of(hass, account, attic)]))
    sim.receive(phone, ANNA, f"gate {PIN}")
    sim.receive(attic, ANNA, f"heating on {PIN}")
    await poll(account)

    assert whats(done) == ["heating on"]


async def test_an_old_command_is_not_carried_out(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """As after an outage."""
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, f"gate {PIN}")
    sim.advance(1800)
    await poll(account)

    assert whats(done) == []


# --- repetitions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pause", "inputs_changed", "expected"),
    [
        (0, {}, ["gate", "heating on"]),
        (30, {}, ["gate", "heating on"]),
        (90, {}, ["gate", "heating on", "gate"]),
        (30, {"repeat_within": 0}, ["gate", "heating on", "gate"]),
    ],
)
async def test_a_repetition_is_done_once(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
    pause: int,
    inputs_changed: dict[str, Any],
    expected: list[str],
) -> None:
    """Other commands in between are done, and so is the same one later."""
    await make(BLUEPRINT, **inputs(**inputs_changed))
    sim.receive(phone, ANNA, f"gate {PIN}")
    sim.receive(phone, ANNA, f"heating on {PIN}")
    sim.advance(pause)
    sim.receive(phone, ANNA, f"Gate  {PIN}")
    await poll(account)

    assert whats(done) == expected


async def test_the_same_command_from_somebody_else_is_none(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """Both are at the gate."""
    account = await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN, trusted=True))
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, f"gate {PIN}")
    sim.receive(phone, BEN, f"gate {PIN}")
    await poll(account)

    assert whats(done) == ["gate", "gate"]


# --- wrong PINs -------------------------------------------------------------------------------------------------------


async def test_a_wrong_pin_is_told_at_home_and_to_nobody_else(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """Not even with answers switched on, and without what was tried."""
    await make(BLUEPRINT, **inputs(answer=True))
    shown = notices(hass)
    sim.receive(phone, ANNA, f"gate {WRONG}")
    await poll(account)

    assert (whats(done), sends(sim)) == ([], 0)
    assert [call.data["message"] for call in shown] == ["It came from Anna. Nothing was done."]


async def test_after_too_many_wrong_pins_the_right_one_is_of_no_use(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """For this person, until an hour is over; also if all of them come at once."""
    account = await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN, trusted=True))
    await make(BLUEPRINT, **inputs(tries=3))
    for number in range(3):
        sim.receive(phone, ANNA, f"gate 000{number}")
    sim.receive(phone, ANNA, f"gate {PIN}")
    sim.receive(phone, BEN, f"heating on {PIN}")
    await poll(account)
    assert whats(done) == ["heating on"]

    await wait(sim, poll, account, 3000)
    sim.receive(phone, ANNA, f"gate {PIN}")
    await poll(account)
    assert whats(done) == ["heating on"]

    await wait(sim, poll, account, 700)
    sim.receive(phone, ANNA, f"gate {PIN}")
    await poll(account)
    assert whats(done) == ["heating on", "gate"]


async def test_what_is_no_command_is_no_try(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """People write other things as well."""
    await make(BLUEPRINT, **inputs(tries=1))
    for text in ("ok", "see you at 8", "gate"):
        sim.receive(phone, ANNA, text)
    sim.receive(phone, ANNA, f"gate {PIN}")
    await poll(account)

    assert whats(done) == ["gate"]


async def test_without_the_service_nothing_is_done(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It cannot be known how many PINs were tried, and the log says that it is not."""
    await make(BLUEPRINT, **inputs())

    @callback
    def lose(_: Event[Any]) -> None:
        sim.fail(faults.http_error(), "getallsms", times=None)

    hass.bus.async_listen_once("smsgateway24_sms_received", lose)
    sim.receive(phone, ANNA, f"gate {PIN}")
    await poll(account)

    assert whats(done) == []
    assert "Error executing script" in caplog.text
    assert PIN not in caplog.text


# --- answers ----------------------------------------------------------------------------------------------------------


async def test_it_answers_when_it_is_done_if_wanted(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
) -> None:
    """To the sender, through the phone that was texted, without the PIN."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    await poll(account)
    # What a new phone hands in is late.
    await wait(sim, poll, account, 900)
    await make(BLUEPRINT, **inputs(answer=True))
    sim.receive(attic, ANNA, f"Open the gate {PIN}")
    await poll(account)
    sim.advance(60)

    (sent,) = sim.sent_texts()
    assert (sent.number, sent.text, sent.phone_id) == (ANNA, "Done: open the gate", attic.id)
    assert whats(done) == ["gate"]


async def test_it_does_not_answer_if_it_went_wrong(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """Nobody is to believe that the gate is shut."""
    await make(BLUEPRINT, **inputs(answer=True, action_1=[{"stop": "the gate is stuck", "error": True}]))
    sim.receive(phone, ANNA, f"gate {PIN}")
    await poll(account)

    assert sends(sim) == 0


@pytest.mark.parametrize("privacy", ["sender", "minimal"])
async def test_without_texts_nothing_is_done(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
    caplog: pytest.LogCaptureFixture,
    privacy: str,
) -> None:
    """The privacy setting keeps them back; it is no error."""
    account = await add_account(recipient("Anna", ANNA, trusted=True), privacy=privacy)
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, f"gate {PIN}")
    await poll(account)

    assert whats(done) == []
    assert [record.name for record in caplog.records if "automation" in record.name and record.levelno > INFO] == []


# --- where the PIN is not ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tried", [PIN, WRONG])
async def test_the_pin_is_in_no_trace_and_in_no_log(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    done: list[Event[dict[str, Any]]],
    caplog: pytest.LogCaptureFixture,
    tried: str,
) -> None:
    """Neither the right one nor one that was tried, whatever came of it, even in the log for developers."""
    await make(BLUEPRINT, **inputs(answer=True))
    shown = notices(hass)
    caplog.set_level(logging.DEBUG)
    sim.receive(phone, ANNA, f"gate {tried}")
    sim.receive(phone, ANNA, f"gate {tried}")
    sim.receive(phone, ANNA, f"light {tried}")
    sim.receive(phone, BEN, f"gate {tried}")
    await poll(account)
    sim.advance(1800)
    sim.receive(phone, ANNA, f"gate {tried}")
    sim.advance(1800)
    await poll(account)

    assert whats(done) == (["gate"] if tried == PIN else [])
    assert hass.states.get(ENTITY).attributes["last_triggered"] is not None  # type: ignore[union-attr]
    assert await kept_traces(hass, hass_ws_client, hass_storage) == "[][]"
    assert tried not in str(hass_storage["trace.saved_traces"])
    # Home Assistant's core logs each event for developers, whoever fires it.
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("homeassistant.core")]
    assert any("From blueprint" in line for line in logged)
    assert [line for line in logged if tried in line] == []
    assert tried not in str([call.data for call in shown])


async def test_the_pin_is_not_in_the_log_when_the_automation_cannot_be_loaded(
    hass: HomeAssistant, account: MockConfigEntry, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Then Home Assistant writes all that was filled in to the log. The PIN stands in its helper instead."""
    with pytest.raises(AssertionError, match="not valid"):
        await make(BLUEPRINT, **inputs(people=[""]))

    assert "failed to generate" in caplog.text or "generated invalid automation" in caplog.text
    assert HELPER in caplog.text
    assert PIN not in caplog.text
