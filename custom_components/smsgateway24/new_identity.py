"""Gives the device of a phone the id that the phone has now, and with it everything that hangs on the old one.

The device and its entities stay what they are in the registries, so names, areas, automations and history stay too. To
be done while the account is not loaded: entities that are running would not know what they are any more.
"""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import DOMAIN
from .devices import phone_devices
from .recipients import CONF_PHONE, SUBENTRY_RECIPIENT


@callback
def async_move_phone(hass: HomeAssistant, entry: ConfigEntry[Any], old_id: str, new_id: str) -> None:
    """Let a phone's device go on under a new id, in the place of the device that was made for that.

    Raises KeyError if there is no device of the old id.
    """
    devices = phone_devices(hass, entry)
    old = devices[old_id]
    if (new := devices.get(new_id)) is not None:
        # Its entities go with it.
        dr.async_get(hass).async_remove_device(new.id)
    dr.async_get(hass).async_update_device(old.id, new_identifiers={(DOMAIN, new_id)})
    registry = er.async_get(hass)
    for entity in er.async_entries_for_device(registry, old.id, include_disabled_entities=True):
        if entity.platform == DOMAIN and entity.unique_id.startswith(f"{old_id}_"):
            key = entity.unique_id.removeprefix(f"{old_id}_")
            registry.async_update_entity(entity.entity_id, new_unique_id=f"{new_id}_{key}")
    async_text_through(hass, entry, old_id, {CONF_PHONE: new_id})


@callback
def async_text_through(hass: HomeAssistant, entry: ConfigEntry[Any], phone_id: str, changes: dict[str, Any]) -> None:
    """Change all recipients that are texted through a phone."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_RECIPIENT):
        if subentry.data[CONF_PHONE] == phone_id:
            hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, **changes})
