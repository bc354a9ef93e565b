"""The action that returns messages: what the service holds, in both directions."""

from datetime import UTC, datetime
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..announcer import Direction
from ..api import AuthenticationError, Message, MessageFilters, MessageList, SmsGateway24Error, status_word
from ..const import DOMAIN
from ..coordinator import SmsGateway24ConfigEntry
from ..devices import phone_devices
from ..errors import read_error
from ..recipients import RecipientBook
from .message_query import QUERY_FIELDS, MessageQuery
from .period import IncompleteListError, read_period
from .target import TARGET_FIELDS, async_find_target
from .values import AS_GIVEN, read_integer, read_switch

ATTR_COUNT_ONLY: Final = "count_only"
ATTR_NEWEST_FIRST: Final = "newest_first"
ATTR_LIMIT: Final = "limit"
DEFAULT_LIMIT: Final = 100
HIGHEST_LIMIT: Final = 1000

GET_MESSAGES_SCHEMA: Final = vol.Schema(
    {
        **TARGET_FIELDS,
        **QUERY_FIELDS,
        vol.Optional(ATTR_COUNT_ONLY, default=False): AS_GIVEN,
        vol.Optional(ATTR_NEWEST_FIRST, default=False): AS_GIVEN,
        vol.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): AS_GIVEN,
    }
)

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


async def async_get_messages(call: ServiceCall) -> ServiceResponse:
    """Return the messages that match all fields, and how many there are before the limit.

    Raises ServiceValidationError for fields that make no sense, HomeAssistantError if the service does not answer.
    """
    target = async_find_target(call.hass, call.data)
    limit = read_integer(ATTR_LIMIT, call.data[ATTR_LIMIT], 1, HIGHEST_LIMIT)
    count_only = read_switch(ATTR_COUNT_ONLY, call.data[ATTR_COUNT_ONLY])
    newest_first = read_switch(ATTR_NEWEST_FIRST, call.data[ATTR_NEWEST_FIRST])
    now = target.account.runtime_data.account.client.clock.now() or dt_util.utcnow()
    query = MessageQuery.from_fields(call.data, phone_id=target.phone_id, country=call.hass.config.country, now=now)
    found = [message for message in await _read(call.hass, target.account, query, now) if query.matches(message)]
    if count_only:
        return {"count": len(found), "messages": []}
    # Ids need not grow, and the service's order is not reliable.
    found.sort(key=lambda message: (message.created or _LONG_AGO, message.id), reverse=newest_first)
    describe = _Describer(call.hass, target.account)
    return {"count": len(found), "messages": [describe(message) for message in found[:limit]]}


async def _read(
    hass: HomeAssistant, account: SmsGateway24ConfigEntry, query: MessageQuery, now: datetime
) -> list[Message]:
    async def fetch(filters: MessageFilters) -> MessageList:
        return await account.runtime_data.account.call(lambda client: client.get_messages(**filters))

    try:
        return await read_period(fetch, query.filters, query.begin, query.end, now)
    except IncompleteListError as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="read_incomplete") from err
    except SmsGateway24Error as err:
        if isinstance(err, AuthenticationError):
            account.async_start_reauth(hass)
        raise read_error(err) from err


class _Describer:
    """Describes messages as they are returned, without what the account's privacy setting withholds."""

    def __init__(self, hass: HomeAssistant, account: SmsGateway24ConfigEntry) -> None:
        """Take what is known about an account's phones and recipients."""
        self._devices = {phone_id: device.id for phone_id, device in phone_devices(hass, account).items()}
        self._recipients: RecipientBook = account.runtime_data.recipients
        self._withheld = account.runtime_data.settings.privacy.withheld

    def __call__(self, message: Message) -> dict[str, JsonValueType]:
        """Return a message as the action's response has it."""
        recipient = self._recipients.by_number(message.number)
        scheduled_for = message.scheduled_for
        if scheduled_for is not None and message.created is not None and scheduled_for <= message.created:
            # The service once wrote this for messages that were to go out at once (the vendor's PHP examples, 2021).
            scheduled_for = None
        described: dict[str, JsonValueType] = {
            "message_id": message.id,
            "direction": (Direction.INCOMING if message.incoming else Direction.OUTGOING).value,
            "number": message.number,
            "name": recipient.name if recipient else None,
            "text": message.text,
            "status": message.status,
            "status_word": status_word(message.status),
            "status_text": message.status_text,
            "phone_id": message.phone_id or None,
            "device_id": self._devices.get(message.phone_id),
            "sim": message.sim,
            "customer_id": message.customer_id,
            "urgent": message.urgent,
            "created": _iso(message.created),
            "scheduled_for": _iso(scheduled_for),
            "sent_at": _iso(message.sent_at),
        }
        return {key: value for key, value in described.items() if key not in self._withheld}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
