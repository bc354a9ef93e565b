"""What Home Assistant's page of system health says of the accounts."""

from datetime import datetime
from typing import Any

from aiohttp import ClientError
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount, Poll, make_entry, recipient
from tests.test_announcer import text_anna


async def read(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page shows, with the end of what is still being asked."""
    assert await async_setup_component(hass, "system_health", {})
    info = await get_system_health_info(hass, DOMAIN)
    return {**info, "can_reach_service": await info["can_reach_service"]}


async def test_a_healthy_account(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """All is well, and nothing says whose account it is."""
    before = dt_util.utcnow()
    sim.switch_off(sim.add_phone("Attic phone", phone_id=1577))
    entry = await add_account(recipient("Anna", ANNA))
    sim.advance(900)
    await poll(entry)
    info = await read(hass)

    last = info.pop("last_success")
    assert isinstance(last, datetime)
    assert before <= last <= dt_util.utcnow()
    assert info == {
        "can_reach_service": "ok",
        "accounts_loaded": "1 of 1",
        "phones_online": "1 of 2",
        "polling": "every 30 s",
        "instant_receipt": "waiting",
        "outbox": 0,
    }


async def test_a_message_on_its_way_is_in_the_outbox(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """And quick polling, which it causes, is told."""
    await add_account(recipient("Anna", ANNA))
    await text_anna(hass)
    info = await read(hass)

    assert (info["outbox"], info["polling"]) == (1, "every 10 s")


async def test_a_service_in_trouble(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """It may be there and answer nothing of use, or be gone."""
    entry = await add_account(push=False)
    answered = (await read(hass))["last_success"]
    sim.fail(faults.page(), times=None)
    await poll(entry)
    await poll(entry)
    await poll(entry)

    info = await read(hass)
    assert info["polling"] == "failing, every 120 s"
    assert info["instant_receipt"] == "off"
    assert info["last_success"] == answered
    await sim.stop()
    assert (await read(hass))["can_reach_service"] == {"type": "failed", "error": "unreachable"}


async def test_several_accounts(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """What can be added up is. An account that could not be loaded is counted as such."""
    second = sim.add_account("second@example.com", "second-password", "second-token-0123456789")
    sim.add_phone("Barn phone", phone_id=2001, account=second)
    await add_account(poll_interval=60)
    for account in (second, sim.add_account("third@example.com", "third-password", "third-token-0123456789")):
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=account.email,
            unique_id=account.email,
            data={**make_entry(sim).data, "email": account.email, "password": account.password, "token": account.token},
            options={"push": False},
        )
        entry.add_to_hass(hass)
        if account is not second:
            sim.fail(faults.page(), times=None)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    info = await read(hass)

    assert info["accounts_loaded"] == "2 of 3"
    assert info["phones_online"] == "2 of 2"
    assert info["polling"] == "every 60 s, every 30 s"
    assert info["instant_receipt"] == "waiting, off"


async def test_without_a_loaded_account_the_service_is_looked_for_all_the_same(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the address of the account, or without any at the usual one."""
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    info = await read(hass)
    assert info == {
        "can_reach_service": "ok",
        "accounts_loaded": "0 of 1",
        "phones_online": "0 of 0",
        "polling": "-",
        "instant_receipt": "-",
        "outbox": 0,
        "last_success": "-",
    }

    await hass.config_entries.async_remove(entry.entry_id)
    asked: list[str] = []

    async def get(url: str, **_: Any) -> None:
        asked.append(url)
        raise ClientError

    monkeypatch.setattr(aiohttp_client.async_get_clientsession(hass), "get", get)
    assert (await read(hass))["can_reach_service"] == {"type": "failed", "error": "unreachable"}
    assert asked == ["https://smsgateway24.com"]
