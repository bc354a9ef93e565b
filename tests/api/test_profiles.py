"""The client at a service that behaves in every way that is thought possible."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from custom_components.smsgateway24.api import (
    MessageStatus,
    OutgoingSms,
    SmsGateway24Client,
    UnreadableAnswerError,
)
from simulator import PROFILES, Simulator

ANNA = "+447700900123"
PHONE = "1576"

type Ask = Callable[[Simulator, SmsGateway24Client], Awaitable[None]]

# Where the answer lacks what the method is asked for, that is said and nothing is made up.
NO_ANSWER = {
    "status": {"status-as-token"},
    "newsletter": {"newsletter-no-id"},
    # Success is not told apart from the JSON of another site.
    "bulk": {name for name, profile in PROFILES.items() if {"error", "message"} <= profile.left_out},
    "count": {name for name, profile in PROFILES.items() if "count" in profile.left_out},
}


@pytest.fixture(params=PROFILES)
async def sim(request: pytest.FixtureRequest, socket_enabled: None) -> AsyncIterator[Simulator]:
    """Run the simulated service with a phone, under each profile."""
    async with Simulator(profile=request.param) as simulator:
        simulator.add_phone("Hall phone", phone_id=int(PHONE))
        yield simulator


@pytest.fixture
def client(session: aiohttp.ClientSession, sim: Simulator) -> SmsGateway24Client:
    """Return a client of it that has a token."""
    return SmsGateway24Client(session, sim.account.token, base_url=sim.url)


async def test_signing_in_and_the_phones(sim: Simulator, client: SmsGateway24Client) -> None:
    """A token that works is returned, and with it the phones and how each of them is."""
    client.token = await client.get_token(sim.account.email, sim.account.password)

    (phone,) = await client.get_phones()
    status = await client.get_phone_status(PHONE)

    assert (phone.id, phone.title, phone.app_is_current) == (PHONE, "Hall phone", True)
    assert phone.imei is None
    assert phone.last_seen == status.last_seen == sim.clock.now()
    assert status.online is True
    untold = sim.profile.sim_info in {"absent", "empty", "null"}
    assert [card.carrier for card in phone.sims] == ([] if untold else ["Example Mobile"])


async def test_messages_in_both_directions(sim: Simulator, client: SmsGateway24Client) -> None:
    """What is sent and what comes in are read back as what they are."""
    sms = OutgoingSms(ANNA, "The laundry is done", PHONE)
    sent = {await client.send_message(sms)}
    sent.add(await client.send_message_with_password(sim.account.email, sim.account.password, sms))
    received = sim.receive(sim.account.phones[int(PHONE)], ANNA, "Thanks")
    assert received is not None
    sim.advance(330)

    # A record that vanishes comes back in the next read.
    listed = {message.id: message for _ in range(2) for message in (await client.get_messages()).messages}

    assert listed.keys() == {*sent, received.id}
    assert {listed[number].text for number in sent} == {"The laundry is done"}
    assert all(listed[number].status == MessageStatus.DELIVERED for number in sent)
    assert listed[received.id].incoming
    assert listed[received.id].text == "Thanks"
    assert listed[received.id].number.lstrip("+0") == ANNA.lstrip("+")
    assert listed[received.id].created is not None


async def _bulk(_: Simulator, client: SmsGateway24Client) -> None:
    await client.send_bulk([OutgoingSms(ANNA, "The laundry is done", PHONE)])


async def _newsletter(_: Simulator, client: SmsGateway24Client) -> None:
    family = await client.create_contact_list("Family")
    assert await client.add_contact(family, ANNA, "Anna") > 0
    assert await client.create_newsletter("Water", "No water on Monday", [family], PHONE) > 0


async def _status(sim: Simulator, client: SmsGateway24Client) -> None:
    sim.switch_off(sim.account.phones[int(PHONE)])
    number = await client.send_message(OutgoingSms(ANNA, "The laundry is done", PHONE))
    sim.advance(max(sim.profile.replica_lags))
    assert (await client.get_message_status(number)).status == MessageStatus.PENDING


async def _count(sim: Simulator, client: SmsGateway24Client) -> None:
    await client.send_message(OutgoingSms(ANNA, "The laundry is done", PHONE))
    sim.advance(max(sim.profile.replica_lags))
    # One record may be the one that vanishes; it comes back in the next read.
    assert 1 in {await client.count_messages() for _ in range(2)}


@pytest.mark.parametrize(
    ("what", "ask"), [("bulk", _bulk), ("newsletter", _newsletter), ("status", _status), ("count", _count)]
)
async def test_what_is_asked_is_done(sim: Simulator, client: SmsGateway24Client, what: str, ask: Ask) -> None:
    """Whether the answer can be read or not."""
    if sim.profile.name in NO_ANSWER[what]:
        with pytest.raises(UnreadableAnswerError):
            await ask(sim, client)
    else:
        await ask(sim, client)

    sim.switch_on(sim.account.phones[int(PHONE)])
    sim.advance(30)
    assert len(sim.sent_texts(ANNA)) == 1
