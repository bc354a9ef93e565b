"""SmsGateway24: an Android phone with its SIM becomes the home's own SMS number."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, PHONE_PLATFORMS, PLATFORMS, RECIPIENT_PLATFORMS
from .coordinator import SmsGateway24ConfigEntry, SmsGateway24Coordinator
from .devices import device_phone_id, signal_phone_removed
from .problems import async_remove_issues
from .reload import async_reload_if_changed, async_watch_country
from .services import async_setup_services
from .store import AccountStore
from .webhook import async_open_doorbell, async_open_doorbells, async_remove_doorbell, async_watch_address

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, which are there whether an account is loaded or not."""
    async_setup_services(hass)
    async_open_doorbells(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> bool:
    """Load an account."""
    # There before the first refresh, so that whoever rings meanwhile has it followed by another one.
    coordinator = entry.runtime_data = SmsGateway24Coordinator(hass, entry)
    async_open_doorbell(hass, entry)
    await coordinator.async_load()
    if coordinator.is_known:
        # Whoever wants to text somebody is not to be kept from it by a service that is slow, or out of reach after a
        # power cut: the outbox keeps the message.
        await _async_set_up_before_the_phones(hass, entry)
    else:
        await coordinator.async_config_entry_first_refresh()
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_watch_address(hass, entry, coordinator.problems.async_set_push_address_changed)
    entry.async_on_unload(entry.add_update_listener(async_reload_if_changed))
    entry.async_on_unload(async_watch_country(hass, entry))
    # What has changed while the account was being loaded, nobody was there to hear.
    await async_reload_if_changed(hass, entry)

    async def async_start(_: HomeAssistant) -> None:
        coordinator.mailbox.async_start_listening()

    async def async_stop(_: Event) -> None:
        await coordinator.mailbox.async_save()

    # Automations are attached before this, so none misses what came while Home Assistant was not running.
    entry.async_on_unload(async_at_started(hass, async_start))
    entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, async_stop))
    return True


async def _async_set_up_before_the_phones(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> None:
    """Set up an account that was loaded before, whether its phones can be read now or not."""
    await hass.config_entries.async_forward_entry_setups(entry, RECIPIENT_PLATFORMS)
    try:
        await entry.runtime_data.async_refresh_or_go_on()
        await hass.config_entries.async_forward_entry_setups(entry, PHONE_PLATFORMS)
    except BaseException:
        await hass.config_entries.async_unload_platforms(entry, RECIPIENT_PLATFORMS)
        raise


async def async_unload_entry(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> bool:
    """Unload an account."""
    mailbox = entry.runtime_data.mailbox
    await mailbox.async_stop_listening()
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        mailbox.async_start_listening()
        return False
    await mailbox.async_close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> None:
    """Forget what was written down for an account, and where the service could ring."""
    async_remove_issues(hass, entry.entry_id)
    await async_remove_doorbell(hass, entry)
    await AccountStore(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: SmsGateway24ConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow to remove a phone that the service no longer lists; recipients are removed as such, not as devices."""
    phone_id = device_phone_id(device)
    if device.entry_type is dr.DeviceEntryType.SERVICE or phone_id is None:
        return False
    # While the account is not loaded, or could not be read yet, nobody knows which phones it has.
    if entry.state is not ConfigEntryState.LOADED or not entry.runtime_data.phones_known:
        return False
    if phone_id in entry.runtime_data.data.phones:
        return False
    async_dispatcher_send(hass, signal_phone_removed(entry.entry_id), phone_id)
    return True
