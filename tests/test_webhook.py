"""The doorbell: whoever rings it makes Home Assistant look, and nothing more."""

import asyncio
from datetime import timedelta
import logging
import sys
from types import SimpleNamespace
from typing import Any, Unpack

from aiohttp import ClientError, FormData
from aiohttp.test_utils import TestClient
from homeassistant import components
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.network import NoURLAvailableError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsgateway24.api import MessageFilters, MessageList, SmsGateway24Client
from custom_components.smsgateway24.messaging import doorbell as budget, pace
from custom_components.smsgateway24.messaging.doorbell import BURST, NEEDED, REFILL, SILENT_AFTER
from custom_components.smsgateway24.webhook import async_doorbell_address, async_renew_doorbell
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount, make_entry
from tests.flows import Browser

type Client = TestClient[Any, Any]


@pytest.fixture
async def service(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Client:
    """Return how the service reaches Home Assistant: without being signed in."""
    for component in ("repairs", "webhook"):
        assert await async_setup_component(hass, component, {})
    client: Client = await hass_client_no_auth()
    return client


class Held:
    """Reads of the messages, which can be held up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let all pass."""
        self.reached = asyncio.Event()
        self._may_go_on = asyncio.Event()
        self._may_go_on.set()
        read = SmsGateway24Client.get_messages

        async def read_when_let(client: SmsGateway24Client, **filters: Unpack[MessageFilters]) -> MessageList:
            found = await read(client, **filters)
            self.reached.set()
            await self._may_go_on.wait()
            return found

        monkeypatch.setattr(SmsGateway24Client, "get_messages", read_when_let)

    def hold(self) -> None:
        """Hold up what is read from now on, once it has been asked for."""
        self._may_go_on.clear()

    def let_go(self) -> None:
        """Let everything go on."""
        self._may_go_on.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """Return reads that can be held up."""
    return Held(monkeypatch)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all pauses of the doorbell short."""
    monkeypatch.setattr(budget, "LOOK_AGAIN_AFTER", (0.01, 0.02, 0.03))
    monkeypatch.setattr(budget, "REFILL", 0.01)


def doorbell(entry: MockConfigEntry) -> str:
    """Return the path of the account's doorbell."""
    return f"/api/webhook/{entry.data['webhook_id']}"


def reads(sim: Simulator) -> int:
    """Return how often the messages were read."""
    return [request.method for request in sim.requests].count("getallsms")


async def settle(hass: HomeAssistant) -> None:
    """Let everything happen that has been begun."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def let_pass(hass: HomeAssistant, seconds: float) -> None:
    """Let time pass, and all that is due happen."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await settle(hass)


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"sms_id": 1, "text": "gate", "address": ANNA}},
        {"data": {"sms_id": "1", "text": "gate", "address": ANNA}},
        {"data": b"\xff\xfe{not json"},
        {"data": b"x" * 100_000},
        {},
    ],
    ids=["JSON", "form", "bytes", "large", "nothing"],
)
async def test_a_ring_makes_home_assistant_look(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client, body: dict[str, Any]
) -> None:
    """What is posted is not believed: what is announced is what the service then lists."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "heating on")
    sim.requests.clear()
    answer = await service.post(doorbell(entry), **body)
    assert (answer.status, await answer.read()) == (200, b"")

    await settle(hass)
    assert reads(sim) == 1
    assert [event.data["text"] for event in received] == ["heating on"]


async def test_the_answer_does_not_wait_for_the_read(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client, held: Held
) -> None:
    """The service might give up, or ring again."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "gate")
    held.hold()
    answer = await service.post(doorbell(entry))
    assert answer.status == 200
    assert received == []

    held.let_go()
    await settle(hass)
    assert len(received) == 1


async def test_a_ring_during_a_read_causes_one_more(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client, held: Held
) -> None:
    """What it is about may have come too late to be in what is being read. However many rings, it is one more."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.requests.clear()
    held.hold()
    poll = hass.async_create_task(entry.runtime_data.async_refresh())
    await held.reached.wait()
    sim.receive(phone, ANNA, "gate")
    for _ in range(20):
        await service.post(doorbell(entry))
    held.let_go()
    await poll
    await settle(hass)

    assert reads(sim) == 2
    assert [event.data["text"] for event in received] == ["gate"]


async def test_a_flood_of_forged_rings_costs_a_bounded_number_of_reads(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """A thousand posts are five reads and one more every three seconds; and nothing is missed after the last one."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.requests.clear()
    begin = hass.loop.time()
    for number in range(1000):
        body = {"sms_id": number + 1_000_000, "text": "gate", "address": ANNA}
        assert (await service.post(doorbell(entry), json=body)).status == 200
    await settle(hass)
    took = hass.loop.time() - begin
    assert BURST <= reads(sim) <= BURST + took / REFILL + 1
    assert received == []

    sim.receive(phone, ANNA, "heating on")
    before = reads(sim)
    await service.post(doorbell(entry))
    await let_pass(hass, REFILL)
    assert reads(sim) == before + 1
    assert len(received) == 1


async def test_forged_rings_never_make_polls_rarer(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Neither at rest, nor while the service is in trouble."""
    entry = await add_account()
    coordinator = entry.runtime_data
    sim.fail(faults.http_error(500), times=None)
    await coordinator.async_refresh()
    assert coordinator.update_interval == timedelta(seconds=30)
    for _ in range(BURST):
        await service.post(doorbell(entry))
        await settle(hass)
    assert coordinator.update_interval == timedelta(seconds=30)

    sim.faults.clear()
    await coordinator.async_refresh()
    assert coordinator.update_interval == timedelta(seconds=30)
    assert coordinator.push_state == "rung"


async def test_a_pause_that_the_service_asks_for_is_kept(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Whoever rings meanwhile is answered by the poll after it."""
    entry = await add_account()
    sim.fail(faults.http_error(503, retry_after="600"), times=None)
    await entry.runtime_data.async_refresh()
    sim.requests.clear()
    sim.faults.clear()
    await service.post(doorbell(entry))
    await settle(hass)
    assert sim.requests == []

    await let_pass(hass, 601)
    assert reads(sim) == 1


async def test_a_ring_while_the_service_is_away_does_no_harm(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """It is answered all the same, and the next one finds what came."""
    entry = await add_account()
    sim.fail(faults.http_error(500), times=None)
    assert (await service.post(doorbell(entry))).status == 200
    await settle(hass)
    assert not entry.runtime_data.last_update_success

    sim.faults.clear()
    await let_pass(hass, 6)
    assert (await service.post(doorbell(entry))).status == 200
    await settle(hass)
    assert entry.runtime_data.last_update_success


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("PUT", 405), ("HEAD", 200)])
async def test_only_a_post_rings(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    service: Client,
    method: str,
    status: int,
) -> None:
    """Somebody who opens the address in a browser sees nothing and causes nothing."""
    entry = await add_account()
    sim.requests.clear()
    answer = await service.request(method, doorbell(entry))
    await settle(hass)

    assert answer.status == status
    assert sim.requests == []


async def test_a_doorbell_that_is_switched_off_is_not_there(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Its address is kept for when it is switched on again, and it is not told that it exists."""
    entry = await add_account()
    address = doorbell(entry)
    hass.config_entries.async_update_entry(entry, options={"push": False})
    await hass.async_block_till_done()
    sim.requests.clear()
    assert (await service.post(address)).status == 200
    await settle(hass)
    assert sim.requests == []

    hass.config_entries.async_update_entry(entry, options={"push": True})
    await hass.async_block_till_done()
    assert doorbell(entry) == address
    sim.requests.clear()
    await service.post(address)
    await settle(hass)
    assert reads(sim) == 1


async def test_an_account_that_never_had_a_doorbell_needs_no_address(phone: Phone, add_account: AddAccount) -> None:
    """None is made up for nothing."""
    assert "webhook_id" not in (await add_account(push=False)).data


async def test_the_address_is_long_and_stays(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, hass_client: ClientSessionGenerator
) -> None:
    """It is in the service's panel, so neither a reload nor another sign-in may change it."""
    browser = await Browser.open(hass, hass_client)
    entry = await add_account()
    webhook_id = entry.data["webhook_id"]
    assert len(webhook_id) == 64

    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.data["webhook_id"] == webhook_id
    flow = await browser.sign_in_again(entry)
    await flow.submit(password=sim.account.password)
    await hass.async_block_till_done()
    assert entry.data["webhook_id"] == webhook_id
    flow = await browser.reconfigure(entry)
    await flow.submit(email=sim.account.email, password=sim.account.password)
    await hass.async_block_till_done()
    assert entry.data["webhook_id"] == webhook_id


async def test_accounts_have_doorbells_of_their_own(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Ringing at one reads one."""
    first = await add_account()
    other = sim.add_account("other@example.com", "secret", "other-token")
    second = MockConfigEntry(
        domain=first.domain, unique_id="x", title="Other", data={"token": other.token, "url": sim.url}
    )
    second.add_to_hass(hass)
    await hass.config_entries.async_setup(second.entry_id)
    assert doorbell(first) != doorbell(second)

    sim.requests.clear()
    await service.post(doorbell(second))
    await settle(hass)
    assert {request.fields["token"] for request in sim.requests} == {other.token}


async def test_an_account_that_is_not_loaded_answers_all_the_same(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    service: Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A ring during a reload is not an error, and what was posted is in no log."""
    caplog.set_level(logging.DEBUG)
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    sim.requests.clear()

    assert (await service.post(doorbell(entry), data=b"open the gate")).status == 200
    await settle(hass)
    assert sim.requests == []
    assert "open the gate" not in caplog.text


async def test_an_account_answers_before_it_is_loaded(
    hass: HomeAssistant, sim: Simulator, phone: Phone, service: Client, held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    """While Home Assistant starts; and what came too late for the first read is found by another one."""
    caplog.set_level(logging.DEBUG)
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "webhook_id": "a" * 64})
    held.hold()
    loading = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await held.reached.wait()
    assert (await service.post(doorbell(entry), data=b"open the gate")).status == 200
    held.let_go()
    await loading
    await settle(hass)

    assert reads(sim) == 2
    assert "open the gate" not in caplog.text


async def test_an_account_whose_service_is_away_answers_all_the_same(
    hass: HomeAssistant, sim: Simulator, phone: Phone, service: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It is loaded again later, and reads everything then."""
    caplog.set_level(logging.DEBUG)
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    sim.fail(faults.http_error(500), times=None)
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await service.post(doorbell(entry), data=b"open the gate")).status == 200
    await settle(hass)
    assert "open the gate" not in caplog.text


async def test_without_the_address_nobody_rings(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Not from inside the house either: what is near to the address is not the address."""
    entry = await add_account()
    webhook_id = entry.data["webhook_id"]
    sim.requests.clear()
    for wrong in (
        entry.entry_id,
        webhook_id[:-1],
        webhook_id + "0",
        webhook_id.upper() + "x",
        "smsgateway24",
        "0" * 64,
    ):
        assert (await service.post(f"/api/webhook/{wrong}")).status == 200
    await settle(hass)
    assert sim.requests == []


async def test_a_removed_account_leaves_no_address_behind(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Whoever still rings there is not told that there was one."""
    entry = await add_account()
    address = doorbell(entry)
    await hass.config_entries.async_remove(entry.entry_id)
    sim.requests.clear()
    assert (await service.post(address)).status == 200
    await settle(hass)
    assert sim.requests == []
    assert entry.data["webhook_id"] not in hass.data["webhook"]


# --- what is posted ---------------------------------------------------------------------------------------------------


def multipart(**fields: str) -> dict[str, Any]:
    """Return a post of several parts, as some tools send forms."""
    form = FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    return {"data": form}


NAMED = "4711"
HINTS: dict[str, dict[str, Any]] = {
    "JSON": {"json": {"address": ANNA, "body": "gate", "sms_id": 4711}},
    "JSON with the id as text": {"json": {"sms_id": NAMED}},
    "JSON of another type": {"data": b'{ "sms_id" : 4711 }', "headers": {"Content-Type": "text/plain"}},
    "JSON of no type": {"data": b'{"sms_id":4711}', "headers": {"Content-Type": ""}},
    "form": {"data": {"address": ANNA, "sms_id": NAMED, "channel_id": "0"}},
    "form whose number is not encoded": {
        "data": f"address={ANNA}&sms_id={NAMED}".encode(),
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
    "parts": multipart(address=ANNA, sms_id=NAMED),
    "the other names": {"json": {"event": "incoming_sms", "message_id": NAMED}},
}
NO_HINTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no number": {"json": {"sms_id": "gate"}},
    "null": {"json": {"sms_id": None}},
    "zero": {"json": {"sms_id": 0}},
    "negative": {"json": {"sms_id": -4711}},
    "too long": {"json": {"sms_id": int("9" * 40)}},
    "too late": {"data": b"x" * 100_000 + b'{"sms_id": 4711}'},
    "no text": {"data": b"\xff\xfe\x00sms_id"},
    "wrong encoding": {"data": b"gate", "headers": {"Content-Encoding": "gzip"}},
    "no parts": {"data": b"gate", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    "a status": {"json": {"sms_id": 4711, "status_id": 7, "status_message": "Delivered", "sendto": ANNA}},
    "a status by the other names": {"json": {"event": "delivery_status", "message_id": 4711}},
}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("body", HINTS.values(), ids=HINTS)
async def test_a_message_that_is_named_and_not_listed_is_looked_for_again(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client, body: dict[str, Any]
) -> None:
    """The service may ring before its list shows the message. A few times, then it is left to the polls."""
    entry = await add_account()
    sim.requests.clear()
    assert (await service.post(doorbell(entry), **body)).status == 200
    await asyncio.sleep(0.3)
    await settle(hass)
    assert reads(sim) == 1 + len(budget.LOOK_AGAIN_AFTER)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("body", NO_HINTS.values(), ids=NO_HINTS)
async def test_what_names_no_message_is_read_for_once(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client, body: dict[str, Any]
) -> None:
    """And is no error."""
    entry = await add_account()
    sim.requests.clear()
    assert (await service.post(doorbell(entry), **body)).status == 200
    await asyncio.sleep(0.3)
    await settle(hass)
    assert reads(sim) == 1


@pytest.mark.usefixtures("quick")
async def test_a_message_that_shows_up_late_is_found_within_moments(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    service: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The service may read from a copy of its database that is a little late."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    read = SmsGateway24Client.get_messages
    late = [MessageList([], count=0, read=lambda *_: None)] * 2

    async def read_late(client: SmsGateway24Client, **filters: Unpack[MessageFilters]) -> MessageList:
        return late.pop() if late else await read(client, **filters)

    message = sim.receive(phone, ANNA, "gate")
    assert message is not None
    monkeypatch.setattr(SmsGateway24Client, "get_messages", read_late)
    sim.requests.clear()
    await service.post(doorbell(entry), json={"sms_id": message.id})
    await asyncio.sleep(0.3)
    await settle(hass)
    assert reads(sim) == 1
    assert [event.data["text"] for event in received] == ["gate"]


@pytest.mark.usefixtures("quick")
async def test_a_message_that_is_known_is_not_looked_for(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """The service may ring twice, or after the poll."""
    entry = await add_account()
    message = sim.receive(phone, ANNA, "gate")
    assert message is not None
    await entry.runtime_data.async_refresh()
    await settle(hass)
    sim.requests.clear()
    await service.post(doorbell(entry), json={"sms_id": message.id})
    await asyncio.sleep(0.3)
    await settle(hass)
    assert reads(sim) == 1


async def test_whoever_posts_slowly_gets_the_answer_and_the_read(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Nobody waits for the end of a post that does not come."""
    entry = await add_account()
    sim.requests.clear()
    reader, writer = await asyncio.open_connection(service.host, service.port)
    head = f"POST {doorbell(entry)} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{"
    writer.write(head.encode())
    await writer.drain()
    async with asyncio.timeout(5):
        answer = await reader.readline()
    assert b" 200 " in answer
    await settle(hass)
    assert reads(sim) == 1
    writer.close()


@pytest.mark.usefixtures("quick")
async def test_a_ring_through_home_assistant_cloud_is_heard(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """There the request is not one that could be taken apart."""
    entry = await add_account()
    sim.requests.clear()
    body = b'--x\r\nContent-Disposition: form-data; name="sms_id"\r\n\r\n4711\r\n--x--'
    request = MockRequest(body, "cloud", method="POST", headers={"Content-Type": "multipart/form-data; boundary=x"})
    answer = await webhook.async_handle_webhook(hass, entry.data["webhook_id"], request)
    assert answer.status == 200
    await asyncio.sleep(0.3)
    await settle(hass)
    assert reads(sim) == 1 + len(budget.LOOK_AGAIN_AFTER)


# --- Home Assistant Cloud ---------------------------------------------------------------------------------------------


@pytest.fixture
def cloud(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a Home Assistant Cloud that is there, and what was asked of it."""
    asked = SimpleNamespace(deleted=[], subscribed=True, error=None)

    async def create(_hass: HomeAssistant, webhook_id: str) -> str:
        if asked.error is not None:
            raise asked.error
        return f"https://hooks.example.com/{webhook_id}"

    async def delete(_hass: HomeAssistant, webhook_id: str) -> None:
        asked.deleted.append(webhook_id)
        if asked.error is not None:
            raise asked.error

    hass.config.components.add("cloud")
    there = SimpleNamespace(
        async_active_subscription=lambda _: asked.subscribed,
        async_get_or_create_cloudhook=create,
        async_delete_cloudhook=delete,
    )
    # The true one needs programs that a bare machine lacks.
    monkeypatch.setitem(sys.modules, "homeassistant.components.cloud", there)
    monkeypatch.setattr(components, "cloud", there, raising=False)
    return asked


async def test_home_assistant_cloud_has_an_address_to_give(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, cloud: SimpleNamespace
) -> None:
    """It needs no address of one's own. It goes with the address that it stands for."""
    entry = await add_account()
    first = entry.data["webhook_id"]
    assert await async_doorbell_address(hass, entry) == f"https://hooks.example.com/{first}"
    await async_renew_doorbell(hass, entry)
    second = entry.data["webhook_id"]
    assert cloud.deleted == [first]
    assert await async_doorbell_address(hass, entry) == f"https://hooks.example.com/{second}"
    await hass.config_entries.async_remove(entry.entry_id)
    assert cloud.deleted == [first, second]


@pytest.mark.parametrize("error", [HomeAssistantError(), ClientError(), TimeoutError(), ValueError()])
async def test_a_cloud_in_trouble_is_done_without(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, cloud: SimpleNamespace, error: Exception
) -> None:
    """One's own address serves as well, and nothing hinders to renew or to remove."""
    hass.config.external_url = "https://home.example.com"
    cloud.error = error
    entry = await add_account()
    assert (await async_doorbell_address(hass, entry)).startswith("https://home.example.com/api/webhook/")
    await async_renew_doorbell(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    assert len(cloud.deleted) == 2


async def test_without_a_subscription_the_cloud_is_not_asked(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, cloud: SimpleNamespace
) -> None:
    """It would refuse."""
    cloud.subscribed = False
    cloud.error = AssertionError
    entry = await add_account()
    with pytest.raises(NoURLAvailableError):
        await async_doorbell_address(hass, entry)


# --- whether rings can be relied upon ---------------------------------------------------------------------------------


async def test_once_rings_can_be_relied_upon_the_polls_become_rarer(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    service: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To two minutes; and when messages come without a ring, all is as before, and the user is told."""
    entry = await add_account()
    coordinator = entry.runtime_data
    assert coordinator.push_state == "waiting"
    monkeypatch.setattr(pace, "QUICK_FOR", timedelta())
    for _ in range(NEEDED):
        assert coordinator.update_interval == timedelta(seconds=30)
        sim.receive(phone, ANNA, "gate")
        await service.post(doorbell(entry))
        await settle(hass)
    await coordinator.async_refresh()
    assert coordinator.push_state == "works"
    assert coordinator.update_interval == timedelta(minutes=2)

    for _ in range(SILENT_AFTER):
        assert coordinator.push_state != "silent"
        sim.receive(phone, ANNA, "gate")
        await coordinator.async_refresh()
        await settle(hass)
    await coordinator.async_refresh()
    assert coordinator.update_interval == timedelta(seconds=30)
    assert coordinator.push_state == "silent"


async def test_push_that_goes_silent_is_told(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    service: Client,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Until a message is rung for again, across a restart."""
    entry = await add_account()
    issue_id = f"push_silent_{entry.entry_id}"
    for _ in range(NEEDED):
        sim.receive(phone, ANNA, "gate")
        await service.post(doorbell(entry))
        await settle(hass)
    for _ in range(SILENT_AFTER):
        assert issue_registry.async_get_issue("smsgateway24", issue_id) is None
        sim.receive(phone, ANNA, "gate")
        await entry.runtime_data.async_refresh()
        await settle(hass)
    await entry.runtime_data.async_refresh()
    assert issue_registry.async_get_issue("smsgateway24", issue_id) is not None
    await hass.config_entries.async_unload(entry.entry_id)
    ir.async_delete_issue(hass, "smsgateway24", issue_id)
    await hass.config_entries.async_setup(entry.entry_id)
    assert issue_registry.async_get_issue("smsgateway24", issue_id) is not None

    sim.receive(phone, ANNA, "gate")
    await service.post(doorbell(entry))
    await settle(hass)
    await entry.runtime_data.async_refresh()
    assert issue_registry.async_get_issue("smsgateway24", issue_id) is None


# --- an address that changes ------------------------------------------------------------------------------------------


def has_moved(entry: MockConfigEntry, issue_registry: ir.IssueRegistry) -> bool:
    """Say whether the user is told that the address is another one now."""
    return issue_registry.async_get_issue("smsgateway24", f"push_address_changed_{entry.entry_id}") is not None


async def test_an_external_address_that_changes_is_noticed(
    hass: HomeAssistant,
    phone: Phone,
    add_account: AddAccount,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
) -> None:
    """From when it was shown; until it is shown anew, or is what it was, or nobody wants to be rung for."""
    browser = await Browser.open(hass, hass_client)
    entry = await add_account()
    await hass.config.async_update(external_url="https://one.example.com")
    await settle(hass)
    assert not has_moved(entry, issue_registry)
    await browser.options(entry, "push")
    await hass.config.async_update(external_url="https://two.example.com")
    await settle(hass)
    assert has_moved(entry, issue_registry)

    await hass.config.async_update(external_url="https://one.example.com")
    await settle(hass)
    assert not has_moved(entry, issue_registry)
    await hass.config.async_update(external_url=None)
    await settle(hass)
    assert has_moved(entry, issue_registry)

    await hass.config.async_update(external_url="https://two.example.com")
    await browser.options(entry, "push")
    await settle(hass)
    assert not has_moved(entry, issue_registry)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.config.async_update(external_url="https://three.example.com")
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert has_moved(entry, issue_registry)
    hass.config_entries.async_update_entry(entry, options={"push": False})
    await settle(hass)
    assert not has_moved(entry, issue_registry)


async def test_a_cloud_that_ends_is_noticed(
    hass: HomeAssistant,
    phone: Phone,
    add_account: AddAccount,
    hass_client: ClientSessionGenerator,
    cloud: SimpleNamespace,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Its address leads nowhere then."""
    browser = await Browser.open(hass, hass_client)
    entry = await add_account()
    flow = await browser.options(entry, "push")
    assert "https://hooks.example.com/" in flow.read["step.push.description"]
    await hass.config_entries.async_reload(entry.entry_id)
    assert not has_moved(entry, issue_registry)
    cloud.subscribed = False
    await hass.config_entries.async_reload(entry.entry_id)
    assert has_moved(entry, issue_registry)
    cloud.subscribed = True
    hass.config.components.remove("cloud")
    await hass.config_entries.async_reload(entry.entry_id)
    assert has_moved(entry, issue_registry)
