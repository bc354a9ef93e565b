"""The doorbell: an address that the service calls when a message has come or a status has changed.

The service signs nothing (no secret or header is documented), so what is posted is never looked at, let alone
believed: a call makes the next poll happen now, and that poll is the news. Calls are merged and limited by the
coordinator, so that a forged one costs a bounded read and creates nothing.
"""

from aiohttp.hdrs import METH_POST
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import SmsGateway24ConfigEntry


@callback
def async_register_doorbell(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> None:
    """Open the account's address until the account is unloaded; it is made up once and stays the same from then on."""
    coordinator = entry.runtime_data
    if CONF_WEBHOOK_ID not in entry.data:
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_WEBHOOK_ID: webhook.async_generate_id()})
    webhook_id: str = entry.data[CONF_WEBHOOK_ID]

    async def async_ring(_hass: HomeAssistant, _webhook_id: str, _request: Request) -> Response | None:
        # In the background: the service gets its answer at once, and the body is left unread.
        entry.async_create_background_task(hass, coordinator.async_request_refresh(), f"{DOMAIN} doorbell")
        return None

    webhook.async_register(hass, DOMAIN, entry.title, webhook_id, async_ring, allowed_methods=[METH_POST])
    entry.async_on_unload(lambda: webhook.async_unregister(hass, webhook_id))


@callback
def async_doorbell_url(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> str:
    """Return the address for the service's panel.

    Raises NoURLAvailableError if Home Assistant cannot be reached from the internet.
    """
    return webhook.async_generate_url(hass, entry.data[CONF_WEBHOOK_ID], allow_internal=False, allow_ip=False)
