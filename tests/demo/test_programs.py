"""Nothing that the demo starts outlives it."""

import asyncio
import os
from pathlib import Path
import socket
import sys
from typing import IO

import pytest

from demo.errors import DemoError
from demo.programs import LOOPBACK, Program, require_free_port

# Starts one more like itself, asks both to be left alone, and holds the pipe open for as long as they live.
STUBBORN = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pipe = open(sys.argv[1], "w")
if os.fork():
    print("both are here", file=pipe, flush=True)
while True:
    signal.pause()
"""
OBEDIENT = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("here", file=open(sys.argv[1], "w"), flush=True)
signal.pause()
"""


async def start(folder: Path, code: str, *arguments: str) -> Program:
    """Start Python code as the demo would start a program."""
    return await Program.start(
        "The program", (sys.executable, "-c", code, *arguments), log=folder / "log", folder=folder
    )


async def open_pipe(path: Path) -> IO[str]:
    """Open the reading end, which waits for somebody to write."""
    return await asyncio.to_thread(path.open, encoding="utf-8")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Lay a pipe through which a program tells that it is there."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


async def test_what_does_not_end_is_killed_with_all_that_it_started(tmp_path: Path, pipe: Path) -> None:
    """Given a program and its child that ignore the request to end, when it is stopped, both are gone."""
    program = await start(tmp_path, STUBBORN, str(pipe))
    with await open_pipe(pipe) as news:
        assert await asyncio.to_thread(news.readline) == "both are here\n"

        await program.stop(patience=0.1)

        # The pipe ends when the last process that holds it has ended.
        assert await asyncio.to_thread(news.read) == ""


async def test_what_ends_when_asked_is_not_killed(tmp_path: Path, pipe: Path) -> None:
    """Home Assistant gets the time to write its database."""
    program = await start(tmp_path, OBEDIENT, str(pipe))
    with await open_pipe(pipe) as news:
        await asyncio.to_thread(news.readline)

    await program.stop()

    assert await program.ended() == 0


async def test_a_stop_that_is_cut_short_still_kills(tmp_path: Path, pipe: Path) -> None:
    """A second Ctrl-C does not leave anything behind."""
    program = await start(tmp_path, STUBBORN, str(pipe))
    with await open_pipe(pipe) as news:
        await asyncio.to_thread(news.readline)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await program.stop()

        assert await asyncio.to_thread(news.read) == ""


async def test_stopping_what_has_ended_already_does_no_harm(tmp_path: Path) -> None:
    """Stopping is the last step on every path."""
    program = await start(tmp_path, "")
    await program.ended()

    await program.stop()

    assert await program.ended() == 0


async def test_work_is_given_up_when_the_program_ends_by_itself(tmp_path: Path) -> None:
    """Nobody waits for a program that has ended, and the log is named."""
    program = await start(tmp_path, "raise SystemExit(3)")
    never = asyncio.get_running_loop().create_future()

    with pytest.raises(DemoError, match=r"The program ended by itself \(exit code 3\): see .*log"):
        await program.while_running(never)

    assert never.cancelled()


async def test_work_is_done_while_the_program_runs(tmp_path: Path, pipe: Path) -> None:
    """The result of the work comes through."""
    program = await start(tmp_path, OBEDIENT, str(pipe))

    async def work() -> str:
        with await open_pipe(pipe) as news:
            return await asyncio.to_thread(news.readline)

    assert await program.while_running(work()) == "here\n"
    await program.stop()


async def test_a_program_prints_into_its_log(tmp_path: Path) -> None:
    """The terminal stays readable."""
    program = await start(tmp_path, "print('hello')")
    await program.ended()

    assert program.log.read_text(encoding="utf-8") == "hello\n"


def test_a_taken_port_is_named_with_the_way_out(socket_enabled: None) -> None:
    """The message says which port, and which option helps."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(DemoError, match=f"Port {port} is taken: .* --port"):
            require_free_port(port, "--port")

    require_free_port(port, "--port")
