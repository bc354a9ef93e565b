"""A list that is read no further than it is asked for."""

from typing import Any

import pytest

from custom_components.smsgateway24.api import MessageList, answers

RECORD: dict[str, Any] = {"id": 5, "sendto": "+12025550123", "body": "Hello", "status": 7, "deviceid": 1576}


def listed(*records: Any, **fields: Any) -> MessageList:
    """Return a list of these records."""
    return answers.messages({"smss": list(records), **fields})


@pytest.mark.parametrize("number", [5, "5", " 5 ", 5.0])
def test_a_message_is_found_by_its_id(number: object) -> None:
    """In whatever form the id came."""
    found = listed({**RECORD, "id": number})

    assert set(found.ids) == {5}
    message = found.get(5)
    assert message is not None
    assert (message.id, message.text) == (5, "Hello")
    assert found.get(6) is None


def test_the_key_of_a_record_may_stand_in_for_its_id() -> None:
    """But an id of its own goes first: keys may be mere positions."""
    keyless = {name: value for name, value in RECORD.items() if name != "id"}
    found = answers.messages({"smss": {"0": RECORD, "77": keyless}})

    assert set(found.ids) == {5, 77}
    message = found.get(77)
    assert message is not None
    assert message.id == 77


@pytest.mark.parametrize(
    ("count", "complete"), [(None, True), (0, True), (1, True), (2, True), (3, False), ("3", False), ("?", True)]
)
def test_a_list_is_complete_if_it_holds_what_was_counted(count: object, complete: bool) -> None:  # noqa: FBT001
    """Also what could not be read was listed; without a count nothing speaks against it."""
    assert listed(RECORD, "broken", count=count).complete is complete


@pytest.mark.parametrize("status", [1, 2, 3, "1", "2", "3"])
def test_messages_that_wait_are_found_without_reading_the_others(status: object) -> None:
    """Whatever form the status has."""
    found = listed(RECORD, {**RECORD, "id": 6, "status": status}, {**RECORD, "id": 7, "status": 5})

    assert [message.id for message in found.waiting()] == [6]


@pytest.mark.parametrize("status", [[1], {"code": 1}, None, True])
def test_a_status_that_is_none_hides_no_other(status: object) -> None:
    """It may be of any type."""
    found = listed({**RECORD, "id": 6, "status": status}, {**RECORD, "id": 7, "status": 1})

    assert [message.id for message in found.waiting()] == [7]
    assert [message.id for message in found.messages] == [7]
    assert found.skipped == 1


def test_a_record_without_status_hides_no_other() -> None:
    """It is no message, and the others are."""
    without = {name: value for name, value in RECORD.items() if name != "status"}
    found = listed({**without, "id": 6}, {**RECORD, "id": 7, "status": 1})

    assert [message.id for message in found.waiting()] == [7]


def test_messages_are_sorted_by_their_ids() -> None:
    """The service's order is not reliable."""
    found = listed(*({**RECORD, "id": number} for number in (70, 6, 500)))

    assert [message.id for message in found.messages] == [6, 70, 500]


@pytest.mark.parametrize(
    "stranger",
    ["id", ["id"], 5, 0.5, True, None, {}, {"id": None}, {"id": True}, {"id": 2**63}, {"id": 0}, {"id": -1}],
)
def test_what_is_no_record_hides_no_other(stranger: object) -> None:
    """Whatever stands between the records, it only counts as a row, and what has no key either as skipped."""
    found = listed({**RECORD, "id": 6}, stranger, {**RECORD, "id": 7})

    assert list(found.ids) == [6, 7]
    assert (found.rows, found.skipped) == (3, 1)


def test_its_name_for_a_log_holds_no_content() -> None:
    """Texts and numbers have no place there."""
    assert repr(listed(RECORD)) == "<MessageList of 1 rows>"
