"""Diagnostics: how an account or a phone is, for somebody who helps from afar.

Only what is known to say nothing about anybody goes in. Nothing is taken whole and then made harmless: what the service
adds one day must not be in the file because nobody has thought of it.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from .api import DEFAULT_URL, Sim
from .const import CONF_SHOWN_ADDRESS, DOMAIN
from .coordinator import SmsGateway24ConfigEntry, SmsGateway24Coordinator
from .devices import device_phone_id
from .messaging.health import PhoneState
from .messaging.outgoing import OutgoingMessage
from .recipients import Recipient, recipients_of
from .settings import Settings

# What the service may call a phone or a version; a name, or words, would be something else.
_ID: Final = re.compile(r"[0-9]{1,9}")
_VERSION: Final = re.compile(r"[0-9]{1,4}([.-][0-9a-z]{1,8}){0,4}")
_OTHER: Final = "(other)"


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> dict[str, Any]:
    """Return how an account is; less of it while it is not loaded."""
    about = await _async_describe_entry(hass, entry)
    if (coordinator := _loaded(entry)) is None:
        return about
    return {
        **about,
        "polling": _describe_polling(coordinator),
        "instant_receipt": _describe_push(coordinator),
        "incoming": _describe_incoming(coordinator),
        "outbox": _describe_outbox(coordinator),
        "requests": coordinator.account.client.record.as_dict(),
        "answers": coordinator.account.client.profile.as_dict(),
        "phones": [_describe_phone(state, coordinator) for state in coordinator.data.phones.values()],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: SmsGateway24ConfigEntry, device: dr.DeviceEntry
) -> dict[str, Any]:
    """Return how a phone is, or how a recipient is texted."""
    about = await _async_describe_entry(hass, entry)
    own_id = device_phone_id(device)
    if device.entry_type is dr.DeviceEntryType.SERVICE:
        recipient = next((recipient for recipient in recipients_of(entry) if recipient.id == own_id), None)
        return {**about, "recipient": None if recipient is None else _describe_recipient(recipient)}
    coordinator = _loaded(entry)
    state = None if coordinator is None or own_id is None else coordinator.data.phones.get(own_id)
    if coordinator is None or state is None:
        listed = None if coordinator is None or not coordinator.phones_known else False
        return {**about, "phone": {"id": _id(own_id), "listed": listed}}
    return {
        **about,
        "phone": {"listed": True, **_describe_phone(state, coordinator)},
        "polling": _describe_polling(coordinator),
        "requests": coordinator.account.client.record.as_dict(),
    }


def _loaded(entry: SmsGateway24ConfigEntry) -> SmsGateway24Coordinator | None:
    return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None


# --- the account ----------------------------------------------------------------------------


async def _async_describe_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, Any]:
    integration = await async_get_integration(hass, DOMAIN)
    return {
        "account": {
            "state": entry.state.value,
            "reason": _reason(entry),
            "integration_version": str(integration.version),
            "entry_version": f"{entry.version}.{entry.minor_version}",
            "signs_in_with": "password" if CONF_PASSWORD in entry.data else "token",
            # Another address may have somebody's name in it.
            "service": "usual" if entry.data[CONF_URL] == DEFAULT_URL else "other",
            "country_set": hass.config.country is not None,
            "recipients": _count_recipients(recipients_of(entry)),
            "repairs": _open_repairs(hass, entry),
        },
        "settings": _describe_settings(Settings.from_options(entry.options)),
    }


def _reason(entry: ConfigEntry[Any]) -> str | None:
    """Return our own word for why an account is not loaded; that of the service may quote anything."""
    if entry.state is ConfigEntryState.LOADED or entry.error_reason_translation_key is not None:
        return entry.error_reason_translation_key
    # Home Assistant 2026.8 does not keep the word of a first poll that has failed.
    coordinator = getattr(entry, "runtime_data", None)
    return getattr(coordinator and coordinator.last_exception, "translation_key", None)


def _describe_settings(settings: Settings) -> dict[str, Any]:
    return {
        "poll_interval": settings.poll_interval.total_seconds(),
        "offline_after": settings.offline_after.total_seconds(),
        "keep_unsent": settings.keep_unsent.total_seconds(),
        "failover": settings.failover,
        "max_per_hour": settings.max_per_hour,
        "privacy": settings.privacy.value,
        "push": settings.push,
    }


def _count_recipients(recipients: list[Recipient]) -> dict[str, int]:
    return {
        "all": len(recipients),
        "trusted": sum(recipient.trusted for recipient in recipients),
        "with_fixed_phone": sum(recipient.phone_id is not None for recipient in recipients),
    }


@callback
def _open_repairs(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[str]:
    """Return the kinds of problems that are open. Their texts name phones and the account."""
    return sorted(
        str(issue.translation_key)
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active and entry.entry_id in issue_id
    )


# --- what it does ---------------------------------------------------------------------------


def _describe_polling(coordinator: SmsGateway24Coordinator) -> dict[str, Any]:
    clock = coordinator.account.client.clock
    now, own = clock.now(), dt_util.utcnow()
    return {
        "last_succeeded": coordinator.last_update_success,
        # The kind alone: its words may be the service's.
        "last_error": None if coordinator.last_exception is None else type(coordinator.last_exception).__name__,
        "interval": _seconds(coordinator.update_interval),
        "service_tells_time": clock.is_told,
        "service_is_ahead_by": None if now is None else round((now - own).total_seconds()),
    }


def _describe_push(coordinator: SmsGateway24Coordinator) -> dict[str, Any]:
    return {
        "state": coordinator.push_state.value,
        "rings": coordinator.doorman.rings,
        "address_was_shown": CONF_SHOWN_ADDRESS in coordinator.config_entry.data,
    }


def _describe_incoming(coordinator: SmsGateway24Coordinator) -> dict[str, Any]:
    memory = coordinator.mailbox.memory
    return {
        "known": len(memory.inbox.as_dict()["known"]),
        "not_announced_yet": memory.inbox.waiting,
        "announced_from": _moment(memory.inbox.floor),
        "memory_was_lost": memory.begun_anew,
        **memory.progress.as_dict(),
    }


def _describe_outbox(coordinator: SmsGateway24Coordinator) -> dict[str, Any]:
    outbox = coordinator.mailbox.outbox
    messages = outbox.messages
    return {
        "messages": len(messages),
        "stages": _count(message.stage.value for message in messages),
        "statuses": _count(str(message.status) for message in messages if message.status is not None),
        "failed_over": sum(bool(message.failed_phones) for message in messages),
        "oldest": _moment(min((message.created_at for message in messages), default=None)),
        "tags_return": outbox.as_dict()["recognition"]["tags_return"],
        "waiting_at_the_service": sum(coordinator.mailbox.pending.by_phone().values()),
    }


# --- phones and recipients ------------------------------------------------------------------


def _describe_phone(state: PhoneState, coordinator: SmsGateway24Coordinator) -> dict[str, Any]:
    phone = state.phone
    messages = coordinator.mailbox.outbox.messages
    return {
        "id": _id(phone.id),
        "online": state.online,
        "last_seen": _moment(phone.last_seen),
        "created": _moment(phone.created),
        "pending": state.pending,
        "in_outbox": sum(_goes_through(message, phone.id) for message in messages),
        "app_version": _version(phone.app_version),
        "app_is_current": phone.app_is_current,
        "subscription": phone.subscription,
        "request_interval": phone.request_interval,
        "send_interval": phone.send_interval,
        "tells_serial_number": phone.serial_number is not None,
        "tells_imei": phone.imei is not None,
        "sims": [_describe_sim(sim) for sim in phone.sims],
    }


def _describe_sim(sim: Sim) -> dict[str, Any]:
    """Describe a SIM; its carrier's name not, since people may name their SIMs as they like."""
    return {
        "slot": sim.slot,
        "roaming": sim.roaming,
        "country": sim.country,
        "tells_carrier": sim.carrier is not None,
        "tells_number": sim.number is not None,
        "tells_iccid": sim.iccid is not None,
    }


def _describe_recipient(recipient: Recipient) -> dict[str, Any]:
    return {
        "trusted": recipient.trusted,
        "phone": None if recipient.phone_id is None else _id(recipient.phone_id),
        "sim": recipient.sim,
        "number": "international" if recipient.number.startswith("+") else "short",
    }


def _goes_through(message: OutgoingMessage, phone_id: str) -> bool:
    return message.route is not None and message.route.phone_id == phone_id


# --- values ---------------------------------------------------------------------------------


def _id(value: str | None) -> str | None:
    return value if value is None or _ID.fullmatch(value) else _OTHER


def _version(value: str | None) -> str | None:
    return value if value is None or _VERSION.fullmatch(value) else _OTHER


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _seconds(value: timedelta | None) -> float | None:
    return None if value is None else value.total_seconds()


def _count(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
