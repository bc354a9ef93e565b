"""What the tests of the blueprints share: automations that are made from them, and the account they text through."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.persistent_notification import DOMAIN as PERSISTENT_NOTIFICATION
from homeassistant.const import SERVICE_TURN_OFF
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Phone
from tests.conftest import ANNA, BEN, AddAccount, recipient

from .files import FOLDER
from .running import AUTOMATION_ID, ENTITY

type Make = Callable[..., Awaitable[None]]


@pytest.fixture
async def account(hass: HomeAssistant, phone: Phone, add_account: AddAccount) -> MockConfigEntry:
    """Set up an account with Anna, who may command the house, and Ben, who may not."""
    return await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN))


@pytest.fixture
async def make(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[Make]:
    """Return a function that makes an automation from a blueprint, which lies where Home Assistant imports it to."""
    # Every Home Assistant has it.
    assert await async_setup_component(hass, PERSISTENT_NOTIFICATION, {})
    hass.config.config_dir = str(tmp_path)
    shutil.copytree(FOLDER, tmp_path / "blueprints" / AUTOMATION / "ha-smsgateway24")

    async def automation(name: str, **inputs: Any) -> None:
        config = {
            "id": AUTOMATION_ID,
            "alias": "From blueprint",
            "use_blueprint": {"path": f"ha-smsgateway24/{name}.yaml", "input": inputs},
        }
        assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [config]})
        await hass.async_block_till_done()
        assert hass.states.is_state(ENTITY, "on"), "the automation is not valid"

    yield automation
    # What still waits would wait for ever.
    await hass.services.async_call(AUTOMATION, SERVICE_TURN_OFF, {"entity_id": ENTITY}, blocking=True)
