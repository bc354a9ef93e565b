"""The sentences that the activity has of messages."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, Status
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient
from tests.test_announcer import INCOMING, OUTGOING, TEXT, said, text_anna

type Read = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration; the recorder has to be there before Home Assistant is."""


@pytest.fixture
async def read(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Read:
    """Return a function that reads the activity, of all or of some devices or entities."""
    began: datetime = dt_util.utcnow()
    # The pages themselves are not installed here.
    hass.config.components.add("frontend")
    assert await async_setup_component(hass, "logbook", {})

    async def lines(**of: Any) -> list[dict[str, Any]]:
        await async_wait_recording_done(hass)
        client = await hass_ws_client(hass)
        await client.send_json_auto_id({"type": "logbook/get_events", "start_time": began.isoformat(), **of})
        found: list[dict[str, Any]] = (await client.receive_json())["result"]
        return found

    return lines


@pytest.fixture
def sentences(read: Read) -> Callable[[], Awaitable[list[str]]]:
    """Return a function that reads the sentences of the activity."""

    async def of_ours() -> list[str]:
        return [f"{line['name']} {line['message']}" for line in await read() if line.get("domain") == DOMAIN]

    return of_ours


async def exchange(hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, poll: Poll) -> None:
    """Receive two texts, one from a stranger, and send one that is delivered."""
    sim.receive(phone, ANNA, TEXT)
    await poll(entry)
    sim.receive(phone, BEN, TEXT)
    await poll(entry)
    await text_anna(hass)
    for _ in range(8):
        sim.advance(10)
        await poll(entry)


@pytest.mark.parametrize(
    ("privacy", "expected"),
    [
        (
            "full",
            [
                "SMS from Anna to Hall phone",
                f"SMS from {BEN} to Hall phone",
                "SMS to Anna was sent through Hall phone",
                "SMS to Anna was delivered through Hall phone",
            ],
        ),
        (
            "sender",
            [
                "SMS from Anna to Hall phone",
                f"SMS from {BEN} to Hall phone",
                "SMS to Anna was sent through Hall phone",
                "SMS to Anna was delivered through Hall phone",
            ],
        ),
        (
            "minimal",
            [
                "SMS received by Hall phone",
                "SMS received by Hall phone",
                "SMS was sent through Hall phone",
                "SMS was delivered through Hall phone",
            ],
        ),
    ],
)
async def test_each_thing_that_happens_to_a_message_is_one_sentence(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    read: Read,
    sentences: Callable[[], Awaitable[list[str]]],
    privacy: str,
    expected: list[str],
) -> None:
    """With as much of it as privacy allows, and never with its text."""
    entry = await add_account(recipient("Anna", ANNA), privacy=privacy)
    await exchange(hass, sim, phone, entry, poll)

    assert await sentences() == expected
    assert not said(await read(), TEXT)


async def test_a_failure_says_why(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    sentences: Callable[[], Awaitable[list[str]]],
) -> None:
    """In the word that automations get, written as people do."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.fail_next(phone, Status.NO_SERVICE)
    await text_anna(hass)
    for _ in range(8):
        sim.advance(10)
        await poll(entry)

    assert await sentences() == ["SMS to Anna was not delivered through Hall phone: no service"]


async def test_a_phone_has_the_name_that_the_user_gave_it(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    sentences: Callable[[], Awaitable[list[str]]],
) -> None:
    """As it has everywhere else."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.receive(phone, ANNA, TEXT)
    await poll(entry)
    (device,) = (
        device
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        if (DOMAIN, "1576") in device.identifiers
    )
    dr.async_get(hass).async_update_device(device.id, name_by_user="Drawer")

    assert await sentences() == ["SMS from Anna to Drawer"]


async def test_a_stricter_privacy_holds_for_what_was_said_before(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    sentences: Callable[[], Awaitable[list[str]]],
) -> None:
    """The database still has it. A look at the activity does not show it any more."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.receive(phone, ANNA, TEXT)
    await poll(entry)
    assert await sentences() == ["SMS from Anna to Hall phone"]

    hass.config_entries.async_update_entry(entry, options={"privacy": "minimal"})
    await hass.async_block_till_done()
    assert await sentences() == ["SMS received by Hall phone"]


async def test_what_anybody_fires_under_our_names_does_no_harm(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    sentences: Callable[[], Awaitable[list[str]]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A test event from the developer tools has nothing in it, or anything."""
    await add_account()
    hass.bus.async_fire("smsgateway24_sms_received")
    hass.bus.async_fire("smsgateway24_sms_received", {"sender": "A" * 1000, "device_id": "gone"})
    hass.bus.async_fire(
        "smsgateway24_sms_failed", {"number": 7, "reason": ["?"], "device_id": {}, "config_entry_id": 1}
    )

    assert await sentences() == [
        "SMS received by a phone",
        f"SMS from {'A' * 64} to a phone",
        "SMS was not delivered",
    ]
    assert "Error" not in caplog.text


async def test_a_card_has_one_line_for_each_message(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll, read: Read
) -> None:
    """With the event entities it has theirs, with the phone's device alone the sentences."""
    entry = await add_account(recipient("Anna", ANNA))
    await exchange(hass, sim, phone, entry, poll)
    (device,) = (
        device
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        if (DOMAIN, "1576") in device.identifiers
    )

    by_entity = await read(entity_ids=[INCOMING, OUTGOING])
    assert [line["entity_id"] for line in by_entity] == [INCOMING, INCOMING, OUTGOING, OUTGOING]
    by_device = await read(device_ids=[device.id])
    assert [line["message"].split()[0] for line in by_device] == ["from", "from", "to", "to"]


async def test_without_the_event_entities_there_is_one_line_for_each_message(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """As the documentation shows."""
    began = dt_util.utcnow()
    hass.config.components.add("frontend")
    exclude = {"entity_globs": ["event.*_incoming_message", "event.*_outgoing_message", "sensor.*_last_seen"]}
    assert await async_setup_component(hass, "logbook", {"logbook": {"exclude": exclude}})
    entry = await add_account(recipient("Anna", ANNA))
    await exchange(hass, sim, phone, entry, poll)
    await async_wait_recording_done(hass)

    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "logbook/get_events", "start_time": began.isoformat()})
    lines = (await client.receive_json())["result"]
    of_messages = [
        line for line in lines if line.get("domain") == DOMAIN or line.get("entity_id") in {INCOMING, OUTGOING}
    ]
    assert [line["message"].split()[0] for line in of_messages] == ["from", "from", "to", "to"]
