"""What the pages about sending say is what the actions do."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.smsgateway24.actions.send_bulk_sms import MESSAGE_SCHEMA
from custom_components.smsgateway24.api import FAILED, status_word
from custom_components.smsgateway24.messaging.fate import (
    REASON_EXPIRED,
    REASON_NO_REPORT,
    REASON_REFUSED,
    REASON_UNCONFIRMED,
)
from custom_components.smsgateway24.services import ACTIONS
from simulator import Phone, Simulator, Status
from tests.actions.calls import device_of
from tests.actions.sending import act
from tests.conftest import ANNA, AddAccount, recipient
from tests.repository.files import ROOT

from .examples import EXAMPLES

PAGES = {name: ROOT / "docs" / "actions" / f"{name.replace('_', '-')}.md" for name in ACTIONS if name != "get_messages"}


def shown(action: str) -> Any:
    """Return the response that the page of an action shows."""
    (response,) = (
        example.content for example in EXAMPLES if example.document == PAGES[action] and example.language == "json"
    )
    return response


def shape(response: Any) -> Any:
    """Return the keys in their order, and the types of what they hold."""
    if isinstance(response, dict):
        return [(key, shape(value)) for key, value in response.items()]
    return [shape(item) for item in response] if isinstance(response, list) else type(response)


@pytest.mark.parametrize("action", PAGES)
def test_every_field_of_an_action_is_on_its_page(action: str) -> None:
    """And so are those of a message among many."""
    page = PAGES[action].read_text(encoding="utf-8")
    fields = {str(key) for key in ACTIONS[action].schema.schema}
    if action == "send_bulk_sms":
        fields |= {str(key) for key in MESSAGE_SCHEMA.schema}
    assert [field for field in sorted(fields) if f"`{field}`" not in page] == []


def test_every_reason_for_failure_has_a_row() -> None:
    """With what to do."""
    page = (ROOT / "docs" / "sending.md").read_text(encoding="utf-8")
    reasons = {
        *map(status_word, FAILED),
        REASON_EXPIRED,
        REASON_NO_REPORT,
        REASON_REFUSED,
        REASON_UNCONFIRMED,
    }
    assert [reason for reason in sorted(reasons) if f"\n| `{reason}` | " not in page] == []


async def test_the_responses_that_are_shown_are_those_that_are_returned(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """With the same keys, in the same order, and the same types."""
    entry = await add_account(recipient("Anna", ANNA))
    sent = await act(hass, "send_sms", entity_id="notify.anna", message="Water in the cellar")
    assert shape(sent) == shape(shown("send_sms"))

    message_id = sent["messages"][0]["message_id"]
    sim.set_status(sim.message(message_id), Status.NO_SERVICE)
    told = await act(hass, "get_message_status", message_id=message_id)
    assert told | {"message_id": None} == shown("get_message_status") | {"message_id": None}

    made = await act(hass, "create_contact_list", title="Neighbours")
    assert shape(made) == shape(shown("create_contact_list"))
    added = await act(hass, "add_contact", contact_list_id=made["contact_list_id"], number=ANNA, name="Anna")
    assert shape(added) == shape(shown("add_contact"))
    newsletter = await act(
        hass,
        "create_newsletter",
        device_id=device_of(hass, entry, phone),
        title="Summer party",
        message="The party starts at six",
        contact_list_ids=[made["contact_list_id"]],
    )
    assert shape(newsletter) == shape(shown("create_newsletter"))
