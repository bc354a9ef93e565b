"""Running the automations of the documentation: what sets them off, and what there is around them."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
import logging
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import webhook
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.persistent_notification import DOMAIN as PERSISTENT_NOTIFICATION
from homeassistant.core import HomeAssistant, ServiceCall, State
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, Status
from tests.conftest import ANNA

CARL: Final = "+447700900199"

# A Sunday at night, before those that begin in the morning.
SUNDAY: Final = datetime(2026, 11, 1, 3, 0, tzinfo=dt_util.UTC)
ZONE: Final = "Europe/London"

# What the examples find in the home.
_STATES: Final = {
    "alarm_control_panel.house": "armed_away",
    "binary_sensor.front_door": "off",
    "binary_sensor.grandmas_kitchen_motion": "off",
    "input_boolean.guests_tomorrow": "off",
    "input_number.minutes": "10",
    "input_text.code_of_the_day": "blue",
    "input_text.number_of_the_guests": "+44 7700900199",
    "sensor.annas_day": "Monday",
    "sensor.bens_day": "Tuesday",
    "sensor.freezer_temperature": "-18",
    "sensor.hall_temperature": "19.5",
    "sensor.ups_battery_charge": "87",
    "sensor.ups_status": "On Line",
}
# Texts that fit the expressions of the triggers.
_TEXTS: Final = {
    "^gate 2580$": "Gate 2580",
    "^heating (on|off)$": "Heating on",
    "^(ring|heating on)$": "Heating on",
    "^status$": "Status",
}
# What comes with events of others.
_EVENT_DATA: Final = {"sms.incoming_sms": {"phone": ANNA, "date": "2026-11-01 08:00:00", "text": "Gate 2580"}}

# More turns of the loop than anything takes that does not wait for time to pass.
_TURNS: Final = 400
# So long (in steps) until an automation has ended that waits for something.
_STEPS: Final = 150
_STEP: Final = timedelta(seconds=30)
_WEEK: Final = 7


@dataclass
class Home:
    """A home with Anna and Ben, two gateway phones, and an automation of the documentation."""

    hass: HomeAssistant
    sim: Simulator
    hall_phone: Phone
    attic_phone: Phone
    account: MockConfigEntry
    freezer: FrozenDateTimeFactory
    calls: dict[str, list[ServiceCall]] = field(default_factory=dict)
    """The calls of actions that are not ours, by the names of the actions."""
    ran_before: datetime | None = None
    """When the automation had run last before it was set off."""

    async def load(self, automation: Mapping[str, Any]) -> State:
        """Load an automation, after what it needs."""
        for entity_id, state in _STATES.items():
            self.hass.states.async_set(entity_id, state)
        assert await async_setup_component(self.hass, PERSISTENT_NOTIFICATION, {})
        for call in calls_in(automation):
            domain, _, name = call["action"].partition(".")
            if domain not in {DOMAIN, PERSISTENT_NOTIFICATION} and not self.hass.services.has_service(domain, name):
                self.calls[call["action"]] = async_mock_service(self.hass, domain, name)
        assert await async_setup_component(self.hass, AUTOMATION, {AUTOMATION: [dict(automation)]})
        await self.hass.async_block_till_done()
        return self.automation

    @property
    def automation(self) -> State:
        """The automation's state."""
        (automation,) = self.hass.states.async_all(AUTOMATION)
        return automation

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What was really sent, with the numbers, in no order: several people are texted at the same time."""
        return sorted((sent.number, sent.text) for sent in self.sim.sent_texts())

    def calls_of(self, action: str) -> list[tuple[list[str] | None, dict[str, Any]]]:
        """Return what another's action was called with: entities, and the rest."""
        found = []
        for call in self.calls[action]:
            data = dict(call.data)
            found.append((data.pop("entity_id", None), data))
        return found

    # --- time -------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Let everything happen that need not wait for time to pass."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def read(self) -> None:
        """Read the service once; what waits for more goes on waiting."""
        await self.account.runtime_data.async_refresh()
        await self.settle()

    async def pass_time(self, length: timedelta) -> None:
        """Let time pass for Home Assistant and the service, and read the service at the end of it."""
        self.freezer.tick(length)
        self.sim.advance(length.total_seconds())
        async_fire_time_changed(self.hass)
        await self.settle()
        await self.read()

    async def until_run(self) -> None:
        """Let time pass until the automation has run, and ended."""
        for _ in range(_STEPS):
            if self.has_run and not self.automation.attributes["current"]:
                # What was sent at the end goes out as well.
                await self.pass_time(_STEP)
                return
            await self.pass_time(_STEP)
        raise TimeoutError(f"{self.automation.name} has not run to its end")

    @property
    def has_run(self) -> bool:
        """Whether the automation has begun to run since it was set off."""
        return bool(self.automation.attributes["last_triggered"] != self.ran_before)

    # --- what sets automations off ----------------------------------------------------------

    async def set_off(self, trigger: Mapping[str, Any]) -> None:
        """Do what a trigger waits for."""
        self.ran_before = self.automation.attributes["last_triggered"]
        domain, _, kind = trigger["trigger"].rpartition(".")
        if domain == DOMAIN:
            await self._happen_to_a_phone(kind, trigger.get("options", {}))
        else:
            await self._happen_in_the_home(kind, trigger)
        if "for" in trigger:
            await self.settle()
            await self.pass_time(timedelta(**trigger["for"]) + timedelta(seconds=1))
        await self.settle()

    async def _happen_to_a_phone(self, kind: str, options: Mapping[str, Any]) -> None:
        match kind:
            case "sms_received":
                text: str = _TEXTS.get(options.get("matches", ""), options.get("contains", "Hello"))
                await self.receive(_sender(options), text)
            case "sms_delivered":
                await self._text_anna()
            case "sms_failed":
                await self._fail_to_text_anna()
            case "phone_went_offline":
                await self._lose_the_phone()
            case "phone_came_online":
                if self.hall_phone.online:
                    await self._lose_the_phone()
                self.sim.switch_on(self.hall_phone)
                await self.pass_time(timedelta(minutes=1))
            case _:
                pytest.fail(f"Nobody knows what sets off {kind}")

    async def _lose_the_phone(self) -> None:
        self.sim.switch_off(self.hall_phone)
        await self.pass_time(timedelta(minutes=11))

    async def _happen_in_the_home(self, kind: str, trigger: Mapping[str, Any]) -> None:
        match kind:
            case "state":
                self.hass.states.async_set(trigger["entity_id"], trigger.get("from", "off"))
                await self.hass.async_block_till_done()
                self.hass.states.async_set(trigger["entity_id"], trigger["to"])
            case "numeric_state":
                self.hass.states.async_set(trigger["entity_id"], str(trigger["above"] + 1))
            case "time":
                await self._pass_days(time.fromisoformat(trigger["at"]))
            case "event":
                await self._fire(trigger)
            case "webhook":
                request = MockRequest(
                    content=b"body=Gate+2580",
                    mock_source=DOMAIN,
                    method="POST",
                    headers={"content-type": "application/x-www-form-urlencoded"},
                )
                await webhook.async_handle_webhook(self.hass, trigger["webhook_id"], request)
            case _:
                pytest.fail(f"Nobody knows what sets off {kind}")

    async def receive(self, sender: str, text: str) -> None:
        """Let the phone receive a text, and read it."""
        self.sim.receive(self.hall_phone, sender, text)
        await self.read()

    async def _fire(self, trigger: Mapping[str, Any]) -> None:
        match trigger["event_type"].removeprefix(f"{DOMAIN}_"):
            case "sms_received":
                await self.receive("ParcelBox", "Your code is 4711")
            case "sms_sent" | "sms_delivered":
                await self._text_anna()
            case "sms_failed":
                await self._fail_to_text_anna()
            case event_type:
                data = {**_EVENT_DATA.get(event_type, {}), **trigger.get("event_data", {})}
                self.hass.bus.async_fire(event_type, data)

    async def _pass_days(self, at: time) -> None:
        """Let time pass until this time of the day, on a day on which it sets the automation off."""
        for _ in range(_WEEK):
            now = dt_util.now()
            wait = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0) - now
            if wait <= timedelta():
                wait += timedelta(days=1)
            await self.pass_time(wait)
            if self.has_run:
                return

    async def _fail_to_text_anna(self) -> None:
        for phone in (self.hall_phone, self.attic_phone):
            self.sim.fail_next(phone, Status.NO_SERVICE)
        await self._text_anna()

    async def _text_anna(self) -> None:
        await self.hass.services.async_call(
            "notify", "send_message", {"entity_id": "notify.anna", "message": "Hello"}, blocking=True
        )
        await self.pass_time(timedelta(minutes=1))

    async def remember_a_text(self) -> None:
        """Have sent a text, whose number a helper keeps."""
        sent = self.sim.send_from_site(self.hall_phone, ANNA, "Hello")
        self.sim.advance(60)
        self.hass.states.async_set("input_number.last_text", f"{sent.id}.0")
        await self.read()


def calls_in(part: Any) -> Iterator[Mapping[str, Any]]:
    """Return all calls of actions within a part of an automation, however deep."""
    if isinstance(part, dict):
        if isinstance(part.get("action"), str):
            yield part
        for inner in part.values():
            yield from calls_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from calls_in(inner)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what Home Assistant has logged that an example should not cause: errors, and undefined values."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.ERROR or (record.levelno == logging.WARNING and "Template" in record.getMessage())
    ]


def _sender(options: Mapping[str, Any]) -> str:
    """Return a number, or a company's name, that a trigger lets through."""
    sender = options.get("sender", "Anna")
    return ANNA if sender == "Anna" else str(sender)
