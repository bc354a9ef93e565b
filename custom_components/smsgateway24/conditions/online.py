"""The condition that phones are online."""

from collections.abc import Mapping
from typing import Any, Final, Unpack, cast, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition, ConditionCheckParams, ConditionConfig
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..targets import is_targeted, online_sensors

CONF_BEHAVIOR: Final = "behavior"
BEHAVIOR_ANY: Final = "any"
BEHAVIOR_ALL: Final = "all"

_CONFIG_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS, default=dict): {
            vol.Required(CONF_BEHAVIOR, default=BEHAVIOR_ANY): vol.In([BEHAVIOR_ANY, BEHAVIOR_ALL])
        },
    }
)


class OnlineCondition(Condition):
    """True if phones are online. One of which nothing is known, as in an outage of the service, is not."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _CONFIG_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take what was validated."""
        super().__init__(hass, config)
        self._target: Mapping[str, Any] = config.target or {}
        self._all = (config.options or {})[CONF_BEHAVIOR] == BEHAVIOR_ALL

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        online = [
            self._hass.states.is_state(sensor.entity_id, STATE_ON)
            for sensor in online_sensors(self._hass)
            if is_targeted(self._hass, self._target, sensor.device_id)
        ]
        # Where there is no phone at all, nothing is online.
        return any(online) and (all(online) or not self._all)
