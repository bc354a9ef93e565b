"""Texts that are shown on the companion app."""

import re
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Phone, Simulator
from tests.actions.calls import device_of
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient

from .conftest import Make
from .running import kept_traces, notified

BLUEPRINT = "forward_to_app"


def inputs(**changes: Any) -> dict[str, Any]:
    """Return the inputs of somebody with one phone."""
    return {"apps": ["notify.app"], **changes}


def shown(told: list[ServiceCall]) -> list[tuple[str, str]]:
    """Return the titles and texts that were shown, after a look at the second lines."""
    found = []
    for call in told:
        text, _, second = call.data["message"].partition("\n")
        assert re.fullmatch(r"Hall phone, (\d{4}-\d\d-\d\d )?\d\d:\d\d", second)
        found.append((call.data["title"], text))
    return found


async def test_a_text_of_a_trusted_person_is_shown_once(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
) -> None:
    """Nobody else's."""
    told = notified(hass)
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, "I am late")
    sim.receive(phone, BEN, "Cheap watches")
    await poll(account)
    await poll(account)

    assert shown(told) == [("SMS from Anna", "I am late")]
    assert told[0].data["entity_id"] == ["notify.app"]


async def test_everybodys_texts_are_shown_if_wanted(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
) -> None:
    """In the order in which they came, as they are, and also those without a word."""
    told = notified(hass)
    await make(BLUEPRINT, **inputs(trusted_only=False))
    for text in ("0123", "+447700900199", "None", "[1, 2]", "{{ now() }}", ""):
        sim.receive(phone, "Parcels", text)
    await poll(account)

    assert shown(told) == [
        ("SMS from Parcels", text) for text in ("0123", "+447700900199", "None", "[1, 2]", "{{ now() }}", "(empty)")
    ]


async def test_only_the_senders_and_phones_that_were_chosen_are_shown(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
) -> None:
    """By name or by number."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    await poll(account)
    told = notified(hass)
    await make(BLUEPRINT, **inputs(trusted_only=False, senders=["Ben"], phones=[device_of(hass, account, phone)]))
    sim.receive(phone, ANNA, "Anna, hall")
    sim.receive(phone, BEN, "Ben, hall")
    sim.receive(attic, BEN, "Ben, attic")
    await poll(account)

    assert shown(told) == [("SMS from Ben", "Ben, hall")]


@pytest.mark.parametrize(
    ("max_age", "expected"), [({"minutes": 10}, []), ({"days": 1}, [("SMS from Anna, late", "I am late")])]
)
async def test_late_texts_are_shown_only_if_wanted(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
    max_age: dict[str, int],
    expected: list[tuple[str, str]],
) -> None:
    """And marked."""
    told = notified(hass)
    await make(BLUEPRINT, **inputs(max_age=max_age))
    sim.receive(phone, ANNA, "I am late")
    sim.advance(1800)
    await poll(account)

    assert shown(told) == expected


@pytest.mark.parametrize(("privacy", "title"), [("sender", "SMS from Anna"), ("minimal", "SMS")])
async def test_what_the_privacy_setting_keeps_back_is_not_shown(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    make: Make,
    poll: Poll,
    privacy: str,
    title: str,
) -> None:
    """That something has come is."""
    account = await add_account(recipient("Anna", ANNA, trusted=True), privacy=privacy)
    told = notified(hass)
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, "I am late")
    await poll(account)

    assert shown(told) == [(title, "The privacy setting keeps its text back.")]


async def test_no_trace_holds_the_texts(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_storage: dict[str, Any],
    sim: Simulator,
    phone: Phone,
    account: MockConfigEntry,
    make: Make,
    poll: Poll,
) -> None:
    """Neither of those that were shown nor of the others."""
    told = notified(hass)
    await make(BLUEPRINT, **inputs())
    sim.receive(phone, ANNA, "I am late")
    sim.receive(phone, BEN, "Cheap watches")
    await poll(account)

    assert len(told) == 1
    assert await kept_traces(hass, hass_ws_client, hass_storage) == "[][]"
