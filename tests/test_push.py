"""Push from end to end: the simulated service rings at Home Assistant's own webhook, in every way the real one might."""

import asyncio
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from simulator import Phone, Simulator
from simulator.profiles import PROFILES
from tests.conftest import ANNA, AddAccount, recipient

WAYS_TO_RING = ["documented", *(name for name in PROFILES if name.startswith("rings-"))]
# Longer than the service waits to ring, or to show the record, in these profiles, and shorter than the first poll.
PATIENCE = 12


@pytest.fixture
async def home(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> TestClient[Any, Any]:
    """Return Home Assistant as it is reached from outside."""
    for component in ("repairs", "webhook"):
        assert await async_setup_component(hass, component, {})
    client: TestClient[Any, Any] = await hass_client_no_auth()
    return client


def enter_address(phone: Phone, home: TestClient[Any, Any], entry: MockConfigEntry) -> None:
    """Copy the address into both fields of the phone, as the user does."""
    phone.incoming_webhook = phone.status_webhook = str(home.make_url(f"/api/webhook/{entry.data['webhook_id']}"))


async def until_one(events: list[Any], sim: Simulator) -> None:
    """Wait until an event was fired; the service's time goes by quickly."""
    async with asyncio.timeout(PATIENCE):
        while not events:
            await asyncio.sleep(0.02)
            sim.advance(0.1)


@pytest.mark.parametrize("profile", WAYS_TO_RING)
async def test_a_text_is_announced_because_somebody_rang(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    home: TestClient[Any, Any],
    profile: str,
) -> None:
    """Once, whatever was posted and however, and long before the next poll."""
    sim.profile = PROFILES[profile]
    entry = await add_account(poll_interval=3600)
    enter_address(phone, home, entry)
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "Gate & door + 50 %")
    await until_one(received, sim)
    await sim.rung()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert [event.data["text"] for event in received] == ["Gate & door + 50 %"]
    assert all(ring.status == 200 for ring in sim.rings)
    assert entry.runtime_data.doorman.rings == len(sim.rings) > 0


async def test_a_delivery_is_told_because_somebody_rang(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, home: TestClient[Any, Any]
) -> None:
    """Each status once."""
    entry = await add_account(recipient("Anna", ANNA), poll_interval=3600)
    enter_address(phone, home, entry)
    sent = async_capture_events(hass, "smsgateway24_sms_sent")
    delivered = async_capture_events(hass, "smsgateway24_sms_delivered")
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "Fire"}, blocking=True
    )
    await until_one(delivered, sim)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert len(delivered) == 1
    assert len(sent) <= 1
    assert {ring.kind for ring in sim.rings} == {"status"}


async def test_when_rings_are_lost_the_poll_finds_the_text(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, home: TestClient[Any, Any]
) -> None:
    """The service repeats none."""
    entry = await add_account(poll_interval=3600)
    enter_address(phone, home, entry)
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.silent = True
    sim.receive(phone, ANNA, "gate")
    await sim.rung()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert received == []

    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    assert len(received) == 1
