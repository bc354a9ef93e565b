"""The actions that keep contacts in lists at the service, called as an automation calls them."""

from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, BEN, AddAccount

from .sending import act, act_blindly, asked, breakdown, mistake


async def test_a_list_is_made_and_filled(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """Each step tells the id for the next one."""
    made = await act(hass, "create_contact_list", title=" Neighbours ")
    (contact_list,) = sim.account.contact_lists.values()
    assert (made, contact_list.title) == ({"contact_list_id": contact_list.id}, "Neighbours")

    ids = [
        await act(hass, "add_contact", contact_list_id=str(contact_list.id), number=number, name=name)
        for number, name in (("07700 900123", "Anna"), (12025550123, " Ben "))
    ]
    assert [(contact.number, contact.name) for contact in contact_list.contacts] == [(ANNA, "Anna"), (BEN, "Ben")]
    assert ids == [{"contact_id": contact.id} for contact in contact_list.contacts]


async def test_nobody_has_to_take_the_response(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """The list is at the service, with its id."""
    await act_blindly(hass, "create_contact_list", title="Neighbours")
    assert len(sim.account.contact_lists) == 1


@pytest.mark.parametrize(
    ("action", "fields", "key"),
    [
        ("create_contact_list", {"title": " "}, "empty_field"),
        ("add_contact", {"contact_list_id": 0, "number": ANNA, "name": "Anna"}, "number_out_of_range"),
        ("add_contact", {"contact_list_id": 1, "number": "MyBank", "name": "Anna"}, "invalid_number"),
        ("add_contact", {"contact_list_id": 1, "number": ANNA, "name": ""}, "empty_field"),
        ("create_contact_list", {"title": None}, "not_a_text"),
        ("create_contact_list", {"title": ["Neighbours"]}, "not_a_text"),
        ("add_contact", {"contact_list_id": "first", "number": ANNA, "name": "Anna"}, "number_out_of_range"),
        ("add_contact", {"contact_list_id": 1, "number": 1.5, "name": "Anna"}, "invalid_value"),
        ("add_contact", {"contact_list_id": 1, "number": ANNA, "name": {}}, "not_a_text"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, action: str, fields: dict[str, Any], key: str
) -> None:
    """Without asking the service."""
    assert (await mistake(hass, action, **fields)).translation_key == key
    assert not asked(sim, "savetag")
    assert not asked(sim, "savecontact")


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (faults.refused("Too many lists"), "create_refused"),
        (faults.page(), "create_unconfirmed"),
        (faults.answer_lost(), "create_unconfirmed"),
        (faults.http_error(), "create_unconfirmed"),
        (faults.http_error(429), "create_throttled"),
    ],
    ids=["refused", "page", "lost", "error", "throttled"],
)
async def test_what_is_no_success_is_never_taken_for_one(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, fault: faults.Fault, key: str
) -> None:
    """Where it is not known whether something was made, the error says so, and nothing is repeated."""
    for action, method, fields in (
        ("create_contact_list", "savetag", {"title": "Neighbours"}),
        ("add_contact", "savecontact", {"contact_list_id": 1, "number": ANNA, "name": "Anna"}),
    ):
        sim.fail(fault, method)
        assert (await breakdown(hass, action, **fields)).translation_key == key
        assert len(asked(sim, method)) == 1


async def test_a_refusal_does_not_repeat_who_was_to_be_added(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry
) -> None:
    """Errors of automations end up in logs."""
    sim.fail(faults.refused(f"Anna Example ({ANNA}) is on the list"), "savecontact")
    error = await breakdown(hass, "add_contact", contact_list_id=1, number=ANNA, name="Anna Example")
    assert error.translation_placeholders == {"message": "() is on the list"}


async def test_out_of_reach_nothing_is_made(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """There was no connection, so it can be tried again."""
    await sim.stop()
    error = await breakdown(hass, "create_contact_list", title="Neighbours")
    assert error.translation_key == "create_cannot_connect"


async def test_a_refused_password_asks_the_user(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> None:
    """Only the user can help."""
    sim.rotate_token()
    sim.account.password = "changed"
    error = await breakdown(hass, "create_contact_list", title="Neighbours")
    assert error.translation_key == "create_invalid_auth"
    await hass.async_block_till_done()
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [SOURCE_REAUTH]


async def test_with_several_accounts_one_has_to_be_named(
    hass: HomeAssistant, sim: Simulator, account: MockConfigEntry, second: MockConfigEntry
) -> None:
    """Lists belong to one of them."""
    assert (await mistake(hass, "create_contact_list", title="Neighbours")).translation_key == "several_accounts"
    await act(hass, "create_contact_list", title="Neighbours", config_entry_id=second.entry_id)
    assert not sim.account.contact_lists


async def test_at_the_strictest_privacy_an_error_says_nothing_of_a_number(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount
) -> None:
    """Not even how it ends."""
    await add_account(privacy="minimal")
    error = await mistake(hass, "add_contact", contact_list_id=1, number="MyBank", name="Anna")
    assert error.translation_placeholders == {"number": "…"}
