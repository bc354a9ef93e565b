"""Which account, and which of its phones, an action is meant for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..const import DOMAIN
from ..coordinator import SmsGateway24ConfigEntry
from ..devices import phone_devices
from .values import AS_GIVEN, read_text

ACCOUNT_FIELD: Final = {vol.Optional(ATTR_CONFIG_ENTRY_ID): AS_GIVEN}
TARGET_FIELDS: Final = {
    **ACCOUNT_FIELD,
    vol.Optional(ATTR_DEVICE_ID): AS_GIVEN,
}


@dataclass(frozen=True, slots=True)
class Target:
    """An account that is loaded, and the phone that was named, None if none was."""

    account: SmsGateway24ConfigEntry
    phone_id: str | None


@callback
def async_find_target(hass: HomeAssistant, fields: Mapping[str, Any]) -> Target:
    """Return what the fields of an action point to.

    A phone also says which account is meant, and one account needs no pointing. Raises ServiceValidationError.
    """
    accounts = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    entry_id, device_id = (
        read_text(field, fields[field]) if field in fields else None for field in (ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID)
    )
    if device_id is None:
        return Target(_loaded(_account(accounts, entry_id)), None)
    account, phone_id = _phone(hass, accounts, device_id)
    if entry_id is not None and account is not _account(accounts, entry_id):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="phone_of_other_account")
    return Target(_loaded(account), phone_id)


def _account(accounts: list[ConfigEntry[Any]], entry_id: str | None) -> ConfigEntry[Any]:
    # Home Assistant has a helper for this; its words do not say what to do.
    if not accounts:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_account")
    if entry_id is None and len(accounts) > 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="several_accounts")
    found = next((account for account in accounts if entry_id in {None, account.entry_id}), None)
    if found is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="unknown_account")
    return found


def _loaded(account: ConfigEntry[Any]) -> SmsGateway24ConfigEntry:
    if account.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="account_not_loaded",
            translation_placeholders={"account": account.title},
        )
    return account


def _phone(hass: HomeAssistant, accounts: list[ConfigEntry[Any]], device_id: str) -> tuple[ConfigEntry[Any], str]:
    for account in accounts:
        for phone_id, device in phone_devices(hass, account).items():
            if device.id == device_id:
                return account, phone_id
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_phone")
