"""Webhooks: when the service rings, and what becomes of it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from simulator import FATES, Backend, ManualClock, Phone, Simulator, Status, SystemClock
from simulator.state import dump, load

from .conftest import FRIEND, NOON, Caller, records, send, use

type Post = tuple[str, str, bytes]


class Receiver:
    """Somebody at the other end, who writes down what is posted."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.open = asyncio.Event()
        self.open.set()
        self.arrived = asyncio.Event()
        app = web.Application()
        app.router.add_post("/{place}", self._take)
        self.server = TestServer(app)

    def url(self, place: str) -> str:
        """Return an address of its own for each kind of call."""
        return str(self.server.make_url(f"/{place}"))

    @property
    def places(self) -> list[str]:
        """Where it was rung, in order."""
        return [place for place, _, _ in self.posts]

    async def _take(self, request: web.Request) -> web.Response:
        self.posts.append((request.match_info["place"], request.headers["Content-Type"], await request.read()))
        self.headers.append(dict(request.headers))
        self.arrived.set()
        await self.open.wait()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def receiver(socket_enabled: None) -> AsyncGenerator[Receiver]:
    """Listen on loopback."""
    receiver = Receiver()
    async with receiver.server:
        yield receiver
        receiver.open.set()


@pytest.fixture
def hall(sim: Simulator, receiver: Receiver) -> Phone:
    """Give the phone both webhooks."""
    phone = sim.account.phones[1576]
    phone.incoming_webhook = receiver.url("incoming")
    phone.status_webhook = receiver.url("status")
    return phone


def test_a_phone_has_no_webhooks_at_first(phone: Phone) -> None:
    """Somebody has to set them."""
    assert (phone.incoming_webhook, phone.status_webhook, phone.webhooks_on) == ("", "", True)


async def test_a_text_that_comes_in_rings(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """At once, at its own address, and it is written down."""
    message = sim.receive(hall, FRIEND, "gate")
    assert message
    (ring,) = await sim.rung()
    assert receiver.places == ["incoming"]
    assert (ring.kind, ring.phone_id, ring.message_id, ring.at) == ("incoming", 1576, message.id, NOON)
    assert (ring.status, ring.problem, ring.outcome, ring.heard) == (200, "", "200", True)
    assert ring.url == receiver.url("incoming")
    assert receiver.posts == [("incoming", ring.content_type, ring.wire)]
    # As a script in PHP does it: over a connection of its own, without a name.
    assert "User-Agent" not in receiver.headers[0]
    assert receiver.headers[0]["Connection"] == "close"


@pytest.mark.parametrize(
    ("fate", "reported"),
    [
        ("delivered", [Status.SENT, Status.DELIVERED]),
        ("sent, not delivered", [Status.SENT, Status.NOT_DELIVERED]),
        ("no service", [Status.NO_SERVICE]),
        ("generic failure", [Status.GENERIC_FAILURE]),
    ],
)
async def test_what_a_phone_reports_rings(
    sim: Simulator, hall: Phone, receiver: Receiver, fate: str, reported: list[int]
) -> None:
    """Sent, delivered, each failure; not that a message was taken or queued."""
    sim.set_fate(hall, FATES[fate])
    message = sim.send_from_site(hall, FRIEND, "Hi")
    for _ in range(20):
        sim.advance(1)
        await sim.rung()
    assert [(ring.kind, ring.message_id, ring.fields["status_id"]) for ring in sim.rings] == [
        ("status", message.id, status) for status in reported
    ]
    assert receiver.places == ["status"] * len(reported)
    # It asks for work after ten seconds, and needs one to send.
    assert sim.rings[0].at == NOON + timedelta(seconds=11)


async def test_a_status_set_on_the_services_page_rings(sim: Simulator, hall: Phone) -> None:
    """If it is one that phones report, of a message that was sent."""
    received = sim.receive(hall, FRIEND, "gate")
    sent = sim.send_from_site(hall, FRIEND, "Hi")
    assert received
    sim.set_status(sent, Status.PENDING)
    sim.set_status(received, Status.DELIVERED)
    sim.set_status(sent, Status.RADIO_OFF)
    assert [ring.fields.get("status_id") for ring in await sim.rung()] == [None, Status.RADIO_OFF]


async def test_what_a_phone_kept_to_itself_rings_when_it_is_handed_in(sim: Simulator, hall: Phone) -> None:
    """The service cannot know of it before."""
    sim.switch_off(hall)
    sim.receive(hall, FRIEND, "gate")
    sim.advance(60)
    assert await sim.rung() == []
    sim.switch_on(hall)
    (ring,) = await sim.rung()
    assert (ring.at, ring.fields["date"]) == (NOON + timedelta(seconds=60), "2026-11-01 13:00:00")


async def test_each_phone_and_kind_rings_for_itself(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """No address, no ring."""
    hall.status_webhook = ""
    attic = sim.add_phone("Attic phone", status_webhook=receiver.url("attic"))
    for phone in (hall, attic):
        sim.receive(phone, FRIEND, "gate")
        sim.send_from_site(phone, FRIEND, "Hi")
    await sim.rung()
    for _ in range(20):
        sim.advance(1)
        await sim.rung()
    assert receiver.places == ["incoming", "attic", "attic"]


async def test_webhooks_can_be_off_without_being_forgotten(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """And on again."""
    hall.webhooks_on = False
    sim.receive(hall, FRIEND, "One")
    hall.webhooks_on = True
    sim.receive(hall, FRIEND, "Two")
    assert [ring.fields["body"] for ring in await sim.rung()] == ["Two"]
    assert receiver.places == ["incoming"]


async def test_the_service_can_fall_silent(sim: Simulator, hall: Phone) -> None:
    """It stores and delivers as ever, and tells nobody, also not what it was about to tell."""
    sim.profile = "rings-late"
    sim.receive(hall, FRIEND, "One")
    sim.silent = True
    sim.receive(hall, FRIEND, "Two")
    sim.advance(10)
    assert await sim.rung() == []
    sim.silent = False
    sim.receive(hall, FRIEND, "Three")
    sim.advance(10)
    assert [ring.fields["body"] for ring in await sim.rung()] == ["Three"]
    assert [message.body for message in sim.messages()] == ["One", "Two", "Three"]


async def test_a_phone_that_signs_in_anew_has_no_webhooks(sim: Simulator, hall: Phone) -> None:
    """They were settings of its old id."""
    sim.reregister(hall, keep_old=True, reupload=True)
    sim.receive(hall, FRIEND, "gate")
    assert (hall.incoming_webhook, hall.status_webhook) == ("", "")
    assert sim.account.phones[1576].incoming_webhook
    assert await sim.rung() == []


async def test_nobody_waits_for_who_is_rung(caller: Caller, hall: Phone, receiver: Receiver) -> None:
    """Given somebody who does not answer, the service goes on."""
    receiver.open.clear()
    sim = caller.simulator
    sim.receive(hall, FRIEND, "gate")
    await receiver.arrived.wait()
    assert len(await records(caller)) == 1
    assert [ring.outcome for ring in sim.rings] == ["under way"]
    receiver.open.set()
    assert [ring.outcome for ring in await sim.rung()] == ["200"]


async def test_who_does_not_answer_is_given_up(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """After a while, once and for all."""
    receiver.open.clear()
    sim.ringer.patience = 0.1
    sim.receive(hall, FRIEND, "gate")
    (ring,) = await sim.rung()
    assert (ring.status, ring.problem, ring.heard) == (None, "timed out", False)
    sim.advance(3600)
    assert len(await sim.rung()) == len(receiver.posts) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_an_answer_that_is_no_success_is_noted(
    sim: Simulator, hall: Phone, receiver: Receiver, status: int
) -> None:
    """It is not followed and not asked again."""
    receiver.status = status
    sim.receive(hall, FRIEND, "gate")
    (ring,) = await sim.rung()
    assert (ring.status, ring.heard, receiver.places) == (status, False, ["incoming"])
    tally = sim.bells.tally(1576, "incoming")
    assert (tally.rung, tally.failed, tally.last) == (1, 1, str(status))


async def test_where_nobody_is_home(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """Each failure has its word, and the next ring is made all the same."""
    hall.incoming_webhook = "nonsense"
    sim.receive(hall, FRIEND, "gate")
    assert [ring.problem for ring in await sim.rung()] == ["no such address"]
    hall.incoming_webhook = receiver.url("incoming").replace("http:", "https:")
    sim.receive(hall, FRIEND, "gate")
    assert (await sim.rung())[-1].problem
    hall.incoming_webhook = receiver.url("incoming")
    await receiver.server.close()
    sim.receive(hall, FRIEND, "gate")
    assert (await sim.rung())[-1].problem == "no connection"
    tally = sim.bells.tally(1576, "incoming")
    assert (tally.rung, tally.failed, tally.last) == (3, 3, "no connection")


async def test_a_service_that_is_down_rings_nobody(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """What is under way ends with it, what comes meanwhile is not told later."""
    receiver.open.clear()
    sim.receive(hall, FRIEND, "One")
    await receiver.arrived.wait()
    sim.receive(hall, FRIEND, "Two")
    await sim.stop()
    sim.receive(hall, FRIEND, "Three")
    assert [ring.problem for ring in await sim.rung()] == ["service stopped", "service stopped"]
    receiver.open.set()
    await sim.start()
    sim.receive(hall, FRIEND, "Four")
    assert [ring.fields["body"] for ring in await sim.rung()] == ["One", "Two", "Four"]
    assert sim.rings[-1].heard


async def test_many_rings_at_once(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """Each is made."""
    for number in range(200):
        sim.receive(hall, FRIEND, f"Text {number}")
    assert all(ring.heard for ring in await sim.rung())
    assert len(receiver.posts) == 200


async def test_statuses_ring_while_nobody_looks(receiver: Receiver) -> None:
    """Given a clock that runs by itself, what is due rings without a request."""
    async with Simulator(clock=SystemClock()) as sim:
        phone = sim.add_phone(status_webhook=receiver.url("status"), request_every=1)
        sim.send_from_site(phone, FRIEND, "Hi")
        async with asyncio.timeout(5):
            await receiver.arrived.wait()
        assert receiver.places == ["status"]


async def test_late_rings(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """The record is there for five seconds before."""
    sim.profile = "rings-late"
    sim.receive(hall, FRIEND, "gate")
    sim.advance(4)
    assert await sim.rung() == []
    sim.advance(1)
    (ring,) = await sim.rung()
    assert (ring.at, receiver.places) == (NOON + timedelta(seconds=5), ["incoming"])


async def test_rings_before_reads(caller: Caller, hall: Phone, receiver: Receiver) -> None:
    """Who looks at once sees nothing yet."""
    sim = use(caller, "rings-before-reads")
    sim.receive(hall, FRIEND, "gate")
    await sim.rung()
    assert receiver.places == ["incoming"]
    assert await records(caller) == []
    sim.advance(3)
    assert len(await records(caller)) == 1


async def test_rings_that_come_twice(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """With the same words."""
    sim.profile = "rings-twice"
    sim.receive(hall, FRIEND, "gate")
    first, second = await sim.rung()
    assert first.wire == second.wire
    assert len(receiver.posts) == 2


async def test_rings_that_are_lost(sim: Simulator, hall: Phone, receiver: Receiver) -> None:
    """Every second one, and nothing tells of it."""
    sim.profile = "rings-lost"
    for number in range(5):
        sim.receive(hall, FRIEND, f"Text {number}")
    assert [ring.fields["body"] for ring in await sim.rung()] == ["Text 0", "Text 2", "Text 4"]
    assert len(receiver.posts) == 3


async def test_an_answer_does_not_wait_for_its_rings(caller: Caller, hall: Phone) -> None:
    """Sending is as before, and the id in the ring is that of the answer."""
    sent = await send(caller)
    caller.simulator.advance(20)
    assert {ring.message_id for ring in await caller.simulator.rung()} == {sent["sms_id"]}
    assert hall.unreported == []


def test_webhooks_are_kept_between_runs(backend: Backend, phone: Phone) -> None:
    """Addresses and switch, without rings for what happened meanwhile."""
    phone.incoming_webhook = "https://home.example/api/webhook/1"
    phone.status_webhook = "https://home.example/api/webhook/2"
    phone.webhooks_on = False
    backend.receive(phone, FRIEND, "gate")
    other = Backend(clock=ManualClock(NOON))
    load(other, dump(backend))
    (kept,) = other.account.phones.values()
    assert kept == phone
    assert other.rings == []


async def change(caller: Caller, **wishes: Any) -> dict[str, Any]:
    """Change the phone through the control interface; return how it is shown."""
    answer = await caller.post("/simulator/phones/1576/details", json=wishes)
    assert answer.status == 200, answer.text
    shown: dict[str, Any] = answer.json["phones"][0]
    return shown


async def test_webhooks_can_be_set_and_are_shown(caller: Caller, receiver: Receiver) -> None:
    """On the page: the addresses, the switch, and what became of the last ring."""
    sim = caller.simulator
    address = receiver.url("incoming")
    shown = await change(caller, incoming_webhook=f" {address} ")
    assert shown["webhooks"] == {
        "incoming": {"url": address, "rung": 0, "failed": 0, "last": ""},
        "status": {"url": "", "rung": 0, "failed": 0, "last": ""},
    }
    sim.receive(sim.account.phones[1576], FRIEND, "One")
    await sim.rung()
    receiver.status = 503
    sim.receive(sim.account.phones[1576], FRIEND, "Two")
    await sim.rung()
    shown = await change(caller, webhooks_on=False, status_webhook="https://home.example/")
    assert shown["webhooks_on"] is False
    assert shown["webhooks"] == {
        "incoming": {"url": address, "rung": 2, "failed": 1, "last": "503"},
        "status": {"url": "https://home.example/", "rung": 0, "failed": 0, "last": ""},
    }
    assert (await change(caller, incoming_webhook=None))["webhooks"]["incoming"]["url"] == ""


@pytest.mark.parametrize("address", ["nonsense", "ftp://home.example/", "http://", "http://home.example:port/"])
async def test_an_address_that_is_none_is_declined(caller: Caller, hall: Phone, address: str) -> None:
    """With a sentence; the old one stays."""
    answer = await caller.post("/simulator/phones/1576/details", json={"incoming_webhook": address, "title": "Other"})
    assert (answer.status, bool(answer.json["message"])) == (400, True)
    assert (hall.incoming_webhook.startswith("http://127.0.0.1"), hall.title) == (True, "Hall phone")


async def test_silence_can_be_switched(caller: Caller) -> None:
    """For all phones."""
    assert (await caller.post("/simulator/silent", json={"silent": True})).json["silent"] is True
    assert caller.simulator.silent
    assert (await caller.post("/simulator/silent", json={"silent": False})).json["silent"] is False
    assert (await caller.post("/simulator/silent", json={})).status == 400
