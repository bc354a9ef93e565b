"""Adding an account, signing in again, and changing the sign-in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
import hashlib
import logging
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.smsgateway24 import account
from custom_components.smsgateway24.api import AuthenticationError, SmsGateway24Client
from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount, make_entry
from tests.flows import Browser, Flow, Loads

SERVICE = "https://smsgateway24.com"
type Trouble = Callable[[Simulator], Awaitable[None]]


@pytest.fixture
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
    """Return a browser in which an administrator is signed in."""
    return await Browser.open(hass, hass_client)


def hashed(token: str) -> str:
    """Return the unique id of an account that is known by its token alone."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_token_entry(sim: Simulator) -> MockConfigEntry:
    """Describe the simulated account as an entry that was made with its token."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="SmsGateway24 1",
        unique_id=hashed(sim.account.token),
        data={"token": sim.account.token, "url": sim.url},
    )


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Add an entry, and set it up as far as it goes."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def with_password(sim: Simulator, **changes: Any) -> dict[str, Any]:
    """Return the right fields for signing in with e-mail and password."""
    right = {"email": sim.account.email, "password": sim.account.password, "advanced": {"url": sim.url}}
    return {**right, **changes}


def with_token(sim: Simulator, **changes: Any) -> dict[str, Any]:
    """Return the right fields for signing in with a token."""
    return {"token": sim.account.token, "advanced": {"url": sim.url}, **changes}


# --- adding ---------------------------------------------------------------------------------------------------------


async def test_the_first_question_is_how_to_sign_in(browser: Browser) -> None:
    """There are two ways, and the page names the service."""
    flow = await browser.add_account()

    assert flow.step == "user"
    assert flow.page["menu_options"] == ["password", "token"]
    assert SERVICE in flow.read["step.user.description"]


async def test_an_account_is_added_with_email_and_password(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """It is loaded, and its token is kept with its credentials."""
    flow = await browser.add_account("password")
    assert flow.step == "password"
    assert flow.filled_in == {"advanced": {"url": SERVICE}}

    await flow.submit(**with_password(sim, email=f" {sim.account.email.upper()} "))

    # The simulator is as strict with the case as a service may be, so it is sent as it was typed.
    assert flow.errors == {"base": "invalid_auth"}
    await flow.submit(**with_password(sim, email=f" {sim.account.email} "))

    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.title == sim.account.email
    assert entry.unique_id == sim.account.email.lower()
    assert {key: value for key, value in entry.data.items() if key != "webhook_id"} == {
        "email": sim.account.email,
        "password": sim.account.password,
        "token": sim.account.token,
        "url": sim.url,
    }


async def test_an_account_is_added_with_a_token(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """The token itself shows up neither as name nor as identity."""
    flow = await browser.add_account("token")
    assert flow.step == "token"

    await flow.submit(**with_token(sim, token=f" {sim.account.token}\n"))

    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.title == "SmsGateway24 1"
    assert entry.unique_id == hashed(sim.account.token)
    assert {key: value for key, value in entry.data.items() if key != "webhook_id"} == {
        "token": sim.account.token,
        "url": sim.url,
    }


async def test_accounts_known_by_their_tokens_are_numbered(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """Each gets the lowest number that is free."""
    titles = []
    for number in (1, 2, 3):
        other = sim.add_account(f"{number}@example.com", "secret", f"token-{number}")
        sim.add_phone(account=other)
        flow = await browser.add_account("token")
        await flow.submit(**with_token(sim, token=other.token))
        titles.append(flow.page["title"])
    assert titles == ["SmsGateway24 1", "SmsGateway24 2", "SmsGateway24 3"]

    second = next(entry for entry in hass.config_entries.async_entries(DOMAIN) if entry.title == "SmsGateway24 2")
    await hass.config_entries.async_remove(second.entry_id)
    flow = await browser.add_account("token")
    await flow.submit(**with_token(sim))
    assert flow.page["title"] == "SmsGateway24 2"


async def test_adding_leads_on_to_the_first_recipient(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """An account without recipients is of little use, so the next form asks for one."""
    flow = await browser.add_account("password")
    await flow.submit(**with_password(sim))

    recipient = await browser.go_on(flow)
    assert recipient.step == "user"
    await recipient.submit(name="Anna", number=ANNA)

    assert recipient.page["type"] == "create_entry"
    await hass.async_block_till_done()
    assert hass.states.get("notify.anna") is not None


async def test_an_account_without_phones_is_added(hass: HomeAssistant, sim: Simulator, browser: Browser) -> None:
    """The phone may come later, and so may the account's way to a recipient."""
    flow = await browser.add_account("password")
    await flow.submit(**with_password(sim))

    assert flow.page["type"] == "create_entry"
    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert entry.state is ConfigEntryState.LOADED
    assert (await browser.go_on(flow)).step == "user"


@pytest.mark.parametrize("advanced", [{}, {"advanced": {}}, {"advanced": {"url": ""}}])
@pytest.mark.parametrize("way", ["password", "token"])
async def test_the_address_may_be_left_out(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, way: str, advanced: dict[str, Any]
) -> None:
    """Then it is the service's own."""
    asked = []

    async def ask(_client: SmsGateway24Client, *_: str) -> Any:
        asked.append(_client.base_url)
        raise AuthenticationError

    monkeypatch.setattr(SmsGateway24Client, "get_token", ask)
    monkeypatch.setattr(SmsGateway24Client, "get_phones", ask)
    credentials = {"email": "a@example.com", "password": "secret"} if way == "password" else {"token": "secret"}
    flow = await browser.add_account(way)
    await flow.submit(**credentials, **advanced)

    assert asked == [SERVICE]
    assert flow.errors == {"base": "invalid_auth"}


async def test_two_accounts_live_side_by_side(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Each has its own phones."""
    first = await add_account()
    other = sim.add_account("other@example.com", "secret", "other-token")
    sim.add_phone("Garage phone", account=other)
    flow = await browser.add_account("password")
    await flow.submit(**with_password(sim, email=other.email, password=other.password))

    [second] = [entry for entry in hass.config_entries.async_entries(DOMAIN) if entry is not first]
    assert first.state is second.state is ConfigEntryState.LOADED
    devices = dr.async_get(hass)
    assert {
        entry.title: [device.name for device in dr.async_entries_for_config_entry(devices, entry.entry_id)]
        for entry in (first, second)
    } == {sim.account.email: ["Hall phone"], other.email: ["Garage phone"]}


# --- the same account twice -------------------------------------------------------------------------------------------


async def _leave_loaded(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await load(hass, entry)


async def _unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await load(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)


async def _disable(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await load(hass, entry)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)


async def _never_load(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)


@pytest.mark.parametrize("bring", [_leave_loaded, _unload, _disable, _never_load])
@pytest.mark.parametrize(
    ("make", "way"),
    [(make_entry, "password"), (make_entry, "token"), (make_token_entry, "password"), (make_token_entry, "token")],
    ids=["password twice", "password then token", "token then password", "token twice"],
)
async def test_the_same_account_is_not_added_twice(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    browser: Browser,
    make: Callable[[Simulator], MockConfigEntry],
    way: str,
    bring: Callable[[HomeAssistant, MockConfigEntry], Awaitable[None]],
) -> None:
    """However it is signed in to, and whether it is loaded, not loaded, disabled, or never was loaded."""
    await bring(hass, make(sim))
    flow = await browser.add_account(way)
    await flow.submit(**(with_password(sim) if way == "password" else with_token(sim)))

    assert flow.reason == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


@pytest.mark.parametrize("email", ["DEMO@example.com", "  demo@Example.com "])
async def test_case_and_spaces_do_not_make_another_account(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount, browser: Browser, email: str
) -> None:
    """An e-mail is the same however it is written, also where there are no phones to tell."""
    await add_account()
    sim.add_account(email.strip(), "secret", "another-token")
    flow = await browser.add_account("password")
    await flow.submit(**with_password(sim, email=email, password="secret"))

    assert flow.reason == "already_configured"


@pytest.mark.parametrize("bring", [_leave_loaded, _unload, _disable])
async def test_an_account_is_known_by_its_phones(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    browser: Browser,
    bring: Callable[[HomeAssistant, MockConfigEntry], Awaitable[None]],
) -> None:
    """Neither the e-mail nor the token need be the one that is known here."""
    await bring(hass, make_entry(sim))
    token = sim.rotate_token()
    flow = await browser.add_account("token")
    await flow.submit(**with_token(sim, token=token))

    assert flow.reason == "already_configured"


async def test_the_same_account_added_in_two_windows_is_one(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """The second window says so, in a text of our own."""
    first, second = await browser.add_account("password"), await browser.add_account("password")
    await first.submit(**with_password(sim))
    assert first.page["type"] == "create_entry"

    await second.submit(**with_password(sim))
    assert second.reason == "already_configured"


# --- what can go wrong, in every step ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A form that asks for credentials: the right answer, what to change to make it wrong, and the good end."""

    flow: Flow
    right: dict[str, Any]
    wrong: dict[str, Any]
    end: str

    def is_done(self) -> bool:
        """Whether the flow has come to its good end."""
        return self.end in {self.flow.page["type"], self.flow.page.get("reason")}


STEPS = ["password", "token", "reauth, password", "reauth, token", "reconfigure, password", "reconfigure, token"]
STEPS_WITH_ADDRESS = [step for step in STEPS if not step.startswith("reauth")]


@pytest.fixture
async def asked(
    request: pytest.FixtureRequest, hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> Asked:
    """Open the step that the test names."""
    wrong_password, wrong_token = {"password": "wrong-password"}, {"token": "wrong-token"}
    match request.param:
        case "password":
            return Asked(await browser.add_account("password"), with_password(sim), wrong_password, "create_entry")
        case "token":
            return Asked(await browser.add_account("token"), with_token(sim), wrong_token, "create_entry")
        case "reauth, password":
            flow = await browser.sign_in_again(await load(hass, make_entry(sim)))
            return Asked(flow, {"password": sim.account.password}, wrong_password, "reauth_successful")
        case "reauth, token":
            flow = await browser.sign_in_again(await load(hass, make_token_entry(sim)))
            return Asked(flow, {"token": sim.account.token}, wrong_token, "reauth_successful")
        case "reconfigure, password":
            flow = await browser.reconfigure(await load(hass, make_entry(sim)))
            return Asked(flow, with_password(sim), wrong_password, "reconfigure_successful")
        case _:
            flow = await browser.reconfigure(await load(hass, make_token_entry(sim)))
            return Asked(flow, with_token(sim), wrong_token, "reconfigure_successful")


@asynccontextmanager
async def another_site(sim: Simulator, answer: dict[str, Any]) -> AsyncIterator[None]:
    """Let something else, which speaks JSON as well, answer at the simulator's address."""

    async def respond(_: web.Request) -> web.Response:
        return web.json_response(answer)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    await sim.stop()
    async with TestServer(app, host="127.0.0.1", port=URL(sim.url).port):
        yield
    await sim.start()


@pytest.mark.parametrize("asked", STEPS, indirect=True)
async def test_wrong_credentials_are_asked_for_again(asked: Asked) -> None:
    """The same form says so, and goes on from there."""
    step = asked.flow.step
    await asked.flow.submit(**{**asked.right, **asked.wrong})

    assert asked.flow.step == step
    assert asked.flow.errors == {"base": "invalid_auth"}
    await asked.flow.submit(**asked.right)
    assert asked.is_done()


@pytest.mark.parametrize(
    "fault",
    [
        faults.page(),
        faults.http_error(500),
        faults.http_error(429, "60"),
        faults.redirect(),
        faults.cut_off(),
        faults.unheard(),
    ],
    ids=lambda fault: fault.name,
)
@pytest.mark.parametrize("asked", STEPS, indirect=True)
async def test_a_service_in_trouble_can_be_tried_again(
    sim: Simulator, asked: Asked, fault: faults.Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever answers there is not the service, or not now."""
    monkeypatch.setattr(account, "SmsGateway24Client", partial(SmsGateway24Client, timeout=0.2))
    step = asked.flow.step
    sim.fail(fault, times=None)
    await asked.flow.submit(**asked.right)

    assert asked.flow.step == step
    assert asked.flow.errors == {"base": "cannot_connect"}
    sim.faults.clear()
    await asked.flow.submit(**asked.right)
    assert asked.is_done()


@pytest.mark.parametrize("asked", STEPS, indirect=True)
async def test_a_service_out_of_reach_can_be_tried_again(sim: Simulator, asked: Asked) -> None:
    """Nobody listens there."""
    await sim.stop()
    await asked.flow.submit(**asked.right)

    assert asked.flow.errors == {"base": "cannot_connect"}
    await sim.start()
    await asked.flow.submit(**asked.right)
    assert asked.is_done()


@pytest.mark.parametrize(
    "answer",
    [{}, {"status": "ok", "version": "2.1"}, {"error": "Not Found", "status": 404}, {"devices": [], "page": 1}],
)
@pytest.mark.parametrize("asked", STEPS, indirect=True)
async def test_the_json_of_another_site_is_not_taken_for_the_service(
    sim: Simulator, asked: Asked, answer: dict[str, Any]
) -> None:
    """Many things speak JSON."""
    async with another_site(sim, answer):
        await asked.flow.submit(**asked.right)
        assert asked.flow.errors == {"base": "cannot_connect"}

    await asked.flow.submit(**asked.right)
    assert asked.is_done()


@pytest.mark.parametrize("asked", STEPS, indirect=True)
async def test_the_unexpected_is_not_the_end(
    sim: Simulator, asked: Asked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says where it happened, without the words of an error that nobody foresaw."""

    async def fail(client: SmsGateway24Client) -> Any:
        raise RuntimeError(client.token)

    with monkeypatch.context() as broken:
        broken.setattr(SmsGateway24Client, "get_phones", fail)
        await asked.flow.submit(**asked.right)
    assert asked.flow.errors == {"base": "unknown"}
    assert "Unexpected RuntimeError while signing in" in caplog.text
    assert "in async_sign_in_with_" in caplog.text
    assert sim.account.token not in caplog.text

    await asked.flow.submit(**asked.right)
    assert asked.is_done()


@pytest.mark.parametrize(
    "url",
    ["http://smsgateway24.com", "smsgateway24.com", "ftp://10.0.0.1", "http://192.168.1.5:99999", "   ", "https://"],
)
@pytest.mark.parametrize("asked", STEPS_WITH_ADDRESS, indirect=True)
async def test_an_address_that_does_not_protect_is_asked_for_again(sim: Simulator, asked: Asked, url: str) -> None:
    """It is still there to be put right, and nothing was sent to it."""
    sim.requests.clear()
    await asked.flow.submit(**{**asked.right, "advanced": {"url": url}})

    assert asked.flow.errors == {"base": "insecure_url"}
    assert asked.flow.filled_in["advanced"] == {"url": url}
    assert asked.flow.fields["advanced"]["expanded"] is True
    assert sim.requests == []
    await asked.flow.submit(**asked.right)
    assert asked.is_done()


@pytest.mark.parametrize("asked", STEPS_WITH_ADDRESS, indirect=True)
@pytest.mark.parametrize(
    "url", ["https://me:hunter2@example.com", "https://example.com/?key=hunter2", "http://x#hunter2"]
)
async def test_an_address_with_a_secret_in_it_is_not_shown_again(asked: Asked, url: str) -> None:
    """What can hold a password or a key does not come back."""
    before = asked.flow.filled_in["advanced"]
    await asked.flow.submit(**{**asked.right, "advanced": {"url": url}})

    assert asked.flow.errors == {"base": "insecure_url"}
    assert "hunter2" not in str(asked.flow.page)
    assert asked.flow.filled_in["advanced"] == before


@pytest.mark.parametrize("asked", STEPS, indirect=True)
async def test_what_was_typed_is_kept_but_for_what_is_secret(asked: Asked) -> None:
    """After an error nobody has to begin anew; an address that was entered is in sight, for it may be what is wrong."""
    before = asked.flow.filled_in.get("advanced")
    await asked.flow.submit(**{**asked.right, **asked.wrong})

    if "advanced" in asked.flow.fields:
        assert asked.flow.fields["advanced"]["expanded"] is (before != asked.right["advanced"])

    typed = {key: value for key, value in asked.right.items() if key not in {"password", "token"}}
    assert asked.flow.filled_in == typed


@pytest.mark.parametrize("asked", STEPS, indirect=True)
async def test_fields_of_another_kind_are_refused_without_being_repeated(asked: Asked) -> None:
    """A client of the API that sends a number for a secret is told which field it is."""
    [secret] = {"password", "token"} & asked.right.keys()
    errors = await asked.flow.refuse(**{**asked.right, secret: 834_566_177})

    assert set(errors) == {secret}
    await asked.flow.submit(**asked.right)
    assert asked.is_done()


HOSTILE = ['p"a\\ss', "<script>%s{0}</script>", "zażółć 🔑 \u202e", "%0a%0d&pass=x", "a" * 5000]


@pytest.mark.parametrize("secret", HOSTILE)
@pytest.mark.parametrize("fault", [None, faults.page(), faults.refused(), faults.http_error(500)])
async def test_nothing_secret_is_in_the_log(
    sim: Simulator,
    phone: Phone,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    secret: str,
    fault: faults.Fault | None,
) -> None:
    """Not even at the lowest level, whatever the secret looks like and however the service answers."""
    caplog.set_level(logging.DEBUG)
    sim.account.password, sim.account.token = secret, f"token {secret}"
    for way, fields in (("password", with_password(sim)), ("token", with_token(sim))):
        if fault is not None:
            sim.fail(fault, times=1)
        await (await browser.add_account(way)).submit(**fields)

    assert secret not in caplog.text
    assert repr(secret)[1:-1] not in caplog.text


# --- signing in again -------------------------------------------------------------------------------------------------


async def polls_on(hass: HomeAssistant, sim: Simulator) -> bool:
    """Say whether the service is read again when the interval has passed."""
    sim.requests.clear()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=32))
    await hass.async_block_till_done(wait_background_tasks=True)
    return [request.method for request in sim.requests if request.outcome == "200"] == ["getalldevices", "getallsms"]


def lock_out(sim: Simulator) -> None:
    """Let the service take neither the old token nor the old password."""
    sim.account.password = "another-password"
    sim.rotate_token(token="another-token-0123456789")


def present(sim: Simulator, entry: MockConfigEntry) -> dict[str, Any]:
    """Return the credential that the service takes now, of the kind that the entry was made with."""
    if "email" in entry.data:
        return {"password": sim.account.password}
    return {"token": sim.account.token}


@pytest.fixture(params=[make_entry, make_token_entry], ids=["password", "token"])
def entry(request: pytest.FixtureRequest, sim: Simulator, phone: Phone) -> MockConfigEntry:
    """Describe an account that was added with its password, or with its token."""
    made: MockConfigEntry = request.param(sim)
    return made


async def test_only_the_credential_of_the_entry_is_asked_for(
    hass: HomeAssistant, entry: MockConfigEntry, browser: Browser
) -> None:
    """It is not filled in, and the text says for which account it is."""
    flow = await browser.sign_in_again(await load(hass, entry))

    assert flow.step == "reauth_confirm"
    assert list(flow.fields) == [("password" if "email" in entry.data else "token")]
    assert flow.filled_in == {}
    assert entry.title in flow.read["step.reauth_confirm.description"]


async def test_signing_in_again_revives_an_account_that_is_loaded(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """It was locked out while it ran: it is loaded once more, exactly once, and polls again."""
    await load(hass, entry)
    lock_out(sim)
    await entry.runtime_data.async_refresh()
    assert not await polls_on(hass, sim)

    loads = Loads(entry)
    flow = await browser.sign_in_again(entry)
    await flow.submit(**present(sim, entry))
    await hass.async_block_till_done()

    assert flow.reason == "reauth_successful"
    assert loads.count == 1
    assert entry.data["token"] == sim.account.token
    assert await polls_on(hass, sim)
    assert hass.config_entries.flow.async_progress() == []


async def test_signing_in_again_revives_an_account_whose_setup_failed(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """It has no update listener, so the flow itself sees to it."""
    lock_out(sim)
    await load(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR

    loads = Loads(entry)
    flow = await browser.sign_in_again(entry)
    await flow.submit(**present(sim, entry))
    await hass.async_block_till_done()

    assert flow.reason == "reauth_successful"
    assert (entry.state, loads.count) == (ConfigEntryState.LOADED, 1)
    assert await polls_on(hass, sim)


async def test_signing_in_again_revives_an_account_that_waits_to_be_tried_again(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """The waiting attempt is given up for the one that the flow makes."""
    sim.fail(faults.http_error(500), times=None)
    await load(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY

    sim.faults.clear()
    loads = Loads(entry)
    flow = await browser.sign_in_again(entry)
    await flow.submit(**present(sim, entry))
    await hass.async_block_till_done()
    assert (entry.state, loads.count) == (ConfigEntryState.LOADED, 1)

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert loads.count == 1


async def test_signing_in_again_with_the_same_credentials_loads_the_account_once(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """Nothing has changed, so no listener is called; but the account may have been given up."""
    await load(hass, entry)
    before = dict(entry.data)
    loads = Loads(entry)
    flow = await browser.sign_in_again(entry)
    await flow.submit(**present(sim, entry))
    await hass.async_block_till_done()

    assert flow.reason == "reauth_successful"
    assert dict(entry.data) == before
    assert loads.count == 1
    assert await polls_on(hass, sim)


async def test_signing_in_again_when_only_the_token_is_new(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """The running account does not have it yet, so it is loaded with it, once."""
    await load(hass, entry)
    loads = Loads(entry)
    flow = await browser.sign_in_again(entry)
    sim.rotate_token()
    await flow.submit(**present(sim, entry))
    await hass.async_block_till_done()

    assert flow.reason == "reauth_successful"
    assert loads.count == 1
    assert entry.data["token"] == sim.account.token
    assert await polls_on(hass, sim)


async def test_the_identity_follows_a_new_token(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """So that the same token cannot be added again; the name stays."""
    entry = await load(hass, make_token_entry(sim))
    flow = await browser.sign_in_again(entry)
    token = sim.rotate_token()
    await flow.submit(token=token)
    await hass.async_block_till_done()
    assert entry.unique_id == hashed(token)
    assert entry.title == "SmsGateway24 1"

    again = await browser.add_account("token")
    await again.submit(**with_token(sim))
    assert again.reason == "already_configured"


async def test_the_address_and_the_doorbell_stay_when_signing_in_again(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """Only the credential is new."""
    await load(hass, entry)
    before = {key: entry.data[key] for key in ("url", "webhook_id")}
    lock_out(sim)
    flow = await browser.sign_in_again(entry)
    await flow.submit(**present(sim, entry))
    await hass.async_block_till_done()

    assert before.items() <= entry.data.items()


async def test_the_wrong_account_is_turned_away(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, phone: Phone, browser: Browser
) -> None:
    """None of the phones that are known here is in it, so the automations would be without theirs."""
    await load(hass, entry)
    before = dict(entry.data)
    loads = Loads(entry)
    flow = await browser.sign_in_again(entry)
    sim.remove_phone(phone)
    sim.add_phone("Somebody else's phone")
    lock_out(sim)
    await flow.submit(**present(sim, entry))
    await hass.async_block_till_done()

    assert flow.reason == "wrong_account"
    assert dict(entry.data) == before
    assert loads.count == 0


async def test_one_known_phone_is_enough_to_know_the_account(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, phone: Phone, browser: Browser
) -> None:
    """Phones come and go."""
    gone = sim.add_phone("Old phone")
    await load(hass, entry)
    flow = await browser.sign_in_again(entry)
    sim.remove_phone(gone)
    sim.add_phone("New phone")
    await flow.submit(**present(sim, entry))

    assert flow.reason == "reauth_successful"


async def test_the_token_of_another_entry_is_turned_away(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """Two entries would otherwise fight over the same phones."""
    entry = await load(hass, make_token_entry(sim))
    other = sim.add_account("other@example.com", "secret", "other-token-0123456789")
    sim.add_phone("Garage phone", account=other)
    added = await browser.add_account("password")
    await added.submit(**with_password(sim, email=other.email, password=other.password))

    flow = await browser.sign_in_again(entry)
    await flow.submit(token=other.token)
    assert flow.reason == "already_configured"
    assert entry.data["token"] == sim.account.token


async def test_a_token_without_known_phones_can_be_replaced(
    hass: HomeAssistant, sim: Simulator, browser: Browser
) -> None:
    """There is nothing to compare it with."""
    entry = await load(hass, make_token_entry(sim))
    flow = await browser.sign_in_again(entry)
    await flow.submit(token=sim.rotate_token())

    assert flow.reason == "reauth_successful"


# --- changing the sign-in ---------------------------------------------------------------------------------------------


async def test_the_form_for_changing_the_sign_in_shows_what_is_not_secret(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """The e-mail and the address are there; what is secret has to be entered."""
    flow = await browser.reconfigure(await load(hass, entry))

    assert flow.step == "reconfigure"
    assert flow.filled_in == {
        **({"email": sim.account.email} if "email" in entry.data else {}),
        "advanced": {"url": sim.url},
    }
    assert sim.account.token not in str(flow.page)
    assert sim.account.password not in str(flow.page)


@pytest.mark.parametrize("advanced", [{}, {"advanced": {}}, {"advanced": {"url": ""}}])
async def test_the_address_stays_when_it_is_left_out(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser, advanced: dict[str, Any]
) -> None:
    """Also when a first attempt has failed."""
    await load(hass, entry)
    credentials = with_password(sim) if "email" in entry.data else with_token(sim)
    del credentials["advanced"]
    wrong = {key: "wrong" for key in credentials if key != "email"}
    flow = await browser.reconfigure(entry)
    await flow.submit(**{**credentials, **wrong, **advanced})
    assert flow.errors == {"base": "invalid_auth"}
    assert flow.filled_in["advanced"]["url"] == advanced.get("advanced", {}).get("url", sim.url)
    assert flow.fields["advanced"]["expanded"] is False

    await flow.submit(**credentials, **advanced)
    assert flow.reason == "reconfigure_successful"
    assert entry.data["url"] == sim.url


async def test_another_address_is_used_from_then_on(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """The account is loaded with it, once; what rings the doorbell stays."""
    await load(hass, entry)
    webhook_id = entry.data["webhook_id"]
    loads = Loads(entry)
    fields = with_password(sim) if "email" in entry.data else with_token(sim)
    flow = await browser.reconfigure(entry)
    await flow.submit(**{**fields, "advanced": {"url": f"{sim.url}/index.php/"}})
    await hass.async_block_till_done()

    assert flow.reason == "reconfigure_successful"
    assert entry.data["url"] == f"{sim.url}/index.php"
    assert entry.data["webhook_id"] == webhook_id
    assert loads.count == 1
    assert sim.requests[-1].path.startswith("/index.php/")


@pytest.mark.parametrize(
    ("title", "title_after"), [(None, "new@example.com"), ("The house's account", "The house's account")]
)
async def test_the_email_can_change_with_the_same_phones(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    browser: Browser,
    title: str | None,
    title_after: str,
) -> None:
    """Identity and name follow it, unless the user has given a name of their own."""
    entry = await add_account()
    hass.config_entries.async_update_entry(entry, title=title or entry.title)
    loads = Loads(entry)
    sim.world.accounts["New@example.com"] = sim.account
    flow = await browser.reconfigure(entry)
    await flow.submit(**with_password(sim, email="New@example.com"))
    await hass.async_block_till_done()

    assert flow.reason == "reconfigure_successful"
    assert entry.data["email"] == "New@example.com"
    assert entry.unique_id == "new@example.com"
    assert entry.title.lower() == title_after.lower()
    assert loads.count == 1


async def test_the_email_of_another_entry_is_turned_away(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Also when that one has no phones, and however the e-mail is written."""
    entry = await add_account()
    MockConfigEntry(
        domain=DOMAIN,
        unique_id="other@example.com",
        data={"email": "other@example.com", "password": "x", "token": "x", "url": sim.url},
    ).add_to_hass(hass)
    sim.world.accounts["Other@example.com"] = sim.account
    flow = await browser.reconfigure(entry)
    await flow.submit(**with_password(sim, email="Other@example.com"))

    assert flow.reason == "already_configured"
    assert entry.unique_id == sim.account.email


async def test_the_phones_of_another_entry_are_turned_away(
    hass: HomeAssistant, sim: Simulator, phone: Phone, browser: Browser
) -> None:
    """An entry does not become the twin of another one."""
    await load(hass, make_token_entry(sim))
    other = sim.add_account("other@example.com", "secret", "other-token")
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=other.email,
        unique_id=other.email,
        data={"email": other.email, "password": other.password, "token": other.token, "url": sim.url},
    )
    await load(hass, entry)
    sim.rotate_token()
    flow = await browser.reconfigure(entry)
    await flow.submit(**with_password(sim))

    assert flow.reason == "already_configured"


async def test_another_account_does_not_take_the_place_of_an_entry(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """It would take away the phones from all that is built on them."""
    await load(hass, entry)
    other = sim.add_account("other@example.com", "secret", "other-token")
    sim.add_phone("Garage phone", account=other)
    flow = await browser.reconfigure(entry)
    await flow.submit(
        **(
            with_password(sim, email=other.email, password=other.password)
            if "email" in entry.data
            else with_token(sim, token=other.token)
        )
    )

    assert flow.reason == "wrong_account"


async def test_without_known_phones_only_the_same_email_is_the_same_account(
    sim: Simulator, add_account: AddAccount, browser: Browser
) -> None:
    """There is nothing else to go by."""
    entry = await add_account()
    other = sim.add_account("other@example.com", "secret", "other-token")
    flow = await browser.reconfigure(entry)
    await flow.submit(**with_password(sim, email=other.email, password=other.password))
    assert flow.reason == "wrong_account"

    sim.account.password = "another-password"
    flow = await browser.reconfigure(entry)
    await flow.submit(**with_password(sim))
    assert flow.reason == "reconfigure_successful"


async def test_a_disabled_account_stays_disabled_when_its_sign_in_changes(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """It is loaded with the new sign-in when it is enabled."""
    await _disable(hass, entry)
    lock_out(sim)
    flow = await browser.reconfigure(entry)
    await flow.submit(**(with_password(sim) if "email" in entry.data else with_token(sim)))
    await hass.async_block_till_done()
    assert flow.reason == "reconfigure_successful"
    assert entry.state is ConfigEntryState.NOT_LOADED

    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert hass.config_entries.async_loaded_entries(DOMAIN) == [entry]


async def test_changing_the_sign_in_ends_the_question_that_was_open(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, browser: Browser
) -> None:
    """Whoever was locked out need not answer twice."""
    lock_out(sim)
    await load(hass, entry)
    flow = await browser.reconfigure(entry)
    await flow.submit(**(with_password(sim) if "email" in entry.data else with_token(sim)))
    await hass.async_block_till_done()

    assert flow.reason == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert hass.config_entries.flow.async_progress() == []
