"""Notify entities: one for each recipient."""

from typing import cast, override

from homeassistant.components.notify import NotifyEntity, NotifyEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import SmsGateway24Error
from .const import DOMAIN
from .coordinator import SmsGateway24ConfigEntry, SmsGateway24Coordinator
from .errors import action_error
from .messaging.outbox import EmptyMessageError, TooManyMessagesError
from .messaging.routing import NoPhoneError
from .recipients import Recipient, signal_recipient_texted

# Sending is quick or keeps the caller waiting for good reason; the outbox puts messages in order where it matters.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmsGateway24ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a notify entity for each recipient."""
    coordinator = entry.runtime_data
    for recipient in coordinator.recipients:
        async_add_entities([RecipientNotify(coordinator, recipient)], config_subentry_id=recipient.id)


class RecipientNotify(NotifyEntity):
    """Texts one recipient.

    It stays available while the service is out of reach: Home Assistant passes over entities that are not, and the
    automation would go on as if the text had been sent.
    """

    _attr_has_entity_name = True
    _attr_name = None
    _attr_translation_key = "recipient"
    _attr_supported_features = NotifyEntityFeature.TITLE

    def __init__(self, coordinator: SmsGateway24Coordinator, recipient: Recipient) -> None:
        """Belong to the recipient's own device, behind the phone that texts this person if it is always the same."""
        self._coordinator = coordinator
        self._recipient = recipient
        self._attr_unique_id = recipient.id
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, recipient.id)},
            name=recipient.name,
        )
        # Said in any case: what is left out stays as it was, and the recipient may have had a phone before.
        phone = recipient.phone_id and dr.async_get(coordinator.hass).async_get_device_by_identifier(
            (DOMAIN, recipient.phone_id), config_entry_id=coordinator.config_entry.entry_id
        )
        # The type knows no None, the registry does.
        self._attr_device_info["via_device_id"] = phone.id if phone else cast("str", None)

    @override
    async def async_added_to_hass(self) -> None:
        # The actions text people as well, and the state is when somebody was texted last.
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, signal_recipient_texted(self._recipient.id), self._async_record_notification
            )
        )

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Text the recipient; a title goes before the text, since an SMS has no subject."""
        draft = self._recipient.draft(f"{title}\n{message}" if title and message.strip() else message)
        try:
            await self._coordinator.mailbox.outbox.send(draft)
        except (SmsGateway24Error, EmptyMessageError, TooManyMessagesError, NoPhoneError) as err:
            raise action_error(err, draft, self._recipient.name, self._coordinator.settings.privacy) from err
