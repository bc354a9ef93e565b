"""Tests of what the demo does by itself; that it works as a whole is seen in a browser (demo/walk.py)."""
