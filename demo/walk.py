"""A walk through the running demo, as a person would take it: sign in, ask for the status, lose phones, raise the alarm.

Run it with `scripts/walk` while `scripts/demo` runs. Each step is told when it has been seen, and the first that is
not seen ends the walk. The demo is left as it was found, apart from the texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import sys

from playwright.sync_api import Locator, Page, expect

from .browser import chromium, open_page, sign_in, visit
from .errors import DemoError
from .household import ANNA, ATTIC_PHONE, BEN, CLEO, GARAGE_PHONE, HALL_PHONE, PEOPLE, Person

STRANGER = "+12025550199"
ALARM_TEXT = "the smoke alarm went off"
ALARM_TRACE = "/config/automation/trace/smoke_alarm_texts_the_family"
NOT_REACHED = "The smoke alarm did not reach everybody yet"

# The service is asked every ten seconds; then the text is sent, delivered and reported.
_SOON = 45_000  # milliseconds
# A phone counts as offline after a minute.
_SILENCE = 120_000  # milliseconds
# The automation waits a minute and a half for what becomes of its texts.
_FATES = 150_000  # milliseconds

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

    def see_texts(self, words: str) -> None:
        """Wait until the tile about the alarm's texts says this."""
        expect(self.page.locator("hui-tile-card").filter(has_text="Texts about it")).to_contain_text(
            words, timeout=_FATES
        )

    def see_fate(self, person: Person, status: str, words: str) -> None:
        """Wait until this is what became of a person's text about the alarm."""
        expect(self.page.locator(f'ha-alert[title="{person.name}: {status}"]')).to_contain_text(words, timeout=_FATES)

    def see_notification(self, words: str) -> None:
        """Open the notifications, find one with this title, and close them again."""
        self.page.locator("ha-sidebar").get_by_text("Notifications", exact=True).click()
        expect(self.page.locator("notification-drawer").get_by_text(words)).to_be_visible()
        self.page.keyboard.press("Escape")
        expect(self.page.locator("notification-drawer").get_by_text(words)).not_to_be_visible()

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

    def set_fate(self, phone_id: str, fate: str) -> None:
        """Decide what becomes of all messages through a phone."""
        self._settings(phone_id).get_by_label("Messages through it are").select_option(fate)

    def set_webhook(self, phone_id: str, address: str) -> None:
        """Enter an address into both fields for webhooks of a phone, as its owner does at the service; none if empty."""
        phone = self._settings(phone_id)
        for field in ("Webhook for incoming SMS", "Webhook for SMS delivery statuses"):
            phone.get_by_label(field).fill(address)
            phone.get_by_label(field).blur()
        phone.locator(".webhooks-on").set_checked(bool(address))

    def sign_in_anew(self, phone_id: str) -> None:
        """Let a phone sign in again, which gives it a new id."""
        self._settings(phone_id).get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.locator(f'article[data-phone="{phone_id}"]')).to_have_count(0)

    def _settings(self, phone_id: str) -> Locator:
        """Return a phone with its settings unfolded."""
        phone = self.page.locator(f'article[data-phone="{phone_id}"]')
        if not phone.locator("details").evaluate("details => details.open"):
            phone.locator("summary").click()
        return phone

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


@dataclass(frozen=True)
class Trace:
    """The newest trace of the alarm's automation, open in a browser."""

    page: Page

    def see_response(self, fates: Mapping[Person, str]) -> None:
        """Find in the step that texts everybody what became of each text."""
        self.page.locator("hat-script-graph hat-graph-node").nth(1).click()
        details = self.page.locator("ha-trace-path-details")
        details.get_by_text("Changed variables", exact=True).click()
        editor = details.locator("ha-code-editor")
        expect(editor).to_contain_text("texted:")
        # The editor draws only as many lines as there is room for.
        shown: str = editor.evaluate("editor => editor.value")
        for person, status in fates.items():
            _, _, about = shown.partition(f"recipient: {person.name}\n")
            about, _, _ = about.partition("recipient: ")
            if f"status: {status}\n" not in about:
                raise DemoError(f"The trace does not say that the text to {person.name} was {status}:\n{shown}")


def walk(url: str, simulator_url: str) -> None:
    """Take the walk. Raises an error of Playwright at the first thing that is not to be seen."""
    with chromium() as browser:
        page = open_page(browser)
        sign_in(page, url)
        dashboard = Dashboard(page)
        _tell("signed in through the form; the dashboard is there")
        for name in ("Hall phone", "Attic phone", "Garage phone"):
            dashboard.see_phone(name, "Connected")
        _tell("all three phones are online")

        simulator = open_simulator(page, simulator_url)
        _tell("the simulator's page shows them as well")

        ask_status(dashboard, simulator)
        lose_phone(dashboard, simulator)
        raise_alarm_while_a_phone_fails(dashboard, simulator, url)
        raise_alarm_while_all_phones_fail(dashboard, simulator, url)
        find_phone(dashboard, simulator)
        raise_alarm(dashboard, simulator)


def open_simulator(page: Page, url: str) -> Simulator:
    """Open the simulator's page beside another one."""
    second = page.context.new_page()
    second.goto(url)
    second.locator("article.phone").nth(2).wait_for()
    return Simulator(second)


def open_trace(page: Page, url: str) -> Trace:
    """Open the trace of the alarm's automation beside another page."""
    second = page.context.new_page()
    second.goto(f"{url}{ALARM_TRACE}")
    second.locator("hat-script-graph").wait_for()
    return Trace(second)


def ask_status(dashboard: Dashboard, simulator: Simulator) -> None:
    """Ask as a stranger and as Anna, and see that Anna alone is answered."""
    words = "Harbour Cottage: smoke alarm off, Hall phone online, Attic phone online, Garage phone online."
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
    """Switch a phone off, and see it go."""
    simulator.switch(GARAGE_PHONE, on=False)
    _tell("the garage phone is switched off")
    dashboard.see_phone("Garage phone", "Disconnected")
    _tell("the dashboard shows it as offline")
    dashboard.see_phone("Hall phone", "Connected")


def raise_alarm_while_a_phone_fails(dashboard: Dashboard, simulator: Simulator, url: str) -> None:
    """With one phone that cannot send and one that is off, raise the alarm, and see what becomes of each text."""
    simulator.set_fate(ATTIC_PHONE, "generic failure")
    _tell("the attic phone cannot send any more")
    start_alarm(dashboard)
    dashboard.see_fate(ANNA, "delivered", "Through the")
    _tell(f"the text to {ANNA.name} was delivered")
    dashboard.see_fate(BEN, "delivered", "Through the Hall phone instead of the Attic phone")
    _tell(f"so was the one to {BEN.name}, through the hall phone, since the attic phone had failed")
    dashboard.see_fate(CLEO, "accepted", "The message goes out when the phone is back")
    _tell(f"the one to {CLEO.name} waits for the garage phone")
    dashboard.see_texts("2 of 3 delivered")
    dashboard.see_notification(NOT_REACHED)
    _tell("a notification says that not everybody was reached")
    see_trace(dashboard, url, {ANNA: "delivered", BEN: "delivered", CLEO: "accepted"})
    dashboard.turn_alarm("Off")


def raise_alarm_while_all_phones_fail(dashboard: Dashboard, simulator: Simulator, url: str) -> None:
    """With no phone that can send, raise the alarm, and see that it is said what to do."""
    simulator.set_fate(HALL_PHONE, "generic failure")
    _tell("the hall phone cannot send any more either")
    start_alarm(dashboard)
    for person in (ANNA, BEN):
        dashboard.see_fate(person, "failed", "Check that its SIM has credit")
        _tell(f"the text to {person.name} failed, and the dashboard says what to look for")
    dashboard.see_fate(CLEO, "accepted", "The message goes out when the phone is back")
    _tell(f"the one to {CLEO.name} waits for the garage phone")
    see_trace(dashboard, url, {ANNA: "failed", BEN: "failed", CLEO: "accepted"})
    dashboard.turn_alarm("Off")
    for phone_id in (HALL_PHONE, ATTIC_PHONE):
        simulator.set_fate(phone_id, "delivered")
    _tell("both phones can send again")


def find_phone(dashboard: Dashboard, simulator: Simulator) -> None:
    """Switch the lost phone on again, and see it come back with what waited for it."""
    before = simulator.delivered(CLEO.number, ALARM_TEXT)
    simulator.switch(GARAGE_PHONE, on=True)
    _tell("the garage phone is switched on again")
    dashboard.see_phone("Garage phone", "Connected")
    _tell("it is online")
    simulator.see_delivered(CLEO.number, ALARM_TEXT, before + 2)
    _tell(f"it delivered both texts that waited for it to {CLEO.name}")
    dashboard.see_fate(CLEO, "delivered", "Through the Garage phone")
    _tell("the dashboard has heard of it, although the automation had ended")


def raise_alarm(dashboard: Dashboard, simulator: Simulator) -> None:
    """With all well, raise the alarm, see everybody texted, and turn it off."""
    before = {person: simulator.delivered(person.number, ALARM_TEXT) for person in PEOPLE}
    start_alarm(dashboard)
    for person in PEOPLE:
        simulator.see_delivered(person.number, ALARM_TEXT, before[person] + 1)
        _tell(f"the simulator delivered a text about it to {person.name}")
    for person in PEOPLE:
        dashboard.see_fate(person, "delivered", "Through the")
    dashboard.see_texts("3 of 3 delivered")
    _tell("the dashboard shows all three as delivered")
    dashboard.turn_alarm("Off")
    _tell("the smoke alarm is off again")


def start_alarm(dashboard: Dashboard) -> None:
    """Turn the alarm on, and see that everybody is being texted."""
    dashboard.turn_alarm("On")
    dashboard.see_texts("Under way")
    _tell("the smoke alarm is on, and the texts about it are under way")


def see_trace(dashboard: Dashboard, url: str, fates: Mapping[Person, str]) -> None:
    """See that the automation's trace says the same."""
    trace = open_trace(dashboard.page, url)
    trace.see_response(fates)
    trace.page.close()
    _tell("the automation's trace says the same of all three")


def _tell(seen: str) -> None:
    sys.stdout.write(f"✓ {datetime.now(UTC):%H:%M:%S} {seen}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(visit("scripts/walk", "Walks through the running demo in a browser, and tells what is to be seen.", walk))
