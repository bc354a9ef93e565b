"""Makes the pictures of the README and the documentation from the running demo: `scripts/screenshots`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from typing import Any

from playwright.sync_api import Browser, Page, expect

from .browser import chromium, open_page, sign_in, visit
from .home import CHECKOUT
from .household import ANNA, HALL_PHONE
from .walk import Dashboard, Simulator, open_simulator

PICTURES = CHECKOUT / "docs" / "images"

_LOOKS = 40
_BETWEEN_LOOKS = 250  # milliseconds


def take_all(url: str, simulator_url: str) -> None:
    """Let something happen in the demo, and take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        with _signed_in(browser, url, width=1440, height=1060) as page:
            dashboard, simulator = Dashboard(page), open_simulator(page, simulator_url)
            _let_something_happen(dashboard, simulator)
            _take_dashboard(page, "dashboard-light.png")
            simulator.page.set_viewport_size({"width": 1100, "height": 730})
            _take(simulator.page, "simulator.png")
            dashboard.turn_alarm("Off")
        with _signed_in(browser, url, width=1440, height=1060, scheme="dark") as page:
            _take_dashboard(page, "dashboard-dark.png")
        with _signed_in(browser, url, width=412, height=915, scale=1.5) as page:
            _take_dashboard(page, "dashboard-phone.png", full_page=False)
        with _signed_in(browser, url, width=1280, height=1160) as page:
            _take_device(page, url, "device.png")
        with _signed_in(browser, url, width=1000, height=680) as page:
            _take_sign_in(page, url, "sign-in.png")


@contextmanager
def _signed_in(browser: Browser, url: str, **looks: Any) -> Iterator[Page]:
    page = open_page(browser, **looks)
    try:
        sign_in(page, url)
        yield page
    finally:
        page.context.close()


def _let_something_happen(dashboard: Dashboard, simulator: Simulator) -> None:
    alarm, status = "the smoke alarm went off", "Harbour Cottage: smoke alarm on"
    alarms, answers = simulator.delivered(ANNA.number, alarm), simulator.delivered(ANNA.number, status)
    dashboard.turn_alarm("On")
    simulator.see_delivered(ANNA.number, alarm, alarms + 1)
    simulator.type_text(HALL_PHONE, ANNA.number, "status")
    simulator.see_delivered(ANNA.number, status, answers + 1)
    dashboard.see_last_message("status", ANNA.name)


def _take_dashboard(page: Page, name: str, *, full_page: bool = True) -> None:
    for phone in ("Hall phone", "Attic phone"):
        Dashboard(page).see_phone(phone, "Connected")
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
    """Take a picture as soon as two looks in a row are alike: then icons, fonts and graphs are there."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    picture = b""
    for _ in range(_LOOKS):
        before, picture = picture, page.screenshot(full_page=full_page, animations="disabled", caret="hide")
        if picture == before:
            break
        page.wait_for_timeout(_BETWEEN_LOOKS)
    (PICTURES / name).write_bytes(picture)
    sys.stdout.write(f"✓ {Path('docs', 'images', name)} ({len(picture) // 1024} kB)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(visit("scripts/screenshots", "Takes the pictures of the documentation from the running demo.", take_all))
