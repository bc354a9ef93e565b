"""The action that sends many different messages, called as an automation calls it."""

import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
import voluptuous as vol

from custom_components.smsgateway24.messaging import outbox
from simulator import Phone, Sim, Simulator, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

from .calls import device_of
from .sending import CARL, asked, mistake, send_bulk, sends


def items(sim: Simulator) -> list[dict[str, Any]]:
    """Return the messages that the service was handed together."""
    return [item for request in asked(sim, "addalotofsms") for item in json.loads(request["datajson"])["smsdata"]]


async def test_each_message_is_sent_and_told_about(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """In one request, and in their order; ids are found although the service tells none."""
    results = await send_bulk(
        hass, {"number": ANNA, "message": "Your code is 1"}, {"number": 12025550123, "message": "Your code is 2 €"}
    )
    sim.advance(60)

    sent = {text.number: text for text in sim.sent_texts()}
    assert results == [
        {
            "number": number,
            "recipient": name,
            "message_id": sent[number].message_id,
            "phone_id": "1576",
            "sim": 0,
            "parts": 1,
            "alphabet": "gsm7",
            "status": "accepted",
            "reason": None,
            "error": None,
            "warning": None,
        }
        for number, name in ((ANNA, "Anna"), (BEN, None))
    ]
    assert [item["body"] for item in items(sim)] == ["Your code is 1", "Your code is 2 €"]
    assert not asked(sim, "addsms")


async def test_equal_messages_are_told_apart(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """Here they are meant: each goes out, under an id of its own."""
    results = await send_bulk(hass, *[{"number": BEN, "message": "Knock"}] * 3)
    sim.advance(60)

    assert len({result["message_id"] for result in results}) == 3
    assert {text.message_id for text in sim.sent_texts(BEN)} == {result["message_id"] for result in results}


async def test_every_field_reaches_the_service(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, freezer: FrozenDateTimeFactory
) -> None:
    """For each message on its own."""
    freezer.move_to("2026-07-01 10:00:00+00:00")
    await hass.config.async_set_time_zone("Europe/Berlin")
    sim.add_phone("Attic phone", phone_id=1297, sims=(Sim(), Sim(slot=1)))
    entry = await add_account()
    await send_bulk(
        hass,
        {
            "number": BEN,
            "message": "later",
            "device_id": device_of(hass, entry, "1297"),
            "sim": "1",
            "send_at": "2026-07-02 08:00:00",
            "urgent": True,
            "customer_id": "4711",
        },
        {"number": CARL, "message": "now", "device_id": device_of(hass, entry, phone)},
    )

    later, now = items(sim)
    assert later == {
        "sendto": BEN,
        "body": "later",
        "device_id": 1297,
        "sim": 1,
        "timetosend": "2026-07-02 06:00:00",
        "customerid": 4711,
        "urgent": 1,
    }
    assert (now["device_id"], now["sim"], "timetosend" in now, "urgent" in now) == (1576, 0, False, False)


async def test_one_message_goes_out_alone(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """Then the service tells its id; a mapping is as good as a list of one."""
    response = await hass.services.async_call(
        "smsgateway24",
        "send_bulk_sms",
        {"messages": {"number": BEN, "message": "Knock"}},
        blocking=True,
        return_response=True,
    )
    assert response is not None
    assert len(asked(sim, "addsms")) == 1


async def test_a_recipients_number_goes_the_way_that_is_set(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """As it does in the other action, unless a phone is named."""
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA, phone="1297"))
    results = await send_bulk(
        hass,
        {"number": ANNA, "message": "set"},
        {"number": ANNA, "message": "named", "device_id": device_of(hass, entry, phone)},
    )
    assert [result["phone_id"] for result in results] == ["1297", "1576"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"number": "MyBank"}, "invalid_number"),
        ({"number": f"{BEN}, {CARL}"}, "invalid_number"),
        ({"message": " "}, "empty_message"),
        ({"sim": 100}, "number_out_of_range"),
        ({"customer_id": 0}, "number_out_of_range"),
        ({"send_at": "2020-01-01 08:00:00"}, "send_at_out_of_range"),
        ({"device_id": "nothing"}, "not_a_phone"),
        ({"number": 1.5}, "invalid_value"),
        ({"number": None}, "invalid_value"),
        ({"message": None}, "not_a_text"),
        ({"device_id": ["nothing"]}, "not_a_text"),
        ({"sim": "first"}, "number_out_of_range"),
        ({"send_at": "soon"}, "invalid_value"),
        ({"urgent": "perhaps"}, "invalid_value"),
    ],
)
async def test_a_wrong_message_does_not_stop_the_others(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, wrong: dict[str, Any], reason: str
) -> None:
    """It has its own result, in its place."""
    good = {"number": BEN, "message": "Knock"}
    first, bad, last = await send_bulk(hass, good, {**good, **wrong}, good)

    assert [first["status"], bad["status"], last["status"]] == ["accepted", "failed", "accepted"]
    assert (bad["reason"], bad["message_id"]) == (reason, None)
    assert bad["error"]
    assert len(items(sim)) == 2


@pytest.mark.parametrize(
    "wrong", [{}, {"number": BEN}, {"message": "Knock"}, {"number": BEN, "message": "x", "to": "y"}]
)
async def test_a_message_without_its_parts_is_no_valid_call(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, wrong: Any
) -> None:
    """Nothing of it is sent."""
    with pytest.raises(vol.Invalid):
        await send_bulk(hass, {"number": BEN, "message": "Knock"}, wrong)
    assert not sends(sim)


@pytest.mark.parametrize("messages", ["Knock", [{"number": BEN, "message": "Knock"}, "Knock"], 5, [None]])
async def test_what_is_no_list_of_messages_is_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, messages: Any
) -> None:
    """A template that does not make a list makes a text. Nothing of it is sent."""
    error = await mistake(hass, "send_bulk_sms", messages=messages)
    assert error.translation_key == "invalid_value"
    assert error.translation_placeholders is not None
    assert error.translation_placeholders["field"] == "messages"
    assert not sends(sim)


async def test_no_messages_and_too_many_are_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """The error says how many can be sent at once."""
    assert (await mistake(hass, "send_bulk_sms", messages=[])).translation_key == "nobody_to_text"
    error = await mistake(hass, "send_bulk_sms", messages=[{"number": BEN, "message": "Knock"}] * 1001)
    assert error.translation_key == "too_many_at_once"
    assert error.translation_placeholders == {"count": "1001", "most": "1000"}
    assert not sends(sim)


async def test_only_mistakes_are_raised(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """The one, if all are the same; and all of them, but not hundreds."""
    error = await mistake(hass, "send_bulk_sms", messages=[{"number": BEN, "message": ""}] * 2)
    assert error.translation_key == "empty_message"
    error = await mistake(
        hass, "send_bulk_sms", messages=[{"number": f"Bank {number}", "message": "x"} for number in range(100, 120)]
    )
    assert error.translation_key == "none_sent"
    assert error.translation_placeholders is not None
    assert error.translation_placeholders["count"] == "20"
    assert error.translation_placeholders["errors"].count("cannot be texted") == 5


async def test_a_bulk_that_is_done_in_part_is_told_message_by_message(
    hass: HomeAssistant,
    sim: Simulator,
    account: MockConfigEntry,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What stands is not repeated, and what is missing is looked for."""
    monkeypatch.setattr(outbox, "LOOK_AGAIN_AFTER", ())
    delivered = async_capture_events(hass, "smsgateway24_sms_delivered")
    sim.fail(faults.part(1), "addalotofsms")
    results = await send_bulk(hass, *({"number": number, "message": "Knock"} for number in (ANNA, BEN, CARL)))
    assert [result["status"] for result in results] == ["accepted", "checking", "checking"]
    assert [result["error"] for result in results] == [None, None, None]

    for _ in range(8):
        freezer.tick(60)
        sim.advance(60)
        await poll(account)
    assert sorted(text.number for text in sim.sent_texts()) == sorted([ANNA, BEN, CARL])
    assert len(delivered) == 3


async def test_each_message_goes_through_its_phones_account(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """One without a phone needs the account to be named, if there are several."""
    barn = {"number": BEN, "message": "Knock", "device_id": device_of(hass, second, "2001")}
    hall = {"number": BEN, "message": "Knock", "device_id": device_of(hass, account, "1576")}
    free = {"number": CARL, "message": "Knock"}

    results = await send_bulk(hass, barn, hall, free)
    assert [result["phone_id"] for result in results] == ["2001", "1576", None]
    assert results[2]["reason"] == "several_accounts"

    results = await send_bulk(hass, barn, hall, free, config_entry_id=second.entry_id)
    assert [result["phone_id"] for result in results] == ["2001", None, "2001"]
    assert [result["recipient"] for result in results] == [None, None, "Carl"]
    assert results[1]["reason"] == "phone_of_other_account"


async def test_what_was_not_taken_on_is_told_by_the_account_that_it_was_meant_for(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """With its phone, and as its privacy setting allows."""
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    hass.config_entries.async_update_entry(second, options={"privacy": "minimal"})
    await hass.async_block_till_done()
    barn, hall = device_of(hass, second, "2001"), device_of(hass, account, phone)
    results = await send_bulk(
        hass,
        {"number": BEN, "message": "Knock", "device_id": hall},
        {"number": "+44 7700", "message": "Knock", "device_id": barn},
        {"number": "+44 7700", "message": "Knock", "device_id": hall},
        {"number": CARL, "message": "Knock"},
    )
    await hass.async_block_till_done()

    assert [result["reason"] for result in results] == [None, "invalid_number", "invalid_number", "several_accounts"]
    assert [tuple(event.data.get(key) for key in ("config_entry_id", "device_id", "number")) for event in failed] == [
        (second.entry_id, barn, None),
        (account.entry_id, hall, "+44 7700"),
        (account.entry_id, None, CARL),
    ]


async def test_privacy_withholds_the_number_of_a_message_whose_phone_makes_no_sense(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """There is only one account that it can be meant for."""
    await add_account(privacy="minimal")
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    knock = {"number": BEN, "message": "Knock"}
    _, bad = await send_bulk(hass, knock, {**knock, "device_id": "nothing"})
    await hass.async_block_till_done()
    assert bad["reason"] == "not_a_phone"
    assert "number" not in bad
    assert ["number" in event.data for event in failed] == [False]


async def test_privacy_withholds_who_was_texted(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Also of those who were not."""
    await add_account(recipient("Anna Example", ANNA), privacy="minimal")
    results = await send_bulk(
        hass,
        {"number": ANNA, "message": "Knock"},
        {"number": "0770", "message": "Knock"},
        {"number": "Bank", "message": "x"},
    )
    assert [set(result) & {"number", "recipient"} for result in results] == [set(), set(), set()]
    said = json.dumps(results)
    assert not [word for word in ("Anna", "7700", "Bank", "ank") if word in said.replace("cannot", "")]
