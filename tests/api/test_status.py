"""The service's status codes."""

import pytest

from custom_components.smsgateway24.api import FAILED, FINAL, SENT, WAITING, MessageStatus, status_word


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (1, "pending"),
        (2, "taken"),
        (3, "queued"),
        (4, "sent"),
        (5, "incoming"),
        (6, "sent"),
        (7, "delivered"),
        (8, "not_delivered"),
        (9, "generic_failure"),
        (10, "no_service"),
        (11, "null_pdu"),
        (12, "radio_off"),
        (100, "not_allowed"),
        (101, "not_allowed"),
    ],
)
def test_each_code_has_a_stable_word(code: int, word: str) -> None:
    """Each code has a stable word."""
    assert MessageStatus(code).word == word
    assert status_word(code) == word


@pytest.mark.parametrize("code", [-1, 0, 13, 99, 102, 2**62])
def test_an_unknown_code_is_called_so(code: int) -> None:
    """An unknown code is called so."""
    assert status_word(code) == "unknown"


def test_the_sets_are_those_of_the_documentation() -> None:
    """The sets are those of the documentation."""
    assert sorted(WAITING) == [1, 2, 3]
    assert sorted(SENT) == [4, 6]
    assert sorted(FAILED) == [8, 9, 10, 11, 12, 100, 101]
    assert sorted(FINAL) == [7, 8, 9, 10, 11, 12, 100, 101]


def test_every_code_but_incoming_is_in_one_set() -> None:
    """Every code but incoming is in one set."""
    assert {int(status) for status in MessageStatus} == WAITING | SENT | FINAL | {5}
    assert not WAITING & SENT
    assert not (WAITING | SENT) & FINAL
