"""Tests of SmsGateway24 for Home Assistant."""
