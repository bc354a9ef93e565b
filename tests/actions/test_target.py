"""Which account and which phone an action is meant for."""

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import CONF_EMAIL, CONF_PASSWORD, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator
from tests.conftest import ANNA, AddAccount, recipient

from .calls import device_of, refusal, texts


@pytest.fixture
async def other(hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount) -> MockConfigEntry:
    """Set up two accounts with a phone and a message each, and return the second one."""
    account = sim.add_account("other@example.com", "other-password", "other-token-0123456789abcdef")
    sim.receive(phone, ANNA, "to the first")
    sim.receive(sim.add_phone("Barn phone", phone_id=2001, account=account), ANNA, "to the second")
    await add_account(recipient("Anna", ANNA))
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=account.email,
        unique_id=account.email,
        data={
            CONF_EMAIL: account.email,
            CONF_PASSWORD: account.password,
            CONF_TOKEN: account.token,
            CONF_URL: sim.url,
        },
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
def first(hass: HomeAssistant, other: MockConfigEntry) -> MockConfigEntry:
    """Return the first of the two accounts."""
    (entry,) = (entry for entry in hass.config_entries.async_entries(DOMAIN) if entry.entry_id != other.entry_id)
    assert isinstance(entry, MockConfigEntry)
    return entry


async def test_one_account_need_not_be_named(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """It may be, though."""
    entry = await add_account()
    sim.receive(phone, ANNA, "hello")

    assert await texts(hass) == ["hello"]
    assert await texts(hass, config_entry_id=entry.entry_id) == ["hello"]
    assert await texts(hass, device_id=device_of(hass, entry, phone)) == ["hello"]


async def test_with_two_accounts_one_has_to_be_named(hass: HomeAssistant, other: MockConfigEntry) -> None:
    """Guessing might read somebody else's messages."""
    assert (await refusal(hass)).translation_key == "several_accounts"
    assert await texts(hass, config_entry_id=other.entry_id) == ["to the second"]


async def test_a_phone_says_which_account_is_meant(
    hass: HomeAssistant, first: MockConfigEntry, other: MockConfigEntry
) -> None:
    """Alone, or together with its own account."""
    assert await texts(hass, device_id=device_of(hass, first, "1576")) == ["to the first"]
    barn = device_of(hass, other, "2001")
    assert await texts(hass, device_id=barn) == ["to the second"]
    assert await texts(hass, device_id=barn, config_entry_id=other.entry_id) == ["to the second"]


async def test_a_phone_of_another_account_is_refused(
    hass: HomeAssistant, first: MockConfigEntry, other: MockConfigEntry
) -> None:
    """One of the two must be a mistake."""
    error = await refusal(hass, device_id=device_of(hass, first, "1576"), config_entry_id=other.entry_id)
    assert error.translation_key == "phone_of_other_account"


async def test_a_recipient_is_no_phone(hass: HomeAssistant, first: MockConfigEntry) -> None:
    """Although it is a device of ours."""
    (anna,) = first.subentries
    assert (await refusal(hass, device_id=device_of(hass, first, anna))).translation_key == "not_a_phone"


async def test_somebody_elses_device_is_no_phone(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry, first: MockConfigEntry
) -> None:
    """Nor is one that does not exist."""
    lamps = MockConfigEntry(domain="lamps")
    lamps.add_to_hass(hass)
    lamp = device_registry.async_get_or_create(config_entry_id=lamps.entry_id, identifiers={("lamps", "1576")})

    for device_id in (lamp.id, "no-such-device"):
        assert (await refusal(hass, device_id=device_id)).translation_key == "not_a_phone"


@pytest.mark.parametrize("wanted", ["lamps", "nothing"])
async def test_an_account_that_is_none_is_refused(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, wanted: str
) -> None:
    """Also with one account only: it is not the one that was meant."""
    await add_account()
    MockConfigEntry(domain="lamps", entry_id="lamps").add_to_hass(hass)

    assert (await refusal(hass, config_entry_id=wanted)).translation_key == "unknown_account"


async def test_without_any_account_there_is_nothing_to_read(hass: HomeAssistant) -> None:
    """And it says what to do."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert (await refusal(hass)).translation_key == "no_account"


async def test_an_account_that_is_not_loaded_cannot_be_asked(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount
) -> None:
    """However it is named; once it is loaded, it can."""
    entry = await add_account()
    device_id = device_of(hass, entry, phone)
    await hass.config_entries.async_unload(entry.entry_id)

    for fields in ({}, {"config_entry_id": entry.entry_id}, {"device_id": device_id}):
        error = await refusal(hass, **fields)
        assert error.translation_key == "account_not_loaded"
        assert error.translation_placeholders == {"account": entry.title}
    await hass.config_entries.async_setup(entry.entry_id)
    assert await texts(hass) == []


async def test_a_disabled_account_does_not_count(hass: HomeAssistant, other: MockConfigEntry) -> None:
    """The one that is left need not be named."""
    await hass.config_entries.async_set_disabled_by(other.entry_id, ConfigEntryDisabler.USER)

    assert await texts(hass) == ["to the first"]
    assert (await refusal(hass, config_entry_id=other.entry_id)).translation_key == "unknown_account"
