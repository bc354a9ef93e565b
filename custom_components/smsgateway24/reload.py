"""When a changed account has to be loaded anew.

Subentries make an update listener necessary, and an entry that has one must do all reloading through it. It is not
called when nothing has changed, and does not exist when the set-up has failed; there the flows reload.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from .coordinator import SmsGateway24ConfigEntry


async def async_reload_if_changed(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> None:
    """Reload the account if something has changed that it was loaded with."""
    if entry.runtime_data.async_is_outdated():
        hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def async_watch_country(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> CALLBACK_TYPE:
    """Have the account reloaded when Home Assistant's country changes, which tells what local numbers mean."""

    async def async_changed(_: Event) -> None:
        await async_reload_if_changed(hass, entry)

    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, async_changed)


@callback
def async_update_from_flow(
    hass: HomeAssistant, entry: SmsGateway24ConfigEntry, *, unique_id: str, title: str, data: Mapping[str, Any]
) -> None:
    """Store what a flow has found out, and make sure that the account is loaded with it.

    The user has just signed in, so the account is reloaded even if nothing has changed: it may have been given up.
    """
    # Looked up before the update: the listener runs within it, and may have begun to unload the account after it.
    coordinator = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
    changed = hass.config_entries.async_update_entry(entry, unique_id=unique_id, title=title, data=data)
    if not changed or coordinator is None or not coordinator.async_is_outdated():
        hass.config_entries.async_schedule_reload(entry.entry_id)
