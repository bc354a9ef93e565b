"""The service's errors and the outbox's refusals in Home Assistant's terms: what happened, and what to do about it."""

from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError, ServiceValidationError
from homeassistant.helpers.update_coordinator import UpdateFailed

from .api import (
    AuthenticationError,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from .const import DOMAIN
from .messaging.outbox import EmptyMessageError, TooManyMessagesError
from .messaging.routing import NoPhoneError


def poll_error(err: SmsGateway24Error) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return what a failed poll raises."""
    key, placeholders = _describe(err)
    if isinstance(err, AuthenticationError):
        return ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key=key)
    return UpdateFailed(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
        retry_after=err.retry_after if isinstance(err, ThrottledError) else None,
    )


def action_error(
    err: SmsGateway24Error | EmptyMessageError | TooManyMessagesError | NoPhoneError, recipient: str
) -> HomeAssistantError:
    """Return what an action raises that could not send to ``recipient``."""
    if isinstance(err, EmptyMessageError):
        return ServiceValidationError(translation_domain=DOMAIN, translation_key="empty_message")
    if isinstance(err, TooManyMessagesError):
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="too_many_messages",
            translation_placeholders={"recipient": recipient},
        )
    if isinstance(err, NoPhoneError):
        key = "no_phone" if err.wanted is None else "phone_gone"
        return HomeAssistantError(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders={"recipient": recipient}
        )
    key, placeholders = _describe(err)
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=f"send_{key}", translation_placeholders=placeholders
    )


def read_error(err: SmsGateway24Error) -> HomeAssistantError:
    """Return what an action raises that could not read from the service."""
    key, placeholders = _describe(err)
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=f"read_{key}", translation_placeholders=placeholders
    )


def _describe(err: SmsGateway24Error) -> tuple[str, dict[str, str]]:
    match err:
        case AuthenticationError():
            return "invalid_auth", {}
        case RequestRefusedError():
            return "refused", {"message": err.message}
        case ThrottledError():
            return "throttled", {}
        case UnreadableAnswerError():
            return "unreadable_answer", {}
        case UnreachableError() | SmsGateway24Error():
            return "cannot_connect", {}
