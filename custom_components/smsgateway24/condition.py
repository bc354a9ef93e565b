"""What Home Assistant offers under "And if" in automations; the conditions themselves are in the folder beside this."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition

from .conditions.online import OnlineCondition
from .conditions.sender_trusted import SenderTrustedCondition

_CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_online": OnlineCondition,
    "is_sender_trusted": SenderTrustedCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by their names."""
    return _CONDITIONS
