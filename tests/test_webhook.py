"""The doorbell: whoever rings it makes Home Assistant look, and nothing more."""

import asyncio
from datetime import timedelta
from typing import Any, Unpack

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsgateway24.api import MessageFilters, MessageList, SmsGateway24Client
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount
from tests.flows import Browser

type Client = TestClient[Any, Any]


@pytest.fixture
async def service(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Client:
    """Return how the service reaches Home Assistant: without being signed in."""
    for component in ("repairs", "webhook"):
        assert await async_setup_component(hass, component, {})
    client: Client = await hass_client_no_auth()
    return client


def doorbell(entry: MockConfigEntry) -> str:
    """Return the path of the account's doorbell."""
    return f"/api/webhook/{entry.data['webhook_id']}"


def reads(sim: Simulator) -> int:
    """Return how often the messages were read."""
    return [request.method for request in sim.requests].count("getallsms")


async def let_pass(hass: HomeAssistant, seconds: float) -> None:
    """Let time pass, and all that is due happen."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


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

    await hass.async_block_till_done(wait_background_tasks=True)
    assert reads(sim) == 1
    assert [event.data["text"] for event in received] == ["heating on"]


async def test_the_answer_does_not_wait_for_the_read(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    service: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The service might give up, or ring again."""
    entry = await add_account()
    read = SmsGateway24Client.get_messages
    may_go_on = asyncio.Event()

    async def read_slowly(client: SmsGateway24Client, **filters: Unpack[MessageFilters]) -> MessageList:
        await may_go_on.wait()
        return await read(client, **filters)

    monkeypatch.setattr(SmsGateway24Client, "get_messages", read_slowly)
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "gate")
    answer = await service.post(doorbell(entry))
    assert answer.status == 200
    assert received == []

    may_go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(received) == 1


async def test_many_rings_are_one_read_now_and_one_later(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """Whoever rings a hundred times costs two reads, and what came meanwhile is found by the second."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.requests.clear()
    for _ in range(100):
        assert (await service.post(doorbell(entry))).status == 200
    await hass.async_block_till_done(wait_background_tasks=True)
    assert reads(sim) == 1

    sim.receive(phone, ANNA, "gate")
    await let_pass(hass, 6)
    assert reads(sim) == 2
    assert len(received) == 1


async def test_a_ring_while_the_service_is_away_does_no_harm(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """It is answered all the same, and the next one finds what came."""
    entry = await add_account()
    sim.fail(faults.http_error(500), times=None)
    assert (await service.post(doorbell(entry))).status == 200
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not entry.runtime_data.last_update_success

    sim.faults.clear()
    await let_pass(hass, 6)
    assert (await service.post(doorbell(entry))).status == 200
    await hass.async_block_till_done(wait_background_tasks=True)
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
    await hass.async_block_till_done(wait_background_tasks=True)

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
    await hass.async_block_till_done(wait_background_tasks=True)
    assert sim.requests == []

    hass.config_entries.async_update_entry(entry, options={"push": True})
    await hass.async_block_till_done()
    assert doorbell(entry) == address
    sim.requests.clear()
    await service.post(address)
    await hass.async_block_till_done(wait_background_tasks=True)
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
    await hass.async_block_till_done(wait_background_tasks=True)
    assert {request.fields["token"] for request in sim.requests} == {other.token}


async def test_an_unloaded_account_has_no_doorbell(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, service: Client
) -> None:
    """A ring during a reload is not an error."""
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    sim.requests.clear()

    assert (await service.post(doorbell(entry))).status == 200
    await hass.async_block_till_done(wait_background_tasks=True)
    assert sim.requests == []
