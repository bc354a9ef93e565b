"""What the tests of the actions share."""

from homeassistant.const import CONF_EMAIL, CONF_PASSWORD, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator
from tests.conftest import ANNA, AddAccount, recipient

from .sending import CARL


@pytest.fixture
async def account(hass: HomeAssistant, phone: Phone, add_account: AddAccount) -> MockConfigEntry:
    """Set up an account in Britain with a phone and a recipient."""
    hass.config.country = "GB"
    return await add_account(recipient("Anna", ANNA))


@pytest.fixture
async def second(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> MockConfigEntry:
    """Set up another account beside the first one, with a phone and a recipient of its own."""
    owner = sim.add_account("other@example.com", "other-password", "other-token-0123456789abcdef")
    sim.add_phone("Barn phone", phone_id=2001, account=owner)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=owner.email,
        unique_id=owner.email,
        data={
            CONF_EMAIL: owner.email,
            CONF_PASSWORD: owner.password,
            CONF_TOKEN: owner.token,
            CONF_URL: sim.url,
        },
        subentries_data=[recipient("Carl", CARL)],
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry
