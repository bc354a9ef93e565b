"""Changing the settings of an account, and the address of the doorbell."""

from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, faults
from tests.conftest import AddAccount, make_entry
from tests.flows import Browser, Loads

DEFAULTS = {
    "poll_interval": 30,
    "offline_after": 10,
    "keep_unsent": 10,
    "failover": True,
    "max_per_hour": 60,
    "privacy": "full",
    "push": True,
}
CHANGED = {
    "poll_interval": 3600,
    "offline_after": 60,
    "keep_unsent": 0,
    "failover": False,
    "max_per_hour": 0,
    "privacy": "minimal",
    "push": False,
}


@pytest.fixture
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
    """Return a browser in which an administrator is signed in."""
    return await Browser.open(hass, hass_client)


async def test_the_options_are_settings_and_the_doorbell(
    phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Two things to choose from."""
    flow = await browser.options(await add_account())

    assert flow.step == "init"
    assert flow.page["menu_options"] == ["settings", "push"]


# --- settings ---------------------------------------------------------------------------------------------------------


async def test_the_settings_show_what_is_usual(phone: Phone, add_account: AddAccount, browser: Browser) -> None:
    """As long as nothing was chosen; numbers have their bounds and units."""
    flow = await browser.options(await add_account(), "settings")

    assert flow.filled_in == DEFAULTS
    assert flow.fields["poll_interval"]["selector"]["number"] == {
        "min": 10,
        "max": 3600,
        "step": 1,
        "mode": "box",
        "unit_of_measurement": "s",
    }
    assert flow.read["privacy.sender"] == "Numbers and names, no texts"


async def test_the_settings_are_kept_and_used(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The account is loaded with them, once, and the form shows them from then on."""
    entry = await add_account()
    loads = Loads(entry)
    flow = await browser.options(entry, "settings")
    await flow.submit(**CHANGED)
    await hass.async_block_till_done()

    assert flow.page["type"] == "create_entry"
    assert dict(entry.options) == CHANGED
    assert all(type(entry.options[name]) is type(value) for name, value in CHANGED.items())
    assert loads.count == 1
    assert entry.runtime_data.update_interval.total_seconds() == 3600
    assert (await browser.options(entry, "settings")).filled_in == CHANGED


@pytest.mark.parametrize("name", DEFAULTS)
async def test_a_setting_that_is_left_out_stays_as_it_is(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser, name: str
) -> None:
    """A client of the API may send just one of them."""
    entry = await add_account(**CHANGED)
    await (await browser.options(entry, "settings")).submit(**{name: DEFAULTS[name]})
    await hass.async_block_till_done()

    assert dict(entry.options) == {**CHANGED, name: DEFAULTS[name]}


async def test_settings_that_stay_the_same_load_nothing(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Looking at them is free."""
    entry = await add_account(**CHANGED)
    loads = Loads(entry)
    await (await browser.options(entry, "settings")).submit()
    await hass.async_block_till_done()

    assert loads.count == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("poll_interval", 9),
        ("poll_interval", 3601),
        ("poll_interval", "often"),
        ("offline_after", 0),
        ("keep_unsent", -1),
        ("max_per_hour", -1),
        ("privacy", "secret"),
        ("volume", 11),
    ],
)
async def test_what_makes_no_sense_is_refused(
    phone: Phone, add_account: AddAccount, browser: Browser, name: str, value: Any
) -> None:
    """The field is named, and the same form goes on."""
    entry = await add_account()
    flow = await browser.options(entry, "settings")
    assert await flow.refuse(**{name: value})
    assert dict(entry.options) == {}

    await flow.submit()
    assert dict(entry.options) == DEFAULTS


async def test_settings_can_be_changed_while_the_account_is_not_loaded(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """They are used when it is loaded."""
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    sim.fail(faults.http_error(500), times=None)
    await hass.config_entries.async_setup(entry.entry_id)
    await (await browser.options(entry, "settings")).submit(poll_interval=60)
    await hass.async_block_till_done()
    assert hass.config_entries.async_loaded_entries(DOMAIN) == []

    sim.faults.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.runtime_data.update_interval.total_seconds() == 60


# --- the doorbell -----------------------------------------------------------------------------------------------------


async def ring(browser: Browser, entry: MockConfigEntry) -> None:
    """Ring as the service does."""
    assert (await browser.client.post(f"/api/webhook/{entry.data['webhook_id']}")).status == 200


async def test_the_address_of_the_doorbell_is_shown(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """With what to do with it. Closing the page changes nothing."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account(poll_interval=60)
    loads = Loads(entry)
    flow = await browser.options(entry, "push")

    assert flow.step == "push"
    assert f"`https://home.example.com/api/webhook/{entry.data['webhook_id']}`" in flow.read["step.push.description"]
    assert "https://smsgateway24.com" in flow.read["step.push.description"]
    assert flow.filled_in == {"renew": False}
    await hass.async_block_till_done()
    assert dict(entry.options) == {"poll_interval": 60}
    assert loads.count == 0


async def test_the_page_waits_for_the_first_ring(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Whoever has entered the address wants to see that it works."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account(poll_interval=60)
    loads = Loads(entry)
    flow = await browser.options(entry, "push")
    await flow.submit()
    assert flow.page["type"] == "progress"
    assert "Text one of your phones" in flow.read["progress.wait_for_ring"]

    await ring(browser, entry)
    await flow.catch_up()
    assert flow.step == "push_received"
    assert flow.read["step.push_received.title"] == "Received"
    await flow.submit()
    await hass.async_block_till_done()
    assert flow.page["type"] == "create_entry"
    assert dict(entry.options) == {"poll_interval": 60}
    assert loads.count == 0


async def test_a_ring_that_came_while_the_page_was_open_counts(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The service may have a button for it, which is pressed before one comes back to this page."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account()
    flow = await browser.options(entry, "push")
    await ring(browser, entry)
    await flow.submit()

    assert flow.step == "push_received"


async def test_only_a_ring_since_the_page_was_opened_counts(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Also where the account was loaded anew meanwhile, and whoever answers has not heard of the earlier ones."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account()
    await ring(browser, entry)
    await ring(browser, entry)
    flow = await browser.options(entry, "push")
    await hass.config_entries.async_reload(entry.entry_id)
    await flow.submit()
    assert flow.page["type"] == "progress"
    await ring(browser, entry)
    await flow.catch_up()
    assert flow.step == "push_received"

    flow = await browser.options(entry, "push")
    await hass.config_entries.async_reload(entry.entry_id)
    await ring(browser, entry)
    await flow.submit()
    assert flow.step == "push_received"


async def test_a_ring_counts_also_if_the_account_was_loaded_anew_after_it(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """It came since the page was opened, and the service need not ring again."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account()
    await ring(browser, entry)
    flow = await browser.options(entry, "push")
    await ring(browser, entry)
    await hass.config_entries.async_reload(entry.entry_id)
    await flow.submit()

    assert flow.step == "push_received"


async def test_a_ring_counts_that_came_after_the_account_was_loaded(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The page can be opened before that, and nobody has counted until then."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    flow = await browser.options(entry, "push")
    await hass.config_entries.async_setup(entry.entry_id)
    await ring(browser, entry)
    await flow.submit()

    assert flow.step == "push_received"


async def test_a_ring_that_does_not_come_is_not_waited_for_for_ever(
    hass: HomeAssistant,
    phone: Phone,
    add_account: AddAccount,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then the page says what may be the matter, and one can wait again, look at the address again, or leave."""
    monkeypatch.setattr("custom_components.smsgateway24.options_flow._WAIT_FOR_RING", 0.01)
    hass.config.external_url = "https://home.example.com"
    entry = await add_account(poll_interval=60)
    flow = await browser.options(entry, "push")
    await flow.submit()
    await flow.catch_up()
    assert flow.step == "push_missing"
    assert "polling" in flow.read["step.push_missing.description"]

    await flow.choose("push_wait")
    await flow.catch_up()
    assert flow.step == "push_missing"
    await flow.choose("push")
    assert entry.data["webhook_id"] in flow.read["step.push.description"]
    await flow.submit()
    await flow.catch_up()
    await flow.choose("push_leave")
    assert flow.page["type"] == "create_entry"
    assert dict(entry.options) == {"poll_interval": 60}


async def test_an_account_that_is_unloaded_is_waited_for_no_more(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Nobody hears a ring there."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account()
    flow = await browser.options(entry, "push")
    await flow.submit()
    await hass.config_entries.async_unload(entry.entry_id)
    await flow.catch_up()
    assert flow.step == "push_missing"
    await flow.choose("push_wait")
    assert flow.page["type"] == "create_entry"


async def test_a_new_address_is_made_on_request(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The old one is dead at once, and nothing is loaded for it."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account()
    loads = Loads(entry)
    old = entry.data["webhook_id"]
    flow = await browser.options(entry, "push")
    await flow.submit(renew=True)

    assert flow.step == "push"
    assert flow.filled_in == {"renew": False}
    new = entry.data["webhook_id"]
    assert new != old
    assert new in flow.read["step.push.description"]
    assert old not in flow.read["step.push.description"]
    await hass.async_block_till_done()
    assert loads.count == 0
    rings = entry.runtime_data.doorman.rings
    await browser.client.post(f"/api/webhook/{old}")
    assert entry.runtime_data.doorman.rings == rings
    await browser.client.post(f"/api/webhook/{new}")
    assert entry.runtime_data.doorman.rings == rings + 1


@pytest.mark.parametrize("external_url", [None, "https://192.168.1.5:8123", "http://127.0.0.1:8123"])
async def test_without_an_address_on_the_internet_there_is_no_doorbell(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser, external_url: str | None
) -> None:
    """The service is on the internet and cannot reach into the house."""
    hass.config.internal_url = "http://192.168.1.5:8123"
    hass.config.external_url = external_url
    flow = await browser.options(await add_account(), "push")

    assert flow.reason == "not_reachable"


async def test_an_address_on_the_internet_needs_no_name(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Not everybody has a domain."""
    hass.config.external_url = "http://8.8.8.8:8123"
    flow = await browser.options(await add_account(), "push")

    assert "`http://8.8.8.8:8123/api/webhook/" in flow.read["step.push.description"]


async def test_the_doorbell_can_be_switched_off(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Then the page says how to switch it on."""
    hass.config.external_url = "https://home.example.com"
    flow = await browser.options(await add_account(push=False), "push")

    assert flow.reason == "push_off"


async def test_an_account_that_never_was_loaded_has_no_doorbell_yet(
    hass: HomeAssistant, sim: Simulator, browser: Browser
) -> None:
    """It is made when the account is loaded for the first time."""
    hass.config.external_url = "https://home.example.com"
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    flow = await browser.options(entry, "push")

    assert flow.reason == "not_loaded"


async def test_the_address_of_the_doorbell_is_shown_while_the_account_is_not_loaded(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """It is the same as ever."""
    hass.config.external_url = "https://home.example.com"
    entry = await add_account()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    flow = await browser.options(entry, "push")

    assert entry.data["webhook_id"] in flow.read["step.push.description"]
    await flow.submit()
    assert flow.page["type"] == "create_entry"
