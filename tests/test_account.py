"""Signing in, and staying signed in."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsgateway24.account import (
    Account,
    SignedIn,
    async_sign_in_with_password,
    async_sign_in_with_token,
)
from custom_components.smsgateway24.api import (
    AuthenticationError,
    MessageList,
    OutgoingSms,
    Phone as ListedPhone,
    RequestRefusedError,
    SmsGateway24Client,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
)
from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, AddAccount, Poll, make_entry
from tests.flows import Loads

REFUSING_PROFILES = ["documented", "errors-4xx", "errors-html", "other-token-error", "rotating-tokens"]


@pytest.fixture
def entry(hass: HomeAssistant, sim: Simulator, phone: Phone) -> MockConfigEntry:
    """Add the simulated account to Home Assistant, without loading it."""
    made = make_entry(sim)
    made.add_to_hass(hass)
    return made


@pytest.fixture
async def account(hass: HomeAssistant, entry: MockConfigEntry) -> Account:
    """Return the account as it is used in operation."""
    return Account(hass, entry)


def asked(sim: Simulator, method: str) -> int:
    """Return how often the service was asked for something."""
    return [request.method for request in sim.requests].count(method)


def phones(client: SmsGateway24Client) -> Awaitable[tuple[ListedPhone, ...]]:
    """Ask for what can only be refused because of the token."""
    return client.get_phones()


def messages(client: SmsGateway24Client) -> Awaitable[MessageList]:
    """Ask for what can be refused for many reasons."""
    return client.get_messages()


def text(number: str = ANNA, phone_id: str = "1576") -> OutgoingSms:
    """Return a message to send."""
    return OutgoingSms(number, "The laundry is done", phone_id)


# --- signing in -------------------------------------------------------------------------------------------------------


async def test_signing_in_gives_a_token_that_works_and_the_phones(
    hass: HomeAssistant, sim: Simulator, phone: Phone
) -> None:
    """Either way. Neither token nor password show up where the result is printed."""
    ways = [
        await async_sign_in_with_password(hass, sim.url, sim.account.email, sim.account.password),
        await async_sign_in_with_token(hass, sim.url, sim.account.token),
    ]
    for signed_in in ways:
        assert signed_in == SignedIn(sim.account.token, signed_in.phones)
        assert [listed.id for listed in signed_in.phones] == ["1576"]
        assert sim.account.token not in repr(signed_in)


async def test_signing_in_with_wrong_credentials_fails(hass: HomeAssistant, sim: Simulator) -> None:
    """An empty token is not even asked with."""
    with pytest.raises(AuthenticationError):
        await async_sign_in_with_password(hass, sim.url, sim.account.email, "wrong")
    with pytest.raises(AuthenticationError):
        await async_sign_in_with_token(hass, sim.url, "wrong")
    sim.requests.clear()
    with pytest.raises(AuthenticationError):
        await async_sign_in_with_token(hass, sim.url, "")
    assert sim.requests == []


# --- renewing the token -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", REFUSING_PROFILES)
@pytest.mark.parametrize("request_for", [phones, messages])
async def test_a_refused_token_is_renewed_and_the_request_made_again(
    sim: Simulator,
    entry: MockConfigEntry,
    account: Account,
    profile: str,
    request_for: Callable[[SmsGateway24Client], Awaitable[Any]],
) -> None:
    """However the service says that it does not know the caller."""
    sim.profile = profile
    sim.rotate_token()
    await account.call(request_for)

    assert asked(sim, "gettoken") == 1
    assert account.client.token == entry.data["token"] == sim.account.token
    assert {key: entry.data[key] for key in ("email", "password", "url")} == {
        "email": sim.account.email,
        "password": sim.account.password,
        "url": sim.url,
    }


@pytest.mark.parametrize("profile", REFUSING_PROFILES)
async def test_requests_that_are_refused_together_renew_the_token_once(
    sim: Simulator, account: Account, profile: str
) -> None:
    """A second new token might end the first."""
    sim.profile = profile
    sim.rotate_token()
    await asyncio.gather(*(account.call(request) for request in (phones, messages, phones, messages)))

    assert asked(sim, "gettoken") == 1


async def test_each_failure_is_worth_one_renewal(sim: Simulator, entry: MockConfigEntry, account: Account) -> None:
    """Tokens may end again and again."""
    for expected in (1, 2, 3):
        sim.rotate_token()
        await account.call(phones)
        assert asked(sim, "gettoken") == expected
    assert entry.data["token"] == sim.account.token


async def test_a_token_that_works_is_never_renewed(sim: Simulator, account: Account) -> None:
    """Asking for one might end those of the user's other tools."""
    await account.call(phones)
    await account.call(messages)

    assert asked(sim, "gettoken") == 0


async def test_a_password_that_is_refused_is_not_tried_again(sim: Simulator, account: Account) -> None:
    """Only the user can help, and the service might lock the account."""
    sim.rotate_token()
    sim.account.password = "another"
    results = await asyncio.gather(account.call(phones), account.call(messages), return_exceptions=True)
    assert [type(result) for result in results] == [AuthenticationError, AuthenticationError]

    with pytest.raises(AuthenticationError):
        await account.call(phones)
    assert asked(sim, "gettoken") == 1


async def test_without_a_password_nothing_is_renewed(hass: HomeAssistant, sim: Simulator, phone: Phone) -> None:
    """Only the user can help."""
    entry = MockConfigEntry(domain=DOMAIN, data={"token": sim.account.token, "url": sim.url})
    account = Account(hass, entry)
    sim.rotate_token()
    results = await asyncio.gather(account.call(phones), account.call(messages), return_exceptions=True)

    assert [type(result) for result in results] == [AuthenticationError, AuthenticationError]
    assert asked(sim, "gettoken") == 0


async def test_a_renewal_that_does_not_help_is_the_end(sim: Simulator, account: Account) -> None:
    """The service hands out a token, and refuses it."""
    sim.fail(faults.wrong_token(), "getalldevices", times=None)
    with pytest.raises(AuthenticationError):
        await account.call(phones)

    assert (asked(sim, "gettoken"), asked(sim, "getalldevices")) == (1, 2)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.http_error(500), UnreachableError),
        (faults.page(), UnreachableError),
        (faults.http_error(429, "60"), ThrottledError),
        (faults.http_error(503, "60"), ThrottledError),
    ],
)
async def test_a_renewal_that_cannot_be_made_now_is_made_later(
    sim: Simulator, account: Account, fault: faults.Fault, error: type[SmsGateway24Error]
) -> None:
    """Whatever became of it, the request itself was refused, so nothing was done. A pause is handed on."""
    sim.rotate_token()
    sim.fail(fault, "gettoken", times=None)
    results = await asyncio.gather(account.call(phones), account.call(messages), return_exceptions=True)

    assert [type(result) for result in results] == [error, error]
    assert all(isinstance(result, SmsGateway24Error) and result.certainly_unsent for result in results)
    assert [result.retry_after for result in results if isinstance(result, ThrottledError)] == [60.0] * (
        2 * (error is ThrottledError)
    )
    assert asked(sim, "gettoken") == 1
    sim.faults.clear()
    assert len(await account.call(phones)) == 1


async def test_a_request_that_began_before_a_renewal_uses_what_it_brought(sim: Simulator, account: Account) -> None:
    """Its own refusal comes when the new token is already there."""
    old = sim.account.token
    late: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def slow(client: SmsGateway24Client) -> str | None:
        if client.token == old:
            await late
            raise AuthenticationError
        return client.token

    waiting = asyncio.create_task(account.call(slow))
    token = sim.rotate_token()
    await account.call(phones)
    late.set_result(None)

    assert await waiting == token
    assert asked(sim, "gettoken") == 1


async def test_a_token_does_not_overwrite_another_sign_in(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it was asked for, the user signed in to another account or address."""
    data = {**entry.data, "email": "other@example.com", "token": "of the other account"}

    async def get_token(client: SmsGateway24Client, email: str, password: str) -> str:
        hass.config_entries.async_update_entry(entry, data=data)
        return sim.rotate_token()

    monkeypatch.setattr(SmsGateway24Client, "get_token", get_token)
    sim.rotate_token()
    await account.call(phones)

    assert dict(entry.data) == data


async def test_a_token_for_an_account_that_was_removed_is_dropped(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it was asked for, the user removed the account."""

    async def get_token(client: SmsGateway24Client, email: str, password: str) -> str:
        await hass.config_entries.async_remove(entry.entry_id)
        return sim.rotate_token()

    monkeypatch.setattr(SmsGateway24Client, "get_token", get_token)
    sim.rotate_token()

    assert len(await account.call(phones)) == 1


# --- requests that are refused for another reason -----------------------------------------------------------------------


async def test_a_refused_request_with_a_good_token_stays_refused(sim: Simulator, account: Account) -> None:
    """It is made once, and the service's words are handed on."""
    sim.fail(faults.refused("Limit exceeded"), "getallsms")
    with pytest.raises(RequestRefusedError) as refusal:
        await account.call(messages)

    assert refusal.value.message == "Limit exceeded"
    assert (asked(sim, "getallsms"), asked(sim, "gettoken")) == (1, 0)


@pytest.mark.parametrize("fault", [faults.http_error(500), faults.page(), faults.http_error(429), faults.cut_off()])
async def test_a_refused_request_stays_refused_if_nobody_can_say_why(
    sim: Simulator, account: Account, fault: faults.Fault
) -> None:
    """The service cannot be asked whether it still takes the token."""
    sim.fail(faults.refused(), "getallsms")
    sim.fail(fault, "getalldevices")
    with pytest.raises(RequestRefusedError):
        await account.call(messages)

    assert (asked(sim, "getallsms"), asked(sim, "gettoken")) == (1, 0)


async def test_other_errors_are_handed_on(sim: Simulator, account: Account) -> None:
    """Nothing is repeated."""
    sim.fail(faults.http_error(500))
    with pytest.raises(UnreachableError):
        await account.call(messages)

    assert len(sim.requests) == 1


# --- sending ----------------------------------------------------------------------------------------------------------


async def test_a_message_is_handed_over(sim: Simulator, account: Account) -> None:
    """Its id comes back."""
    message_id = await account.call(lambda client: client.send_message(text()))

    assert sim.message(message_id).number == ANNA
    assert asked(sim, "addsms") == 1


@pytest.mark.parametrize("profile", REFUSING_PROFILES)
async def test_a_message_is_sent_once_with_a_renewed_token(sim: Simulator, account: Account, profile: str) -> None:
    """The first attempt was refused, so it has done nothing."""
    sim.profile = profile
    sim.rotate_token()
    message_id = await account.call(lambda client: client.send_message(text()))

    assert [message.id for message in sim.messages()] == [message_id]


async def test_a_refused_message_is_not_sent_again(sim: Simulator, account: Account) -> None:
    """There is no such phone."""
    with pytest.raises(RequestRefusedError):
        await account.call(lambda client: client.send_message(text(phone_id="4711")))

    assert asked(sim, "addsms") == 1


async def test_a_message_in_doubt_is_not_sent_again(sim: Simulator, account: Account) -> None:
    """The answer was lost, so it may be under way."""
    sim.fail(faults.answer_lost(), "addsms")
    with pytest.raises(UnreachableError) as lost:
        await account.call(lambda client: client.send_message(text()))

    assert not lost.value.certainly_unsent
    assert len(sim.messages()) == 1


@pytest.mark.parametrize("token_ends", [False, True])
async def test_a_refused_bulk_is_not_sent_again(sim: Simulator, account: Account, token_ends: bool) -> None:  # noqa: FBT001 - what is to be
    """Some of it may have been taken before the refusal."""
    sim.fail(faults.part(1, faults.Ending.REFUSAL), "addalotofsms")
    if token_ends:
        sim.fail(faults.wrong_token(), "getalldevices", times=None)
    with pytest.raises(RequestRefusedError):
        await account.call(lambda client: client.send_bulk([text(), text()]))

    assert asked(sim, "addalotofsms") == 1
    assert len(sim.messages()) == 1


# --- in operation -----------------------------------------------------------------------------------------------------


def reauthentications(hass: HomeAssistant) -> int:
    """Return how many questions for credentials are open."""
    return len(hass.config_entries.flow.async_progress_by_handler(DOMAIN, match_context={"source": SOURCE_REAUTH}))


@pytest.mark.parametrize("profile", REFUSING_PROFILES)
async def test_a_token_that_ends_in_operation_is_not_noticed(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    profile: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The very poll that meets it succeeds. No reload, no question, and nothing secret in the log."""
    caplog.set_level(logging.DEBUG)
    entry = await add_account()
    loads = Loads(entry)
    sim.profile = profile
    old = sim.account.token
    sim.rotate_token()
    sim.requests.clear()
    await poll(entry)

    assert entry.runtime_data.last_update_success
    assert asked(sim, "gettoken") == 1
    assert entry.data["token"] == sim.account.token != old
    assert (loads.count, reauthentications(hass)) == (0, 0)
    assert not any(secret in caplog.text for secret in (old, sim.account.token, sim.account.password))


async def test_a_token_that_ended_while_home_assistant_was_not_running_is_renewed_at_the_start(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry
) -> None:
    """The account loads at the first attempt."""
    sim.rotate_token()
    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["token"] == sim.account.token


async def test_only_one_question_is_asked_when_the_password_is_refused(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """However often the account is read."""
    entry = await add_account()
    sim.account.password = "another"
    sim.rotate_token()
    for _ in range(3):
        await poll(entry)

    assert not entry.runtime_data.last_update_success
    assert reauthentications(hass) == 1
    assert asked(sim, "gettoken") == 1


async def test_a_renewal_that_does_not_help_asks_the_user(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Once."""
    entry = await add_account()
    sim.fail(faults.wrong_token(), "getalldevices", times=None)
    await poll(entry)
    await poll(entry)

    assert reauthentications(hass) == 1


async def test_without_a_password_the_user_is_asked_at_once(
    hass: HomeAssistant, sim: Simulator, phone: Phone, poll: Poll
) -> None:
    """Nothing is tried that cannot help."""
    entry = MockConfigEntry(domain=DOMAIN, title="SmsGateway24 1", data={"token": sim.account.token, "url": sim.url})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    sim.rotate_token()
    await poll(entry)

    assert reauthentications(hass) == 1
    assert asked(sim, "gettoken") == 0


async def test_a_service_in_trouble_asks_no_question(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The token is refused and cannot be renewed now; it is at a later poll."""
    entry = await add_account()
    token = sim.rotate_token()
    sim.fail(faults.http_error(500), "gettoken", times=None)
    await poll(entry)
    assert not entry.runtime_data.last_update_success
    assert reauthentications(hass) == 0

    sim.faults.clear()
    await poll(entry)
    assert entry.runtime_data.last_update_success
    assert entry.data["token"] == token
