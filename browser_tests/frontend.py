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

    def set_external_address(self, address: str) -> None:
        """Say in the settings at which address this home can be reached from outside; none if it is empty."""
        self.open("/config/network")
        form = self.page.locator("ha-config-url-form")
        form.get_by_role("textbox").first.fill(address)
        form.get_by_role("button", name="Save", exact=True).click()
        # It is stored once the form has been told so.
        self.page.wait_for_function(
            "address => (document.querySelector('home-assistant').hass.config.external_url ?? '') === address",
            arg=address,
        )

    def open_action(self, name: str) -> ActionForm:
        """Choose an action in the tools, and return its form."""
        self.open("/config/tools/action")
        picker = self.page.locator("ha-service-picker")
        picker.get_by_role("button").first.wait_for()
        # The page remembers what was done here last, with its target and all.
        if (clear := picker.get_by_role("button", name="Clear")).count():
            clear.click()
            expect(clear).to_have_count(0)
        picker.get_by_role("button").first.click()
        self.page.get_by_placeholder("Search").fill(name)
        self.page.get_by_role("option", name=name).first.click()
        form = self.page.locator("ha-service-control")
        expect(form.get_by_text("Message", exact=True).first).to_be_visible()
        return ActionForm(form)

    def add_to_automation(self, button: str, name: str, description: str) -> ActionForm:
        """Add a trigger, a condition or an action to the automation in the editor, and return its form."""
        self.page.get_by_role("button", name=button).click()
        chooser = self.page.locator("add-automation-element-dialog")
        chooser.get_by_placeholder("Search").fill(name)
        chooser.get_by_role("button", name=name).click()
        expect(chooser.get_by_placeholder("Search")).to_have_count(0)
        sidebar = self.page.locator("ha-automation-sidebar")
        expect(sidebar).to_contain_text(description)
        return ActionForm(sidebar)

    @property
    def flow(self) -> FlowDialog:
        """The dialog of a flow that is open, or about to open."""
        return FlowDialog(self.page.locator("dialog-data-entry-flow"))

    def open_repairs(self) -> RepairsPage:
        """Go to the page that lists the repairs."""
        self.open("/config/repairs")
        return RepairsPage(self.page)

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

    def configure(self, account: str) -> FlowDialog:
        """Open the options of an account."""
        self.account(account).get_by_role("button", name="Configure").click()
        return self.frontend.flow

    def open_device(self, name: str) -> DevicePage:
        """Go to the page of a phone or a recipient."""
        self.page.locator("ha-config-entry-device-row").filter(has_text=name).click()
        self.page.locator("ha-device-entities-card").first.wait_for()
        return DevicePage(self.frontend)


@dataclass(frozen=True)
class DevicePage:
    """The page of a phone or a recipient."""

    frontend: Frontend

    @property
    def page(self) -> Page:
        """The page that this is on."""
        return self.frontend.page

    def open_entity(self, name: str) -> Locator:
        """Open the dialog of an entity, and return it."""
        self.page.locator("ha-device-entities-card").get_by_text(name, exact=True).click()
        dialog = self.page.locator("ha-more-info-dialog")
        expect(dialog.get_by_role("button", name="Menu")).to_be_visible()
        return dialog

    def open_attributes(self, name: str) -> Locator:
        """Open the attributes of an entity, and return the dialog that lists them."""
        dialog = self.open_entity(name)
        dialog.get_by_role("button", name="Menu").click()
        dialog.get_by_role("menuitem", name="Details", exact=True).click()
        expect(dialog).to_contain_text("Attributes")
        return dialog


@dataclass(frozen=True)
class RepairsPage:
    """The page that lists what is to be repaired."""

    page: Page

    def repair(self, title: str) -> Locator:
        """Return the line about something that is to be repaired."""
        return self.page.locator("ha-config-repairs").get_by_role("listitem").filter(has_text=title)

    def open(self, title: str) -> FlowDialog:
        """Open something that is to be repaired, as soon as it is there."""
        expect(self.repair(title)).to_be_visible()
        self.repair(title).click()
        return FlowDialog(self.page.locator("dialog-data-entry-flow, dialog-repairs-issue"))


@dataclass(frozen=True)
class ActionForm:
    """The fields of an action, in the tools or in the editor of automations."""

    form: Locator

    def field(self, name: str) -> Locator:
        """Return the row of a field."""
        return self.form.locator("ha-settings-row").filter(has=self.form.page.get_by_text(name, exact=True))

    def use(self, name: str) -> None:
        """Tick a field that need not be filled in."""
        self.field(name).locator("ha-checkbox").click()
        expect(self.field(name).get_by_role("checkbox")).to_be_checked()

    def type(self, name: str, words: str) -> None:
        """Type into a field."""
        self.field(name).get_by_role("textbox").fill(words)

    def target(self, entity: str) -> None:
        """Add a target."""
        self._search("Add target", entity)
        expect(self.form.get_by_role("listitem").filter(has_text=entity)).to_be_visible()

    def pick_entity(self, entity: str) -> None:
        """Add an entity to the only field that takes some."""
        self._search("Select an entity", entity)
        # Until it is there, the form forgets what is typed into its other fields.
        expect(self.form.get_by_role("button", name="Add entity")).to_be_visible()

    def unfold(self, section: str) -> None:
        """Open a section that is folded."""
        self.form.get_by_role("button", name=section).first.click()

    def _search(self, button: str, words: str) -> None:
        self.form.get_by_role("button", name=button).click()
        self.form.page.get_by_placeholder("Search").last.fill(words)
        self.form.page.get_by_role("option", name=words).first.click()


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
        self.field(field).fill(words)

    def field(self, name: str) -> Locator:
        """Return a field in which one types."""
        return self.dialog.get_by_role("textbox", name=name).or_(self.dialog.get_by_role("spinbutton", name=name))

    def unfold(self, section: str) -> None:
        """Open a section that is folded."""
        self.dialog.get_by_role("button", name=section, exact=True).click()

    def select(self, field: str, option: str) -> None:
        """Choose from a list that opens."""
        self.dialog.get_by_role("button", name=field).click()
        self.dialog.get_by_role("menuitem", name=option, exact=True).click()
        expect(self.dialog.get_by_role("button", name=field)).to_contain_text(option)

    def switch(self, field: str, *, on: bool) -> None:
        """Move a switch; what is drawn lies over what is checked."""
        self.dialog.get_by_role("switch", name=field).set_checked(on, force=True)

    def pick(self, option: str) -> None:
        """Pick one of several options that are all to be seen."""
        self.dialog.get_by_role("radio", name=option, exact=True).click()
        expect(self.dialog.get_by_role("radio", name=option, exact=True)).to_be_checked()

    def submit(self) -> None:
        """Hand in the form."""
        self.dialog.get_by_role("button", name="Submit", exact=True).click()

    def finish(self) -> None:
        """Leave the last page of the flow, and see the dialog go."""
        self.dialog.get_by_role("button", name="Finish", exact=True).click()
        self.see_gone()

    def close(self) -> None:
        """Close it as it is; a flow that has ended offers that twice."""
        self.dialog.get_by_role("button", name="Close", exact=True).first.click()
        self.see_gone()

    def see_gone(self) -> None:
        """Wait until it is closed."""
        expect(self.dialog.get_by_role("button", name="Close", exact=True)).to_have_count(0)
