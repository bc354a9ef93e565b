"""Triggers and conditions: described in a form that Home Assistant reads, and exactly those that it is offered."""

from pathlib import Path

import pytest

from .descriptions import agreement_faults, description_faults, offered
from .files import ROOT, package

KINDS = {"triggers": "async_get_triggers", "conditions": "async_get_conditions"}


@pytest.mark.parametrize(("kind", "function"), KINDS.items())
def test_they_are_in_order(kind: str, function: str) -> None:
    """The triggers and conditions of the repository pass every check."""
    assert description_faults(ROOT, kind) == []
    assert agreement_faults(ROOT, kind, offered(ROOT, function)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Message Received:", "Message Received is no name"),
        ("received: {description: Received}", "received has the unknown key description"),
        (
            "received: {fields: {sender: {selector: {text: {}}, filter: {}}}}",
            "received has a field sender with the unknown key filter",
        ),
        ("received: {fields: {sender: }}", "received has a field sender without a selector that works"),
        (
            "received: {fields: {sender: {selector: {state: {}}, context: {filter_entity: phone}}}}",
            "received has a field sender in the context of phone, which is not there",
        ),
        (
            (
                "received: {fields: {sender: {selector: {text: {}}, context: {filter_entity: phone}}, "
                "phone: {selector: {entity: {}}}}}"
            ),
            "received has a field sender in the context filter_entity, which its selector does not know",
        ),
        (
            (
                "received: {fields: {sender: {selector: {state: {}}, context: {filter_entity: phone}}, "
                "phone: {selector: {text: {}}}}}"
            ),
            "received has a field sender in the context of phone, which cannot be its filter_entity",
        ),
        (
            "received: {fields: {more: {collapsed: true, fields: {sender: {selector: {text: {}}}}}}}",
            "received has a section more, which only actions may have",
        ),
    ],
)
def test_a_wrong_description_is_noticed(copy: Path, kind: str, text: str, fault: str) -> None:
    """What the visual editor could not show is found."""
    (package(copy) / f"{kind}.yaml").write_text(text, encoding="utf-8")
    assert description_faults(copy, kind) == [fault]


@pytest.mark.parametrize("kind", KINDS)
def test_a_context_that_is_there_is_left_alone(copy: Path, kind: str) -> None:
    """A field may refer to another, or to the target, and what is shared may have a name with a dot."""
    (package(copy) / f"{kind}.yaml").write_text(
        ".sender: {selector: {text: {}}}\n"
        "received:\n"
        "  target: {entity: {integration: smsgateway24}}\n"
        "  fields:\n"
        "    sender: {selector: {state: {}}, context: {filter_entity: phone, filter_target: target}}\n"
        "    phone: {selector: {entity: {}}}\n",
        encoding="utf-8",
    )
    assert description_faults(copy, kind) == []


@pytest.mark.parametrize(("kind", "function"), KINDS.items())
def test_one_that_nobody_describes_is_noticed(copy: Path, kind: str, function: str) -> None:
    """Offered and described ones are the same."""
    (package(copy) / f"{kind}.yaml").write_text("described:\n", encoding="utf-8")
    (package(copy) / f"{kind.removesuffix('s')}.py").write_text(
        f"OFFERED = {{'offered': object}}\nasync def {function}(hass):\n    return OFFERED\n", encoding="utf-8"
    )
    assert agreement_faults(copy, kind, offered(copy, function)) == [
        f"offered is not in {kind}.yaml",
        f"described is in {kind}.yaml, but nowhere else",
    ]
