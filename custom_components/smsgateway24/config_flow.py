"""Adding an account, and putting it right: sign-in, reauthentication, reconfiguration."""

from collections.abc import Mapping
import hashlib
from itertools import count
from traceback import format_tb
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_EMAIL, CONF_PASSWORD, CONF_TOKEN, CONF_URL, CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow, section
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from .account import SignedIn, async_sign_in_with_password, async_sign_in_with_token
from .api import AuthenticationError, SmsGateway24Error
from .const import CONF_SHOWN_ADDRESS, DOMAIN, LOGGER
from .coordinator import SmsGateway24ConfigEntry
from .devices import phone_devices
from .options_flow import SmsGateway24OptionsFlow
from .recipient_flow import RecipientFlow
from .recipients import SUBENTRY_RECIPIENT
from .reload import async_update_from_flow
from .service_url import DEFAULT_URL, InsecureUrlError, may_hold_secret, normalise_url

SECTION_ADVANCED: Final = "advanced"

_EMAIL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.EMAIL, autocomplete="username"))
_PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password"))
_TOKEN: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url"))

_WITH_PASSWORD: Final[dict[Any, Any]] = {vol.Required(CONF_EMAIL): _EMAIL, vol.Required(CONF_PASSWORD): _PASSWORD}
_WITH_PASSWORD_ALONE: Final[dict[Any, Any]] = {vol.Required(CONF_PASSWORD): _PASSWORD}
_WITH_TOKEN: Final[dict[Any, Any]] = {vol.Required(CONF_TOKEN): _TOKEN}


def _with_address(
    credentials: dict[Any, Any], user_input: Mapping[str, Any] | None, errors: Mapping[str, str], url: str = DEFAULT_URL
) -> vol.Schema:
    """Return a form for credentials, and for an address that is ``url`` unless another one is entered.

    The address is behind a fold, unless it is what has to be put right, or was entered: then it may be what is wrong.
    """
    entered = (user_input or {}).get(SECTION_ADVANCED, {}).get(CONF_URL)
    is_open = "insecure_url" in errors.values() or (bool(entered) and entered != url)
    return vol.Schema(
        {
            **credentials,
            vol.Optional(SECTION_ADVANCED): section(
                vol.Schema({vol.Optional(CONF_URL, default=url): _URL}),
                {"collapsed": not is_open},
            ),
        }
    )


class SmsGateway24ConfigFlow(ConfigFlow, domain=DOMAIN):
    """Leads through adding an account and putting it right."""

    VERSION = 1
    MINOR_VERSION = 1

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_RECIPIENT: RecipientFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: SmsGateway24ConfigEntry) -> OptionsFlow:
        return SmsGateway24OptionsFlow()

    # --- adding -----------------------------------------------------------------------------

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask with what to sign in."""
        return self.async_show_menu(
            step_id="user",
            menu_options=["password", "token"],
            description_placeholders={"service_url": DEFAULT_URL},
        )

    async def async_step_password(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in with e-mail and password."""
        return await self._async_step_add("password", _WITH_PASSWORD, user_input)

    async def async_step_token(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in with a token."""
        return await self._async_step_add("token", _WITH_TOKEN, user_input)

    async def _async_step_add(
        self, step_id: str, credentials: dict[Any, Any], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            signed_in = await self._async_sign_in(user_input, errors)
            if signed_in is not None:
                data, phone_ids = signed_in
                # Whoever adds the same account in two windows is told so by the check that follows.
                await self.async_set_unique_id(_unique_id(data), raise_on_progress=False)
                self._abort_if_unique_id_configured()
                self._abort_if_same_account(data, phone_ids)
                return self.async_create_entry(title=self._title(data), data=data)
        return self._show(step_id, _with_address(credentials, user_input, errors), user_input, errors)

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on to the first recipient: an account is of little use without one."""
        flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_RECIPIENT), context=SubentryFlowContext(source=SOURCE_USER)
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])
        return result

    # --- putting right ----------------------------------------------------------------------

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start when the service no longer accepts the credentials."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the credential that the entry was made with."""
        entry = self._get_reauth_entry()
        credentials = _WITH_PASSWORD_ALONE if CONF_EMAIL in entry.data else _WITH_TOKEN
        return await self._async_step_update("reauth_confirm", entry, credentials, user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change credentials or address."""
        entry = self._get_reconfigure_entry()
        credentials = _WITH_PASSWORD if CONF_EMAIL in entry.data else _WITH_TOKEN
        return await self._async_step_update("reconfigure", entry, credentials, user_input)

    async def _async_step_update(
        self, step_id: str, entry: ConfigEntry, credentials: dict[Any, Any], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        known: dict[str, Any] = {key: entry.data[key] for key in (CONF_EMAIL, CONF_URL) if key in entry.data}
        if user_input is not None:
            signed_in = await self._async_sign_in({**known, **user_input}, errors)
            if signed_in is not None:
                data, phone_ids = signed_in
                unique_id = _unique_id(data)
                self._abort_if_other_entry(entry, unique_id)
                self._abort_if_same_account(data, phone_ids, but=entry)
                if self._is_other_account(entry, unique_id, phone_ids):
                    return self.async_abort(reason="wrong_account")
                title = self._title(data) if entry.title == entry.data.get(CONF_EMAIL) else entry.title
                # The address is in the service's panel, and stays whoever signs in.
                data |= {key: entry.data[key] for key in (CONF_WEBHOOK_ID, CONF_SHOWN_ADDRESS) if key in entry.data}
                async_update_from_flow(self.hass, entry, unique_id=unique_id, title=title, data=data)
                # With our own texts: those that Home Assistant brings along are younger than what we support.
                return self.async_abort(
                    reason="reconfigure_successful" if self.source == SOURCE_RECONFIGURE else "reauth_successful"
                )
        schema = vol.Schema(credentials)
        if self.source == SOURCE_RECONFIGURE:
            schema = _with_address(credentials, user_input, errors, entry.data[CONF_URL])
        shown = {**known, SECTION_ADVANCED: {CONF_URL: entry.data[CONF_URL]}, **(user_input or {})}
        return self._show(step_id, schema, shown, errors, account=entry.title)

    # --- what the steps share ---------------------------------------------------------------

    async def _async_sign_in(
        self, user_input: Mapping[str, Any], errors: dict[str, str]
    ) -> tuple[dict[str, Any], set[str]] | None:
        """Sign in, and return the entry's data and the ids of the account's phones; None with ``errors`` filled."""
        advanced: Mapping[str, Any] = user_input.get(SECTION_ADVANCED, {})
        try:
            url = normalise_url(advanced.get(CONF_URL) or user_input.get(CONF_URL, DEFAULT_URL))
        except InsecureUrlError:
            errors["base"] = "insecure_url"
            return None
        data: dict[str, Any] = {CONF_URL: url}
        signed_in: SignedIn
        try:
            if CONF_PASSWORD in user_input:
                data[CONF_EMAIL] = user_input[CONF_EMAIL].strip()
                data[CONF_PASSWORD] = user_input[CONF_PASSWORD]
                signed_in = await async_sign_in_with_password(self.hass, url, data[CONF_EMAIL], data[CONF_PASSWORD])
            else:
                signed_in = await async_sign_in_with_token(self.hass, url, user_input[CONF_TOKEN].strip())
        except AuthenticationError:
            errors["base"] = "invalid_auth"
        except SmsGateway24Error as err:
            LOGGER.debug("Sign-in failed: %s", err)
            errors["base"] = "cannot_connect"
        except Exception as err:  # noqa: BLE001 - a flow must never end in a traceback page
            # Where it happened, but not its own words: those of an unforeseen error may quote the credentials.
            LOGGER.error(
                "Unexpected %s while signing in\n%s", type(err).__name__, "".join(format_tb(err.__traceback__))
            )
            errors["base"] = "unknown"
        else:
            data[CONF_TOKEN] = signed_in.token
            return data, {phone.id for phone in signed_in.phones}
        return None

    def _show(
        self,
        step_id: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None,
        errors: dict[str, str],
        account: str = "",
    ) -> ConfigFlowResult:
        harmless = {key: value for key, value in (suggested or {}).items() if key not in {CONF_PASSWORD, CONF_TOKEN}}
        if may_hold_secret(harmless.get(SECTION_ADVANCED, {}).get(CONF_URL, "")):
            del harmless[SECTION_ADVANCED]
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, harmless),
            errors=errors,
            description_placeholders={"account": account, "service_url": DEFAULT_URL},
        )

    def _title(self, data: Mapping[str, Any]) -> str:
        if CONF_EMAIL in data:
            return str(data[CONF_EMAIL])
        taken = {entry.title for entry in self._async_current_entries()}
        return next(title for number in count(1) if (title := f"SmsGateway24 {number}") not in taken)

    def _abort_if_same_account(
        self, data: Mapping[str, Any], phone_ids: set[str], but: ConfigEntry | None = None
    ) -> None:
        """Abort if the token or one of the phones belongs to another entry: it is the same account by another name."""
        for entry in self._async_current_entries(include_ignore=False):
            if but is not None and entry.entry_id == but.entry_id:
                continue
            if entry.data[CONF_TOKEN] == data[CONF_TOKEN] or phone_ids & phone_devices(self.hass, entry).keys():
                raise AbortFlow("already_configured")

    def _abort_if_other_entry(self, entry: ConfigEntry, unique_id: str) -> None:
        other = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, unique_id)
        if other is not None and other.entry_id != entry.entry_id:
            raise AbortFlow("already_configured")

    def _is_other_account(self, entry: ConfigEntry, unique_id: str, phone_ids: set[str]) -> bool:
        """Say whether somebody signed in to another account; the service has no id that would tell."""
        known = phone_devices(self.hass, entry).keys()
        if known:
            return not known & phone_ids
        # Without phones an e-mail address is all there is to compare; a token may well be a new one.
        return CONF_EMAIL in entry.data and unique_id != entry.unique_id


def _unique_id(data: Mapping[str, Any]) -> str:
    """Return what identifies an account: the e-mail, or a hash of the token, which must not show up anywhere."""
    if CONF_EMAIL in data:
        return str(data[CONF_EMAIL]).lower()
    return hashlib.sha256(data[CONF_TOKEN].encode()).hexdigest()
