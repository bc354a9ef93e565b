"""The doorman: has the account read when somebody rings, within the doorbell's budget."""

import asyncio
from collections.abc import Awaitable, Callable, Container
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .messaging.doorbell import Doorbell, Trust


class Doorman:
    """Answers rings with readings, one at a time.

    A ring that comes while something is being read is answered after that, since what it is about may have come too late
    to be in it.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], *, trust: Trust, read: Callable[[], Awaitable[None]]
    ) -> None:
        """Take what judges the rings, and what reads."""
        self._hass = hass
        self._entry = entry
        self._trust = trust
        self._read = read
        self._doorbell = Doorbell(hass.loop.time)
        self._readings = 0
        self._answering = False
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._waiting: list[asyncio.Future[bool]] = []
        self.rings = 0

    @property
    def answering(self) -> bool:
        """Whether a reading is under way, or about to begin, for the sake of a ring."""
        return self._answering

    @callback
    def async_ring(self) -> None:
        """Read as soon as the budget allows."""
        if self._closed:
            return
        self.rings += 1
        self._trust.ring()
        self._doorbell.ring()
        self._let_go(rung=True)
        self._answer()

    @callback
    def async_hint(self, message_id: int) -> None:
        """Look for a message a few times more if the list does not show it yet."""
        if not self._closed:
            self._doorbell.look_for(message_id)
            self._answer()

    @callback
    def async_hold(self, seconds: float) -> None:
        """Answer nobody for so long: the service has asked for a pause."""
        self._doorbell.hold(seconds)

    @callback
    def async_begin(self) -> None:
        """Take note that a reading begins, whatever its reason."""
        self._readings += 1
        self._trust.begin(looking=self._doorbell.looking)
        self._doorbell.begin()

    @callback
    def async_end(self, listed: Container[int] | None) -> None:
        """Take note of what a reading has listed; None if it has failed."""
        self._readings -= 1
        if listed is None:
            self._trust.fail()
        self._doorbell.end(listed)
        self._answer()

    async def async_wait_for_ring(self, timeout: float) -> bool:
        """Wait for the next ring, and say whether it came within ``timeout`` seconds."""
        future: asyncio.Future[bool] = self._hass.loop.create_future()
        self._waiting.append(future)
        try:
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            return False
        finally:
            if future in self._waiting:
                self._waiting.remove(future)

    @callback
    def async_close(self) -> None:
        """Answer nobody any more."""
        self._closed = True
        self._cancel_timer()
        self._let_go(rung=False)

    @callback
    def _answer(self) -> None:
        """Read now or later, if somebody waits for it and nothing is being read."""
        if self._closed or self._answering or self._readings or (wait := self._doorbell.wait()) is None:
            return
        self._cancel_timer()
        if wait > 0:
            self._timer = self._hass.loop.call_later(wait, self._answer_late)
            return
        self._begin_to_answer()

    @callback
    def _answer_late(self) -> None:
        """Read what had to wait, unless a reading has come in between that did for it."""
        self._timer = None
        if not self._answering and not self._readings and self._doorbell.wait() is not None:
            self._begin_to_answer()

    @callback
    def _begin_to_answer(self) -> None:
        self._answering = True
        self._entry.async_create_background_task(self._hass, self._answer_now(), f"{DOMAIN} doorbell")

    async def _answer_now(self) -> None:
        try:
            self._doorbell.spend()
            await self._read()
        finally:
            self._answering = False
            self._answer()

    @callback
    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @callback
    def _let_go(self, *, rung: bool) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(rung)
