"""The package as a whole: what it needs, what it offers, and the example that it gives."""

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path
import sys
from textwrap import dedent

from aiohttp import web
import pytest

from custom_components.smsgateway24 import api

from .conftest import FakeService

PACKAGE = Path(api.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
ALLOWED = sys.stdlib_module_names | {"aiohttp", "orjson"}


def imported(module: Path) -> Iterator[str]:
    """Yield what a module imports, relative imports with their dots."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_imports(module: Path) -> None:
    """No module knows Home Assistant, or anything else outside the package."""
    for name in imported(module):
        assert not name.startswith(".."), f"{name} is outside the package"
        assert name.startswith(".") or name.split(".")[0] in ALLOWED


def test_modules() -> None:
    """The check above saw the package."""
    assert {"__init__.py", "client.py", "models.py"} <= {module.name for module in MODULES}


def test_names() -> None:
    """Everything that the package offers is there, once."""
    assert len(set(api.__all__)) == len(api.__all__)
    for name in api.__all__:
        assert hasattr(api, name)


async def test_example(service: FakeService) -> None:
    """The example in the docstring runs as it stands, without Home Assistant."""
    answers = {
        "gettoken": {"error": 0, "token": "abbde3"},
        "getalldevices": {"count": 1, "device": {"1576": {"id": 1576, "title": "Hall phone"}}},
        "addsms": {"error": 0, "sms_id": 5},
        "getsmsstatus": {"error": 0, "sms_id": 5, "status": 1, "status_description": "New"},
    }

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(answers[request.path.rpartition("/")[2]])

    service.handler = answer
    assert api.__doc__ is not None
    example = dedent(api.__doc__.partition("::\n")[2])
    assert len(example.split("async def main")[1].strip().splitlines()) <= 10
    connected = "SmsGateway24Client(session)"
    assert example.count(connected) == 1
    program = (
        example.replace(connected, f"SmsGateway24Client(session, base_url={service.url!r})")
        + "\nimport sys\nassert not any(name.startswith('homeassistant') for name in sys.modules)\n"
    )

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        cwd=PACKAGE.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()

    assert (output.decode(), errors.decode()) == ("New\n", "")
    assert [request.path_and_query for request in service.received] == [f"/getdata/{method}" for method in answers]
    assert service.received[0].form == {"email": "you@example.com", "pass": "your password"}
    assert service.received[2].form == {
        "token": "abbde3",
        "sendto": "+12025550123",
        "body": "The laundry is done",
        "device_id": "1576",
        "sim": "0",
    }
