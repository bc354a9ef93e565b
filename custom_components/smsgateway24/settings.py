"""The account's settings, as the options hold them, and what they are when nothing was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Self

CONF_FAILOVER: Final = "failover"
CONF_KEEP_UNSENT: Final = "keep_unsent"
CONF_MAX_PER_HOUR: Final = "max_per_hour"
CONF_OFFLINE_AFTER: Final = "offline_after"
CONF_POLL_INTERVAL: Final = "poll_interval"
CONF_PRIVACY: Final = "privacy"
CONF_PUSH: Final = "push"


class Privacy(StrEnum):
    """How much of a message leaves the integration."""

    FULL = "full"
    SENDER = "sender"
    """No texts."""
    MINIMAL = "minimal"
    """No texts, numbers or names."""

    @property
    def withheld(self) -> frozenset[str]:
        """What is left out wherever messages are described, by the names that it has there."""
        return _WITHHELD[self]


_TEXTS: Final = frozenset({"text"})
_PEOPLE: Final = frozenset({"sender", "sender_name", "number", "name", "recipient", "recipient_name"})
_WITHHELD: Final[Mapping[Privacy, frozenset[str]]] = {
    Privacy.FULL: frozenset(),
    Privacy.SENDER: _TEXTS,
    Privacy.MINIMAL: _TEXTS | _PEOPLE,
}


DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_POLL_INTERVAL: 30,
    CONF_OFFLINE_AFTER: 10,
    CONF_KEEP_UNSENT: 10,
    CONF_FAILOVER: True,
    CONF_MAX_PER_HOUR: 60,
    CONF_PRIVACY: Privacy.FULL.value,
    CONF_PUSH: True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one account."""

    poll_interval: timedelta
    offline_after: timedelta
    keep_unsent: timedelta
    failover: bool
    max_per_hour: int
    privacy: Privacy
    push: bool

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the settings that the options of a config entry hold; what is missing there has its default."""
        chosen = {**DEFAULTS, **options}
        return cls(
            poll_interval=timedelta(seconds=chosen[CONF_POLL_INTERVAL]),
            offline_after=timedelta(minutes=chosen[CONF_OFFLINE_AFTER]),
            keep_unsent=timedelta(minutes=chosen[CONF_KEEP_UNSENT]),
            failover=chosen[CONF_FAILOVER],
            max_per_hour=int(chosen[CONF_MAX_PER_HOUR]),
            privacy=Privacy(chosen[CONF_PRIVACY]),
            push=chosen[CONF_PUSH],
        )
