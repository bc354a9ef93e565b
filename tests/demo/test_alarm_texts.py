"""The sensor of the demo that tells what became of an alarm's texts, and the card that shows it."""

import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from demo.home import TEMPLATES

ALARM = "input_boolean.smoke_alarm"
SENSOR = "sensor.smoke_alarm_texts"


def a_text(recipient: str, message_id: int | None, status: str, **more: Any) -> dict[str, Any]:
    """Return what the action's response says of a message, as far as it matters here."""
    about = {"phone_id": "1576", "reason": None, "error": None, "warning": None}
    return {"recipient": recipient, "message_id": message_id, "status": status, **about, **more}


ANNAS = a_text("Anna", 1, "delivered")
BENS = a_text("Ben", 2, "failed", reason="generic_failure", error="Look at its SIM.")
CLEOS = a_text("Cleo", 3, "accepted", phone_id="1643", warning="It is off.")


@pytest.fixture(autouse=True)
async def _alarm(hass: HomeAssistant) -> None:
    """Have the demo's sensor, and an alarm that is quiet."""
    lines = (TEMPLATES / "configuration.yaml").read_text(encoding="utf-8").splitlines()
    configuration = yaml.safe_load("\n".join(lines[lines.index("template:") :]))
    hass.states.async_set(ALARM, "off")
    assert await async_setup_component(hass, "template", configuration)
    await hass.async_block_till_done()


async def raise_alarm(hass: HomeAssistant) -> None:
    """Let the alarm go off."""
    hass.states.async_set(ALARM, "off")
    hass.states.async_set(ALARM, "on")
    await hass.async_block_till_done()


async def tell(hass: HomeAssistant, event: str, **data: Any) -> None:
    """Let something be told on the bus."""
    hass.bus.async_fire(event, data)
    await hass.async_block_till_done()


def told(hass: HomeAssistant) -> tuple[str, list[dict[str, Any]]]:
    """Return what the sensor tells."""
    state = hass.states.get(SENSOR)
    assert state is not None
    return state.state, state.attributes["messages"]


def shown(hass: HomeAssistant) -> str:
    """Return what the card of the dashboard makes of it."""
    dashboard = (TEMPLATES / "dashboard.yaml").read_text(encoding="utf-8")
    cards = [card for section in yaml.safe_load(dashboard)["views"][0]["sections"] for card in section["cards"]]
    (content,) = [card["content"] for card in cards if SENSOR in card.get("content", "")]
    return str(Template(content, hass).async_render(parse_result=False))


async def test_while_the_texts_are_under_way_nothing_is_left_of_the_last_alarm(hass: HomeAssistant) -> None:
    """Nobody may take an old "delivered" for a new one."""
    await raise_alarm(hass)
    await tell(hass, "smoke_alarm_texts", messages=[ANNAS])
    assert told(hass) == ("1 of 1 delivered", [ANNAS])

    await raise_alarm(hass)

    assert told(hass) == ("Under way", [])
    assert "Everybody is being texted" in shown(hass)


async def test_every_fate_is_shown(hass: HomeAssistant) -> None:
    """Given one text that arrived, one that failed and one that waits, each can be told from the others."""
    await raise_alarm(hass)
    await tell(hass, "smoke_alarm_texts", messages=[ANNAS, BENS, CLEOS])

    assert told(hass) == ("1 of 3 delivered", [ANNAS, BENS, CLEOS])
    assert re.findall(r'alert-type="(\w+)" title="([^"]+)">([^<]*)</ha-alert>', shown(hass)) == [
        ("success", "Anna: delivered", "Through the Hall phone. "),
        ("error", "Ben: failed", "Through the Hall phone. Look at its SIM."),
        ("warning", "Cleo: accepted", "Through the Garage phone. It is off."),
    ]


async def test_a_phone_that_stepped_in_for_another_is_named_with_it(hass: HomeAssistant) -> None:
    """Given that Ben has a phone of his own, and that his text went through another one."""
    entry = MockConfigEntry(domain="smsgateway24")
    entry.add_to_hass(hass)
    devices = dr.async_get(hass)
    own = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("smsgateway24", "1297")}, name="Attic phone"
    )
    ben = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("smsgateway24", "ben")}, via_device_id=own.id
    )
    er.async_get(hass).async_get_or_create("notify", "smsgateway24", "ben", suggested_object_id="ben", device_id=ben.id)
    await raise_alarm(hass)

    await tell(hass, "smoke_alarm_texts", messages=[{**BENS, "status": "delivered", "error": None}])
    assert "Through the Hall phone instead of the Attic phone." in shown(hass)
    await tell(hass, "smoke_alarm_texts", messages=[{**BENS, "phone_id": "1297"}])
    assert "Through the Attic phone. Look at its SIM." in shown(hass)


async def test_what_turns_out_later_is_told_as_well(hass: HomeAssistant) -> None:
    """When the phone that was off is back, and sends at last."""
    await raise_alarm(hass)
    await tell(hass, "smoke_alarm_texts", messages=[ANNAS, BENS, CLEOS])

    await tell(hass, "smsgateway24_sms_sent", message_id=3, phone_id="1643", status=6)
    assert told(hass)[1][2]["status"] == "sent"
    await tell(hass, "smsgateway24_sms_delivered", message_id=3, phone_id="1643", status=7)

    state, messages = told(hass)
    assert state == "2 of 3 delivered"
    assert messages[:2] == [ANNAS, BENS]
    assert messages[2] == {**CLEOS, "status": "delivered", "warning": None}


async def test_a_later_failure_comes_with_its_reason(hass: HomeAssistant) -> None:
    """As the event tells it."""
    await raise_alarm(hass)
    await tell(hass, "smoke_alarm_texts", messages=[CLEOS])

    await tell(hass, "smsgateway24_sms_failed", message_id=3, phone_id="1643", reason="no_service")

    assert told(hass) == ("0 of 1 delivered", [{**CLEOS, "status": "failed", "reason": "no_service", "warning": None}])
    assert "Through the Garage phone. no_service" in shown(hass)


async def test_other_texts_are_left_aside(hass: HomeAssistant) -> None:
    """Also while nothing is known of the alarm's own."""
    await raise_alarm(hass)
    await tell(hass, "smsgateway24_sms_delivered", message_id=7, phone_id="1576")
    assert told(hass) == ("Under way", [])

    await tell(hass, "smoke_alarm_texts", messages=[CLEOS])
    await tell(hass, "smsgateway24_sms_delivered", message_id=7, phone_id="1576")

    assert told(hass) == ("0 of 1 delivered", [CLEOS])


async def test_nobody_texted_is_said(hass: HomeAssistant) -> None:
    """The action has failed, and the automation went on."""
    await raise_alarm(hass)
    await tell(hass, "smoke_alarm_texts", messages=[])

    assert told(hass) == ("None sent", [])
    assert "Everybody is being texted" not in shown(hass)
