"""The action that texts people, called as an automation calls it."""

import asyncio
from datetime import timedelta
import json
import logging
import math
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.script import Script
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
import voluptuous as vol

from custom_components.smsgateway24.messaging import outbox
from simulator import Phone, Sim, Simulator, Status, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

from .calls import device_of, readable
from .sending import CARL, TEXT, act_blindly, asked, send_sms, sends, sms_breakdown, sms_mistake, until_asked

ATTIC = 1297


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look only once for what was not answered: where time stands still, a pause never ends."""
    monkeypatch.setattr(outbox, "LOOK_AGAIN_AFTER", ())


# --- who is texted ----------------------------------------------------------------------------------------------------


async def test_a_recipient_is_texted_and_told_about_in_full(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """All that is known at that moment."""
    (result,) = await send_sms(hass, entity_id="notify.anna")
    sim.advance(20)

    (sent,) = sim.sent_texts()
    assert (sent.number, sent.text) == (ANNA, TEXT)
    assert result == {
        "number": ANNA,
        "recipient": "Anna",
        "message_id": sent.message_id,
        "phone_id": "1576",
        "sim": 0,
        "parts": 1,
        "alphabet": "gsm7",
        "status": "accepted",
        "reason": None,
        "error": None,
        "warning": None,
    }


@pytest.mark.parametrize(
    "numbers",
    [
        BEN,
        [BEN],
        12025550123,
        [12025550123],
        "+1 (202) 555-0123",
        "001 202 555 0123",
        (12025550123,),
    ],
)
async def test_a_number_is_texted_however_it_is_given(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, numbers: Any
) -> None:
    """With and without what a template takes from it."""
    (result,) = await send_sms(hass, numbers=numbers)

    assert (result["number"], result["recipient"]) == (BEN, None)
    assert [sms["sendto"] for sms in asked(sim, "addsms")] == [BEN]


@pytest.mark.parametrize("numbers", [f"{BEN}, {CARL}", f"{BEN};{CARL}", f"{BEN}\n{CARL}\n", [[BEN], f"{CARL},"]])
async def test_a_text_may_hold_several_numbers(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, numbers: Any
) -> None:
    """With something between them."""
    assert [result["number"] for result in await send_sms(hass, numbers=numbers)] == [BEN, CARL]


async def test_numbers_out_of_templates_arrive(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """A template that renders to a number has lost its plus, and one with two of them is a tuple."""
    hass.states.async_set("input_text.neighbour", CARL)
    for template in (f"{{{{ '{BEN}' }}}}", f"{{{{ '{BEN},{CARL}' }}}}", "{{ [states('input_text.neighbour')] }}"):
        await run(hass, {"numbers": template, "message": "{{ 1 + 1 }} windows are open"})
    sim.advance(60)

    assert {(sent.number, sent.text) for sent in sim.sent_texts()} == {
        (BEN, "2 windows are open"),
        (CARL, "2 windows are open"),
    }
    assert len(sim.sent_texts()) == 4


async def run(hass: HomeAssistant, data: dict[str, Any]) -> None:
    """Send a message in a script, with templates in it."""
    sequence = cv.SCRIPT_SCHEMA([{"action": "smsgateway24.send_sms", "data": data}])
    await Script(hass, sequence, "Test", "test").async_run()


async def test_a_local_number_is_completed_and_a_short_code_is_not(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """With the country of the house."""
    results = await send_sms(hass, numbers=["07700 900199", "80800", 80888])
    assert [result["number"] for result in results] == [CARL, "80800", "80888"]


async def test_everybody_is_texted_once(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """As a recipient, by number, and by the same number in other words."""
    results = await send_sms(
        hass, entity_id=["notify.anna", "notify.anna"], numbers=[BEN, "07700 900123", 447700900123, "+1 202 555 0123"]
    )
    sim.advance(60)

    assert [(result["number"], result["recipient"]) for result in results] == [(ANNA, "Anna"), (BEN, None)]
    assert sorted(sent.number for sent in sim.sent_texts()) == sorted([ANNA, BEN])


async def test_a_number_that_belongs_to_a_recipient_is_texted_in_the_same_way(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Through the phone and the SIM that are set for them."""
    sim.add_phone("Attic phone", phone_id=ATTIC, sims=(Sim(), Sim(slot=1)))
    await add_account(recipient("Anna", ANNA, phone=str(ATTIC), sim=1))
    (result,) = await send_sms(hass, numbers=ANNA)

    assert (result["recipient"], result["phone_id"], result["sim"]) == ("Anna", str(ATTIC), 1)


async def test_several_people_go_out_in_one_request(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """And each has its id."""
    await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    results = await send_sms(hass, entity_id="notify.anna, notify.ben", numbers=[CARL])
    sim.advance(60)

    assert (len(asked(sim, "addalotofsms")), len(asked(sim, "addsms"))) == (1, 0)
    assert {(sent.number, sent.message_id) for sent in sim.sent_texts()} == {
        (result["number"], result["message_id"]) for result in results
    }


async def test_the_entity_shows_when_somebody_was_texted(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Whichever action did it; who was not texted stays as before."""
    await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    await send_sms(hass, numbers=ANNA)

    anna, ben = hass.states.get("notify.anna"), hass.states.get("notify.ben")
    assert anna is not None
    assert ben is not None
    assert dt_util.parse_datetime(anna.state, raise_on_error=True) <= dt_util.utcnow()
    assert ben.state == STATE_UNKNOWN


async def test_the_entity_shows_nothing_when_nobody_was_texted(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """A refused message was none."""
    sim.fail(faults.refused(), "addsms")
    await sms_breakdown(hass, entity_id="notify.anna")

    state = hass.states.get("notify.anna")
    assert state is not None
    assert state.state == STATE_UNKNOWN


# --- what is wrong with it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{}, {"entity_id": []}, {"numbers": []}, {"numbers": " , "}, {"entity_id": ""}])
async def test_without_anybody_there_is_nothing_to_do(
    hass: HomeAssistant, account: MockConfigEntry, fields: dict[str, Any]
) -> None:
    """A list that a template made may be empty."""
    assert (await sms_mistake(hass, **fields)).translation_key == "nobody_to_text"


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
async def test_without_text_there_is_nothing_to_say(hass: HomeAssistant, account: MockConfigEntry, text: str) -> None:
    """An empty SMS is no alarm."""
    assert (await sms_mistake(hass, message=text, entity_id="notify.anna")).translation_key == "empty_message"


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("MyBank", "invalid_number"),
        ("12", "invalid_number"),
        ("+44 7700", "invalid_number"),
        (True, "invalid_value"),
        (447700900123.0, "invalid_value"),
        (12, "invalid_number"),
        (-447700900123, "invalid_number"),
        ("12025550123", "invalid_number"),
        (None, "invalid_value"),
        ({"number": ANNA}, "invalid_value"),
    ],
)
async def test_a_number_that_is_none_is_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, number: Any, key: str
) -> None:
    """Before anything is sent; of what is no number by its kind nothing is told."""
    error = await sms_mistake(hass, numbers=[number])
    assert error.translation_key == key
    if key == "invalid_value":
        assert error.translation_placeholders == {"field": "numbers", "example": '"+12025550123"'}
    assert not sends(sim)


@pytest.mark.parametrize(
    ("country", "number", "key"),
    [
        (None, "07700900123", "country_needed"),
        (None, 7700900123, "country_needed"),
        # A German mobile number without its 0, or one in North America.
        ("DE", 15123456789, "doubtful_number"),
    ],
)
async def test_a_number_that_may_be_another_one_is_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, country: str | None, number: Any, key: str
) -> None:
    """The error says how to write it."""
    hass.config.country = country
    error = await sms_mistake(hass, numbers=number)

    assert error.translation_key == key
    assert error.translation_placeholders == {"number": f"…{str(number)[-3:]}"}
    assert not sends(sim)


async def test_one_bad_number_does_not_stop_the_others(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """Each has its own result."""
    good, bad, other, broken = await send_sms(hass, entity_id="notify.anna", numbers=["+44 7700", BEN, 1.5])
    sim.advance(60)

    assert [good["status"], bad["status"], other["status"]] == ["accepted", "failed", "accepted"]
    assert (bad["number"], bad["reason"], bad["message_id"], bad["phone_id"]) == (
        "+44 7700",
        "invalid_number",
        None,
        None,
    )
    assert bad["error"].startswith("The number …700 cannot be texted. Write it with +")
    assert (broken["status"], broken["number"], broken["reason"]) == ("failed", None, "invalid_value")
    assert broken["error"] == 'The field numbers cannot be read. Write it like this: "+12025550123"'
    assert sorted(sent.number for sent in sim.sent_texts()) == sorted([ANNA, BEN])


async def test_what_was_not_sent_is_in_the_log_where_nobody_asks(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """An automation without a response would never learn of it. The number is not in it."""
    await act_blindly(hass, "send_sms", message=TEXT, entity_id="notify.anna", numbers=["+44 7700 9"])

    (record,) = [record for record in caplog.records if "were not sent" in record.message]
    assert record.message == "1 of 2 messages were not sent: invalid_number"
    assert record.levelno == logging.WARNING


async def test_what_was_not_taken_on_is_announced_where_others_were(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """The action goes on, so an automation for what fails is all that could do something else."""
    await add_account(recipient("Anna", ANNA), max_per_hour=1)
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    await act_blindly(hass, "send_sms", message=TEXT, entity_id="notify.anna")
    await act_blindly(hass, "send_sms", message=TEXT, entity_id=["notify.anna", "notify.nobody"], numbers=[BEN, "12"])
    await hass.async_block_till_done()

    assert [(event.data["number"], event.data["recipient_name"], event.data["reason"]) for event in failed] == [
        (None, None, "not_a_recipient"),
        (ANNA, "Anna", "too_many_messages"),
        ("12", None, "invalid_number"),
    ]
    assert {event.data[key] for event in failed for key in ("message_id", "phone_id", "device_id", "status")} == {None}


async def test_what_was_not_taken_on_is_told_by_the_phone_that_was_chosen(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Be it for the recipient or in the call. A phone that is gone has no entity any more."""
    hass.config.country = "GB"
    entry = await add_account(
        recipient("Anna", ANNA, phone="1576", sim=0), recipient("Ben", BEN, phone="4711"), max_per_hour=1
    )
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    await act_blindly(hass, "send_sms", message=TEXT, entity_id="notify.anna")
    await act_blindly(hass, "send_sms", message=TEXT, entity_id=["notify.anna", "notify.ben"], numbers=CARL)
    await hass.async_block_till_done()

    device = device_of(hass, entry, phone)
    assert [
        tuple(event.data[key] for key in ("number", "reason", "phone_id", "device_id", "sim")) for event in failed
    ] == [(ANNA, "too_many_messages", "1576", device, 0), (BEN, "phone_gone", "4711", None, None)]
    state = hass.states.get("event.hall_phone_outgoing_message")
    assert state is not None
    assert (state.attributes["event_type"], state.attributes["reason"]) == ("failed", "too_many_messages")

    await act_blindly(
        hass, "send_sms", message=TEXT, entity_id="notify.carl", numbers=["12", "07700 900155"], device_id=device
    )
    await hass.async_block_till_done()
    assert [(event.data["number"], event.data["reason"], event.data["phone_id"]) for event in failed[2:]] == [
        (None, "not_a_recipient", "1576"),
        ("12", "invalid_number", "1576"),
    ]


async def test_what_fails_as_a_whole_is_not_announced_as_well(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """The error is enough. What the outbox has announced is not announced again either."""
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    await sms_mistake(hass, entity_id="notify.nobody", numbers="12")
    assert not failed

    sim.fail(faults.refused(), times=None, method="addsms")
    await sms_breakdown(hass, entity_id="notify.anna")
    await hass.async_block_till_done()
    assert [event.data["reason"] for event in failed] == ["refused"]


async def test_what_the_privacy_setting_withholds_is_not_announced(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Of a number that is none it holds as well: it may be somebody's all the same."""
    await add_account(recipient("Anna", ANNA), privacy="minimal")
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    await act_blindly(hass, "send_sms", message=TEXT, entity_id="notify.anna", numbers=["+44 7700 9"])
    await hass.async_block_till_done()
    assert [event.data["reason"] for event in failed] == ["invalid_number"]
    assert "7700" not in str(failed[0].data)


async def test_several_mistakes_are_told_together(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """If nothing is left to be sent."""
    error = await sms_mistake(hass, entity_id="notify.nobody", numbers=["+44 7700", "MyBank"])

    assert error.translation_key == "none_sent"
    assert error.translation_placeholders is not None
    assert error.translation_placeholders["count"] == "3"
    for part in ("notify.nobody", "…700", "MyBank"):
        assert part in error.translation_placeholders["errors"]


@pytest.mark.parametrize(
    "entity_id", ["notify.nobody", "light.lamp", "all", "notify.lamps", "event.hall_phone_incoming_message"]
)
async def test_what_is_no_recipient_is_refused(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, account: MockConfigEntry, entity_id: str
) -> None:
    """Also somebody else's notify entity."""
    entity_registry.async_get_or_create("notify", "lamps", "1", suggested_object_id="lamps")
    error = await sms_mistake(hass, entity_id=entity_id)

    assert error.translation_key == "not_a_recipient"
    assert error.translation_placeholders == {"entity": entity_id}


async def test_a_disabled_recipient_is_not_texted(
    hass: HomeAssistant, sim: Simulator, entity_registry: er.EntityRegistry, account: MockConfigEntry
) -> None:
    """Somebody had a reason."""
    entity_registry.async_update_entity("notify.anna", disabled_by=er.RegistryEntryDisabler.USER)
    assert (await sms_mistake(hass, entity_id="notify.anna")).translation_key == "not_a_recipient"
    assert not sends(sim)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"sim": -1}, "number_out_of_range"),
        ({"sim": 100}, "number_out_of_range"),
        ({"customer_id": 0}, "number_out_of_range"),
        ({"customer_id": 2**31}, "number_out_of_range"),
        ({"send_at": "2020-01-01 08:00:00"}, "send_at_out_of_range"),
        ({"send_at": "2206-01-01 08:00:00"}, "send_at_out_of_range"),
        ({"expire_after": 0}, "duration_out_of_range"),
        ({"expire_after": {"days": 8}}, "duration_out_of_range"),
        ({"expire_after": {"minutes": -5}}, "duration_out_of_range"),
        ({"expire_after": 600, "send_at": "2026-01-01 08:00:00"}, "expire_after_with_send_at"),
        ({"wait_for": "read"}, "unknown_outcome"),
        ({"wait_for": "failed"}, "unknown_outcome"),
        ({"wait_for": "sent", "timeout": 0}, "duration_out_of_range"),
        ({"wait_for": "sent", "timeout": {"hours": 2}}, "duration_out_of_range"),
        ({"timeout": 30}, "timeout_without_wait_for"),
        ({"device_id": "nothing"}, "not_a_phone"),
        ({"config_entry_id": "nothing"}, "unknown_account"),
    ],
)
async def test_a_field_that_makes_no_sense_is_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, fields: dict[str, Any], key: str
) -> None:
    """Before anything is sent."""
    assert (await sms_mistake(hass, entity_id="notify.anna", **fields)).translation_key == key
    assert not sends(sim)


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("message", None, "not_a_text"),
        ("message", ["Water in the cellar"], "not_a_text"),
        ("message", {"text": "Water in the cellar"}, "not_a_text"),
        ("config_entry_id", {}, "not_a_text"),
        ("device_id", None, "not_a_text"),
        ("entity_id", None, "invalid_value"),
        ("entity_id", [{}], "invalid_value"),
        ("expire_after", {"days": 1e300}, "duration_out_of_range"),
        ("expire_after", "soon", "duration_out_of_range"),
        ("expire_after", "", "duration_out_of_range"),
        ("expire_after", None, "duration_out_of_range"),
        ("expire_after", math.inf, "duration_out_of_range"),
        ("timeout", "soon", "duration_out_of_range"),
        ("wait_for", ["sent"], "not_a_text"),
        ("sim", "first", "number_out_of_range"),
        ("sim", None, "number_out_of_range"),
        ("sim", math.inf, "number_out_of_range"),
        ("customer_id", "", "number_out_of_range"),
        ("send_at", "soon", "invalid_value"),
        ("send_at", "", "invalid_value"),
        ("send_at", None, "invalid_value"),
        ("send_at", 5, "invalid_value"),
        ("send_at", "2026-13-32 00:00:00", "invalid_value"),
        ("urgent", "perhaps", "invalid_value"),
        ("urgent", None, "invalid_value"),
    ],
)
async def test_a_field_that_cannot_be_read_is_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, field: str, value: Any, key: str
) -> None:
    """A template may have made anything of it. The error names the field, and says nothing of what is in it."""
    error = await sms_mistake(hass, **{"entity_id": "notify.anna", "wait_for": "sent", field: value})
    assert error.translation_key == key
    assert error.translation_placeholders is not None
    assert error.translation_placeholders["field"] == field
    assert not [said for said in ("Water", "soon", "first", "perhaps") if said in str(error.translation_placeholders)]
    assert not sends(sim)


async def test_a_field_that_there_is_not_is_no_valid_call(hass: HomeAssistant, account: MockConfigEntry) -> None:
    """Home Assistant names it, and also one that is missing."""
    with pytest.raises(vol.Invalid, match="text"):
        await send_sms(hass, entity_id="notify.anna", text="?")
    with pytest.raises(vol.Invalid, match="message"):
        await act_blindly(hass, "send_sms", entity_id="notify.anna")


@pytest.mark.parametrize(
    ("written", "told"),
    [("+447700900123", "…123"), ("447700900123", "…123"), ("Anna", "anna"), ("notify.x1", "notify.x1")],
)
async def test_a_number_among_the_entities_is_not_told(
    hass: HomeAssistant, account: MockConfigEntry, written: str, told: str
) -> None:
    """The error ends up in the log; a name may stand there."""
    error = await sms_mistake(hass, entity_id=written)
    assert error.translation_key == "not_a_recipient"
    assert error.translation_placeholders == {"entity": told}


# --- how it is sent ---------------------------------------------------------------------------------------------------


async def test_every_field_reaches_the_service(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """A time without a zone is Home Assistant's own."""
    freezer.move_to("2026-07-01 10:00:00+00:00")
    await hass.config.async_set_time_zone("Europe/Berlin")
    await send_sms(
        hass,
        numbers=BEN,
        device_id=device_of(hass, account, phone),
        sim="1",
        send_at="2026-07-02 08:00:00",
        urgent="yes",
        customer_id="4711",
    )

    (sms,) = asked(sim, "addsms")
    assert {key: value for key, value in sms.items() if key != "token"} == {
        "sendto": BEN,
        "body": TEXT,
        "device_id": "1576",
        "sim": "1",
        "timetosend": "2026-07-02 06:00:00",
        "customerid": "4711",
        "urgent": "1",
    }


async def test_what_has_just_passed_is_now(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """An automation that says "now" is read a moment later."""
    await send_sms(hass, numbers=BEN, send_at=(dt_util.now() - timedelta(seconds=2)).isoformat())
    assert "timetosend" not in asked(sim, "addsms")[0]


@pytest.mark.parametrize(
    ("own", "wish", "route"),
    [
        # A phone that is chosen takes the place of the recipient's own, with its own SIM.
        ({"phone": "1576", "sim": 1}, {"device_id": ATTIC}, (str(ATTIC), 0)),
        ({"phone": "1576", "sim": 1}, {"device_id": ATTIC, "sim": 1}, (str(ATTIC), 1)),
        # The same phone keeps the SIM that is set.
        ({"phone": "1576", "sim": 1}, {"device_id": 1576}, ("1576", 1)),
        # So does any phone, if any will do.
        ({"phone": "auto", "sim": 1}, {"device_id": ATTIC}, (str(ATTIC), 1)),
        ({"phone": "1576", "sim": 1}, {"sim": 0}, ("1576", 0)),
        ({"phone": "1576", "sim": 1}, {}, ("1576", 1)),
    ],
)
async def test_a_chosen_phone_takes_the_place_of_the_recipients_own(
    hass: HomeAssistant,
    sim: Simulator,
    add_account: AddAccount,
    own: dict[str, Any],
    wish: dict[str, Any],
    route: tuple[str, int],
) -> None:
    """And a chosen SIM that of the recipient."""
    for phone_id in (1576, ATTIC):
        sim.add_phone(f"Phone {phone_id}", phone_id=phone_id, sims=(Sim(), Sim(slot=1)))
    entry = await add_account(recipient("Anna", ANNA, **own))
    if "device_id" in wish:
        wish = {**wish, "device_id": device_of(hass, entry, str(wish["device_id"]))}
    (result,) = await send_sms(hass, entity_id="notify.anna", **wish)

    assert (result["phone_id"], result["sim"]) == route


@pytest.mark.parametrize(
    ("text", "alphabet", "parts"),
    [("a" * 161, "gsm7", 2), ("Fire 🔥", "ucs2", 1), ("€" * 80, "gsm7", 1), ("ж" * 71, "ucs2", 2)],
    ids=["two parts", "emoji", "extension", "cyrillic"],
)
async def test_the_parts_of_a_text_are_told(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, text: str, alphabet: str, parts: int
) -> None:
    """That is what the operator counts."""
    (result,) = await send_sms(hass, message=text, numbers=BEN)
    assert (result["alphabet"], result["parts"]) == (alphabet, parts)


async def test_a_phone_that_is_offline_is_used_with_a_warning(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, poll: Poll
) -> None:
    """If it was chosen: nobody else may send it."""
    sim.switch_off(phone)
    sim.advance(3600)
    await poll(account)
    (result,) = await send_sms(hass, numbers=BEN, device_id=device_of(hass, account, phone))

    assert (result["status"], result["error"]) == ("accepted", None)
    assert result["warning"].startswith("The phone that sends the message is not known to be online.")


async def test_what_expires_waits_for_a_phone(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nothing that the service has can be taken back, so it does not get it before a phone is there."""
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    sim.switch_off(phone)
    sim.advance(3600)
    await poll(account)
    (result,) = await send_sms(hass, numbers=BEN, expire_after="00:05:00")
    assert (result["status"], result["error"], result["message_id"]) == ("waiting", None, None)
    assert result["warning"].startswith("No phone that may send the message is online.")

    freezer.tick(timedelta(minutes=6))
    await poll(account)
    sim.switch_on(phone)
    await poll(account)
    assert [event.data["reason"] for event in failed] == ["expired"]
    assert not sends(sim)


# --- what becomes of it -----------------------------------------------------------------------------------------------


async def test_it_waits_until_all_are_delivered(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, poll: Poll
) -> None:
    """And returns as soon as they are."""
    calling = asyncio.create_task(send_sms(hass, numbers=[BEN, CARL], wait_for="delivered", timeout={"minutes": 5}))
    await until_asked(sim, "addalotofsms")
    await poll(account)
    assert not calling.done()
    sim.advance(60)
    await poll(account)

    assert [result["status"] for result in await calling] == ["delivered", "delivered"]


async def test_waiting_for_sent_ends_before_delivery(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, poll: Poll
) -> None:
    """Not all operators tell of it."""
    sim.set_fate(phone, (Status.SENT,))
    calling = asyncio.create_task(send_sms(hass, numbers=BEN, wait_for="sent", timeout=60))
    await until_asked(sim, "addsms")
    sim.advance(60)
    await poll(account)

    assert [result["status"] for result in await calling] == ["sent"]


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        (8, "not_delivered", "left the phone but was not delivered"),
        (9, "generic_failure", "has credit"),
        (10, "no_service", "has no service"),
        (11, "null_pdu", "without unusual characters"),
        (12, "radio_off", "Switch flight mode off."),
        (100, "not_allowed", "Allow it in the settings of the phone."),
        (101, "not_allowed", "Allow it in the settings of the phone."),
    ],
)
async def test_a_failure_says_what_to_do(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    poll: Poll,
    status: int,
    reason: str,
    sentence: str,
) -> None:
    """It is returned, so that whoever has waited for it can do something else."""
    sim.fail_next(phone, status)
    calling = asyncio.create_task(send_sms(hass, numbers=BEN, wait_for="delivered", timeout=60))
    await until_asked(sim, "addsms")
    sim.advance(60)
    await poll(account)
    (result,) = await calling

    assert (result["status"], result["reason"], result["warning"]) == ("failed", reason, None)
    assert isinstance(result["message_id"], int)
    assert sentence in result["error"]


async def test_a_failure_is_raised_where_nobody_reads_it(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, poll: Poll
) -> None:
    """An automation that waits, and takes no response, would go on as if all were well."""
    sim.fail_next(phone, 12)
    calling = asyncio.create_task(
        act_blindly(hass, "send_sms", message=TEXT, numbers=BEN, wait_for="delivered", timeout=60)
    )
    await until_asked(sim, "addsms")
    sim.advance(60)
    await poll(account)
    with pytest.raises(HomeAssistantError) as error:
        await calling
    assert (await readable(hass, error.value)).translation_key == "failed_radio_off"


async def test_when_the_time_is_up_it_tells_what_is_known(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """No more than that the service has it."""
    (result,) = await send_sms(hass, numbers=BEN, wait_for="delivered", timeout=1)
    assert (result["status"], result["error"]) == ("accepted", None)


async def test_unloading_ends_the_waiting(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """With what is known by then."""
    calling = asyncio.create_task(send_sms(hass, numbers=BEN, wait_for="delivered", timeout=3600))
    await until_asked(sim, "addsms")
    await hass.config_entries.async_unload(account.entry_id)

    assert [result["status"] for result in await calling] == ["accepted"]


async def test_a_script_that_is_stopped_leaves_no_doubt(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, poll: Poll
) -> None:
    """The request goes on, and the message is followed to its end."""
    delivered = async_capture_events(hass, "smsgateway24_sms_delivered")
    sim.fail(faults.slow(0.2), "addsms")
    calling = asyncio.create_task(send_sms(hass, numbers=BEN))
    await until_asked(sim, "addsms")
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    sim.advance(1)
    await hass.async_block_till_done()
    sim.advance(60)
    await poll(account)

    assert [sent.text for sent in sim.sent_texts(BEN)] == [TEXT]
    assert [event.data["number"] for event in delivered] == [BEN]
    assert sends(sim) == 1


# --- when the service does not do its part ----------------------------------------------------------------------------


async def test_a_refusal_is_raised_with_the_services_words(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """But for what has no place in a log."""
    sim.fail(faults.refused(f"{BEN} is blocked for '{TEXT}'"), "addsms")
    error = await sms_breakdown(hass, numbers=BEN)

    assert error.translation_key == "send_refused"
    assert error.translation_placeholders == {"message": "is blocked for ''"}


async def test_a_refusal_of_many_leaves_them_in_doubt(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, impatient: None
) -> None:
    """Some of them may have been taken before it, so they are looked for before anything is done."""
    sim.fail(faults.refused(f"Limit of this month is reached at '{TEXT}'"), "addalotofsms")
    results = await send_sms(hass, numbers=[BEN, CARL])

    assert [result["status"] for result in results] == ["checking", "checking"]
    for result in results:
        assert "Limit of this month is reached at ''" in result["error"]
        assert "do not send it again" in result["error"]


@pytest.mark.parametrize(
    "fault",
    [faults.page(), faults.page(404), faults.http_error(), faults.redirect(), faults.truncated(), faults.cut_off()],
    ids=lambda fault: f"{fault.name}-{fault.status}",
)
async def test_what_is_no_success_is_never_taken_for_one(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, impatient: None, fault: faults.Fault
) -> None:
    """Nor for a failure: a page with 200 may come after the work. The message is looked for."""
    sim.fail(fault, "addsms")
    (result,) = await send_sms(hass, numbers=BEN)

    found = bool(sim.messages())
    assert result["status"] == ("accepted" if found else "checking")
    assert (result["message_id"] is not None) == found
    if not found:
        assert "do not send it again" in result["error"]
    assert sends(sim) == 1


async def test_out_of_reach_the_message_is_kept_and_says_so(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, poll: Poll
) -> None:
    """It goes out once, when the service is there again."""
    await sim.stop()
    (result,) = await send_sms(hass, entity_id="notify.anna")
    await sim.start()
    await poll(account)
    await poll(account)
    sim.advance(60)

    assert (result["status"], result["message_id"]) == ("waiting", None)
    assert result["error"].startswith("The message has not been sent yet: SmsGateway24 cannot be reached.")
    assert [sent.text for sent in sim.sent_texts(ANNA)] == [TEXT]


async def test_asked_to_wait_the_message_is_kept_and_says_so(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """It was turned away at the door."""
    sim.fail(faults.http_error(429, "60"), "addsms")
    (result,) = await send_sms(hass, numbers=BEN)

    assert result["status"] == "waiting"
    assert "asks to wait" in result["error"]


async def test_without_keeping_it_fails_at_once(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """The automation decides what to do instead."""
    await add_account(recipient("Anna", ANNA), keep_unsent=0)
    await sim.stop()
    assert (await sms_breakdown(hass, entity_id="notify.anna")).translation_key == "send_cannot_connect"


async def test_a_refused_password_asks_the_user_and_keeps_the_message(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, poll: Poll
) -> None:
    """It is sent when the user has signed in again."""
    sim.rotate_token()
    sim.account.password = "changed"
    (result,) = await send_sms(hass, numbers=BEN)
    assert result["status"] == "waiting"
    assert "Sign in again" in result["error"]

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    await hass.config_entries.flow.async_configure(flow["flow_id"], {"password": "changed"})
    await hass.async_block_till_done()
    await poll(account)
    sim.advance(60)
    assert [sent.text for sent in sim.sent_texts(BEN)] == [TEXT]


async def test_a_message_that_was_lost_is_raised_as_unconfirmed(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
    impatient: None,
) -> None:
    """If it is waited for as long as it is looked for. Nobody must think that it can be sent again without harm."""
    sim.fail(faults.cut_off(), "addsms")
    calling = asyncio.create_task(send_sms(hass, numbers=BEN, wait_for="sent", timeout=3600))
    await until_asked(sim, "addsms")
    for _ in range(4):
        freezer.tick(60)
        sim.advance(60)
        await poll(account)
    with pytest.raises(HomeAssistantError) as error:
        await calling

    assert not isinstance(error.value, ServiceValidationError)
    assert (await readable(hass, error.value)).translation_key == "failed_unconfirmed"
    assert sends(sim) == 1


async def test_without_a_phone_nothing_can_be_sent(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount
) -> None:
    """And it says what to do; a number is not told in full."""
    await add_account()
    error = await sms_breakdown(hass, numbers=BEN)
    assert (error.translation_key, error.translation_placeholders) == ("no_phone", {"recipient": "…123"})


async def test_too_many_messages_are_held_back_for_who_gets_them_only(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """The others are texted."""
    await add_account(recipient("Anna", ANNA), max_per_hour=1)
    await send_sms(hass, entity_id="notify.anna")
    held, sent = await send_sms(hass, entity_id="notify.anna", numbers=BEN)

    assert (held["status"], held["reason"], sent["status"]) == ("failed", "too_many_messages", "accepted")
    assert held["error"].startswith("The message to Anna was not sent: the limit")
    error = await sms_breakdown(hass, entity_id="notify.anna")
    assert error.translation_placeholders == {"recipient": "Anna"}


# --- several accounts -------------------------------------------------------------------------------------------------


async def test_each_recipient_is_texted_through_their_account(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """Also in one call."""
    results = await send_sms(hass, entity_id=["notify.anna", "notify.carl"])

    assert [(result["recipient"], result["phone_id"]) for result in results] == [("Anna", "1576"), ("Carl", "2001")]
    assert {sms["token"] for sms in asked(sim, "addsms")} == {account.data["token"], second.data["token"]}


async def test_a_recipient_or_a_phone_says_through_which_account_a_number_is_texted(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """So does the account itself; without any of these nobody knows."""
    barn = device_of(hass, second, "2001")
    for fields in ({"entity_id": "notify.carl"}, {"device_id": barn}, {"config_entry_id": second.entry_id}):
        results = await send_sms(hass, numbers=BEN, **fields)
        assert {result["phone_id"] for result in results} == {"2001"}

    before = sends(sim)
    for entities in ([], ["notify.anna", "notify.carl"]):
        assert (await sms_mistake(hass, entity_id=entities, numbers=BEN)).translation_key == "several_accounts"
    assert sends(sim) == before


async def test_a_recipient_of_another_account_is_not_texted(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """One of the two must be a mistake; the others are texted."""
    for fields in ({"device_id": device_of(hass, second, "2001")}, {"config_entry_id": second.entry_id}):
        error = await sms_mistake(hass, entity_id="notify.anna", **fields)
        assert error.translation_key == "recipient_of_other_account"
    wrong, right = await send_sms(hass, entity_id=["notify.anna", "notify.carl"], config_entry_id=second.entry_id)

    assert (wrong["reason"], right["recipient"]) == ("recipient_of_other_account", "Carl")


async def test_the_recipients_of_an_account_that_is_not_loaded_are_told_apart(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """The others are texted."""
    await hass.config_entries.async_unload(second.entry_id)
    away, there = await send_sms(hass, entity_id=["notify.carl", "notify.anna"])

    assert (away["status"], away["reason"], there["status"]) == ("failed", "account_not_loaded", "accepted")


# --- privacy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("privacy", "shown"), [("full", {"number", "recipient"}), ("sender", {"number", "recipient"}), ("minimal", set())]
)
async def test_privacy_withholds_who_was_texted(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    caplog: pytest.LogCaptureFixture,
    privacy: str,
    shown: set[str],
) -> None:
    """From the response, which ends up in traces. The text is not in it at any setting, and nobody is in the log."""
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    await add_account(recipient("Anna Example", ANNA), privacy=privacy, max_per_hour=1)
    results = await send_sms(hass, entity_id="notify.anna_example", numbers=["+44 7700"])
    with pytest.raises(HomeAssistantError) as error:
        await act_blindly(hass, "send_sms", message=TEXT, entity_id="notify.anna_example")

    assert {key for result in results for key in ("number", "recipient") if key in result} == shown
    assert TEXT not in json.dumps(results)
    assert ("Anna Example" in json.dumps(results)) == bool(shown)
    assert ("Anna Example" in str(error.value)) == bool(shown)
    ours = [record.message for record in caplog.records if record.name.startswith("custom_components")]
    assert not [line for line in ours if ANNA in line or TEXT in line or "7700900123" in line]


async def test_sentences_are_in_the_language_of_the_house(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """In English where there is no translation."""
    hass.config.language = "xx"
    _, bad = await send_sms(hass, numbers=[BEN, "MyBank"])
    assert bad["error"].startswith("The number MyBank cannot be texted.")
