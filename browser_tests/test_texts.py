"""A text out, and a text in."""

from datetime import UTC, datetime

from playwright.sync_api import expect

from demo.household import ANNA, CLEO, HALL_PHONE
from demo.walk import Simulator

from .frontend import Frontend


def words(about: str) -> str:
    """Return a text that no other run has sent."""
    return f"{about}, {datetime.now(UTC):%H:%M:%S}"


def test_a_recipient_is_texted_with_home_assistants_own_action(frontend: Frontend, simulator: Simulator) -> None:
    """The notify entity is a target like any other."""
    text = words("The dishwasher is done")
    form = frontend.open_action("Send a notification message")
    form.target(ANNA.name)
    form.type("Message", text)
    frontend.look("notify")
    frontend.page.get_by_role("button", name="Perform action").click()

    simulator.see_delivered(ANNA.number, text, 1)


def test_a_text_is_followed_until_it_is_delivered(frontend: Frontend, simulator: Simulator) -> None:
    """Our action says in its response what became of it."""
    text = words("The cellar is wet")
    form = frontend.open_action("Send SMS")
    form.use("Recipients")
    form.pick_entity(ANNA.name)
    form.type("Message", text)
    frontend.look("send-sms")
    form.unfold("Waiting")
    form.use("Wait for")
    form.field("Wait for").get_by_text("Delivered", exact=True).click()
    frontend.look("send-sms-waiting")
    frontend.page.get_by_role("button", name="Perform action").click()

    response = frontend.page.locator("ha-card").filter(has_text="Response").locator("ha-yaml-editor")
    expect(response).to_contain_text("status: delivered")
    expect(response).to_contain_text(f"recipient: {ANNA.name}")
    frontend.look("send-sms-response")
    simulator.see_delivered(ANNA.number, text, 1)


def test_a_text_that_comes_is_shown_by_the_phones_entity(frontend: Frontend, simulator: Simulator) -> None:
    """With who has sent it; the activity tells it in a sentence."""
    text = words("Is the heating on?")
    device = frontend.open_integration().open_device("Hall phone")
    attributes = device.open_attributes("Incoming message")
    simulator.type_text(HALL_PHONE, CLEO.number, text)
    for shown in (text, CLEO.name, CLEO.number, "Received"):
        expect(attributes).to_contain_text(shown)
    frontend.look("incoming-attributes")

    device = frontend.open_integration().open_device("Hall phone")
    expect(device.page.locator("ha-logbook")).to_contain_text(f"from {CLEO.name} to Hall phone")
    frontend.look("phone")
