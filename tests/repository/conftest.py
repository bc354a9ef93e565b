"""What the checks of the repository share."""

from pathlib import Path
import shutil
import subprocess

import pytest

from .files import ROOT, tracked_files


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Need no Home Assistant: it is not started for the checks of files."""


@pytest.fixture(autouse=True)
def _storage() -> None:
    """Need no storage either."""


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one copy of the repository's files, with a git of its own, from which all others are copied."""
    root = tmp_path_factory.mktemp("original")
    for source in tracked_files(ROOT):
        target = root / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)  # noqa: S607 - the git of the machine
    return root


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    """Give a copy of the repository that may be broken."""
    return Path(shutil.copytree(original, tmp_path / "copy"))
