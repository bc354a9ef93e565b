"""Loading an account that was loaded before, while the service is slow, out of reach, or says no.

Home Assistant passes over entities that are not there, so a text to somebody would be lost without a word.
"""

import asyncio
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.notify import ATTR_MESSAGE, DOMAIN as NOTIFY, SERVICE_SEND_MESSAGE
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, make_entry, recipient

TEXT = "Smoke in the attic"


async def send(hass: HomeAssistant, who: str = "anna") -> None:
    """Text somebody as an automation would."""
    data = {"entity_id": f"notify.{who}", ATTR_MESSAGE: TEXT}
    await hass.services.async_call(NOTIFY, SERVICE_SEND_MESSAGE, data, blocking=True)


async def restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload the account, and load it again."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


def sent_texts(sim: Simulator, number: str = ANNA) -> list[str]:
    """Return what the phones have sent to somebody, once they had time for it."""
    sim.advance(20)
    return [sent.text for sent in sim.sent_texts(number)]


@pytest.mark.parametrize(
    "fault",
    [faults.http_error(500), faults.page(), faults.cut_off(), faults.http_error(429, retry_after="60")],
    ids=["server error", "another site", "cut off", "asks to wait"],
)
async def test_out_of_reach_it_takes_messages_and_sends_them_later(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
    fault: faults.Fault,
) -> None:
    """After a power cut Home Assistant may be up before the router is."""
    entry = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN, phone="1576"))
    sim.fail(fault, times=None)
    caplog.clear()
    await restart(hass, entry)

    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.is_state("sensor.hall_phone_last_seen", STATE_UNAVAILABLE)
    assert caplog.text.count("could not be read yet") == 1
    assert not any(sim.account.email in record.getMessage() for record in caplog.records if DOMAIN in record.name)
    await send(hass)
    # Also where the phone is fixed: that nobody knows the phones does not mean that it is gone.
    await send(hass, "ben")
    await poll(entry)
    assert "could not be read yet" not in caplog.text.split("could not be read yet")[-1]

    sim.faults.clear()
    await poll(entry)
    assert not hass.states.is_state("sensor.hall_phone_last_seen", STATE_UNAVAILABLE)
    assert (sent_texts(sim), sent_texts(sim, BEN)) == ([TEXT], [TEXT])
    for _ in range(3):
        await poll(entry)
    assert (sent_texts(sim), sent_texts(sim, BEN)) == ([TEXT], [TEXT])


async def test_an_action_says_that_the_message_is_kept(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """For the same reason as in any other outage."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.fail(faults.http_error(500), times=None)
    await restart(hass, entry)
    fields = {"entity_id": "notify.anna", "message": TEXT}
    answer: Any = await hass.services.async_call(DOMAIN, "send_sms", fields, blocking=True, return_response=True)
    [message] = answer["messages"]
    assert message["status"] == "waiting"
    assert "cannot be reached" in message["error"]


async def test_without_keeping_the_action_fails_at_once(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The automation decides what to do instead."""
    entry = await add_account(recipient("Anna", ANNA), keep_unsent=0)
    sim.fail(faults.http_error(500), times=None)
    await restart(hass, entry)
    with pytest.raises(HomeAssistantError) as error:
        await send(hass)
    assert error.value.translation_key == "send_cannot_connect"
    sim.faults.clear()
    await poll(entry)
    assert sent_texts(sim) == []


async def test_what_comes_meanwhile_is_announced_when_it_can_be_read(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Once, through the entity as well."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.fail(faults.http_error(500), times=None)
    await restart(hass, entry)
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    assert not received

    sim.faults.clear()
    await poll(entry)
    await poll(entry)
    assert [event.data["text"] for event in received] == ["gate"]
    state = hass.states.get("event.hall_phone_incoming_message")
    assert state is not None
    assert state.attributes["text"] == "gate"


async def test_what_has_waited_since_before_ends_in_time(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Whoever waits for an outcome hears it although the service never came back."""
    entry = await add_account(recipient("Anna", ANNA), keep_unsent=10)
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    await sim.stop()
    await send(hass)
    await restart(hass, entry)
    await send(hass)
    assert not failed
    freezer.tick(timedelta(minutes=11))
    await poll(entry)
    assert [event.data["reason"] for event in failed] == ["expired", "expired"]

    await sim.start()
    await poll(entry)
    assert sent_texts(sim) == []
    assert len(failed) == 2


async def test_refused_credentials_ask_the_user_and_cost_no_message(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """As they do while Home Assistant is running."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.account.password = "changed"
    sim.rotate_token()
    await restart(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    await send(hass)

    await hass.config_entries.flow.async_configure(flow["flow_id"], {"password": "changed"})
    await hass.async_block_till_done()
    await poll(entry)
    assert sent_texts(sim) == [TEXT]


async def test_while_the_service_is_slow_messages_are_taken(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Each reload would be a moment in which an alarm is lost."""
    entry = await add_account(recipient("Anna", ANNA))
    await hass.config_entries.async_unload(entry.entry_id)
    sim.fail(faults.slow(5), "getalldevices")
    sim.requests.clear()
    loading = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await sim.until_asked()
    assert entry.state is ConfigEntryState.SETUP_IN_PROGRESS
    await send(hass)
    sim.advance(10)
    assert await loading
    await hass.async_block_till_done()
    await poll(entry)
    assert sent_texts(sim) == [TEXT]


async def test_what_is_changed_while_it_is_being_loaded_counts(
    hass: HomeAssistant, sim: Simulator, phone: Phone
) -> None:
    """A recipient, and a setting that keeps texts private."""
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    sim.fail(faults.slow(5), "getalldevices")
    loading = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await sim.until_asked()
    subentry = ConfigSubentry(
        data=MappingProxyType(recipient("Anna", ANNA)["data"]), subentry_type="recipient", title="Anna", unique_id=ANNA
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    hass.config_entries.async_update_entry(entry, options={"privacy": "minimal"})
    sim.advance(10)
    await loading
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("notify.anna") is not None
    assert entry.runtime_data.settings.privacy == "minimal"


async def test_an_account_that_fails_to_load_in_an_unforeseen_way_can_be_loaded_again(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was set up by then is taken back."""
    entry = await add_account(recipient("Anna", ANNA))

    async def fail(_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as broken:
        broken.setattr(type(entry.runtime_data), "async_refresh_or_go_on", fail)
        await restart(hass, entry)
        states = [entry.state]
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    states.append(entry.state)
    assert states == [ConfigEntryState.SETUP_ERROR, ConfigEntryState.LOADED]
    await send(hass)
    assert sent_texts(sim) == [TEXT]
