"""What the service's answers mean: from JSON to models.

Single values are read leniently, a broken record is left out, and only what cannot be an answer of the method at all
raises WrongShapeError.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields as fields_of, make_dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import orjson

from .message_list import MessageList
from .models import Message, MessageStatusReport, Phone, PhoneStatus, Sim
from .moments import last_contact, moment
from .parsing import (
    LARGEST_INT,
    JsonObject,
    WrongShapeError,
    count,
    error_code,
    id_words,
    identifier,
    json_value,
    label,
    truth,
    whole_number,
    words,
)
from .status import MessageStatus, status_word

type _Description = tuple[Any, ...]

_HTTP_SUCCESS: Final = range(200, 300)
_INCOMING: Final = int(MessageStatus.INCOMING)
_FIELDS_OF_A_MESSAGE: Final = (
    "id",
    "sendto",
    "body",
    "status",
    "statustitle",
    "deviceid",
    "customerid",
    "urgent",
    "created",
    "senttime",
    "timetosend",
    "paketid",
)
_VALUES_OF_A_MESSAGE: Final[Callable[[JsonObject], tuple[Any, ...]]] = itemgetter(*_FIELDS_OF_A_MESSAGE)
_FIELDS_OF_A_PHONE: Final = (
    "title",
    "created",
    "appversion",
    "isappversionactual",
    "subscription",
    "serialnumber",
    "imei",
    "siminfo",
    "delaybetweenrequest",
    "delaybetweeneachsms",
)
_VALUES_OF_A_PHONE: Final[Callable[[JsonObject], tuple[Any, ...]]] = itemgetter(*_FIELDS_OF_A_PHONE)
_FIELDS_OF_A_SENDER: Final = ("address", "phone", "from", "sender")
_HIGHEST_SLOT: Final = 99
_LONGEST_PAUSE: Final = 86_400
_LONGEST_REMEMBERED: Final = 16_384
_LETTERS_OF_A_COUNTRY: Final = 2


# Making a frozen object costs four times as much as making one that is not and declaring it frozen, which matters for
# lists of thousands of messages and for the phones of every poll.
_MessageDraft: Final[Any] = make_dataclass(
    "_MessageDraft", [(field.name, field.type) for field in fields_of(Message)], slots=True
)
_PhoneDraft: Final[Any] = make_dataclass(
    "_PhoneDraft", [(field.name, field.type) for field in fields_of(Phone)], slots=True
)


class RefusalError(Exception):
    """The answer is the service's no."""

    def __init__(self, code: int, words: object) -> None:
        super().__init__()
        self.code = code
        self.words = words


def accepted(http_status: int, body: bytes) -> JsonObject:
    """Return the fields of an answer with which the service says yes.

    Its `error` counts with any HTTP status, because with which it comes is not documented; an answer other than a
    success without it says nothing that the API would say. Raises RefusalError or WrongShapeError.
    """
    answer = json_value(body)
    if not isinstance(answer, dict):
        raise WrongShapeError
    if code := error_code(answer.get("error")):
        raise RefusalError(code, answer.get("message"))
    if http_status not in _HTTP_SUCCESS:
        raise WrongShapeError
    return answer


def token(fields: JsonObject) -> str:
    """Return the token that gettoken hands out (documentation, section 1)."""
    value = fields.get("token")
    if not isinstance(value, str) or not value.strip():
        raise WrongShapeError
    return value.strip()


def new_id(fields: JsonObject, *names: str) -> int:
    """Return the id of what was made, from the first of these fields that is there.

    It is an int in all samples; as text or as the only element of a list it is accepted too.
    """
    value = next((fields[name] for name in names if fields.get(name) is not None), None)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    number = identifier(value)
    if number is None:
        raise WrongShapeError
    return number


def message_status(fields: JsonObject, message_id: int) -> MessageStatusReport:
    """Return what getsmsstatus says about a message.

    The documentation's sample (section 9) is another method's; the fields are those of its table, which the vendor's
    PHP examples (2021) show in an answer.
    """
    status = whole_number(fields.get("status"))
    named = fields.get("sms_id")
    if status is None or (named is not None and whole_number(named) != message_id):
        raise WrongShapeError
    return MessageStatusReport(message_id, status, label(fields.get("status_description")) or status_word(status))


def phone_status(fields: JsonObject, phone_id: str, now: datetime | None) -> PhoneStatus:
    """Return what getdevicestatus says (not documented; seen in the vendor's PHP examples, 2021).

    `now` is the time at the service.
    """
    if fields.keys().isdisjoint({"online", "diffseconds", "lastseen"}):
        raise WrongShapeError
    return PhoneStatus(
        phone_id=phone_id,
        online=truth(fields.get("online")),
        seconds_since_seen=count(fields.get("diffseconds")),
        last_seen=last_contact(fields.get("lastseen"), now),
        title=label(fields.get("title")),
    )


def phones(fields: JsonObject, now: datetime | None) -> tuple[Phone, ...]:
    """Return the account's phones, sorted by id, as getalldevices lists them (documentation, section 8).

    `now` is the time at the service. If there are phones and none of them can be read, it is no such answer: that all
    phones have gone would be a strong thing to say.
    """
    if fields.keys().isdisjoint({"device", "count", "error"}):
        raise WrongShapeError
    found = {
        phone.id: phone
        for key, record in _records(fields.get("device"))
        if (phone := _phone(key, record, now)) is not None
    }
    if not found and (fields.get("device") or count(fields.get("count"))):
        raise WrongShapeError
    return tuple(found[phone_id] for phone_id in sorted(found, key=lambda text: (len(text), text)))


def messages(fields: JsonObject) -> MessageList:
    """Return the messages that getallsms found (documentation, section 4)."""
    _require_message_list(fields)
    records = fields.get("smss")
    if records is None:
        records = []
    if not isinstance(records, dict | list):
        raise WrongShapeError
    return MessageList(records, count=count(fields.get("count")), read=_message)


def message_count(fields: JsonObject) -> int:
    """Return the number that getallsms gives with `onlycount`.

    No sample of that is public: it may stand in `count`, or in `smss` as a number or as the length of a list.
    """
    _require_message_list(fields)
    for value in (fields.get("count"), fields.get("smss")):
        number = len(value) if isinstance(value, list | dict) else count(value)
        if number is not None:
            return number
    raise WrongShapeError


def _require_message_list(fields: JsonObject) -> None:
    if fields.keys().isdisjoint({"smss", "count", "error"}):
        raise WrongShapeError


def _records(value: object) -> Iterable[tuple[str | None, Any]]:
    """Return records with their keys. PHP writes an empty object as [], so both forms, null and nothing will do."""
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list):
        return ((None, record) for record in value)
    if value is None:
        return ()
    raise WrongShapeError


def _phone(key: str | None, record: object, now: datetime | None) -> Phone | None:
    if not isinstance(record, dict):
        return None
    phone_id = id_words(record.get("id")) or id_words(identifier(key))
    if not phone_id:
        return None
    title, *others = _description(record)
    phone: Phone = _PhoneDraft(phone_id, title or phone_id, last_contact(record.get("lastseen"), now), *others)
    phone.__class__ = Phone
    return phone


def _description(record: JsonObject) -> _Description:
    """Read what hardly ever changes about a phone, so that nearly always it was read before."""
    try:
        values = _VALUES_OF_A_PHONE(record)
    except KeyError:
        values = tuple(map(record.get, _FIELDS_OF_A_PHONE))
    try:
        text = orjson.dumps(values)
    except TypeError:
        # What can be read may still be too deep to be written.
        return _read_description(values)
    return _description_written(text) if len(text) <= _LONGEST_REMEMBERED else _read_description(values)


@lru_cache(maxsize=256)
def _description_written(text: bytes) -> _Description:
    return _read_description(orjson.loads(text))


def _read_description(values: Sequence[Any]) -> _Description:
    """Return a phone's title and, in their order, all of its fields that follow the moment of its last contact."""
    title, created, version, is_current, subscription, serial_number, imei, sims, request_pause, send_pause = values
    return (
        label(title),
        moment(created).at,
        label(version),
        truth(is_current),
        truth(subscription),
        label(serial_number),
        label(imei),
        _sims(sims),
        _pause(request_pause),
        _pause(send_pause),
    )


def _pause(value: object) -> int | None:
    """Return seconds. No phone is set to pauses of more than a day, with which nobody could go on to compute."""
    seconds = count(value)
    return seconds if seconds is not None and seconds <= _LONGEST_PAUSE else None


def _sims(value: object) -> tuple[Sim, ...]:
    found: dict[int, Sim] = {}
    for key, record in _sim_records(value):
        sim = _sim(key, record)
        if sim is not None:
            found.setdefault(sim.slot, sim)
    return tuple(found[slot] for slot in sorted(found))


def _sim_records(value: object) -> Iterator[tuple[str | None, JsonObject]]:
    """Yield a phone's SIM records with lower-case keys.

    Documented is a list (section 8, which calls it "in JSON"); it may also come as an object by slot, as the text of
    either, or as nothing: a device need not be a phone.
    """
    if isinstance(value, str):
        try:
            value = json_value(value)
        except WrongShapeError:
            return
    if not isinstance(value, dict | list):
        return
    for key, record in _records(value):
        if isinstance(record, dict):
            yield key, {name.lower(): entry for name, entry in record.items()}


def _sim(key: str | None, record: JsonObject) -> Sim | None:
    slot = count(record.get("slot"))
    if slot is None:
        slot = count(key)
    if slot is None or slot > _HIGHEST_SLOT:
        return None
    country = label(record.get("countryiso"))
    known = country is not None and len(country) == _LETTERS_OF_A_COUNTRY and country.isascii() and country.isalpha()
    return Sim(
        slot=slot,
        carrier=label(record.get("carriername")),
        number=label(record.get("number")),
        country=country.upper() if country is not None and known else None,
        iccid=label(record.get("iccid")),
        roaming=truth(record.get("roaming")),
    )


def _message(key: str | None, record: JsonObject) -> Message | None:
    """Read a record of the list. As there can be thousands, the ordinary shape of each value is looked for first."""
    try:
        values = _VALUES_OF_A_MESSAGE(record)
    except KeyError:
        values = tuple(map(record.get, _FIELDS_OF_A_MESSAGE))
    message_id, number, text, status, title, phone_id, customer_id, urgent, created, sent_at, send_at, list_id = values
    if type(message_id) is not int or not 0 < message_id <= LARGEST_INT:
        message_id = identifier(message_id) or identifier(key)
    status = whole_number(status)
    if message_id is None or status is None:
        return None
    if status == _INCOMING:
        number = _sender(record) or number
    sim = record.get("sim")
    at, own_words = moment(created)
    message: Message = _MessageDraft(
        message_id,
        words(number).strip(),
        text if type(text) is str else words(text),
        status,
        label(title) or status_word(status),
        id_words(phone_id),
        None if sim is None else count(sim),
        None if customer_id is None else identifier(customer_id),
        urgent is not None and truth(urgent) is True,
        at,
        own_words,
        None if sent_at is None else moment(sent_at).at,
        None if send_at is None else moment(send_at).at,
        None if list_id is None else identifier(list_id),
    )
    message.__class__ = Message
    return message


def _sender(record: JsonObject) -> str | None:
    """Return who sent an incoming message, if a field of its own says so.

    No sample of an incoming record is public. The record has one number, `sendto`, so that should be it; the service's
    webhooks call the sender `address` (webhook page, 2024), so such fields go first where they are filled.
    """
    return next((sender for name in _FIELDS_OF_A_SENDER if (sender := label(record.get(name))) is not None), None)
