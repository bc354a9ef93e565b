"""A run of the demo: from the first program's start to the last one's end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import importlib.util
import shutil
import sys

import aiohttp

from . import household
from .assistant import Assistant, answering
from .errors import DemoError
from .home import CHECKOUT, Home, Memory, fingerprint
from .prepare import move_gateway, prepare, require_loaded
from .programs import LOOPBACK, Program, require_free_port

DEFAULT_PORT = 8123
DEFAULT_SIMULATOR_PORT = 8024

# A first start downloads some twenty packages; more than this is not slow, it is stuck.
_START_PATIENCE = 900.0

# What Home Assistant's own exit code asks for after "Restart" in its page.
_RESTART = 100

# The voice assistant's packages, which belong to every Home Assistant and come as source only.
_NEEDS_COMPILER = {"pymicro_vad": "pymicro-vad", "pyspeex_noise": "pyspeex-noise"}


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line; a port that was not asked for is the last one used."""

    port: int | None
    simulator_port: int | None
    fresh: bool


@dataclass(frozen=True)
class Demo:
    """The demo that lives in a home. `say` tells a person what is going on."""

    home: Home
    port: int
    simulator_port: int
    say: Callable[[str], None]

    @property
    def url(self) -> str:
        """Home Assistant's address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def simulator_url(self) -> str:
        """The simulator's address."""
        return f"http://{LOOPBACK}:{self.simulator_port}"

    async def run(self, memory: Memory) -> None:
        """Run until Home Assistant is stopped from its own page. Raises DemoError when anything else ends it."""
        async with self._simulator() as simulator:
            while True:
                async with self._home_assistant() as home_assistant:
                    memory = await simulator.while_running(home_assistant.while_running(self._bring_up(memory)))
                    self._tell_where(memory)
                    code = await simulator.while_running(home_assistant.ended())
                if code == 0:
                    self.say("Home Assistant was stopped from its own page")
                    return
                if code != _RESTART:
                    raise home_assistant.unexpected_end()
                self.say("Home Assistant restarts")

    @asynccontextmanager
    async def _simulator(self) -> AsyncIterator[Program]:
        self.say("Starting the simulator")
        arguments = ("simulator", "--port", str(self.simulator_port), "--state", str(self.home.simulator_state))
        async with self._python("The simulator", "simulator", *arguments) as program:
            await program.while_running(answering(self.simulator_url))
            yield program

    @asynccontextmanager
    async def _home_assistant(self) -> AsyncIterator[Program]:
        self.home.adjust(self.port)
        arguments = ["homeassistant", "--config", str(self.home.config), "--log-no-color"]
        if shutil.which("c++") is None and (
            skipped := [
                package for module, package in _NEEDS_COMPILER.items() if importlib.util.find_spec(module) is None
            ]
        ):
            self.say("No C++ compiler here: Home Assistant starts without its voice assistant")
            arguments += ["--skip-pip-packages", ",".join(skipped)]
        async with self._python("Home Assistant", "home-assistant", *arguments) as program:
            yield program

    @asynccontextmanager
    async def _python(self, name: str, log: str, *arguments: str) -> AsyncIterator[Program]:
        program = await Program.start(name, (sys.executable, "-m", *arguments), log=self.home.log(log), folder=CHECKOUT)
        try:
            yield program
        finally:
            await program.stop()

    async def _bring_up(self, memory: Memory) -> Memory:
        """Wait for Home Assistant, prepare it if it is new, and see that the integration works in it."""
        try:
            async with asyncio.timeout(_START_PATIENCE), Assistant(self.url) as assistant:
                if memory.prepared:
                    self.say("Starting Home Assistant where it was")
                    await answering(f"{self.url}/manifest.json")
                    await assistant.sign_in(household.USER, household.PASSWORD)
                    await assistant.running()
                    if memory.simulator_port != self.simulator_port:
                        await move_gateway(assistant, self.simulator_url)
                    await self._see_loaded(assistant)
                else:
                    self.say(
                        "Starting a new Home Assistant; the very first time it installs what it needs, for a minute"
                    )
                    await answering(f"{self.url}/manifest.json")
                    self.say("Preparing it: owner, account, recipients, dashboard")
                    await prepare(assistant, self.simulator_url)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise DemoError(f"Home Assistant did not get ready: see {self.home.log('home-assistant')}.") from error
        memory = Memory(self.port, self.simulator_port, memory.templates, prepared=True)
        self.home.remember(memory)
        return memory

    async def _see_loaded(self, assistant: Assistant) -> None:
        try:
            await require_loaded(assistant)
        except DemoError as error:
            # Somebody may be working on it: then Home Assistant is wanted all the more.
            self.say(f"{error} Mend it, then restart Home Assistant from its page")

    def _tell_where(self, memory: Memory) -> None:
        self.say(
            "Ready\n\n"
            f"    Home Assistant  {self.url}   user {household.USER}, password {household.PASSWORD}\n"
            f"    Simulator       {self.simulator_url}   type an incoming text, switch a phone off\n\n"
            f"    Home Assistant's log: {self.home.log('home-assistant')}\n"
        )
        if memory.templates != fingerprint():
            self.say("The demo's dashboard or automations are newer than this home: --fresh begins anew with them")
        self.say("Ctrl-C ends everything; the next start goes on here, --fresh begins anew")


async def run(home: Home, options: Options, say: Callable[[str], None]) -> None:
    """Run the demo in its home. Raises DemoError with the reason when it cannot start or go on."""
    with home.held():
        memory = home.recall()
        port = options.port or (memory.port if memory else DEFAULT_PORT)
        simulator_port = options.simulator_port or (memory.simulator_port if memory else DEFAULT_SIMULATOR_PORT)
        require_free_port(port, "--port")
        require_free_port(simulator_port, "--simulator-port")
        if memory is None or not memory.prepared or options.fresh:
            memory = Memory(port, simulator_port, fingerprint(), prepared=False)
            home.clear()
            home.remember(memory)
            home.furnish()
        await Demo(home, port, simulator_port, say).run(memory)
