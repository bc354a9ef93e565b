"""The methods that change something, and what all have in common, over HTTP."""

from datetime import timedelta
import json
from typing import Any

import aiohttp
import pytest

from simulator import Simulator
from simulator.service.methods import METHODS

from .conftest import FRIEND, NOON, Caller


def multipart(values: dict[str, str]) -> aiohttp.FormData:
    """Return a multipart form, as PHP's curl sends one."""
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in values.items():
        form.add_field(name, value)
    return form


ENCODINGS: dict[str, Any] = {
    "get with query": lambda values: ("GET", {"params": values}),
    "post with query": lambda values: ("POST", {"params": values}),
    "post urlencoded": lambda values: ("POST", {"data": values}),
    "post multipart": lambda values: ("POST", {"data": multipart(values)}),
}


@pytest.mark.parametrize("prefix", ["", "/index.php"])
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_text_arrives_whole_in_every_encoding(caller: Caller, encoding: str, prefix: str) -> None:
    """Line breaks, emoji, plus and ampersand survive the query, urlencoded and multipart forms."""
    text = "Fire & flood + 100 %\r\nsecond line\nthird 😀 äß"
    values = {"token": caller.simulator.account.token, "sendto": FRIEND, "body": text, "device_id": "1576"}
    verb, options = ENCODINGS[encoding](values)
    answer = await caller.request(verb, f"{prefix}/getdata/addsms", **options)
    (message,) = caller.simulator.messages()
    assert answer.json == {"error": 0, "sms_id": message.id, "message": "Sms has been saved successfully"}
    assert (message.number, message.body) == (FRIEND, text)
    (request,) = caller.simulator.requests
    assert request.values == values
    assert bool(request.query) == ("query" in encoding)
    assert (request.verb, request.method, request.outcome) == (verb, "addsms", "200")
    assert request.path == f"{prefix}/getdata/addsms"


async def test_a_plus_that_is_not_encoded_is_a_space(caller: Caller) -> None:
    """The documentation warns to write %2B."""
    form = f"token={caller.simulator.account.token}&sendto={FRIEND}&body=Hi&device_id=1576"
    await caller.post("/getdata/addsms", data=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert caller.simulator.messages()[0].number == FRIEND.removeprefix("+")


async def test_json_in_the_body_is_not_looked_at(caller: Caller) -> None:
    """PHP fills its fields from forms alone."""
    answer = await caller.post("/getdata/getallsms", json={"token": caller.simulator.account.token})
    assert answer.json["error"] == 1


async def test_gettoken(caller: Caller) -> None:
    """The right password gives the token, a wrong one the only error text that is public."""
    account = caller.simulator.account
    values = {"email": account.email, "pass": account.password}
    right = await caller.post("/getdata/gettoken", data=values)
    assert right.json == {"error": 0, "message": "OK", "token": account.token}
    wrong = await caller.post("/getdata/gettoken", data=values | {"pass": "guess"})
    assert wrong.json == {"error": 1, "message": "Login or password incorrect"}
    assert wrong.status == 200


@pytest.mark.parametrize("method", sorted(METHODS.keys() - {"gettoken", "smstosend", "addalotofsms"}))
async def test_an_unknown_token_is_refused(caller: Caller, method: str) -> None:
    """Whatever else was asked."""
    assert (await caller.ask(method, token="guess")).json["error"] == 1
    assert (await caller.ask(method, token="")).json["error"] == 1


async def test_smstosend_takes_the_password(caller: Caller) -> None:
    """It needs no token, and does what addsms does."""
    account = caller.simulator.account
    values = {"email": account.email, "sendto": FRIEND, "body": "Hi", "device_id": "1576"}
    answer = await caller.post("/getdata/smstosend", data=values | {"pass": account.password})
    assert answer.json["sms_id"] == caller.simulator.messages()[0].id
    refused = await caller.post("/getdata/smstosend", data=values | {"pass": "guess"})
    assert refused.json["error"] == 1
    assert len(caller.simulator.messages()) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sendto": ""}, "Parameter sendto is required"),
        ({"body": ""}, "Parameter body is required"),
        ({"device_id": ""}, "Parameter device_id is required"),
        ({"device_id": "1"}, "Device not found"),
        ({"timetosend": "tomorrow"}, "tomorrow is not a date"),
    ],
)
async def test_addsms_refuses_what_makes_no_sense(caller: Caller, changes: dict[str, str], message: str) -> None:
    """With a sentence, and without storing anything."""
    values = {"sendto": FRIEND, "body": "Hi", "device_id": "1576"} | changes
    assert (await caller.ask("addsms", **values)).json == {"error": 1, "message": message}
    assert caller.simulator.messages() == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-02", "2026-11-02 01:00:00.000000"),
        ("2026-11-02 10:30", "2026-11-02 11:30:00.000000"),
        ("2026-11-02 10:30:15", "2026-11-02 11:30:15.000000"),
    ],
)
async def test_timetosend_is_utc(caller: Caller, text: str, moment: str) -> None:
    """In each of its forms; read back in the service's zone."""
    await caller.ask("addsms", sendto=FRIEND, body="Hi", device_id=1576, timetosend=text)
    (record,) = (await caller.ask("getallsms")).json["smss"].values()
    assert record["timetosend"]["date"] == moment


async def test_addsms_to_several_numbers_makes_several_messages(caller: Caller) -> None:
    """The documentation allows commas; the last id is told."""
    answer = await caller.ask("addsms", sendto=f"{FRIEND}, +12025550123", body="Hi", device_id=1576)
    first, second = caller.simulator.messages()
    assert (first.number, second.number) == (FRIEND, "+12025550123")
    assert answer.json["sms_id"] == second.id


async def test_addalotofsms_stores_everything_and_names_no_ids(caller: Caller) -> None:
    """Items take numbers as JSON numbers; a missing customerid is 0 here and null elsewhere."""
    item = {"sendto": FRIEND, "body": "Hi", "device_id": 1576, "sim": 0}
    items = [item, item | {"customerid": 122, "urgent": 1, "timetosend": "2026-11-02 10:00:00", "sim": 1}]
    data = json.dumps({"token": caller.simulator.account.token, "smsdata": items})
    answer = await caller.post("/getdata/addalotofsms", data={"datajson": data})
    assert answer.json == {"error": 0, "message": "OK"}
    plain, full = caller.simulator.messages()
    assert (plain.customer_id, plain.urgent, plain.sim, plain.time_to_send) == (0, False, 0, None)
    assert (full.customer_id, full.urgent, full.sim) == (122, True, 1)
    assert full.time_to_send == NOON + timedelta(hours=22)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "Parameter datajson is required"),
        ("{", "Parameter datajson is not JSON"),
        ("[]", "Parameter datajson is not an object"),
        ('{"token": "guess"}', "Login or password incorrect"),
        ('{"token": "demo-token-0123456789abcdef"}', "Parameter smsdata is required"),
        (
            '{"token": "demo-token-0123456789abcdef", "smsdata": [7]}',
            "Parameter smsdata has an entry that is not an object",
        ),
        (
            '{"token": "demo-token-0123456789abcdef", "smsdata": [{"sendto": true, "body": null, "device_id": 1576}]}',
            "Parameter body is required",
        ),
    ],
)
async def test_addalotofsms_refuses_what_makes_no_sense(caller: Caller, data: str, message: str) -> None:
    """With a sentence each."""
    answer = await caller.post("/getdata/addalotofsms", data={"datajson": data})
    assert answer.json == {"error": 1, "message": message}


@pytest.mark.parametrize("field", ["ctag_id", "tag_id"])
async def test_a_newsletter_reaches_everybody_on_its_lists_once(caller: Caller, field: str) -> None:
    """The tag may come under either name; time_to_send has a form of its own."""
    tags = []
    for title in ("Family", "Neighbours"):
        answer = (await caller.ask("savetag", title=title)).json
        assert (answer["error"], answer["message"]) == (0, "OK")
        tags.append(str(answer["tag_id"]))
    for tag, number in ((tags[0], FRIEND), (tags[1], FRIEND), (tags[1], "+12025550123")):
        contact = (await caller.ask("savecontact", phone=number, fullname="Ada", **{field: tag})).json
        assert (contact["error"], contact["message"]) == (0, "ok")
        assert isinstance(contact["contact_id"], int)
    answer = (
        await caller.ask(
            "savepaket",
            title="Water",
            body="No water on Monday",
            tags=",".join(tags),
            device_id=1576,
            sim=0,
            time_to_send="01.11.2026 12:30:00",
        )
    ).json
    assert (answer["error"], answer["message"]) == (0, "OK")
    caller.simulator.advance(1799)
    assert caller.simulator.sent_texts() == []
    caller.simulator.advance(60)
    assert [sent.number for sent in caller.simulator.sent_texts()] == [FRIEND, "+12025550123"]
    record = next(iter((await caller.ask("getallsms")).json["smss"].values()))
    assert (record["paketid"], record["pakettitle"], record["paketbody"]) == (
        answer["paket_id"],
        "Water",
        "No water on Monday",
    )


@pytest.mark.parametrize(
    ("method", "values", "message"),
    [
        ("savetag", {}, "Parameter title is required"),
        ("savecontact", {"phone": FRIEND}, "Parameter ctag_id is required"),
        ("savecontact", {"phone": FRIEND, "tag_id": 1}, "Tag not found"),
        ("savepaket", {"device_id": 1576, "tags": "1", "title": "T", "body": "B"}, "Tag not found"),
        ("getdevicestatus", {}, "Parameter device_id is required"),
        ("getallsms", {"begindate": "soon"}, "soon is not a date"),
    ],
)
async def test_refusals_say_why(
    sim: Simulator, caller: Caller, method: str, values: dict[str, Any], message: str
) -> None:
    """Each with a sentence."""
    sim.receive(sim.account.phones[1576], FRIEND, "gate")
    assert (await caller.ask(method, **values)).json == {"error": 1, "message": message}


async def test_a_method_that_does_not_exist_is_a_page(caller: Caller) -> None:
    """A wrong address is met with HTML, as on the service's website."""
    answer = await caller.ask("getnothing")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
