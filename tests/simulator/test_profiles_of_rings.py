"""What profiles make of webhooks: the names in a call, and how it is encoded."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from simulator import ManualClock, Message, Phone, Status
from simulator.backend import Backend
from simulator.service.rings import ring_body, ring_fields
from simulator.web.requests import form_fields

from .conftest import FRIEND, NOON

AT = "2026-11-01 13:00:00"
PARIS = {"date": "2026-11-01 13:00:00.000000", "timezone_type": 3, "timezone": "Europe/Paris"}


class Told:
    """One text and one status, as a profile tells them."""

    def __init__(self, name: str) -> None:
        backend = Backend(profile=name, clock=ManualClock(NOON))
        self.phone: Phone = backend.add_phone(phone_id=1576)
        text = backend.receive(self.phone, FRIEND, "Gate & door + 50 % / ä😀", sim=1)
        assert text
        self.text: Message = text
        self.sent: Message = backend.send_from_site(self.phone, FRIEND, "Hi", sim=0)
        backend.set_status(self.sent, Status.SENT)
        self.profile = backend.profile

    def fields(self, message: Message) -> dict[str, Any]:
        """Return what is said."""
        return ring_fields(self.phone, message, self.profile)

    def body(self, message: Message) -> tuple[str, bytes]:
        """Return how it is said."""
        return ring_body(self.fields(message), self.profile)


def test_the_fields_of_the_new_page() -> None:
    """A text has a type, the SIM is a channel."""
    told = Told("documented")
    assert told.fields(told.text) == {
        "address": FRIEND,
        "date": AT,
        "date_sent": AT,
        "body": told.text.body,
        "internal_id": told.text.id % 100_000,
        "channel_id": 1,
        "sms_id": told.text.id,
        "device_id": 1576,
        "device_name": "Hall phone",
        "type": "text",
    }
    assert told.fields(told.sent) == {
        "sms_id": told.sent.id,
        "status_id": 6,
        "status_message": "sent",
        "sendto": FRIEND,
        "senttime": AT,
        "device_id": 1576,
        "channel_id": 0,
    }


def test_the_fields_of_the_old_page() -> None:
    """The SIM is called so, and there is no type."""
    told = Told("rings-old-fields")
    fields = told.fields(told.text)
    assert fields["sim"] == 1
    assert fields.keys() & {"channel_id", "type"} == set()
    fields = told.fields(told.sent)
    assert (fields["sim"], "channel_id" in fields) == (0, False)


def test_the_fields_of_a_picture() -> None:
    """No text, no phone, an address elsewhere."""
    told = Told("rings-image")
    fields = told.fields(told.text)
    assert (fields["type"], fields["body"], fields["internal_id"], fields["sim"]) == ("img", "", None, 1)
    assert fields["img_url"].startswith("https://")
    assert "device_id" not in fields
    assert told.fields(told.sent)["channel_id"] == 0


def test_the_fields_of_the_article() -> None:
    """Names of their own, and a word for the status."""
    told = Told("rings-article")
    assert told.fields(told.text) == {
        "event": "incoming_sms",
        "phone": FRIEND,
        "message_id": told.text.id,
        "timestamp": "2026-11-01T12:00:00Z",
        "device_id": 1576,
        "message": told.text.body,
    }
    fields = told.fields(told.sent)
    assert (fields["event"], fields["status"], "message" in fields) == ("delivery_status", "sent", False)
    told.sent.history.pop()
    assert told.fields(told.sent)["status"] == "failed"


def test_a_message_that_was_not_sent_has_no_time_of_it() -> None:
    """Null, which a form leaves out."""
    told = Told("documented")
    told.sent.history.pop()
    assert told.fields(told.sent)["senttime"] is None
    assert b"senttime" not in told.body(told.sent)[1]


@pytest.mark.parametrize("name", ["documented", "rings-multipart"])
def test_forms(name: str) -> None:
    """Everything comes back as text, and whole."""
    told = Told(name)
    content_type, wire = told.body(told.text)
    kind = "multipart/form-data; boundary=" if name == "rings-multipart" else "application/x-www-form-urlencoded"
    assert content_type.startswith(kind)
    expected = {key: str(value) for key, value in told.fields(told.text).items()}
    assert form_fields(wire, content_type) == expected


def test_a_form_with_a_bare_plus() -> None:
    """The number arrives with a space before it, the text as it is."""
    told = Told("rings-raw-plus")
    _, wire = told.body(told.text)
    assert wire.startswith(b"address=+447700900123&")
    fields = dict(parse_qsl(wire.decode()))
    assert (fields["address"], fields["body"]) == (" 447700900123", told.text.body)
    assert dict(parse_qsl(told.body(told.sent)[1].decode()))["sendto"] == " 447700900123"


@pytest.mark.parametrize(
    ("name", "content_type"), [("rings-json", "application/json"), ("rings-json-as-text", "text/plain; charset=utf-8")]
)
def test_json(name: str, content_type: str) -> None:
    """As PHP writes it, under one type or the other."""
    told = Told(name)
    kind, wire = told.body(told.text)
    assert kind == content_type
    assert json.loads(wire) == told.fields(told.text)
    assert rb"50 % \/ \u00e4" in wire


@pytest.mark.parametrize(
    ("name", "key", "told_as"),
    [
        ("rings-json", "sms_id", int),
        ("rings-article", "message_id", int),
        ("rings-text-ids", "sms_id", str),
        ("rings-without-ids", "sms_id", None),
    ],
)
def test_ids(name: str, key: str, told_as: type | None) -> None:
    """A number, a text, or nothing, in both kinds of call."""
    told = Told(name)
    for message in (told.text, told.sent):
        identifier = told.fields(message).get(key)
        assert identifier == (told_as(message.id) if told_as else None)


def test_dates_as_objects_in_json() -> None:
    """PHP's dump of a DateTime."""
    told = Told("rings-json-date-objects")
    assert json.loads(told.body(told.text)[1])["date_sent"] == PARIS
    assert json.loads(told.body(told.sent)[1])["senttime"] == PARIS


def test_dates_as_objects_in_a_form() -> None:
    """PHP spreads them over names with brackets."""
    told = Told("rings-date-objects")
    fields = dict(parse_qsl(told.body(told.text)[1].decode()))
    assert {key: fields[f"date[{key}]"] for key in PARIS} == {key: str(value) for key, value in PARIS.items()}
    assert "date" not in fields
