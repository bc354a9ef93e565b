"""System health: whether the service can be reached, and how the accounts are, at a glance.

With more than one account, what can be added up is; of the rest each account's is shown, in the order of the accounts.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.components import system_health
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback

from .api import DEFAULT_URL
from .const import DOMAIN
from .coordinator import SmsGateway24ConfigEntry, SmsGateway24Coordinator

_OK = "ok"
_NONE = "-"


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Say where the page gets it from."""
    register.async_register_info(_async_info, f"/config/integrations/integration/{DOMAIN}")


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[SmsGateway24ConfigEntry] = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    loaded: list[SmsGateway24ConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    coordinators = [entry.runtime_data for entry in loaded]
    phones = [phone for coordinator in coordinators for phone in coordinator.data.phones.values()]
    answered = [coordinator.account.client.record.last_answered for coordinator in coordinators]
    return {
        # Each address once, and asked while the page already shows the rest.
        "can_reach_service": _async_reach(hass, {entry.data[CONF_URL] for entry in entries} or {DEFAULT_URL}),
        "accounts_loaded": _of(len(loaded), len(entries)),
        "phones_online": _of(sum(phone.online is True for phone in phones), len(phones)),
        "polling": _each(map(_polling, coordinators)),
        "instant_receipt": _each(coordinator.push_state for coordinator in coordinators),
        "outbox": sum(len(coordinator.mailbox.outbox.messages) for coordinator in coordinators),
        # The account that was heard of longest ago: it is the one in trouble.
        "last_success": min((moment for moment in answered if moment is not None), default=_NONE),
    }


async def _async_reach(hass: HomeAssistant, urls: Iterable[str]) -> str | Mapping[str, str]:
    """Return what is wrong with the first address that cannot be reached."""
    results = await asyncio.gather(*(system_health.async_check_can_reach_url(hass, url) for url in sorted(urls)))
    return next((result for result in results if result != _OK), _OK)


def _polling(coordinator: SmsGateway24Coordinator) -> str:
    interval = coordinator.update_interval
    seconds = "" if interval is None else f"every {interval.total_seconds():.0f} s"
    return seconds if coordinator.last_update_success else f"failing, {seconds}"


def _of(some: int, every: int) -> str:
    return f"{some} of {every}"


def _each(words: Iterable[str]) -> str:
    return ", ".join(words) or _NONE
