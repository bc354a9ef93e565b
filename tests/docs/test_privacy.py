"""What the page about privacy says of Home Assistant's database is so."""

from typing import Any

from homeassistant.components.recorder import DOMAIN as RECORDER, Recorder, get_instance
from homeassistant.components.recorder.db_schema import EventData, Events, EventTypes
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from simulator import Phone, Simulator
from tests.conftest import ANNA, AddAccount, Poll, recipient

from .examples import CONFIGURATIONS

(EXCLUDING,) = (example.content[RECORDER] for example in CONFIGURATIONS if example.document.name == "privacy.md")


@pytest.fixture
def recorder_config(request: pytest.FixtureRequest) -> Any:
    """Configure the recorder."""
    return request.param


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration; the recorder has to be there before Home Assistant is."""


def _kept(hass: HomeAssistant) -> dict[str, str]:
    with session_scope(hass=hass, read_only=True) as session:
        rows = (
            session.query(EventTypes.event_type, EventData.shared_data)
            .join(Events, Events.event_type_id == EventTypes.event_type_id)
            .outerjoin(EventData, Events.data_id == EventData.data_id)
        )
        return {event_type: data or "" for event_type, data in rows}


@pytest.mark.parametrize(("recorder_config", "keeps"), [({}, True), (EXCLUDING, False)], indirect=["recorder_config"])
async def test_what_the_database_keeps_of_texts(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    *,
    keeps: bool,
) -> None:
    """Those that are sent as well, as Home Assistant's own event; unless these events are left out."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.receive(phone, ANNA, "Come home")
    await poll(entry)
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": "On my way"}, blocking=True
    )
    await async_wait_recording_done(hass)
    kept = await get_instance(hass).async_add_executor_job(_kept, hass)
    assert ("On my way" in kept.get("call_service", "")) is keeps
    assert ("Come home" in kept.get("smsgateway24_sms_received", "")) is keeps
    # Others are kept in any case.
    assert kept
