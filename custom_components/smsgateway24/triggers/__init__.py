"""The triggers of automations: one module for each kind, and beside them what they share."""
