"""The watch over flows: what it lets pass, and what it notices."""

from typing import Any

from homeassistant.data_entry_flow import FlowResultType, section
import pytest
import voluptuous as vol

from .flow_texts import result_faults

TEXTS = {
    "step": {
        "user": {
            "title": "Sign in to {place}",
            "data": {"email": "E-mail"},
            "sections": {"advanced": {"name": "Advanced", "data": {"url": "Address"}}},
        },
        "choice": {"menu_options": {"a": "A"}},
    },
    "error": {"wrong": "Wrong for {name}"},
    "abort": {"done": "Done"},
}
PLACE = {"place": "here", "name": "Anna"}


def form(fields: dict[Any, Any], **more: Any) -> dict[str, Any]:
    """Describe a form that a flow shows."""
    return {
        "type": FlowResultType.FORM,
        "step_id": "user",
        "data_schema": vol.Schema(fields),
        "description_placeholders": PLACE,
    } | more


ADVANCED = {vol.Optional("advanced"): section(vol.Schema({vol.Optional("url"): str}))}


@pytest.mark.parametrize(
    "result",
    [
        form({vol.Required("email"): str, **ADVANCED}),
        form({}, errors={"base": "wrong"}),
        {"type": FlowResultType.MENU, "step_id": "choice", "menu_options": ["a"]},
        {"type": FlowResultType.ABORT, "reason": "done"},
        {"type": FlowResultType.ABORT, "reason": "of its own", "translation_domain": "homeassistant"},
        {"type": FlowResultType.CREATE_ENTRY, "title": "Anna"},
    ],
)
def test_what_has_its_texts_passes(result: dict[str, Any]) -> None:
    """A step that shows only what has a text is fine."""
    assert list(result_faults(TEXTS, result)) == []


@pytest.mark.parametrize(
    ("result", "faults"),
    [
        (form({}, step_id="new", description_placeholders=None), ["step new has no texts"]),
        (form({vol.Required("password"): str}), ["field password has no text"]),
        (form({vol.Optional("more"): section(vol.Schema({}))}), ["section more has no name"]),
        (form({vol.Optional("advanced"): section(vol.Schema({"port": int}))}), ["field port has no text"]),
        (form({}, errors={"base": "new"}), ["error new has no text"]),
        (form({}, description_placeholders={}), ["title is not given place"]),
        (
            form({}, errors={"base": "wrong"}, description_placeholders={"place": "here"}),
            ["error wrong is not given name"],
        ),
        ({"type": FlowResultType.MENU, "step_id": "choice", "menu_options": ["a", "b"]}, ["choice b has no text"]),
        ({"type": FlowResultType.ABORT, "reason": "new"}, ["abort new has no text"]),
    ],
)
def test_what_lacks_a_text_is_noticed(result: dict[str, Any], faults: list[str]) -> None:
    """Whatever is shown without a text is found."""
    assert list(result_faults(TEXTS, result)) == faults


def test_flows_of_others_are_left_alone() -> None:
    """Other integrations have texts of their own."""
    assert list(result_faults(None, form({vol.Required("anything"): str}))) == []
