"""When a changed account is loaded anew, and when it is left alone."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.smsgateway24.reload import async_update_from_flow
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, make_entry, recipient
from tests.flows import Loads


def _remove_recipient(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))


def _change_recipient(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    subentry = next(iter(entry.subentries.values()))
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "trusted": True})


def _change_setting(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, options={"poll_interval": 60})


def _change_password(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "password": "another"})


def _change_title(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, title="The house's account")


def _change_webhook(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "webhook_id": "another"})


# --- the listener -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [_remove_recipient, _change_recipient, _change_setting, _change_password])
async def test_what_an_account_is_made_from_loads_it_anew(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, change: Callable[[HomeAssistant, MockConfigEntry], None]
) -> None:
    """Once."""
    entry = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    loads = Loads(entry)
    change(hass, entry)
    await hass.async_block_till_done()

    assert loads.count == 1


async def test_the_country_of_home_assistant_loads_it_anew(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """It says whom a number stands for that came without its country; other changes of the settings do nothing."""
    entry = await add_account(recipient("Anna", ANNA))
    received = async_capture_events(hass, "smsgateway24_sms_received")
    loads = Loads(entry)
    await hass.config.async_update(location_name="Harbour Cottage")
    await hass.async_block_till_done()
    assert loads.count == 0

    await hass.config.async_update(country="GB")
    await hass.async_block_till_done()
    assert loads.count == 1
    sim.receive(phone, ANNA.replace("+44", "0"), "gate")
    await poll(entry)
    assert [event.data["sender_name"] for event in received] == ["Anna"]


@pytest.mark.parametrize("change", [_change_title, _change_webhook])
async def test_what_changes_in_operation_does_not(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, change: Callable[[HomeAssistant, MockConfigEntry], None]
) -> None:
    """A name, or the address of the doorbell."""
    entry = await add_account()
    loads = Loads(entry)
    change(hass, entry)
    await hass.async_block_till_done()

    assert loads.count == 0


async def test_a_renewed_token_does_not(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The account uses it already. It is still there after a restart."""
    entry = await add_account()
    loads = Loads(entry)
    token = sim.rotate_token()
    await poll(entry)
    assert entry.data["token"] == token
    assert loads.count == 0

    sim.requests.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert [request.method for request in sim.requests] == ["getalldevices", "getallsms"]


# --- what a flow has found out ----------------------------------------------------------------------------------------


def store(hass: HomeAssistant, entry: MockConfigEntry, **changes: Any) -> None:
    """Store what a flow has found out."""
    async_update_from_flow(
        hass,
        entry,
        unique_id=changes.pop("unique_id", entry.unique_id),
        title=changes.pop("title", entry.title),
        data={**entry.data, **changes},
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "The house's account"},
        {"unique_id": "another@example.com"},
        {"password": "another"},
        {"token": "another"},
        {"password": "another", "token": "another", "title": "Another", "unique_id": "another@example.com"},
    ],
    ids=lambda changes: ", ".join(changes) or "nothing",
)
async def test_a_loaded_account_is_loaded_once_whatever_has_changed(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, changes: dict[str, str]
) -> None:
    """The listener does it or the flow does it, never both and never none."""
    entry = await add_account()
    loads = Loads(entry)
    sim.account.token = changes.get("token", sim.account.token)
    store(hass, entry, **changes)
    await hass.async_block_till_done()

    assert (entry.state, loads.count) == (ConfigEntryState.LOADED, 1)
    assert entry.title == changes.get("title", sim.account.email)
    assert entry.unique_id == changes.get("unique_id", sim.account.email)


@pytest.mark.parametrize(
    ("fault", "state"),
    [(faults.http_error(500), ConfigEntryState.SETUP_RETRY), (faults.wrong_token(), ConfigEntryState.SETUP_ERROR)],
    ids=["waits to be tried again", "given up"],
)
@pytest.mark.parametrize("changes", [{}, {"password": "another"}], ids=["nothing", "password"])
async def test_an_account_that_is_not_loaded_is_loaded_by_the_flow(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    fault: faults.Fault,
    state: ConfigEntryState,
    changes: dict[str, str],
) -> None:
    """It has no listener that would do it."""
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    sim.fail(fault, times=None)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is state

    sim.faults.clear()
    loads = Loads(entry)
    store(hass, entry, **changes)
    await hass.async_block_till_done()
    assert loads.count == 1


async def test_a_disabled_account_stays_as_it_is(hass: HomeAssistant, phone: Phone, add_account: AddAccount) -> None:
    """What was found out is kept for when it is enabled."""
    entry = await add_account()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    loads = Loads(entry)
    store(hass, entry, password="another")
    await hass.async_block_till_done()

    assert loads.count == 0
    assert entry.data["password"] == "another"
