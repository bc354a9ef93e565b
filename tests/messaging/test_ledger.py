"""The ledger: what is open, and what of it is on disk."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from custom_components.smsgateway24.messaging.ledger import Ledger

from .test_outgoing import MESSAGE
from .timeless import timeless
from .world import START


class Disk:
    """Takes as long as it is told, and counts how often it is asked."""

    def __init__(self) -> None:
        self.takes = 0.0
        self.asked = 0
        self.works = True

    async def save(self) -> bool:
        """Save, or not."""
        self.asked += 1
        await asyncio.sleep(self.takes)
        return self.works


def spawn[T](work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Start a task."""
    return asyncio.get_running_loop().create_task(work)


@timeless
async def test_a_disk_that_hangs_is_waited_for_once() -> None:
    """Then it is as good as full, until it has come to itself."""
    disk = Disk()
    ledger = Ledger(save=disk.save, spawn=spawn)
    loop = asyncio.get_running_loop()
    disk.takes = 60.0
    assert not await ledger.write_down()
    assert loop.time() == 5
    assert not await ledger.write_down()
    assert (loop.time(), disk.asked) == (5, 1)

    disk.takes = 0.0
    await asyncio.sleep(60)
    assert await ledger.write_down()


@timeless
async def test_a_save_that_is_ended_from_outside_is_not_certain() -> None:
    """As when Home Assistant stops."""
    tasks: list[asyncio.Task[Any]] = []

    def note[T](work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = spawn(work)
        tasks.append(task)
        return task

    disk = Disk()
    disk.takes = 1.0
    ledger = Ledger(save=disk.save, spawn=note)
    writing = asyncio.create_task(ledger.write_down())
    await asyncio.sleep(0.5)
    tasks[0].cancel()
    assert not await writing


@timeless
async def test_whoever_gives_up_waiting_does_not_end_the_save() -> None:
    """Half a write is worse than a late one."""
    disk = Disk()
    disk.takes = 1.0
    ledger = Ledger(save=disk.save, spawn=spawn)
    writing = asyncio.create_task(ledger.write_down())
    await asyncio.sleep(0.5)
    writing.cancel()
    await asyncio.wait([writing])
    assert writing.cancelled()
    (saving,) = asyncio.all_tasks() - {asyncio.current_task()}
    await saving
    assert not saving.cancelled()


@timeless
async def test_what_changes_during_a_save_is_still_to_be_written() -> None:
    """The save may have been before it or after it."""
    disk = Disk()
    disk.takes = 1.0
    ledger = Ledger(save=disk.save, spawn=spawn)
    writing = asyncio.create_task(ledger.write_down())
    await asyncio.sleep(0.5)
    ledger.put(MESSAGE)
    assert await writing
    await ledger.catch_up()
    await ledger.catch_up()
    assert disk.asked == 2


@timeless
async def test_what_a_save_that_was_given_up_may_still_have_written_is_written_over() -> None:
    """Or a message that has ended meanwhile would be sent once more after a restart."""
    disk = Disk()
    disk.takes = 60.0
    ledger = Ledger(save=disk.save, spawn=spawn)
    ledger.put(MESSAGE)
    assert not await ledger.write_down()
    ledger.remove(MESSAGE)
    disk.takes = 0.0
    await asyncio.sleep(60)
    await ledger.catch_up()
    assert disk.asked == 2


@timeless
async def test_what_was_just_read_is_not_written_again() -> None:
    """Nothing has changed."""
    disk = Disk()
    ledger = Ledger(save=disk.save, spawn=spawn)
    ledger.restore([MESSAGE.as_dict()], START)
    await ledger.catch_up()
    assert disk.asked == 0


@timeless
async def test_a_save_that_breaks_is_not_certain_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever waits for it gets no exception."""

    async def break_down() -> bool:
        raise OSError("No space left on device")

    ledger = Ledger(save=break_down, spawn=spawn)
    assert not await ledger.write_down()
    assert "No space left on device" in caplog.text


@pytest.mark.parametrize(
    "damaged", [{**MESSAGE.as_dict(), "stage": "lost"}, {**MESSAGE.as_dict(), "tags": None}, {"key": "key"}]
)
def test_what_is_damaged_is_left_out(caplog: pytest.LogCaptureFixture, damaged: dict[str, Any]) -> None:
    """The log says how many messages that has cost, and not a word of what is in them."""

    async def never() -> bool:
        raise AssertionError

    ledger = Ledger(save=never, spawn=spawn)
    ledger.restore([damaged, {**MESSAGE.as_dict(), "key": "whole"}], START)
    assert [message.key for message in ledger] == ["whole"]
    assert "lost: 1" in caplog.text
    assert MESSAGE.text not in caplog.text


@timeless
async def test_messages_are_kept_in_their_order() -> None:
    """Also if one of them changes, and while somebody goes through them."""
    ledger = Ledger(save=Disk().save, spawn=spawn)
    ledger.restore([{**MESSAGE.as_dict(), "key": key} for key in ("one", "two", "three")], START)
    first = next(iter(ledger))
    ledger.put(first.accepted(1, told=True))
    for message in ledger:
        assert message in ledger
        ledger.remove(message)
    assert ledger.current(first) is None
    assert first not in ledger
    assert ledger.as_list() == []
