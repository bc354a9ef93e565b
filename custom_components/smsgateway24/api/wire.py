"""How a request is written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypedDict

import orjson

from .models import OutgoingSms

type Field = str | int | None


class MessageFilters(TypedDict, total=False):
    """What narrows a list of messages (documentation, section 4); None is as good as left out."""

    phone_id: str | None
    status: int | None
    begin: str | datetime | None
    """Created then or later. A datetime is written in UTC, a text (YYYY-MM-DD or YYYY-MM-DD HH:MM:SS) as it is: in
    which zone the service reads it is not known."""
    end: str | datetime | None
    sim: int | None
    customer_id: int | None
    number: str | None
    """A number, as in the vendor's PHP examples (2021), although the documentation calls it "0 | 1"."""
    newest_first: bool | None
    """Asks for an order, which the service does not keep reliably (the vendor's PHP examples, 2021)."""
    timezone: str | None
    """The name of a zone; what the service does with it is not known."""


def form(fields: Mapping[str, Field]) -> dict[str, str]:
    """Return the form fields to post; those without a value are left out."""
    return {name: clean(str(value)) for name, value in fields.items() if value is not None}


def clean(text: str) -> str:
    """Return the text with half an emoji (a lone surrogate, which no encoding knows) replaced by "?"."""
    return text.encode(errors="replace").decode()


def time_words(moment: datetime) -> str:
    """Return a moment as YYYY-MM-DD HH:MM:SS in UTC.

    That `timetosend` is UTC shows in what the vendor's PHP examples (2021) sent and read back. Raises ValueError for a
    moment without a zone.
    """
    return _naive_utc(moment).isoformat(sep=" ", timespec="seconds")


def newsletter_time_words(moment: datetime) -> str:
    """Return a moment as DD.MM.YYYY H:i:s in UTC: a newsletter's own format (documentation, section 7).

    Its zone is not documented; UTC is taken because `timetosend` is UTC. Raises ValueError for a moment without a zone.
    """
    return f"{_naive_utc(moment):%d.%m.%Y %H:%M:%S}"


def _naive_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A moment needs a zone")
    return moment.astimezone(UTC).replace(tzinfo=None)


def filter_fields(filters: MessageFilters) -> dict[str, Field]:
    """Return the fields that narrow a list of messages. Raises ValueError for a time without a zone."""
    status, newest_first = filters.get("status"), filters.get("newest_first")
    begin, end = filters.get("begin"), filters.get("end")
    return {
        "device_id": filters.get("phone_id"),
        "status": None if status is None else int(status),
        "begindate": time_words(begin) if isinstance(begin, datetime) else begin,
        "enddate": time_words(end) if isinstance(end, datetime) else end,
        "sim": filters.get("sim"),
        "customerid": filters.get("customer_id"),
        "phone": filters.get("number"),
        "orderbydesc": None if newest_first is None else int(newest_first),
        "timezone": filters.get("timezone"),
    }


def sms_fields(sms: OutgoingSms) -> dict[str, Field]:
    """Return the fields of a single message (documentation, section 2).

    The SIM is always named: newer editions of the documentation (2026) require it.
    """
    return {
        "sendto": sms.number,
        "body": sms.text,
        "device_id": sms.phone_id,
        "sim": sms.sim,
        "timetosend": None if sms.send_at is None else time_words(sms.send_at),
        "customerid": sms.customer_id,
        "urgent": 1 if sms.urgent else None,
    }


def bulk_json(token: str, messages: Sequence[OutgoingSms]) -> str:
    """Return the JSON text for the one form field of a bulk request (documentation, section 3)."""
    return orjson.dumps({"token": clean(token), "smsdata": [_bulk_item(sms) for sms in messages]}).decode()


def _bulk_item(sms: OutgoingSms) -> dict[str, str | int]:
    item = {
        name: value if isinstance(value, int) else clean(value)
        for name, value in sms_fields(sms).items()
        if value is not None
    }
    if sms.phone_id.isascii() and sms.phone_id.isdecimal():
        item["device_id"] = int(sms.phone_id)
    return item
