"""The record of requests: what is counted, and when it was last."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsgateway24.api import (
    AnswerTooLargeError,
    AuthenticationError,
    RequestRefusedError,
    SmsGateway24Client,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from custom_components.smsgateway24.api.record import RequestRecord, kind_of

from .conftest import FakeService

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("err", "kind"),
    [
        (AuthenticationError(), "credentials_refused"),
        (RequestRefusedError("no"), "refused"),
        (ThrottledError(5), "throttled"),
        (AnswerTooLargeError(), "too_large"),
        (UnreadableAnswerError(), "unreadable"),
        (UnreachableError(request_sent=False), "no_connection"),
        (UnreachableError(request_sent=True), "no_answer"),
    ],
)
def test_each_error_has_a_word(err: SmsGateway24Error, kind: str) -> None:
    """Which stays the same whatever the errors are called."""
    assert kind_of(err) == kind


def test_it_counts_by_method_and_by_kind_and_keeps_the_last_moment() -> None:
    """Of errors also the statuses with which they came."""
    now = NOON
    record = RequestRecord(lambda: now)
    assert record.last_answered is None
    record.answered("getallsms")
    now += timedelta(seconds=30)
    record.answered("getallsms")
    now += timedelta(seconds=30)
    for status in (503, 503, None):
        err = UnreachableError(request_sent=True)
        err.http_status = status
        record.failed("addsms", err)
    assert record.last_answered == NOON + timedelta(seconds=30)
    assert record.as_dict() == {
        "since": "2026-03-01T12:00:00+00:00",
        "requests": {
            "getallsms": {"answered": 2, "failed": 0, "last_answered": "2026-03-01T12:00:30+00:00"},
            "addsms": {"answered": 0, "failed": 3, "last_answered": None},
        },
        "errors": {
            "no_answer": {
                "count": 3,
                "last": "2026-03-01T12:01:00+00:00",
                "last_method": "addsms",
                "http_statuses": {"503": 2},
            }
        },
    }


def test_the_last_of_all_methods_counts() -> None:
    """In whatever order they were called first, and of an error the last one of its kind."""
    now = NOON
    record = RequestRecord(lambda: now)
    for method in ("getallsms", "getalldevices", "getallsms"):
        record.answered(method)
        record.failed(method, AnswerTooLargeError())
        now += timedelta(seconds=30)
    record.failed("addsms", AnswerTooLargeError())
    assert record.last_answered == NOON + timedelta(seconds=60)
    record.answered("getalldevices")
    assert record.last_answered == NOON + timedelta(seconds=90)
    errors = record.as_dict()["errors"]["too_large"]
    assert (errors["count"], errors["last"], errors["last_method"]) == (4, "2026-03-01T12:01:30+00:00", "addsms")


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (200, {"error": 1, "message": "Login or password incorrect"}, "credentials_refused"),
        (403, {"error": 1, "message": "Login or password incorrect"}, "credentials_refused"),
        (400, {"error": 7, "message": "Limit exceeded"}, "refused"),
        (429, {}, "throttled"),
        (500, {}, "no_answer"),
        (302, {}, "unreadable"),
        (200, ["not", "an", "answer"], "unreadable"),
    ],
)
async def test_the_client_keeps_it(
    client: SmsGateway24Client, service: FakeService, status: int, answer: object, kind: str
) -> None:
    """With the HTTP status, on which nothing is documented."""
    service.answers(answer, status)
    with pytest.raises(SmsGateway24Error) as caught:
        await client.get_phones()
    service.answers({"error": 0, "device": []})
    await client.get_phones()

    assert caught.value.http_status == status
    found = client.record.as_dict()
    assert found["requests"]["getalldevices"] | {"last_answered": None} == {
        "answered": 1,
        "failed": 1,
        "last_answered": None,
    }
    (error,) = found["errors"].items()
    assert error[0] == kind
    assert error[1]["http_statuses"] == {str(status): 1}
    assert client.record.last_answered is not None


async def test_what_the_client_finds_out_by_itself_is_no_request(client: SmsGateway24Client) -> None:
    """Without a token nobody is asked."""
    client.token = None
    with pytest.raises(AuthenticationError):
        await client.get_phones()
    assert client.record.as_dict()["requests"] == {}
