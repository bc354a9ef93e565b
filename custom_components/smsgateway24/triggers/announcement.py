"""What the triggers on announced messages have in common.

They listen to events on the bus and not to the states of entities: each runs once for each announcement, whatever
becomes of the entities, and also while no account is loaded. What an automation asks for is compared with the
announcement alone, so what the privacy setting withholds cannot be matched.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..targets import is_targeted
from .people import check_people

OTHER_PHONE: Final = "other_phone"


class AnnouncementTrigger(Trigger):
    """Runs an automation when something is announced about a message."""

    _event: ClassVar[str]
    _options: ClassVar[vol.Schema]
    _people: ClassVar[str]
    """The option that names people."""
    values: ClassVar[tuple[str, ...]]
    """What an announcement hands on to the automation."""
    _traced: ClassVar[tuple[str, ...]]
    """What a trace says about an announcement that did not trigger: nothing about people, and nothing they wrote."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        schema = vol.Schema(
            {vol.Optional(CONF_TARGET): cv.TARGET_FIELDS, vol.Required(CONF_OPTIONS, default=dict): cls._options}
        )
        config = cast("ConfigType", schema(config))
        check_people(hass, config[CONF_OPTIONS][cls._people], path=[CONF_OPTIONS, cls._people])
        return config

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take what was validated."""
        super().__init__(hass, config)
        self._target: Mapping[str, Any] = config.target or {}

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def handle(event: Event[dict[str, Any]]) -> None:
            message = event.data
            targeted = is_targeted(self._hass, self._target, message.get(ATTR_DEVICE_ID))
            reason = self._objection(message) if targeted else OTHER_PHONE
            if reason is None:
                run_action(_chosen(message, self.values), self._describe(message), event.context)
            elif did_not_trigger is not None:
                did_not_trigger(NotTriggeredInfo(reason, _chosen(message, self._traced)), event.context)

        return self._hass.bus.async_listen(self._event, handle)

    @abstractmethod
    def _objection(self, message: Mapping[str, Any]) -> str | None:
        """Return why an announcement does not trigger, as it stands in the trace; None if it does."""

    @abstractmethod
    def _describe(self, message: Mapping[str, Any]) -> str:
        """Say in a few words what happened, without the text or a whole number."""


def _chosen(message: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: message[key] for key in keys if key in message}
