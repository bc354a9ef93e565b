"""The account at the service: signing in, and staying signed in."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_EMAIL, CONF_PASSWORD, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .api import (
    AuthenticationError,
    Phone,
    RequestRefusedError,
    SmsGateway24Client,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from .secrecy import keep_secret


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a successful sign-in gives: a token that works, and the account's phones."""

    token: str = field(repr=False)
    phones: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class _Credentials:
    """With what a token is asked for, and where."""

    url: str
    email: str
    password: str = field(repr=False)


async def async_sign_in_with_password(hass: HomeAssistant, url: str, email: str, password: str) -> SignedIn:
    """Sign in with e-mail and password. Raises the API's errors."""
    keep_secret(password)
    client = SmsGateway24Client(async_get_clientsession(hass), base_url=url)
    client.token = await client.get_token(email, password)
    keep_secret(client.token)
    return SignedIn(client.token, await client.get_phones())


async def async_sign_in_with_token(hass: HomeAssistant, url: str, token: str) -> SignedIn:
    """Sign in with a token from the user's profile page. Raises the API's errors."""
    keep_secret(token)
    client = SmsGateway24Client(async_get_clientsession(hass), token, base_url=url)
    return SignedIn(token, await client.get_phones())


class Account:
    """A signed-in account, which renews its token once when the service no longer takes it.

    Nothing public says how long a token lasts, nor whether asking for one ends the one before. So a new one is asked
    for only when the present one is refused, since asking might lock out the user's other tools.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Use the credentials of a config entry."""
        self._hass = hass
        self._entry = entry
        self._recovering = asyncio.Lock()
        self._renewals = 0
        self._renewal_error: SmsGateway24Error | None = None
        keep_secret(entry.data[CONF_TOKEN], entry.data.get(CONF_PASSWORD, ""))
        self.client = SmsGateway24Client(
            async_get_clientsession(hass), entry.data[CONF_TOKEN], base_url=entry.data[CONF_URL]
        )

    async def call[T](self, request: Callable[[SmsGateway24Client], Awaitable[T]]) -> T:
        """Make a request, and once more with a new token if the present one is refused.

        Raises the API's errors; AuthenticationError means that only the user can help.
        """
        renewals = self._renewals
        try:
            return await request(self.client)
        except AuthenticationError:
            await self._recover(renewals)
        except RequestRefusedError as refusal:
            if not refusal.certainly_unsent:
                # A bulk that may be done in part is not to be done again, whatever the reason.
                raise
            await self._recover(renewals, refusal)
        return await request(self.client)

    async def _recover(self, renewals: int, refusal: RequestRefusedError | None = None) -> None:
        """Renew the token after a request has failed for its sake, unless that was done since the request began.

        ``refusal`` is given where it is not known whether the token was to blame; it is raised again if it was not.
        Raises AuthenticationError if there is no password that the service accepts, ThrottledError and
        UnreachableError if it could not be asked: the request itself was refused and has done nothing.
        """
        async with self._recovering:
            if self._renewals == renewals:
                if refusal is not None and not await self._is_token_refused():
                    raise refusal
                await self._renew()
            match self._renewal_error:
                case AuthenticationError():
                    raise AuthenticationError
                case ThrottledError(retry_after=pause) as err:
                    raise ThrottledError(pause) from err
                case SmsGateway24Error() as err:
                    raise UnreachableError(request_sent=False) from err

    async def _is_token_refused(self) -> bool:
        """Say whether the service no longer takes the token.

        No public text tells a refused token from a refused request, so one that can only fail for its token decides.
        """
        with suppress(RequestRefusedError, ThrottledError, UnreachableError, UnreadableAnswerError):
            try:
                await self.client.get_phones()
            except AuthenticationError:
                return True
        return False

    async def _renew(self) -> None:
        """Try to get a new token, and remember what came of it for all requests that have failed meanwhile."""
        if isinstance(self._renewal_error, AuthenticationError):
            # The password was refused before, and asking again and again might lock the account.
            return
        used = _credentials(self._entry)
        if used is None:
            self._renewal_error = AuthenticationError()
            return
        try:
            token = await self.client.get_token(used.email, used.password)
        except SmsGateway24Error as err:
            self._renewal_error = err
        else:
            self._renewal_error = None
            keep_secret(token)
            # The client has it before the entry does: so the update listener sees that nothing has to be reloaded.
            self.client.token = token
            self._store(token, used)
        self._renewals += 1

    def _store(self, token: str, used: _Credentials) -> None:
        entry = self._hass.config_entries.async_get_entry(self._entry.entry_id)
        # While the service was asked, a flow may have stored another sign-in, to which this token does not belong.
        if entry is not None and _credentials(entry) == used:
            self._hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_TOKEN: token})


def _credentials(entry: ConfigEntry[Any]) -> _Credentials | None:
    if CONF_PASSWORD not in entry.data:
        return None
    return _Credentials(entry.data[CONF_URL], entry.data[CONF_EMAIL], entry.data[CONF_PASSWORD])
