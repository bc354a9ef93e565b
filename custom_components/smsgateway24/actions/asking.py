"""Asking the service for something on behalf of an action."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..api import AuthenticationError, SmsGateway24Client, SmsGateway24Error
from ..coordinator import SmsGateway24ConfigEntry


async def async_ask[T](
    hass: HomeAssistant,
    account: SmsGateway24ConfigEntry,
    request: Callable[[SmsGateway24Client], Awaitable[T]],
    describe: Callable[[SmsGateway24Error], HomeAssistantError],
) -> T:
    """Return the service's answer. If there is none, raise what ``describe`` makes of the error.

    Where only the user can help, the user is asked to sign in again.
    """
    try:
        return await account.runtime_data.account.call(request)
    except SmsGateway24Error as err:
        if isinstance(err, AuthenticationError):
            account.async_start_reauth(hass)
        raise describe(err) from err
