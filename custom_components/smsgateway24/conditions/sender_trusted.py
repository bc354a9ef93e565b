"""The condition that the sender of the message that triggered is trusted."""

from collections.abc import Mapping
from typing import Any, Final, Unpack, cast, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.condition import Condition, ConditionCheckParams
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..const import DOMAIN, EVENT_RECEIVED

_TRIGGER: Final = f"{DOMAIN}.sms_received"
_EVENT_TRIGGER: Final = "event"

_CONFIG_SCHEMA: Final = vol.Schema({vol.Optional(CONF_OPTIONS): {}})


class SenderTrustedCondition(Condition):
    """True if the automation was triggered by a message whose sender was trusted when it was announced.

    Nothing is looked up again: a recipient who is changed while an automation runs does not change what it does.
    """

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _CONFIG_SCHEMA(config))

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        message = _message((kwargs.get("variables") or {}).get("trigger"))
        return message.get("trusted") is True


def _message(trigger: object) -> Mapping[str, Any]:
    """Return the announced message behind a trigger's variables; nothing if something else has triggered.

    Other triggers may carry a value called trusted too, from whoever.
    """
    match trigger:
        case {"platform": platform} if platform == _TRIGGER:
            return cast("Mapping[str, Any]", trigger)
        case {"platform": platform, "event": Event(event_type=event_type, data=data)} if (
            platform == _EVENT_TRIGGER and event_type == EVENT_RECEIVED
        ):
            return cast("Mapping[str, Any]", data)
    return {}
