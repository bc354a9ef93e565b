"""Somebody in front of a browser, who goes through flows over Home Assistant's own addresses and reads every text.

The frontend is not here, but all it would show is looked up as it does: each text with its placeholders, each field
with what it is filled in with. A text or a placeholder that is missing fails the test that meets it, and so does a
password or a token that comes back.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsgateway24.const import DOMAIN

SECRET_FIELDS: Final = frozenset({"password", "token"})
_CONFIG: Final = "/api/config/config_entries/flow"
_OPTIONS: Final = "/api/config/config_entries/options/flow"
_SUBENTRIES: Final = "/api/config/config_entries/subentries/flow"
_REPAIRS: Final = "/api/repairs/issues/fix"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one kind of flow, with which a page of it is read."""

    flow: Mapping[str, str]
    flow_prefix: str
    selector: Mapping[str, str]

    @classmethod
    async def load(cls, hass: HomeAssistant, category: str, prefix: str = "") -> Self:
        """Load the texts as Home Assistant hands them to the frontend."""
        return cls(
            await async_get_translations(hass, "en", category, {DOMAIN}),
            f"component.{DOMAIN}.{category}.{prefix}",
            await async_get_translations(hass, "en", "selector", {DOMAIN}),
        )

    def read(self, page: Mapping[str, Any]) -> dict[str, str]:
        """Return all that is read on a page, by its place in the texts. KeyError if something is missing."""
        if page["type"] == "create_entry":
            return {}
        assert page.get("translation_domain") is None, "Home Assistant's own texts are younger than what is supported"
        given = page.get("description_placeholders") or {}
        present = {place: self.flow[self.flow_prefix + place] for place in self._places(page)}
        return {place: text.format(**given) for place, text in present.items()} | dict(self._options(page))

    def _places(self, page: Mapping[str, Any]) -> Iterator[str]:
        if page["type"] == "abort":
            yield f"abort.{page['reason']}"
            return
        if page["type"] == "progress":
            yield f"progress.{page['progress_action']}"
            return
        step = f"step.{page['step_id']}"
        yield f"{step}.title"
        if f"{self.flow_prefix}{step}.description" in self.flow:
            yield f"{step}.description"
        if page["type"] == "menu":
            for option in page["menu_options"]:
                yield from (f"{step}.menu_options.{option}", f"{step}.menu_option_descriptions.{option}")
            return
        for name in page["data_schema"]:
            yield from _field_places(step, name)
        yield from (f"error.{error}" for error in (page["errors"] or {}).values())

    def _options(self, page: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name in page.get("data_schema") or ():
            select = name.get("selector", {}).get("select", {})
            for option in select.get("options", ()):
                value, label = (option, None) if isinstance(option, str) else (option["value"], option["label"])
                key = f"component.{DOMAIN}.selector.{select['translation_key']}.options.{value}"
                # The frontend shows the label where there is no text.
                text = self.selector[key] if label in {None, value} and key in self.selector else label
                assert text is not None, f"no text for {key}"
                yield f"{name['name']}.{value}", text


def _field_places(step: str, described: Mapping[str, Any]) -> Iterator[str]:
    name = described["name"]
    if described.get("type") == "expandable":
        section = f"{step}.sections.{name}"
        yield f"{section}.name"
        for inner in described["schema"]:
            yield from _field_places(section, inner)
        return
    yield from (f"{step}.data.{name}", f"{step}.data_description.{name}")


def _filled_in(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return with what a form's fields are filled in before anybody has typed."""
    values: dict[str, Any] = {}
    for described in fields:
        name = described["name"]
        suggested = (described.get("description") or {}).get("suggested_value")
        if described.get("type") == "expandable":
            values[name] = _filled_in(described["schema"])
        elif suggested is not None or "default" in described:
            values[name] = described["default"] if suggested is None else suggested
    return values


@dataclass(slots=True)
class Flow:
    """A flow on its present page."""

    client: TestClient[Any, Any]
    url: str
    texts: Texts
    page: dict[str, Any] = field(init=False)
    read: dict[str, str] = field(init=False)
    _secrets: set[str] = field(default_factory=set)

    async def begin(self, **what: Any) -> Self:
        """Open the first page."""
        await self._turn(self.url, what)
        return self

    async def resume(self, flow_id: str) -> Self:
        """Open the page of a flow that was started elsewhere."""
        answer = await self.client.get(f"{self.url}/{flow_id}")
        self._show(await answer.json())
        return self

    async def catch_up(self) -> Self:
        """Wait until the page goes on by itself."""
        async with asyncio.timeout(5):
            while self.page["type"] == "progress":
                await asyncio.sleep(0.01)
                await self.resume(self.page["flow_id"])
        return self

    async def choose(self, step: str) -> Self:
        """Choose from a menu."""
        return await self.submit(next_step_id=step)

    async def submit(self, **fields: Any) -> Self:
        """Send the form."""
        self._secrets |= {str(fields[name]) for name in SECRET_FIELDS & fields.keys() if str(fields[name]).strip()}
        await self._turn(f"{self.url}/{self.page['flow_id']}", fields)
        return self

    async def refuse(self, **fields: Any) -> dict[str, Any]:
        """Send a form that does not fit, and return what is wrong with each field."""
        secrets = {str(fields[name]) for name in SECRET_FIELDS & fields.keys()}
        answer = await self.client.post(f"{self.url}/{self.page['flow_id']}", json=fields)
        assert answer.status == HTTPStatus.BAD_REQUEST
        text = await answer.text()
        assert not any(secret in text for secret in secrets), "a secret came back"
        errors: dict[str, Any] = (await answer.json())["errors"]
        return errors

    async def _turn(self, url: str, body: dict[str, Any]) -> None:
        answer = await self.client.post(url, json=body)
        text = await answer.text()
        assert answer.status == HTTPStatus.OK, text
        assert not any(secret in text for secret in self._secrets), "a secret came back"
        self._show(await answer.json())

    def _show(self, page: dict[str, Any]) -> None:
        self.page = page
        self.read = self.texts.read(page)

    @property
    def step(self) -> str | None:
        """The step that waits for an answer, None if the flow has ended."""
        return self.page.get("step_id") if self.page["type"] in {"form", "menu"} else None

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with what was sent, by field."""
        return self.page["errors"] or {}

    @property
    def reason(self) -> str:
        """Why the flow has ended without making something."""
        assert self.page["type"] == "abort", self.page
        return str(self.page["reason"])

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """The fields of the form as the frontend gets them."""
        return {described["name"]: described for described in self.page["data_schema"]}

    @property
    def filled_in(self) -> dict[str, Any]:
        """With what the fields of the form are filled in."""
        return _filled_in(self.page["data_schema"])


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser in which an administrator is signed in."""

    hass: HomeAssistant
    client: TestClient[Any, Any]

    @classmethod
    async def open(cls, hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Self:
        """Sign in to Home Assistant."""
        # Whatever has addresses of its own must be there before the first of them is asked for.
        for component in ("config", "repairs", "webhook"):
            assert await async_setup_component(hass, component, {})
        return cls(hass, await hass_client())

    async def _flow(self, url: str, category: str, prefix: str = "") -> Flow:
        return Flow(self.client, url, await Texts.load(self.hass, category, prefix))

    async def add_account(self, way: str | None = None) -> Flow:
        """Begin to add an account, by way of a menu item if one is named."""
        flow = await (await self._flow(_CONFIG, "config")).begin(handler=DOMAIN)
        return await flow.choose(way) if way else flow

    async def reconfigure(self, entry: ConfigEntry[Any]) -> Flow:
        """Begin to change the sign-in of an account."""
        return await (await self._flow(_CONFIG, "config")).begin(handler=DOMAIN, entry_id=entry.entry_id)

    async def sign_in_again(self, entry: ConfigEntry[Any]) -> Flow:
        """Open the reauthentication that waits for an account; ask for one if none does."""
        entry.async_start_reauth(self.hass)
        await self.hass.async_block_till_done()
        waiting = list(entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}))
        assert len(waiting) == 1
        return await (await self._flow(_CONFIG, "config")).resume(waiting[0]["flow_id"])

    async def options(self, entry: ConfigEntry[Any], choice: str | None = None) -> Flow:
        """Open the options of an account, by way of a menu item if one is named."""
        flow = await (await self._flow(_OPTIONS, "options")).begin(handler=entry.entry_id)
        return await flow.choose(choice) if choice else flow

    async def add_recipient(self, entry: ConfigEntry[Any]) -> Flow:
        """Begin to add a recipient."""
        flow = await self._flow(_SUBENTRIES, "config_subentries", "recipient.")
        return await flow.begin(handler=[entry.entry_id, "recipient"])

    async def change_recipient(self, entry: ConfigEntry[Any], subentry_id: str) -> Flow:
        """Begin to change a recipient."""
        flow = await self._flow(_SUBENTRIES, "config_subentries", "recipient.")
        return await flow.begin(handler=[entry.entry_id, "recipient"], subentry_id=subentry_id)

    async def repair(self, issue_id: str) -> Flow:
        """Begin to solve an issue."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id)
        assert issue is not None, f"{issue_id} is not raised"
        flow = await self._flow(_REPAIRS, "issues", f"{issue.translation_key}.fix_flow.")
        return await flow.begin(handler=DOMAIN, issue_id=issue_id)

    async def go_on(self, flow: Flow) -> Flow:
        """Go on to the flow that a finished one leads to."""
        kind, flow_id = flow.page["next_flow"]
        assert kind == "config_subentries_flow"
        return await (await self._flow(_SUBENTRIES, "config_subentries", "recipient.")).resume(flow_id)


class Loads:
    """Counts how often an account is loaded from now on."""

    def __init__(self, entry: ConfigEntry[Any]) -> None:
        """Watch an account."""
        self._entry = entry
        self.count = 0
        entry.async_on_state_change(self._note)

    @callback
    def _note(self) -> None:
        if self._entry.state is ConfigEntryState.LOADED:
            self.count += 1
