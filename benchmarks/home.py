"""A Home Assistant in this process, with the account of a simulated service in it."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from aiohttp.resolver import ThreadedResolver
from homeassistant.const import (
    CONF_EMAIL,
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_URL,
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.util.event_type import EventType
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

# Imported first, or the test plugin's own custom_components package takes its place.
from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.coordinator import SmsGateway24Coordinator
from simulator.world.account import Account


@asynccontextmanager
async def a_home() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with a folder of its own: what it stores is really written."""
    # That a compression library for its web pages is missing is of no interest here.
    logging.getLogger("aiohttp_fast_zlib").setLevel(logging.ERROR)
    with (
        TemporaryDirectory() as folder,
        # Only addresses of this machine are asked for, so there is no need for Home Assistant's own, which wants the network.
        patch("homeassistant.helpers.aiohttp_client._async_make_resolver", return_value=_Resolver()),
        # Nobody visits it, and its port may be taken.
        patch("homeassistant.components.http.server.HomeAssistantHTTP.async_bind"),
    ):
        async with async_test_home_assistant(config_dir=str(Path(folder))) as hass:
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            hass.config.country = "GB"
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)


def an_entry(account: Account, url: str, **options: Any) -> MockConfigEntry:
    """Describe an account at a simulated service."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=account.email,
        unique_id=account.email,
        data={
            CONF_EMAIL: account.email,
            CONF_PASSWORD: account.password,
            CONF_TOKEN: account.token,
            CONF_URL: url,
        },
        options=options,
    )


async def add_account(hass: HomeAssistant, account: Account, url: str, **options: Any) -> SmsGateway24Coordinator:
    """Set the account up, and return its coordinator."""
    entry = an_entry(account, url, **options)
    entry.add_to_hass(hass)
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError(f"The account could not be set up: {entry.reason}")
    await hass.async_block_till_done()
    coordinator: SmsGateway24Coordinator = entry.runtime_data
    return coordinator


async def poll(coordinator: SmsGateway24Coordinator) -> None:
    """Read the service once, as the interval would. Raises RuntimeError if that fails."""
    await coordinator.async_refresh()
    if not coordinator.last_update_success:
        raise RuntimeError(f"The service could not be read: {coordinator.last_exception}")


def count_written_states(hass: HomeAssistant) -> Counter[EventType[Any] | str]:
    """Count, from now on, the states that are written, by the kind of event: those that change, and those that do not."""
    written: Counter[EventType[Any] | str] = Counter()

    @callback
    def count(event: Event[Any]) -> None:
        written[event.event_type] += 1

    @callback
    def every(_: Any) -> bool:
        return True

    for event_type in (EVENT_STATE_CHANGED, EVENT_STATE_REPORTED):
        hass.bus.async_listen(event_type, count, event_filter=every)
    return written


class _Resolver(ThreadedResolver):
    async def real_close(self) -> None:
        """Close it for good; Home Assistant's own has this name for it."""
        await self.close()
