"""The action that asks how far a message has come, called as an automation calls it."""

import math

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.smsgateway24.api import FAILED, FINAL, status_word
from simulator import Phone, Simulator, faults
from tests.conftest import BEN

from .sending import act, asked, breakdown, mistake

ACTION = "get_message_status"


@pytest.mark.parametrize("status", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 100, 101, 42])
async def test_a_status_has_a_word_and_says_whether_it_is_the_last(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, status: int
) -> None:
    """A failure also says what to do; what is not known is "unknown"."""
    message = sim.send_from_site(phone, BEN, "Knock")
    sim.set_status(message, status)
    answer = await act(hass, ACTION, message_id=message.id)

    error = answer.pop("error")
    assert answer == {
        "message_id": message.id,
        "status": status_word(status),
        "status_code": status,
        "status_text": answer["status_text"],
        "final": status in FINAL,
    }
    assert isinstance(answer["status_text"], str)
    assert (error is None) == (status not in FAILED)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (8, "whether the other phone is switched on"),
        (9, "has credit"),
        (10, "registered in the network"),
        (11, "unusual characters"),
        (12, "Switch flight mode off."),
        (100, "may not send SMS"),
    ],
)
async def test_a_failure_says_what_to_do(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, status: int, words: str
) -> None:
    """Each in its own way."""
    message = sim.send_from_site(phone, BEN, "Knock")
    sim.set_status(message, status)
    assert words in (await act(hass, ACTION, message_id=message.id))["error"]


async def test_an_id_may_come_as_a_text(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry
) -> None:
    """Out of a helper, for example."""
    message = sim.send_from_site(phone, BEN, "Knock")
    assert (await act(hass, ACTION, message_id=str(message.id)))["message_id"] == message.id


@pytest.mark.parametrize("message_id", [0, -1, 2**63, "first", None, [], math.inf])
async def test_an_id_that_cannot_be_is_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, message_id: object
) -> None:
    """Without asking the service."""
    assert (await mistake(hass, ACTION, message_id=message_id)).translation_key == "number_out_of_range"
    assert not asked(sim, "getsmsstatus")


async def test_without_an_id_it_is_no_valid_call(hass: HomeAssistant, account: MockConfigEntry) -> None:
    """Home Assistant names the field."""
    with pytest.raises(vol.Invalid):
        await act(hass, ACTION)


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (faults.refused("Sms not found"), "read_refused"),
        (faults.page(), "read_unreadable_answer"),
        (faults.http_error(), "read_cannot_connect"),
        (faults.http_error(429), "read_throttled"),
    ],
    ids=["refused", "page", "error", "throttled"],
)
async def test_a_service_that_does_not_answer_is_told(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, fault: faults.Fault, key: str
) -> None:
    """With what to do."""
    sim.fail(fault, "getsmsstatus")
    assert (await breakdown(hass, ACTION, message_id=62_050_971)).translation_key == key


async def test_a_refused_password_asks_the_user(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """Only the user can help."""
    sim.rotate_token()
    sim.account.password = "changed"
    assert (await breakdown(hass, ACTION, message_id=62_050_971)).translation_key == "read_invalid_auth"
    await hass.async_block_till_done()
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [SOURCE_REAUTH]


async def test_with_several_accounts_one_has_to_be_named(
    hass: HomeAssistant, sim: Simulator, phone: Phone, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """Another one knows nothing of the message."""
    message = sim.send_from_site(phone, BEN, "Knock")
    assert (await mistake(hass, ACTION, message_id=message.id)).translation_key == "several_accounts"
    answer = await act(hass, ACTION, message_id=message.id, config_entry_id=account.entry_id)
    assert answer["status"] == "pending"
    error = await breakdown(hass, ACTION, message_id=message.id, config_entry_id=second.entry_id)
    assert error.translation_key == "read_refused"
