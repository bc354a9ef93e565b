"""getallsms: which messages a reader gets to see, in which order, and what is said about them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulator.profile import DateStyle, Profile
from simulator.world.account import Account
from simulator.world.message import Message
from simulator.world.rewriting import same_number

from .parameters import Form, Refusal
from .records import keyed, message_record

_SHUFFLE = 2_654_435_761


@dataclass(frozen=True, slots=True)
class Row:
    """A message with the status that the reader's replica knows."""

    message: Message
    status: int


type Filter = Callable[[Row], bool]


class Reader:
    """One reader's way through an account's messages; remembers which replica is next."""

    def __init__(self) -> None:
        """Begin with the first replica."""
        self._reads = 0

    def view(self, profile: Profile, now: datetime) -> datetime:
        """Return the moment whose data the next read sees."""
        lag = profile.replica_lags[self._reads % len(profile.replica_lags)]
        self._reads += 1
        return now - timedelta(seconds=lag)

    def messages(self, account: Account, form: Form, profile: Profile, now: datetime) -> dict[str, Any]:
        """Answer getallsms; raises Refusal."""
        view = self.view(profile, now)
        rows = [
            Row(message, status)
            for message in account.messages.values()
            if (status := message.status_at(view)) is not None
        ]
        filters = _filters(form, profile)
        rows = [row for row in rows if all(matches(row) for matches in filters)]
        if profile.vanishing and self._reads % 2 == 0:
            rows = [row for row in rows if (row.message.id + self._reads // 2) % 3]
        shown = _capped(_ordered(rows, form, profile), profile)
        count = len(rows) if profile.count_of == "matching" else len(shown)
        answer: dict[str, Any] = {"error": 0, "smss": None, "count": count, "message": "Ok"}
        counting_only = form.number("onlycount") == 1
        if counting_only and profile.only_count == "count":
            del answer["smss"]
        elif counting_only and profile.only_count == "empty":
            answer["smss"] = keyed([], replace(profile, alien_records=False))
        else:
            answer["smss"] = keyed((_record(account, row, profile, _dates(form, profile)) for row in shown), profile)
        if answer.get("smss", 0) is None and profile.empty == "missing":
            del answer["smss"]
        return answer


def _filters(form: Form, profile: Profile) -> list[Filter]:
    """Return what a row must fulfil; raises Refusal for dates and zones that are none."""
    device, status, sim, customer = (form.number(name) for name in ("device_id", "status", "sim", "customerid"))
    zone = _filter_zone(form, profile)
    begin, end = form.moment("begindate", zone), form.moment("enddate", zone)
    phone = form.text("phone")
    filters: dict[str, Filter] = {
        "device_id": lambda row: row.message.phone_id == device,
        "status": lambda row: row.status == status,
        "sim": lambda row: row.message.sim == sim,
        "customerid": lambda row: row.message.customer_id == customer,
        "phone": lambda row: same_number(row.message.number, phone),
        "begindate": lambda row: begin is None or row.message.created >= begin,
        "enddate": lambda row: end is None or row.message.created <= end,
    }
    return [matches for name, matches in filters.items() if name in form and name not in profile.ignored_filters]


def _ordered(rows: list[Row], form: Form, profile: Profile) -> list[Row]:
    if profile.order == "shuffled":
        return sorted(rows, key=lambda row: row.message.id * _SHUFFLE % 2**32)
    descending = profile.order == "as_asked" and form.number("orderbydesc") == 1
    return sorted(rows, key=lambda row: row.message.id, reverse=descending)


def _capped(rows: list[Row], profile: Profile) -> list[Row]:
    if profile.row_cap is None or len(rows) <= profile.row_cap:
        return rows
    by_age = sorted(rows, key=lambda row: (row.message.stored, row.message.id), reverse=profile.cap_keeps == "newest")
    kept = {row.message.id for row in by_age[: profile.row_cap]}
    return [row for row in rows if row.message.id in kept]


def _record(account: Account, row: Row, profile: Profile, dates: DateStyle) -> dict[str, Any]:
    phone = account.phones.get(row.message.phone_id)
    return message_record(account, phone, row.message, row.status, profile, dates)


def _filter_zone(form: Form, profile: Profile) -> tzinfo:
    if "timezone" in form and "filters" in profile.timezone_moves:
        return _zone(form)
    return timezone(timedelta(hours=profile.filter_zone_hours))


def _dates(form: Form, profile: Profile) -> DateStyle:
    if "timezone" in form and "dates" in profile.timezone_moves:
        return DateStyle(3, getattr(_zone(form), "key", "UTC"))
    return profile.dates


def _zone(form: Form) -> tzinfo:
    name = form.text("timezone")
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refusal(f"{name} is not a time zone") from error
