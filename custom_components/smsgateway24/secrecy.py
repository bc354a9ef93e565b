"""Keeps passwords and tokens out of the log, whoever writes it.

Nothing of ours logs a secret on purpose, and no error of ours holds one. But aiohttp prints what it cannot read of an
answer, and a service may repeat in it what it was sent.

A filter on a logger sees only what is logged through that very logger, and one on the log's handlers would have to be
put on those of others, some of which are made later. So each logger of this package has the filter, each of aiohttp's,
and those two through which Home Assistant and asyncio report what nobody has waited for. No other is touched.
"""

from collections.abc import Iterator
import logging
import re
import traceback
from typing import Final, override

from .api.redaction import spellings

MASK: Final = "**REDACTED**"
# What is shorter stands in the middle of ordinary words, where leaving it out would tell what it is.
SHORTEST: Final = 4
# Each attempt to sign in adds one; nobody makes so many that matter.
_MOST: Final = 100

_WITH_CHILDREN: Final = (__package__, "aiohttp")
_ALONE: Final = ("asyncio", "homeassistant")


class SecretsFilter(logging.Filter):
    """Replaces the secrets that it knows, however they are spelled, in messages and tracebacks."""

    def __init__(self) -> None:
        """Know no secrets yet."""
        super().__init__()
        self._secrets: dict[str, None] = {}
        # Replaced as a whole, for records come from all threads.
        self._pattern: re.Pattern[str] | None = None

    def keep(self, *secrets: str) -> None:
        """Keep these out from now on. They stay secret when they are no longer used."""
        new = [secret for secret in secrets if len(secret) >= SHORTEST and secret not in self._secrets]
        if not new:
            return
        self._secrets |= dict.fromkeys(new)
        for oldest in list(self._secrets)[:-_MOST]:
            del self._secrets[oldest]
        found = set().union(*map(spellings, self._secrets))
        # The longest first, or what is left of it could be read.
        alternatives = map(re.escape, sorted(found, key=len, reverse=True))
        self._pattern = re.compile("|".join(alternatives), re.IGNORECASE)

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if (pattern := self._pattern) is None:
            return True
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - whoever logs has made a mistake, which logging itself reports
            return True
        if pattern.search(message):
            record.msg = pattern.sub(MASK, message)
            record.args = None
        if record.exc_info and record.exc_info[0] is not None:
            printed = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            if pattern.search(printed):
                # A handler would make it anew from the exception itself.
                record.exc_info = None
                record.exc_text = pattern.sub(MASK, printed)
        elif record.exc_text:
            record.exc_text = pattern.sub(MASK, record.exc_text)
        return True


_FILTER: Final = SecretsFilter()


def keep_secret(*secrets: str) -> None:
    """Keep these out of the log from now on."""
    _FILTER.keep(*secrets)
    for logger in _loggers():
        logger.addFilter(_FILTER)


def _loggers() -> Iterator[logging.Logger]:
    """Find the loggers that there are by now: a module makes its own when it is imported."""
    for name in (*_WITH_CHILDREN, *_ALONE):
        yield logging.getLogger(name)
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.startswith(tuple(f"{parent}." for parent in _WITH_CHILDREN)):
            yield logger
