"""Event entities: what a phone receives, and what becomes of what it sends."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.event import EventEntity, EventExtraStoredData
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .announcer import Attributes, Direction
from .coordinator import SmsGateway24ConfigEntry, SmsGateway24Coordinator
from .entity import PhoneEntity, async_add_phone_entities
from .messaging.health import PhoneState

PARALLEL_UPDATES = 0

EVENT_TYPES = {
    Direction.INCOMING: ["received"],
    Direction.OUTGOING: ["sent", "delivered", "failed"],
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmsGateway24ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of every phone."""
    coordinator = entry.runtime_data

    def events(state: PhoneState) -> Iterator[PhoneEntity]:
        for direction in Direction:
            yield MessageEvent(coordinator, state.phone.id, direction)

    async_add_phone_entities(coordinator, async_add_entities, events)


class MessageEvent(PhoneEntity, EventEntity):
    """The messages of a phone in one direction."""

    # What people write to each other does not belong into the recorder's database. The service's words may quote it.
    _unrecorded_attributes = frozenset({"text", "sender", "sender_name", "number", "recipient_name", "status_text"})

    def __init__(self, coordinator: SmsGateway24Coordinator, phone_id: str, direction: Direction) -> None:
        """Belong to a phone."""
        super().__init__(coordinator, phone_id, direction)
        self._direction = direction
        self._attr_translation_key = direction
        self._attr_event_types = EVENT_TYPES[direction]

    @property
    @override
    def available(self) -> bool:
        # Always: an event in the same state write as becoming available would be taken for the recovery alone.
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.announcer.async_listen(self.phone_id, self._direction, self._async_announce)
        )

    @override
    async def async_get_last_event_data(self) -> EventExtraStoredData | None:
        # When something came last is worth keeping over a restart; what it said is not: an automation on the state
        # would take a restored "gate" for a new one.
        last = await super().async_get_last_event_data()
        return None if last is None else EventExtraStoredData(last.last_event_type, None)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Say nothing: only an announcement changes the state."""

    @callback
    def _async_announce(self, kind: str, attributes: Attributes) -> None:
        said = dict(attributes)
        self._trigger_event(kind, said)
        self.async_write_ha_state()
        # Said once. Whatever writes the state next, as a rename does, must not have an automation on the state take an
        # old "gate" for a new one.
        said.clear()
