"""Privacy: what is withheld is nowhere, whichever way a message takes through Home Assistant."""

from collections.abc import Iterable
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED, MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
import pytest

from simulator import Phone, Simulator, Status, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

TEXT = "Kellertür 4711"
INCOMING = "event.hall_phone_incoming_message"
OUTGOING = "event.hall_phone_outgoing_message"


async def text_anna(hass: HomeAssistant, message: str = TEXT) -> None:
    """Send a message."""
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": "notify.anna", "message": message}, blocking=True
    )


def said(things: Iterable[object], *words: str) -> set[str]:
    """Return those of the words that are in any of the things as they are printed."""
    printed = [str(thing) for thing in things]
    return {word for word in words if any(word in each for each in printed)}


@pytest.fixture
def ours(hass: HomeAssistant) -> list[Event[Any]]:
    """Collect our own events, and all changes of our event entities' states."""
    found: list[Event[Any]] = []

    @callback
    def note(event: Event[Any]) -> None:
        of_entity = event.event_type == EVENT_STATE_CHANGED and event.data["entity_id"] in {INCOMING, OUTGOING}
        if of_entity or str(event.event_type).startswith("smsgateway24_"):
            found.append(event)

    hass.bus.async_listen(MATCH_ALL, note)
    return found


@pytest.mark.parametrize(
    ("privacy", "told"),
    [("full", {TEXT, ANNA, "Anna"}), ("sender", {ANNA, "Anna"}), ("minimal", set())],
)
async def test_what_came_in_is_told_as_far_as_privacy_allows(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    ours: list[Event[Any]],
    privacy: str,
    told: set[str],
) -> None:
    """On the bus and by the event entity."""
    entry = await add_account(recipient("Anna", ANNA, trusted=True), privacy=privacy)
    sim.receive(phone, ANNA, TEXT)
    await poll(entry)

    assert said([event.data for event in ours], TEXT, ANNA, "Anna") == told
    (event,) = (event for event in ours if event.event_type == "smsgateway24_sms_received")
    assert event.data["trusted"] is True


@pytest.mark.parametrize(
    ("privacy", "told"),
    [("full", {ANNA, "Anna"}), ("sender", {ANNA, "Anna"}), ("minimal", set())],
)
@pytest.mark.parametrize("fails", [False, True])
async def test_what_became_of_a_message_is_told_as_far_as_privacy_allows(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    ours: list[Event[Any]],
    privacy: str,
    told: set[str],
    fails: bool,  # noqa: FBT001
) -> None:
    """Its text never is: whoever sent it knows it."""
    entry = await add_account(recipient("Anna", ANNA), privacy=privacy)
    if fails:
        sim.fail_next(phone, Status.NO_SERVICE)
    await text_anna(hass)
    for _ in range(8):
        sim.advance(10)
        await poll(entry)

    assert said([event.data for event in ours], TEXT, ANNA, "Anna") == told
    outcomes = [event.event_type for event in ours if event.event_type != EVENT_STATE_CHANGED]
    assert outcomes == (
        ["smsgateway24_sms_failed"] if fails else ["smsgateway24_sms_sent", "smsgateway24_sms_delivered"]
    )


@pytest.mark.parametrize(
    ("privacy", "status_text"),
    [
        ("full", f"Cannot send '{TEXT}' to {ANNA}"),
        ("sender", f"Cannot send '' to {ANNA}"),
        ("minimal", "Cannot send '' to"),
    ],
)
async def test_what_the_service_repeats_in_its_own_words_is_withheld_as_well(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
    ours: list[Event[Any]],
    privacy: str,
    status_text: str,
) -> None:
    """A refusal may quote what it refuses."""
    entry = await add_account(recipient("Anna", ANNA), privacy=privacy)
    # First it cannot be handed over, so that the message is kept, and the refusal is an event.
    await sim.stop()
    await text_anna(hass)
    await sim.start()
    sim.fail(faults.refused(f"Cannot send '{TEXT}' to {ANNA}"), "addsms", times=None)
    for _ in range(10):
        sim.advance(60)
        freezer.tick(60)
        await poll(entry)
    (event,) = (event for event in ours if event.event_type == "smsgateway24_sms_failed")
    assert event.data["status_text"] == status_text


@pytest.mark.parametrize("privacy", ["full", "minimal"])
async def test_the_log_holds_neither_texts_nor_numbers(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    privacy: str,
) -> None:
    """At no setting, and at no level of ours."""
    caplog.set_level(logging.DEBUG, "custom_components.smsgateway24")
    entry = await add_account(recipient("Anna", ANNA), privacy=privacy)
    sim.receive(phone, BEN, TEXT)
    sim.fail_next(phone, Status.NO_SERVICE)
    await text_anna(hass)
    for _ in range(8):
        sim.advance(10)
        await poll(entry)

    lines = [record.getMessage() for record in caplog.records if "smsgateway24" in record.name]
    assert any("not delivered" in line for line in lines)
    assert not said(lines, TEXT, ANNA, ANNA[1:], BEN, BEN[1:])
