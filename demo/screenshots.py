"""Makes the pictures of the README and the documentation from the running demo: `scripts/screenshots`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from typing import Any

from playwright.sync_api import Browser, Page, expect

from .browser import chromium, open_page, sign_in, still_picture, visit
from .home import CHECKOUT
from .household import ANNA, ATTIC_PHONE, BEN, CLEO, GARAGE_PHONE, HALL_PHONE
from .walk import Dashboard, Simulator, open_simulator, start_alarm

PICTURES = CHECKOUT / "docs" / "images"


def take_all(url: str, simulator_url: str) -> None:
    """Let something happen in the demo, and take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, _signed_in(browser, url, width=1440, height=1060) as page:
        dashboard, simulator = Dashboard(page), open_simulator(page, simulator_url)
        _let_something_happen(dashboard, simulator)
        _take_dashboard(page, "dashboard-light.png")
        simulator.page.set_viewport_size({"width": 1100, "height": 730})
        _take(simulator.page, "simulator.png")
        with _signed_in(browser, url, width=1440, height=1060, scheme="dark") as other:
            _take_dashboard(other, "dashboard-dark.png")
        with _signed_in(browser, url, width=412, height=915, scale=1.5) as other:
            _take_dashboard(other, "dashboard-phone.png", full_page=False)
        with _signed_in(browser, url, width=1280, height=1160) as other:
            _take_device(other, url, "device.png")
        with _signed_in(browser, url, width=1000, height=680) as other:
            _take_sign_in(other, url, "sign-in.png")
        _put_right(dashboard, simulator)


@contextmanager
def _signed_in(browser: Browser, url: str, **looks: Any) -> Iterator[Page]:
    page = open_page(browser, **looks)
    try:
        sign_in(page, url)
        yield page
    finally:
        page.context.close()


def _let_something_happen(dashboard: Dashboard, simulator: Simulator) -> None:
    """Raise the alarm while one phone is off and another one cannot send, then ask for the status."""
    simulator.switch(GARAGE_PHONE, on=False)
    simulator.set_fate(ATTIC_PHONE, "generic failure")
    dashboard.see_phone("Garage phone", "Disconnected")
    start_alarm(dashboard)
    dashboard.see_fate(ANNA, "delivered", "Through the")
    dashboard.see_fate(BEN, "delivered", "instead of the Attic phone")
    dashboard.see_fate(CLEO, "accepted", "Through the Garage phone")
    words = "Harbour Cottage: smoke alarm on"
    answers = simulator.delivered(ANNA.number, words)
    simulator.type_text(HALL_PHONE, ANNA.number, "Status")
    simulator.see_delivered(ANNA.number, words, answers + 1)
    dashboard.see_last_message("Status", ANNA.name)


def _put_right(dashboard: Dashboard, simulator: Simulator) -> None:
    dashboard.turn_alarm("Off")
    simulator.set_fate(ATTIC_PHONE, "delivered")
    simulator.switch(GARAGE_PHONE, on=True)


def _take_dashboard(page: Page, name: str, *, full_page: bool = True) -> None:
    for phone, state in (("Hall phone", "Connected"), ("Attic phone", "Connected"), ("Garage phone", "Disconnected")):
        Dashboard(page).see_phone(phone, state)
    Dashboard(page).see_fate(CLEO, "accepted", "Through the Garage phone")
    if full_page:
        page.locator("hui-logbook-card").get_by_text("Incoming message").first.wait_for()
        page.locator("hui-history-graph-card canvas").first.wait_for()
    _take(page, name, full_page=full_page)


def _take_device(page: Page, url: str, name: str) -> None:
    device = page.evaluate(
        "(name) => Object.values(document.querySelector('home-assistant').hass.devices).find((each) => each.name === name).id",
        "Hall phone",
    )
    page.goto(f"{url}/config/devices/device/{device}")
    for words in ("Sensors", "Events", "Diagnostic", "SIM 2 roaming"):
        page.get_by_text(words, exact=True).first.wait_for()
    page.locator("ha-logbook").get_by_text("Incoming message").first.wait_for()
    _take(page, name)


def _take_sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/config/integrations/dashboard/add?domain=smsgateway24")
    page.get_by_role("button", name="OK").click()
    page.get_by_text("E-mail and password", exact=True).click()
    page.get_by_role("textbox", name="E-mail").fill("anna@example.com")
    expect(page.locator("input[name=password]")).to_be_visible()
    _take(page, name)


def _take(page: Page, name: str, *, full_page: bool = False) -> None:
    """Take a picture of what is there once everything is."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    picture = still_picture(page, full_page=full_page)
    (PICTURES / name).write_bytes(picture)
    sys.stdout.write(f"✓ {Path('docs', 'images', name)} ({len(picture) // 1024} kB)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(visit("scripts/screenshots", "Takes the pictures of the documentation from the running demo.", take_all))
