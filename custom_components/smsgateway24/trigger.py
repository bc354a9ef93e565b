"""What Home Assistant offers under "When" in automations; the triggers themselves are in the folder beside this."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .triggers.online import PhoneCameOnlineTrigger, PhoneWentOfflineTrigger
from .triggers.outgoing import SmsDeliveredTrigger, SmsFailedTrigger
from .triggers.received import SmsReceivedTrigger

_TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "sms_received": SmsReceivedTrigger,
    "sms_delivered": SmsDeliveredTrigger,
    "sms_failed": SmsFailedTrigger,
    "phone_went_offline": PhoneWentOfflineTrigger,
    "phone_came_online": PhoneCameOnlineTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by their names."""
    return _TRIGGERS
