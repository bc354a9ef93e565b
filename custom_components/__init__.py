"""Makes the integration importable by tests and scripts; Home Assistant does not need it."""
