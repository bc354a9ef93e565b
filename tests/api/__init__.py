"""Tests of the API client, without Home Assistant and without the simulator."""
