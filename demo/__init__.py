"""The demo: a simulated SmsGateway24 and a real Home Assistant on this machine.

Started by `scripts/demo`. The folder `config` holds the Home Assistant side as anybody would write it
(configuration, automations, dashboard); the modules put it to work, through the same doors that the
frontend uses.
"""
