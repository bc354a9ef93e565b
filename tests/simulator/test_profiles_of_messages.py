"""What profiles make of messages: what is kept of them, and how they are shown."""

import json
from typing import Any

import pytest

from simulator.world.rewriting import same_number

from .conftest import FRIEND, Caller, receive, records, send, use


@pytest.mark.parametrize("field", ["address", "phone", "from", "sender"])
async def test_sender_fields(caller: Caller, field: str) -> None:
    """The sender stands elsewhere, and sendto has the phone's own number."""
    receive(use(caller, f"sender-in-{field}"), "gate")
    (record,) = await records(caller)
    assert (record[field], record["sendto"]) == (FRIEND, "+447700900101")


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("documented", {"date": "2026-11-01 13:00:00.000000", "timezone_type": 3, "timezone": "Europe/Paris"}),
        ("dates-utc", {"date": "2026-11-01 12:00:00.000000", "timezone_type": 3, "timezone": "UTC"}),
        ("dates-offset", {"date": "2026-11-01 14:00:00.000000", "timezone_type": 1, "timezone": "+02:00"}),
        ("dates-abbreviation", {"date": "2026-11-01 14:00:00.000000", "timezone_type": 2, "timezone": "CEST"}),
    ],
)
async def test_dates(caller: Caller, name: str, date: dict[str, Any]) -> None:
    """One moment in each of PHP's three types."""
    receive(use(caller, name), "gate")
    assert (await records(caller))[0]["created"] == date


async def test_the_sample_of_2021(caller: Caller) -> None:
    """Given that profile, timetosend equals created, senttime and urgent are filled."""
    simulator = use(caller, "sample-of-2021")
    await send(caller)
    simulator.advance(20)
    (record,) = await records(caller)
    assert record["timetosend"] == record["created"]
    assert record["senttime"]["date"] == "2026-11-01 14:00:11.000000"
    assert record["urgent"] == 0


async def test_scattered_ids(caller: Caller) -> None:
    """Ids differ, and do not grow with time."""
    simulator = use(caller, "scattered-ids")
    receive(simulator, *["gate"] * 200)
    ids = [message.id for message in simulator.messages()]
    assert len(set(ids)) == 200
    assert ids != sorted(ids)


@pytest.mark.parametrize(
    ("name", "life"),
    [
        ("documented", [1, 3, 2, 6, 7]),
        ("no-queued-status", [1, 2, 6, 7]),
        ("skipped-statuses", [1, 6, 7]),
        ("taken-then-queued", [1, 2, 3, 6, 7]),
    ],
)
async def test_statuses_on_the_way(caller: Caller, name: str, life: list[int]) -> None:
    """What lies between pending and sent differs."""
    simulator = use(caller, name)
    await send(caller)
    simulator.advance(20)
    assert [change.status for change in simulator.messages()[0].history] == life


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("documented", 1_999_999_999),
        ("customerid-text", "1999999999"),
        ("customerid-dropped", None),
        ("customerid-zero", 0),
        ("customerid-16-bits", 32_767),
        ("customerid-31-bits", 1_999_999_999),
    ],
)
async def test_customer_ids(caller: Caller, name: str, tag: object) -> None:
    """The tag comes back whole, as text, cut, or not."""
    use(caller, name)
    await send(caller, customerid=1_999_999_999)
    assert (await records(caller))[0]["customerid"] == tag


async def test_customer_ids_beyond_31_bits_are_cut(caller: Caller) -> None:
    """That profile shows only in numbers that large."""
    use(caller, "customerid-31-bits")
    await send(caller, customerid=2**40)
    assert (await records(caller))[0]["customerid"] == 2**31 - 1


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("documented", "+447700900123"),
        ("numbers-as-sent", "+44 7700 900123"),
        ("numbers-without-plus", "447700900123"),
        ("numbers-with-00", "00447700900123"),
    ],
)
async def test_numbers(caller: Caller, name: str, number: str) -> None:
    """Rewritten in both directions; names are left alone."""
    simulator = use(caller, name)
    phone = simulator.account.phones[1576]
    await send(caller, sendto="+44 7700 900123")
    simulator.receive(phone, "+44 7700 900123", "gate")
    simulator.receive(phone, "My Bank", "balance")
    assert [record["sendto"] for record in await records(caller)] == [number, number, "My Bank"]
    assert same_number(number, FRIEND)
    assert not same_number("My Bank", "MyBank")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("documented", " Hi 😀\nthere "),
        ("bodies-trimmed", "Hi 😀\nthere"),
        ("bodies-without-emoji", " Hi \nthere "),
        ("bodies-crlf", " Hi 😀\r\nthere "),
    ],
)
async def test_bodies(caller: Caller, name: str, body: str) -> None:
    """What the service keeps is also what the phone sends."""
    simulator = use(caller, name)
    await send(caller, body=" Hi 😀\nthere ")
    simulator.advance(20)
    assert (await records(caller))[0]["body"] == body
    assert simulator.sent_texts()[0].text == body


@pytest.mark.parametrize("name", ["documented", "several-first", "several-list", "several-text"])
async def test_several_numbers(caller: Caller, name: str) -> None:
    """The ids of one request for two numbers are told in four ways."""
    simulator = use(caller, name)
    told = (await send(caller, sendto=f"{FRIEND},+12025550123"))["sms_id"]
    first, second = (message.id for message in simulator.messages())
    expected = {
        "documented": second,
        "several-first": first,
        "several-list": [first, second],
        "several-text": f"{first},{second}",
    }
    assert told == expected[name]


async def test_a_sim_that_must_be_named(caller: Caller) -> None:
    """Slot 0 is a name like any other; of a bulk nothing is done if one text lacks it."""
    simulator = use(caller, "needs-sim")
    assert await send(caller) == {"error": 1, "message": "Parameter sim is required"}
    item = {"sendto": FRIEND, "body": "Hi", "device_id": "1576"}
    data = {"token": simulator.account.token, "smsdata": [item | {"sim": 0}, item]}
    answer = await caller.post("/getdata/addalotofsms", data={"datajson": json.dumps(data)})
    assert answer.json == {"error": 1, "message": "Parameter sim is required"}
    assert simulator.messages() == []

    assert "sms_id" in await send(caller, sim=0)


async def test_a_status_that_is_answered_with_the_token(caller: Caller) -> None:
    """Word for word what the documentation prints."""
    simulator = use(caller, "status-as-token")
    sent = (await send(caller))["sms_id"]
    answer = (await caller.ask("getsmsstatus", sms_id=sent)).json
    assert answer == {"error": 0, "message": "OK", "token": simulator.account.token}


@pytest.mark.parametrize(
    ("name", "read", "other"), [("contact-by-ctag", "ctag_id", "tag_id"), ("contact-by-tag", "tag_id", "ctag_id")]
)
async def test_the_name_of_a_contacts_list(caller: Caller, name: str, read: str, other: str) -> None:
    """One of two names counts, also if both are given."""
    use(caller, name)
    tag = (await caller.ask("savetag", title="Family")).json["tag_id"]
    assert (await caller.ask("savecontact", phone=FRIEND, **{other: tag})).json["error"] == 1
    assert (await caller.ask("savecontact", phone=FRIEND, **{read: tag, other: 0})).json["error"] == 0


@pytest.mark.parametrize(("name", "sent"), [("documented", 0), ("newsletter-at-once", 1)])
async def test_the_time_of_a_newsletter(caller: Caller, name: str, sent: int) -> None:
    """It waits for its time, or goes out at once."""
    simulator = use(caller, name)
    tag = (await caller.ask("savetag", title="Family")).json["tag_id"]
    await caller.ask("savecontact", phone=FRIEND, tag_id=tag, ctag_id=tag)
    await caller.ask("savepaket", title="T", body="B", tags=tag, device_id=1576, time_to_send="01.11.2026 18:00:00")
    simulator.advance(60)
    assert len(simulator.sent_texts(FRIEND)) == sent


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("documented", {"error", "message", "paket_id"}),
        ("newsletter-paket", {"error", "message", "paket"}),
        ("newsletter-no-id", {"error", "message"}),
    ],
)
async def test_newsletter_answers(caller: Caller, name: str, keys: set[str]) -> None:
    """The id stands under one of two keys, or nowhere."""
    use(caller, name)
    tag = (await caller.ask("savetag", title="Family")).json["tag_id"]
    answer = await caller.ask("savepaket", title="T", body="B", tags=tag, device_id=1576, sim=0, time_to_send=0)
    assert answer.json.keys() == keys
