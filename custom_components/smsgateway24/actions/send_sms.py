"""The action that texts recipients and numbers, all the same."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..coordinator import SmsGateway24ConfigEntry
from ..messaging.outgoing import Outcome
from .addressees import (
    Addressee,
    async_find_number,
    async_find_recipient,
    entity_ids,
    only_account,
    written_numbers,
)
from .sending import Letter, Misfit, async_send
from .target import TARGET_FIELDS, async_find_target
from .values import AS_GIVEN, read_duration, read_text
from .wishes import EXPIRE_AFTER_FIELD, WISH_FIELDS, Wishes

ATTR_MESSAGE: Final = "message"
ATTR_NUMBERS: Final = "numbers"
ATTR_WAIT_FOR: Final = "wait_for"
ATTR_TIMEOUT: Final = "timeout"

SEND_SMS_SCHEMA: Final = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Required(ATTR_MESSAGE): AS_GIVEN,
        vol.Optional(ATTR_ENTITY_ID): entity_ids,
        vol.Optional(ATTR_NUMBERS): written_numbers,
        **WISH_FIELDS,
        **EXPIRE_AFTER_FIELD,
        vol.Optional(ATTR_WAIT_FOR): AS_GIVEN,
        vol.Optional(ATTR_TIMEOUT): AS_GIVEN,
    }
)

DEFAULT_TIMEOUT: Final = timedelta(minutes=1)
SHORTEST_TIMEOUT: Final = timedelta(seconds=1)
LONGEST_TIMEOUT: Final = timedelta(hours=1)
_OUTCOMES: Final = {outcome.value: outcome for outcome in (Outcome.SENT, Outcome.DELIVERED)}


async def async_send_sms(call: ServiceCall) -> ServiceResponse:
    """Text recipients and numbers, each once, and return what became of each message.

    Raises ServiceValidationError for fields that make no sense, and an error if nothing could be sent.
    """
    fields = call.data
    text = read_text(ATTR_MESSAGE, fields[ATTR_MESSAGE])
    if not text.strip():
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="empty_message")
    account = phone_id = None
    if fields.keys() & {ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID}:
        target = async_find_target(call.hass, fields)
        account, phone_id = target.account, target.phone_id
    wishes = Wishes.from_fields(fields, phone_id=phone_id, now=dt_util.utcnow())
    wait_for, timeout = _waiting(fields)
    items = [
        Letter(addressee=found, draft=wishes.applied_to(found.draft(text))) if isinstance(found, Addressee) else found
        for found in _once_each(_find(call.hass, fields, account, phone_id, text))
    ]
    if not items:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nobody_to_text")
    return await async_send(call, items, wait_for=wait_for, timeout=timeout.total_seconds())


def _waiting(fields: Mapping[str, Any]) -> tuple[Outcome | None, timedelta]:
    """Return what is to be waited for, and for how long."""
    timeout = DEFAULT_TIMEOUT
    if ATTR_TIMEOUT in fields:
        timeout = read_duration(ATTR_TIMEOUT, fields[ATTR_TIMEOUT], SHORTEST_TIMEOUT, LONGEST_TIMEOUT)
    if ATTR_WAIT_FOR not in fields:
        if ATTR_TIMEOUT in fields:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="timeout_without_wait_for")
        return None, timedelta()
    wait_for = read_text(ATTR_WAIT_FOR, fields[ATTR_WAIT_FOR])
    if wait_for not in _OUTCOMES:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_outcome",
            translation_placeholders={"outcome": wait_for},
        )
    return _OUTCOMES[wait_for], timeout


def _find(
    hass: HomeAssistant,
    fields: Mapping[str, Any],
    account: SmsGateway24ConfigEntry | None,
    phone_id: str | None,
    text: str,
) -> Iterator[Addressee | Misfit]:
    """Find everybody who is to be texted, recipients first."""
    recipients: list[Addressee] = []
    for entity_id in dict.fromkeys(fields.get(ATTR_ENTITY_ID, ())):
        try:
            recipients.append(async_find_recipient(hass, entity_id, account))
        except ServiceValidationError as err:
            yield Misfit(error=err, text=text, account=account, phone_id=phone_id)
    yield from recipients
    written = dict.fromkeys(fields.get(ATTR_NUMBERS, ()))
    if not written:
        return
    # Whoever is texted beside recipients is texted through their account; otherwise there must be only one.
    account = account or only_account(recipients) or async_find_target(hass, {}).account
    for number in written:
        try:
            yield async_find_number(hass, ATTR_NUMBERS, number, account)
        except ServiceValidationError as err:
            yield Misfit(error=err, text=text, written=number, account=account, phone_id=phone_id)


def _once_each(found: Iterator[Addressee | Misfit]) -> Iterator[Addressee | Misfit]:
    """Leave out whoever has a number that came before."""
    numbers: set[str] = set()
    for item in found:
        if isinstance(item, Addressee):
            if item.number in numbers:
                continue
            numbers.add(item.number)
        yield item
