"""What the page about the system says of the gateway."""

import re

from playwright.sync_api import Locator, expect

from .frontend import INTEGRATION, Frontend


def test_the_system_information_has_a_section_of_ours(frontend: Frontend) -> None:
    """It is found where people look for it, and each line has its value."""
    frontend.open("/config/repairs")
    frontend.page.locator("ha-config-repairs-dashboard").get_by_role("button", name="Menu").click()
    frontend.page.get_by_role("menuitem", name="System information").click()
    dialog = frontend.page.locator("dialog-system-information")
    heading = dialog.get_by_role("heading", name=INTEGRATION)
    heading.scroll_into_view_if_needed()
    section = dialog.get_by_role("table").last
    section.scroll_into_view_if_needed()

    for name, value in {
        "Reach the service": "ok",
        "Accounts loaded": re.compile("^1 of 1$"),
        "Phones online": re.compile("^3 of 3$"),
        "Polling": re.compile(r"^every \d+ s$"),
        "Instant receipt": re.compile("^(waiting|works)$"),
        "Messages in the outbox": re.compile(r"^\d+$"),
        "Last answer of the service": re.compile(r"\d{4} at \d\d:\d\d$"),
    }.items():
        expect(_value(section, name)).to_have_text(value)
    frontend.look("system-health")


def _value(section: Locator, name: str) -> Locator:
    row = section.get_by_role("row").filter(has=section.page.get_by_role("cell", name=name, exact=True))
    return row.get_by_role("cell").nth(1)
