"""The triggers on what became of an SMS that was sent, in automations."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.triggers.announcement import OTHER_PHONE
from custom_components.smsgateway24.triggers.outgoing import FAILURE_REASONS, Reason
from simulator import Phone, Simulator, Status
from tests.actions.calls import device_of
from tests.automations import automate, config_error, reasons, traces, values
from tests.conftest import ANNA, BEN, AddAccount, recipient
from tests.repository.files import ROOT, package, read_yaml

DELIVERED = "smsgateway24.sms_delivered"
FAILED = "smsgateway24.sms_failed"

type Send = Callable[..., Awaitable[None]]


@pytest.fixture
async def send(hass: HomeAssistant, sim: Simulator, phone: Phone) -> Send:
    """Return a function that texts a recipient, and follows the text to its end."""

    async def text(name: str = "anna", status: int | None = None) -> None:
        if status is not None:
            sim.fail_next(phone, status)
        await hass.services.async_call(
            "notify", "send_message", {"entity_id": f"notify.{name}", "message": "The laundry is done"}, blocking=True
        )
        (entry,) = hass.config_entries.async_loaded_entries("smsgateway24")
        for _ in range(8):
            sim.advance(10)
            await entry.runtime_data.async_refresh()
            await hass.async_block_till_done()

    return text


def options(trigger: str, **chosen: Any) -> dict[str, Any]:
    """Return a trigger with options."""
    return {"trigger": trigger, "options": chosen}


async def test_a_delivered_message_hands_on_its_values(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, send: Send
) -> None:
    """Once, and not when it was only sent."""
    entry = await add_account(recipient("Anna", ANNA))
    runs = await automate(hass, {"trigger": DELIVERED})
    await send()

    (message,) = sim.messages()
    assert [run.data["trigger"] for run in runs] == [
        {
            "id": "0",
            "idx": "0",
            "alias": None,
            "platform": DELIVERED,
            "description": "SMS to Anna delivered",
            "message_id": message.id,
            "number": ANNA,
            "recipient_name": "Anna",
            "phone_id": "1576",
            "device_id": device_of(hass, entry, phone),
            "sim": 0,
            "status": Status.DELIVERED,
            "status_text": "delivered",
            "config_entry_id": entry.entry_id,
        }
    ]


async def test_a_failed_message_says_why(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, send: Send
) -> None:
    """In addition to the rest."""
    entry = await add_account(recipient("Anna", ANNA))
    runs = await automate(hass, {"trigger": FAILED})
    await send(status=Status.NO_SERVICE)

    (message,) = sim.messages()
    keys = ("description", "message_id", "number", "recipient_name", "device_id", "sim", "status", "reason")
    assert values(runs, *keys) == [
        ("SMS to Anna failed", message.id, ANNA, "Anna", device_of(hass, entry, phone), 0, 10, "no_service")
    ]


async def test_each_trigger_knows_its_own_outcome(hass: HomeAssistant, add_account: AddAccount, send: Send) -> None:
    """A failed message was not delivered, nor the other way round."""
    await add_account(recipient("Anna", ANNA))
    delivered = await automate(hass, {"trigger": DELIVERED})
    await send(status=Status.NOT_DELIVERED)
    assert not delivered
    await send()
    assert len(delivered) == 1


@pytest.mark.parametrize("wanted", [ANNA, "07700 900123", "anna", ["Ben's office", "Anna"]])
async def test_only_to_those_who_are_named(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    send: Send,
    wanted: str | list[str],
) -> None:
    """By number however it is spelt, or by name."""
    hass.config.country = "GB"
    await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    runs = await automate(hass, options(DELIVERED, recipient=wanted))
    await send("ben")
    await send("anna")

    assert values(runs, "recipient_name") == ["Anna"]
    assert await reasons(hass, hass_ws_client) == [Reason.OTHER_RECIPIENT, None]


async def test_only_for_some_reasons(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, add_account: AddAccount, send: Send
) -> None:
    """Such as those that somebody at home can do something about."""
    await add_account(recipient("Anna", ANNA))
    runs = await automate(hass, options(FAILED, reason=["no_service", "radio_off"]))
    await send(status=Status.GENERIC_FAILURE)
    await send(status=Status.RADIO_OFF)

    assert values(runs, "reason") == ["radio_off"]
    assert await reasons(hass, hass_ws_client) == [Reason.OTHER_REASON, None]


async def test_one_reason_need_not_be_a_list(hass: HomeAssistant, add_account: AddAccount, send: Send) -> None:
    """It is what people write in YAML."""
    await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    runs = await automate(hass, options(FAILED, reason="not_allowed", recipient="Anna"))
    await send(status=100)
    await send("ben", status=100)

    assert values(runs, "reason", "recipient_name") == [("not_allowed", "Anna")]


async def test_only_through_the_phones_that_are_targeted(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, sim: Simulator, add_account: AddAccount, send: Send
) -> None:
    """The text went through another one."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    runs = await automate(hass, {"trigger": DELIVERED, "target": {"device_id": device_of(hass, entry, attic)}})
    await send()

    assert not runs
    assert await reasons(hass, hass_ws_client) == [OTHER_PHONE]


@pytest.mark.parametrize(
    ("privacy", "withheld"), [("full", set()), ("sender", set()), ("minimal", {"number", "recipient_name"})]
)
async def test_privacy_reaches_the_values_and_the_trace(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_account: AddAccount,
    send: Send,
    privacy: str,
    withheld: set[str],
) -> None:
    """What is withheld is nowhere; the text is not told at all."""
    await add_account(recipient("Anna", ANNA), privacy=privacy)
    runs = await automate(hass, {"trigger": DELIVERED})
    await send()

    trigger = runs[0].data["trigger"]
    assert {"number", "recipient_name"} - trigger.keys() == withheld
    assert trigger["description"] == ("SMS delivered" if withheld else "SMS to Anna delivered")
    trace = str(await traces(hass, hass_ws_client))
    assert (ANNA in trace) is ("number" not in withheld)
    assert ("Anna" in trace) is ("recipient_name" not in withheld)
    assert "laundry" not in trace


async def test_a_recipient_whom_privacy_withholds_cannot_be_asked_for(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, add_account: AddAccount, send: Send
) -> None:
    """The trace says why."""
    await add_account(recipient("Anna", ANNA), privacy="minimal")
    runs = await automate(hass, options(DELIVERED, recipient="Anna"))
    await send()

    assert not runs
    assert await reasons(hass, hass_ws_client) == [Reason.RECIPIENT_WITHHELD]


async def test_what_an_action_did_not_take_on_has_failed(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, phone: Phone, add_account: AddAccount
) -> None:
    """It is described without the whole number. What was to go to nobody goes to none of those who are named."""
    await add_account(recipient("Anna", ANNA))
    runs = await automate(hass, options(FAILED, recipient="tel +44 7700 900150"))
    await hass.services.async_call(
        "smsgateway24",
        "send_sms",
        {"message": "x", "entity_id": ["notify.anna", "notify.nobody"], "numbers": "tel +44 7700 900150"},
        blocking=True,
    )
    await hass.async_block_till_done()

    assert values(runs, "reason", "description") == [("invalid_number", "SMS to a number ending in 150 failed")]
    assert await reasons(hass, hass_ws_client) == [Reason.OTHER_RECIPIENT, None]


@pytest.mark.parametrize(
    ("trigger", "chosen", "error"),
    [
        (DELIVERED, {"recipient": 447700900123}, "put numbers in quotes"),
        (DELIVERED, {"recipient": "07700900123"}, "has no country set"),
        (DELIVERED, {"reason": "no_service"}, "reason"),
        (FAILED, {"reason": ["no_service", "bad_luck"]}, "there is no reason bad_luck; choose among expired, "),
        (FAILED, {"reason": [10]}, "there is no reason 10"),
        (FAILED, {"reason": "+447700900123"}, "there is no reason …123;"),
        (FAILED, {"reason": [["no_service"]]}, "there is no reason"),
    ],
)
async def test_a_configuration_that_makes_no_sense_is_refused(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, trigger: str, chosen: dict[str, Any], error: str
) -> None:
    """The editor says what is wrong, and what to do about it."""
    hass.config.country = None
    said = await config_error(hass, hass_ws_client, "triggers", options(trigger, **chosen))

    assert said is not None
    assert error in said


def test_the_editor_offers_every_reason() -> None:
    """And no other."""
    fields = read_yaml(package(ROOT) / "triggers.yaml")["sms_failed"]["fields"]
    assert set(fields["reason"]["selector"]["select"]["options"]) == FAILURE_REASONS
