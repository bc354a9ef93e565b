"""The service's methods."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
import json
import logging
from typing import Any, Final

import aiohttp
from hypothesis import HealthCheck, given, settings, strategies as st
import orjson
import pytest

from custom_components.smsgateway24.api import (
    DEFAULT_URL,
    AuthenticationError,
    Message,
    MessageList,
    MessageStatusReport,
    OutgoingSms,
    Phone,
    PhoneStatus,
    RequestRefusedError,
    ServiceClock,
    SmsGateway24Client,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)

from .conftest import EMAIL, PASSWORD, TOKEN, FakeService
from .samples import DEVICES, MESSAGES
from .test_parsing import anything

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_HEADER = "Sun, 01 Mar 2026 12:00:00 GMT"
SMS = OutgoingSms("+12025550123", "Grüße & 1+1=2 😀\n\u0661", "1576")

type Call = Callable[[SmsGateway24Client], Awaitable[object]]

CALLS: Final[dict[str, Call]] = {
    "gettoken": lambda client: client.get_token(EMAIL, PASSWORD),
    "getalldevices": lambda client: client.get_phones(),
    "getdevicestatus": lambda client: client.get_phone_status("1576"),
    "getallsms": lambda client: client.get_messages(),
    "getallsms, count": lambda client: client.count_messages(),
    "addsms": lambda client: client.send_message(SMS),
    "smstosend": lambda client: client.send_message_with_password(EMAIL, PASSWORD, SMS),
    "addalotofsms": lambda client: client.send_bulk([SMS]),
    "getsmsstatus": lambda client: client.get_message_status(5),
    "savetag": lambda client: client.create_contact_list("Neighbours"),
    "savecontact": lambda client: client.add_contact(8303, "+12025550123", "Anna"),
    "savepaket": lambda client: client.create_newsletter("Water", "No water today", [8303], "1576"),
}


async def failure(client: SmsGateway24Client, method: str) -> SmsGateway24Error:
    """Return the error that a method ends in."""
    with pytest.raises(SmsGateway24Error) as caught:
        await CALLS[method](client)
    return caught.value


async def failures(client: SmsGateway24Client) -> dict[str, SmsGateway24Error]:
    """Return the errors that all methods end in."""
    return {method: await failure(client, method) for method in CALLS}


async def read_list(call: Awaitable[MessageList]) -> tuple[tuple[Message, ...], int | None, int]:
    """Return what a list holds."""
    found = await call
    return found.messages, found.count, found.skipped


class TestRequests:
    """What is sent, and what success means."""

    async def check(
        self, service: FakeService, call: Awaitable[object], method: str, form: dict[str, str], result: object
    ) -> None:
        """Check the one request that a call makes, and its result."""
        assert await call == result
        (request,) = service.received
        assert (request.method, request.path_and_query) == ("POST", f"/getdata/{method}")
        assert request.content_type == "application/x-www-form-urlencoded"
        assert request.form == form

    async def test_token(self, client: SmsGateway24Client, service: FakeService) -> None:
        """The password travels in the form, and the client keeps its token."""
        service.answers({"error": 0, "message": "OK", "token": "abbde3"})

        await self.check(
            service, client.get_token(EMAIL, PASSWORD), "gettoken", {"email": EMAIL, "pass": PASSWORD}, "abbde3"
        )
        assert client.token == TOKEN

    async def test_phones(self, client: SmsGateway24Client, service: FakeService) -> None:
        """The documented answer gives two phones."""
        service.answers_bytes(DEVICES.encode())

        phones = await client.get_phones()

        assert [(type(phone), phone.id) for phone in phones] == [(Phone, "1297"), (Phone, "1576")]
        assert service.received[0].path_and_query == "/getdata/getalldevices"
        assert service.form == {"token": TOKEN}

    async def test_phone_status(self, client: SmsGateway24Client, service: FakeService) -> None:
        """One phone is asked about."""
        service.answers({"error": 0, "online": False, "diffseconds": 90})

        await self.check(
            service,
            client.get_phone_status("1576"),
            "getdevicestatus",
            {"token": TOKEN, "device_id": "1576"},
            PhoneStatus("1576", online=False, seconds_since_seen=90, last_seen=None, title=None),
        )

    async def test_messages(self, client: SmsGateway24Client, service: FakeService) -> None:
        """The documented answer gives two messages."""
        service.answers_bytes(MESSAGES.encode())

        found = await client.get_messages()

        assert [(type(message), message.id) for message in found.messages] == [(Message, 62050971), (Message, 62051117)]
        assert service.received[0].path_and_query == "/getdata/getallsms"
        assert service.form == {"token": TOKEN}

    async def test_filtered_messages(self, client: SmsGateway24Client, service: FakeService) -> None:
        """Filters go along."""
        service.answers({"error": 0, "smss": [], "count": 0})

        await self.check(
            service,
            read_list(
                client.get_messages(phone_id="1576", status=5, begin=NOON, end="2026-03-02", newest_first=True, sim=1)
            ),
            "getallsms",
            {
                "token": TOKEN,
                "device_id": "1576",
                "status": "5",
                "begindate": "2026-03-01 12:00:00",
                "enddate": "2026-03-02",
                "orderbydesc": "1",
                "sim": "1",
            },
            ((), 0, 0),
        )

    async def test_count(self, client: SmsGateway24Client, service: FakeService) -> None:
        """Counting takes the same filters."""
        service.answers({"error": 0, "count": "12"})

        await self.check(
            service,
            client.count_messages(customer_id=7, number="+12025550123", timezone="Europe/Paris"),
            "getallsms",
            {"token": TOKEN, "customerid": "7", "phone": "+12025550123", "timezone": "Europe/Paris", "onlycount": "1"},
            12,
        )

    async def test_message(self, client: SmsGateway24Client, service: FakeService) -> None:
        """A message arrives with every character of it."""
        service.answers({"error": 0, "sms_id": 62807347, "message": "Sms has been saved successfully"})

        await self.check(
            service,
            client.send_message(SMS),
            "addsms",
            {"token": TOKEN, "sendto": "+12025550123", "body": SMS.text, "device_id": "1576", "sim": "0"},
            62807347,
        )

    async def test_scheduled_message(self, client: SmsGateway24Client, service: FakeService) -> None:
        """All that a message can have."""
        service.answers({"error": "0", "sms_id": ["62807347"]})

        await self.check(
            service,
            client.send_message(OutgoingSms("12345", "\ud83d", "1576", 1, NOON, 42, urgent=True)),
            "addsms",
            {
                "token": TOKEN,
                "sendto": "12345",
                "body": "?",
                "device_id": "1576",
                "sim": "1",
                "timetosend": "2026-03-01 12:00:00",
                "customerid": "42",
                "urgent": "1",
            },
            62807347,
        )

    async def test_message_with_password(self, client: SmsGateway24Client, service: FakeService) -> None:
        """No token is needed, and none is sent."""
        service.answers({"error": 0, "sms_id": 5})
        client.token = None

        await self.check(
            service,
            client.send_message_with_password(EMAIL, PASSWORD, SMS),
            "smstosend",
            {
                "email": EMAIL,
                "pass": PASSWORD,
                "sendto": "+12025550123",
                "body": SMS.text,
                "device_id": "1576",
                "sim": "0",
            },
            5,
        )

    async def test_bulk(self, client: SmsGateway24Client, service: FakeService) -> None:
        """Many messages are one field."""
        service.answers({"error": 0, "message": "OK"})

        assert await client.send_bulk([SMS] * 50) is None  # type: ignore[func-returns-value]

        (request,) = service.received
        assert request.path_and_query == "/getdata/addalotofsms"
        assert list(request.form) == ["datajson"]
        assert orjson.loads(request.form["datajson"]) == {
            "token": TOKEN,
            "smsdata": [{"sendto": "+12025550123", "body": SMS.text, "device_id": 1576, "sim": 0}] * 50,
        }

    async def test_no_bulk(self, client: SmsGateway24Client, service: FakeService) -> None:
        """No messages are no request, too many are a mistake."""
        await client.send_bulk([])
        with pytest.raises(ValueError, match="50"):
            await client.send_bulk([SMS] * 51)

        assert not service.received

    async def test_bulk_of_another_site(self, client: SmsGateway24Client, service: FakeService) -> None:
        """An object that has neither `error` nor `message` is not the service's."""
        service.answers({"ok": True})

        assert isinstance(await failure(client, "addalotofsms"), UnreadableAnswerError)

    async def test_message_status(self, client: SmsGateway24Client, service: FakeService) -> None:
        """One message is asked about."""
        service.answers({"error": 0, "sms_id": 5, "status": 1, "status_description": "New", "message": "Ok"})

        await self.check(
            service,
            client.get_message_status(5),
            "getsmsstatus",
            {"token": TOKEN, "sms_id": "5"},
            MessageStatusReport(5, 1, "New"),
        )

    async def test_contact_list(self, client: SmsGateway24Client, service: FakeService) -> None:
        """A contact list is made by its title."""
        service.answers({"error": 0, "tag_id": 8303, "message": "OK"})

        await self.check(
            service,
            client.create_contact_list("Neighbours"),
            "savetag",
            {"token": TOKEN, "title": "Neighbours"},
            8303,
        )

    async def test_contact(self, client: SmsGateway24Client, service: FakeService) -> None:
        """A contact's list goes out under both names that it is known by."""
        service.answers({"error": 0, "contact_id": 15954765, "message": "ok"})

        await self.check(
            service,
            client.add_contact(8303, "+12025550123", "Anna"),
            "savecontact",
            {"token": TOKEN, "phone": "+12025550123", "ctag_id": "8303", "tag_id": "8303", "fullname": "Anna"},
            15954765,
        )

    @pytest.mark.parametrize("answer", [{"paket_id": 7}, {"paket": "7"}])
    async def test_newsletter(self, client: SmsGateway24Client, service: FakeService, answer: dict[str, Any]) -> None:
        """A newsletter has a way of its own to write a time."""
        service.answers({"error": 0, **answer})

        await self.check(
            service,
            client.create_newsletter("Water", "No water today", [12, 13], "1576", 1, NOON),
            "savepaket",
            {
                "token": TOKEN,
                "title": "Water",
                "body": "No water today",
                "tags": "12,13",
                "device_id": "1576",
                "sim": "1",
                "time_to_send": "01.03.2026 12:00:00",
            },
            7,
        )

    async def test_newsletter_now(self, client: SmsGateway24Client, service: FakeService) -> None:
        """Without a time, none is sent."""
        service.answers({"error": 0, "paket_id": 7})

        await self.check(
            service,
            client.create_newsletter("Water", "No water today", [12], "1576"),
            "savepaket",
            {
                "token": TOKEN,
                "title": "Water",
                "body": "No water today",
                "tags": "12",
                "device_id": "1576",
                "sim": "0",
            },
            7,
        )

    async def test_newsletter_for_nobody(self, client: SmsGateway24Client, service: FakeService) -> None:
        """A newsletter needs a list."""
        with pytest.raises(ValueError, match="contact list"):
            await client.create_newsletter("Water", "No water today", [], "1576")

        assert not service.received

    async def test_address(self, client: SmsGateway24Client, service: FakeService) -> None:
        """Nothing of a request stands in its address."""
        client.base_url = f"{service.url}/sub"
        service.answers({"error": 1})

        await failures(client)

        assert [request.path_and_query for request in service.received] == [
            f"/sub/getdata/{method.split(',')[0]}" for method in CALLS
        ]

    async def test_default_address(self, session: aiohttp.ClientSession) -> None:
        """The service has one address, which another may replace."""
        assert SmsGateway24Client(session).base_url == DEFAULT_URL == "https://smsgateway24.com"
        assert SmsGateway24Client(session, base_url="http://127.0.0.1:8000/").base_url == "http://127.0.0.1:8000"

    @pytest.mark.parametrize("token", [None, ""])
    async def test_no_token(self, client: SmsGateway24Client, service: FakeService, token: str | None) -> None:
        """Without a token nothing is asked that needs one."""
        client.token = token

        for method in CALLS.keys() - {"gettoken", "smstosend"}:
            assert isinstance(await failure(client, method), AuthenticationError)

        assert not service.received

    async def test_new_token(self, client: SmsGateway24Client, service: FakeService) -> None:
        """A token can be replaced."""
        client.token = "another"
        service.answers({"error": 0, "count": 0})

        await client.get_phones()

        assert service.form == {"token": "another"}


class TestFailures:
    """What is not success."""

    @pytest.mark.parametrize("status", [200, 400, 404])
    async def test_refusal(self, client: SmsGateway24Client, service: FakeService, status: int) -> None:
        """Error 1 is about the credentials where they are all that was given, and a refusal elsewhere."""
        service.answers({"error": 1, "message": f"No: {TOKEN}, {PASSWORD}"}, status)

        for method, error in (await failures(client)).items():
            if method in {"gettoken", "getalldevices"}:
                assert isinstance(error, AuthenticationError)
                assert error.certainly_unsent
            else:
                assert isinstance(error, RequestRefusedError)
                assert error.message.startswith("No:")
                assert TOKEN not in error.message
                assert method != "smstosend" or PASSWORD not in error.message
                assert error.certainly_unsent is (method != "addalotofsms")

        assert len(service.received) == len(CALLS)

    async def test_other_error(self, client: SmsGateway24Client, service: FakeService) -> None:
        """Another error than 1 is a refusal everywhere."""
        service.answers({"error": "2", "message": "Come back on Monday"})

        for error in (await failures(client)).values():
            assert isinstance(error, RequestRefusedError)
            assert error.message == "Come back on Monday"

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, b"<!DOCTYPE html><html><body>Welcome</body></html>"),
            (404, b"<!DOCTYPE html><html><body>Not found</body></html>"),
            (404, b'{"detail": "Not found"}'),
            (200, b""),
            (200, b"[]"),
            (200, b"null"),
            (200, b'"OK"'),
            (200, b"{}"),
            (200, b'{"success": true}'),
            (200, b'{"error": 0'),
            (200, b"[" * 50_000),
            (200, b'{"error": NaN}'),
            (200, b"\xff\xfe{\x00}\x00"),
        ],
    )
    async def test_unreadable(self, client: SmsGateway24Client, service: FakeService, status: int, body: bytes) -> None:
        """What is not the API's answer says so, and leaves the outcome in doubt."""
        service.answers_bytes(body, status)

        for error in (await failures(client)).values():
            assert isinstance(error, UnreadableAnswerError)
            assert error.http_status == status
            assert not error.certainly_unsent

    async def test_no_id(self, client: SmsGateway24Client, service: FakeService) -> None:
        """A success without an id may have done its work."""
        service.answers({"error": 0, "message": "OK"})

        for method in ("addsms", "smstosend", "savetag", "savecontact", "savepaket"):
            error = await failure(client, method)
            assert isinstance(error, UnreadableAnswerError)
            assert not error.certainly_unsent

    @pytest.mark.parametrize(
        ("status", "headers", "kind", "certainly_unsent"),
        [
            (302, {"Location": "/elsewhere"}, UnreadableAnswerError, False),
            (401, {}, AuthenticationError, True),
            (403, {}, AuthenticationError, True),
            (429, {"Retry_After": "5"}, ThrottledError, True),
            (500, {}, UnreachableError, False),
            (503, {"Retry_After": "5"}, ThrottledError, False),
        ],
    )
    async def test_status(
        self,
        client: SmsGateway24Client,
        service: FakeService,
        status: int,
        headers: dict[str, str],
        kind: type[SmsGateway24Error],
        *,
        certainly_unsent: bool,
    ) -> None:
        """Some statuses decide alone, and none is a reason to ask again."""
        service.answers({"error": 1, "message": "?"}, status, **headers)

        for error in (await failures(client)).values():
            assert isinstance(error, kind)
            assert error.certainly_unsent is certainly_unsent

        assert len(service.received) == len(CALLS)

    async def test_too_large(self, session: aiohttp.ClientSession, service: FakeService) -> None:
        """An answer has a largest size."""
        client = SmsGateway24Client(session, TOKEN, base_url=service.url, max_answer_bytes=20)
        service.answers({"error": 0, "smss": [], "count": 0})

        assert isinstance(await failure(client, "getallsms"), UnreadableAnswerError)

    async def test_timeout(self, session: aiohttp.ClientSession, service: FakeService) -> None:
        """An answer has a longest time."""
        client = SmsGateway24Client(session, TOKEN, base_url=service.url, timeout=0.000_001)

        assert isinstance(await failure(client, "getallsms"), UnreachableError)


class TestClock:
    """The service's time."""

    async def test_date(self, client: SmsGateway24Client, service: FakeService) -> None:
        """It comes from the answers."""
        service.answers({"error": 0, "count": 0}, Date=NOON_HEADER)
        assert client.clock.now() is None

        await client.get_phones()

        assert client.clock.now() == NOON

    async def test_last_contact(self, client: SmsGateway24Client, service: FakeService) -> None:
        """Without a date, the latest contact of a phone is the earliest that it can be."""
        service.answers_bytes(DEVICES.encode(), Date="never")
        await client.get_phones()
        assert client.clock.now() == datetime(2020, 4, 23, 17, 2, 21, tzinfo=UTC)

        service.answers({"online": True, "lastseen": "2020-04-23 17:02:22"}, Date="never")
        await client.get_phone_status("1576")
        assert client.clock.now() == datetime(2020, 4, 23, 17, 2, 22, tzinfo=UTC)

    async def test_hour_that_comes_twice(self, client: SmsGateway24Client, service: FakeService) -> None:
        """The answer's own date decides which of two hours a phone was seen in."""
        seen = {"date": "2023-10-29 02:30:00.000000", "timezone_type": 3, "timezone": "Europe/Paris"}
        service.answers({"device": {"5": {"lastseen": seen}}}, Date="Sun, 29 Oct 2023 01:30:10 GMT")

        (phone,) = await client.get_phones()

        assert phone.last_seen == datetime(2023, 10, 29, 1, 30, tzinfo=UTC)

    async def test_own_clock(self, session: aiohttp.ClientSession) -> None:
        """A client without a clock has its own."""
        assert isinstance(SmsGateway24Client(session).clock, ServiceClock)


async def test_repr(client: SmsGateway24Client) -> None:
    """A client never shows its token, nor an address that might hold a password."""
    assert repr(client) == "<SmsGateway24Client with token>"
    client.token = None
    assert repr(client) == "<SmsGateway24Client without token>"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Catch everything that is logged."""
    caplog.set_level(logging.DEBUG)
    return caplog


RESULTS: Final = {
    "gettoken": str,
    "getalldevices": tuple,
    "getdevicestatus": PhoneStatus,
    "getallsms": MessageList,
    "getsmsstatus": MessageStatusReport,
    "addalotofsms": type(None),
}

plausible = st.fixed_dictionaries(
    {},
    optional={
        name: anything
        | st.sampled_from([0, 1, "0", "1", 5, [5], TOKEN, f"{TOKEN} {PASSWORD}", {"5": {"id": 5, "status": 5}}])
        for name in (
            "error",
            "message",
            "token",
            "count",
            "smss",
            "device",
            "sms_id",
            "status",
            "online",
            "lastseen",
            "tag_id",
            "contact_id",
            "paket_id",
        )
    },
)
bodies = (
    st.binary(max_size=100)
    | (plausible | anything).map(lambda value: json.dumps(value).encode())
    | st.sampled_from([b"<html>%s</html>" % TOKEN.encode(), b'{"error": 1, "message": "\\ud83d"}', b"{" * 3000])
)


async def result_or_error(call: Awaitable[object]) -> object:
    """Return what a call gives, or our error that it ends in."""
    try:
        return await call
    except SmsGateway24Error as error:
        return error


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=bodies,
    status=st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 404, 418, 429, 500, 503, 599]),
    retry_after=st.none() | st.sampled_from(["5", "soon", NOON_HEADER]),
)
async def test_whatever_comes(
    client: SmsGateway24Client,
    service: FakeService,
    log: pytest.LogCaptureFixture,
    body: bytes,
    status: int,
    retry_after: str | None,
) -> None:
    """Each method ends in a model or in one of our errors, and no secret is shown or logged by it."""
    service.answers_bytes(body, status, **({} if retry_after is None else {"Retry_After": retry_after}))
    log.clear()
    for method, call in CALLS.items():
        outcome = await result_or_error(call(client))
        if isinstance(outcome, SmsGateway24Error):
            shown = f"{outcome} {outcome!r} {vars(outcome)}"
            assert TOKEN not in shown
            assert method not in {"gettoken", "smstosend"} or PASSWORD not in shown
        else:
            assert isinstance(outcome, RESULTS.get(method, int))
    assert TOKEN not in log.text
    assert PASSWORD not in log.text


@pytest.mark.parametrize("answer", [{"error": 0}, {"message": "OK"}, {"error": 0, "message": "OK", "count": 2}])
async def test_a_bulk_is_taken_with_whatever_says_so(
    client: SmsGateway24Client, service: FakeService, answer: dict[str, object]
) -> None:
    """Either of the two fields will do."""
    service.answers(answer)
    await client.send_bulk([SMS, SMS])
    assert len(service.received) == 1


async def test_a_bulk_is_not_taken_with_something_else(client: SmsGateway24Client, service: FakeService) -> None:
    """Nobody knows what has become of it."""
    service.answers({"device": []})
    error = await failure(client, "addalotofsms")
    assert isinstance(error, UnreadableAnswerError)
    assert not error.certainly_unsent


async def test_a_phone_that_was_never_in_touch_tells_no_time(
    client: SmsGateway24Client, service: FakeService, clock: ServiceClock
) -> None:
    """The others do, where the service itself does not."""
    service.answers(
        {"device": [{"id": 1576, "title": "Hall"}, {"id": 1297, "title": "Attic", "lastseen": "2026-03-01 12:00:00"}]},
        Date="a while ago",
    )
    assert [phone.id for phone in await client.get_phones()] == ["1297", "1576"]
    assert clock.at_least() == NOON
