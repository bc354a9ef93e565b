"""The methods that read, over HTTP, as the documentation and the vendor's samples have them."""

from typing import Any

import pytest

from simulator import Sim

from .conftest import FRIEND, PARIS_NOON, Caller


async def test_getallsms_shows_both_directions(caller: Caller) -> None:
    """Keys, order and types are those of the samples."""
    simulator = caller.simulator
    await caller.ask("addsms", sendto="+44 7700 900123", body="Hello / 😀", device_id=1576, customerid="5", urgent=1)
    simulator.receive(simulator.account.phones[1576], FRIEND, "gate")
    answer = await caller.ask("getallsms")
    sent, received = simulator.messages()
    assert list(answer.json) == ["error", "smss", "count", "message"]
    assert answer.json["count"] == 2
    record = {
        "id": sent.id,
        "sendto": FRIEND,
        "body": "Hello / 😀",
        "customerid": 5,
        "status": 1,
        "statustitle": "New",
        "deviceid": 1576,
        "sim": 0,
        "urgent": True,
        "created": PARIS_NOON,
        "senttime": None,
        "timetosend": None,
        "paketid": None,
        "pakettitle": None,
        "paketbody": None,
    }
    assert answer.json["smss"][str(sent.id)] == record
    assert list(answer.json["smss"][str(sent.id)]) == list(record)
    incoming = answer.json["smss"][str(received.id)]
    assert (incoming["status"], incoming["sendto"], incoming["body"]) == (5, FRIEND, "gate")
    assert r"Hello \/ \ud83d\ude00" in answer.text


@pytest.fixture
async def crowd(caller: Caller) -> Caller:
    """Fill the account: one message each at 12:00, 13:00 and 14:00, of three kinds."""
    simulator = caller.simulator
    phone = simulator.add_phone("Attic phone", phone_id=1297)
    await caller.ask("addsms", sendto=FRIEND, body="one", device_id=1576, customerid=5)
    simulator.advance(3600)
    simulator.receive(phone, "+12025550123", "two", sim=1)
    simulator.advance(3600)
    await caller.ask("addsms", sendto="+12025550124", body="three", device_id=1297)
    return caller


@pytest.mark.parametrize(
    ("filters", "texts"),
    [
        ({}, ["one", "two", "three"]),
        ({"device_id": 1297}, ["two", "three"]),
        ({"status": 5}, ["two"]),
        ({"status": 7}, ["one"]),
        ({"sim": 1}, ["two"]),
        ({"customerid": 5}, ["one"]),
        ({"phone": "+44 7700 900123"}, ["one"]),
        ({"phone": "Example"}, []),
        ({"begindate": "2026-11-01 13:00:00"}, ["two", "three"]),
        ({"begindate": "2026-11-01 13:00:01"}, ["three"]),
        ({"enddate": "2026-11-01 13:00:00"}, ["one", "two"]),
        ({"begindate": "2026-11-01", "enddate": "2026-11-02"}, ["one", "two", "three"]),
        ({"begindate": "2026-11-02"}, []),
        ({"orderbydesc": 1}, ["three", "two", "one"]),
        ({"timezone": "Australia/Sydney"}, ["one", "two", "three"]),
    ],
)
async def test_getallsms_filters(crowd: Caller, filters: dict[str, Any], texts: list[str]) -> None:
    """Each filter leaves what it names; the limits of a span belong to it."""
    answer = (await crowd.ask("getallsms", **filters)).json
    assert [record["body"] for record in (answer["smss"] or {}).values()] == texts
    assert answer["count"] == len(texts)


async def test_getallsms_can_count(crowd: Caller) -> None:
    """With onlycount no records come."""
    assert (await crowd.ask("getallsms", onlycount=1)).json == {"error": 0, "count": 3, "message": "Ok"}


async def test_getsmsstatus_follows_a_message(caller: Caller) -> None:
    """From New to delivered; an unknown id is refused."""
    sms_id = (await caller.ask("addsms", sendto=FRIEND, body="Hi", device_id=1576)).json["sms_id"]
    answer = await caller.ask("getsmsstatus", sms_id=sms_id)
    assert answer.json == {
        "error": 0,
        "sms_id": sms_id,
        "status": 1,
        "status_description": "New",
        "message": "Ok",
    }
    caller.simulator.advance(14)
    assert (await caller.ask("getsmsstatus", sms_id=sms_id)).json["status_description"] == "delivered"
    assert (await caller.ask("getsmsstatus", sms_id=1)).json == {"error": 1, "message": "Sms not found"}


async def test_getalldevices_is_as_in_the_sample(caller: Caller) -> None:
    """Neither error nor message; slots and roaming are texts, a missing IMEI is the text null."""
    phone = caller.simulator.account.phones[1576]
    caller.simulator.change_sim(phone, 1, carrier="Sample Telecom", number=None, roaming=True)
    answer = (await caller.ask("getalldevices")).json
    assert list(answer) == ["count", "device"]
    record = answer["device"]["1576"]
    assert list(record) == [
        "id",
        "title",
        "number",
        "imei",
        "created",
        "createdhumanformat",
        "lastseen",
        "lastseenhumanformat",
        "serialnumber",
        "siminfo",
        "appversion",
        "isappversionactual",
        "delaybetweeneachsms",
        "delaybetweenrequest",
        "subscription",
    ]
    assert record["lastseen"] == PARIS_NOON
    assert record["lastseenhumanformat"] == "01.11.2026 13:00:00"
    assert record["imei"] == "null"
    assert [(sim["Slot"], sim["Number"], sim["Roaming"]) for sim in record["siminfo"]] == [
        ("0", "+447700900101", "0"),
        ("1", "", "1"),
    ]


async def test_an_account_sees_only_its_own_phones(caller: Caller) -> None:
    """And cannot send through others."""
    other = caller.simulator.add_account("other@example.com", "other-password", "other-token")
    caller.simulator.add_phone("Other phone", phone_id=99, account=other, sims=(Sim(carrier="Sample Telecom"),))
    assert list((await caller.ask("getalldevices")).json["device"]) == ["1576"]
    assert list((await caller.ask("getalldevices", token="other-token")).json["device"]) == ["99"]
    assert (await caller.ask("addsms", sendto=FRIEND, body="Hi", device_id=99)).json["error"] == 1


async def test_getdevicestatus(caller: Caller) -> None:
    """A phone that is off is offline after a minute."""
    phone = caller.simulator.account.phones[1576]
    assert (await caller.ask("getdevicestatus", device_id=1576)).json == {
        "online": True,
        "error": 0,
        "message": "OK",
        "device_id": 1576,
        "lastseen": PARIS_NOON,
        "diffseconds": 0,
        "title": "Hall phone",
    }
    caller.simulator.switch_off(phone)
    caller.simulator.advance(61)
    answer = (await caller.ask("getdevicestatus", device_id=1576)).json
    assert (answer["online"], answer["diffseconds"]) == (False, 61)
