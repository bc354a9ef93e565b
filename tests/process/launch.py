"""Starts Home Assistant as its own command does, with nothing in it that was not asked for.

What it loads by itself (frontend, recorder, voice) would make fifty starts take an hour, and needs packages that the
tests have no use for. Usage: python -P launch.py --config FOLDER, and any other option of Home Assistant.
"""

import importlib
from pathlib import Path
import sys

from homeassistant import bootstrap
from homeassistant.__main__ import main

if __name__ == "__main__":
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    bootstrap.DEFAULT_INTEGRATIONS = set()
    # Without its frontend it would go into recovery mode.
    bootstrap.CRITICAL_INTEGRATIONS = set()
    sys.path.insert(0, str(config))
    importlib.import_module("custom_components.witness").prepare(config)
    sys.exit(main())
