"""What the activity and the recorder's database hold of messages."""

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount, Poll, recipient
from tests.test_announcer import INCOMING, OUTGOING, TEXT, said, text_anna


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration; the recorder has to be there before Home Assistant is."""


async def test_each_message_is_one_sentence_in_the_activity_and_says_nothing_private(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """Besides it there is the event entity's own line, which Home Assistant shows for each change of a state."""
    began = dt_util.utcnow()
    # The pages themselves are not installed here.
    hass.config.components.add("frontend")
    assert await async_setup_component(hass, "logbook", {})
    entry = await add_account(recipient("Anna", ANNA), privacy="minimal")
    sim.receive(phone, ANNA, TEXT)
    sim.receive(phone, "MyBank", TEXT)
    await poll(entry)
    await text_anna(hass)
    for _ in range(8):
        sim.advance(10)
        await poll(entry)
    await async_wait_recording_done(hass)

    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "logbook/get_events", "start_time": began.isoformat()})
    lines = (await client.receive_json())["result"]
    of_messages = [line.get("entity_id") for line in lines if "online" not in str(line)]
    # Two came in, and one was sent and delivered.
    assert of_messages.count(INCOMING) == 2
    assert of_messages.count(OUTGOING) == 2
    assert of_messages.count(None) == 4
    assert not said(lines, TEXT, ANNA, "MyBank")


async def test_the_recorder_keeps_when_a_message_came_and_not_what_it_said(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """In the states of the event entities, at any setting; which phone and SIM it was is no secret."""
    began = dt_util.utcnow()
    entry = await add_account(recipient("Anna", ANNA))
    sim.receive(phone, ANNA, TEXT)
    await poll(entry)
    await text_anna(hass)
    for _ in range(8):
        sim.advance(10)
        await poll(entry)
    # The service's words may quote all of it.
    sim.fail(faults.refused(f"{ANNA} is on the stop list: {TEXT}"), "addsms")
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(DOMAIN, "send_sms", {"numbers": ANNA, "message": TEXT}, blocking=True)
    await async_wait_recording_done(hass)
    state = hass.states.get(OUTGOING)
    assert state is not None
    assert ANNA in state.attributes["status_text"]

    kept = await get_instance(hass).async_add_executor_job(
        lambda: get_significant_states(hass, began, None, [INCOMING, OUTGOING])
    )
    states = [*kept[INCOMING], *kept[OUTGOING]]
    assert any(getattr(state, "attributes", {}).get("event_type") == "received" for state in states)
    assert not said((getattr(state, "attributes", state) for state in states), TEXT, ANNA, "Anna")
