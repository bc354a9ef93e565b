"""Answers and refusals as bytes, the way PHP writes them."""

from dataclasses import dataclass, field
from http import HTTPStatus
import json
from typing import Any

from simulator.profile import Profile

from .parameters import Refusal


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over HTTP."""

    body: bytes
    status: int = HTTPStatus.OK
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def answer_reply(answer: dict[str, Any], profile: Profile, token: str = "") -> Reply:
    """Return a method's answer."""
    if profile.echo_token and token:
        answer = answer | {"token": token}
    shown = {key: value for key, value in answer.items() if key not in profile.left_out}
    return Reply(_json(shown, profile), content_type=profile.content_type)


def refusal_reply(refusal: Refusal, profile: Profile) -> Reply:
    """Return error 1 with its sentence, or what else a profile makes of it."""
    status: int = profile.unknown_caller_status if refusal.unauthorised else HTTPStatus.BAD_REQUEST
    if profile.errors.endswith("_200"):
        status = HTTPStatus.OK
    if profile.errors.startswith("html"):
        return html_reply(refusal.message, status)
    return Reply(_json({"error": 1, "message": refusal.message}, profile), status, profile.content_type)


def html_reply(text: str, status: int = HTTPStatus.OK) -> Reply:
    """Return a page, as the service's website and the proxies before it do."""
    page = f"<!DOCTYPE html><html><head><title>SmsGateway24</title></head><body><h1>{text}</h1></body></html>"
    return Reply(page.encode(), status, "text/html")


def php_json(value: Any) -> bytes:
    """Return JSON as PHP writes it, with slashes and everything beyond ASCII escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def _json(value: Any, profile: Profile) -> bytes:
    return php_json(_as_strings(value) if profile.ints_as_strings else value)


def _as_strings(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int():
            return str(value)
        case dict():
            return {key: _as_strings(item) for key, item in value.items()}
        case list():
            return [_as_strings(item) for item in value]
        case _:
            return value
