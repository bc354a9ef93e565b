"""The control interface under /simulator/: JSON in, the changed state out. For the page and for browser tests."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from typing import Any

from aiohttp import hdrs, web
from yarl import URL

from simulator.backend import Backend
from simulator.faults import ANY, FAULTS
from simulator.profiles import PROFILES
from simulator.world.phone import Phone
from simulator.world.status import FATES

from .view import choices, state

type Wishes = dict[str, Any]

_PAGE = Path(__file__).parent / "page"

_WEBHOOKS = frozenset({"incoming_webhook", "status_webhook"})
_PHONE_DETAILS = _WEBHOOKS | {
    "title",
    "app_version",
    "app_current",
    "subscription",
    "request_every",
    "between_sms",
    "webhooks_on",
}
_SIM_DETAILS = frozenset({"carrier", "number", "country", "iccid", "roaming", "works"})


class ControlServer:
    """Everything a person can do to the simulated phones and service."""

    def __init__(self, backend: Backend) -> None:
        """Control this backend."""
        self._backend = backend

    def add_to(self, app: web.Application) -> None:
        """Add the page and its addresses to an application."""
        app.router.add_get("/", self._page)
        app.router.add_static("/simulator/page", _PAGE)
        app.router.add_get("/simulator/choices", self._choices)
        app.router.add_get("/simulator/state", self._state)
        for path, act in {
            "phones": self._add_phone,
            "phones/{phone}/receive": self._receive,
            "phones/{phone}/online": self._online,
            "phones/{phone}/fate": self._fate,
            "phones/{phone}/details": self._details,
            "phones/{phone}/sims/{slot}": self._sim,
            "phones/{phone}/reregister": self._reregister,
            "phones/{phone}/remove": self._remove,
            "phones/{phone}/send": self._send,
            "messages/{message}/status": self._status,
            "account": self._account,
            "profile": self._profile,
            "silent": self._silent,
            "faults": self._add_fault,
            "faults/clear": self._clear_faults,
            "advance": self._advance,
        }.items():
            app.router.add_route(hdrs.METH_POST, f"/simulator/{path}", self._handler(act))

    def _handler(self, act: Callable[[web.Request, Wishes], None]) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.Response:
            try:
                wishes = await request.json() if request.can_read_body else {}
                act(request, wishes)
            except (KeyError, ValueError, TypeError) as error:
                return web.json_response({"message": f"{type(error).__name__}: {error}"}, status=HTTPStatus.BAD_REQUEST)
            return web.json_response(state(self._backend))

        return handle

    async def _page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(_PAGE / "index.html", headers={hdrs.CACHE_CONTROL: "no-cache"})

    async def _choices(self, _request: web.Request) -> web.Response:
        return web.json_response(choices())

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(state(self._backend))

    def _phone(self, request: web.Request) -> Phone:
        return self._backend.catch_up().phone(int(request.match_info["phone"]))

    def _add_phone(self, _request: web.Request, wishes: Wishes) -> None:
        """Register a phone: {title, phone_id?}."""
        self._backend.add_phone(str(wishes["title"]), phone_id=wishes.get("phone_id"))

    def _receive(self, request: web.Request, wishes: Wishes) -> None:
        """Let the phone receive a text: {sender, text, sim?}."""
        self._backend.receive(
            self._phone(request), str(wishes["sender"]), str(wishes["text"]), int(wishes.get("sim", 0))
        )

    def _online(self, request: web.Request, wishes: Wishes) -> None:
        """Switch the phone on or off: {online}."""
        switch = self._backend.switch_on if wishes["online"] else self._backend.switch_off
        switch(self._phone(request))

    def _fate(self, request: web.Request, wishes: Wishes) -> None:
        """Decide what becomes of the next messages, or of all: {fate, times?}."""
        fate = FATES[wishes["fate"]]
        if wishes.get("times"):
            self._backend.fate_next(self._phone(request), fate, int(wishes["times"]))
        else:
            phone = self._phone(request)
            phone.next_fates.clear()
            self._backend.set_fate(phone, fate)

    def _details(self, request: web.Request, wishes: Wishes) -> None:
        """Change the phone: {title?, app_version?, app_current?, subscription?, request_every?, between_sms?}.

        Also its webhooks: {incoming_webhook?, status_webhook?, webhooks_on?}, with an empty text for none.
        """
        phone = self._phone(request)
        if int(wishes.get("request_every", 1)) < 1:
            raise ValueError("A phone asks at most once a second")
        for name in wishes.keys() & _WEBHOOKS:
            wishes[name] = _webhook(wishes[name])
        for name, value in _known(wishes, _PHONE_DETAILS).items():
            setattr(phone, name, value)

    def _sim(self, request: web.Request, wishes: Wishes) -> None:
        """Change a SIM: {carrier?, number?, country?, iccid?, roaming?, works?} or {removed: true}."""
        phone, slot = self._phone(request), int(request.match_info["slot"])
        if wishes.get("removed"):
            self._backend.remove_sim(phone, slot)
            return
        changes = _known(wishes, _SIM_DETAILS)
        if "works" in changes:
            changes["fate"] = None if changes.pop("works") else FATES["generic failure"]
        if slot not in phone.sims:
            changes = {"carrier": "Sample Telecom", "number": None, "country": "us"} | changes
        self._backend.change_sim(phone, slot, **changes)

    def _reregister(self, request: web.Request, wishes: Wishes) -> None:
        """Sign the phone in anew: {phone_id?, reupload?, keep_old?}."""
        self._backend.reregister(
            self._phone(request),
            phone_id=wishes.get("phone_id"),
            reupload=bool(wishes.get("reupload")),
            keep_old=bool(wishes.get("keep_old")),
        )

    def _remove(self, request: web.Request, _wishes: Wishes) -> None:
        """Take the phone out of its account."""
        self._backend.remove_phone(self._phone(request))

    def _send(self, request: web.Request, wishes: Wishes) -> None:
        """Send as somebody who uses the service's own site: {number, text, sim?}."""
        self._backend.send_from_site(
            self._phone(request), str(wishes["number"]), str(wishes["text"]), int(wishes.get("sim", 0))
        )

    def _status(self, request: web.Request, wishes: Wishes) -> None:
        """Give a message a status out of its turn: {status}."""
        self._backend.set_status(self._backend.message(int(request.match_info["message"])), int(wishes["status"]))

    def _account(self, _request: web.Request, wishes: Wishes) -> None:
        """Change the account's credentials: {password?, token?}; true makes a new one."""
        account = self._backend.account
        if password := wishes.get("password"):
            account.password = token_hex(4) if password is True else str(password)
        if token := wishes.get("token"):
            self._backend.rotate_token(account, None if token is True else str(token))

    def _profile(self, _request: web.Request, wishes: Wishes) -> None:
        """Decide how the service behaves: {name}."""
        self._backend.profile = PROFILES[wishes["name"]]

    def _silent(self, _request: web.Request, wishes: Wishes) -> None:
        """Stop all webhooks without a word, or go on: {silent}."""
        self._backend.silent = bool(wishes["silent"])

    def _add_fault(self, _request: web.Request, wishes: Wishes) -> None:
        """Let a fault happen: {name, method?, times?}; without times until cleared."""
        self._backend.fail(FAULTS[wishes["name"]](), str(wishes.get("method", ANY)), wishes.get("times"))

    def _clear_faults(self, _request: web.Request, _wishes: Wishes) -> None:
        """Forget all faults."""
        self._backend.faults.clear()

    def _advance(self, _request: web.Request, wishes: Wishes) -> None:
        """Move the clock ahead: {seconds}."""
        self._backend.advance(float(wishes["seconds"]))


def _webhook(address: object) -> str:
    url = URL(str(address or "").strip())
    if str(url) and (url.scheme not in {"http", "https"} or not url.host):
        raise ValueError("A webhook begins with http:// or https://")
    return str(url)


def _known(wishes: Wishes, names: frozenset[str]) -> Wishes:
    if unknown := wishes.keys() - names:
        raise ValueError(f"Cannot change {', '.join(sorted(unknown))}")
    return dict(wishes)
