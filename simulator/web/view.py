"""The world as the page shows it."""

from datetime import datetime
from typing import Any

from simulator.backend import Backend
from simulator.faults import ANY, FAULTS
from simulator.profiles import PROFILES
from simulator.service.methods import METHODS
from simulator.service.rings import KINDS, Kind
from simulator.world.account import Account
from simulator.world.message import Message
from simulator.world.phone import Phone
from simulator.world.status import FATES, LEFT_THE_PHONE, Fate, Status, title

from .requests import RecordedRequest

_MESSAGES_SHOWN = 200
_REQUESTS_SHOWN = 60
_SECRET = frozenset({"token", "pass", "datajson"})


def choices() -> dict[str, Any]:
    """Return what can be chosen; it stays the same as long as the simulator runs."""
    return {
        "profiles": [{"name": profile.name, "about": profile.about} for profile in PROFILES.values()],
        "faults": list(FAULTS),
        "methods": [ANY, *METHODS],
        "fates": list(FATES),
    }


def state(backend: Backend) -> dict[str, Any]:
    """Return everything that changes."""
    world = backend.catch_up()
    return {
        "now": _moment(world.now),
        "profile": backend.profile.name,
        "silent": backend.silent,
        "faults": [
            {"name": planned.fault.name, "method": planned.method, "times": planned.times}
            for planned in backend.faults.planned
        ],
        "account": {
            "email": backend.account.email,
            "password": backend.account.password,
            "token": backend.account.token,
        },
        "phones": [
            _phone(account, phone, world.now) | {"webhooks": {kind: _webhook(backend, phone, kind) for kind in KINDS}}
            for account in world.accounts.values()
            for phone in account.phones.values()
        ],
        "requests": [_request(request) for request in backend.requests[: -_REQUESTS_SHOWN - 1 : -1]],
    }


def _phone(account: Account, phone: Phone, now: datetime) -> dict[str, Any]:
    messages = [message for message in account.messages.values() if message.phone_id == phone.id]
    messages.sort(key=lambda message: (message.stored, message.id))
    return {
        "id": phone.id,
        "title": phone.title,
        "account": account.email,
        "online": phone.online,
        "last_seen": _moment(phone.last_seen),
        "seconds_since_seen": int((now - phone.last_seen).total_seconds()),
        "app_version": phone.app_version,
        "app_current": phone.app_current,
        "subscription": phone.subscription,
        "request_every": phone.request_every,
        "webhooks_on": phone.webhooks_on,
        "fate": _fate_name(phone.fate),
        "next_fates": [_fate_name(fate) for fate in phone.next_fates],
        "waiting": len(phone.waiting) + len(phone.queue),
        "held": len(phone.held),
        "sims": [
            {
                "slot": sim.slot,
                "carrier": sim.carrier,
                "number": sim.number or "",
                "country": sim.country,
                "roaming": sim.roaming,
                "works": sim.fate is None,
            }
            for _, sim in sorted(phone.sims.items())
        ],
        "messages": [_message(message) for message in messages[-_MESSAGES_SHOWN:]],
    }


def _webhook(backend: Backend, phone: Phone, kind: Kind) -> dict[str, Any]:
    tally = backend.bells.tally(phone.id, kind)
    return {
        "url": phone.incoming_webhook if kind == "incoming" else phone.status_webhook,
        "rung": tally.rung,
        "failed": tally.failed,
        "last": tally.last,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "number": message.number,
        "text": message.body,
        "incoming": message.incoming,
        "sim": message.sim,
        "status": message.status,
        "word": title(message.status),
        "mood": _mood(message.status),
        "at": _moment(message.created),
        "scheduled": _moment(message.time_to_send) if message.time_to_send else None,
    }


def _mood(status: int) -> str:
    if status in {Status.PENDING, Status.TAKEN, Status.QUEUED, Status.INCOMING}:
        return "open"
    return "good" if status in LEFT_THE_PHONE and status != Status.NOT_DELIVERED else "bad"


def _request(request: RecordedRequest) -> dict[str, Any]:
    return {
        "at": _moment(request.at),
        "verb": request.verb,
        "method": request.method,
        "values": {name: "…" if name in _SECRET else value for name, value in request.values.items()},
        "in_address": sorted(request.query),
        "fault": request.fault,
        "outcome": request.outcome or "open",
    }


def _fate_name(fate: Fate) -> str:
    return next((name for name, known in FATES.items() if known == fate), " → ".join(map(str, fate)))


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
