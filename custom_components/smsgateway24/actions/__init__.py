"""The actions: one module for each, and beside them what they share."""
