"""Whom an action is to text: recipients by their entities, and everybody else by number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import re
from typing import Any, Final

from homeassistant.components.notify import DOMAIN as NOTIFY
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback, valid_entity_id
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er

from ..const import DOMAIN
from ..coordinator import SmsGateway24ConfigEntry
from ..errors import number_error, spoken_word
from ..messaging.numbers import InvalidNumberError, normalise, normalise_digits
from ..messaging.outgoing import Draft
from ..recipients import Recipient
from ..settings import Privacy
from .target import async_find_target
from .values import unreadable

_BETWEEN_NUMBERS: Final = re.compile(r"[,;\n]")
_NUMBER_EXAMPLE: Final = '"+12025550123"'
_ENTITY_EXAMPLE: Final = "notify.anna"

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


def entity_ids(value: Any) -> list[str | None]:
    """Return entity ids from one text, with commas between them or not, or from a list; None for what is no text."""
    items = [None] if value is None else cv.ensure_list_csv(value)
    texts = (item.strip().lower() if isinstance(item, str) else None for item in items)
    return [text for text in texts if text != ""]


def written_numbers(value: Any) -> list[Written | None]:
    """Return numbers from one or from a list, each as it was written: a text may hold several, with commas between.

    A number that a template has made an integer stays one, since it has lost something. What is none by its kind, such as
    a fraction, is None.
    """
    return list(_numbers_in(value))


def written_number(value: Any) -> Written | None:
    """Return one number as it was written, None for what is none by its kind."""
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _numbers_in(value: Any) -> Iterator[Written | None]:
    if isinstance(value, list | tuple | set):
        for item in value:
            yield from _numbers_in(item)
    elif isinstance(value, str):
        yield from (text for part in _BETWEEN_NUMBERS.split(value) if (text := part.strip()))
    else:
        yield written_number(value)


@callback
def async_find_recipient(
    hass: HomeAssistant, entity_id: str | None, account: SmsGateway24ConfigEntry | None = None
) -> Addressee:
    """Return the recipient behind a notify entity, of a certain account if one is given.

    Raises ServiceValidationError, also for None, which stands for what cannot be read.
    """
    if entity_id is None:
        raise unreadable(ATTR_ENTITY_ID, _ENTITY_EXAMPLE)
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or (entity.domain, entity.platform) != (NOTIFY, DOMAIN) or entity.disabled:
        # Where entities are expected, a number may stand by mistake.
        spoken = entity_id if valid_entity_id(entity_id) else spoken_word(entity_id)
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_recipient", translation_placeholders={"entity": spoken}
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
def async_find_number(
    hass: HomeAssistant, field: str, written: Written | None, account: SmsGateway24ConfigEntry
) -> Addressee:
    """Return whoever has the number in a field, as a recipient if it belongs to one. Raises ServiceValidationError."""
    privacy = account.runtime_data.settings.privacy
    number = read_number(hass, field, written, privacy)
    recipient = account.runtime_data.recipients.by_number(number)
    return Addressee(account=account, privacy=privacy, number=number, recipient=recipient)


@callback
def read_number(hass: HomeAssistant, field: str, written: Written | None, privacy: Privacy) -> str:
    """Return a number in the form in which it is sent.

    Raises ServiceValidationError, also for None, which stands for what cannot be read.
    """
    if written is None:
        raise unreadable(field, _NUMBER_EXAMPLE)
    country = hass.config.country
    try:
        return normalise_digits(written, country) if isinstance(written, int) else normalise(written, country)
    except InvalidNumberError as err:
        raise number_error(err, str(written), privacy) from err


def only_account(addressees: Iterable[Addressee]) -> SmsGateway24ConfigEntry | None:
    """Return the account that all of them belong to, None if there are several or none."""
    accounts = {addressee.account.entry_id: addressee.account for addressee in addressees}
    return next(iter(accounts.values())) if len(accounts) == 1 else None
