"""What a week leaves in memory and on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
import gc
from pathlib import Path
import tracemalloc
from typing import Final
from unittest.mock import patch

from homeassistant.core import HomeAssistant

import custom_components.smsgateway24 as integration
from simulator import Simulator

from .home import a_home, add_account, poll
from .report import Requirement, Result
from .world import FRIEND, MESSAGES_A_DAY, furnish

# Seconds: the default.
INTERVAL: Final = 30
DAYS: Final = 7
POLLS_A_DAY: Final = 24 * 3600 // INTERVAL
POLLS_A_DAY_FOR_SMOKE: Final = 40
_HISTORY: Final = 1_000
_KILO: Final = 1000
# An id and a time of each, in memory.
MOST_FOR_A_MESSAGE: Final = 1_000


async def measure(*, smoke: bool) -> Result:
    """Let a week pass in which messages come in, and look every day at what the integration holds."""
    polls = POLLS_A_DAY_FOR_SMOKE if smoke else POLLS_A_DAY
    held: list[tuple[int, int]] = []
    async with Simulator() as simulator, a_home() as hass:
        furnish(simulator, phones=1, history=_HISTORY)
        phone = next(iter(simulator.account.phones.values()))
        with patch("homeassistant.util.dt.utcnow", simulator.clock.now), _traced():
            coordinator = await add_account(hass, simulator.account, simulator.url, poll_interval=INTERVAL)
            for _ in range(DAYS):
                for number in range(polls):
                    simulator.advance(INTERVAL)
                    if number % (polls // MESSAGES_A_DAY) == 0:
                        simulator.receive(phone, FRIEND, "The gate is open")
                    await poll(coordinator)
                await hass.async_block_till_done()
                # What is noted in the log of requests is the simulator's.
                simulator.requests.clear()
                held.append((_held(), await _stored(hass)))
            known = len(coordinator.mailbox.memory.inbox.as_dict()["known"])
    growth = held[-1][0] - held[0][0]
    messages = (DAYS - 1) * MESSAGES_A_DAY
    return Result(
        name="memory",
        compares=f"What the integration's own code has allocated and still holds, and the size of its store, after each day"
        f" of a week with {MESSAGES_A_DAY} incoming messages a day and a poll every {INTERVAL} s. In the end it remembers"
        f" {known} messages.",
        columns=("day", "memory (kB)", "store (kB)"),
        rows=[
            (f"{day}", f"{memory / _KILO:.0f}", f"{store / _KILO:.0f}") for day, (memory, store) in enumerate(held, 1)
        ],
        requirements=[
            Requirement(
                f"at most {MOST_FOR_A_MESSAGE} bytes for a message of the last weeks, and nothing else",
                f"{growth / messages:.0f} bytes",
                met=growth <= MOST_FOR_A_MESSAGE * messages,
            )
        ],
    )


@contextmanager
def _traced() -> Iterator[None]:
    """Have allocations noted, from now on."""
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def _held() -> int:
    """Return the bytes that the integration's lines have allocated and somebody still holds."""
    gc.collect()
    own = tracemalloc.Filter(True, str(Path(integration.__file__).parent / "*"))
    statistics = tracemalloc.take_snapshot().filter_traces([own]).statistics("filename")
    return sum(statistic.size for statistic in statistics)


async def _stored(hass: HomeAssistant) -> int:
    """Return the bytes on disk."""

    def sizes() -> int:
        return sum(file.stat().st_size for file in Path(hass.config.path(".storage")).glob("smsgateway24*"))

    return await hass.async_add_executor_job(sizes)
