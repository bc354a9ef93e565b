"""The service's addresses: every request is written down, meets its fault if one waits, and is answered."""

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web

from simulator.backend import Backend
from simulator.faults import Ending, Fault, Work
from simulator.service.methods import METHODS
from simulator.service.parameters import Refusal
from simulator.service.wire import Reply, answer_reply, html_reply, refusal_reply

from .requests import RecordedRequest, record

_NO_FAULT = Fault("none")
_AHEAD = timedelta(hours=3)


class ServiceServer:
    """Answers /getdata/<method>, also below /index.php, by GET and POST."""

    def __init__(self, backend: Backend) -> None:
        """Serve this backend."""
        self._backend = backend
        self._closing = asyncio.Event()

    def add_to(self, app: web.Application) -> None:
        """Add the addresses to an application."""
        for prefix in ("", "/index.php"):
            for verb in (hdrs.METH_GET, hdrs.METH_POST):
                app.router.add_route(verb, f"{prefix}/getdata/{{method}}", self._handle)
        app.on_response_prepare.append(self._set_date)

    def close(self) -> None:
        """Let go of requests that are never answered or not yet."""
        self._closing.set()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        recorded = await record(request, self._backend.clock.now())
        self._backend.remember(recorded)
        if recorded.method not in METHODS:
            recorded.outcome = str(HTTPStatus.NOT_FOUND.value)
            return _response(html_reply("Page not found", HTTPStatus.NOT_FOUND))
        fault = self._backend.faults.take(recorded.method)
        recorded.fault = fault.name if fault else None
        fault = fault or _NO_FAULT
        reply = self._work(recorded, fault)
        await self._wait(fault)
        return await self._end(request, recorded, fault, reply)

    def _work(self, recorded: RecordedRequest, fault: Fault) -> Reply:
        """Do what was asked, as far as the fault lets it be done; return the answer that it deserves."""
        match fault.work:
            case Work.NOT_DONE:
                return html_reply("Nothing was done")
            case Work.LATE:
                self._backend.catch_up().later(fault.late_by, lambda: _ignore(self._call(recorded, None)))
                return html_reply("Nothing was done yet")
            case _:
                self._backend.catch_up()
                return self._call(recorded, fault.items)

    def _call(self, recorded: RecordedRequest, items: int | None) -> Reply:
        profile = self._backend.profile
        try:
            answer = self._backend.service.call(recorded.method, recorded.form, at_most=items)
        except Refusal as refusal:
            return refusal_reply(refusal, profile)
        return answer_reply(answer, profile, recorded.values.get("token", ""))

    async def _wait(self, fault: Fault) -> None:
        if fault.delay:
            await self._until_closed(self._backend.clock.sleep(fault.delay))

    async def _end(
        self, request: web.Request, recorded: RecordedRequest, fault: Fault, reply: Reply
    ) -> web.StreamResponse:
        """Answer, or do what the fault wants instead."""
        match fault.ending:
            case Ending.CUT:
                recorded.outcome = "connection closed"
                return _hang_up(request)
            case Ending.SILENCE:
                recorded.outcome = "no answer"
                await self._closing.wait()
                return _hang_up(request)
            case Ending.TRUNCATED:
                recorded.outcome = "closed in the middle of the answer"
                return await _half(request, reply)
            case ending:
                reply = self._reply(ending, fault, reply)
                recorded.outcome = str(int(reply.status))
                recorded.answer = reply.body
                return _response(reply)

    def _reply(self, ending: Ending, fault: Fault, reply: Reply) -> Reply:
        match ending:
            case Ending.REFUSAL:
                return refusal_reply(Refusal(fault.message, unauthorised=fault.unauthorised), self._backend.profile)
            case Ending.HTTP_ERROR | Ending.PAGE | Ending.REDIRECT:
                page = html_reply(HTTPStatus(fault.status).phrase, fault.status)
                wishes = {hdrs.RETRY_AFTER: fault.retry_after, hdrs.LOCATION: fault.location}
                page.headers.update({name: value for name, value in wishes.items() if value is not None})
                return page
            case Ending.GARBLED:
                return Reply(reply.body[: len(reply.body) // 2], reply.status, reply.content_type)
            case _:
                return reply

    async def _until_closed(self, pause: asyncio.Future[None]) -> None:
        waiting: list[asyncio.Future[Any]] = [pause, asyncio.ensure_future(self._closing.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waiting:
                wait.cancel()

    async def _set_date(self, _request: web.Request, response: web.StreamResponse) -> None:
        now = self._backend.clock.now()
        match self._backend.profile.date_header:
            case "absent":
                response.headers.pop(hdrs.DATE, None)
            case "garbage":
                response.headers[hdrs.DATE] = "the day after yesterday"
            case "ahead":
                response.headers[hdrs.DATE] = format_datetime(now + _AHEAD, usegmt=True)
            case _:
                response.headers[hdrs.DATE] = format_datetime(now, usegmt=True)


def _response(reply: Reply) -> web.Response:
    return web.Response(
        body=reply.body, status=reply.status, content_type=reply.content_type, charset="utf-8", headers=reply.headers
    )


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers={hdrs.CONTENT_TYPE: reply.content_type})
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _ignore(_: Reply) -> None:
    """Nobody is there any more to hear the answer."""
