"""The trigger on an SMS that was received, in automations that messages from the service run."""

from collections.abc import Callable
from datetime import timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import EVENT_RECEIVED
from custom_components.smsgateway24.triggers.received import Reason
from simulator import Phone, Simulator
from tests.actions.calls import device_of
from tests.automations import automate, config_error, reasons, traces, values
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

TRIGGER = "smsgateway24.sms_received"


def received(**options: Any) -> dict[str, Any]:
    """Return the trigger with options."""
    return {"trigger": TRIGGER, "options": options}


@pytest.fixture
async def text(hass: HomeAssistant, sim: Simulator, phone: Phone) -> Callable[..., Any]:
    """Return a function that has the phone receive a text, and the account read it."""

    async def receive(text: str = "gate", sender: str = ANNA, *, late: float = 0) -> None:
        sim.receive(phone, sender, text)
        sim.advance(late)
        for entry in hass.config_entries.async_loaded_entries("smsgateway24"):
            await entry.runtime_data.async_refresh()
            await hass.async_block_till_done()

    return receive


# --- what it hands on -------------------------------------------------------------------------------------------------


async def test_a_message_runs_the_automation_once_and_hands_on_its_values(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Who, what, when and through which phone and SIM."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True))
    runs = await automate(hass, {"trigger": TRIGGER})
    message = sim.receive(phone, ANNA, "gate", sim=1)
    await poll(entry)
    await poll(entry)

    assert message is not None
    assert [run.data["trigger"] for run in runs] == [
        {
            "id": "0",
            "idx": "0",
            "alias": None,
            "platform": TRIGGER,
            "description": "SMS from Anna",
            "message_id": message.id,
            "sender": ANNA,
            "sender_name": "Anna",
            "trusted": True,
            "text": "gate",
            "phone_id": "1576",
            "device_id": device_of(hass, entry, phone),
            "sim": 1,
            "received_at": message.created.isoformat(),
            "delayed": False,
            "config_entry_id": entry.entry_id,
        }
    ]


async def test_several_messages_of_one_poll_run_it_once_each_and_in_order(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Equal texts are different messages."""
    entry = await add_account()
    runs = await automate(hass, received())
    for word in ("one", "two", "two", "three"):
        sim.receive(phone, ANNA, word)
        sim.advance(1)
    await poll(entry)

    assert values(runs, "text") == ["one", "two", "two", "three"]


@pytest.mark.parametrize(
    ("sender", "description"),
    [
        (ANNA, "SMS from Anna"),
        (BEN, "SMS from a number ending in 123"),
        ("MyBank", "SMS from MyBank"),
        ("60777", "SMS from a short number"),
        ("tel +44 7700 900150", "SMS from a number ending in 150"),
    ],
)
async def test_it_describes_the_message_without_the_text_or_a_whole_number(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
    add_account: AddAccount,
    text: Callable[..., Any],
    sender: str,
    description: str,
) -> None:
    """In the trace, in the activity, and in the log, which holds neither at all."""
    caplog.set_level(logging.DEBUG)
    await add_account(recipient("Anna", ANNA))
    runs = await automate(hass, received())
    await text("Kellertür 4711", sender)

    assert values(runs, "description") == [description]
    (trace,) = await traces(hass, hass_ws_client)
    assert trace["trigger"] == description
    ours = [record.getMessage() for record in caplog.records if "smsgateway24" in record.name]
    assert ours
    assert not any("4711" in line or ANNA in line or BEN in line or "900150" in line for line in ours)


# --- options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "sender", "triggers"),
    [
        (ANNA, ANNA, True),
        ("+44 7700 900-123", ANNA, True),
        ("07700 900123", ANNA, True),
        (ANNA, "07700900123", True),
        (ANNA, "00447700900123", True),
        (ANNA, BEN, False),
        ("Anna", ANNA, True),
        (" anna ", ANNA, True),
        ("Anna", BEN, False),
        # Anybody can have texts sent under that name.
        ("Anna", "Anna", False),
        ("MyBank", "MyBank", True),
        ("mybank", "MyBank", True),
        ("MyBank", "MyBanker", False),
        ("60777", "60777", True),
        ("60777", "6077", False),
        (["MyBank", "Anna"], ANNA, True),
        (["MyBank", "Anna"], BEN, False),
        ([], BEN, True),
    ],
)
async def test_only_from_those_who_are_named(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    text: Callable[..., Any],
    wanted: str | list[str],
    sender: str,
    triggers: bool,  # noqa: FBT001
) -> None:
    """By number however it is spelt, by a recipient's name, or by the name that a service sends under."""
    hass.config.country = "GB"
    await add_account(recipient("Anna", ANNA))
    runs = await automate(hass, received(sender=wanted))
    await text(sender=sender)

    assert len(runs) == triggers
    assert await reasons(hass, hass_ws_client) == [None if triggers else Reason.OTHER_SENDER]


async def test_a_recipient_who_gets_another_number_is_still_meant_by_name(
    hass: HomeAssistant, add_account: AddAccount, text: Callable[..., Any]
) -> None:
    """Names are looked up for each message; the automation need not be loaded again."""
    entry = await add_account(recipient("Anna", ANNA))
    runs = await automate(hass, received(sender="Anna"))
    subentry = next(iter(entry.subentries.values()))
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "number": BEN})
    await hass.async_block_till_done()
    await text(sender=ANNA)
    await text(sender=BEN)

    assert values(runs, "sender") == [BEN]


async def test_only_from_trusted_senders(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, add_account: AddAccount, text: Callable[..., Any]
) -> None:
    """Neither a stranger nor a recipient who may not command the house."""
    await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN))
    runs = await automate(hass, received(trusted_only=True))
    for sender in ("+12025550199", BEN, ANNA):
        await text(sender=sender)

    assert values(runs, "sender_name") == ["Anna"]
    assert await reasons(hass, hass_ws_client) == [Reason.NOT_TRUSTED, Reason.NOT_TRUSTED, None]


@pytest.mark.parametrize(
    ("contains", "said", "triggers"),
    [
        ("gate", "gate", True),
        ("GATE", "please open the Gate now", True),
        (" gate ", "gate", True),
        ("Tür", "KELLERTÜR", True),
        ("straße", "STRASSE", True),
        ("open the gate", "the gate, open it", False),
        ("gate", "", False),
        # Not a regular expression.
        ("ga.e", "gate", False),
    ],
)
async def test_only_if_the_text_contains_something(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    text: Callable[..., Any],
    contains: str,
    said: str,
    triggers: bool,  # noqa: FBT001
) -> None:
    """In upper or lower case."""
    await add_account()
    runs = await automate(hass, received(contains=contains))
    await text(said)

    assert len(runs) == triggers
    assert await reasons(hass, hass_ws_client) == [None if triggers else Reason.DOES_NOT_CONTAIN]


@pytest.mark.parametrize(
    ("matches", "said", "reason"),
    [
        ("^gate 2580$", "gate 2580", None),
        ("^gate 2580$", "Gate 2580 ", None),
        ("^gate 2580$", "gate 2580\n", None),
        ("^gate 2580$", "gate 25801", Reason.DOES_NOT_MATCH),
        ("gate", "open the GATE", None),
        (r"^open\s+(\d+)\s+(\d+)$", "open 3  14", None),
        ("gate.*2580", "gate\n2580", Reason.DOES_NOT_MATCH),
        ("open.*gate.*2580", "open " * 100, Reason.TOO_LONG),
        ("gate", "x" * 1995 + " gate", None),
    ],
)
async def test_only_if_the_text_matches_a_regular_expression(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    text: Callable[..., Any],
    matches: str,
    said: str,
    reason: Reason | None,
) -> None:
    """Anywhere in it, in upper or lower case; what would take too long is left alone, and the trace says so."""
    await add_account()
    runs = await automate(hass, received(matches=matches))
    await text(said)

    assert len(runs) == (reason is None)
    assert await reasons(hass, hass_ws_client) == [reason]


async def test_all_that_is_asked_for_has_to_be_met(
    hass: HomeAssistant, add_account: AddAccount, text: Callable[..., Any]
) -> None:
    """Each of the others fails in one point."""
    await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN, trusted=True))
    runs = await automate(hass, received(sender="Anna", trusted_only=True, contains="gate", matches=r"\d{4}$"))
    await text("gate 2580", BEN)
    await text("door 2580")
    await text("gate 258")
    await text("Gate 2580")
    await text("gate 2580", late=301)

    assert values(runs, "text") == ["Gate 2580"]


# --- age --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "late", "triggers"),
    [
        ({}, 0, True),
        ({}, 299, True),
        ({}, 301, False),
        ({"max_age": {"minutes": 10}}, 301, False),
        ({"max_age": {"minutes": 11}}, 301, True),
        ({"max_age": "01:00:00"}, 3000, True),
    ],
)
async def test_what_came_late_does_not_trigger_unless_it_is_asked_for(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    text: Callable[..., Any],
    options: dict[str, Any],
    late: float,
    triggers: bool,  # noqa: FBT001
) -> None:
    """An old "open the gate" must not open it; more than ten minutes ask for late messages as well."""
    await add_account()
    runs = await automate(hass, received(**options))
    await text(late=late)

    assert values(runs, "delayed") == ([late > 300] if triggers else [])
    assert await reasons(hass, hass_ws_client) == [None if triggers else Reason.TOO_OLD]


async def test_what_a_phone_hands_in_when_it_comes_back_is_late_however_new_it_looks(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """The service dates it when the phone hands it in."""
    entry = await add_account()
    runs = await automate(hass, received())
    sim.switch_off(phone)
    sim.receive(phone, ANNA, "gate")
    for _ in range(3):
        sim.advance(200)
        await poll(entry)
    sim.switch_on(phone)
    sim.advance(10)
    await poll(entry)

    assert not runs
    assert await reasons(hass, hass_ws_client) == [Reason.TOO_OLD]


@pytest.mark.parametrize(
    ("max_age", "age", "delayed", "triggers"),
    [
        # Fresh by the service's clock: a clock of this machine that is wrong by hours does no harm, either way.
        (timedelta(minutes=5), timedelta(hours=3), False, True),
        (timedelta(minutes=5), timedelta(hours=-3), False, True),
        # Less than that can only be told by this machine's clock.
        (timedelta(minutes=2), timedelta(minutes=1), False, True),
        (timedelta(minutes=2), timedelta(minutes=3), False, False),
        (timedelta(minutes=2), timedelta(seconds=-30), False, True),
        # What is late counts only where more than the default is asked for, and if the clock can tell its age.
        (timedelta(minutes=10), timedelta(minutes=1), True, False),
        (timedelta(minutes=30), timedelta(minutes=29), True, True),
        (timedelta(minutes=30), timedelta(minutes=31), True, False),
        (timedelta(minutes=30), timedelta(minutes=-4), True, True),
        (timedelta(minutes=30), timedelta(minutes=-6), True, False),
        # A message of which nobody knows whether it is fresh is late.
        (timedelta(minutes=5), timedelta(), None, False),
    ],
)
async def test_how_old_is_too_old(
    hass: HomeAssistant,
    max_age: timedelta,
    age: timedelta,
    delayed: bool | None,  # noqa: FBT001
    triggers: bool,  # noqa: FBT001
) -> None:
    """By the service's word where it is enough, by this machine's clock where it is not."""
    runs = await automate(hass, received(max_age={"seconds": max_age.total_seconds()}))
    received_at = (dt_util.utcnow() - age).isoformat()
    hass.bus.async_fire(EVENT_RECEIVED, {"message_id": 1, "received_at": received_at, "delayed": delayed})
    await hass.async_block_till_done()

    assert len(runs) == triggers


@pytest.mark.parametrize("received_at", [None, "yesterday"])
async def test_a_late_message_without_a_time_is_too_old(hass: HomeAssistant, received_at: str | None) -> None:
    """However much is asked for."""
    runs = await automate(hass, received(max_age={"days": 365}))
    hass.bus.async_fire(EVENT_RECEIVED, {"message_id": 1, "received_at": received_at, "delayed": True})
    await hass.async_block_till_done()

    assert not runs


# --- privacy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("privacy", "options", "reason"),
    [
        ("full", {"sender": "Anna", "contains": "gate"}, None),
        ("sender", {"sender": "Anna", "trusted_only": True}, None),
        ("sender", {"contains": "gate"}, Reason.TEXT_WITHHELD),
        ("sender", {"matches": "gate"}, Reason.TEXT_WITHHELD),
        ("minimal", {"sender": "Anna"}, Reason.SENDER_WITHHELD),
        ("minimal", {"sender": ANNA}, Reason.SENDER_WITHHELD),
        ("minimal", {"contains": "gate"}, Reason.TEXT_WITHHELD),
        ("minimal", {"trusted_only": True}, None),
    ],
)
async def test_what_privacy_withholds_cannot_be_asked_for(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    text: Callable[..., Any],
    privacy: str,
    options: dict[str, Any],
    reason: Reason | None,
) -> None:
    """Nothing triggers by a text or a number that nobody is to see, and the trace says why."""
    await add_account(recipient("Anna", ANNA, trusted=True), privacy=privacy)
    runs = await automate(hass, received(**options))
    await text()

    assert len(runs) == (reason is None)
    assert await reasons(hass, hass_ws_client) == [reason]


@pytest.mark.parametrize(
    ("privacy", "withheld"),
    [
        ("full", set()),
        ("sender", {"text"}),
        ("minimal", {"text", "sender", "sender_name"}),
    ],
)
async def test_privacy_reaches_the_trace(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    text: Callable[..., Any],
    privacy: str,
    withheld: set[str],
) -> None:
    """What is withheld is nowhere in it; the trigger has no such values."""
    await add_account(recipient("Anna", ANNA), privacy=privacy)
    runs = await automate(hass, received())
    await text("Kellertür 4711")

    assert {"text", "sender", "sender_name"} - runs[0].data["trigger"].keys() == withheld
    trace = str(await traces(hass, hass_ws_client))
    assert ("Kellertür" in trace) is ("text" not in withheld)
    assert (ANNA in trace) is ("sender" not in withheld)
    assert ("Anna" in trace) is ("sender_name" not in withheld)


async def test_the_trace_of_a_message_that_did_not_trigger_tells_nothing_of_it(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, add_account: AddAccount, text: Callable[..., Any]
) -> None:
    """Which message it was and why; not who wrote what, since it was none of this automation's business."""
    await add_account(recipient("Anna", ANNA))
    await automate(hass, received(contains="gate"))
    await text("Kellertür 4711")

    (trace,) = await traces(hass, hass_ws_client)
    assert trace["script_execution"] == "not_triggered"
    (step,) = trace["trace"]["trigger/0"]
    assert step["result"]["reason"] == Reason.DOES_NOT_CONTAIN
    assert step["result"]["data"].keys() == {"message_id", "device_id", "received_at", "delayed"}
    assert not any(word in str(trace) for word in ("4711", ANNA, "Anna"))


# --- being there ------------------------------------------------------------------------------------------------------


async def test_it_is_attached_before_there_is_an_account_and_stays_through_a_reload(
    hass: HomeAssistant, add_account: AddAccount, text: Callable[..., Any]
) -> None:
    """What came while the account was not loaded triggers when it is, and nothing triggers twice."""
    runs = await automate(hass, received())
    entry = await add_account()
    await text("one")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await text("two")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await text("three")

    assert values(runs, "text") == ["one", "two", "three"]


async def test_an_automation_that_is_turned_off_is_not_run(
    hass: HomeAssistant, add_account: AddAccount, text: Callable[..., Any]
) -> None:
    """And misses what came meanwhile, as any automation does."""
    await add_account()
    runs = await automate(hass, received())
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.answer"}, blocking=True)
    await text("one")
    await hass.services.async_call("automation", "turn_on", {"entity_id": "automation.answer"}, blocking=True)
    await text("two")

    assert values(runs, "text") == ["two"]


# --- configurations that make no sense --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"sender": 447700900123}, "put numbers in quotes"),
        ({"sender": ["Anna", " "]}, "remove the line"),
        ({"sender": "07700900123"}, "…123 is a local number, and Home Assistant has no country set; write it with +"),
        ({"trusted_only": "perhaps"}, "perhaps is neither yes nor no"),
        ({"contains": " "}, "enter what the message has to contain"),
        ({"matches": ""}, "the regular expression is missing"),
        ({"matches": "gate("}, "not a valid regular expression: missing )"),
        ({"matches": "(a+)+$"}, "keep Home Assistant busy for hours"),
        ({"matches": ".*.*.*.*.*x"}, "with fewer of"),
        ({"max_age": 0}, "the greatest age is zero"),
        ({"max_age": {"minutes": -5}}, "positive"),
        ({"max_age": "soon"}, "write it as HH:MM:SS"),
        ({"contians": "gate"}, "contians"),
    ],
)
async def test_a_configuration_that_makes_no_sense_is_refused(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    options: dict[str, Any],
    error: str,
) -> None:
    """The editor says what is wrong, and what to do about it."""
    hass.config.country = None
    said = await config_error(hass, hass_ws_client, "triggers", received(**options))

    assert said is not None
    assert error in said


@pytest.mark.parametrize(
    "options", [{"sender": "07700 900123"}, {"trusted_only": "+447700900123"}, {"max_age": "07700 900123"}]
)
async def test_no_configuration_brings_a_whole_number_into_the_log(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, options: dict[str, Any]
) -> None:
    """Wherever it stands: Home Assistant logs why an automation cannot be set up."""
    hass.config.country = None
    automation = {"alias": "Answer", "triggers": [received(**options)], "actions": []}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})

    said = next(record.getMessage() for record in caplog.records if "failed to setup triggers" in record.getMessage())
    assert "…123 is " in said
    assert "900" not in said


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sender": "07700 900123", "trusted_only": True},
        {"sender": ["+12025550123", "MyBank", "60777"]},
        {"contains": "gate", "matches": r"^\s*gate\s+\d{4}\s*$", "max_age": "00:05:00"},
        {"max_age": {"hours": 24}},
    ],
)
async def test_a_configuration_that_makes_sense_is_accepted(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, options: dict[str, Any]
) -> None:
    """Also before any account is set up."""
    hass.config.country = "GB"
    assert await config_error(hass, hass_ws_client, "triggers", received(**options)) is None
