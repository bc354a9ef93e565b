"""The conditions of automations, one module for each."""
