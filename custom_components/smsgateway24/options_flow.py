"""The account's settings, as a user changes them."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_WEBHOOK_ID, UnitOfTime
from homeassistant.helpers.network import NoURLAvailableError
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from .coordinator import SmsGateway24ConfigEntry
from .service_url import DEFAULT_URL
from .settings import (
    CONF_FAILOVER,
    CONF_KEEP_UNSENT,
    CONF_MAX_PER_HOUR,
    CONF_OFFLINE_AFTER,
    CONF_POLL_INTERVAL,
    CONF_PRIVACY,
    CONF_PUSH,
    DEFAULTS,
    Privacy,
    Settings,
)
from .webhook import async_doorbell_url


def _number(minimum: int, maximum: int, unit: str | None = None) -> vol.All[Any]:
    config = NumberSelectorConfig(min=minimum, max=maximum, step=1, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Coerce(int))


_FIELDS: Final[dict[str, Any]] = {
    CONF_POLL_INTERVAL: _number(10, 3600, UnitOfTime.SECONDS),
    CONF_OFFLINE_AFTER: _number(1, 1440, UnitOfTime.MINUTES),
    CONF_KEEP_UNSENT: _number(0, 1440, UnitOfTime.MINUTES),
    CONF_FAILOVER: BooleanSelector(),
    CONF_MAX_PER_HOUR: _number(0, 1000),
    CONF_PRIVACY: SelectSelector(
        SelectSelectorConfig(options=[level.value for level in Privacy], translation_key=CONF_PRIVACY)
    ),
    CONF_PUSH: BooleanSelector(),
}


class SmsGateway24OptionsFlow(OptionsFlow):
    """Leads through an account's settings."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to change."""
        return self.async_show_menu(step_id="init", menu_options=["settings", "push"])

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the settings; the update listener loads the account with them."""
        if user_input is not None:
            return self.async_create_entry(data={**self.config_entry.options, **user_input})
        present = {**DEFAULTS, **self.config_entry.options}
        return self.async_show_form(
            step_id="settings",
            # What is left out stays as it is.
            data_schema=vol.Schema(
                {vol.Required(key, default=present[key]): selector for key, selector in _FIELDS.items()}
            ),
        )

    async def async_step_push(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the address with which the service rings, or say why there is none."""
        entry: SmsGateway24ConfigEntry = self.config_entry
        if not Settings.from_options(entry.options).push:
            return self.async_abort(reason="push_off")
        if CONF_WEBHOOK_ID not in entry.data:
            return self.async_abort(reason="not_loaded")
        try:
            address = async_doorbell_url(self.hass, entry)
        except NoURLAvailableError:
            return self.async_abort(reason="not_reachable")
        if user_input is not None:
            return self.async_create_entry(data=dict(entry.options))
        return self.async_show_form(
            step_id="push",
            data_schema=vol.Schema({}),
            description_placeholders={"address": address, "service_url": DEFAULT_URL},
        )
