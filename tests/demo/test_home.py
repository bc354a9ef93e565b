"""The folder that a demo lives in."""

import json
from pathlib import Path

import pytest

from demo.errors import DemoError
from demo.home import INTEGRATION, Home, Memory, fingerprint

MEMORY = Memory(8123, 8024, "fingerprint", prepared=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Name a folder that is not there yet."""
    return Home(tmp_path / "demo")


def test_a_new_home_remembers_nothing(home: Home) -> None:
    """The first start prepares."""
    with home.held():
        assert home.recall() is None


def test_a_home_remembers_how_it_was_prepared(home: Home) -> None:
    """The second start goes on where the first one was."""
    with home.held():
        home.remember(MEMORY)

        assert home.recall() == MEMORY


@pytest.mark.parametrize("content", ["", "[", "[]", "{}", '{"port": 8123, "walls": 4}'])
def test_a_damaged_memory_is_none(home: Home, content: str) -> None:
    """Better begin anew than stumble."""
    with home.held():
        (home.folder / "demo.json").write_text(content, encoding="utf-8")

        assert home.recall() is None


def test_only_one_demo_lives_in_a_home(home: Home) -> None:
    """A second demo is turned away while the first one runs, not afterwards."""
    with home.held(), pytest.raises(DemoError, match=r"running .* already"), home.held():
        pytest.fail("a second demo came in")

    with home.held():
        assert home.folder.is_dir()


def test_a_folder_of_somebody_else_is_left_alone(home: Home) -> None:
    """A slip in --data costs nobody a file."""
    home.folder.mkdir()
    (home.folder / "letters").touch()

    with pytest.raises(DemoError, match="was not made by the demo"), home.held():
        pytest.fail("the folder was taken")


def test_clearing_leaves_nothing_and_never_follows_the_link_to_the_integration(home: Home) -> None:
    """Beginning anew must not delete the checkout."""
    with home.held():
        home.furnish()
        home.adjust(8123)
        home.remember(MEMORY)

        home.clear()

        assert home.recall() is None
        assert not home.config.exists()
    assert (INTEGRATION / "manifest.json").is_file()


def test_a_furnished_home_asks_for_its_owner_alone(home: Home) -> None:
    """The other steps of onboarding would bring integrations that nobody asked for."""
    with home.held():
        home.furnish()

        onboarding = json.loads((home.config / ".storage" / "onboarding").read_text(encoding="utf-8"))

    assert "user" not in onboarding["data"]["done"]
    assert (home.config / "configuration.yaml").is_file()


def test_the_address_and_the_integration_follow_each_start(home: Home) -> None:
    """A port may change from start to start, and so may the place of the checkout."""
    with home.held():
        home.furnish()
        home.adjust(8123)
        home.adjust(8124)

        http = json.loads((home.config / ".storage" / "http").read_text(encoding="utf-8"))

    assert http["data"] == {"server_host": ["127.0.0.1"], "server_port": 8124}
    assert (home.config / "custom_components" / "smsgateway24").resolve() == INTEGRATION


def test_the_fingerprint_stays_while_the_configuration_does() -> None:
    """Only a change is worth telling."""
    assert fingerprint() == fingerprint()
