"""What must survive a restart, in one file per account.

Nothing secret goes in here: the account's credentials and its token stay in the config entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self, override
from uuid import uuid4

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.storage import Store

from .const import DOMAIN, LOGGER
from .messaging.checkup import Checkup
from .messaging.contact import ContactBook
from .messaging.inbox import Inbox
from .messaging.reader import Progress
from .messaging.stored import moment_from

STORAGE_VERSION: Final = 1
STORAGE_MINOR_VERSION: Final = 3


@dataclass(slots=True, kw_only=True)
class Memory:
    """What is remembered between two starts.

    ``outbox`` is what the outbox wrote down; ``missing_since`` says since when a phone is no longer listed;
    ``progress`` is how far the service's list was read, from which a later start goes on; ``doorbell`` is how far rings
    were relied upon; ``checkup`` is what is known of the phones and of what is wrong with them; ``pending`` is what waited
    at the service. ``begun_anew`` says that there was more to remember, and is not written down itself.
    """

    inbox: Inbox = field(default_factory=Inbox)
    outbox: dict[str, Any] = field(default_factory=dict)
    missing_since: dict[str, datetime] = field(default_factory=dict)
    contacts: ContactBook = field(default_factory=ContactBook)
    progress: Progress = field(default_factory=Progress)
    doorbell: dict[str, Any] = field(default_factory=dict)
    checkup: Checkup = field(default_factory=Checkup)
    pending: list[Any] = field(default_factory=list)
    begun_anew: bool = False

    def as_dict(self, outbox: dict[str, Any]) -> dict[str, Any]:
        """Return what is written down, with the outbox as it is now."""
        return {
            "inbox": self.inbox.as_dict(),
            "outbox": outbox,
            "missing_since": {phone_id: moment.isoformat() for phone_id, moment in self.missing_since.items()},
            "contacts": self.contacts.as_dict(),
            "progress": self.progress.as_dict(),
            "doorbell": self.doorbell,
            "checkup": self.checkup.as_dict(),
            "pending": self.pending,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the memory that was written down. Raises an error of any kind for anything else."""
        return cls(
            inbox=Inbox.from_dict(data["inbox"]),
            outbox=dict(data["outbox"]),
            missing_since={
                phone_id: moment
                for phone_id, words in data["missing_since"].items()
                if (moment := moment_from(words)) is not None
            },
            contacts=ContactBook.from_dict(data["contacts"]),
            progress=Progress.from_dict(data["progress"]),
            # Files of versions before the doorbell do not have it.
            doorbell=dict(data.get("doorbell", {})),
            checkup=Checkup.from_dict(data["checkup"]),
            # A number on a dashboard is no reason to lose all the rest.
            pending=pending if isinstance(pending := data.get("pending"), list) else [],
        )

    @classmethod
    def lost(cls, data: object) -> Self:
        """Return an empty memory in place of one that cannot be read; what is left of outbox and checkup is kept.

        Of the first, the outbox leaves out what is damaged. Of incoming messages, half a memory would be worse than none.
        """
        outbox = data.get("outbox") if isinstance(data, dict) else None
        try:
            checkup = Checkup.from_dict(data["checkup"]) if isinstance(data, dict) else Checkup()
        except Exception:  # noqa: BLE001 - damage has no limits
            checkup = Checkup()
        return cls(
            inbox=Inbox(lost=True),
            contacts=ContactBook(lost=True),
            outbox=outbox if isinstance(outbox, dict) else {},
            checkup=checkup,
            begun_anew=True,
        )

    def move_phone(self, old_id: str, new_id: str) -> None:
        """Know a phone under the id that it has now. Raises KeyError if it was never listed under that.

        A message that waits for it goes on to wait for it. What was handed over under the old id stays there.
        """
        self.checkup.move(old_id, new_id)
        self.missing_since.pop(old_id, None)
        messages = self.outbox.get("messages")
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, dict) and message.get("phone_id") == old_id:
                message["phone_id"] = new_id


class _AccountFile(Store[dict[str, Any]]):
    """The file, in whatever version it is found."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        # What a later minor version has added is left alone; a later major version is refused before this.
        data = dict(old_data)
        if old_minor_version < 2:  # noqa: PLR2004 - the version in which this changed
            seen: dict[str, str | None] = data["contacts"]
            data["contacts"] = {
                "begun": bool(seen),
                "phones": {
                    phone_id: {"last_seen": last_seen, "settled_at": None} for phone_id, last_seen in seen.items()
                },
            }
            data["progress"] = {"swept_until": data.pop("swept_until"), "owed_since": None}
            data["inbox"] = {**data["inbox"], "lost": False}
            data["outbox"] = {"messages": data["outbox"]}
        if old_minor_version < 3:  # noqa: PLR2004 - as above
            data["checkup"] = Checkup().as_dict()
        return data


class AccountStore:
    """Keeps an account's memory on disk, and knows whether it is there."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Point to the file of one config entry."""
        self._hass = hass
        self._entry_id = entry_id
        self._key = f"{DOMAIN}.{entry_id}"
        self._store = self._open()
        # What is read back is mine only if it bears my mark; a file that could not be replaced bears another.
        self._mark = uuid4().hex
        self._serial = 0

    def _open(self) -> _AccountFile:
        return _AccountFile(
            self._hass,
            STORAGE_VERSION,
            self._key,
            private=True,
            atomic_writes=True,
            minor_version=STORAGE_MINOR_VERSION,
        )

    async def async_load(self) -> Memory:
        """Return what was remembered; an empty memory if there is none or it cannot be read.

        An empty memory takes all that the service holds as known, so neither damage nor loss announces old messages.
        Raises ConfigEntryNotReady if the disk does not let it be read just now: that says nothing about the file, which
        is left as it is.
        """
        data: dict[str, Any] | None = None
        try:
            data = await self._store.async_load()
            if data is None and not self._was_there_before():
                return Memory()
            if data is not None:
                return Memory.from_dict(data)
            what = "is missing"
        except Exception as err:
            # Home Assistant says it in its own words, from the original error.
            if isinstance(err, OSError) or isinstance(err.__cause__, OSError):
                raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="store_unreadable") from err
            what = f"is damaged ({type(err).__name__})"
        LOGGER.error(
            "The stored list of known messages %s and is begun anew; messages that came while Home Assistant was not"
            " running are not announced",
            what,
        )
        # Once is enough, even if the account has to be loaded several times.
        memory = Memory.lost(data)
        await self.async_save(lambda: memory.as_dict(memory.outbox))
        return memory

    def _was_there_before(self) -> bool:
        """Whether the account has been loaded before: then it has left phones behind."""
        return bool(dr.async_entries_for_config_entry(dr.async_get(self._hass), self._entry_id))

    async def async_save(self, describe: Callable[[], Mapping[str, Any]]) -> bool:
        """Write the memory down, and say whether it is on disk.

        Home Assistant's store reports neither a failed write nor one that it skips while stopping. Whoever must not
        act without a written record therefore needs the file read back, which is what makes the answer certain.
        """
        if self._hass.is_stopping:
            # What is true at the very end is written then; nothing may be claimed on the way there.
            self._store.async_delay_save(lambda: self._marked(describe))
            return False
        self._serial += 1
        serial = self._serial
        await self._store.async_save(self._marked(describe))
        try:
            # A store of its own, since the one that has just written answers from memory.
            written = await self._open().async_load()
            return written is not None and written["mark"] == self._mark and written["serial"] >= serial
        except Exception:  # noqa: BLE001 - whatever stands in the way of reading, the record is not certain
            return False

    def _marked(self, describe: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        return {**describe(), "mark": self._mark, "serial": self._serial}

    async def async_remove(self) -> None:
        """Delete the file, and what Home Assistant has set aside of it when it was damaged."""
        await self._store.async_remove()
        await self._hass.async_add_executor_job(self._remove_set_aside)

    def _remove_set_aside(self) -> None:
        path = Path(self._store.path)
        for damaged in path.parent.glob(f"{path.name}.corrupt.*"):
            damaged.unlink(missing_ok=True)
