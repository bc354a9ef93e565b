"""How much of a quiet day ends in Home Assistant's database."""

from pathlib import Path
import sqlite3
from typing import Any, Final
from unittest.mock import patch

from homeassistant.components import recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component

from simulator import Simulator

from .home import a_home, add_account, poll
from .report import Requirement, Result
from .world import furnish

# Seconds: the default.
INTERVAL: Final = 30
POLLS: Final = 24 * 3600 // INTERVAL
POLLS_FOR_SMOKE: Final = 120
PHONES: Final = 1
# One every five minutes, and no other.
MOST_A_DAY: Final = 24 * 12
_POLLS_BEFORE: Final = 2
_ROWS: Final = """
select coalesce(meta.entity_id, ''), count(*) from states join states_meta meta using (metadata_id)
where state_id > ? group by 1 order by 2 desc
"""


async def measure(*, smoke: bool) -> Result:
    """Count the rows that a day without a message leaves of a healthy phone."""
    polls = POLLS_FOR_SMOKE if smoke else POLLS
    async with Simulator() as simulator, a_home() as hass:
        furnish(simulator, phones=PHONES, history=20)
        database = Path(hass.config.path("home-assistant_v2.db"))
        await _record(hass, database)
        with patch("homeassistant.util.dt.utcnow", simulator.clock.now):
            coordinator = await add_account(hass, simulator.account, simulator.url, poll_interval=INTERVAL)
            for _ in range(_POLLS_BEFORE):
                simulator.advance(INTERVAL)
                await poll(coordinator)
            before = await _last_row(hass, database)
            for _ in range(polls):
                simulator.advance(INTERVAL)
                await poll(coordinator)
            await hass.async_block_till_done()
            await recorder.get_instance(hass).async_block_till_done()
        counts = await hass.async_add_executor_job(_query, database, _ROWS, before)
    total = round(sum(count for _, count in counts) * POLLS / polls)
    return Result(
        name="recorder",
        compares="Rows of states that a day without a message leaves in Home Assistant's database, for one healthy phone.",
        columns=("entity", "rows"),
        rows=[(entity, f"{round(count * POLLS / polls)}") for entity, count in counts],
        requirements=[
            Requirement(
                f"at most {MOST_A_DAY} rows a day: one every five minutes", f"{total} rows", met=total <= MOST_A_DAY
            )
        ],
    )


async def _record(hass: HomeAssistant, database: Path) -> None:
    """Start the database, as every Home Assistant has one."""
    async_initialize_recorder(hass)
    config = {"recorder": {"db_url": f"sqlite:///{database}", "commit_interval": 0}}
    if not await async_setup_component(hass, "recorder", config):
        raise RuntimeError("The database could not be opened")
    await recorder.get_instance(hass).async_recorder_ready.wait()
    await hass.async_block_till_done()


async def _last_row(hass: HomeAssistant, database: Path) -> int:
    await hass.async_block_till_done()
    await recorder.get_instance(hass).async_block_till_done()
    rows = await hass.async_add_executor_job(_query, database, "select coalesce(max(state_id), 0), 0 from states")
    last: int = rows[0][0]
    return last


def _query(database: Path, question: str, *values: int) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(question, values).fetchall()
    finally:
        connection.close()
