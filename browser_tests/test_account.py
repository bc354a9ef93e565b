"""Adding an account, and removing one."""

from playwright.sync_api import expect

from demo.household import NEIGHBOUR_EMAIL, NEIGHBOUR_PASSWORD, NEIGHBOUR_PHONE

from .frontend import INTEGRATION, Frontend


def test_an_account_is_added_after_a_slip_in_the_password(frontend: Frontend, neighbour: str) -> None:
    """A wrong password is said to be wrong, the right one goes on to the first recipient; then all of it is removed."""
    page, flow = frontend.page, frontend.flow
    frontend.open("/config/integrations/dashboard")
    page.get_by_role("button", name="Add integration").click()
    page.get_by_placeholder("Search for a brand name").fill(INTEGRATION)
    page.locator("dialog-add-integration").get_by_role("button", name=INTEGRATION).click()
    flow.see("Choose how Home Assistant signs in")
    frontend.look("sign-in-menu")

    flow.choose("E-mail and password")
    flow.type("E-mail", NEIGHBOUR_EMAIL)
    flow.type("Password", "not the password")
    flow.unfold("Advanced")
    flow.type("Address of the service", neighbour)
    frontend.look("sign-in")
    flow.submit()
    flow.see("The service does not accept these credentials. Check them and try again.")
    expect(flow.field("E-mail")).to_have_value(NEIGHBOUR_EMAIL)
    expect(flow.field("Password")).to_have_value("")
    frontend.look("sign-in-refused")

    flow.type("Password", NEIGHBOUR_PASSWORD)
    flow.submit()
    flow.see("Somebody whom your home texts")
    flow.type("Name", "Dora")
    flow.type("Phone number", "07700 900155")
    flow.select("Gateway phone", NEIGHBOUR_PHONE)
    frontend.look("first-recipient")
    flow.submit()
    flow.see("open Configure → Instant receipt of this account afterwards")
    frontend.look("account-added")
    flow.finish()

    integration = frontend.open_integration()
    account = integration.account(NEIGHBOUR_EMAIL)
    expect(account).to_contain_text(NEIGHBOUR_PHONE)
    expect(account).to_contain_text("Dora")
    frontend.look("integration")

    integration.choose(account, "Delete")
    frontend.confirm("Delete")
    expect(account).to_have_count(0)
