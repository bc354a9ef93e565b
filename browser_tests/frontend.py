"""Home Assistant's pages as a person sees them: found by what is written on them, and by their roles."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from .pictures import Album

INTEGRATION = "SmsGateway24"


@dataclass(frozen=True)
class Frontend:
    """Home Assistant, open in a browser, with somebody who is signed in."""

    page: Page
    url: str
    album: Album

    def open(self, path: str) -> None:
        """Go to one of its pages."""
        self.page.goto(f"{self.url}{path}")

    def look(self, name: str) -> None:
        """Take pictures of what is to be seen, if pictures are wished."""
        self.album.look(self.page, name)

    def open_integration(self) -> IntegrationPage:
        """Go to the page of the integration, by way of the list of all of them."""
        self.open("/config/integrations/dashboard")
        self.page.locator("ha-integration-card").filter(has_text=INTEGRATION).click()
        self.page.get_by_role("heading", name=INTEGRATION, exact=True).wait_for()
        return IntegrationPage(self)

    @property
    def flow(self) -> FlowDialog:
        """The dialog of a flow that is open, or about to open."""
        return FlowDialog(self.page.locator("dialog-data-entry-flow"))

    def confirm(self, button: str) -> None:
        """Press a button of a dialog that asks back."""
        self.page.locator("dialog-box").get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator("dialog-box ha-dialog")).to_have_count(0)


@dataclass(frozen=True)
class IntegrationPage:
    """The page that lists the accounts with their phones and recipients."""

    frontend: Frontend

    @property
    def page(self) -> Page:
        """The page that this is on."""
        return self.frontend.page

    def account(self, title: str) -> Locator:
        """Return the box of an account."""
        return self.page.locator("ha-config-entry-row").filter(has_text=title)

    def recipient(self, name: str) -> Locator:
        """Return the box of a recipient."""
        return self.page.locator("ha-config-sub-entry-row").filter(has_text=name)

    def choose(self, box: Locator, entry: str) -> None:
        """Choose from the menu of a box; it is the first one, since phones within it have menus too."""
        box.get_by_role("button", name="Menu").first.click()
        box.get_by_role("menuitem", name=entry, exact=True).first.click()


@dataclass(frozen=True)
class FlowDialog:
    """The dialog of a flow, at whatever step it is."""

    dialog: Locator

    def see(self, words: str) -> None:
        """Wait until this is written in it."""
        expect(self.dialog).to_contain_text(words)

    def choose(self, option: str) -> None:
        """Choose from a menu."""
        self.dialog.get_by_text(option, exact=True).click()

    def type(self, field: str, words: str) -> None:
        """Type into a field."""
        self.dialog.get_by_role("textbox", name=field).fill(words)

    def value(self, field: str) -> str:
        """Return what stands in a field."""
        shown: str = self.dialog.get_by_role("textbox", name=field).input_value()
        return shown

    def unfold(self, section: str) -> None:
        """Open a section that is folded."""
        self.dialog.get_by_role("button", name=section, exact=True).click()

    def select(self, field: str, option: str) -> None:
        """Choose from a list that opens."""
        self.dialog.get_by_role("button", name=field).click()
        self.dialog.get_by_role("menuitem", name=option, exact=True).click()
        expect(self.dialog.get_by_role("button", name=field)).to_contain_text(option)

    def switch(self, field: str) -> None:
        """Move a switch."""
        self.dialog.get_by_role("switch", name=field).click()

    def submit(self) -> None:
        """Hand in the form."""
        self.dialog.get_by_role("button", name="Submit", exact=True).click()

    def finish(self) -> None:
        """Leave the last page of the flow, and see the dialog go."""
        self.dialog.get_by_role("button", name="Finish", exact=True).click()
        self.see_gone()

    def close(self) -> None:
        """Close it as it is."""
        self.dialog.get_by_role("button", name="Close", exact=True).click()
        self.see_gone()

    def see_gone(self) -> None:
        """Wait until it is closed."""
        expect(self.dialog.get_by_role("button", name="Close", exact=True)).to_have_count(0)
