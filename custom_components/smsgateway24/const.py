"""Names that several modules share."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "smsgateway24"
LOGGER: Final = logging.getLogger(__package__)

PLATFORMS: Final = (Platform.BINARY_SENSOR, Platform.EVENT, Platform.NOTIFY, Platform.SENSOR)

EVENT_RECEIVED: Final = f"{DOMAIN}_sms_received"
