"""The account's settings, as a user changes them."""

import asyncio
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
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

from .const import DOCS_URL, DOMAIN
from .coordinator import SmsGateway24ConfigEntry
from .doorbell import Doorman
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
from .webhook import async_doorbell_address, async_note_shown_address, async_renew_doorbell


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

_RENEW: Final = "renew"
# Long enough to write a text to the phone; whoever needs longer asks again. In seconds.
_WAIT_FOR_RING: Final = 180


class SmsGateway24OptionsFlow(OptionsFlow):
    """Leads through an account's settings."""

    _doorman_before: Doorman | None = None
    _rings_before = 0
    _waiting: asyncio.Task[bool] | None = None

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

    # --- push -------------------------------------------------------------------------------

    async def async_step_push(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the address with which the service rings, or say why there is none."""
        entry: SmsGateway24ConfigEntry = self.config_entry
        if not Settings.from_options(entry.options).push:
            return self.async_abort(reason="push_off")
        if CONF_WEBHOOK_ID not in entry.data:
            return self.async_abort(reason="not_loaded")
        renewed = user_input is not None and user_input[_RENEW]
        if renewed:
            await async_renew_doorbell(self.hass, entry)
        elif user_input is not None:
            return await self._async_wait_for_ring()
        try:
            address = await async_doorbell_address(self.hass, entry)
        except NoURLAvailableError:
            return self.async_abort(reason="not_reachable")
        async_note_shown_address(self.hass, entry, address)
        self._doorman_before = doorman = self._doorman
        self._rings_before = doorman.rings if doorman else 0
        return self.async_show_form(
            step_id="push",
            data_schema=vol.Schema({vol.Required(_RENEW, default=False): BooleanSelector()}),
            description_placeholders={"address": address, "service_url": DEFAULT_URL, "docs_url": DOCS_URL},
        )

    async def async_step_push_wait(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait for the service to ring."""
        return await self._async_wait_for_ring()

    async def async_step_push_received(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that the service has rung."""
        if user_input is not None:
            return self._leave()
        return self.async_show_form(step_id="push_received", data_schema=vol.Schema({}), last_step=True)

    async def async_step_push_missing(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that the service has not rung, and what may be the matter."""
        return self.async_show_menu(
            step_id="push_missing",
            menu_options=["push_wait", "push", "push_leave"],
            description_placeholders={"minutes": str(_WAIT_FOR_RING // 60), "docs_url": DOCS_URL},
        )

    async def async_step_push_leave(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Leave it to the polls."""
        return self._leave()

    async def _async_wait_for_ring(self) -> ConfigFlowResult:
        if self._waiting is None:
            doorman = self._doorman
            if doorman is None:
                # Nobody is there to hear the ring.
                return self._leave()
            if self._has_rung(doorman):
                # It came while the address was being entered.
                return await self.async_step_push_received()
            self._waiting = self.hass.async_create_task(
                doorman.async_wait_for_ring(_WAIT_FOR_RING), f"{DOMAIN} waits for a ring"
            )
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="push_wait", progress_action="wait_for_ring", progress_task=self._waiting
            )
        rung, self._waiting = self._waiting.result(), None
        return self.async_show_progress_done(next_step_id="push_received" if rung else "push_missing")

    def _has_rung(self, doorman: Doorman) -> bool:
        """Whether somebody has rung since the page was opened."""
        before = self._doorman_before
        if before is not None and before.rings > self._rings_before:
            return True
        # Whoever answers since a reload has counted from there.
        return doorman is not before and doorman.rings > 0

    def _leave(self) -> ConfigFlowResult:
        return self.async_create_entry(data=dict(self.config_entry.options))

    @property
    def _doorman(self) -> Doorman | None:
        """Return who answers the account's rings; None while it is not loaded."""
        entry: SmsGateway24ConfigEntry = self.config_entry
        return entry.runtime_data.doorman if entry.state is ConfigEntryState.LOADED else None
