"""Phones as devices: kept as the service describes them, and removed when it no longer lists them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .api import Phone
from .const import DOMAIN, LOGGER

# A phone that signs in again may be missing for a while, or come back under a new id (vendor's news of 2022); its
# device, with all that the user has made of it, is not thrown away at once.
REMOVE_AFTER: Final = timedelta(days=1)


def phone_device_info(phone: Phone) -> DeviceInfo:
    """Describe a phone's device."""
    return DeviceInfo(
        identifiers={(DOMAIN, phone.id)},
        name=phone.title,
        serial_number=phone.serial_number,
        sw_version=phone.app_version,
    )


def signal_phone_removed(entry_id: str) -> str:
    """Return the signal that a phone's device was removed; it carries the phone's id."""
    return f"{DOMAIN}_phone_removed_{entry_id}"


@callback
def phone_devices(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, dr.DeviceEntry]:
    """Return the devices of an account's phones by the phones' ids, whether the account is loaded or not."""
    return {
        phone_id: device
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        if device.entry_type is not dr.DeviceEntryType.SERVICE and (phone_id := device_phone_id(device)) is not None
    }


def device_phone_id(device: dr.DeviceEntry) -> str | None:
    """Return the id of the phone, or of the recipient, that a device stands for."""
    return next((identifier[1] for identifier in device.identifiers if identifier[0] == DOMAIN), None)


@callback
def async_update_phone_devices(hass: HomeAssistant, entry: ConfigEntry[Any], phones: Iterable[Phone]) -> None:
    """Create the devices of new phones, and take over what has changed on the others."""
    registry = dr.async_get(hass)
    for phone in phones:
        registry.async_get_or_create(config_entry_id=entry.entry_id, **phone_device_info(phone))


@callback
def async_remove_gone_phones(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    listed: Iterable[str],
    missing_since: dict[str, datetime],
    now: datetime,
    is_held: Callable[[str], bool],
) -> bool:
    """Remove the devices of phones that the service has not listed for a day, and say whether the notes changed.

    ``missing_since`` holds since when each phone is missing from lists that could be read; it is updated in place.
    ``is_held`` says whether a phone's device is still needed for a repair.
    """
    before = dict(missing_since)
    present = set(listed)
    devices = phone_devices(hass, entry)
    for phone_id in list(missing_since):
        if phone_id in present or phone_id not in devices:
            del missing_since[phone_id]
    for phone_id, device in devices.items():
        if phone_id in present:
            continue
        if now - missing_since.setdefault(phone_id, now) >= REMOVE_AFTER and not is_held(phone_id):
            LOGGER.info("Phone %s has not been listed for a day and is removed", phone_id)
            dr.async_get(hass).async_remove_device(device.id)
            async_dispatcher_send(hass, signal_phone_removed(entry.entry_id), phone_id)
            del missing_since[phone_id]
    return missing_since != before
