"""How requests are written."""

from datetime import datetime, timedelta, timezone

from hypothesis import given, strategies as st
import orjson
import pytest

from custom_components.smsgateway24.api import MessageStatus, OutgoingSms
from custom_components.smsgateway24.api.wire import (
    bulk_json,
    clean,
    filter_fields,
    form,
    newsletter_time_words,
    sms_fields,
    time_words,
)

from .conftest import unhurried

EVENING = datetime(2026, 3, 1, 22, 5, 9, 999_999, timezone(timedelta(hours=-3)))
NAIVE = datetime(2026, 3, 1, 22, 5, 9)  # noqa: DTZ001  the mistake under test


def test_form() -> None:
    """Numbers become text, and what has no value is left out."""
    assert form({"a": 1, "b": "x", "c": None, "d": "", "e": 0}) == {"a": "1", "b": "x", "d": "", "e": "0"}


def test_clean() -> None:
    """Half an emoji becomes a question mark, a whole one stays."""
    assert clean("a\ud83db 😀\n") == "a?b 😀\n"


@unhurried
@given(st.text(alphabet=st.characters()) | st.text(alphabet=st.sampled_from("\ud83d\ude00a")))
def test_clean_can_be_sent(text: str) -> None:
    """Any text can be encoded afterwards, and a sound one is unchanged."""
    encoded = clean(text).encode()

    assert encoded.decode() == clean(clean(text))
    if text.isascii():
        assert clean(text) == text


def test_time_words() -> None:
    """A time is written in UTC, without fractions."""
    assert time_words(EVENING) == "2026-03-02 01:05:09"
    assert newsletter_time_words(EVENING) == "02.03.2026 01:05:09"


def test_naive_times() -> None:
    """A time without a zone is a mistake."""
    with pytest.raises(ValueError, match="zone"):
        time_words(NAIVE)
    with pytest.raises(ValueError, match="zone"):
        newsletter_time_words(NAIVE)
    with pytest.raises(ValueError, match="zone"):
        filter_fields({"begin": NAIVE})
    with pytest.raises(ValueError, match="zone"):
        filter_fields({"end": NAIVE})


def test_sms_fields() -> None:
    """A message always names its SIM, and leaves out what it does not have."""
    assert form(sms_fields(OutgoingSms("+12025550123", "Hello", "1576"))) == {
        "sendto": "+12025550123",
        "body": "Hello",
        "device_id": "1576",
        "sim": "0",
    }
    assert form(sms_fields(OutgoingSms("+12025550123", "Hello", "1576", 1, EVENING, 42, urgent=True))) == {
        "sendto": "+12025550123",
        "body": "Hello",
        "device_id": "1576",
        "sim": "1",
        "timetosend": "2026-03-02 01:05:09",
        "customerid": "42",
        "urgent": "1",
    }


def test_bulk_json() -> None:
    """A bulk request is one JSON text like the documented one, with the token in it."""
    messages = [
        OutgoingSms("+12025550123", "Grüße 😀 \ud83d", "260", 1, EVENING, 122, urgent=True),
        OutgoingSms("12345", "x", "office"),
    ]

    assert orjson.loads(bulk_json("t\ud83d", messages)) == {
        "token": "t?",
        "smsdata": [
            {
                "sendto": "+12025550123",
                "body": "Grüße 😀 ?",
                "device_id": 260,
                "sim": 1,
                "timetosend": "2026-03-02 01:05:09",
                "customerid": 122,
                "urgent": 1,
            },
            {"sendto": "12345", "body": "x", "device_id": "office", "sim": 0},
        ],
    }


def test_no_filters() -> None:
    """Without filters no field is sent."""
    assert form(filter_fields({})) == {}
    assert form(filter_fields({"status": None, "begin": None, "newest_first": None})) == {}


def test_filters() -> None:
    """Each filter has its field; a text for a time goes out as it is."""
    assert form(
        filter_fields(
            {
                "phone_id": "1576",
                "status": MessageStatus.INCOMING,
                "begin": "2026-03-01",
                "end": EVENING,
                "sim": 0,
                "customer_id": 7,
                "number": "+12025550123",
                "newest_first": True,
                "timezone": "Europe/Paris",
            }
        )
    ) == {
        "device_id": "1576",
        "status": "5",
        "begindate": "2026-03-01",
        "enddate": "2026-03-02 01:05:09",
        "sim": "0",
        "customerid": "7",
        "phone": "+12025550123",
        "orderbydesc": "1",
        "timezone": "Europe/Paris",
    }
    assert form(filter_fields({"newest_first": False})) == {"orderbydesc": "0"}
