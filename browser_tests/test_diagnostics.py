"""Diagnostics are downloaded as somebody does who asks for help, and searched for what nobody else is to know."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

from playwright.sync_api import Download, Locator, Page, expect
import pytest

from demo.household import ACCOUNT_EMAIL, CLEO, HALL_PHONE
from demo.walk import Simulator

from .frontend import Frontend
from .hosting import Place

TEXT = "The key lies under the third flowerpot"


@pytest.fixture
def told(frontend: Frontend, simulator: Simulator) -> None:
    """Have a text in the account that everybody would like to know."""
    attributes = frontend.open_integration().open_device("Hall phone").open_attributes("Incoming message")
    simulator.type_text(HALL_PHONE, CLEO.number, TEXT)
    expect(attributes).to_contain_text(TEXT)


def secrets(place: Place, page: Page) -> set[str]:
    """Return everything that identifies somebody, opens something or was said to somebody."""
    state = page.request.get(f"{place.simulator_url}/simulator/state").json()
    store = json.loads((place.folder / "config" / ".storage" / "core.config_entries").read_text(encoding="utf-8"))
    entries = [entry for entry in store["data"]["entries"] if entry["domain"] == "smsgateway24"]
    found = {"350000000000016", "8944000000000000101", "8901000000000000102", "SIMULATED0001"}
    for entry in entries:
        found |= {entry["title"], *(entry["data"][key] for key in ("email", "password", "token", "webhook_id"))}
        for recipient in entry["subentries"]:
            found |= {recipient["title"], recipient["data"]["number"]}
    for phone in state["phones"]:
        found |= {phone["title"], *(sim["number"] for sim in phone["sims"] if sim["number"])}
        for message in phone["messages"]:
            found |= {message["number"], message["text"]}
    return found


def leaks(content: str, kept: set[str]) -> Iterator[str]:
    """Find what is kept secret in a text, numbers also without their country."""
    for secret in kept:
        digits = re.sub(r"\D", "", secret)
        if re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", content, re.IGNORECASE) or (
            secret.startswith("+") and digits[-7:] in content
        ):
            yield secret


def read(download: Download, folder: Path) -> tuple[str, Any]:
    """Return a download as it is, and what it holds of the integration."""
    file = folder / download.suggested_filename
    download.save_as(file)
    content = file.read_text(encoding="utf-8")
    return content, json.loads(content)["data"]


def download(page: Page, button: Locator) -> Download:
    """Press a button, and return what is downloaded then."""
    with page.expect_download() as download:
        button.click()
    result: Download = download.value
    return result


@pytest.mark.usefixtures("told")
def test_diagnostics_of_an_account_give_nobody_away(frontend: Frontend, place: Place, tmp_path: Path) -> None:
    """They tell how the account is, and neither who it is about nor what was said."""
    integration = frontend.open_integration()
    account = integration.account(ACCOUNT_EMAIL)
    account.get_by_role("button", name="Menu").first.click()

    content, data = read(
        download(frontend.page, account.get_by_role("menuitem", name="Download diagnostics").first), tmp_path
    )

    assert data["account"]["state"] == "loaded"
    assert data["polling"]["last_succeeded"] is True
    assert HALL_PHONE in content
    kept = secrets(place, frontend.page)
    assert TEXT in kept
    assert list(leaks(content, kept)) == []


@pytest.mark.usefixtures("told")
def test_diagnostics_of_a_phone_give_nobody_away(frontend: Frontend, place: Place, tmp_path: Path) -> None:
    """They are about this phone, by its id."""
    device = frontend.open_integration().open_device("Hall phone")

    content, data = read(
        download(frontend.page, device.page.get_by_role("button", name="Download diagnostics")), tmp_path
    )

    assert HALL_PHONE in json.dumps(data)
    assert list(leaks(content, secrets(place, frontend.page))) == []
