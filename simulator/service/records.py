"""Messages and phones as the service writes them, key by key in the order of the documentation's samples."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
import json
from typing import Any
from zoneinfo import ZoneInfo

from simulator.profile import DateStyle, Profile
from simulator.world.account import Account
from simulator.world.message import Message
from simulator.world.phone import Phone, Sim
from simulator.world.status import title

type Record = dict[str, Any]

_ABBREVIATIONS = {"UTC": 0, "GMT": 0, "CET": 1, "CEST": 2, "EST": -5, "EDT": -4}


@cache
def zone_of(style: DateStyle) -> tzinfo:
    """Return the zone in which a style writes its dates."""
    match style.kind:
        case 1:
            return datetime.strptime(style.zone, "%z").tzinfo or UTC
        case 2:
            return timezone(timedelta(hours=_ABBREVIATIONS[style.zone]))
        case _:
            return ZoneInfo(style.zone)


def date_object(moment: datetime, style: DateStyle) -> Record:
    """Return PHP's dump of a DateTime."""
    local = moment.astimezone(zone_of(style))
    return {
        "date": local.strftime("%Y-%m-%d %H:%M:%S.000000"),
        "timezone_type": style.kind,
        "timezone": style.zone,
    }


def human_date(moment: datetime, style: DateStyle) -> str:
    """Return a date as in `createdhumanformat`."""
    return moment.astimezone(zone_of(style)).strftime("%d.%m.%Y %H:%M:%S")


def keyed(records: Iterable[Record], profile: Profile) -> Any:
    """Return records as the service nests them: an object keyed by id, or what stands for none."""
    rows: dict[str, Any] = {str(record["id"]): record for record in records}
    if profile.alien_records:
        rows |= {"x": None, "y": 0, "z": {"note": "no id here"}}
    if not rows:
        return {"list": [], "object": {}, "null": None, "missing": None}[profile.empty]
    return list(rows.values()) if profile.records_as_list else rows


def message_record(
    account: Account, phone: Phone | None, message: Message, status: int, profile: Profile, dates: DateStyle
) -> Record:
    """Return an entry of `smss`, with the status that the reader gets to see."""
    newsletter = account.newsletters.get(message.newsletter_id or 0)
    record: Record = {
        "id": message.id,
        "sendto": message.number,
        "body": message.body,
        "customerid": _customer_id(message, profile),
        "status": status,
        "statustitle": title(status),
        "deviceid": message.phone_id,
        "sim": message.sim,
        "urgent": _urgent(message, profile),
        "created": date_object(message.created, dates),
        "senttime": _sent_time(message, profile, dates),
        "timetosend": _time_to_send(message, profile, dates),
        "paketid": newsletter.id if newsletter else None,
        "pakettitle": newsletter.title if newsletter else None,
        "paketbody": newsletter.body if newsletter else None,
    }
    if not profile.sim_in_records:
        del record["sim"]
    if message.incoming and profile.sender_field != "sendto":
        own_sim = phone.sims.get(message.sim) if phone else None
        record["sendto"] = own_sim.number if own_sim else None
        record[profile.sender_field] = message.number
    return record


def device_record(phone: Phone, profile: Profile) -> Record:
    """Return an entry of `device`."""
    record: Record = {
        "id": phone.id,
        "title": phone.title,
        "number": phone.number,
        "imei": "null" if profile.imei_null or phone.imei is None else phone.imei,
        "created": date_object(phone.created, profile.dates),
        "createdhumanformat": human_date(phone.created, profile.dates),
        "lastseen": date_object(phone.last_seen, profile.dates),
        "lastseenhumanformat": human_date(phone.last_seen, profile.dates),
        "serialnumber": phone.serial_number,
        "siminfo": _sim_info(phone, profile),
        "appversion": phone.app_version,
        "isappversionactual": phone.app_current,
        "delaybetweeneachsms": phone.between_sms,
        "delaybetweenrequest": phone.request_every,
        "subscription": phone.subscription,
    }
    if profile.sim_info == "absent":
        del record["siminfo"]
    return record


def _customer_id(message: Message, profile: Profile) -> int | str | None:
    as_text = profile.customer_id == "string" and message.customer_id is not None
    return str(message.customer_id) if as_text else message.customer_id


def _urgent(message: Message, profile: Profile) -> bool | int | None:
    if profile.urgent == "number":
        return int(message.urgent)
    return True if message.urgent else None


def _sent_time(message: Message, profile: Profile, dates: DateStyle) -> Record | None:
    filled = profile.sent_time == "filled" and message.sent_at is not None
    return date_object(message.sent_at, dates) if filled and message.sent_at else None


def _time_to_send(message: Message, profile: Profile, dates: DateStyle) -> Record | None:
    if message.time_to_send:
        return date_object(message.time_to_send, dates)
    return date_object(message.created, dates) if profile.time_to_send == "created" else None


def _sim_info(phone: Phone, profile: Profile) -> Any:
    sims = [_sim_record(sim, profile) for _, sim in sorted(phone.sims.items())]
    match profile.sim_info:
        case "empty":
            return []
        case "null":
            return None
        case "json_string":
            return json.dumps(sims)
        case "by_slot":
            return {sim["Slot"]: sim for sim in sims}
        case "old_slot":
            # Which number that is is not said; a client of 2019 counted SIMs from 1.
            return [sim | {"OldSlot": str(int(sim["Slot"]) + 1)} for sim in sims]
        case _:
            return sims


def _sim_record(sim: Sim, profile: Profile) -> Record:
    number = sim.number or ""
    if profile.sim_numbers == "padded" and number:
        number = f" {number.removeprefix('+')}"
    return {
        "Slot": str(sim.slot),
        "IccId": sim.iccid,
        "Number": number,
        "Roaming": str(int(sim.roaming)),
        "CountryIso": sim.country,
        "CarrierName": sim.carrier,
    }
