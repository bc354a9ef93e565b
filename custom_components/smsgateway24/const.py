"""Names that several modules share."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "smsgateway24"
LOGGER: Final = logging.getLogger(__package__)

PHONE_PLATFORMS: Final = (Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR)
RECIPIENT_PLATFORMS: Final = (Platform.NOTIFY,)
PLATFORMS: Final = (*PHONE_PLATFORMS, *RECIPIENT_PLATFORMS)

DOCS_URL: Final = "https://github.com/ha-smsgateway24/ha-smsgateway24/blob/main/docs"

CONF_SHOWN_ADDRESS: Final = "shown_address"
"""The doorbell's address as it was shown last, and so as the service has it."""

EVENT_RECEIVED: Final = f"{DOMAIN}_sms_received"
