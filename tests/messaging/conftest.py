"""What these tests share."""

import pytest


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Leave Home Assistant out of these tests."""


@pytest.fixture(autouse=True)
def _storage() -> None:
    """Leave Home Assistant out of these tests."""
