"""Time moves when told to."""

from datetime import UTC, datetime, timedelta

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from simulator import ManualClock, Simulator, SystemClock

from .conftest import FRIEND, NOON, Caller


def test_manual_clock_stands_still_until_it_is_moved() -> None:
    """Only advance moves it, in both directions."""
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(90.5)
    assert clock.now() == NOON + timedelta(seconds=90.5)
    clock.advance(-90.5)
    assert clock.now() == NOON


def test_manual_clock_begins_at_the_present_second(freezer: FrozenDateTimeFactory) -> None:
    """So it agrees with a clock that is frozen elsewhere."""
    freezer.move_to("2026-11-03T04:05:06.789Z")
    assert ManualClock().now() == datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)


async def test_sleepers_of_a_manual_clock_wake_in_time() -> None:
    """A sleep ends when the clock has passed its end, and not before."""
    clock = ManualClock(NOON)
    await clock.sleep(0)
    sleeper = clock.sleep(5)
    clock.advance(4)
    assert not sleeper.done()
    clock.advance(1)
    assert sleeper.done()


async def test_system_clock_follows_the_machine_with_its_lead(freezer: FrozenDateTimeFactory) -> None:
    """It shows the machine's time, plus what it was put ahead."""
    freezer.move_to(NOON)
    clock = SystemClock()
    assert clock.now() == NOON
    clock.advance(3600)
    freezer.tick(1)
    assert clock.now() == NOON + timedelta(seconds=3601)
    await clock.sleep(0)


@pytest.mark.usefixtures("socket_enabled")
async def test_a_clock_frozen_elsewhere_drives_the_service(freezer: FrozenDateTimeFactory) -> None:
    """Given a test that freezes and ticks time, phones follow it, and so does the Date header."""
    freezer.move_to(NOON)
    async with Simulator(clock=SystemClock()) as simulator, aiohttp.ClientSession() as session:
        caller = Caller(simulator, session)
        phone = simulator.add_phone()
        await caller.ask("addsms", sendto=FRIEND, body="Hi", device_id=phone.id)
        freezer.tick(11)
        assert len(simulator.sent_texts()) == 1
        answer = await caller.ask("getalldevices")
        assert answer.headers["Date"] == "Sun, 01 Nov 2026 12:00:11 GMT"
