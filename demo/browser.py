"""A browser that visits the demo: Chromium without a window, driven by Playwright."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import shutil
import sys
from typing import Literal

from playwright.sync_api import Browser, Error, Page, sync_playwright

from . import household
from .errors import DemoError
from .home import CHECKOUT, Home

type Scheme = Literal["light", "dark"]

# What a browser fetches, and offers, by itself has no place in a check.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 30_000  # milliseconds, on a busy machine

_LOOKS = 40
_BETWEEN_LOOKS = 250  # milliseconds


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, or Playwright's own where there is none. Raises DemoError when there is neither."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        try:
            browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        except Error as error:
            raise DemoError("No Chromium can be started: install it with the system's packages.") from error
        try:
            yield browser
        finally:
            browser.close()


def open_page(
    browser: Browser, *, width: int = 1280, height: int = 900, scheme: Scheme = "light", scale: float = 1
) -> Page:
    """Open a page in a profile of its own; sizes in CSS pixels."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        device_scale_factor=scale,
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
    )
    context.set_default_timeout(_PATIENCE)
    return context.new_page()


def sign_in(page: Page, url: str) -> None:
    """Sign in to Home Assistant through its form, as a person does, and wait for the dashboard."""
    page.goto(url)
    page.locator("input[name=username]").fill(household.USER)
    page.locator("input[name=password]").fill(household.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"**/{household.DASHBOARD}/**")
    page.locator("hui-sections-view").wait_for()


def still_picture(page: Page, *, full_page: bool = False) -> bytes:
    """Take a picture as soon as two looks in a row are alike: then icons, fonts, graphs and dialogs are there."""
    picture = b""
    for _ in range(_LOOKS):
        before, picture = picture, page.screenshot(full_page=full_page, animations="disabled", caret="hide")
        if picture == before:
            break
        page.wait_for_timeout(_BETWEEN_LOOKS)
    return picture


def visit(program: str, description: str, work: Callable[[str, str], None]) -> int:
    """Work on the running demo, given both its addresses; return the exit code of a command line that does just this."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--data", type=Path, default=CHECKOUT / ".demo", help="the folder that the demo lives in")
    try:
        work(*_addresses(Home(parser.parse_args().data)))
    except (DemoError, Error, AssertionError) as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    return 0


def _addresses(home: Home) -> tuple[str, str]:
    memory = home.recall()
    if memory is None or not memory.prepared:
        raise DemoError(f"No demo lives in {home.folder}: run scripts/demo first, and leave it running.")
    return f"http://127.0.0.1:{memory.port}", f"http://127.0.0.1:{memory.simulator_port}"
