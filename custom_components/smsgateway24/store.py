"""What must survive a restart, in one file per account.

Nothing secret goes in here: the account's credentials and its token stay in the config entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN, LOGGER
from .messaging.contact import ContactBook
from .messaging.inbox import Inbox

STORAGE_VERSION: Final = 1
STORAGE_MINOR_VERSION: Final = 1


@dataclass(slots=True, kw_only=True)
class Memory:
    """What is remembered between two starts.

    ``outbox`` is what the outbox wrote down; ``missing_since`` says since when a phone is no longer listed;
    ``swept_until`` is the service's time until which its list was swept, from which a later start goes on.
    """

    inbox: Inbox = field(default_factory=Inbox)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    missing_since: dict[str, datetime] = field(default_factory=dict)
    contacts: ContactBook = field(default_factory=ContactBook)
    swept_until: datetime | None = None

    def as_dict(self, outbox: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what is written down, with the outbox as it is now."""
        return {
            "inbox": self.inbox.as_dict(),
            "outbox": outbox,
            "missing_since": {phone_id: moment.isoformat() for phone_id, moment in self.missing_since.items()},
            "contacts": self.contacts.as_dict(),
            "swept_until": None if self.swept_until is None else self.swept_until.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the memory that was written down."""
        return cls(
            inbox=Inbox.from_dict(data["inbox"]),
            outbox=list(data["outbox"]),
            missing_since={
                phone_id: datetime.fromisoformat(moment) for phone_id, moment in data["missing_since"].items()
            },
            contacts=ContactBook.from_dict(data["contacts"]),
            swept_until=None if data["swept_until"] is None else datetime.fromisoformat(data["swept_until"]),
        )


class AccountStore:
    """Keeps an account's memory on disk, and knows whether it is there."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Point to the file of one config entry."""
        self._hass = hass
        self._key = f"{DOMAIN}.{entry_id}"
        self._store = self._open()
        self._serial = 0

    def _open(self) -> Store[dict[str, Any]]:
        return Store(
            self._hass,
            STORAGE_VERSION,
            self._key,
            private=True,
            atomic_writes=True,
            minor_version=STORAGE_MINOR_VERSION,
        )

    async def async_load(self) -> Memory:
        """Return what was remembered; an empty memory if there is none or it cannot be read.

        An empty memory takes all that the service holds as known, so damage never announces old messages.
        """
        try:
            data = await self._store.async_load()
            if data is None:
                return Memory()
            memory = Memory.from_dict(data)
            self._serial = int(data["serial"])
        except Exception as err:  # noqa: BLE001 - damage has no limits, and must not keep the account from loading
            LOGGER.error(
                "The stored list of known messages is damaged (%s) and is begun anew; messages that came while Home"
                " Assistant was not running are not announced",
                type(err).__name__,
            )
            return Memory()
        return memory

    async def async_save(self, describe: Callable[[], Mapping[str, Any]]) -> bool:
        """Write the memory down, and say whether it is on disk.

        Home Assistant's store reports neither a failed write nor one that it skips while stopping. Whoever must not
        act without a written record therefore needs the file read back, which is what makes the answer certain.
        """
        if self._hass.is_stopping:
            # What is true at the very end is written then; nothing may be claimed on the way there.
            self._store.async_delay_save(lambda: {**describe(), "serial": self._serial})
            return False
        self._serial += 1
        serial = self._serial
        await self._store.async_save({**describe(), "serial": serial})
        try:
            # A store of its own, since the one that has just written answers from memory.
            written = await self._open().async_load()
        except Exception:  # noqa: BLE001 - whatever stands in the way of reading, the record is not certain
            return False
        return written is not None and int(written.get("serial", -1)) >= serial

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
