"""Diagnostics: enough to help somebody from afar, and nothing that says who it is."""

from http import HTTPStatus
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, Status, faults
from tests.actions.calls import device_of
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient
from tests.test_announcer import TEXT, said, text_anna


async def download(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, device_id: str | None = None
) -> dict[str, Any]:
    """Download the file as the frontend does, and return our part of it."""
    assert await async_setup_component(hass, "diagnostics", {})
    client = await hass_client()
    part = "" if device_id is None else f"/device/{device_id}"
    answer = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}{part}")
    assert answer.status == HTTPStatus.OK
    found: dict[str, Any] = json.loads(await answer.text())["data"]
    return found


def private_words(sim: Simulator, phone: Phone) -> list[str]:
    """Return all that must not be in a file, with the parts by which it could be recognised."""
    account = sim.account
    sims = [
        word
        for card in phone.sims.values()
        for word in (card.number, card.number[3:] if card.number else None, card.iccid, card.carrier)
    ]
    words = [
        account.token,
        account.password,
        account.email,
        phone.title,
        phone.serial_number,
        phone.imei,
        ANNA,
        ANNA[3:],
        BEN,
        BEN[2:],
        "Anna",
        "MyBank",
        TEXT,
        sim.url,
        *sims,
    ]
    return [word for word in words if word]


async def test_an_account_is_described_without_saying_whose_it_is(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """With messages in both directions, a failure, and all that the service tells of a phone."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True, phone="1576"))
    sim.receive(phone, ANNA, TEXT)
    sim.receive(phone, "MyBank", TEXT)
    await poll(entry)
    await text_anna(hass)
    sim.fail(faults.refused(f"{TEXT} {ANNA} {sim.account.token}"), "getallsms", times=1)
    await poll(entry)
    await poll(entry)
    found = await download(hass, hass_client, entry)

    assert not said([json.dumps(found, ensure_ascii=False), str(found)], *private_words(sim, phone))
    assert found["account"]["state"] == "loaded"
    assert found["account"]["signs_in_with"] == "password"
    assert found["account"]["service"] == "other"
    assert found["account"]["recipients"] == {"all": 1, "trusted": 1, "with_fixed_phone": 1}
    assert found["settings"] == {
        "poll_interval": 30,
        "offline_after": 600,
        "keep_unsent": 600,
        "failover": True,
        "max_per_hour": 60,
        "privacy": "full",
        "push": True,
    }
    assert found["polling"]["last_succeeded"] is True
    assert found["polling"]["interval"] == 10
    assert found["polling"]["service_tells_time"] is True
    assert found["instant_receipt"] == {"state": "waiting", "rings": 0, "address_was_shown": False}
    assert found["incoming"]["known"] == 2
    assert found["incoming"]["not_announced_yet"] == 0
    assert found["outbox"]["messages"] == 1
    assert found["outbox"]["stages"] == {"accepted": 1}
    assert found["requests"]["requests"]["addsms"]["answered"] == 1
    assert found["requests"]["errors"]["refused"]["count"] == 1
    received = found["answers"]["shapes"]["getallsms.smss[] received"]
    assert received["status"] == ["number"]
    (described,) = found["phones"]
    assert (described["id"], described["online"], described["in_outbox"]) == ("1576", True, 1)
    assert described["sims"][0]["slot"] == 0
    assert described["sims"][0]["tells_iccid"] is True


async def test_an_account_that_does_not_load_says_why(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """In our own word for it, for the service's may quote anything."""
    sim.fail(faults.refused(f"{TEXT} {ANNA}"), "getallsms", times=None)
    entry = await add_account(recipient("Anna", ANNA))
    assert entry.state is ConfigEntryState.SETUP_RETRY
    found = await download(hass, hass_client, entry)

    assert found.keys() == {"account", "settings"}
    assert found["account"]["reason"] == "refused"
    assert not said([json.dumps(found, ensure_ascii=False)], *private_words(sim, phone))


async def test_a_phone_is_described(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """On the page of its device, also when it is gone."""
    entry = await add_account(recipient("Anna", ANNA))
    device_id = device_of(hass, entry, phone)
    found = await download(hass, hass_client, entry, device_id)
    assert found["phone"]["listed"] is True
    assert found["phone"]["id"] == "1576"
    assert not said([json.dumps(found, ensure_ascii=False)], *private_words(sim, phone))

    sim.remove_phone(phone)
    sim.add_phone("Attic phone", phone_id=1577)
    await poll(entry)
    found = await download(hass, hass_client, entry, device_id)
    assert found["phone"] == {"id": "1576", "listed": False}
    await hass.config_entries.async_unload(entry.entry_id)
    found = await download(hass, hass_client, entry, device_id)
    assert found["phone"] == {"id": "1576", "listed": None}
    sim.fail(faults.page(), times=None)
    await hass.config_entries.async_setup(entry.entry_id)
    found = await download(hass, hass_client, entry, device_id)
    assert found["phone"] == {"id": "1576", "listed": None}


async def test_a_recipient_is_described_without_name_and_number(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Also on the page of its device."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576", sim=0))
    (device,) = (
        device
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        if device.entry_type is dr.DeviceEntryType.SERVICE
    )
    found = await download(hass, hass_client, entry, device.id)
    assert found["recipient"] == {"trusted": False, "phone": "1576", "sim": 0, "number": "international"}
    assert not said([json.dumps(found, ensure_ascii=False)], *private_words(sim, phone))


async def test_repairs_are_named_by_their_kind(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """Not in their words, in which phones have names."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.fail_next(phone, Status.NOT_ALLOWED)
    await text_anna(hass)
    for _ in range(8):
        sim.advance(10)
        await poll(entry)
    found = await download(hass, hass_client, entry)
    assert len(found["account"]["repairs"]) == 1
    assert not said([json.dumps(found, ensure_ascii=False)], *private_words(sim, phone))


@pytest.mark.parametrize("version", ["Anna's phone", "+447700900123", "12.1.21 (Anna)"])
async def test_what_is_no_version_is_not_repeated(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    sim: Simulator,
    add_account: AddAccount,
    version: str,
) -> None:
    """A field holds what the service puts there, whatever it is called."""
    sim.add_phone("Hall phone", phone_id=1576, app_version=version)
    found = await download(hass, hass_client, await add_account())
    assert found["phones"][0]["app_version"] == "(other)"
    assert DOMAIN not in found
