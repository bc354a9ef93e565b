"""Answers that the service should never give, made by chance: the number of a case decides all of it.

Some are noise, some are true answers of the simulated service in which something is cut off, exchanged, doubled or left
out. They come through a session that has no network, so that there can be many.
"""

from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
import random
from typing import Any, Final, cast

import aiohttp

from simulator import PROFILES, Backend
from simulator.service.parameters import Form, Refusal
from simulator.service.wire import answer_reply, refusal_reply

METHODS: Final = {
    "gettoken": {},
    "getalldevices": {},
    "getallsms": {},
    "getsmsstatus": {"sms_id": "1"},
    "getdevicestatus": {"device_id": "1576"},
    "savetag": {"title": "Neighbours"},
    "addsms": {"sendto": "+447700900123", "body": "The laundry is done", "device_id": "1576", "sim": "0"},
}
STATUSES: Final = (200, 200, 200, 200, 200, 200, 201, 204, 301, 302, 307, 400, 401, 403, 404, 418, 429, 500, 502, 503)
WORDS: Final = (
    "", " ", "null", "unknown", "0", "1", "-1", "true", "5", "1e999", "9" * 30, "+447700900123", "2026-02-30 25:61:61",
    "0000-00-00 00:00:00", "Europe/Paris", "../../etc", "Mars/Base", "+99:99", "\ud83d", "\x00", "ÿ" * 50, "[]", "{}",
    '{"Slot":0}', "<b>", "%s %d {}", "=" * 5_000,
)  # fmt: skip
NUMBERS: Final = (0, 1, -1, 5, 7, 1576, 2**31, 2**53 + 1, 2**63, 10**30, 0.5, -0.0, 1e300, 1e-300)
NAMES: Final = (
    "id", "error", "message", "count", "smss", "device", "token", "status", "sms_id", "tag_id", "title", "lastseen",
    "created", "date", "timezone", "timezone_type", "siminfo", "Slot", "deviceid", "customerid", "sendto", "body",
)  # fmt: skip
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "Date": ("", "yesterday", "Thu, 99 Foo 9999 99:99:99 GMT", "Thu, 26 Nov 2026 01:00:00 +9999", "0", "9" * 500),
    "Retry-After": ("", "-1", "1e9", "9" * 500, "soon", "Thu, 26 Nov 2099 01:00:00 GMT", "٣"),
}


@dataclass(slots=True)
class Answer:
    """What comes back, and where it breaks off."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    breaks: bool = False


class _Body:
    """A body that arrives in pieces."""

    def __init__(self, answer: Answer) -> None:
        middle = len(answer.body) // 2
        self._pieces = [answer.body[:middle], answer.body[middle:]]
        self._breaks = answer.breaks

    async def readany(self) -> bytes:
        while self._pieces:
            if piece := self._pieces.pop(0):
                return piece
        if self._breaks:
            raise aiohttp.ClientPayloadError
        return b""


class _Response:
    """As much of a response as the client uses."""

    def __init__(self, answer: Answer) -> None:
        self.status, self.headers = answer.status, answer.headers
        self.content, self.content_length = _Body(answer), len(answer.body)

    def close(self) -> None:
        """There is nothing to close."""


class Session:
    """A session in which each request gets the answer that a function makes for its method."""

    closed = False

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        """Answer with this."""
        self.answer = answer

    @asynccontextmanager
    async def post(self, url: str, **_: Any) -> Any:
        """Answer a request."""
        yield _Response(self.answer(url.rpartition("/")[2]))

    def as_real(self) -> aiohttp.ClientSession:
        """Return this as the client's session."""
        return cast("aiohttp.ClientSession", self)


class TrueAnswers:
    """What the simulated service answers, under one of its profiles."""

    def __init__(self, profile: str) -> None:
        """Fill an account with phones and messages."""
        self.backend = backend = Backend(profile=profile)
        phone = backend.add_phone("Hall phone", phone_id=1576)
        backend.switch_off(backend.add_phone("Attic phone", phone_id=1643))
        for number in range(3):
            backend.receive(phone, "+447700900123", f"gate {number}")
            backend.send_from_site(phone, "+12025550123", "The laundry is done")
            backend.advance(20)

    def to(self, method: str) -> bytes:
        """Return the true answer to a request."""
        account = self.backend.account
        login = {"email": account.email, "pass": account.password}
        form = Form({**METHODS.get(method, {}), **login, "token": account.token})
        try:
            return answer_reply(self.backend.service.call(method, form), self.backend.profile, account.token).body
        except Refusal as refusal:
            return refusal_reply(refusal, self.backend.profile).body


_TRUE: Final[dict[str, TrueAnswers]] = {}


def true_answers(profile: str) -> TrueAnswers:
    """Return the true answers under a profile; they are made once."""
    if profile not in _TRUE:
        _TRUE[profile] = TrueAnswers(profile)
    return _TRUE[profile]


class Malformer:
    """Makes answers. The same number makes the same ones."""

    def __init__(self, number: int) -> None:
        """Begin a case."""
        self.rng = random.Random(number)  # noqa: S311 - to be repeated, not to be secret
        self._true = true_answers(self.rng.choice(list(PROFILES)))

    def answer(self, method: str) -> Answer:
        """Return an answer to a request for a method."""
        rng = self.rng
        headers = {name: rng.choice(values) for name, values in HEADERS.items() if rng.random() < 0.2}
        body = rng.choice((self._noise, self._any_json, self._mutated, self._mutated, self._mutated, self._damaged))
        return Answer(rng.choice(STATUSES), body(method), headers, breaks=rng.random() < 0.05)

    def _noise(self, _method: str) -> bytes:
        rng = self.rng
        return rng.choice(
            (
                rng.randbytes(rng.randrange(200)),
                b"",
                b"<html><body>Sign in</body></html>",
                b"[" * rng.randrange(3_000),
                b'{"device":' * rng.randrange(1, 500) + b"1" + b"}" * rng.randrange(500),
                b"\xef\xbb\xbf{}",
                b'{"error":NaN}',
                b"null",
            )
        )

    def _any_json(self, _method: str) -> bytes:
        return _written(self._value(depth=4))

    def _mutated(self, method: str) -> bytes:
        try:
            value = json.loads(self._true.to(method))
        except ValueError:
            return self._damaged(method)
        for _ in range(self.rng.choice((1, 1, 1, 2, 3, 8))):
            value = self._changed(value)
        return _written(value)

    def _damaged(self, method: str) -> bytes:
        rng, body = self.rng, bytearray(self._true.to(method))
        match rng.randrange(3):
            case 0:
                return bytes(body[: rng.randrange(len(body) + 1)])
            case 1:
                for _ in range(rng.randrange(1, 6)):
                    body[rng.randrange(len(body))] = rng.randrange(256)
            case _:
                start = rng.randrange(len(body))
                del body[start : start + rng.randrange(1, 40)]
        return bytes(body)

    def _changed(self, tree: Any) -> Any:
        """Change one place of a tree, and return the tree."""
        places = list(_places(tree))
        if not places or self.rng.random() < 0.03:
            return self._value(depth=3)
        parent, key = self.rng.choice(places)
        match self.rng.randrange(4):
            case 0:
                del parent[key]
            case 1:
                parent[key] = [parent[key]]
            case 2:
                other, other_key = self.rng.choice(places)
                # A copy, or a tree could end up in itself.
                parent[key] = json.loads(json.dumps(other[other_key]))
            case _:
                parent[key] = self._value(depth=2)
        return tree

    def _value(self, depth: int) -> Any:
        rng = self.rng
        match rng.randrange(8 if depth else 5):
            case 0:
                return None
            case 1:
                return rng.random() < 0.5
            case 2:
                return rng.choice(NUMBERS)
            case 3 | 4:
                return rng.choice(WORDS)
            case 5:
                return [self._value(depth - 1) for _ in range(rng.randrange(4))]
            case _:
                return {self._name(): self._value(depth - 1) for _ in range(rng.randrange(5))}

    def _name(self) -> str:
        return self.rng.choice(NAMES) if self.rng.random() < 0.8 else self.rng.choice(WORDS)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Return all places of a tree, each by what it is in and where."""
    items = enumerate(tree) if isinstance(tree, list) else tree.items() if isinstance(tree, dict) else ()
    for key, value in items:
        yield tree, key
        yield from _places(value)


def _written(value: Any) -> bytes:
    return json.dumps(value).encode()
