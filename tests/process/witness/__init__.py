"""A component for the kill test: it lives inside Home Assistant and writes down what happens there.

It adds the account if there is none, has the service read often, sends texts if it is told to, and kills the process
at the point that its orders name.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType

from custom_components.smsgateway24.const import DOMAIN, EVENT_RECEIVED
from custom_components.smsgateway24.messaging.outgoing import Outcome

from .journal import JOURNAL, ORDERS, Journal
from .orders import Orders
from .sender import send_texts
from .settle import add_account
from .trap import Trap, set_trap

# So often the list is read: fifty lives are to be short ones.
POLL_EVERY: Final = 0.4


@dataclass(frozen=True, slots=True)
class Witness:
    """What one life of Home Assistant is watched with."""

    orders: Orders
    journal: Journal
    trap: Trap

    @callback
    def async_note_incoming(self, event: Event) -> None:
        """Write down an announcement, in the same step of the loop in which it is made."""
        self.journal.note("announced", message_id=event.data["message_id"], delayed=event.data["delayed"])

    @callback
    def async_note_outcome(self, event: Event) -> None:
        """Write down an outcome, and of which text it is."""
        told = {name: event.data.get(name) for name in ("message_id", "number", "status", "reason")}
        self.journal.note("told", text=self.trap.telling, outcome=str(event.event_type).rpartition("_")[2], **told)


_watching: list[Witness] = []


def prepare(config: Path) -> None:
    """Lay the trap, before Home Assistant loads anything."""
    orders = Orders.read(config / ORDERS)
    journal = Journal.open(config / JOURNAL, orders.life)
    trap = Trap(orders.kill, journal)
    set_trap(trap, journal)
    _watching.append(Witness(orders, journal, trap))


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Watch from now on, and begin to work when Home Assistant has started."""
    witness = _watching[-1]
    hass.bus.async_listen(EVENT_RECEIVED, witness.async_note_incoming)
    for outcome in Outcome:
        hass.bus.async_listen(f"{DOMAIN}_sms_{outcome}", witness.async_note_outcome)

    async def async_begin(_: HomeAssistant) -> None:
        if not hass.config_entries.async_entries(DOMAIN):
            await add_account(hass, witness.orders)
            witness.journal.note("settled")
        witness.journal.note("started")
        _in_background(hass, _poll(hass))
        if witness.orders.first_text is not None:
            _in_background(hass, send_texts(hass, witness.journal, witness.orders.first_text))

    async_at_started(hass, async_begin)
    return True


async def _poll(hass: HomeAssistant) -> None:
    while True:
        await asyncio.sleep(POLL_EVERY)
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await entry.runtime_data.async_refresh()


def _in_background(hass: HomeAssistant, work: Any) -> None:
    hass.async_create_background_task(work, "witness")
