"""`python -m simulator`: starts, says where, keeps its world, ends cleanly."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import signal
import socket
import sys

import aiohttp
import pytest

from simulator.__main__ import main

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def running(*words: str, end: signal.Signals = signal.SIGTERM) -> AsyncGenerator[str]:
    """Run the simulator as a program of its own; give its address, then end it and see it end well."""
    command = [sys.executable, "-m", "simulator", "--port", "0", *words]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    try:
        assert line.startswith("SmsGateway24 simulator: http://127.0.0.1:")
        yield line.split()[-1]
    finally:
        process.send_signal(end)
        assert await process.wait() == 0


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_it_runs_and_goes_on_where_it_was(tmp_path: Path, end: signal.Signals) -> None:
    """Given a text typed in the first run, the second run still has it."""
    state = str(tmp_path / "world.json")
    async with aiohttp.ClientSession() as session:
        async with running("--state", state, "--profile", "dates-utc", end=end) as url:
            wishes = {"sender": "+447700900123", "text": "typed by hand"}
            async with session.post(f"{url}/simulator/phones/1576/receive", json=wishes) as response:
                assert response.status == 200
        async with running("--state", state) as url:
            form = {"token": "demo-token-0123456789abcdef", "status": "5"}
            async with session.post(f"{url}/getdata/getallsms", data=form) as response:
                records = (await response.json())["smss"].values()
    assert "typed by hand" in [record["body"] for record in records]
    assert {record["created"]["timezone"] for record in records} == {"UTC"}


@pytest.mark.usefixtures("socket_enabled")
def test_a_file_that_is_no_world_is_told_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to do next."""
    state = tmp_path / "world.json"
    state.write_text("[]", encoding="utf-8")
    assert main(["--port", "0", "--state", str(state)]) == 1
    assert "Delete it to begin anew" in capsys.readouterr().err


@pytest.mark.usefixtures("socket_enabled")
def test_a_port_that_is_taken_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """With what to do next."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    assert "Choose another --port" in capsys.readouterr().err
