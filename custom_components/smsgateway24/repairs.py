"""The flows that solve what cannot be solved without an answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, OperationNotAllowed
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import DOMAIN
from .devices import phone_devices
from .messaging.checkup import Problem
from .new_identity import async_move_phone, async_text_through
from .recipients import CONF_PHONE, CONF_SIM, PHONE_AUTO
from .store import AccountStore, Memory

type _Data = Mapping[str, str | int | float | None]

_NOT_NOW: Final = "not_now"
_NOT_WRITTEN: Final = "not_written"
_OVER: Final = "over"


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: _Data | None) -> RepairsFlow:
    """Return the flow that solves an issue."""
    match data:
        case {"problem": Problem.PHONE_CHANGED_ID, "entry_id": str(entry_id), "phone_id": str(old), "new_id": str(new)}:
            return PhoneChangedIdFlow(entry_id, old, new)
        case {"problem": Problem.RECIPIENT_PHONE_GONE, "entry_id": str(entry_id), "phone_id": str(phone_id)}:
            return RecipientPhoneGoneFlow(entry_id, phone_id)
        case {"problem": Problem.STORE_DAMAGED, "entry_id": str(entry_id)}:
            return StoreDamagedFlow(entry_id)
    return ConfirmRepairFlow()


class _CannotError(Exception):
    """The account cannot be changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _AccountFlow(RepairsFlow):
    """A flow that changes an account."""

    def __init__(self, entry_id: str) -> None:
        """Work on the account of a config entry."""
        self._entry_id = entry_id

    @property
    def _entry(self) -> ConfigEntry[Any] | None:
        return self.hass.config_entries.async_get_entry(self._entry_id)

    @property
    def _placeholders(self) -> dict[str, str]:
        """What the issue's texts are filled in with; nothing if it was solved meanwhile."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return dict((issue and issue.translation_placeholders) or {})

    @asynccontextmanager
    async def _out_of_operation(self, entry: ConfigEntry[Any]) -> AsyncIterator[None]:
        """Unload the account, and load it again afterwards.

        While it is not loaded it has no update listener, so it is loaded once, however much is changed.
        """
        try:
            unloaded = await self.hass.config_entries.async_unload(entry.entry_id)
        except OperationNotAllowed:
            # It is being loaded or unloaded at this moment.
            unloaded = False
        if not unloaded:
            raise _CannotError(_NOT_NOW)
        try:
            yield
        finally:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)


class PhoneChangedIdFlow(_AccountFlow):
    """Asks whether a phone that is new is one that was known under another id."""

    def __init__(self, entry_id: str, old_id: str, new_id: str) -> None:
        """Ask about two ids."""
        super().__init__(entry_id)
        self._old_id = old_id
        self._new_id = new_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask."""
        return self.async_show_menu(
            step_id="init", menu_options=["same_phone", "two_phones"], description_placeholders=self._placeholders
        )

    async def async_step_same_phone(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Let the known device go on under the new id."""
        return await self._settle(same=True)

    async def async_step_two_phones(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Do not ask again."""
        return await self._settle(same=False)

    async def _settle(self, *, same: bool) -> RepairsFlowResult:
        entry = self._entry
        if entry is None or not self._placeholders:
            return self.async_abort(reason=_OVER)
        try:
            async with self._out_of_operation(entry):
                if self._old_id not in phone_devices(self.hass, entry):
                    return self.async_abort(reason=_OVER)
                await self._remember(entry, same=same)
                if same:
                    async_move_phone(self.hass, entry, self._old_id, self._new_id)
        except _CannotError as err:
            return self.async_abort(reason=err.reason)
        return self.async_create_entry(data={})

    async def _remember(self, entry: ConfigEntry[Any], *, same: bool) -> None:
        """Write down what the user has answered, before anything is changed that nobody could change back."""
        store = AccountStore(self.hass, entry.entry_id)
        memory = await store.async_load()
        if same:
            self._move_in(memory)
        else:
            memory.checkup.phones.keep_apart(self._old_id, self._new_id)
        if not await store.async_save(lambda: memory.as_dict(memory.outbox)):
            raise _CannotError(_NOT_WRITTEN)
        if entry.state is not ConfigEntryState.NOT_LOADED:
            # Somebody else has loaded it meanwhile.
            raise _CannotError(_NOT_NOW)

    def _move_in(self, memory: Memory) -> None:
        try:
            memory.move_phone(self._old_id, self._new_id)
        except KeyError:
            raise _CannotError(_OVER) from None


class RecipientPhoneGoneFlow(_AccountFlow):
    """Asks for another phone for the recipients of one that is gone."""

    def __init__(self, entry_id: str, phone_id: str) -> None:
        """Ask about a phone."""
        super().__init__(entry_id)
        self._phone_id = phone_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask."""
        return await self.async_step_phone()

    async def async_step_phone(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Choose the phone, and text through it from now on."""
        entry = self._entry
        if entry is None or not self._placeholders:
            return self.async_abort(reason=_OVER)
        if user_input is None:
            return self.async_show_form(
                step_id="phone", data_schema=self._schema(entry), description_placeholders=self._placeholders
            )
        try:
            async with self._out_of_operation(entry):
                # The slot that was chosen was one of the other phone.
                changes = {CONF_PHONE: user_input[CONF_PHONE], CONF_SIM: None}
                async_text_through(self.hass, entry, self._phone_id, changes)
        except _CannotError as err:
            return self.async_abort(reason=err.reason)
        return self.async_create_entry(data={})

    def _schema(self, entry: ConfigEntry[Any]) -> vol.Schema:
        devices = phone_devices(self.hass, entry)
        coordinator = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
        listed = coordinator.data.phones if coordinator is not None and coordinator.phones_known else devices
        phones = [
            SelectOptionDict(value=phone_id, label=device.name_by_user or device.name or phone_id)
            for phone_id, device in devices.items()
            if phone_id in listed and phone_id != self._phone_id
        ]
        return vol.Schema(
            {
                vol.Required(CONF_PHONE, default=PHONE_AUTO): SelectSelector(
                    SelectSelectorConfig(
                        options=[SelectOptionDict(value=PHONE_AUTO, label=PHONE_AUTO), *phones],
                        translation_key=CONF_PHONE,
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                )
            }
        )


class StoreDamagedFlow(_AccountFlow):
    """Says what was lost. There is nothing to solve, so it is enough to have read it."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the only step."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Wait until it was read."""
        if user_input is not None:
            return self.async_create_entry(data={})
        placeholders = self._placeholders
        if (entry := self._entry) is not None:
            # The issue itself is kept, and does not name the account.
            placeholders["account"] = entry.title
        return self.async_show_form(
            step_id="confirm", data_schema=vol.Schema({}), description_placeholders=placeholders
        )
