"""Makes a new Home Assistant the demo's: owner, account, recipients, dashboard."""

import asyncio
from typing import Any

import yaml

from . import household
from .assistant import FLOWS, OPTIONS_FLOWS, SUBENTRY_FLOWS, Assistant, Flow, Json
from .errors import DemoError
from .home import TEMPLATES
from .household import Person
from .references import entities_in

DOMAIN = "smsgateway24"

# The smallest that the form takes: in a demo, somebody is watching.
POLL_INTERVAL = 10  # seconds
OFFLINE_AFTER = 1  # minutes

# States of an entry that Home Assistant does not leave by itself.
_HOPELESS = ("setup_error", "migration_error", "failed_unload")

_PATIENCE = 60.0
_PAUSE = 0.5


async def prepare(assistant: Assistant, gateway: str) -> None:
    """Prepare a furnished home that has just been started; `gateway` is the simulator's address."""
    await assistant.create_owner("Demo", household.USER, household.PASSWORD)
    await assistant.sign_in(household.USER, household.PASSWORD)
    await assistant.running()
    entry_id = await _add_account(assistant, gateway)
    await _set_options(assistant, entry_id)
    dashboard = yaml.safe_load((TEMPLATES / "dashboard.yaml").read_text(encoding="utf-8"))
    automations = yaml.safe_load((TEMPLATES / "automations.yaml").read_text(encoding="utf-8"))
    await require_entities(assistant, [dashboard, automations])
    await _add_dashboard(assistant, dashboard)


async def move_gateway(assistant: Assistant, gateway: str) -> None:
    """Tell the integration, through its own form, that the simulator has another address now."""
    entry = await _entry(assistant)
    flow = await Flow.begin(assistant, FLOWS, DOMAIN, entry_id=entry["entry_id"])
    flow = await flow.fill(
        email=household.ACCOUNT_EMAIL, password=household.ACCOUNT_PASSWORD, advanced={"url": gateway}
    )
    flow.aborted("reconfigure_successful")


async def require_loaded(assistant: Assistant) -> None:
    """Wait until the account is set up. Raises DemoError with Home Assistant's reason when it is not."""
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                entry = await _entry(assistant)
                if entry["state"] == "loaded":
                    return
                if entry["state"] in _HOPELESS:
                    break
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        pass  # It was tried again and again, and never came to its end.
    raise DemoError(f"The integration is not set up: {entry['state']} ({entry['reason'] or 'no reason given'}).")


async def require_entities(assistant: Assistant, configuration: Any) -> None:
    """Wait until every entity that a configuration speaks of is there. Raises DemoError with those that never come."""
    actions = {
        f"{domain}.{name}" for domain, names in (await assistant.command("get_services")).items() for name in names
    }
    missing: set[str] = set()
    known: set[str] = set()
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                states = await assistant.command("get_states")
                known = {state["entity_id"] for state in states if state["state"] != "unavailable"}
                wanted = entities_in(configuration, domains={*_domains(known), "event", "notify"}, actions=actions)
                if not (missing := set(wanted - known)):
                    return
                await asyncio.sleep(_PAUSE)
    except TimeoutError as error:
        registry = await assistant.command("config/entity_registry/list")
        ours = sorted(item["entity_id"] for item in registry if item["platform"] == DOMAIN)
        raise DemoError(
            f"The demo's configuration speaks of entities that are not there or not available: {', '.join(sorted(missing))}. "
            f"The integration has: {', '.join(ours) or 'none'}."
        ) from error


async def _add_account(assistant: Assistant, gateway: str) -> str:
    flow = await Flow.begin(assistant, FLOWS, DOMAIN)
    flow = await flow.choose("password")
    flow = await flow.fill(
        email=household.ACCOUNT_EMAIL, password=household.ACCOUNT_PASSWORD, advanced={"url": gateway}
    )
    made = flow.done()
    entry_id: str = made["result"]["entry_id"]
    await require_loaded(assistant)

    # The account's flow leads on to the first recipient; the others are added like any later one.
    _, next_flow = made["next_flow"]
    await _add_recipient(await Flow.resume(assistant, SUBENTRY_FLOWS, next_flow), household.PEOPLE[0])
    for person in household.PEOPLE[1:]:
        await require_loaded(assistant)
        await _add_recipient(await Flow.begin(assistant, SUBENTRY_FLOWS, [entry_id, "recipient"]), person)
    await require_loaded(assistant)
    return entry_id


async def _add_recipient(flow: Flow, person: Person) -> None:
    answers: Json = {"name": person.name, "number": person.number, "phone": person.phone, "trusted": person.trusted}
    if person.sim is not None:
        answers["sim"] = person.sim
    (await flow.fill(**answers)).done()


async def _set_options(assistant: Assistant, entry_id: str) -> None:
    flow = await Flow.begin(assistant, OPTIONS_FLOWS, entry_id)
    flow = await flow.choose("settings")
    answers = {**flow.values, "poll_interval": POLL_INTERVAL, "offline_after": OFFLINE_AFTER}
    (await flow.fill(**answers)).done()


async def _add_dashboard(assistant: Assistant, dashboard: Json) -> None:
    await assistant.command(
        "lovelace/dashboards/create",
        url_path=household.DASHBOARD,
        title="SMS gateway",
        icon="mdi:message-badge-outline",
        show_in_sidebar=True,
        require_admin=False,
    )
    await assistant.command("lovelace/config/save", url_path=household.DASHBOARD, config=dashboard)
    await assistant.command("frontend/set_system_data", key="core", value={"default_panel": household.DASHBOARD})


async def _entry(assistant: Assistant) -> Json:
    entries: list[Json] = await assistant.command("config_entries/get", domain=DOMAIN)
    if not entries:
        raise DemoError(
            "The account has been removed from the demo's Home Assistant: start with --fresh to begin anew."
        )
    return entries[0]


def _domains(entity_ids: set[str]) -> set[str]:
    return {entity_id.partition(".")[0] for entity_id in entity_ids}
