"""The doorbell's address: where the service rings when a message has come or a status has changed.

The service signs nothing (no secret or header is documented), so what is posted is never believed: a ring makes the list
be read, and what is read is the news. All that is taken from a post is the id of a message, which is looked for a few
times more if the list does not show it yet.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
import re
from typing import Any, Final

from aiohttp import ClientError
from aiohttp.hdrs import METH_POST
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.const import CONF_WEBHOOK_ID, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.start import async_at_started
from yarl import URL

from .const import CONF_SHOWN_ADDRESS, DOMAIN, LOGGER
from .coordinator import SmsGateway24ConfigEntry
from .settings import Settings

# All that is read of a post. The documented ones have a few hundred bytes, and the id stands near the beginning.
_MOST_BYTES: Final = 4096
# Whoever posts slowly gets the answer all the same, in seconds.
_PATIENCE: Final = 1.0
# In JSON, in a form, and in one of several parts, which for a request through Home Assistant Cloud nobody can take apart.
_MESSAGE_ID: Final = re.compile(rb"""(?:sms|message)_id["'\s:=]{1,8}([0-9]{1,18})(?![0-9])""")
# A post about a status is about a message that is known, or that is too old to be listed.
_ABOUT_A_STATUS: Final = re.compile(rb"status_id|status_message|delivery_status")


@callback
def async_open_doorbells(hass: HomeAssistant) -> None:
    """Open the addresses of all accounts, so that a ring has its answer before they are loaded, and while they are not."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        if CONF_WEBHOOK_ID in entry.data and entry.disabled_by is not ConfigEntryDisabler.USER:
            async_open_doorbell(hass, entry)


@callback
def async_open_doorbell(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Open the account's address, or close it if rings are not wanted; it is made up once and stays from then on."""
    async_close_doorbell(hass, entry)
    if not Settings.from_options(entry.options).push:
        return
    if CONF_WEBHOOK_ID not in entry.data:
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_WEBHOOK_ID: webhook.async_generate_id()})

    async def async_ring(_hass: HomeAssistant, _webhook_id: str, request: Request) -> Response | None:
        await _async_ring(entry, request)
        return None

    webhook.async_register(
        hass, DOMAIN, entry.title, entry.data[CONF_WEBHOOK_ID], async_ring, allowed_methods=[METH_POST]
    )


@callback
def async_close_doorbell(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Close the account's address, if it is open. Who rings there has the same answer as anywhere else."""
    if CONF_WEBHOOK_ID in entry.data:
        webhook.async_unregister(hass, entry.data[CONF_WEBHOOK_ID])


async def async_doorbell_address(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Return the address for the service's panel: one of Home Assistant Cloud if there is one, else one's own.

    Raises NoURLAvailableError if Home Assistant cannot be reached from the internet.
    """
    webhook_id: str = entry.data[CONF_WEBHOOK_ID]
    if (cloud := _subscribed_cloud(hass)) is not None:
        try:
            address: str = await cloud.async_get_or_create_cloudhook(hass, webhook_id)
        except (HomeAssistantError, ClientError, TimeoutError, ValueError) as err:
            LOGGER.debug("Home Assistant Cloud has no address to give: %s", type(err).__name__)
        else:
            return address
    return _own_address(hass, webhook_id)


@callback
def _cloud(hass: HomeAssistant) -> Any:
    """Return Home Assistant Cloud; None if it is not loaded. It is large, so it is taken only where it is there anyway."""
    if "cloud" not in hass.config.components:
        return None
    from homeassistant.components import cloud  # noqa: PLC0415

    return cloud


@callback
def _subscribed_cloud(hass: HomeAssistant) -> Any:
    """Return Home Assistant Cloud if it gives addresses; else None."""
    cloud = _cloud(hass)
    return cloud if cloud is not None and cloud.async_active_subscription(hass) else None


def _own_address(hass: HomeAssistant, webhook_id: str) -> str:
    base = get_url(hass, allow_internal=False, allow_cloud=False, prefer_external=True, allow_ip=True)
    with suppress(ValueError):
        if not ip_address(URL(base).host or "").is_global:
            # The service is on the internet, and cannot reach into the house.
            raise NoURLAvailableError
    return f"{base}{webhook.async_generate_path(webhook_id)}"


@callback
def async_note_shown_address(hass: HomeAssistant, entry: ConfigEntry[Any], address: str) -> None:
    """Remember the address that the user has been shown, so that it can be noticed when it no longer leads here."""
    if entry.data.get(CONF_SHOWN_ADDRESS) != address:
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_SHOWN_ADDRESS: address})


@callback
def async_watch_address(hass: HomeAssistant, entry: SmsGateway24ConfigEntry, report: Callable[[bool], None]) -> None:
    """Report, now and whenever it may have changed, whether the address that the user was shown leads here no more."""

    @callback
    def look(_: object) -> None:
        report(_has_moved(hass, entry))

    async def look_again(_: HomeAssistant, __: ConfigEntry[Any]) -> None:
        report(_has_moved(hass, entry))

    # What there is of Home Assistant Cloud is known only when all is there.
    entry.async_on_unload(async_at_started(hass, look))
    entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, look))
    entry.async_on_unload(entry.add_update_listener(look_again))


@callback
def _has_moved(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    shown: str | None = entry.data.get(CONF_SHOWN_ADDRESS)
    if shown is None or not Settings.from_options(entry.options).push:
        return False
    webhook_id: str = entry.data[CONF_WEBHOOK_ID]
    if shown.endswith(webhook.async_generate_path(webhook_id)):
        try:
            return shown != _own_address(hass, webhook_id)
        except NoURLAvailableError:
            return True
    return _subscribed_cloud(hass) is None


async def async_renew_doorbell(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> None:
    """Make up a new address; the old one is dead from now on."""
    async_close_doorbell(hass, entry)
    await _async_delete_cloudhook(hass, entry)
    # Without reloading: the update listener looks neither at this nor at what was shown.
    data = {key: value for key, value in entry.data.items() if key != CONF_SHOWN_ADDRESS}
    hass.config_entries.async_update_entry(entry, data={**data, CONF_WEBHOOK_ID: webhook.async_generate_id()})
    async_open_doorbell(hass, entry)
    if (coordinator := getattr(entry, "runtime_data", None)) is not None:
        # Nobody can ring before the new address is in the panel, and that is no silence.
        coordinator.mailbox.trust.reset()


async def async_remove_doorbell(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take the address away for good."""
    async_close_doorbell(hass, entry)
    await _async_delete_cloudhook(hass, entry)


async def _async_delete_cloudhook(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    if (cloud := _cloud(hass)) is None or CONF_WEBHOOK_ID not in entry.data:
        return
    # There may be none, or no cloud to be told; an address whose id is gone leads nowhere anyway.
    with suppress(HomeAssistantError, ClientError, TimeoutError, ValueError, KeyError):
        await cloud.async_delete_cloudhook(hass, entry.data[CONF_WEBHOOK_ID])


async def _async_ring(entry: SmsGateway24ConfigEntry, request: Request) -> None:
    """Have the account read, and look for the message that the post names."""
    coordinator = getattr(entry, "runtime_data", None)
    if coordinator is None:
        # It is not loaded, and reads everything when it is.
        return
    coordinator.doorman.async_ring()
    message_id = await _async_named_message(request)
    if message_id is not None and not coordinator.mailbox.knows(message_id):
        coordinator.doorman.async_hint(message_id)


async def _async_named_message(request: Request) -> int | None:
    """Return the id of the new message that a post is about; None if it names none."""
    body = b""
    # A request through Home Assistant Cloud has another content each time that it is asked for it.
    content = request.content
    # What comes may break off, or be no HTTP at all, and none of that is anybody's concern.
    with suppress(Exception):
        async with asyncio.timeout(_PATIENCE):
            while len(body) < _MOST_BYTES and (chunk := await content.read(_MOST_BYTES - len(body))):
                body += chunk
    if _ABOUT_A_STATUS.search(body):
        return None
    named = _MESSAGE_ID.search(body)
    return int(named[1]) or None if named else None
