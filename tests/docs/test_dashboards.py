"""The cards of the documentation are Home Assistant's own, and show what is there."""

from collections.abc import Iterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
import pytest

from demo.references import entities_in
from tests.conftest import ANNA

from .examples import CARDS, Example
from .running import Home, complaints

DOMAINS = ("binary_sensor", "event", "notify", "sensor")
# Of Home Assistant 2026.8 and newer.
KINDS = {"conditional", "glance", "grid", "history-graph", "logbook", "markdown", "tile"}


def cards_in(part: Any) -> Iterator[dict[str, Any]]:
    """Return a card and all cards in it."""
    yield part
    for inner in (*part.get("cards", ()), *([part["card"]] if "card" in part else ())):
        yield from cards_in(inner)


def test_there_are_cards() -> None:
    """On their page, and nowhere else."""
    assert {example.document.name for example in CARDS} == {"dashboards.md"}
    assert len(CARDS) > 5


@pytest.mark.parametrize("example", CARDS, ids=str)
def test_a_card_is_one_of_home_assistants_own(example: Example) -> None:
    """Nothing is to be installed before it can be copied."""
    assert {card["type"] for card in cards_in(example.content)} <= KINDS


@pytest.mark.parametrize("example", CARDS, ids=str)
async def test_a_card_shows_entities_that_are_there(hass: HomeAssistant, home: Home, example: Example) -> None:
    """Under the names that they have if phones and recipients are called as on the page."""
    shown = entities_in(example.content, domains=DOMAINS, actions={"notify.send_message"})
    assert shown
    assert shown <= set(hass.states.async_entity_ids())


async def test_the_card_of_the_last_text_shows_it(
    hass: HomeAssistant, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """With the name of the sender; and says so if there is none."""
    (card,) = (example.content for example in CARDS if example.content["type"] == "markdown")
    template = Template(card["content"], hass)
    assert template.async_render() == "None since the last start."
    await home.receive(ANNA, "Dinner at eight?")
    shown = template.async_render()
    assert "**Anna**, 0 seconds ago" in shown
    assert "Dinner at eight?" in shown
    assert complaints(caplog) == []
