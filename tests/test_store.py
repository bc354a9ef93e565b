"""What survives a restart, and what happens when it cannot."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.store import AccountStore, Memory
from simulator import Phone, Simulator
from tests.conftest import ANNA, AddAccount, Poll


async def test_a_memory_that_was_saved_is_loaded(hass: HomeAssistant) -> None:
    """And saving says that it is there."""
    store = AccountStore(hass, "entry")
    memory = Memory()
    memory.inbox.start([], None, dt_util.utcnow())

    assert await store.async_save(lambda: memory.as_dict({}))
    assert (await AccountStore(hass, "entry").async_load()).inbox.started


async def test_a_write_that_fails_is_noticed(hass: HomeAssistant) -> None:
    """Home Assistant's store logs it and goes on, which is no basis for a promise."""
    store = AccountStore(hass, "entry")
    assert await store.async_save(lambda: Memory().as_dict({}))

    async def lose(_store: Store[Any], _data: dict[str, Any]) -> None:
        """Write nothing, as a full disk would."""

    with patch.object(Store, "_async_write_data", lose):
        assert not await store.async_save(lambda: Memory().as_dict({}))
    assert await store.async_save(lambda: Memory().as_dict({}))


async def test_nothing_is_certain_while_home_assistant_stops(hass: HomeAssistant) -> None:
    """Writes are put off to the very end then, so nothing may rely on them."""
    store = AccountStore(hass, "entry")
    hass.set_state(CoreState.stopping)
    assert not await store.async_save(lambda: Memory().as_dict({}))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.clear(),
        lambda data: data.update(inbox=None),
        lambda data: data["inbox"].update(floor="yesterday"),
        lambda data: data["inbox"].update(known=["1"]),
        lambda data: data.update(outbox=5),
    ],
)
async def test_damage_announces_nothing_old_and_is_told_once(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[dict[str, Any]], None],
) -> None:
    """What the service holds is taken as known again."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")
    sim.receive(phone, ANNA, "gate")
    await poll(entry)
    await hass.config_entries.async_unload(entry.entry_id)

    damage(hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"])
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await poll(entry)
    # Times of the service are whole seconds, and what has none of its own might have been announced.
    sim.advance(2)
    sim.receive(phone, ANNA, "heating on")
    await poll(entry)

    assert [event.data["text"] for event in received] == ["gate", "heating on"]
    assert sum("is damaged" in record.message for record in caplog.records) == 1


async def test_a_message_is_held_back_until_it_is_noted_down(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """A full disk delays announcements, and then each comes once."""
    entry = await add_account()
    received = async_capture_events(hass, "smsgateway24_sms_received")

    async def lose(_store: Store[Any], _data: dict[str, Any]) -> None:
        """Write nothing, as a full disk would."""

    sim.receive(phone, ANNA, "gate")
    with patch.object(Store, "_async_write_data", lose):
        await poll(entry)
        await poll(entry)
    assert not received

    await poll(entry)
    await poll(entry)
    assert [event.data["text"] for event in received] == ["gate"]
