"""Watches every step of every flow that a test walks through, and checks that all it shows has its text.

The checks of files see which words the code asks for; this sees which of them come together in one step. The fixture
works by itself in every test of a folder whose conftest.py imports it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowManager, FlowResultType, section
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.smsgateway24.const import DOMAIN

from .files import ROOT, package, read_json
from .texts import leaves, placeholders

type Texts = Mapping[str, Any]


@pytest.fixture(autouse=True)
def flow_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test at its end if a flow in it showed something that has no text."""
    faults: list[str] = []
    handle = FlowManager._async_handle_step

    async def watch(manager: Any, flow: Any, step_id: str, user_input: Any) -> Any:
        result = await handle(manager, flow, step_id, user_input)
        faults.extend(f"{step_id}: {fault}" for fault in result_faults(texts_of(flow), result))
        return result

    monkeypatch.setattr(FlowManager, "_async_handle_step", watch)
    yield
    assert faults == []


def texts_of(flow: Any) -> Texts | None:
    """Return the texts that a flow shows; None for a flow of somebody else."""
    english = read_json(package(ROOT) / "translations" / "en.json")
    match flow:
        case ConfigFlow() if flow.handler == DOMAIN:
            texts = english["config"]
        case OptionsFlow() if flow.config_entry.domain == DOMAIN:
            texts = english["options"]
        case ConfigSubentryFlow() if flow._get_entry().domain == DOMAIN:
            texts = english["config_subentries"][flow._subentry_type]
        case _ if issue := getattr(flow, "issue_id", None) and ir.async_get(flow.hass).async_get_issue(
            DOMAIN, flow.issue_id
        ):
            texts = english["issues"][issue.translation_key]["fix_flow"]
        case _:
            return None
    return dict(texts)


def result_faults(texts: Texts | None, result: Mapping[str, Any]) -> Iterator[str]:
    """Find what a step shows without a text, or with one whose placeholders it does not fill in."""
    if texts is None:
        return
    step = texts.get("step", {}).get(result.get("step_id"), {})
    given = result.get("description_placeholders") or {}
    match result["type"]:
        case FlowResultType.FORM:
            if not step:
                yield f"step {result['step_id']} has no texts"
            yield from field_faults(step, result["data_schema"].schema if result.get("data_schema") else {})
            for error in (result.get("errors") or {}).values():
                yield from text_faults(f"error {error}", texts.get("error", {}).get(error), given)
            yield from placeholder_faults(step, given)
        case FlowResultType.MENU:
            options = step.get("menu_options", {})
            yield from (f"choice {option} has no text" for option in result["menu_options"] if option not in options)
            yield from placeholder_faults(step, given)
        case FlowResultType.ABORT if result.get("translation_domain", DOMAIN) == DOMAIN:
            yield from text_faults(f"abort {result['reason']}", texts.get("abort", {}).get(result["reason"]), given)


def field_faults(texts: Texts, schema: Mapping[Any, Any]) -> Iterator[str]:
    """Find fields and sections of a form that have no text."""
    for marker, value in schema.items():
        name = str(marker)
        if isinstance(value, section):
            inner = texts.get("sections", {}).get(name, {})
            if "name" not in inner:
                yield f"section {name} has no name"
            yield from field_faults(inner, value.schema.schema)
        elif name not in texts.get("data", {}):
            yield f"field {name} has no text"


def text_faults(what: str, text: str | None, given: Mapping[str, Any]) -> Iterator[str]:
    """Find out whether a text is there and gets what it holds."""
    if text is None:
        yield f"{what} has no text"
    else:
        yield from placeholder_faults({what: text}, given)


def placeholder_faults(texts: Texts, given: Mapping[str, Any]) -> Iterator[str]:
    """Find placeholders that a step does not fill in."""
    for keys, text in leaves(texts):
        yield from (f"{'.'.join(keys)} is not given {name}" for name in sorted(placeholders(text) - given.keys()))
