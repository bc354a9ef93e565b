"""An automation that somebody makes in the visual editor, without a template and without YAML."""

import re

from playwright.sync_api import expect

from demo.household import ANNA, CLEO, HALL_PHONE
from demo.walk import Simulator

from .frontend import Frontend

NAME = "Somebody rings the bell"
NOTE = "Somebody has texted that they stand at the gate"


def test_an_automation_is_made_in_the_editor_and_runs_when_a_text_comes(
    frontend: Frontend, simulator: Simulator
) -> None:
    """For a text that says what was asked for, and for no other."""
    page = frontend.page
    frontend.open("/config/automation/edit/new")
    trigger = frontend.add_to_automation("Add trigger", "SMS received", "Triggers when a phone has received an SMS")
    trigger.use("Contains")
    trigger.type("Contains", "at the gate")
    frontend.look("editor-trigger")

    action = frontend.add_to_automation(
        "Add action", "Create persistent notification", "Shows a persistent notification"
    )
    action.type("Message", NOTE)
    page.get_by_role("button", name="Save", exact=True).click()
    naming = page.locator("ha-dialog-automation-save")
    naming.get_by_role("textbox", name="Name").fill(NAME)
    naming.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/edit/\d+$"))

    simulator.type_text(HALL_PHONE, ANNA.number, "I am late")
    simulator.type_text(HALL_PHONE, CLEO.number, "I stand AT THE GATE")
    page.locator("ha-sidebar").get_by_text("Notifications", exact=True).click()
    notes = page.locator("notification-drawer")
    expect(notes.get_by_text(NOTE)).to_have_count(1)
    frontend.look("notification")
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Traces").or_(page.get_by_role("button", name="Traces")).first.click()
    trace = page.locator("ha-automation-trace")
    expect(trace.locator("hat-script-graph")).to_be_visible()
    expect(trace).to_contain_text("SMS")
    frontend.look("trace")
