"""Calls of a phone's webhooks ("rings"): which are due, what they say, and what became of them.

The service posts to two addresses that are set for each phone: one for texts that come in, one for statuses of messages.
It signs nothing, and which encoding and which names it uses is contradictory; see Profile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from secrets import token_hex
from typing import Any, Literal
from urllib.parse import quote, quote_plus

from simulator.profile import Profile
from simulator.world.message import Message
from simulator.world.phone import Phone
from simulator.world.status import Status, title
from simulator.world.world import World

from .records import date_object, zone_of
from .wire import php_json

type Kind = Literal["incoming", "status"]
type Fields = dict[str, Any]

KINDS: tuple[Kind, ...] = ("incoming", "status")

_KEPT_RINGS = 5_000
_FORM = "application/x-www-form-urlencoded"
_NUMBERS = frozenset({"address", "sendto", "phone"})
_OWN_IDS = 100_000


@dataclass(slots=True)
class Ring:
    """One call of a webhook.

    `fields` is what the service had to say and `wire` how it said it. `status` is the HTTP status of the answer, `problem`
    what went wrong instead of one ("timed out", "no connection", …); both are empty while the call is under way.
    """

    kind: Kind
    phone_id: int
    message_id: int
    url: str
    fields: Fields
    content_type: str
    wire: bytes = field(repr=False)
    at: datetime
    status: int | None = None
    problem: str = ""

    @property
    def heard(self) -> bool:
        """Whether somebody answered that all is well."""
        return self.status is not None and self.status // 100 == 2  # noqa: PLR2004

    @property
    def outcome(self) -> str:
        """What became of it, in a word."""
        return self.problem or (str(self.status) if self.status is not None else "under way")


@dataclass(slots=True)
class Tally:
    """What became of all calls of one webhook."""

    rung: int = 0
    failed: int = 0
    last: str = ""


class Bells:
    """The webhooks of all phones. Calls nobody until `deliver` is there: a service that is down does not ring."""

    def __init__(self, world: World) -> None:
        """Listen to this world."""
        self.rings: list[Ring] = []
        self.silent = False
        self.deliver: Callable[[Ring], None] | None = None
        self._tallies: dict[tuple[int, Kind], Tally] = {}
        self._heard_of = 0
        self._world = world
        world.listener = self._hear

    @property
    def needed(self) -> bool:
        """Whether any phone has a webhook that rings."""
        return any(url_of(phone, kind) for phone in self._world.phones() for kind in KINDS)

    def tally(self, phone_id: int, kind: Kind) -> Tally:
        """Return what became of the calls of a webhook so far."""
        return self._tallies.setdefault((phone_id, kind), Tally())

    def note(self, ring: Ring) -> None:
        """Take note of a call that has ended."""
        tally = self.tally(ring.phone_id, ring.kind)
        tally.rung += 1
        tally.failed += not ring.heard
        tally.last = ring.outcome

    def _hear(self, message: Message) -> None:
        """Ring now or later for a text that came in, or for a status that was reported."""
        kind: Kind = "incoming" if message.incoming else "status"
        phone = next((phone for phone in self._world.phones() if phone.id == message.phone_id), None)
        if self.silent or self.deliver is None or phone is None or not (url := url_of(phone, kind)):
            return
        profile = self._world.profile
        self._heard_of += 1
        if profile.ring_lost_every and self._heard_of % profile.ring_lost_every == 0:
            return
        fields = ring_fields(phone, message, profile)
        content_type, wire = ring_body(fields, profile)
        for _ in range(profile.ring_times):
            ring = Ring(kind, phone.id, message.id, url, fields, content_type, wire, self._world.now)
            if profile.ring_delay:
                self._world.later(profile.ring_delay, partial(self._ring, ring))
            else:
                self._ring(ring)

    def _ring(self, ring: Ring) -> None:
        if self.deliver is None or self.silent:
            return
        ring.at = self._world.now
        self.rings.append(ring)
        del self.rings[:-_KEPT_RINGS]
        self.deliver(ring)


def url_of(phone: Phone, kind: Kind) -> str:
    """Return the address that is called now; empty if there is none or the phone's webhooks are off."""
    url = phone.incoming_webhook if kind == "incoming" else phone.status_webhook
    return url if phone.webhooks_on else ""


def ring_fields(phone: Phone, message: Message, profile: Profile) -> Fields:
    """Return what a call says of a message as it is now."""
    if profile.ring_fields == "article":
        fields = _article(phone, message)
    elif not message.incoming:
        fields = _status(phone, message, profile)
    elif profile.ring_fields == "image":
        fields = _image(message, profile)
    else:
        fields = _text(phone, message, profile)
    for name in fields.keys() & {"sms_id", "message_id"}:
        if profile.ring_ids == "missing":
            del fields[name]
        elif profile.ring_ids == "string":
            fields[name] = str(fields[name])
    return fields


def ring_body(fields: Fields, profile: Profile) -> tuple[str, bytes]:
    """Return content type and bytes of a call."""
    match profile.ring_encoding:
        case "json":
            return "application/json", php_json(fields)
        case "json_as_text":
            return "text/plain; charset=utf-8", php_json(fields)
        case "multipart":
            return _multipart(fields)
        case "form_raw_plus":
            return _FORM, _form(fields, raw=_NUMBERS)
        case _:
            return _FORM, _form(fields)


def _text(phone: Phone, message: Message, profile: Profile) -> Fields:
    """Return the fields of a text that came in, in the order of the service's pages."""
    received = message.received_at or message.created
    fields: Fields = {
        "address": message.number,
        # Android's words: received on the phone, and sent by the network.
        "date": _date(received, profile),
        "date_sent": _date(received, profile),
        "body": message.body,
        "internal_id": _internal_id(message),
    }
    if profile.ring_fields == "old":
        fields["sim"] = message.sim
    else:
        fields["channel_id"] = message.sim
    fields |= {"sms_id": message.id, "device_id": phone.id, "device_name": phone.title}
    if profile.ring_fields == "new":
        fields["type"] = "text"
    return fields


def _image(message: Message, profile: Profile) -> Fields:
    """Return the fields of a picture that came in."""
    received = message.received_at or message.created
    return {
        "address": message.number,
        "date": _date(received, profile),
        "date_sent": _date(received, profile),
        "body": "",
        "internal_id": None,
        "sim": message.sim,
        "sms_id": message.id,
        "type": "img",
        "img_url": f"https://pictures.example/{message.id}.jpg",
    }


def _status(phone: Phone, message: Message, profile: Profile) -> Fields:
    """Return the fields of a status."""
    return {
        "sms_id": message.id,
        "status_id": message.status,
        "status_message": title(message.status),
        "sendto": message.number,
        "senttime": _date(message.sent_at, profile) if message.sent_at else None,
        "device_id": phone.id,
        "sim" if profile.ring_fields == "old" else "channel_id": message.sim,
    }


def _article(phone: Phone, message: Message) -> Fields:
    """Return the fields of the vendor's article; its dates are ISO."""
    fields: Fields = {
        "event": "incoming_sms" if message.incoming else "delivery_status",
        "phone": message.number,
        "message_id": message.id,
        "timestamp": message.history[-1].at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "device_id": phone.id,
    }
    return fields | ({"message": message.body} if message.incoming else {"status": _word(message.status)})


def _word(status: int) -> str:
    match status:
        case Status.SENT | Status.DELIVERED:
            return title(status)
        case _:
            return "failed"


def _internal_id(message: Message) -> int:
    """Return the number that the text has on the phone itself."""
    return message.id % _OWN_IDS


def _date(moment: datetime, profile: Profile) -> str | Fields:
    if profile.ring_dates == "object":
        return date_object(moment, profile.dates)
    return moment.astimezone(zone_of(profile.dates)).strftime("%Y-%m-%d %H:%M:%S")


def _form(fields: Fields, raw: frozenset[str] = frozenset()) -> bytes:
    """Encode a form. With `raw` names, numbers are put in as they are but for what would break the form."""
    pairs = [
        f"{quote_plus(name)}={quote(value, safe='+') if name in raw else quote_plus(value)}"
        for name, value in _flat(fields)
    ]
    return "&".join(pairs).encode()


def _multipart(fields: Fields) -> tuple[str, bytes]:
    boundary = f"{'-' * 24}{token_hex(8)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in _flat(fields)
    ]
    return f"multipart/form-data; boundary={boundary}", f"{''.join(parts)}--{boundary}--\r\n".encode()


def _flat(fields: Fields) -> Iterator[tuple[str, str]]:
    """Spread fields as PHP does: what is within an object under name[key], what is null not at all."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _flat({f"{name}[{key}]": item for key, item in value.items()})
        elif value is not None:
            yield name, str(value)
