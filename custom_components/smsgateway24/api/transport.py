"""One request to the service: sent once, answered within bounds, or failed in a way that says what is known."""

from collections.abc import Mapping
from http import HTTPStatus
import logging
import time
from typing import Final

import aiohttp

from .clock import ServiceClock
from .errors import (
    AnswerTooLargeError,
    AuthenticationError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from .moments import http_moment

_LOGGER = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 86_400.0
"""A longer pause (seconds) that the service asks for is cut to this, so that a slip of a gateway does not last."""

_DIGITS_OF_A_PAUSE: Final = 9

# aiohttp raises these before anything of the request has left: no name, no connection, no TLS, no way through a proxy.
# Everything else can come when the request is already there, also what looks like a broken connection.
_BEFORE_SENDING: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
    aiohttp.ServerFingerprintMismatch,
)


# A kept connection may be gone by the time it is used again, and a message that was given to it is then neither surely
# sent nor surely unsent. A new one for each request costs little: between two polls it would not be kept anyway.
_HEADERS: Final = {"Connection": "close"}


class Transport:
    """Posts forms to the service.

    Only POST: it keeps what is secret out of addresses, and aiohttp repeats no POST, not even when a kept connection
    turns out to be closed. Redirects are not followed, because the credentials would travel along.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, timeout: float, clock: ServiceClock, max_answer_bytes: int
    ) -> None:
        self._session = session
        # With the shorter limit for connecting, running out of time before the request was sent can be told apart.
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=timeout / 2)
        self._clock = clock
        self._max_answer_bytes = max_answer_bytes

    async def post(self, url: str, form: Mapping[str, str], *, name: str) -> tuple[int, bytes]:
        """Return the HTTP status (2xx or 4xx) and the body of the answer.

        `name` is what the debug log calls the request. Raises AuthenticationError (HTTP 401, 403), ThrottledError,
        UnreachableError or UnreadableAnswerError.
        """
        if self._session.closed:
            raise UnreachableError(request_sent=False)
        started = time.monotonic()
        status: int | None = None
        body = b""
        try:
            async with self._session.post(
                url, data=form, headers=_HEADERS, allow_redirects=False, raise_for_status=False, timeout=self._timeout
            ) as response:
                status = response.status
                self._clock.observe_date(response.headers.get("Date"))
                self._check_status(response)
                body = await self._read(response)
                if status == HTTPStatus.FORBIDDEN:
                    self._check_forbidden(body)
        except SmsGateway24Error as err:
            err.http_status = status
            raise
        except _BEFORE_SENDING:
            raise UnreachableError(request_sent=False) from None
        except aiohttp.ClientResponseError:
            # What came is no HTTP.
            raise UnreadableAnswerError from None
        except OSError, aiohttp.ClientError:
            raise UnreachableError(request_sent=True) from None
        finally:
            _LOGGER.debug("%s: HTTP %s, %d bytes in %.3f s", name, status, len(body), time.monotonic() - started)
        return status, body

    def _check_status(self, response: aiohttp.ClientResponse) -> None:
        """Raise what the status alone decides. Then the body is not worth reading."""
        status = response.status
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise ThrottledError(self._pause(response))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            pause = self._pause(response)
            if pause is not None:
                raise ThrottledError(pause, certainly_unsent=False)
            raise UnreachableError(request_sent=True)
        if status == HTTPStatus.UNAUTHORIZED:
            raise AuthenticationError
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise UnreadableAnswerError(status)

    def _check_forbidden(self, body: bytes) -> None:
        """Tell the service's own no from the page of a firewall in front of it, which a new password would not pass."""
        if body.lstrip().startswith(b"<"):
            raise UnreadableAnswerError(HTTPStatus.FORBIDDEN)
        raise AuthenticationError

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        too_large = (response.content_length or 0) > self._max_answer_bytes
        while not too_large and (chunk := await response.content.readany()):
            body += chunk
            too_large = len(body) > self._max_answer_bytes
        if too_large:
            response.close()
            raise AnswerTooLargeError(response.status)
        return bytes(body)

    def _pause(self, response: aiohttp.ClientResponse) -> float | None:
        """Return the seconds that Retry-After names, as a number or as a date (then by the service's clock)."""
        header = response.headers.get("Retry-After", "").strip()
        if header.isascii() and header.isdecimal():
            return min(float(header[:_DIGITS_OF_A_PAUSE]), LONGEST_PAUSE)
        until, now = http_moment(header), self._clock.now()
        if until is None or now is None:
            return None
        return min(max((until - now).total_seconds(), 0.0), LONGEST_PAUSE)
