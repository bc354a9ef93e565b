"""Polling: two requests side by side, from which everything else learns."""

import asyncio
from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .account import Account
from .announcer import Announcer
from .api import Phone, SmsGateway24Error, ThrottledError
from .const import CONF_SHOWN_ADDRESS, DOMAIN, LOGGER
from .devices import async_remove_gone_phones, async_update_phone_devices
from .doorbell import Doorman
from .errors import poll_error
from .mailbox import Mailbox
from .messaging.health import PhoneState, assess
from .messaging.pace import RELYING, Pace
from .messaging.reader import Reading
from .problems import Problems
from .recipients import RecipientBook, recipients_of
from .settings import Settings

type SmsGateway24ConfigEntry = ConfigEntry[SmsGateway24Coordinator]


class PushState(StrEnum):
    """How far the service's rings can be relied upon."""

    OFF = "off"
    WAITING = "waiting"
    """Nobody has rung since the account was loaded."""
    RUNG = "rung"
    """Somebody has rung, which proves nothing yet."""
    WORKS = "works"
    """The last messages were all rung for."""
    SILENT = "silent"
    """Messages were rung for once, and now come without."""


# How often the service may be read out of turn when somebody presses a button for it, in seconds.
ASKED_AT_MOST_EVERY: Final = 5.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the entities show. Two reads in which nothing worth showing has changed are equal."""

    phones: Mapping[str, PhoneState]


# What there is to show of an account whose phones could not be read yet.
UNREAD: Final = Snapshot({})


class SmsGateway24Coordinator(DataUpdateCoordinator[Snapshot]):
    """Reads the phones and the messages of one account, and hands them on."""

    config_entry: SmsGateway24ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: SmsGateway24ConfigEntry) -> None:
        """Prepare the account that the entry describes."""
        self.settings = Settings.from_options(entry.options)
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            # Not its title, which may be an e-mail address: the name is in the log with every poll.
            name=f"{DOMAIN} {entry.entry_id}",
            update_interval=self.settings.poll_interval,
            always_update=False,
            # What is asked for out of turn is done at once, but not more often than this. The doorbell has its own limit.
            request_refresh_debouncer=Debouncer(hass, LOGGER, cooldown=ASKED_AT_MOST_EVERY, immediate=True),
        )
        self.account = Account(hass, entry)
        self.recipients = RecipientBook(recipients_of(entry), hass.config.country)
        self.announcer = Announcer(hass, entry.entry_id, self.recipients, self.settings.privacy)
        # However much rings are relied upon, a phone that goes offline is noticed in time.
        self._pace = Pace(self.settings.poll_interval, relying=min(RELYING, self.settings.offline_after))
        self.problems = Problems(
            hass,
            entry,
            memory=lambda: self.mailbox.memory,
            recipients=self.recipients,
            offline_after=self.settings.offline_after,
        )
        self.mailbox = Mailbox(
            hass,
            entry.entry_id,
            account=self.account,
            announcer=self.announcer,
            settings=self.settings,
            phones=self._phone_states,
            traffic=self._note_traffic,
            credentials_refused=self._start_reauth,
        )
        self.mailbox.outbox.tried = self.problems.async_note_attempt
        self.doorman = Doorman(hass, entry, trust=self.mailbox.trust, read=self.async_refresh)
        entry.async_on_unload(self.doorman.async_close)
        self._push_was_silent: bool | None = None
        self._loaded_with = _essence(hass, entry)

    @property
    def push_state(self) -> PushState:
        """How far the service's rings can be relied upon."""
        trust = self.mailbox.trust
        if not self.settings.push:
            return PushState.OFF
        if trust.silent:
            return PushState.SILENT
        if trust.works:
            return PushState.WORKS
        return PushState.RUNG if self.doorman.rings else PushState.WAITING

    @callback
    def async_is_outdated(self) -> bool:
        """Whether the entry has come to hold something else than what this was made from.

        A token that was renewed in operation is in use already and does not count.
        """
        entry = self.config_entry
        return _essence(self.hass, entry) != self._loaded_with or entry.data[CONF_TOKEN] != self.account.client.token

    @property
    def is_known(self) -> bool:
        """Whether the account has been read in an earlier life, as its memory tells."""
        return self.mailbox.memory.inbox.started

    @property
    def phones_known(self) -> bool:
        """Whether the phones have been read since the account was loaded."""
        return self.data is not None and self.data is not UNREAD

    async def async_load(self) -> None:
        """Take up what an earlier life has written down. Raises ConfigEntryNotReady if the disk cannot be read."""
        await self.mailbox.async_load()
        self.problems.async_begin()
        if self.is_known:
            self.data = UNREAD

    async def async_refresh_or_go_on(self) -> None:
        """Read for the first time; if that fails go on without, and try again with the next poll.

        Were the account given up until it can be read, Home Assistant would pass over its recipients, and an alarm after
        a power cut would be lost without a word. What is sent meanwhile is kept.
        """
        try:
            await self.async_config_entry_first_refresh()
        except ConfigEntryAuthFailed:
            self._start_reauth()
        except ConfigEntryNotReady:
            pass
        else:
            return
        LOGGER.warning("%s could not be read yet, and goes on with what is known: %s", self.name, self.last_exception)

    @override
    async def _async_update_data(self) -> Snapshot:
        rung_for = self.doorman.answering
        listed: Container[int] | None = None
        self.doorman.async_begin()
        try:
            phones, reading = await self._read()
            listed = reading
        except SmsGateway24Error as err:
            self._fail(err, rung_for=rung_for)
            raise poll_error(err) from err
        else:
            self._pace.succeeded()
            self._update_devices(phones)
            self.mailbox.async_take(reading, phones)
        finally:
            self.doorman.async_end(listed)
            self._pace.is_relying = self.settings.push and self.mailbox.trust.works
            self.update_interval = self._pace.interval(self.hass.loop.time())
        snapshot = self._snapshot(phones)
        self.problems.async_judge(snapshot.phones, self.account.client.clock.now())
        self._judge_push()
        self._remove_gone_phones(snapshot)
        return snapshot

    def _fail(self, err: SmsGateway24Error, *, rung_for: bool) -> None:
        """Take note that the service could not be read."""
        if isinstance(err, ThrottledError) and err.retry_after is not None:
            self.doorman.async_hold(err.retry_after)
        if not rung_for:
            # Whoever rings at a service in trouble must not make the polls rarer.
            self._pace.failed()
        self.problems.async_interrupted()
        self.mailbox.async_out_of_reach()

    def _judge_push(self) -> None:
        silent = self.push_state is PushState.SILENT
        if silent is not self._push_was_silent:
            self._push_was_silent = silent
            self.problems.async_set_push_silent(silent)

    async def _read(self) -> tuple[tuple[Phone, ...], Reading]:
        """Read phones and messages side by side. Raises the API's errors."""
        phones, reading = await asyncio.gather(
            self.account.call(lambda client: client.get_phones()),
            self.mailbox.async_read(),
            # The second request is waited for even if the first has failed, or its error would be lost.
            return_exceptions=True,
        )
        # The phones' error comes first: it is the one that can tell a refused token from a refused request.
        if isinstance(phones, BaseException):
            raise phones
        if isinstance(reading, BaseException):
            raise reading
        return self.problems.in_use(phones), reading

    def _snapshot(self, phones: tuple[Phone, ...]) -> Snapshot:
        now = self.account.client.clock.now()
        pending = self.mailbox.pending.by_phone()
        before: Mapping[str, PhoneState] = self.data.phones if self.data else {}
        return Snapshot(
            {
                phone.id: assess(
                    phone,
                    pending=pending.get(phone.id, 0),
                    now=now,
                    offline_after=self.settings.offline_after,
                    before=before.get(phone.id),
                )
                for phone in phones
            }
        )

    def _update_devices(self, phones: tuple[Phone, ...]) -> None:
        # Looking fifty devices up in the registry would cost more than all the rest of a poll.
        before: Mapping[str, PhoneState] = self.data.phones if self.data else {}
        changed = [phone for phone in phones if (known := before.get(phone.id)) is None or known.phone != phone]
        async_update_phone_devices(self.hass, self.config_entry, changed)
        self.problems.async_note_phones(changed)

    def _remove_gone_phones(self, snapshot: Snapshot) -> None:
        listed = snapshot.phones.keys()
        missing_since = self.mailbox.memory.missing_since
        if not missing_since and self.data and listed == self.data.phones.keys():
            return
        if async_remove_gone_phones(
            self.hass, self.config_entry, listed, missing_since, dt_util.utcnow(), self.problems.is_held
        ):
            self.mailbox.async_save_soon()

    def _phone_states(self) -> list[PhoneState] | None:
        return list(self.data.phones.values()) if self.phones_known else None

    def _note_traffic(self) -> None:
        self._pace.traffic(self.hass.loop.time())
        quick = self._pace.interval(self.hass.loop.time())
        if quick != self.update_interval:
            self.update_interval = quick
            # The next poll is on the calendar already, at the pace of rest.
            self._schedule_refresh()

    def _start_reauth(self) -> None:
        self.config_entry.async_start_reauth(self.hass)


def _essence(hass: HomeAssistant, entry: ConfigEntry[Any]) -> tuple[Any, ...]:
    """Return what an account is made from, without what changes in operation."""
    credentials = {
        key: value for key, value in entry.data.items() if key not in {CONF_TOKEN, CONF_WEBHOOK_ID, CONF_SHOWN_ADDRESS}
    }
    return credentials, dict(entry.options), recipients_of(entry), hass.config.country
