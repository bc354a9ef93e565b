"""The account's options: its settings, and instant receipt."""

from playwright.sync_api import expect
import pytest

from demo.household import ACCOUNT_EMAIL, CLEO, HALL_PHONE
from demo.walk import Simulator

from .frontend import FlowDialog, Frontend
from .hosting import Place

# The page says three minutes.
NOTHING_RECEIVED = 240_000  # milliseconds
ADDRESS_NEEDED = "Home Assistant has no address that can be reached from the internet, so the service cannot ring."


def open_push(frontend: Frontend) -> FlowDialog:
    """Open the page about instant receipt."""
    flow = frontend.open_integration().configure(ACCOUNT_EMAIL)
    flow.choose("Instant receipt")
    return flow


def shown_address(flow: FlowDialog) -> str:
    """Return the address that is to be copied."""
    flow.see("Copy this address into both fields")
    address: str = flow.dialog.locator("ha-markdown code").inner_text()
    return address


def test_privacy_keeps_texts_out_of_the_entities(frontend: Frontend, simulator: Simulator) -> None:
    """What is chosen holds at once, and stands in the form when it is opened again."""
    flow = frontend.open_integration().configure(ACCOUNT_EMAIL)
    flow.see("Polling, sending, limits and privacy")
    frontend.look("options")
    flow.choose("Settings")
    flow.type("Poll every", "11")
    flow.pick("Neither texts nor numbers nor names")
    frontend.look("settings")
    flow.submit()
    flow.finish()

    attributes = frontend.open_integration().open_device("Hall phone").open_attributes("Incoming message")
    simulator.type_text(HALL_PHONE, CLEO.number, "Nobody is to read this here")
    expect(attributes).to_contain_text("Message ID")
    expect(attributes).not_to_contain_text("Nobody is to read this here")
    expect(attributes).not_to_contain_text(CLEO.number)
    expect(attributes).not_to_contain_text(CLEO.name)

    flow = frontend.open_integration().configure(ACCOUNT_EMAIL)
    flow.choose("Settings")
    expect(flow.field("Poll every")).to_have_value("11")
    expect(flow.dialog.get_by_role("radio", name="Neither texts nor numbers nor names")).to_be_checked()
    flow.type("Poll every", "10")
    flow.pick("Texts, numbers and names")
    flow.submit()
    flow.finish()


def test_instant_receipt_needs_an_address_that_leads_here(frontend: Frontend) -> None:
    """Without one it is said what is missing, and that nothing is lost."""
    frontend.set_external_address("")

    flow = open_push(frontend)

    flow.see(ADDRESS_NEEDED)
    frontend.look("push-not-reachable")
    flow.close()


def test_instant_receipt_is_seen_to_work_and_to_be_renewed(
    frontend: Frontend, simulator: Simulator, place: Place, request: pytest.FixtureRequest
) -> None:
    """A text makes the service ring; a new address makes the old one a dead end, and whoever waits is told so."""
    request.addfinalizer(lambda: simulator.set_webhook(HALL_PHONE, ""))
    # A name that leads here, as one that leads to a house would.
    frontend.set_external_address(place.url.replace("127.0.0.1", "localhost"))
    flow = open_push(frontend)
    first = shown_address(flow)
    frontend.look("push")
    simulator.set_webhook(HALL_PHONE, first)
    flow.submit()
    flow.see("Waiting for the service to ring")
    frontend.look("push-wait")
    simulator.type_text(HALL_PHONE, CLEO.number, "Do you hear me?")
    flow.see("Received")
    flow.see("Messages are now read as soon as they arrive.")
    frontend.look("push-received")
    flow.submit()
    flow.finish()

    flow = open_push(frontend)
    assert shown_address(flow) == first
    flow.switch("Make a new address first", on=True)
    flow.submit()
    expect(flow.dialog.locator("ha-markdown code")).not_to_have_text(first)
    second = shown_address(flow)
    flow.submit()
    flow.see("Waiting for the service to ring")
    simulator.type_text(HALL_PHONE, CLEO.number, "Do you still hear me?")
    expect(flow.dialog).to_contain_text("The service has not rung within 3 minutes.", timeout=NOTHING_RECEIVED)
    frontend.look("push-nothing-received")

    flow.choose("Show the address again")
    assert shown_address(flow) == second
    simulator.set_webhook(HALL_PHONE, second)
    flow.submit()
    flow.see("Waiting for the service to ring")
    simulator.type_text(HALL_PHONE, CLEO.number, "And now?")
    flow.see("The service has rung.")
    flow.submit()
    flow.finish()
