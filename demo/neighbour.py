"""The neighbour's gateway: a second simulated service, with an account that the demo's Home Assistant does not know.

Start it with `python -m demo.neighbour`; it prints its address, listens on a free port of this machine and forgets
everything at its end.
"""

import asyncio
import signal
import sys

from simulator import Simulator
from simulator.clock import SystemClock

from . import household


async def serve() -> None:
    """Listen until told to stop."""
    service = Simulator(clock=SystemClock())
    neighbour = service.add_account(
        household.NEIGHBOUR_EMAIL, household.NEIGHBOUR_PASSWORD, "neighbour-token-0123456789"
    )
    service.add_phone(household.NEIGHBOUR_PHONE, account=neighbour, phone_id=2311, serial_number="SIMULATED0002")
    stop = asyncio.Event()
    for reason in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(reason, stop.set)
    async with service:
        sys.stdout.write(f"{service.url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve())
