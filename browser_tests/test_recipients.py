"""Adding, changing and removing somebody who is texted."""

from playwright.sync_api import expect

from demo.household import ANNA

from .frontend import Frontend


def test_a_recipient_is_added_changed_and_removed(frontend: Frontend) -> None:
    """A number that another one has, or that nobody can have, is refused; the right one is written in full."""
    integration, flow = frontend.open_integration(), frontend.flow
    integration.page.get_by_role("button", name="Add recipient").click()
    flow.type("Name", "Emma")
    flow.type("Phone number", "12")
    flow.submit()
    flow.see("This is not a number that can be texted")
    frontend.look("recipient-refused")
    flow.type("Phone number", ANNA.number)
    flow.submit()
    flow.see("Another recipient of this account has this number")
    flow.type("Phone number", "07700 900166")
    flow.submit()
    flow.finish()
    emma = integration.recipient("Emma")
    expect(emma).to_contain_text("Recipient")

    emma.get_by_role("button", name="Change recipient").click()
    flow.see("Change Emma")
    expect(flow.field("Phone number")).to_have_value("+447700900166")
    flow.type("Name", "Emilia")
    flow.select("Gateway phone", "Hall phone")
    flow.select("SIM", "SIM 2")
    flow.switch("May command the house", on=True)
    frontend.look("recipient-change")
    flow.submit()
    flow.see("The recipient was changed.")
    flow.close()
    emilia = integration.recipient("Emilia")
    expect(emilia).to_be_visible()
    expect(emma).to_have_count(0)

    emilia.get_by_role("button", name="Change recipient").click()
    flow.see("Change Emilia")
    expect(flow.dialog.get_by_role("button", name="Gateway phone")).to_contain_text("Hall phone")
    expect(flow.dialog.get_by_role("button", name="SIM", exact=False).first).to_contain_text("SIM 2")
    expect(flow.dialog.get_by_role("switch", name="May command the house")).to_be_checked()
    flow.close()

    integration.choose(emilia, "Delete")
    frontend.confirm("Delete")
    expect(emilia).to_have_count(0)
