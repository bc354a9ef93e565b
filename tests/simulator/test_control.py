"""The page, and what it can do to phones and service."""

from typing import Any

import pytest

from simulator import FATES, PROFILES, Phone, Simulator, Status
from simulator.faults import FAULTS

from .conftest import FRIEND, NOON, Caller


@pytest.fixture
def hall_phone(sim: Simulator) -> Phone:
    """Find the phone that is there from the beginning."""
    return sim.account.phones[1576]


async def change(caller: Caller, path: str, **wishes: Any) -> dict[str, Any]:
    """Change something; return the new state."""
    answer = await caller.post(f"/simulator/{path}", json=wishes)
    assert answer.status == 200, answer.text
    return answer.json


async def state(caller: Caller) -> dict[str, Any]:
    """Return what the page shows."""
    return (await caller.request("GET", "/simulator/state")).json


async def test_the_page_and_all_it_needs_are_there(caller: Caller) -> None:
    """Everything it loads comes from the simulator itself."""
    page = await caller.request("GET", "/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "SmsGateway24 simulator" in page.text
    for name, kind in {
        "style.css": "text/css",
        "page.js": "text/javascript",
        "phone.js": "text/javascript",
        "control.js": "text/javascript",
        "icon.svg": "image/svg+xml",
    }.items():
        part = await caller.request("GET", f"/simulator/page/{name}")
        assert part.status == 200
        assert part.headers["Content-Type"].startswith(kind)
        for text in (page.text, part.text):
            assert "https://" not in text


async def test_choices(caller: Caller) -> None:
    """All profiles, faults, methods and fates can be chosen."""
    choices = (await caller.request("GET", "/simulator/choices")).json
    assert [profile["name"] for profile in choices["profiles"]] == list(PROFILES)
    assert choices["faults"] == list(FAULTS)
    assert choices["fates"] == list(FATES)
    assert "addsms" in choices["methods"]


async def test_a_text_can_be_received(caller: Caller) -> None:
    """It shows as a bubble, and in getallsms."""
    shown = await change(caller, "phones/1576/receive", sender=FRIEND, text="gate", sim=1)
    (message,) = shown["phones"][0]["messages"]
    assert (message["number"], message["text"], message["incoming"], message["sim"]) == (FRIEND, "gate", True, 1)
    assert (await caller.ask("getallsms")).json["count"] == 1


async def test_a_phone_can_be_switched(caller: Caller) -> None:
    """Off, with what it keeps to itself; and on again."""
    await change(caller, "phones/1576/online", online=False)
    await change(caller, "phones/1576/receive", sender=FRIEND, text="gate")
    shown = await change(caller, "advance", seconds=60)
    phone = shown["phones"][0]
    assert (phone["online"], phone["held"], phone["seconds_since_seen"], phone["messages"]) == (False, 1, 60, [])
    phone = (await change(caller, "phones/1576/online", online=True))["phones"][0]
    assert (phone["online"], phone["held"], len(phone["messages"])) == (True, 0, 1)


async def test_what_becomes_of_messages_can_be_decided(caller: Caller, hall_phone: Phone) -> None:
    """Of the next ones, and of all."""
    await change(caller, "phones/1576/fate", fate="no service", times=2)
    shown = await change(caller, "phones/1576/send", number=FRIEND, text="Hi")
    assert shown["phones"][0]["next_fates"] == ["no service", "no service"]
    assert shown["phones"][0]["waiting"] == 1
    shown = await change(caller, "advance", seconds=20)
    message = shown["phones"][0]["messages"][0]
    assert (message["status"], message["mood"]) == (Status.NO_SERVICE, "bad")
    shown = await change(caller, "phones/1576/fate", fate="radio off")
    assert (shown["phones"][0]["fate"], shown["phones"][0]["next_fates"]) == ("radio off", [])
    hall_phone.fate = (6, 42)
    assert (await state(caller))["phones"][0]["fate"] == "6 → 42"


async def test_moods_of_messages(caller: Caller) -> None:
    """Open, good and bad ends can be told apart."""
    await change(caller, "phones/1576/fate", fate="sent, not delivered", times=1)
    for text in ("One", "Two"):
        shown = await change(caller, "phones/1576/send", number=FRIEND, text=text)
    assert {message["mood"] for message in shown["phones"][0]["messages"]} == {"open"}
    shown = await change(caller, "advance", seconds=30)
    assert [message["mood"] for message in shown["phones"][0]["messages"]] == ["bad", "good"]


async def test_details_of_a_phone_can_be_changed(caller: Caller) -> None:
    """App, subscription, rhythm."""
    wishes = {"title": "Cellar phone", "app_current": False, "subscription": False, "request_every": 30}
    phone = (await change(caller, "phones/1576/details", **wishes))["phones"][0]
    assert {name: phone[name] for name in wishes} == wishes


async def test_sims_can_be_changed_added_and_taken_out(caller: Caller, hall_phone: Phone) -> None:
    """A SIM that does not send makes messages fail."""
    await change(caller, "phones/1576/sims/0", carrier="Sample Telecom", roaming=True)
    shown = await change(caller, "phones/1576/sims/1", works=False)
    first, second = shown["phones"][0]["sims"]
    assert (first["carrier"], first["roaming"], first["works"]) == ("Sample Telecom", True, True)
    assert (second["slot"], second["number"], second["works"]) == (1, "", False)
    assert hall_phone.sims[1].fate == FATES["generic failure"]
    shown = await change(caller, "phones/1576/sims/1", works=True)
    assert shown["phones"][0]["sims"][1]["works"]
    shown = await change(caller, "phones/1576/sims/0", removed=True)
    assert [sim["slot"] for sim in shown["phones"][0]["sims"]] == [1]


async def test_phones_come_and_go(caller: Caller) -> None:
    """Added, signed in anew, removed."""
    shown = await change(caller, "phones", title="Attic phone", phone_id=1297)
    assert [phone["id"] for phone in shown["phones"]] == [1576, 1297]
    shown = await change(caller, "phones/1297/reregister", phone_id=4711)
    assert [phone["id"] for phone in shown["phones"]] == [1576, 4711]
    shown = await change(caller, "phones/1576/remove")
    assert [phone["id"] for phone in shown["phones"]] == [4711]


async def test_what_a_phone_that_signs_in_anew_brings_along(caller: Caller, sim: Simulator, hall_phone: Phone) -> None:
    """Its old texts once more, or an id that nobody answers to."""
    sim.receive(hall_phone, FRIEND, "gate")
    (shown,) = (await change(caller, "phones/1576/reregister", reupload=True))["phones"]
    assert [message["text"] for message in shown["messages"]] == ["gate"]
    assert len(sim.messages()) == 2
    phones = (await change(caller, f"phones/{shown['id']}/reregister", keep_old=True))["phones"]
    assert {phone["id"]: phone["online"] for phone in phones}[shown["id"]] is False
    assert len(phones) == 2


async def test_a_status_can_be_set(caller: Caller, sim: Simulator, hall_phone: Phone) -> None:
    """As on the service's own page."""
    message = sim.send_from_site(hall_phone, FRIEND, "Hi")
    shown = await change(caller, f"messages/{message.id}/status", status=9)
    assert shown["phones"][0]["messages"][0]["status"] == Status.GENERIC_FAILURE


async def test_credentials_can_be_changed(caller: Caller, sim: Simulator) -> None:
    """A password, a token, or just another of each."""
    await change(caller, "account", password="other-password", token="other-token")
    assert (sim.account.password, sim.account.token) == ("other-password", "other-token")
    shown = await change(caller, "account", token=True)
    assert shown["account"]["token"] == sim.account.token != "other-token"
    shown = await change(caller, "account", password=True)
    assert shown["account"]["password"] == sim.account.password
    assert sim.account.password not in {"other-password", "True"}


async def test_profile_and_faults_can_be_chosen(caller: Caller) -> None:
    """They show until they have happened or are cleared, and the requests tell of them."""
    assert (await change(caller, "profile", name="empty-null"))["profile"] == "empty-null"
    assert (await caller.ask("getallsms")).json["smss"] is None
    await change(caller, "faults", name="HTTP 503", method="getallsms", times=1)
    shown = await change(caller, "faults", name="refused")
    assert shown["faults"] == [
        {"name": "HTTP 503", "method": "getallsms", "times": 1},
        {"name": "refused", "method": "*", "times": None},
    ]
    assert (await caller.ask("getallsms")).status == 503
    assert (await caller.ask("getallsms")).json["error"] == 1
    assert (await change(caller, "faults/clear"))["faults"] == []
    requests = (await state(caller))["requests"]
    assert [(request["outcome"], request["fault"]) for request in requests] == [
        ("200", "refused"),
        ("503", "HTTP 503"),
        ("200", None),
    ]


async def test_requests_are_shown_without_secrets(caller: Caller, sim: Simulator) -> None:
    """Newest first, with what stood in the address."""
    values = {"email": sim.account.email, "pass": sim.account.password}
    await caller.request("GET", "/getdata/gettoken", params=values)
    answer = await caller.request("GET", "/simulator/state")
    (request,) = answer.json["requests"]
    assert request["values"] == {"email": "demo@example.com", "pass": "…"}
    assert request["in_address"] == ["email", "pass"]
    assert (request["verb"], request["method"]) == ("GET", "gettoken")
    assert request["at"] == NOON.isoformat(timespec="milliseconds")


@pytest.mark.parametrize(
    ("path", "wishes"),
    [
        ("phones/1/online", {"online": True}),
        ("phones/1576/receive", {"sender": FRIEND}),
        ("phones/1576/fate", {"fate": "eaten"}),
        ("phones/1576/details", {"queue": []}),
        ("phones/1576/details", {"request_every": 0}),
        ("phones/1576/sims/0", {"colour": "red"}),
        ("messages/1/status", {"status": 7}),
        ("profile", {"name": "nothing"}),
        ("faults", {"name": "nothing"}),
        ("advance", {}),
    ],
)
async def test_what_makes_no_sense_is_declined(caller: Caller, path: str, wishes: dict[str, Any]) -> None:
    """With a sentence, and nothing changes."""
    before = await state(caller)
    answer = await caller.post(f"/simulator/{path}", json=wishes)
    assert answer.status == 400
    assert answer.json["message"]
    assert await state(caller) == before


async def test_a_body_that_is_no_json_is_declined(caller: Caller) -> None:
    """As well."""
    assert (await caller.post("/simulator/advance", data=b"{")).status == 400
