"""A few kills of a real Home Assistant in the ordinary run of the tests; `scripts/kill-test` makes many."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from demo.home import Home
from simulator import Simulator, SystemClock

from . import incoming, outgoing
from .house import House
from .witness.orders import Kill, Point


@pytest.fixture
async def house(socket_enabled: None, tmp_path: Path) -> AsyncIterator[House]:
    """Return a house that is not built yet, with a simulated service in real time."""
    async with Simulator(clock=SystemClock()) as simulator:
        house = House(Home(tmp_path / "house"), simulator)
        yield house
        house.tear_down()


@pytest.fixture
def chance() -> Random:
    """Return the same chance for every run."""
    return Random("a few")  # noqa: S311 - it is to be repeatable


def ignore(text: str) -> None:
    """Nobody watches."""


async def test_killed_around_a_claim_texts_are_announced_once_or_their_loss_is_told(
    house: House, chance: Random
) -> None:
    """Given kills before a claim, between claim and announcement, and after it, no text is announced twice."""
    house.build()
    kills = (Kill(Point.CLAIM_BEFORE), Kill(Point.CLAIM_AFTER), Kill(Point.FIRE_AFTER))

    findings = await incoming.kill_while_receiving(house, kills, chance, ignore)

    assert findings.faults == []
    assert sorted(findings.kills) == sorted(kill.point for kill in kills)
    lost = findings.figures["lost between claim and announcement"]
    assert int(lost) >= 1
    assert findings.figures["announced once"] == int(findings.figures["texts that came"]) - int(lost)


async def test_killed_around_a_request_texts_go_out_once(house: House, chance: Random) -> None:
    """Given kills after a text was handed over and after its outcome was told, nobody is texted twice."""
    house.numbers = outgoing.NUMBERS
    house.build()
    kills = (Kill(Point.POST_AFTER), Kill(Point.REPORT_AFTER))

    findings = await outgoing.kill_while_sending(house, kills, chance, ignore)

    assert findings.faults == []
    assert sorted(findings.kills) == sorted(kill.point for kill in kills)
    assert int(findings.figures["messages at the service"]) >= len(kills)
