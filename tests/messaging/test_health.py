"""How a gateway phone is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.smsgateway24.messaging.health import PhoneState, assess

from .world import START, a_phone

OFFLINE_AFTER = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


def look(seen: datetime | None, now: datetime | None, before: PhoneState | None = None) -> PhoneState:
    """Assess a phone that was last seen at this moment."""
    return assess(a_phone(last_seen=seen), pending=0, now=now, offline_after=OFFLINE_AFTER, before=before)


@pytest.mark.parametrize(
    ("ago", "online"),
    [
        (timedelta(), True),
        (OFFLINE_AFTER, True),
        (OFFLINE_AFTER + SECOND, False),
        (timedelta(days=400), False),
        (-SECOND, True),
    ],
)
def test_a_phone_is_online_while_it_was_seen_lately(ago: timedelta, *, online: bool) -> None:
    """By the service's own clock."""
    assert look(START - ago, START).online is online


def test_a_phone_that_was_never_seen_is_offline() -> None:
    """Whatever the time."""
    assert look(None, START).online is False
    assert look(None, None).online is False
    assert look(None, START).last_seen is None


def test_without_the_services_time_nobody_knows() -> None:
    """Home Assistant's clock is not asked."""
    assert look(START, None).online is None


def test_a_healthy_phone_looks_the_same_for_five_minutes() -> None:
    """Or each of its signs of life would be written into the recorder."""
    first = look(START, START)
    second = look(START + 299 * SECOND, START + 299 * SECOND, first)
    assert second == first
    assert second.last_seen == START
    assert second.phone.last_seen == START + 299 * SECOND
    third = look(START + 300 * SECOND, START + 300 * SECOND, second)
    assert third.last_seen == START + 300 * SECOND


def test_the_exact_moment_is_shown_when_a_phone_goes_and_comes() -> None:
    """When it was seen last is what people then want to know."""
    well = look(START, START)
    last = START + 60 * SECOND
    gone = look(last, START + 3600 * SECOND, look(last, last, well))
    assert (gone.online, gone.last_seen) == (False, last)
    back = look(START + 3601 * SECOND, START + 3601 * SECOND, gone)
    assert (back.online, back.last_seen) == (True, START + 3601 * SECOND)


def test_the_exact_moment_is_shown_of_a_phone_that_is_soon_back() -> None:
    """However short its absence was."""
    gone = replace(look(START, START), online=False)
    back = look(START + SECOND, START + SECOND, gone)
    assert (back.online, back.last_seen) == (True, START + SECOND)


@pytest.mark.parametrize("before", [START + SECOND, None])
def test_a_moment_that_goes_back_or_was_missing_is_shown(before: datetime | None) -> None:
    """The service's word counts, even if it takes something back."""
    earlier = replace(look(before, START), online=True)
    assert look(START, START, earlier).last_seen == START
