"""The demo's automations and dashboard, which people will copy from."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from demo.home import TEMPLATES
from demo.household import PEOPLE
from demo.references import entities_in

DOMAINS = ("binary_sensor", "event", "input_boolean", "notify", "sensor")


def read(name: str) -> Any:
    """Read one of the files that a new home gets."""
    return yaml.safe_load((TEMPLATES / name).read_text(encoding="utf-8"))


def cards(node: Any) -> Iterator[dict[str, Any]]:
    """Go through all cards of the dashboard."""
    for section in node["views"][0]["sections"]:
        yield from section["cards"]


def automation(name: str) -> Any:
    """Return one of the automations."""
    return next(item for item in read("automations.yaml") if item["id"] == name)


def test_an_incoming_text_is_heard_by_its_own_trigger_and_never_as_a_state() -> None:
    """A restored state must not open the gate again."""
    triggers = [trigger for item in read("automations.yaml") for trigger in item["triggers"]]

    assert "smsgateway24.sms_received" in {trigger["trigger"] for trigger in triggers}
    on_states = [trigger for trigger in triggers if trigger["trigger"] == "state"]
    assert on_states
    assert not any("event." in str(trigger) for trigger in on_states)


def test_an_answer_asks_for_trust_and_freshness() -> None:
    """What an automation does for a text, it does for people who are trusted, now."""
    (trigger,) = automation("status_is_answered")["triggers"]

    assert trigger["options"]["trusted_only"] is True
    # Ten minutes are the trigger's own choice, and let through only what is surely fresh.
    assert "max_age" not in trigger["options"]


def test_the_alarm_texts_everybody_and_waits_for_what_becomes_of_it() -> None:
    """And goes on even if nobody could be texted."""
    send = automation("smoke_alarm_texts_the_family")["actions"][0]

    assert send["data"]["entity_id"] == [f"notify.{person.name.lower()}" for person in PEOPLE]
    assert send["data"]["wait_for"] == "delivered"
    assert send["response_variable"]
    assert send["continue_on_error"] is True


def test_every_card_is_one_of_home_assistants_own() -> None:
    """Nothing is to be installed before the dashboard can be copied."""
    kinds = {card["type"] for card in cards(read("dashboard.yaml"))}

    assert {"tile", "markdown", "logbook", "history-graph"} <= kinds
    assert not any(kind.startswith("custom:") for kind in kinds)


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"entity": "sensor.hall_phone_last_seen"}, {"sensor.hall_phone_last_seen"}),
        ({"entities": ["notify.anna", {"entity": "notify.ben"}]}, {"notify.anna", "notify.ben"}),
        ("{{ is_state('binary_sensor.a_b', 'on') }}", {"binary_sensor.a_b"}),
        ({"perform_action": "notify.send_message"}, set()),
        ("{{ trigger.event.data.text }} at 10.30, see notify. Bye", set()),
        ({"columns": 6, "color": None}, set()),
    ],
)
def test_the_entities_that_a_configuration_speaks_of(configuration: Any, expected: set[str]) -> None:
    """Entities are found in lists, cards and templates; actions and prose are left out."""
    assert entities_in(configuration, domains=DOMAINS, actions={"notify.send_message"}) == expected
