"""The workflows of the build server: readable, pinned, and with no more rights than they need."""

from pathlib import Path
import re
from typing import Any

import pytest

from .files import ROOT, read_yaml

PINNED = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40} # \S+")
WRITERS = {("release.yml", "release", "contents")}


def workflows(root: Path) -> dict[str, Any]:
    """Return the workflows by file name. YAML reads the key "on" as true."""
    return {path.name: read_yaml(path) for path in sorted((root / ".github" / "workflows").glob("*.y*ml"))}


def action_faults(root: Path) -> list[str]:
    """Find actions that are not pinned to a commit with the name of its version beside it."""
    faults = []
    for path in sorted((root / ".github" / "workflows").glob("*.y*ml")):
        actions = re.findall(r"^\s*(?:- )?uses:\s*(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        foreign = (action for action in actions if not action.startswith("./"))
        faults += [f"{path.name} does not pin {action}" for action in foreign if not PINNED.fullmatch(action)]
    return faults


def right_faults(root: Path) -> list[str]:
    """Find rights that are wider than they need be, and jobs that could hang."""
    faults = []
    for name, workflow in workflows(root).items():
        if workflow.get("permissions") != {}:
            faults.append(f"{name} starts with rights")
        for job, content in workflow["jobs"].items():
            for right, level in content.get("permissions", {}).items():
                if level != "read" and (name, job, right) not in WRITERS:
                    faults.append(f"{name} lets {job} write {right}")
            if "uses" not in content and "timeout-minutes" not in content:
                faults.append(f"{name} lets {job} hang")
            for step in content.get("steps", []):
                if "checkout@" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
                    faults.append(f"{name} leaves its credentials in {job}")
                # What somebody else chose, such as a branch's name, reaches a shell through its environment only.
                if "${{" in step.get("run", ""):
                    faults.append(f"{name} fills an expression into a command of {job}")
    return faults


def coverage_faults(root: Path) -> list[str]:
    """Find checks that no workflow runs."""
    # A command's options do not matter, unless it is nothing without them.
    commands = [
        str(step.get("run", step.get("uses", ""))).split("@")[0].split(" --")[0]
        for workflow in workflows(root).values()
        for job in workflow["jobs"].values()
        for step in job.get("steps", [])
    ]
    expected = [
        "scripts/test",
        "scripts/test-floor",
        "scripts/test-browser",
        "home-assistant/actions/hassfest",
        "hacs/action",
        'scripts/package "$TAG"',
    ]
    return [f"nothing runs {command}" for command in expected if command not in commands]


def release_faults(root: Path) -> list[str]:
    """Find a release that is not tested first, or that lacks its file."""
    job = workflows(root)["release.yml"]["jobs"]
    faults = [] if job["release"].get("needs") == "tests" else ["a release does not wait for the tests"]
    publish = job["release"]["steps"][-1]["run"]
    return faults if "dist/smsgateway24.zip" in publish else [*faults, "a release lacks its file"]


def test_the_workflows_are_in_order() -> None:
    """The workflows of the repository pass every check."""
    assert action_faults(ROOT) == []
    assert right_faults(ROOT) == []
    assert coverage_faults(ROOT) == []
    assert release_faults(ROOT) == []


def test_the_build_server_runs_what_a_developer_runs() -> None:
    """There is one list of checks."""
    assert "scripts/test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        (r"checkout@\w+ # \S+", "checkout@v7", "tests.yml does not pin actions/checkout@v7"),
        ("permissions: {}", "permissions: write-all", "tests.yml starts with rights"),
        ("contents: read", "contents: write", "tests.yml lets tests write contents"),
        (r"timeout-minutes: \d+", "continue-on-error: true", "tests.yml lets tests hang"),
        ("persist-credentials: false", "fetch-depth: 0", "tests.yml leaves its credentials in tests"),
        (
            r"run: scripts/test\n",
            "run: echo ${{ github.head_ref }}\n",
            "tests.yml fills an expression into a command of tests",
        ),
        (r"run: scripts/test\n", "run: echo nothing\n", "nothing runs scripts/test"),
        ("scripts/test-browser --pictures", "echo --pictures", "nothing runs scripts/test-browser"),
    ],
)
def test_a_careless_workflow_is_noticed(copy: Path, was: str, becomes: str, fault: str) -> None:
    """One careless line in a workflow is found."""
    file = copy / ".github" / "workflows" / "tests.yml"
    content = file.read_text(encoding="utf-8")
    # In the first of the jobs: one that is careful does not make up for it.
    careless, times = re.subn(was, becomes, content, count=1)
    assert times == 1
    file.write_text(careless, encoding="utf-8")
    assert fault in [*action_faults(copy), *right_faults(copy), *coverage_faults(copy)]


def test_a_hasty_release_is_noticed(copy: Path) -> None:
    """A release waits for the tests and carries its file."""
    file = copy / ".github" / "workflows" / "release.yml"
    content = file.read_text(encoding="utf-8")
    file.write_text(content.replace("needs: tests", "needs: []").replace("dist/smsgateway24.zip", ""), encoding="utf-8")
    assert release_faults(copy) == ["a release does not wait for the tests", "a release lacks its file"]
