"""One request: sent once, answered within bounds, or failed in a way that says what is known."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
import gzip
import logging
import socket
import struct
import traceback
from typing import NoReturn, cast, override

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.smsgateway24.api import (
    AuthenticationError,
    ServiceClock,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from custom_components.smsgateway24.api.transport import Transport

from .conftest import TOKEN, FakeService

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_HEADER = "Sun, 01 Mar 2026 12:00:00 GMT"
LIMIT = 1000

type Wire = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def transport(session: aiohttp.ClientSession, clock: ServiceClock) -> Transport:
    """Return a transport that takes answers of 1,000 bytes."""
    return Transport(session, timeout=10, clock=clock, max_answer_bytes=LIMIT)


@pytest.fixture
def hasty(session: aiohttp.ClientSession, clock: ServiceClock) -> Transport:
    """Return a transport that does not wait long."""
    return Transport(session, timeout=0.1, clock=clock, max_answer_bytes=LIMIT)


async def post(transport: Transport, url: str) -> tuple[int, bytes]:
    """Post a form with a secret."""
    return await transport.post(f"{url}/getdata/addsms", {"token": TOKEN}, name="addsms")


@asynccontextmanager
async def wire(handler: Wire) -> AsyncIterator[str]:
    """Serve raw bytes on loopback and yield the address."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.transport.abort()
            over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        server.close_clients()
        await over.wait()
        await server.wait_closed()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read a request to its end."""
    await reader.readuntil(b"\r\n\r\n")
    return await reader.readexactly(len(f"token={TOKEN}"))


async def failure(transport: Transport, url: str) -> SmsGateway24Error:
    """Return the error that a request ends in, which must give nothing away."""
    with pytest.raises(SmsGateway24Error) as caught:
        await post(transport, url)
    shown = "".join(traceback.format_exception(caught.value, limit=0)) + repr(caught.value)
    assert TOKEN not in shown
    assert "127.0.0.1" not in shown
    return caught.value


class TestAnswers:
    """Answers that arrive."""

    @pytest.mark.parametrize("status", [200, 201, 400, 404, 422])
    async def test_answer(self, transport: Transport, service: FakeService, status: int) -> None:
        """Success and 4xx are handed on with their body."""
        service.answers_bytes(b"<html>", status)

        assert await post(transport, service.url) == (status, b"<html>")

    async def test_form(self, transport: Transport, service: FakeService) -> None:
        """It is one form, posted, with nothing in the address."""
        await post(transport, service.url)

        (request,) = service.received
        assert (request.method, request.path_and_query) == ("POST", "/getdata/addsms")
        assert request.content_type == "application/x-www-form-urlencoded"
        assert request.form == {"token": TOKEN}

    @pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
    async def test_redirect(self, transport: Transport, service: FakeService, status: int) -> None:
        """A redirect is not followed: the token would travel."""
        service.answers_bytes(b"", status, Location=f"{service.url}/elsewhere")

        error = await failure(transport, service.url)

        assert isinstance(error, UnreadableAnswerError)
        assert error.http_status == status
        assert not error.certainly_unsent
        assert len(service.received) == 1

    @pytest.mark.parametrize(
        ("status", "body"), [(401, b"<html>"), (401, b""), (403, b'{"error": 1, "message": "No"}'), (403, b"")]
    )
    async def test_credentials(self, transport: Transport, service: FakeService, status: int, body: bytes) -> None:
        """These say that the credentials are wrong, whatever else they say."""
        service.answers_bytes(body, status)

        error = await failure(transport, service.url)

        assert isinstance(error, AuthenticationError)
        assert error.certainly_unsent

    async def test_firewall(self, transport: Transport, service: FakeService) -> None:
        """The page of a firewall in front of the service says nothing about the credentials."""
        service.answers_bytes(b"\n<!DOCTYPE html><title>Just a moment</title>", 403)

        error = await failure(transport, service.url)

        assert isinstance(error, UnreadableAnswerError)
        assert error.http_status == 403

    async def test_no_connection_is_kept(self, transport: Transport, service: FakeService) -> None:
        """One that breaks when it is used again would leave a message in doubt."""
        service.answers_bytes(b"{}")
        await post(transport, service.url)

        (request,) = service.received
        assert request.connection == "close"

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
    @pytest.mark.parametrize("body", [b"<html>", b'{"error": 1, "message": "Busy"}', b'{"error": 0, "sms_id": 5}'])
    async def test_trouble(self, transport: Transport, service: FakeService, status: int, body: bytes) -> None:
        """A service in trouble may have done its work, whatever it says."""
        service.answers_bytes(body, status)

        error = await failure(transport, service.url)

        assert isinstance(error, UnreachableError)
        assert error.request_sent
        assert not error.certainly_unsent

    async def test_session_that_raises(self, service: FakeService, clock: ServiceClock) -> None:
        """A session that is set to raise for a status does not get in the way."""
        service.answers_bytes(b"{}", 404)
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            transport = Transport(session, timeout=10, clock=clock, max_answer_bytes=LIMIT)

            assert await post(transport, service.url) == (404, b"{}")


class TestPause:
    """When the service asks for a pause."""

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"Retry_After": "90"}, 90.0),
            ({"Retry_After": " 0 "}, 0.0),
            ({"Retry_After": "999999999999999999999999"}, 86_400.0),
            ({"Retry_After": "Sun, 01 Mar 2026 12:01:30 GMT", "Date": NOON_HEADER}, 90.0),
            ({"Retry_After": "Sun, 01 Mar 2026 11:00:00 GMT", "Date": NOON_HEADER}, 0.0),
            ({"Retry_After": "Sun, 01 Mar 2027 11:00:00 GMT", "Date": NOON_HEADER}, 86_400.0),
        ],
    )
    @pytest.mark.parametrize(("status", "certainly_unsent"), [(429, True), (503, False), (500, False)])
    async def test_pause(
        self,
        transport: Transport,
        service: FakeService,
        status: int,
        headers: dict[str, str],
        seconds: float,
        *,
        certainly_unsent: bool,
    ) -> None:
        """Its length is a number or a date by the service's clock; only 429 is a refusal at the door."""
        service.answers_bytes(b"", status, **headers)

        error = await failure(transport, service.url)

        assert isinstance(error, ThrottledError)
        assert error.retry_after == seconds
        assert error.certainly_unsent is certainly_unsent

    @pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "\u0661"])
    async def test_unknown_length(self, transport: Transport, service: FakeService, header: str) -> None:
        """A pause without a readable length is still one with 429, and trouble like any other with 503."""
        service.answers_bytes(b"", 429, Retry_After=header)
        throttled = await failure(transport, service.url)
        assert isinstance(throttled, ThrottledError)
        assert throttled.retry_after is None

        service.answers_bytes(b"", 503, Retry_After=header)
        assert isinstance(await failure(transport, service.url), UnreachableError)

    async def test_date_without_clock(self, transport: Transport, service: FakeService) -> None:
        """A date says nothing as long as nobody knows the service's time: ours is not asked."""
        service.answers_bytes(b"", 429, Retry_After="Sun, 01 Mar 2026 12:01:30 GMT", Date="never")

        error = await failure(transport, service.url)

        assert isinstance(error, ThrottledError)
        assert error.retry_after is None


class TestClock:
    """The service's time."""

    @pytest.mark.parametrize("status", [200, 302, 401, 404, 429, 500])
    async def test_date(self, transport: Transport, service: FakeService, clock: ServiceClock, status: int) -> None:
        """Every answer tells it."""
        service.answers_bytes(b"{}", status, Date=NOON_HEADER)

        with suppress(SmsGateway24Error):
            await post(transport, service.url)

        assert clock.now() == NOON


class TestBounds:
    """Answers that are too large."""

    async def test_largest(self, transport: Transport, service: FakeService) -> None:
        """An answer of exactly the limit is taken."""
        service.answers_bytes(b"x" * LIMIT)

        assert await post(transport, service.url) == (200, b"x" * LIMIT)

    async def test_announced(self, transport: Transport, service: FakeService) -> None:
        """An answer that says it is larger is not read."""
        service.answers_bytes(b"x" * (LIMIT + 1))

        error = await failure(transport, service.url)

        assert isinstance(error, UnreadableAnswerError)
        assert error.http_status == 200
        assert not error.certainly_unsent

    async def test_unannounced(self, transport: Transport, service: FakeService) -> None:
        """An answer that turns out larger is dropped on the way."""

        async def stream(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while True:
                    await response.write(b"x" * LIMIT)
            except ConnectionResetError:
                return response

        service.handler = stream

        assert isinstance(await failure(transport, service.url), UnreadableAnswerError)

    async def test_compressed(self, transport: Transport, service: FakeService) -> None:
        """What counts is the size after decompression."""
        service.answers_bytes(gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip")
        assert isinstance(await failure(transport, service.url), UnreadableAnswerError)

        service.answers_bytes(gzip.compress(b"{}"), Content_Encoding="gzip")
        assert await post(transport, service.url) == (200, b"{}")


@pytest.mark.usefixtures("socket_enabled")
class TestLostBeforeSending:
    """Nothing has left this machine."""

    async def test_refused(self, transport: Transport) -> None:
        """Nobody listens."""
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            error = await failure(transport, f"http://127.0.0.1:{unused.getsockname()[1]}")

        assert isinstance(error, UnreachableError)
        assert not error.request_sent
        assert error.certainly_unsent

    async def test_no_name(self, clock: ServiceClock) -> None:
        """The name cannot be resolved."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoNames())) as session:
            transport = Transport(session, timeout=10, clock=clock, max_answer_bytes=LIMIT)
            error = await failure(transport, "https://sms.example")

        assert isinstance(error, UnreachableError)
        assert error.certainly_unsent

    async def test_no_tls(self, transport: Transport, service: FakeService) -> None:
        """The other side does not speak TLS."""
        error = await failure(transport, service.url.replace("http://", "https://"))

        assert isinstance(error, UnreachableError)
        assert error.certainly_unsent
        assert not service.received

    async def test_connecting_takes_too_long(self, hasty: Transport) -> None:
        """The other side accepts, and then says nothing in the TLS handshake."""
        async with wire(read_forever) as url:
            error = await failure(hasty, url.replace("http://", "https://"))

        assert isinstance(error, UnreachableError)
        assert error.certainly_unsent

    @pytest.mark.parametrize(
        "url", ["", "nowhere", "ftp://example.com", "http://", "http://[", "http://exa mple", "http://a:x"]
    )
    async def test_no_address(self, transport: Transport, url: str) -> None:
        """The address is none."""
        error = await failure(transport, url)

        assert isinstance(error, UnreachableError)
        assert error.certainly_unsent

    async def test_closed_session(
        self, transport: Transport, session: aiohttp.ClientSession, service: FakeService
    ) -> None:
        """The session has been closed."""
        await session.close()

        error = await failure(transport, service.url)

        assert isinstance(error, UnreachableError)
        assert error.certainly_unsent


@pytest.mark.usefixtures("socket_enabled")
class TestLostAfterSending:
    """The request may have done its work."""

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 200",
            b"HTTP/1.1 200 OK\r\nContent-Le",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}",
        ],
    )
    @pytest.mark.parametrize("reset", [False, True])
    async def test_cut_off(self, transport: Transport, answer: bytes, *, reset: bool) -> None:
        """The answer ends before it is complete, in an orderly way or by a reset."""

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(answer)
            await writer.drain()
            if reset:
                # Closing now is a reset, not an orderly end.
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                writer.write_eof()
                await reader.read()

        async with wire(handler) as url:
            error = await failure(transport, url)

        assert isinstance(error, UnreachableError)
        assert error.request_sent

    @pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{"])
    async def test_too_slow(self, hasty: Transport, answer: bytes) -> None:
        """The answer does not come in time, or does not end."""

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(answer)
            await reader.read()

        async with wire(handler) as url:
            error = await failure(hasty, url)

        assert isinstance(error, UnreachableError)
        assert error.request_sent

    @pytest.mark.parametrize(
        "answer", [b"220 mail.example ESMTP\r\n", b"\x15\x03\x01\x00\x02\x02\x16", b"HTTP/1.1 abc\r\n\r\n"]
    )
    async def test_no_http(self, transport: Transport, answer: bytes) -> None:
        """What comes back is no HTTP."""

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            writer.write(answer)
            await reader.read()

        async with wire(handler) as url:
            error = await failure(transport, url)

        assert isinstance(error, UnreadableAnswerError)
        assert error.http_status is None
        assert not error.certainly_unsent

    async def test_kept_connection(self, transport: Transport) -> None:
        """A kept connection that is closed under a request is no reason to send it again."""
        requests = []

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            requests.append(await read_request(reader))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}")
            requests.append(await read_request(reader))

        async with wire(handler) as url:
            assert await post(transport, url) == (200, b"{}")
            error = await failure(transport, url)

        assert isinstance(error, UnreachableError)
        assert error.request_sent
        assert len(requests) == 2

    async def test_cancelled(self, transport: Transport) -> None:
        """Being cancelled is not an error of the service."""
        arrived = asyncio.Event()

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_request(reader)
            arrived.set()
            await reader.read()

        async with wire(handler) as url:
            request = asyncio.create_task(post(transport, url))
            await arrived.wait()
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request


class TestEveryError:
    """What each of aiohttp's errors says about the request."""

    BEFORE = frozenset(
        {
            "ClientConnectorError",
            "ClientConnectorDNSError",
            "ClientConnectorSSLError",
            "ClientConnectorCertificateError",
            "ClientHttpProxyError",
            "ClientProxyConnectionError",
            "ClientSSLError",
            "ConnectionTimeoutError",
            "InvalidURL",
            "InvalidUrlClientError",
            "InvalidUrlRedirectClientError",
            "NonHttpUrlClientError",
            "NonHttpUrlRedirectClientError",
            "ServerFingerprintMismatch",
            "UnixClientConnectorError",
        }
    )
    UNREADABLE = frozenset(
        {
            "ClientResponseError",
            "ContentTypeError",
            "TooManyRedirects",
            "WSServerHandshakeError",
        }
    )

    @pytest.mark.parametrize(
        "kind",
        [
            *(
                kind
                for kind in vars(aiohttp).values()
                if isinstance(kind, type) and issubclass(kind, aiohttp.ClientError)
            ),
            TimeoutError,
            ConnectionResetError,
            BrokenPipeError,
            OSError,
        ],
        ids=lambda kind: kind.__name__,
    )
    async def test_error(self, clock: ServiceClock, kind: type[Exception]) -> None:
        """No connection, no HTTP, or everything else, which is in doubt."""
        transport = Transport(failing_session(kind.__new__(kind)), timeout=10, clock=clock, max_answer_bytes=LIMIT)

        with pytest.raises(SmsGateway24Error) as caught:
            await post(transport, "http://127.0.0.1")

        error = caught.value
        assert error.__suppress_context__
        if kind.__name__ in self.UNREADABLE:
            assert isinstance(error, UnreadableAnswerError)
        else:
            assert isinstance(error, UnreachableError)
            assert error.certainly_unsent is (kind.__name__ in self.BEFORE)

    async def test_others_pass(self, clock: ServiceClock) -> None:
        """A mistake of ours is not the service's."""
        transport = Transport(failing_session(ZeroDivisionError()), timeout=10, clock=clock, max_answer_bytes=LIMIT)

        with pytest.raises(ZeroDivisionError):
            await post(transport, "http://127.0.0.1")


async def test_log(transport: Transport, service: FakeService, caplog: pytest.LogCaptureFixture) -> None:
    """The log names the method, the status, the size and the duration, and nothing else."""
    caplog.set_level(logging.DEBUG, logger="custom_components.smsgateway24.api")
    service.answers_bytes(b'{"token": "5ecre7-70ken"}')
    await post(transport, service.url)
    service.answers_bytes(b"", 500)
    await failure(transport, service.url)
    await failure(transport, "nowhere")

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    assert [line.split(" in ")[0] for line in ours] == [
        "addsms: HTTP 200, 25 bytes",
        "addsms: HTTP 500, 0 bytes",
        "addsms: HTTP None, 0 bytes",
    ]


async def read_forever(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing."""
    await reader.read()


class NoNames(AbstractResolver):
    """Knows no name."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Fail."""
        raise OSError(None, "No such name")

    @override
    async def close(self) -> None:
        """Have nothing to close."""


class Failing:
    """A session in which every request fails."""

    closed = False

    def __init__(self, error: Exception) -> None:
        self._error = error

    def post(self, *_: object, **__: object) -> NoReturn:
        """Fail."""
        raise self._error


def failing_session(error: Exception) -> aiohttp.ClientSession:
    """Return a session in which every request fails with this error."""
    return cast("aiohttp.ClientSession", Failing(error))


@pytest.mark.parametrize("status", [302, 401, 403, 429, 500, 503])
async def test_an_error_knows_with_which_status_it_came(
    transport: Transport, service: FakeService, status: int
) -> None:
    """Whatever sort of error it is: diagnostics tell it."""
    service.answers({}, status)
    assert (await failure(transport, service.url)).http_status == status
