"""A walk through the running demo, as a person would take it: sign in, raise the alarm, ask for the status, lose a phone.

Run it with `scripts/walk` while `scripts/demo` runs. Each step is told when it has been seen, and the first that is
not seen ends the walk. The demo is left as it was found, apart from the texts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
import sys

from playwright.sync_api import Page, expect

from .browser import chromium, open_page, sign_in, visit
from .errors import DemoError
from .household import ANNA, BEN, HALL_PHONE

ATTIC_PHONE = "1297"
STRANGER = "+12025550199"

# The service is asked every ten seconds; then the text is sent, delivered and reported.
_SOON = 45_000  # milliseconds
# A phone counts as offline after a minute.
_SILENCE = 120_000  # milliseconds

# Opens the conversations with a number, and counts the texts to it that say this and were delivered.
_DELIVERED = """([number, words]) => {
    let seen = 0;
    for (const phone of document.querySelectorAll("article.phone")) {
        const thread = [...phone.querySelectorAll(".threads button")].find((each) => each.textContent.includes(number));
        if (!thread) continue;
        if (thread.getAttribute("aria-current") !== "true") thread.click();
        for (const bubble of phone.querySelectorAll(".bubble.out"))
            if (bubble.textContent.includes(words) && bubble.textContent.includes("delivered")) seen += 1;
    }
    return seen;
}"""


@dataclass(frozen=True)
class Dashboard:
    """The demo's dashboard, open in a browser."""

    page: Page

    def turn_alarm(self, state: str) -> None:
        """Turn the smoke alarm on or off with its tile."""
        tile = self.page.locator("hui-tile-card").filter(has_text="Smoke alarm")
        tile.locator("ha-control-switch").click()
        expect(tile).to_contain_text(state)

    def see_last_message(self, text: str, sender: str) -> None:
        """Wait until the card of the last message shows this one."""
        card = self.page.locator("hui-card hui-markdown-card").filter(has=self.page.locator("blockquote"))
        expect(card).to_contain_text(text, timeout=_SOON)
        expect(card).to_contain_text(sender)

    def see_phone(self, name: str, state: str) -> None:
        """Wait until a phone's badge shows this state."""
        expect(self.page.locator("hui-entity-badge").filter(has_text=name)).to_contain_text(state, timeout=_SILENCE)


@dataclass(frozen=True)
class Simulator:
    """The simulator's page, open in a browser."""

    page: Page

    def type_text(self, phone_id: str, sender: str, text: str) -> None:
        """Let a phone receive a text."""
        phone = self.page.locator(f'article[data-phone="{phone_id}"]')
        phone.get_by_label("Sender").fill(sender)
        phone.get_by_label("Text").fill(text)
        phone.get_by_role("button", name="Receive").click()
        expect(phone.get_by_label("Text")).to_have_value("")

    def switch(self, phone_id: str, *, on: bool) -> None:
        """Switch a phone on or off."""
        self.page.locator(f'article[data-phone="{phone_id}"]').locator(".online").set_checked(on)

    def delivered(self, number: str, words: str) -> int:
        """Count the texts to a number that say this and were delivered."""
        count: int = self.page.evaluate(_DELIVERED, [number, words])
        return count

    def see_delivered(self, number: str, words: str, count: int) -> None:
        """Wait until there are this many of them."""
        self.page.wait_for_function(
            f"([number, words, count]) => ({_DELIVERED})([number, words]) >= count",
            arg=[number, words, count],
            timeout=_SOON,
        )


def walk(url: str, simulator_url: str) -> None:
    """Take the walk. Raises an error of Playwright at the first thing that is not to be seen."""
    with chromium() as browser:
        page = open_page(browser)
        sign_in(page, url)
        dashboard = Dashboard(page)
        _tell("signed in through the form; the dashboard is there")
        for name in ("Hall phone", "Attic phone"):
            dashboard.see_phone(name, "Connected")
        _tell("both phones are online")

        simulator = open_simulator(page, simulator_url)
        _tell("the simulator's page shows both phones")

        raise_alarm(dashboard, simulator)
        ask_status(dashboard, simulator)
        lose_phone(dashboard, simulator)


def open_simulator(page: Page, url: str) -> Simulator:
    """Open the simulator's page beside another one."""
    second = page.context.new_page()
    second.goto(url)
    second.locator("article.phone").nth(1).wait_for()
    return Simulator(second)


def raise_alarm(dashboard: Dashboard, simulator: Simulator) -> None:
    """Turn the alarm on, see everybody texted, and turn it off."""
    words = "the smoke alarm went off"
    before = {person: simulator.delivered(person.number, words) for person in (ANNA, BEN)}
    dashboard.turn_alarm("On")
    _tell("the smoke alarm is on")
    for person in (ANNA, BEN):
        simulator.see_delivered(person.number, words, before[person] + 1)
        _tell(f"the simulator delivered a text about it to {person.name}")
    dashboard.turn_alarm("Off")
    _tell("the smoke alarm is off again")


def ask_status(dashboard: Dashboard, simulator: Simulator) -> None:
    """Ask as a stranger and as Anna, and see that Anna alone is answered."""
    words = "Harbour Cottage: smoke alarm off, Hall phone online, Attic phone online."
    question = f"Is anybody there at {datetime.now(UTC):%H:%M:%S}?"
    before = {number: simulator.delivered(number, words) for number in (ANNA.number, STRANGER)}
    simulator.type_text(HALL_PHONE, STRANGER, question)
    dashboard.see_last_message(question, STRANGER)
    _tell("a stranger's text is on the dashboard")
    simulator.type_text(HALL_PHONE, STRANGER, "status")
    simulator.type_text(ATTIC_PHONE, ANNA.number, "Status")
    dashboard.see_last_message("Status", ANNA.name)
    _tell(f'{ANNA.name}\'s "Status" is on the dashboard')
    simulator.see_delivered(ANNA.number, words, before[ANNA.number] + 1)
    _tell(f"{ANNA.name} was answered: {words}")
    if simulator.delivered(STRANGER, words) != before[STRANGER]:
        raise DemoError("The stranger was answered as well, although not trusted.")
    _tell("the stranger, who had asked the same before, was not")


def lose_phone(dashboard: Dashboard, simulator: Simulator) -> None:
    """Switch a phone off and on again, and see it go and come back."""
    simulator.switch(ATTIC_PHONE, on=False)
    _tell("the attic phone is switched off")
    dashboard.see_phone("Attic phone", "Disconnected")
    _tell("the dashboard shows it as offline")
    dashboard.see_phone("Hall phone", "Connected")
    simulator.switch(ATTIC_PHONE, on=True)
    dashboard.see_phone("Attic phone", "Connected")
    _tell("it is switched on again, and online")


def _tell(seen: str) -> None:
    sys.stdout.write(f"✓ {datetime.now(UTC):%H:%M:%S} {seen}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(visit("scripts/walk", "Walks through the running demo in a browser, and tells what is to be seen.", walk))
