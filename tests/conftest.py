"""What the tests share: a simulated service, and an account of it in Home Assistant."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_EMAIL, CONF_PASSWORD, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

# Imported first, or the test plugin's own custom_components package takes its place.
from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator

ANNA = "+447700900123"
BEN = "+12025550123"

type AddAccount = Callable[..., Awaitable[MockConfigEntry]]
type Poll = Callable[[MockConfigEntry], Awaitable[None]]


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration."""


@pytest.fixture(autouse=True)
def _storage(hass_storage: dict[str, Any]) -> None:
    """Keep what is stored in memory, and apart for each test."""


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncIterator[Simulator]:
    """Run a simulated service in which time stands still, with no phones."""
    async with Simulator() as simulator:
        yield simulator


@pytest.fixture
def phone(sim: Simulator) -> Phone:
    """Add a healthy phone with one SIM."""
    return sim.add_phone("Hall phone", phone_id=1576, serial_number="R58M00EXAMPLE")


def recipient(name: str, number: str, **changes: Any) -> ConfigSubentryData:
    """Describe a recipient's subentry."""
    data = {"name": name, "number": number, "phone": "auto", "sim": None, "trusted": False, **changes}
    return ConfigSubentryData(data=data, subentry_type="recipient", title=name, unique_id=number)


def make_entry(sim: Simulator, *recipients: ConfigSubentryData, **options: Any) -> MockConfigEntry:
    """Describe the simulated account as a config entry, without adding it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=sim.account.email,
        unique_id=sim.account.email,
        data={
            CONF_EMAIL: sim.account.email,
            CONF_PASSWORD: sim.account.password,
            CONF_TOKEN: sim.account.token,
            CONF_URL: sim.url,
        },
        options=options,
        subentries_data=list(recipients),
    )


@pytest.fixture
def add_account(hass: HomeAssistant, sim: Simulator) -> AddAccount:
    """Return a function that adds the simulated account to Home Assistant, with recipients and options."""

    async def add(*recipients: ConfigSubentryData, **options: Any) -> MockConfigEntry:
        entry = make_entry(sim, *recipients, **options)
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return entry

    return add


@pytest.fixture
async def poll(hass: HomeAssistant) -> Poll:
    """Return a function that reads the service once, as the interval would."""

    async def read(entry: MockConfigEntry) -> None:
        await entry.runtime_data.async_refresh()
        await hass.async_block_till_done()

    return read
