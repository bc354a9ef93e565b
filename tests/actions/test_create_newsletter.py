"""The action that has the service text whole lists, called as an automation calls it."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, BEN

from .calls import device_of
from .sending import CARL, act, asked, breakdown, mistake

ACTION = "create_newsletter"


@pytest.fixture
async def lists(hass: HomeAssistant, sim: Simulator, account: MockConfigEntry) -> list[int]:
    """Make two lists with people in them, one of whom is in both."""
    made = []
    for title, numbers in (("Neighbours", [ANNA, BEN]), ("Club", [BEN, CARL])):
        contact_list_id = (await act(hass, "create_contact_list", title=title))["contact_list_id"]
        for number in numbers:
            await act(hass, "add_contact", contact_list_id=contact_list_id, number=number, name="Somebody")
        made.append(contact_list_id)
    return made


@pytest.fixture
def newsletter(hass: HomeAssistant, phone: Phone, account: MockConfigEntry, lists: list[int]) -> dict[str, Any]:
    """Return the fields of a newsletter to both lists."""
    return {
        "title": "Summer party",
        "message": "The party starts at six",
        "contact_list_ids": lists,
        "device_id": device_of(hass, account, phone),
    }


async def test_everybody_in_the_lists_is_texted(
    hass: HomeAssistant, sim: Simulator, newsletter: dict[str, Any]
) -> None:
    """Once, and the newsletter's id is returned."""
    answer = await act(hass, ACTION, **newsletter)
    sim.advance(120)

    (made,) = sim.account.newsletters.values()
    assert answer == {"newsletter_id": made.id}
    assert (made.title, made.sim, made.time_to_send) == ("Summer party", 0, None)
    assert sorted(text.number for text in sim.sent_texts()) == sorted([ANNA, BEN, CARL])
    assert {text.text for text in sim.sent_texts()} == {"The party starts at six"}


async def test_every_field_reaches_the_service(
    hass: HomeAssistant,
    sim: Simulator,
    lists: list[int],
    newsletter: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The time in the newsletter's own way of writing it, and in UTC; lists may come as a text."""
    freezer.move_to("2026-07-01 10:00:00+00:00")
    await hass.config.async_set_time_zone("Europe/Berlin")
    await act(
        hass,
        ACTION,
        **{
            **newsletter,
            "contact_list_ids": f"{lists[0]}, {lists[1]}, {lists[0]}",
            "sim": "1",
            "send_at": "2026-07-02 08:00:00",
        },
    )

    (request,) = asked(sim, "savepaket")
    assert {key: value for key, value in request.items() if key != "token"} == {
        "title": "Summer party",
        "body": "The party starts at six",
        "device_id": "1576",
        "tags": f"{lists[0]},{lists[1]}",
        "sim": "1",
        "time_to_send": "02.07.2026 06:00:00",
    }


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"title": " "}, "empty_field"),
        ({"message": "\n"}, "empty_message"),
        ({"contact_list_ids": []}, "no_contact_list"),
        ({"contact_list_ids": [0]}, "number_out_of_range"),
        ({"sim": 100}, "number_out_of_range"),
        ({"send_at": "2020-01-01 08:00:00"}, "send_at_out_of_range"),
        ({"device_id": None}, "phone_needed"),
        ({"device_id": "nothing"}, "not_a_phone"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    hass: HomeAssistant, sim: Simulator, newsletter: dict[str, Any], fields: dict[str, Any], key: str
) -> None:
    """Without asking the service."""
    given = {name: value for name, value in {**newsletter, **fields}.items() if value is not None}
    assert (await mistake(hass, ACTION, **given)).translation_key == key
    assert not asked(sim, "savepaket")


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("contact_list_ids", ["Neighbours"], "number_out_of_range"),
        ("contact_list_ids", "1, Neighbours", "number_out_of_range"),
        ("contact_list_ids", {"id": 1}, "number_out_of_range"),
        ("title", None, "not_a_text"),
        ("message", ["Water"], "not_a_text"),
        ("sim", "first", "number_out_of_range"),
        ("send_at", "soon", "invalid_value"),
        ("device_id", [], "not_a_text"),
    ],
)
async def test_a_field_that_cannot_be_read_is_named(
    hass: HomeAssistant, sim: Simulator, newsletter: dict[str, Any], field: str, value: Any, key: str
) -> None:
    """A template may have made anything of it."""
    error = await mistake(hass, ACTION, **{**newsletter, field: value})
    assert error.translation_key == key
    assert error.translation_placeholders is not None
    assert error.translation_placeholders["field"] == field
    assert not asked(sim, "savepaket")


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (faults.refused("Phone not found"), "create_refused"),
        (faults.page(), "create_unconfirmed"),
        (faults.answer_lost(), "create_unconfirmed"),
    ],
    ids=["refused", "page", "lost"],
)
async def test_a_newsletter_is_never_repeated(
    hass: HomeAssistant, sim: Simulator, newsletter: dict[str, Any], fault: faults.Fault, key: str
) -> None:
    """Where it is not known whether it was made, the error says so."""
    sim.fail(fault, "savepaket")
    assert (await breakdown(hass, ACTION, **newsletter)).translation_key == key
    assert len(asked(sim, "savepaket")) == 1


async def test_the_phone_says_which_account_is_meant(
    hass: HomeAssistant, sim: Simulator, newsletter: dict[str, Any], second: MockConfigEntry
) -> None:
    """And the other account is refused."""
    assert (await act(hass, ACTION, **newsletter))["newsletter_id"] in sim.account.newsletters
    error = await mistake(hass, ACTION, **newsletter, config_entry_id=second.entry_id)
    assert error.translation_key == "phone_of_other_account"
