"""What the tests share: a demo, a browser, and pages that are signed in."""

from collections.abc import Generator, Iterator
from pathlib import Path
import signal
import tempfile
from types import FrameType

from playwright.sync_api import Browser, expect
import pytest

from demo.browser import chromium, open_page, sign_in
from demo.errors import DemoError
from demo.walk import Simulator, open_simulator

from .frontend import Frontend
from .hosting import Place, demo_in, neighbour as neighbour_service, running_place
from .pictures import Album

# The gateway is asked every ten seconds, and machines may be busy with other things.
expect.set_options(timeout=45_000)

_ALBUM = pytest.StashKey[Album]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where the demo comes from and where pictures go."""
    group = parser.getgroup("the demo")
    group.addoption("--demo-python", metavar="PATH", help="the Python that has what the demo needs")
    group.addoption("--running", type=Path, metavar="FOLDER", help="visit the demo that runs in this folder")
    group.addoption("--pictures", type=Path, metavar="FOLDER", help="where pictures go (default: a new folder)")
    group.addoption("--look", action="store_true", help="take pictures of what works as well, in light and dark")


def pytest_configure(config: pytest.Config) -> None:
    """End in order, with the demo, however the end is asked for."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    folder = config.getoption("--pictures") or Path(tempfile.mkdtemp(prefix="smsgateway24-pictures-"))
    config.stash[_ALBUM] = Album(folder.resolve(), config.getoption("--look"))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of every page when a test fails, while they are still open."""
    report = yield
    browser, place = item.funcargs.get("browser"), item.funcargs.get("place")
    if report.failed and isinstance(browser, Browser) and isinstance(place, Place):
        item.config.stash[_ALBUM].failure(item.name, browser.contexts, place.logs)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the folder with the pictures, if there are any."""
    folder = config.stash[_ALBUM].folder
    if any(folder.glob("*")):
        terminalreporter.write_line(f"→ Pictures are in {folder}")
    elif not config.getoption("--pictures"):
        folder.rmdir()


@pytest.fixture(scope="session")
def demo_python(pytestconfig: pytest.Config) -> str:
    """Return the Python that has what the demo needs."""
    python: str | None = pytestconfig.getoption("--demo-python")
    if python is None:
        raise pytest.UsageError("Start these tests with scripts/test-browser.")
    return python


@pytest.fixture(scope="session")
def place(pytestconfig: pytest.Config, demo_python: str) -> Iterator[Place]:
    """Run a demo for all tests."""
    running: Path | None = pytestconfig.getoption("--running")
    if running is not None:
        yield running_place(running)
        return
    with (
        tempfile.TemporaryDirectory(prefix="smsgateway24-demo-", ignore_cleanup_errors=True) as folder,
        demo_in(Path(folder), demo_python) as place,
    ):
        yield place


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests."""
    try:
        with chromium() as browser:
            yield browser
    except DemoError as error:
        pytest.exit(str(error), 1)


@pytest.fixture
def frontend(browser: Browser, place: Place, pytestconfig: pytest.Config) -> Iterator[Frontend]:
    """Sign in to Home Assistant; whatever has been opened is closed at the end."""
    page = open_page(browser)
    try:
        sign_in(page, place.url)
        yield Frontend(page, place.url, pytestconfig.stash[_ALBUM])
    finally:
        for context in browser.contexts:
            context.close()


@pytest.fixture
def simulator(frontend: Frontend, place: Place) -> Simulator:
    """Open the simulator's page beside Home Assistant."""
    return open_simulator(frontend.page, place.simulator_url)


@pytest.fixture
def neighbour(demo_python: str) -> Iterator[str]:
    """Run the neighbour's service, and return its address."""
    with neighbour_service(demo_python) as address:
        yield address
