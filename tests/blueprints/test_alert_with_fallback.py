"""An alert that is heard in another way if its texts do not arrive."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Phone, Simulator, Status, faults
from tests.actions.sending import sends
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

from .conftest import Make
from .running import ALARMS, marker, marks, until, until_sent

BLUEPRINT = "alert_with_fallback"


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody who texts two people."""
    return {
        "alarms": ALARMS,
        "recipients": ["notify.anna", "notify.ben"],
        "message": "Smoke in the {{ trigger.event.data.where }}",
        "fallback": marker("called_out", missed="{{ missed }}"),
        **changes,
    }


async def test_texts_that_arrive_are_enough(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """Nobody is called out."""
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs())
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until_sent(sim)
    await poll(account)

    assert [(sent.number, sent.text) for sent in sim.sent_texts()] == [
        (ANNA, "Smoke in the hall"),
        (BEN, "Smoke in the hall"),
    ]
    assert called_out == []


@pytest.mark.parametrize(("changes", "expected"), [({}, ["Anna"]), ({"everybody": False}, [])])
async def test_a_text_that_fails_is_made_up_for(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    changes: dict[str, Any],
    expected: list[str],
) -> None:
    """With the name of whom it was for; unless one person is enough."""
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs(**changes))
    sim.fail_next(phone, Status.NO_SERVICE)
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until_sent(sim)
    await poll(account)

    assert [event.data["missed"] for event in called_out] == expected


@pytest.mark.parametrize(("arrived_means", "expected"), [("delivered", ["Anna, Ben"]), ("sent", [])])
async def test_without_a_report_in_time_it_has_not_arrived(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    arrived_means: str,
    expected: list[str],
) -> None:
    """Unless sent is good enough, as with an operator that never reports."""
    called_out = marks(hass, "called_out")
    sim.set_fate(phone, (Status.SENT,))
    await make(BLUEPRINT, **inputs(arrived_means=arrived_means, patience={"seconds": 1}))
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until_sent(sim)
    await poll(account)

    assert [event.data["missed"] for event in called_out] == expected
    assert len(sim.sent_texts()) == 2


async def test_an_action_that_fails_is_made_up_for(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make
) -> None:
    """When the service refuses the texts, it raises."""
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs(recipients=["notify.anna"]))
    sim.fail(faults.refused("Your balance is empty"), "addsms")
    hass.bus.async_fire("alarm", {"where": "hall"})
    await hass.async_block_till_done()

    assert [event.data["missed"] for event in called_out] == ["Anna"]


async def test_an_account_that_is_not_loaded_is_made_up_for(
    hass: HomeAssistant, account: MockConfigEntry, make: Make
) -> None:
    """As when somebody has changed the password at the service."""
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs())
    await hass.config_entries.async_unload(account.entry_id)
    hass.bus.async_fire("alarm", {"where": "hall"})
    await hass.async_block_till_done()

    assert len(called_out) == 1


async def test_an_account_that_was_removed_is_made_up_for(
    hass: HomeAssistant, account: MockConfigEntry, make: Make
) -> None:
    """Then there is not even the action."""
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs())
    await hass.config_entries.async_remove(account.entry_id)
    hass.services.async_remove("smsgateway24", "send_sms")
    hass.bus.async_fire("alarm", {"where": "hall"})
    await hass.async_block_till_done()

    assert len(called_out) == 1


async def test_no_time_is_lost_with_a_phone_that_is_offline(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """The texts are handed over all the same, for when it is back."""
    called_out = marks(hass, "called_out")
    sim.switch_off(phone)
    sim.advance(3600)
    await poll(account)
    await make(BLUEPRINT, **inputs(patience={"hours": 1}))
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until_sent(sim)

    assert [event.data["missed"] for event in called_out] == ["Anna, Ben"]
    sim.switch_on(phone)
    sim.advance(60)
    assert len(sim.sent_texts()) == 2


async def test_no_time_is_lost_with_a_service_that_is_out_of_reach(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """The texts are kept meanwhile."""
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs(patience={"hours": 1}))
    await sim.stop()
    await poll(account)
    hass.bus.async_fire("alarm", {"where": "hall"})
    await hass.async_block_till_done()
    await sim.start()
    await poll(account)
    sim.advance(60)

    assert len(called_out) == 1
    assert len(sim.sent_texts()) == 2


async def test_two_alarms_are_two_alerts(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, make: Make, poll: Poll
) -> None:
    """The second is texted while the first still waits."""
    await make(BLUEPRINT, **inputs())
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until(lambda: sends(sim) == 1)
    hass.bus.async_fire("alarm", {"where": "cellar"})
    await until_sent(sim, 2)
    await poll(account)

    assert [sent.text for sent in sim.sent_texts(ANNA)] == ["Smoke in the hall", "Smoke in the cellar"]


@pytest.mark.parametrize("privacy", ["sender", "minimal"])
async def test_it_works_with_every_privacy_setting(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, make: Make, poll: Poll, privacy: str
) -> None:
    """Names may be missing, the call is not."""
    account = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN), privacy=privacy)
    called_out = marks(hass, "called_out")
    await make(BLUEPRINT, **inputs())
    sim.fail_next(phone, Status.NO_SERVICE)
    hass.bus.async_fire("alarm", {"where": "hall"})
    await until_sent(sim)
    await poll(account)

    assert [event.data["missed"] for event in called_out] == ["Anna" if privacy == "sender" else ""]
