"""The triggers for a phone that went offline, or came back online.

They follow the entity that says whether a phone is online. While the service is out of reach that entity is
unavailable, which says nothing about the phone: what counts is the last thing that was known of it. So an outage
triggers nothing, and a phone that went offline during one triggers when the service is back.
"""

from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    CONF_OPTIONS,
    CONF_TARGET,
    EVENT_STATE_CHANGED,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr, entity_registry as er
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig, TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..targets import is_targeted, online_sensor, online_sensors, phone_of

_CONFIG_SCHEMA: Final = vol.Schema(
    {vol.Optional(CONF_TARGET): cv.TARGET_FIELDS, vol.Required(CONF_OPTIONS, default=dict): {}}
)


class _OnlineTrigger(Trigger):
    """Runs an automation when a phone is known to have become what it was not."""

    values: ClassVar[tuple[str, ...]] = (ATTR_ENTITY_ID, ATTR_DEVICE_ID, "phone_id", "phone_name")
    """What it hands on to the automation."""
    _state: ClassVar[str]
    _words: ClassVar[str]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _CONFIG_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take what was validated."""
        super().__init__(hass, config)
        self._target = config.target or {}
        # By the registry's ids, which stay when an entity gets another name.
        self._known: dict[str, str] = {}

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        for sensor in online_sensors(self._hass):
            if state := self._hass.states.get(sensor.entity_id):
                self._is_news(sensor, state.state)

        @callback
        def handle(event: Event[EventStateChangedData]) -> None:
            sensor = online_sensor(self._hass, event.data["entity_id"])
            state = event.data["new_state"]
            if (
                sensor is not None
                and state is not None
                and self._is_news(sensor, state.state)
                and state.state == self._state
                and is_targeted(self._hass, self._target, sensor.device_id)
            ):
                found = self._values_of(sensor)
                run_action(found, f"{found['phone_name']} {self._words}", event.context)

        return self._hass.bus.async_listen(EVENT_STATE_CHANGED, handle)

    def _is_news(self, sensor: er.RegistryEntry, state: str) -> bool:
        """Take note of a state, and say whether the phone was known to be otherwise before."""
        if state not in {STATE_ON, STATE_OFF}:
            return False
        before = self._known.get(sensor.id)
        self._known[sensor.id] = state
        return before is not None and before != state

    def _values_of(self, sensor: er.RegistryEntry) -> dict[str, Any]:
        device = dr.async_get(self._hass).async_get(sensor.device_id) if sensor.device_id else None
        found = sensor.entity_id, sensor.device_id, phone_of(sensor), device and (device.name_by_user or device.name)
        return dict(zip(self.values, found, strict=True))


class PhoneWentOfflineTrigger(_OnlineTrigger):
    """Runs an automation when a phone has been out of touch for too long."""

    _state = STATE_OFF
    _words = "went offline"


class PhoneCameOnlineTrigger(_OnlineTrigger):
    """Runs an automation when a phone that was offline is in touch again."""

    _state = STATE_ON
    _words = "came online"
