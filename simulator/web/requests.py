"""What clients asked: the values of a request however they were sent, and a record of it."""

from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from aiohttp import web

from simulator.service.parameters import Form


@dataclass(slots=True)
class RecordedRequest:
    """A request as it came over the wire, and how it ended.

    `query` and `fields` are the values of the address and of the body; `wire` is the body's bytes. `outcome` is an HTTP
    status, or what happened instead of an answer.
    """

    at: datetime
    method: str
    verb: str
    path: str
    query: dict[str, str]
    fields: dict[str, str]
    headers: dict[str, str]
    wire: bytes
    fault: str | None = None
    outcome: str = ""
    answer: bytes = field(default=b"", repr=False)

    @property
    def values(self) -> dict[str, str]:
        """All values; those of the body win, as in PHP."""
        return self.query | self.fields

    @property
    def form(self) -> Form:
        """The values as a method takes them."""
        return Form(self.values)


async def record(request: web.Request, at: datetime) -> RecordedRequest:
    """Read a request to its end."""
    wire = await request.read()
    return RecordedRequest(
        at=at,
        method=request.match_info.get("method", ""),
        verb=request.method,
        path=request.path,
        query=dict(request.query),
        fields=form_fields(wire, request.headers.get("Content-Type", "")),
        headers=dict(request.headers),
        wire=wire,
    )


def form_fields(wire: bytes, content_type: str) -> dict[str, str]:
    """Return the fields of a form. Another body has none, as in PHP: JSON in the body is not looked at."""
    match content_type.partition(";")[0].strip().lower():
        case "application/x-www-form-urlencoded":
            return dict(parse_qsl(wire.decode(errors="replace"), keep_blank_values=True))
        case "multipart/form-data":
            return _multipart_fields(wire, content_type)
        case _:
            return {}


def _multipart_fields(wire: bytes, content_type: str) -> dict[str, str]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + wire)
    fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = content.decode(errors="replace")
    return fields
