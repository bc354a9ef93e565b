"""What the tests of the documentation share: the home that its examples are for."""

from collections.abc import AsyncIterator

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant
import pytest

from simulator import Phone, Simulator
from tests.conftest import ANNA, BEN, AddAccount, recipient

from .running import SUNDAY, ZONE, Home


@pytest.fixture
def _sunday(freezer: FrozenDateTimeFactory) -> None:
    """Begin on a Sunday, before the service does."""
    freezer.move_to(SUNDAY)


@pytest.fixture
async def home(
    _sunday: None,
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    freezer: FrozenDateTimeFactory,
) -> AsyncIterator[Home]:
    """Set up a home with the people of the examples."""
    await hass.config.async_set_time_zone(ZONE)
    attic_phone = sim.add_phone("Attic phone", phone_id=1297)
    account = await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN))
    yield Home(hass, sim, phone, attic_phone, account, freezer)
    # What still waits would wait for ever.
    for automation in hass.states.async_all(AUTOMATION):
        await hass.services.async_call(AUTOMATION, "turn_off", {"entity_id": automation.entity_id}, blocking=True)
