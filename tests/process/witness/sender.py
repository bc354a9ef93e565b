"""Sends texts the way an automation does: to recipients, to a number, and to several at once."""

import asyncio
from itertools import count
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from custom_components.smsgateway24.const import DOMAIN

from .journal import Journal

SEND_EVERY: Final = 0.9
# Numbers that belong to nobody, beside those of the recipients.
_NUMBERS: Final = tuple(f"+4477009002{last:02}" for last in range(100))


async def send_texts(hass: HomeAssistant, journal: Journal, first: int) -> None:
    """Send texts, each with a number of its own in it, until the end."""
    recipients = sorted(
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.domain == "notify"
    )
    for number in count(first):
        text = f"Text {number}"
        receivers = [_NUMBERS[(number + place) % len(_NUMBERS)] for place in range(3)]
        match number % 4:
            case 0:
                action, data = "send_sms", {"numbers": receivers, "message": text}
            case 1:
                action, data = "send_sms", {"numbers": receivers[:1], "message": text}
            case _:
                action, data = "send_message", {"entity_id": recipients[number % len(recipients)], "message": text}
        # In the background: the next one does not wait for this one's answer.
        hass.async_create_background_task(_call(hass, journal, action, data), "witness")
        await asyncio.sleep(SEND_EVERY)


async def _call(hass: HomeAssistant, journal: Journal, action: str, data: dict[str, Any]) -> None:
    text = data["message"]
    journal.note("intended", text=text)
    ours = action == "send_sms"
    try:
        answer = await hass.services.async_call(
            DOMAIN if ours else "notify", action, data, blocking=True, return_response=ours
        )
    except HomeAssistantError as err:
        journal.note("refused", text=text, error=f"{type(err).__name__}: {err}")
        return
    journal.note("answered", text=text, messages=answer["messages"] if answer else [])
