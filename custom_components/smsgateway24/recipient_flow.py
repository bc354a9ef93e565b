"""Adding a recipient to an account, and changing one."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .devices import phone_devices
from .messaging.numbers import InvalidNumberError, normalise
from .recipients import CONF_NUMBER, CONF_PHONE, CONF_SIM, CONF_TRUSTED, PHONE_AUTO, SUBENTRY_RECIPIENT, recipients_of

# Slots 0 and 1 are SIM cards; since 2026 the vendor numbers the messenger channels of a phone 2 to 5.
SIM_SLOTS: Final = ("0", "1")
EXAMPLE_NUMBER: Final = "+447700900123"


class RecipientFlow(ConfigSubentryFlow):
    """Leads through adding or changing a recipient, whether the account is loaded or not."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a recipient."""
        return self._step("user", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a recipient."""
        return self._step("reconfigure", user_input)

    def _step(self, step_id: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        changed = self._get_reconfigure_subentry() if step_id == "reconfigure" else None
        if user_input is not None:
            data = self._check(user_input, changed.subentry_id if changed else None, errors)
            if not errors:
                return self._store(data, changed)
        suggested: dict[str, Any] = dict(user_input if user_input is not None else changed.data if changed else {})
        if suggested.get(CONF_SIM) is not None:
            suggested[CONF_SIM] = str(suggested[CONF_SIM])
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(self._schema(suggested), suggested),
            errors=errors,
            description_placeholders={
                "example": EXAMPLE_NUMBER,
                "country": self.hass.config.country or "—",
                "name": changed.title if changed else "",
            },
        )

    def _store(self, data: dict[str, Any], changed: ConfigSubentry | None) -> SubentryFlowResult:
        """Add the recipient, or update the one that was changed."""
        if changed is None:
            # With the first one, setting up is done. The account's own last page is left out where this flow follows it.
            last = None if self._get_entry().get_subentries_of_type(SUBENTRY_RECIPIENT) else "first"
            return self.async_create_entry(
                title=data[CONF_NAME], data=data, unique_id=data[CONF_NUMBER], description=last
            )
        # Step by step, since the helper that does both cannot be given our own text in all versions that we support.
        self.hass.config_entries.async_update_subentry(
            self._get_entry(), changed, title=data[CONF_NAME], unique_id=data[CONF_NUMBER], data=data
        )
        return self.async_abort(reason="reconfigure_successful")

    def _schema(self, present: Mapping[str, Any]) -> vol.Schema:
        """Return the form; what is left out stays as it is, but for the SIM, which is cleared that way."""
        chosen_phone = present.get(CONF_PHONE, PHONE_AUTO)
        phones = [
            SelectOptionDict(value=phone_id, label=device.name_by_user or device.name or phone_id)
            for phone_id, device in phone_devices(self.hass, self._get_entry()).items()
        ]
        if chosen_phone not in {PHONE_AUTO, *(phone["value"] for phone in phones)}:
            # It is gone by now; the form must still be able to show what was chosen.
            phones.append(SelectOptionDict(value=chosen_phone, label=chosen_phone))
        return vol.Schema(
            {
                vol.Required(CONF_NAME): TextSelector(),
                vol.Required(CONF_NUMBER): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.TEL, autocomplete="tel")
                ),
                vol.Required(CONF_PHONE, default=chosen_phone): SelectSelector(
                    SelectSelectorConfig(
                        options=[SelectOptionDict(value=PHONE_AUTO, label=PHONE_AUTO), *phones],
                        translation_key=CONF_PHONE,
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                ),
                vol.Optional(CONF_SIM): vol.All(
                    vol.Coerce(str),
                    SelectSelector(
                        SelectSelectorConfig(
                            options=list(SIM_SLOTS), translation_key=CONF_SIM, mode=SelectSelectorMode.DROPDOWN
                        )
                    ),
                ),
                vol.Required(CONF_TRUSTED, default=present.get(CONF_TRUSTED, False)): BooleanSelector(),
            }
        )

    def _check(self, user_input: dict[str, Any], own_id: str | None, errors: dict[str, str]) -> dict[str, Any]:
        """Return the recipient's data; ``errors`` gets what is wrong with it."""
        name = user_input[CONF_NAME].strip()
        if not name:
            errors[CONF_NAME] = "name_missing"
        number = user_input[CONF_NUMBER]
        try:
            number = normalise(number, self.hass.config.country)
        except InvalidNumberError:
            # One text for all that can be wrong with it, since the remedy is the same: write it with "+".
            errors[CONF_NUMBER] = "invalid_number"
        else:
            if any(other.number == number and other.id != own_id for other in recipients_of(self._get_entry())):
                errors[CONF_NUMBER] = "already_configured"
        sim = user_input.get(CONF_SIM)
        return {
            CONF_NAME: name,
            CONF_NUMBER: number,
            CONF_PHONE: user_input[CONF_PHONE],
            CONF_SIM: None if sim is None else int(sim),
            CONF_TRUSTED: user_input[CONF_TRUSTED],
        }
