"""What is wrong with a phone is seen, put right, and gone."""

from playwright.sync_api import expect
import pytest

from demo.household import ATTIC_PHONE, BEN, CLEO, GARAGE_PHONE
from demo.walk import Simulator

from .frontend import Frontend


def text_ben(frontend: Frontend, text: str) -> None:
    """Text Ben, which goes through the phone in the attic."""
    form = frontend.open_action("Send a notification message")
    form.target(BEN.name)
    form.type("Message", text)
    frontend.page.get_by_role("button", name="Perform action").click()


def test_a_phone_that_may_not_send_is_told_of_until_it_has_sent(
    frontend: Frontend, simulator: Simulator, request: pytest.FixtureRequest
) -> None:
    """There is nothing to press: what solves it happens on the phone, and Home Assistant sees it."""
    title = "Attic phone may not send SMS"
    request.addfinalizer(lambda: simulator.set_fate(ATTIC_PHONE, "delivered"))
    simulator.set_fate(ATTIC_PHONE, "not allowed")
    text_ben(frontend, "Is this thing on?")

    repairs = frontend.open_repairs()
    dialog = repairs.open(title)
    dialog.see("is not allowed to send SMS")
    dialog.see("This goes away by itself when a message leaves the phone.")
    frontend.look("repair-not-permitted")

    simulator.set_fate(ATTIC_PHONE, "delivered")
    text_ben(frontend, "It is, by now")
    repairs = frontend.open_repairs()
    expect(repairs.repair(title)).to_have_count(0)


def test_a_phone_under_a_new_id_goes_on_as_the_one_that_was_known(frontend: Frontend, simulator: Simulator) -> None:
    """It keeps its device, and whoever is texted through it is texted through it again."""
    title = "Garage phone seems to have a new id"
    frontend.open_integration().open_device("Garage phone")
    device = frontend.page.url
    simulator.sign_in_anew(GARAGE_PHONE)

    repairs = frontend.open_repairs()
    dialog = repairs.open(title)
    dialog.see(f"Nothing has been heard of Garage phone (id {GARAGE_PHONE})")
    frontend.look("repair-new-id")
    dialog.choose("It is the same phone")
    dialog.see("The issue is repaired")
    dialog.finish()
    expect(repairs.repair(title)).to_have_count(0)

    integration = frontend.open_integration()
    expect(integration.page.locator("ha-config-entry-device-row").filter(has_text="Garage phone")).to_have_count(1)
    integration.open_device("Garage phone")
    assert frontend.page.url == device

    form = frontend.open_action("Send a notification message")
    form.target(CLEO.name)
    form.type("Message", "Through the phone with the new id")
    frontend.page.get_by_role("button", name="Perform action").click()
    simulator.see_delivered(CLEO.number, "Through the phone with the new id", 1)
