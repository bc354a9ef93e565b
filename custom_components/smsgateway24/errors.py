"""The service's errors and the outbox's refusals in Home Assistant's terms: what happened, and what to do about it."""

from collections.abc import Iterable
from typing import Final

from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError, ServiceValidationError
from homeassistant.helpers.update_coordinator import UpdateFailed

from .api import (
    AuthenticationError,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreadableAnswerError,
)
from .api.redaction import safe_words
from .const import DOMAIN
from .messaging.numbers import CountryNeededError, DoubtfulNumberError, InvalidNumberError
from .messaging.outbox import EmptyMessageError, TooManyMessagesError
from .messaging.outgoing import Draft
from .messaging.routing import NoPhoneError
from .settings import Privacy

_UNSPOKEN: Final = "…"
_DIGITS_SPOKEN: Final = 3
_SHORTEST_PRIVATE: Final = 4


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


def action_error(err: Exception, draft: Draft, name: str | None, privacy: Privacy) -> HomeAssistantError:
    """Return what an action raises that could not send a draft to a person, whose ``name`` is None if not known."""
    recipient = {"recipient": spoken_name(name, draft.number, privacy)}
    match err:
        case EmptyMessageError():
            return ServiceValidationError(translation_domain=DOMAIN, translation_key="empty_message")
        case TooManyMessagesError():
            return HomeAssistantError(
                translation_domain=DOMAIN, translation_key="too_many_messages", translation_placeholders=recipient
            )
        case NoPhoneError(wanted=wanted):
            return HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="no_phone" if wanted is None else "phone_gone",
                translation_placeholders=recipient,
            )
    key, placeholders = _describe(err, (draft.number, draft.text))
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=f"send_{key}", translation_placeholders=placeholders
    )


def read_error(err: SmsGateway24Error) -> HomeAssistantError:
    """Return what an action raises that could not read from the service."""
    key, placeholders = _describe(err)
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=f"read_{key}", translation_placeholders=placeholders
    )


def change_error(err: SmsGateway24Error, private: Iterable[str] = ()) -> HomeAssistantError:
    """Return what an action raises that could not create something at the service, or does not know whether it has.

    ``private`` is what it was to be made of, which the service's words may repeat.
    """
    placeholders: dict[str, str] = {}
    match err:
        case SmsGateway24Error(certainly_unsent=False):
            key = "create_unconfirmed"
        case AuthenticationError():
            key = "create_invalid_auth"
        case RequestRefusedError():
            key, placeholders = "create_refused", {"message": _words(err, private)}
        case ThrottledError():
            key = "create_throttled"
        case _:
            key = "create_cannot_connect"
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders)


def kept_error(err: Exception) -> HomeAssistantError:
    """Return what there is to say of a message that was not handed over yet, for this reason, and is kept."""
    match err:
        case AuthenticationError():
            key = "kept_invalid_auth"
        case ThrottledError():
            key = "kept_throttled"
        case _:
            key = "kept_cannot_connect"
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)


def doubt_error(err: Exception, draft: Draft) -> HomeAssistantError:
    """Return what there is to say of a message of which nobody knows whether the service has it."""
    if isinstance(err, RequestRefusedError):
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="in_doubt_refused",
            translation_placeholders={"message": _words(err, (draft.number, draft.text))},
        )
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="in_doubt")


def failure_error(reason: str) -> HomeAssistantError:
    """Return what there is to say of a message that has failed, by the word for its failure."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=f"failed_{reason}")


def number_error(err: InvalidNumberError, number: str, privacy: Privacy) -> ServiceValidationError:
    """Return what an action raises for a number that cannot be texted."""
    match err:
        case DoubtfulNumberError():
            key = "doubtful_number"
        case CountryNeededError():
            key = "country_needed"
        case _:
            key = "invalid_number"
    shown = _UNSPOKEN if privacy is Privacy.MINIMAL else spoken_word(number)
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"number": shown}
    )


def spoken_name(name: str | None, number: str, privacy: Privacy) -> str:
    """Return by what a person is called in an error, which ends up in logs and traces: never by the whole number."""
    if privacy is Privacy.MINIMAL:
        return _UNSPOKEN
    return name or f"{_UNSPOKEN}{number[-_DIGITS_SPOKEN:]}"


def spoken_word(word: str) -> str:
    """Return what somebody wrote, where it may be a number, as it is told in an error: a whole number is not."""
    if word and sum(map(str.isdigit, word)) <= _DIGITS_SPOKEN:
        return word
    return f"{_UNSPOKEN}{word[-_DIGITS_SPOKEN:]}"


def _describe(err: Exception, private: Iterable[str] = ()) -> tuple[str, dict[str, str]]:
    match err:
        case AuthenticationError():
            return "invalid_auth", {}
        case RequestRefusedError():
            return "refused", {"message": _words(err, private)}
        case ThrottledError():
            return "throttled", {}
        case UnreadableAnswerError():
            return "unreadable_answer", {}
        case _:
            return "cannot_connect", {}


def _words(refusal: RequestRefusedError, private: Iterable[str]) -> str:
    """Return the service's own words, without what has no place in a log: errors of automations end up there."""
    spellings = (spelling for text in private for spelling in (text, text.lstrip("+")))
    # What is shorter says nothing about anybody, and would be cut out of the middle of words.
    return safe_words(refusal.message, (text for text in spellings if len(text) >= _SHORTEST_PRIVATE))
