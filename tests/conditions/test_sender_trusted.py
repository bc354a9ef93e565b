"""The condition that the sender is trusted, in automations."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Phone, Simulator
from tests.automations import automate, config_error, traces
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

CONDITION = {"condition": "smsgateway24.is_sender_trusted"}
RECEIVED = {"trigger": "smsgateway24.sms_received"}
ON_THE_BUS = {"trigger": "event", "event_type": "smsgateway24_sms_received"}


@pytest.mark.parametrize("trigger", [RECEIVED, ON_THE_BUS])
@pytest.mark.parametrize("privacy", ["full", "minimal"])
async def test_only_messages_of_trusted_senders_pass(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    trigger: dict[str, Any],
    privacy: str,
) -> None:
    """Through our trigger and through one on the event; whatever else privacy withholds."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True), recipient("Ben", BEN), privacy=privacy)
    runs = await automate(hass, trigger, CONDITION)
    trusted = None
    for sender in (BEN, ANNA, "+12025550199", "Anna"):
        message = sim.receive(phone, sender, "gate")
        trusted = message if sender == ANNA else trusted
    await poll(entry)

    assert trusted is not None
    (run,) = runs
    assert str(trusted.id) in str(run.data["trigger"])


async def test_a_recipient_who_is_no_longer_trusted_cannot_be_one_again_by_the_back_door(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """What counts is what was so when the message was announced."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True))
    runs = await automate(hass, RECEIVED, CONDITION)
    subentry = next(iter(entry.subentries.values()))
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "trusted": False})
    await hass.async_block_till_done()
    sim.receive(phone, ANNA, "gate")
    await poll(entry)

    assert not runs


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "event", "event_type": "somebody_elses", "event_data": {"trusted": True}},
        {"trigger": "event", "event_type": "smsgateway24_sms_sent"},
        {"trigger": "state", "entity_id": "event.hall_phone_incoming_message"},
    ],
)
async def test_what_was_not_triggered_by_a_message_does_not_pass(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, trigger: dict[str, Any]
) -> None:
    """Others may carry a value of that name as well."""
    await add_account()
    runs = await automate(hass, trigger, CONDITION)
    hass.bus.async_fire("somebody_elses", {"trusted": True})
    hass.bus.async_fire("smsgateway24_sms_sent", {"trusted": True})
    hass.states.async_set("event.hall_phone_incoming_message", "2026-11-01T10:00:00.000+00:00", {"trusted": True})
    await hass.async_block_till_done()

    assert not runs


async def test_without_a_trigger_it_does_not_pass(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, add_account: AddAccount
) -> None:
    """As when somebody runs the automation by hand; the trace shows it."""
    await add_account()
    runs = await automate(hass, RECEIVED, CONDITION)
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.answer", "skip_condition": False}, blocking=True
    )

    assert not runs
    (trace,) = await traces(hass, hass_ws_client)
    assert trace["script_execution"] == "failed_conditions"


@pytest.mark.parametrize("trusted", ["true", 1, None, "yes"])
async def test_only_what_is_surely_so_passes(hass: HomeAssistant, trusted: object) -> None:
    """An event that somebody fired by hand may hold anything."""
    runs = await automate(hass, ON_THE_BUS, CONDITION)
    hass.bus.async_fire("smsgateway24_sms_received", {"trusted": trusted})
    await hass.async_block_till_done()
    assert not runs
    hass.bus.async_fire("smsgateway24_sms_received", {"trusted": True})
    await hass.async_block_till_done()
    assert len(runs) == 1


async def test_it_has_no_options(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    """The editor says so."""
    assert await config_error(hass, hass_ws_client, "conditions", CONDITION) is None
    error = await config_error(hass, hass_ws_client, "conditions", {**CONDITION, "options": {"sender": ANNA}})
    assert error is not None
    # In the words of Home Assistant, which change.
    assert "sender" in error
