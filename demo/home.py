"""The demo's home on disk: one folder, ignored by git, with everything that it remembers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
import fcntl
import hashlib
import json
from pathlib import Path
import shutil
from typing import Self

from .errors import DemoError

CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "config"
INTEGRATION = CHECKOUT / "custom_components" / "smsgateway24"

# As the onboarding would write it.
_HARBOUR_COTTAGE: dict[str, object] = {
    "location_name": "Harbour Cottage",
    "country": "GB",
    "language": "en",
    "currency": "GBP",
    "unit_system": "metric",
    "time_zone": "Europe/London",
    "latitude": 50.1527,
    "longitude": -5.0664,
    "elevation": 20,
    "internal_url": None,
    "external_url": None,
}


@dataclass(frozen=True)
class Memory:
    """What the demo remembers from one start to the next.

    A home that is not `prepared` was left before everything was in it; only its ports are worth keeping.
    `templates` is the fingerprint of the demo's own configuration at the time at which the home was made.
    """

    port: int
    simulator_port: int
    templates: str
    prepared: bool


@dataclass(frozen=True)
class Home:
    """The folder that a demo lives in."""

    folder: Path

    @property
    def config(self) -> Path:
        """Home Assistant's configuration folder."""
        return self.folder / "config"

    @property
    def simulator_state(self) -> Path:
        """Where the simulator keeps its world."""
        return self.folder / "simulator.json"

    def log(self, program: str) -> Path:
        """Where that which a program prints is kept."""
        return self.folder / f"{program}.log"

    @property
    def _memory_file(self) -> Path:
        return self.folder / "demo.json"

    @property
    def _lock_file(self) -> Path:
        return self.folder / "lock"

    @contextmanager
    def held(self) -> Iterator[Self]:
        """Keep other demos out of this folder.

        Raises DemoError when the folder is somebody else's, or when another demo runs in it.
        """
        if (
            self.folder.exists()
            and not self._lock_file.exists()
            and (not self.folder.is_dir() or any(self.folder.iterdir()))
        ):
            raise DemoError(f"{self.folder} was not made by the demo: choose another place with --data.")
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock_file.open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DemoError(
                    f"A demo is running in {self.folder} already: end it, or start a second one with --data, --port and --simulator-port."
                ) from error
            yield self

    def recall(self) -> Memory | None:
        """Return what was remembered, or None in a new home."""
        try:
            return Memory(**json.loads(self._memory_file.read_text(encoding="utf-8")))
        except FileNotFoundError, ValueError, TypeError:
            return None

    def remember(self, memory: Memory) -> None:
        """Note how the home is now."""
        self._memory_file.write_text(json.dumps(asdict(memory), indent=2) + "\n", encoding="utf-8")

    def clear(self) -> None:
        """Forget everything."""
        for item in self.folder.iterdir():
            if item == self._lock_file:
                continue
            if item.is_dir() and not item.is_symlink():
                shutil.rmtree(item)
            else:
                item.unlink()

    def furnish(self) -> None:
        """Lay out the configuration of a Home Assistant that has never been started."""
        storage = self.config / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        for template in ("configuration.yaml", "automations.yaml"):
            shutil.copyfile(TEMPLATES / template, self.config / template)
        # Not in configuration.yaml, or nobody could change it in the settings: an address for instant receipt, say.
        _store(storage, "core.config", 1, _HARBOUR_COTTAGE)
        # The owner is still to be created, as a person does it. The other steps would bring a weather service,
        # a radio and a voice, which have no place here and need the internet.
        _store(storage, "onboarding", 4, {"done": ["core_config", "analytics", "integration"]})

    def adjust(self, port: int) -> None:
        """Write what may differ from one start to the next: the address, and where the integration is."""
        # Version 1 of this store is what Home Assistant itself migrates and completes. A section in
        # configuration.yaml would have to be confirmed in the browser within five minutes.
        _store(self.config / ".storage", "http", 1, {"server_host": ["127.0.0.1"], "server_port": port})
        link = self.config / "custom_components" / "smsgateway24"
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(INTEGRATION, target_is_directory=True)


def fingerprint() -> str:
    """Tell one state of the demo's own configuration from another."""
    content = hashlib.sha256()
    for template in sorted(TEMPLATES.iterdir()):
        content.update(template.read_bytes())
    return content.hexdigest()


def _store(folder: Path, key: str, version: int, data: dict[str, object]) -> None:
    content = {"version": version, "minor_version": 1, "key": key, "data": data}
    (folder / key).write_text(json.dumps(content, indent=2), encoding="utf-8")
