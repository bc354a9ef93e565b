"""Each profile makes a difference that a client can see, and none breaks the service."""

from dataclasses import fields
import json

import pytest

from simulator import DOCUMENTED, PROFILES, Profile
from simulator.service.methods import METHODS

from .conftest import FRIEND, Caller, receive, records, send, use


def test_every_ambiguity_has_a_profile() -> None:
    """No field of Profile is without a named profile that changes it."""
    settled = {"name", "about", "online_within"}
    for field in fields(Profile):
        changed = [profile for profile in PROFILES.values() if getattr(profile, field.name) != field.default]
        assert changed or field.name in settled, field.name


def test_names_and_sentences_are_for_people() -> None:
    """Each profile is known by its own name and says what it does."""
    assert PROFILES["documented"] is DOCUMENTED
    for name, profile in PROFILES.items():
        assert profile.name == name
        assert profile.about.endswith(".")
        if profile is not DOCUMENTED:
            assert profile.about != DOCUMENTED.about


@pytest.mark.parametrize("name", PROFILES)
async def test_the_service_works_under_every_profile(caller: Caller, name: str) -> None:
    """A text is sent, one is received, both are read, whatever the answers look like."""
    simulator = use(caller, name)
    sent = await send(caller, body="Hello there", customerid=7, sim=0)
    receive(simulator, "gate")
    simulator.advance(301)
    assert [text.text for text in simulator.sent_texts(FRIEND)] == ["Hello there"]
    assert "sms_id" in sent
    answer = await caller.ask("getallsms")
    assert answer.status == 200
    assert {"Hello there", "gate"} <= {
        record["body"]
        for record in await records(caller) + await records(caller)
        if isinstance(record, dict)
        if "body" in record
    }
    assert json.loads((await caller.ask("getalldevices")).text)["device"]


async def test_ints_as_strings(caller: Caller) -> None:
    """Also the error, the count, and what is deep inside; booleans stay."""
    receive(use(caller, "ints-as-strings"), "gate")
    answer = (await caller.ask("getallsms")).json
    assert (answer["error"], answer["count"]) == ("0", "1")
    record = next(iter(answer["smss"].values()))
    assert (record["status"], record["created"]["timezone_type"]) == ("5", "3")
    assert (await caller.ask("getalldevices")).json["device"]["1576"]["subscription"] is True
    assert (await caller.ask("getallsms", token="guess")).json["error"] == "1"


async def test_bare_answers(caller: Caller) -> None:
    """Only the records are left."""
    receive(use(caller, "bare-answers"), "gate")
    answer = (await caller.ask("getallsms")).json
    assert list(answer) == ["smss"]
    assert "sim" not in next(iter(answer["smss"].values()))


async def test_token_in_answers(caller: Caller) -> None:
    """It is that of the caller."""
    simulator = use(caller, "token-in-answers")
    assert (await send(caller))["token"] == simulator.account.token


async def test_json_as_html(caller: Caller) -> None:
    """The body is JSON all the same."""
    use(caller, "json-as-html")
    answer = await caller.ask("getalldevices")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.json["count"] == 1


@pytest.mark.parametrize(
    ("name", "bad_token", "bad_request"),
    [
        ("documented", 200, 200),
        ("errors-4xx", 401, 400),
        ("errors-403", 403, 400),
        ("errors-html", 401, 400),
        ("errors-html-200", 200, 200),
    ],
)
async def test_errors(caller: Caller, name: str, bad_token: int, bad_request: int) -> None:
    """As HTTP 200, as 4xx with JSON, as a page."""
    use(caller, name)
    refused = await caller.ask("getallsms", token="guess")
    assert (refused.status, (await caller.ask("getsmsstatus", sms_id=1)).status) == (bad_token, bad_request)
    if name.startswith("errors-html"):
        assert refused.text.startswith("<!DOCTYPE html>")
    else:
        assert refused.json["error"] == 1


async def test_another_sentence_for_an_unknown_token(caller: Caller) -> None:
    """The words are not to be relied on."""
    use(caller, "other-token-error")
    assert (await caller.ask("getallsms", token="guess")).json["message"] == "Token not found"


async def test_rotating_tokens(caller: Caller) -> None:
    """Signing in kills the old token."""
    account = use(caller, "rotating-tokens").account
    old = account.token
    answer = await caller.post("/getdata/gettoken", data={"email": account.email, "pass": account.password})
    assert answer.json["token"] == account.token != old
    assert (await caller.ask("getallsms", token=old)).json["error"] == 1
    assert (await caller.ask("getallsms")).json["error"] == 0


@pytest.mark.parametrize("name", [name for name in PROFILES if name.startswith("sim-")])
async def test_sim_information(caller: Caller, name: str) -> None:
    """Phones tell of their SIMs in many ways, or not."""
    use(caller, name)
    record = (await caller.ask("getalldevices")).json["device"]["1576"]
    sim = {
        "Slot": "0",
        "IccId": "8944000000000000101",
        "Number": " 447700900101" if name == "sim-numbers-padded" else "+447700900101",
        "Roaming": "0",
        "CountryIso": "gb",
        "CarrierName": "Example Mobile",
    }
    expected = {
        "sim-info-absent": "absent",
        "sim-info-empty": [],
        "sim-info-null": None,
        "sim-info-text": json.dumps([sim]),
        "sim-info-by-slot": {"0": sim},
        "sim-info-old-slot": [sim | {"OldSlot": "1"}],
        "sim-numbers-padded": [sim],
    }
    assert record.get("siminfo", "absent") == expected[name]


async def test_devices_with_error(caller: Caller) -> None:
    """As the other methods have it."""
    use(caller, "devices-with-error")
    assert list((await caller.ask("getalldevices")).json) == ["count", "device", "error", "message"]


async def test_imei_null(caller: Caller) -> None:
    """Even of a phone that has one."""
    use(caller, "imei-null").add_phone("Attic phone", phone_id=1297, imei="350000000000016")
    assert (await caller.ask("getalldevices")).json["device"]["1297"]["imei"] == "null"
    use(caller, "documented")
    assert (await caller.ask("getalldevices")).json["device"]["1297"]["imei"] == "350000000000016"


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("documented", "Sun, 01 Nov 2026 12:00:00 GMT"),
        ("no-date", None),
        ("unreadable-date", "the day after yesterday"),
        ("date-ahead", "Sun, 01 Nov 2026 15:00:00 GMT"),
    ],
)
@pytest.mark.parametrize("method", ["getalldevices", "nothing"])
async def test_date_headers(caller: Caller, name: str, date: str | None, method: str) -> None:
    """The service's clock, or none."""
    use(caller, name)
    assert (await caller.ask(method)).headers.get("Date") == date


async def test_everything_at_once_still_answers(caller: Caller) -> None:
    """Every method can be asked under the contrary profile."""
    use(caller, "contrary")
    for method in METHODS:
        answer = await caller.ask(method)
        assert answer.headers["Content-Type"].startswith(("text/html", "application/json"))
        assert isinstance(answer.json, dict)
