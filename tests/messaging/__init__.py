"""Tests of what happens to messages, without Home Assistant, a network or a real clock."""
