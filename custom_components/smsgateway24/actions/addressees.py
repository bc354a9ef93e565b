"""Whom an action is to text: recipients by their entities, and everybody else by number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import re
from typing import Any, Final

from homeassistant.components.notify import DOMAIN as NOTIFY
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
import voluptuous as vol

from ..const import DOMAIN
from ..coordinator import SmsGateway24ConfigEntry
from ..errors import number_error
from ..messaging.numbers import InvalidNumberError, normalise, normalise_digits
from ..messaging.outgoing import Draft
from ..recipients import Recipient
from ..settings import Privacy
from .target import async_find_target

_BETWEEN_NUMBERS: Final = re.compile(r"[,;\n]")

type Written = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody to be texted, through one account, with its setting of privacy."""

    account: SmsGateway24ConfigEntry
    privacy: Privacy
    number: str
    recipient: Recipient | None

    def draft(self, text: str) -> Draft:
        """Return what is to be sent to this person; to a recipient always in the way that is set for them."""
        return Draft(number=self.number, text=text) if self.recipient is None else self.recipient.draft(text)


def entity_ids(value: Any) -> list[str]:
    """Return entity ids from one text, with commas between them or not, or from a list. Raises vol.Invalid."""
    return [text for item in cv.ensure_list_csv(value) if (text := cv.string(item).strip().lower())]


def written_numbers(value: Any) -> list[Written]:
    """Return numbers from one or from a list, each as it was written: a text may hold several, with commas between.

    A number that a template has made an integer stays one, since it has lost something. Raises vol.Invalid.
    """
    return list(_numbers_in(value))


def written_number(value: Any) -> Written:
    """Return one number as it was written. Raises vol.Invalid."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise vol.Invalid("a phone number is a text, best with + and in quotes")


def _numbers_in(value: Any) -> Iterator[Written]:
    if isinstance(value, list | tuple | set):
        for item in value:
            yield from _numbers_in(item)
    elif isinstance(value, str):
        yield from (text for part in _BETWEEN_NUMBERS.split(value) if (text := part.strip()))
    else:
        yield written_number(value)


@callback
def async_find_recipient(
    hass: HomeAssistant, entity_id: str, account: SmsGateway24ConfigEntry | None = None
) -> Addressee:
    """Return the recipient behind a notify entity, of a certain account if one is given.

    Raises ServiceValidationError.
    """
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or (entity.domain, entity.platform) != (NOTIFY, DOMAIN) or entity.disabled:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_recipient", translation_placeholders={"entity": entity_id}
        )
    found = async_find_target(hass, {ATTR_CONFIG_ENTRY_ID: entity.config_entry_id}).account
    if account not in {None, found}:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="recipient_of_other_account",
            translation_placeholders={"entity": entity_id},
        )
    recipient = found.runtime_data.recipients.by_id(entity.unique_id)
    if recipient is None:
        # It was removed a moment ago, and its entity is about to follow.
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_recipient", translation_placeholders={"entity": entity_id}
        )
    privacy = found.runtime_data.settings.privacy
    return Addressee(account=found, privacy=privacy, number=recipient.number, recipient=recipient)


@callback
def async_find_number(hass: HomeAssistant, written: Written, account: SmsGateway24ConfigEntry) -> Addressee:
    """Return whoever has a number, as a recipient if it belongs to one. Raises ServiceValidationError."""
    privacy = account.runtime_data.settings.privacy
    number = read_number(hass, written, privacy)
    recipient = account.runtime_data.recipients.by_number(number)
    return Addressee(account=account, privacy=privacy, number=number, recipient=recipient)


@callback
def read_number(hass: HomeAssistant, written: Written, privacy: Privacy) -> str:
    """Return a number in the form in which it is sent. Raises ServiceValidationError."""
    country = hass.config.country
    try:
        return normalise_digits(written, country) if isinstance(written, int) else normalise(written, country)
    except InvalidNumberError as err:
        raise number_error(err, str(written), privacy) from err


def only_account(addressees: Iterable[Addressee]) -> SmsGateway24ConfigEntry | None:
    """Return the account that all of them belong to, None if there are several or none."""
    accounts = {addressee.account.entry_id: addressee.account for addressee in addressees}
    return next(iter(accounts.values())) if len(accounts) == 1 else None
