"""Errors as sentences, for responses: in the language of Home Assistant."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN

type Sentence = Callable[[HomeAssistantError], str]


async def async_get_sentences(hass: HomeAssistant) -> Sentence:
    """Return a function that says what an error of ours means, and what to do."""
    texts = await async_get_translations(hass, hass.config.language, "exceptions", {DOMAIN})

    def sentence(error: HomeAssistantError) -> str:
        text = texts[f"component.{DOMAIN}.exceptions.{error.translation_key}.message"]
        return text.format(**(error.translation_placeholders or {}))

    return sentence
