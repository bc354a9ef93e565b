"""Which phones the target of a trigger or a condition stands for."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .const import DOMAIN

# Where a target may name what is left out of it (Home Assistant 2026.11).
_EXCLUDE: Final = "exclude"
_ONLINE: Final = "_online"


@callback
def is_targeted(hass: HomeAssistant, target: Mapping[str, Any], device_id: str | None) -> bool:
    """Whether a phone is among those that a target stands for; no target stands for all.

    It is resolved anew each time, so that areas, floors and labels are what they are now.
    """
    chosen = {key: value for key, value in target.items() if key != _EXCLUDE}
    if TargetSelection(chosen).has_any_target and device_id not in _devices(hass, chosen):
        return False
    return device_id not in _devices(hass, target.get(_EXCLUDE) or {})


@callback
def online_sensor(hass: HomeAssistant, entity_id: str) -> er.RegistryEntry | None:
    """Return the registry's entry of an entity if it is the one that says whether a phone is online."""
    if not entity_id.startswith(f"{BINARY_SENSOR}."):
        return None
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.platform != DOMAIN or not entry.unique_id.endswith(_ONLINE):
        return None
    return entry


@callback
def online_sensors(hass: HomeAssistant) -> list[er.RegistryEntry]:
    """Return the entities of all accounts that say whether a phone is online."""
    entities = er.async_get(hass).entities
    return [
        entity
        for account in hass.config_entries.async_entries(DOMAIN)
        for entity in entities.get_entries_for_config_entry_id(account.entry_id)
        if online_sensor(hass, entity.entity_id) is not None
    ]


def phone_of(sensor: er.RegistryEntry) -> str:
    """Return the id of the phone that such an entity belongs to."""
    return sensor.unique_id.removesuffix(_ONLINE)


def _devices(hass: HomeAssistant, target: Mapping[str, Any]) -> set[str | None]:
    """Return the devices that a target stands for, directly or through one of their entities."""
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(dict(target)))
    registry = er.async_get(hass)
    entries = (registry.async_get(entity_id) for entity_id in selected.referenced | selected.indirectly_referenced)
    return {*selected.referenced_devices, *(entry.device_id for entry in entries if entry)} - {None}
