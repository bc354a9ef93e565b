"""The profile of answers: their shapes, none of their values, and never more than somebody wants to read."""

import json
from typing import Any

from hypothesis import given
import pytest

from custom_components.smsgateway24.api import SmsGateway24Client, SmsGateway24Error
from custom_components.smsgateway24.api.profile import (
    LOOK_EVERY,
    MOST_FIELDS,
    MOST_RECORDS,
    MOST_SHAPES,
    MOST_ZONES,
    OTHER,
    AnswerProfile,
)

from .conftest import FakeService, unhurried
from .samples import DEVICES, MESSAGES
from .test_parsing import anything

PARIS = {"date": "2026-03-01 12:00:00.000000", "timezone_type": 3, "timezone": "Europe/Paris"}


class Clock:
    """Time that passes when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def profile_of(*answers: dict[str, Any]) -> dict[str, Any]:
    """Return the profile of these answers of one method, far enough apart to be all looked at."""
    clock = Clock()
    profile = AnswerProfile(clock)
    for answer in answers:
        profile.note("getallsms", answer)
        clock.now += LOOK_EVERY
    return profile.as_dict()


def test_it_says_which_fields_there_are_and_of_which_kinds() -> None:
    """All kinds that were seen, in an order that does not depend on that of the answers."""
    answer = {
        "error": 0,
        "message": "OK",
        "count": "2",
        "smss": {"12": {"id": 12, "status": 1, "created": PARIS, "urgent": False, "sim": None, "body": ""}},
    }
    other = {"error": "0", "smss": []}
    assert profile_of(answer, other) == {
        "shapes": {
            "getallsms": {
                "count": ["number as text"],
                "error": ["number", "number as text"],
                "message": ["text"],
                "smss": ["empty list", "object of records"],
            },
            "getallsms.smss[]": {
                "body": ["empty text"],
                "created": ["date of type 3"],
                "id": ["number"],
                "sim": ["null"],
                "status": ["number"],
                "urgent": ["truth"],
            },
        },
        "zones": ["Europe/Paris"],
    }


def test_received_messages_are_told_from_others() -> None:
    """No sample of one is public, so this is what everybody would like to see."""
    found = profile_of({"smss": [{"id": 1, "status": 6}, {"id": 2, "status": "5", "address": "MyBank"}]})
    assert found["shapes"]["getallsms.smss[]"] == {"id": ["number"], "status": ["number"]}
    assert found["shapes"]["getallsms.smss[] received"]["address"] == ["text"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1.5, "fraction"),
        ({}, "empty object"),
        ([1], "list"),
        ({"a": 1}, "object"),
        ("2026-03-01 12:00:00", "date as text"),
        ("01.03.2026 12:00:00", "date as text"),
        ("-12.5", "number as text"),
        ("9" * 400, "text"),
        ("2026-03-01 is the day", "text"),
        ("12 monkeys", "text"),
        ({"timezone_type": 9}, "date"),
        ({"timezone_type": 1}, "date of type 1"),
        ({"timezone_type": "2"}, "date of type 2"),
    ],
)
def test_values_have_these_kinds(value: object, kind: str) -> None:
    """Whatever the documentation says of them."""
    assert profile_of({"field": value})["shapes"]["getallsms"] == {"field": [kind]}


def test_the_fields_of_one_thing_are_no_records() -> None:
    """They are noted once, by their names; what stands in a list without names has none."""
    found = profile_of({"one": {"a": 1, "b": {"c": "x"}}, "several": [1, "x"]})
    assert found["shapes"] == {
        "getallsms": {"one": ["object"], "several": ["list"]},
        "getallsms.one": {"a": ["number"], "b": ["object"]},
        "getallsms.one.b": {"c": ["text"]},
        "getallsms.several[]": {OTHER: ["number", "text"]},
    }


def test_nobody_wants_to_read_how_deep_an_answer_goes() -> None:
    """It ends after a few steps, through objects and lists alike."""
    answer: dict[str, Any] = {"a": 1}
    for _ in range(20):
        answer = {"a": answer}
    assert profile_of(answer)["shapes"].keys() == {"getallsms" + steps * ".a" for steps in range(5)}
    answer = {"a": 1}
    for _ in range(20):
        answer = {"a": [answer]}
    assert profile_of(answer)["shapes"].keys() == {"getallsms" + steps * ".a[]" for steps in range(5)}


def test_that_there_are_more_fields_is_said_and_those_that_are_known_stay_known() -> None:
    """However many there are."""
    names = [f"field_{'x' * number}" for number in range(MOST_FIELDS // 2)]
    numbers, texts = dict.fromkeys(names, 1), dict.fromkeys(names, "x")
    assert OTHER not in profile_of(numbers)["shapes"]["getallsms"]
    many = {f"a_{chr(97 + number // 26)}{chr(97 + number % 26)}": 1 for number in range(MOST_FIELDS + 1)}
    found = profile_of(many, dict.fromkeys(many, "x"))["shapes"]["getallsms"]
    assert OTHER in found
    assert found["a_aa"] == ["number", "text"]
    assert profile_of(numbers, texts)["shapes"]["getallsms"][names[-1]] == ["number", "text"]


def test_all_that_the_documentation_shows_is_noted_without_a_value() -> None:
    """Numbers, names, texts, serial numbers: none of them."""
    profile = AnswerProfile()
    profile.note("getalldevices", json.loads(DEVICES))
    profile.note("getallsms", json.loads(MESSAGES))
    printed = str(profile.as_dict())
    assert "getalldevices.device[].siminfo[]" in printed
    assert "'IccId': ['number as text']" in printed
    for private in ("12025550", "89014103", "35824005", "EMULATOR", "AOSP", "1576", "T-Mobile"):
        assert private not in printed


def test_a_list_with_something_in_it_is_looked_at_although_an_empty_one_just_was() -> None:
    """Texts are rare, and the first one is what somebody wants to see."""
    profile = AnswerProfile(Clock())
    profile.note("getallsms", {"error": 0, "smss": []})
    profile.note("getallsms", {"error": 0, "smss": [{"id": 1}]})
    assert profile.as_dict()["shapes"]["getallsms.smss[]"] == {"id": ["number"]}


def test_within_a_minute_an_answer_is_not_looked_at_again() -> None:
    """Those of another method are."""
    clock = Clock()
    profile = AnswerProfile(clock)
    profile.note("getallsms", {"error": 0})
    clock.now = LOOK_EVERY - 1
    profile.note("getallsms", {"late": 0})
    profile.note("getalldevices", {"other": 0})
    assert profile.as_dict()["shapes"] == {"getallsms": {"error": ["number"]}, "getalldevices": {"other": ["number"]}}
    clock.now = LOOK_EVERY
    profile.note("getallsms", {"late": 0})
    assert profile.as_dict()["shapes"]["getallsms"] == {"error": ["number"], "late": ["number"]}


@pytest.mark.parametrize(
    "name", ["+447700900123", "447700900123", "anna 4711", "é", "a" * 40, "", "field\n", "p447700900123", "a.b", "<b>"]
)
def test_a_name_that_may_say_more_than_a_name_is_not_repeated(name: str) -> None:
    """Names are the service's too."""
    found = profile_of({"device": {"x": 0, name: {name: 1, "y": {name: {"z": 1}}}}})
    assert found["shapes"]["getallsms.device"][OTHER]
    assert not name or name not in str(found)


@pytest.mark.parametrize(
    "zone", ["Anna/Smith", "Europe/" + "x" * 90, "+447700900123", "Europe/Paris\n", "Europe/447700900"]
)
def test_a_zone_that_is_none_is_not_repeated(zone: str) -> None:
    """Nor what somebody writes in its place."""
    assert profile_of({"created": {**PARIS, "timezone": zone}})["zones"] == [OTHER]


@pytest.mark.parametrize("zone", ["UTC", "CEST", "+02:00", "-0330", "America/Argentina/Buenos_Aires", "Etc/GMT+12"])
def test_a_zone_is_named(zone: str) -> None:
    """However PHP writes it."""
    assert profile_of({"created": {**PARIS, "timezone": zone}})["zones"] == [zone]


def letters(number: int) -> str:
    """Return another name for each number."""
    return "x" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def test_a_service_that_never_says_the_same_twice_fills_no_memory() -> None:
    """There is a limit to everything."""
    clock = Clock()
    profile = AnswerProfile(clock)
    for number in range(2000):
        name = letters(number)
        zone = {**PARIS, "timezone": f"Europe/{name}"}
        profile.note("getallsms", {name: {name: {name: {name: {name: {name: 1}}}}}, "z": zone})
        clock.now += LOOK_EVERY
    found = profile.as_dict()
    assert len(found["shapes"]) <= MOST_SHAPES + 1
    assert all(len(fields) <= MOST_FIELDS + 1 for fields in found["shapes"].values())
    assert len(found["zones"]) == MOST_ZONES + 1
    assert len(json.dumps(found)) < 200_000


def test_of_many_records_the_first_and_the_last_are_looked_at() -> None:
    """A list of ten thousand costs no more than one of twenty."""
    records = [{letters(number): number} for number in range(10_000)]
    fields = profile_of({"smss": records})["shapes"]["getallsms.smss[]"]
    assert len(fields) == MOST_RECORDS
    assert {letters(0), letters(9_999)} <= fields.keys()
    assert letters(5_000) not in fields


@unhurried
@given(anything)
def test_whatever_comes_can_be_noted_and_written(value: Any) -> None:
    """The profile is in the way of every answer, so it must not stumble."""
    assert json.dumps(profile_of({"field": value}, value if isinstance(value, dict) else {}))


async def test_the_client_notes_what_it_is_answered(client: SmsGateway24Client, service: FakeService) -> None:
    """Also what it cannot make anything of."""
    service.answers({"error": 0, "device": {"7": {"id": 7, "title": "Hall phone"}}})
    await client.get_phones()
    service.answers({"error": 0, "smss": 5, "surprise": {}})
    with pytest.raises(SmsGateway24Error):
        await client.get_messages()
    shapes = client.profile.as_dict()["shapes"]
    assert shapes["getalldevices.device[]"] == {"id": ["number"], "title": ["text"]}
    assert shapes["getallsms"] == {"error": ["number"], "smss": ["number"], "surprise": ["empty object"]}
