"""The action that returns messages, called as an automation calls it."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import logging
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsgateway24.actions.message_query import STATUS_WORDS
from custom_components.smsgateway24.const import DOMAIN
from simulator import PROFILES, Phone, Simulator, Status, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient
from tests.repository.files import ROOT, package, read_yaml

from .calls import device_of, failure, get_messages, refusal, texts

# Here a list is cut, and nothing in it says so: what is missing cannot be noticed.
HIDDEN_CAPS = {"cap-oldest-hidden", "cap-newest-hidden"}
# Here the first read does not see what has only just been stored.
LATE_READS = {"lag-30", "lag-300", "reads-go-back", "vanishing", "contrary"}


@pytest.fixture
async def entry(phone: Phone, add_account: AddAccount) -> MockConfigEntry:
    """Set up an account with a phone and a recipient."""
    return await add_account(recipient("Anna", ANNA))


def local(moment: datetime) -> str:
    """Return a moment as somebody in Home Assistant's zone writes it, without a zone."""
    return dt_util.as_local(moment).replace(tzinfo=None).isoformat(" ")


# --- what is returned -------------------------------------------------------------------------------------------------


async def test_a_received_message_is_described_in_full(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """With all that the service knows, in our words; times are in UTC."""
    message = sim.receive(phone, ANNA, "gate", sim=1)

    assert message is not None
    assert await get_messages(hass) == {
        "count": 1,
        "messages": [
            {
                "message_id": message.id,
                "direction": "incoming",
                "number": ANNA,
                "name": "Anna",
                "text": "gate",
                "status": 5,
                "status_word": "incoming",
                "status_text": "incoming",
                "phone_id": "1576",
                "device_id": device_of(hass, entry, phone),
                "sim": 1,
                "customer_id": None,
                "urgent": False,
                "created": message.created.astimezone(UTC).isoformat(),
                "scheduled_for": None,
                "sent_at": None,
            }
        ],
    }


async def test_a_sent_message_tells_what_became_of_it(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """Also one that somebody sent from the service's own page; when it was sent, if the service says so."""
    sim.profile = "sample-of-2021"
    message = sim.send_from_site(phone, BEN, "hello")
    sim.advance(60)

    (described,) = (await get_messages(hass))["messages"]
    assert message.sent_at is not None
    expected = {
        "direction": "outgoing",
        "number": BEN,
        "name": None,
        "status": Status.DELIVERED,
        "status_word": "delivered",
        "scheduled_for": None,
        "sent_at": message.sent_at.astimezone(UTC).replace(microsecond=0).isoformat(),
    }
    assert expected.items() <= described.items()


async def test_a_message_of_a_phone_that_is_gone_is_returned_as_well(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """It has no device any more."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    sim.receive(attic, ANNA, "hello")
    sim.remove_phone(attic)

    (described,) = (await get_messages(hass))["messages"]
    assert (described["phone_id"], described["device_id"]) == ("1297", None)


async def test_no_messages_are_an_empty_list(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """And no error."""
    assert await get_messages(hass) == {"count": 0, "messages": []}


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def mixed(hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount) -> MockConfigEntry:
    """Set up an account with two phones and messages of all kinds, a second apart."""
    hass.config.country = "GB"
    attic = sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA))
    sim.receive(phone, ANNA, "in anna")
    sim.advance(1)
    sim.receive(attic, BEN, "in ben, attic", sim=1)
    sim.advance(1)
    sim.receive(phone, "MyBank", "in bank")
    sim.advance(1)
    sim.send_from_site(phone, ANNA, "out anna")
    sim.advance(60)
    sim.fail_next(phone, Status.NO_SERVICE)
    sim.send_from_site(phone, BEN, "out ben, failed")
    sim.advance(60)
    return entry


EVERYTHING = ["in anna", "in ben, attic", "in bank", "out anna", "out ben, failed"]


@pytest.mark.parametrize("profile", ["documented", "filters-ignored"])
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, EVERYTHING),
        ({"direction": "incoming"}, ["in anna", "in ben, attic", "in bank"]),
        ({"direction": "outgoing"}, ["out anna", "out ben, failed"]),
        ({"status": "delivered"}, ["out anna"]),
        ({"status": " Delivered "}, ["out anna"]),
        ({"status": "7"}, ["out anna"]),
        ({"status": 7}, ["out anna"]),
        ({"status": "no_service"}, ["out ben, failed"]),
        ({"status": "incoming"}, ["in anna", "in ben, attic", "in bank"]),
        ({"status": "pending"}, []),
        ({"status": "unknown"}, []),
        ({"status": "55"}, []),
        ({"status": "incoming", "direction": "incoming"}, ["in anna", "in ben, attic", "in bank"]),
        ({"status": "delivered", "direction": "outgoing"}, ["out anna"]),
        ({"number": ANNA}, ["in anna", "out anna"]),
        ({"number": "07700 900 123"}, ["in anna", "out anna"]),
        ({"number": "0044 7700 900123", "direction": "incoming"}, ["in anna"]),
        ({"number": "mybank"}, ["in bank"]),
        ({"number": "+447700900199"}, []),
        ({"sim": 1}, ["in ben, attic"]),
        ({"sim": "0", "direction": "incoming"}, ["in anna", "in bank"]),
        ({"customer_id": 4711}, []),
        ({"direction": "incoming", "number": BEN, "sim": 1, "status": "5"}, ["in ben, attic"]),
    ],
)
async def test_only_messages_that_match_all_filters_are_returned(
    hass: HomeAssistant,
    sim: Simulator,
    mixed: MockConfigEntry,
    profile: str,
    fields: dict[str, Any],
    expected: list[str],
) -> None:
    """Whether the service filters or not."""
    sim.profile = profile
    assert await texts(hass, **fields) == expected


@pytest.mark.parametrize("profile", ["documented", "filters-ignored"])
async def test_messages_of_one_phone(hass: HomeAssistant, sim: Simulator, mixed: MockConfigEntry, profile: str) -> None:
    """By its device."""
    sim.profile = profile
    assert await texts(hass, device_id=device_of(hass, mixed, "1297")) == ["in ben, attic"]


@pytest.mark.parametrize("profile", ["documented", "filters-ignored", "customerid-text"])
async def test_messages_with_a_customer_id(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, profile: str
) -> None:
    """As they were sent with one, by whomever."""
    sim.profile = profile
    for number, body in ((BEN, "first"), (ANNA, "second")):
        message = sim.send_from_site(phone, number, body)
        message.customer_id = 4711 if body == "second" else 4712
    assert await texts(hass, customer_id=4711) == ["second"]


async def test_a_word_may_stand_for_several_codes(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """A code stands for itself."""
    for status in (100, 101):
        sim.fail_next(phone, status)
        sim.send_from_site(phone, BEN, str(status))
        sim.advance(60)

    assert await texts(hass, status="not_allowed") == ["100", "101"]
    assert await texts(hass, status="101") == ["101"]


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def moments(sim: Simulator, phone: Phone, entry: MockConfigEntry) -> list[datetime]:
    """Have messages come in at four moments an hour apart, and return the moments."""
    found = []
    for count in range(4):
        message = sim.receive(phone, ANNA, str(count))
        assert message is not None
        found.append(message.created)
        sim.advance(3600)
    return found


@pytest.mark.parametrize("profile", ["documented", "date-filters-ignored", "filter-zone-12", "filter-zone+14"])
@pytest.mark.parametrize("zone", ["Europe/Vienna", "America/New_York", "Pacific/Kiritimati"])
async def test_begin_and_end_are_both_within_and_in_home_assistants_zone(
    hass: HomeAssistant, sim: Simulator, moments: list[datetime], profile: str, zone: str
) -> None:
    """Whatever zone the service means, and to the second."""
    await hass.config.async_set_time_zone(zone)
    sim.profile = profile

    assert await texts(hass, begin=local(moments[1]), end=local(moments[2])) == ["1", "2"]
    second = timedelta(seconds=1)
    assert await texts(hass, begin=local(moments[1] + second), end=local(moments[3] - second)) == ["2"]


async def test_a_time_may_have_a_zone_of_its_own(hass: HomeAssistant, moments: list[datetime]) -> None:
    """Then that one counts."""
    await hass.config.async_set_time_zone("America/New_York")
    begin = moments[2].astimezone(UTC)
    assert await texts(hass, begin=begin.isoformat()) == ["2", "3"]
    assert await texts(hass, begin=begin.isoformat().replace("+00:00", "Z")) == ["2", "3"]
    assert await texts(hass, begin=begin) == ["2", "3"]


async def test_without_a_beginning_the_last_seven_days_are_looked_through(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, poll: Poll
) -> None:
    """By the service's clock; or the seven before the end."""
    first = sim.receive(phone, ANNA, "old")
    sim.advance(8 * 86400)
    await poll(entry)
    sim.receive(phone, ANNA, "new")

    assert first is not None
    assert await texts(hass) == ["new"]
    assert await texts(hass, begin=first.created.isoformat()) == ["old", "new"]
    assert await texts(hass, end=(first.created + timedelta(days=6)).isoformat()) == ["old"]


async def test_a_day_alone_is_its_midnight(hass: HomeAssistant, moments: list[datetime]) -> None:
    """As YAML has it without quotes, and as a text."""
    tomorrow = (moments[-1] + timedelta(days=2)).date()
    yesterday = (moments[0] - timedelta(days=2)).date()
    assert await texts(hass, begin=yesterday, end=tomorrow) == ["0", "1", "2", "3"]
    assert await texts(hass, begin=str(tomorrow)) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"begin": "0001-01-01 00:00:00"}, ["0", "1", "2", "3"]),
        ({"end": "9999-12-31 23:59:59"}, ["0", "1", "2", "3"]),
        ({"begin": "9999-12-31 23:59:59"}, []),
        ({"end": "0001-01-01 00:00:00"}, []),
    ],
)
async def test_the_ends_of_time_are_no_trouble(
    hass: HomeAssistant, moments: list[datetime], fields: dict[str, Any], expected: list[str]
) -> None:
    """They mean "ever" and "never"."""
    assert await texts(hass, **fields) == expected


# --- order and limit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["documented", "unordered", "order-ignored", "scattered-ids"])
async def test_order_and_limit_are_ours(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, profile: str
) -> None:
    """By time, whatever order the service has; the count is that of all."""
    sim.profile = profile
    for count in range(12):
        sim.receive(phone, ANNA, str(count))
        sim.advance(5)

    assert await texts(hass) == [str(count) for count in range(12)]
    assert await texts(hass, limit=3) == ["0", "1", "2"]
    assert await texts(hass, limit="2", newest_first=True) == ["11", "10"]
    assert (await get_messages(hass, limit=3))["count"] == 12


async def test_messages_of_one_second_come_in_the_order_of_their_ids(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """Or the other way round."""
    for word in ("one", "two", "three"):
        sim.receive(phone, ANNA, word)

    assert await texts(hass) == ["one", "two", "three"]
    assert await texts(hass, newest_first=True) == ["three", "two", "one"]


async def test_a_hundred_messages_are_returned_unless_more_are_asked_for(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """A response is held in memory, and in traces."""
    for _ in range(120):
        sim.receive(phone, ANNA, "again")

    assert len(await texts(hass)) == 100
    assert len(await texts(hass, limit=1000)) == 120


async def test_only_the_count(hass: HomeAssistant, mixed: MockConfigEntry) -> None:
    """Of what matches all filters."""
    assert await get_messages(hass, count_only=True) == {"count": 5, "messages": []}
    assert await get_messages(hass, count_only=True, number=ANNA, limit=1) == {"count": 2, "messages": []}


# --- lists that are cut -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["cap-oldest", "cap-newest"])
async def test_a_list_that_is_cut_is_read_in_halves(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, profile: str
) -> None:
    """Until every part is whole; nothing is returned twice."""
    for count in range(90):
        sim.receive(phone, ANNA, str(count))
        sim.advance(60)
    sim.profile = profile
    sim.requests.clear()

    assert await texts(hass) == [str(count) for count in range(90)]
    assert 1 < len(sim.requests) <= 32


async def test_a_list_that_stays_cut_is_an_error_and_no_half_truth(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """More messages in one second than the service ever lists; it says to ask for less, and that works."""
    for count in range(30):
        sim.receive(phone, ANNA, str(count))
    sim.advance(3600 * 40)
    sim.profile = "cap-oldest"
    assert (await failure(hass)).translation_key == "read_incomplete"

    later = sim.receive(phone, ANNA, "later")
    assert later is not None
    assert await texts(hass, begin=later.created.isoformat()) == ["later"]


# --- every face of the service ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", sorted(PROFILES.keys() - LATE_READS))
async def test_messages_are_found_whatever_the_service_looks_like(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, profile: str
) -> None:
    """Incoming ones of a number, in their order."""
    sim.profile = profile
    count = 15 if profile in HIDDEN_CAPS else 25
    for index in range(count):
        sim.receive(phone, ANNA, f"text {index}")
        sim.advance(60)
    sim.receive(phone, BEN, "another")

    assert await texts(hass, number=ANNA, direction="incoming") == [f"text {index}" for index in range(count)]


# --- privacy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("privacy", "withheld"), [("full", set()), ("sender", {"text"}), ("minimal", {"text", "number", "name"})]
)
async def test_privacy_leaves_out_what_it_promises(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    privacy: str,
    withheld: set[str],
) -> None:
    """What is withheld from automations is not handed out by the back door; our log says nothing of it anyway."""
    caplog.set_level(logging.DEBUG)
    await add_account(recipient("Anna", ANNA), privacy=privacy)
    sim.receive(phone, ANNA, "Kellertür 4711")

    (described,) = (await get_messages(hass, number=ANNA))["messages"]
    assert {"text", "number", "name"} - described.keys() == withheld
    ours = [record.getMessage() for record in caplog.records if DOMAIN in record.name]
    assert not any("4711" in line or ANNA in line for line in ours)


# --- fields that make no sense ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "key", "placeholders"),
    [
        ({"direction": "sideways"}, "unknown_direction", {"direction": "sideways"}),
        ({"status": "lost"}, "unknown_status", {"status": "lost", "words": ", ".join(STATUS_WORDS)}),
        ({"status": "-1"}, "unknown_status", None),
        ({"status": ""}, "unknown_status", None),
        (
            {"status": "delivered", "direction": "incoming"},
            "status_of_other_direction",
            {"status": "delivered", "direction": "incoming"},
        ),
        ({"status": "5", "direction": "outgoing"}, "status_of_other_direction", None),
        ({"begin": "2026-11-02 00:00:00", "end": "2026-11-01 00:00:00"}, "begin_after_end", None),
        ({"number": " "}, "empty_number", None),
        ({"limit": 0}, "number_out_of_range", {"field": "limit", "lowest": "1", "highest": "1000"}),
        ({"limit": 1001}, "number_out_of_range", None),
        ({"sim": -1}, "number_out_of_range", {"field": "sim", "lowest": "0", "highest": "99"}),
        ({"customer_id": 0}, "number_out_of_range", None),
        ({"direction": ["incoming"]}, "not_a_text", {"field": "direction"}),
        ({"status": {}}, "not_a_text", {"field": "status"}),
        ({"begin": "soon"}, "invalid_value", {"field": "begin", "example": "2026-12-24 18:00:00"}),
        ({"end": None}, "invalid_value", {"field": "end", "example": "2026-12-24 18:00:00"}),
        ({"sim": "first"}, "number_out_of_range", None),
        ({"customer_id": []}, "number_out_of_range", None),
        ({"number": [ANNA]}, "not_a_text", {"field": "number"}),
        ({"limit": "all"}, "number_out_of_range", None),
        ({"count_only": "perhaps"}, "invalid_value", {"field": "count_only", "example": "true"}),
        ({"newest_first": None}, "invalid_value", {"field": "newest_first", "example": "true"}),
        ({"device_id": {}}, "not_a_text", {"field": "device_id"}),
    ],
)
async def test_fields_that_make_no_sense_are_refused_before_anything_is_asked(
    hass: HomeAssistant,
    sim: Simulator,
    entry: MockConfigEntry,
    fields: dict[str, Any],
    key: str,
    placeholders: dict[str, str] | None,
) -> None:
    """With what is wrong, and what to do."""
    sim.requests.clear()
    error = await refusal(hass, **fields)

    assert error.translation_key == key
    if placeholders is not None:
        assert error.translation_placeholders == placeholders
    assert not sim.requests


def test_the_editor_offers_every_status() -> None:
    """But "unknown", which nobody looks for."""
    fields = read_yaml(package(ROOT) / "services.yaml")["get_messages"]["fields"]
    assert {*fields["status"]["selector"]["select"]["options"], "unknown"} == set(STATUS_WORDS)


# --- a service that does not do its part ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (faults.http_error(), "read_cannot_connect"),
        (faults.cut_off(), "read_cannot_connect"),
        (faults.http_error(HTTPStatus.TOO_MANY_REQUESTS), "read_throttled"),
        (faults.page(), "read_unreadable_answer"),
        (faults.garbled(), "read_unreadable_answer"),
        (faults.refused("Limit exceeded"), "read_refused"),
    ],
)
async def test_a_failure_is_an_error_that_says_what_to_do_and_the_next_call_works(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry, fault: faults.Fault, key: str
) -> None:
    """It reaches the automation that asked."""
    sim.receive(phone, ANNA, "gate")
    sim.fail(fault, "getallsms", times=None)
    error = await failure(hass)
    assert error.translation_key == key
    if key == "read_refused":
        assert error.translation_placeholders == {"message": "Limit exceeded"}

    sim.faults.clear()
    assert await texts(hass) == ["gate"]


async def test_credentials_that_are_no_longer_accepted_ask_the_user_to_sign_in(
    hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry
) -> None:
    """The error says so, and the page for it is there."""
    sim.rotate_token()
    sim.account.password = "another"
    assert (await failure(hass)).translation_key == "read_invalid_auth"
    await hass.async_block_till_done()

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_a_token_that_has_ended_is_renewed_without_anybody_noticing(
    hass: HomeAssistant, sim: Simulator, phone: Phone, entry: MockConfigEntry
) -> None:
    """As everywhere."""
    sim.receive(phone, ANNA, "gate")
    sim.rotate_token()
    assert await texts(hass) == ["gate"]
