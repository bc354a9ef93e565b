"""Secrets stay secret: everything that can go wrong does, with all loggers at debug, and then everything is searched."""

from collections.abc import AsyncIterator, Iterable
import json
import logging
from typing import Any, Final

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from homeassistant.components.diagnostics import DOMAIN as DIAGNOSTICS
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smsgateway24 import account
from custom_components.smsgateway24.api import AuthenticationError
from custom_components.smsgateway24.api.redaction import spellings
from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.diagnostics import async_get_config_entry_diagnostics
from custom_components.smsgateway24.messaging import outbox
from custom_components.smsgateway24.secrecy import MASK
from simulator import Phone, Simulator, Status, faults
from simulator.faults import FAULTS
from tests.automations import automate, traces
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient
from tests.flows import Browser

TOKEN: Final = "70ken/+0123456789&abcdef"
PASSWORD: Final = "pa55 & 'w/\u00f6rt'"
WRONG_PASSWORD: Final = "pa55 & 'w/\u00f6rd'"
TEXT: Final = "Kellert\u00fcr 4711"
ANSWER: Final = "Danke, Wasser weg"
# What makes a client wait for half a minute says no more than what is cut off.
SILENT: Final = ("never answered", "unheard", "slow")
# Set to debug, these print every event, state, call of an action, and message of the frontend, whosever they are; and the
# harness of these tests what is stored. No integration can change that, and the page about privacy says so.
PRINTS_EVERYTHING: Final = (
    "homeassistant.core",
    "homeassistant.components.websocket_api.http.connection",
    "pytest_homeassistant_custom_component.common",
)

FAILURES: Final = {
    **{name: make() for name, make in FAULTS.items() if name not in SILENT},
    "refusal that repeats everything": faults.refused(f"Bad token={TOKEN} pass={PASSWORD} to {ANNA}: {TEXT}"),
    "wrong token, which is repeated": faults.wrong_token(f"No such token: {TOKEN}"),
    "redirect that repeats the token": faults.redirect(f"https://example.com/?token={TOKEN}"),
}


@pytest.fixture(autouse=True)
def everything_at_debug(caplog: pytest.LogCaptureFixture) -> Iterable[None]:
    """Have every logger say everything."""
    caplog.set_level(logging.DEBUG)
    changed = {}
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.level:
            changed[logger] = logger.level
            logger.setLevel(logging.NOTSET)
    yield
    for logger, level in changed.items():
        logger.setLevel(level)


@pytest.fixture
def own_account(sim: Simulator) -> None:
    """Give the simulated account a password and a token that are spelled in several ways."""
    sim.account = sim.add_account("anna@example.com", PASSWORD, TOKEN)


@pytest.fixture
def events(hass: HomeAssistant) -> list[Event[Any]]:
    """Collect all events."""
    found: list[Event[Any]] = []

    @callback
    def note(event: Event[Any]) -> None:
        found.append(event)

    hass.bus.async_listen(MATCH_ALL, note)
    return found


def printed(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return what was logged, by whom, with tracebacks and all."""
    formatter = logging.Formatter()
    return [(record.name, formatter.format(record)) for record in [*caplog.get_records("setup"), *caplog.records]]


def secrets_in(*things: object) -> set[str]:
    """Return the secrets that are in any of the things, however they are spelled."""
    text = "\n".join(str(thing) for thing in things).lower()
    return {
        secret
        for secret in (TOKEN, PASSWORD, WRONG_PASSWORD)
        if any(spelling.lower() in text for spelling in spellings(secret))
    }


def private_in(text: str) -> set[str]:
    """Return the whole numbers and texts that are in a text."""
    return {word for word in (TEXT, ANSWER, ANNA, ANNA[1:], BEN, BEN[1:]) if word in text}


async def text(hass: HomeAssistant, **fields: Any) -> None:
    """Send a text, and have an error logged as that of an automation is."""
    try:
        await hass.services.async_call(
            DOMAIN, "send_sms", {"message": TEXT, **fields}, blocking=True, return_response=True
        )
    except HomeAssistantError:
        logging.getLogger("homeassistant.components.automation").exception("Error while executing")


async def do_everything(hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, poll: Poll) -> None:
    """Use all that asks the service for something."""
    sim.receive(phone, BEN, ANSWER)
    await poll(entry)
    await text(hass, entity_id="notify.anna")
    await text(hass, entity_id="notify.anna", numbers=[BEN])
    actions: dict[str, dict[str, Any]] = {
        "get_messages": {},
        "get_message_status": {"message_id": 5},
        "create_contact_list": {"title": "Neighbours"},
        "add_contact": {"contact_list_id": 5, "number": BEN, "name": "Ben"},
        "create_newsletter": {"title": "Water", "message": TEXT, "contact_list_ids": [5]},
    }
    for action, fields in actions.items():
        try:
            await hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)
        except HomeAssistantError:
            logging.getLogger("homeassistant.components.automation").exception("Error while executing")
    sim.advance(10)
    await poll(entry)


@pytest.mark.parametrize("privacy", ["full", "minimal"])
@pytest.mark.usefixtures("own_account")
async def test_nothing_leaks_whatever_goes_wrong(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    hass_storage: dict[str, Any],
    sim: Simulator,
    add_account: AddAccount,
    poll: Poll,
    events: list[Event[Any]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    privacy: str,
) -> None:
    """In operation, in flows, and when the account is loaded; in no log, state, event, trace, file or diagnostics."""
    phone = sim.add_phone("Hall phone", phone_id=1576, serial_number="R58M00EXAMPLE")
    # As long as nobody waits for anything.
    monkeypatch.setattr(outbox, "LOOK_AGAIN_AFTER", ())
    for component in (DIAGNOSTICS, "websocket_api", "trace"):
        assert await async_setup_component(hass, component, {})
    browser = await Browser.open(hass, hass_client)
    runs = await automate(hass, {"trigger": "smsgateway24.sms_received"})
    sim.fail(FAILURES["refusal that repeats everything"], times=None)
    entry = await add_account(recipient("Anna", ANNA), privacy=privacy, max_per_hour=0)
    sim.faults.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    for failure in FAILURES.values():
        sim.fail(failure, times=None)
        await do_everything(hass, sim, phone, entry, poll)
        sim.faults.clear()
        await do_everything(hass, sim, phone, entry, poll)
    sim.fail_next(phone, Status.NOT_ALLOWED)
    sim.profile = "token-in-answers"
    await do_everything(hass, sim, phone, entry, poll)
    for profile in ("errors-4xx", "errors-html", "errors-html-200"):
        sim.profile = profile
        for way in ("password", "token"):
            flow = await browser.add_account(way)
            wrong = (
                {"email": "anna@example.com", "password": WRONG_PASSWORD}
                if way == "password"
                else {"token": TOKEN[:-1]}
            )
            await flow.submit(**wrong, advanced={"url": sim.url})
    sim.profile = "documented"
    again = await browser.sign_in_again(entry)
    await again.submit(password=WRONG_PASSWORD)
    await sim.stop()
    await again.submit(password=PASSWORD)
    await do_everything(hass, sim, phone, entry, poll)
    await sim.start()
    await do_everything(hass, sim, phone, entry, poll)
    found = await traces(hass, hass_ws_client)
    diagnostics = json.dumps(await async_get_config_entry_diagnostics(hass, entry), ensure_ascii=False)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()

    lines = printed(caplog)
    kept = {key: value for key, value in hass_storage.items() if key != "core.config_entries"}
    states = [state.as_dict() for state in hass.states.async_all()]
    heard = [event.as_dict() for event in events]
    # Something was there to be found.
    assert any(name.startswith("custom_components.smsgateway24.") for name, _ in lines)
    assert runs
    assert found
    assert f"{DOMAIN}.{entry.entry_id}" in kept
    assert len(json.loads(diagnostics)["requests"]["errors"]) > 3

    assert {name for name, line in lines if secrets_in(line)} == set()
    for things in (states, heard, found, kept, diagnostics):
        assert secrets_in(things) == set()
    assert {name for name, line in lines if private_in(line)} <= set(PRINTS_EVERYTHING)
    assert private_in(diagnostics) == set()
    if privacy == "minimal":
        ours = [event for event in heard if event["event_type"] != "call_service"]
        for things in (states, ours, found):
            assert private_in(str(things)) == set()


@pytest.fixture
async def ugly_service(socket_enabled: None) -> AsyncIterator[str]:
    """Run a service that repeats what it was sent as the name of a cookie, which nobody can read."""

    async def answer(request: web.Request) -> web.Response:
        form = await request.post()
        response = web.json_response({"error": 1, "message": "no"})
        repeated = str(form.get("token") or form.get("pass"))
        response.headers.add("Set-Cookie", f"to ken {repeated}=1")
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        # At an address without a name there are no cookies.
        yield f"http://localhost:{server.port}"


async def test_what_aiohttp_prints_of_an_answer_is_clean(
    hass: HomeAssistant, ugly_service: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints a cookie's name that it cannot read."""
    async with ClientSession() as session:
        monkeypatch.setattr(account, "async_get_clientsession", lambda _: session)
        with pytest.raises(AuthenticationError):
            await account.async_sign_in_with_token(hass, ugly_service, TOKEN)
        with pytest.raises(AuthenticationError):
            await account.async_sign_in_with_password(hass, ugly_service, "anna@example.com", PASSWORD)
    lines = printed(caplog)
    # The aiohttp of Home Assistant 2026.8 takes such a cookie apart in another way, and prints nothing of it.
    named = [line for name, line in lines if name == "aiohttp.internal" and "Illegal cookie name" in line]
    assert [MASK in line for line in named] in ([], [True, True])
    assert {name for name, line in lines if secrets_in(line)} == set()
