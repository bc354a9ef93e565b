"""What the entities of phones and recipients have in common."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .api import Sim
from .coordinator import SmsGateway24Coordinator
from .devices import phone_device_info, signal_phone_removed
from .messaging.health import PhoneState


class PhoneEntity(CoordinatorEntity[SmsGateway24Coordinator]):
    """Something about a phone. Its unique id is the phone's id, and the key."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: SmsGateway24Coordinator, phone_id: str, key: str) -> None:
        """Belong to the device of a phone that the service lists now."""
        super().__init__(coordinator)
        self.phone_id = phone_id
        self.key = key
        self._attr_unique_id = f"{phone_id}_{key}"
        self._attr_device_info = phone_device_info(coordinator.data.phones[phone_id].phone)

    @property
    def state_of_phone(self) -> PhoneState | None:
        """How the phone is; None if the service no longer lists it."""
        return self.coordinator.data.phones.get(self.phone_id)

    @property
    @override
    def available(self) -> bool:
        return super().available and self.state_of_phone is not None


class SimEntity(PhoneEntity):
    """Something about a SIM of a phone."""

    def __init__(self, coordinator: SmsGateway24Coordinator, phone_id: str, slot: int, key: str) -> None:
        """Belong to a slot, counted from 0; people count from 1."""
        super().__init__(coordinator, phone_id, f"sim_{slot}_{key}")
        self.slot = slot
        self._attr_translation_placeholders = {"slot": str(slot + 1)}

    @property
    def sim(self) -> Sim | None:
        """The SIM; None if the slot is empty now."""
        state = self.state_of_phone
        return next((sim for sim in state.phone.sims if sim.slot == self.slot), None) if state else None

    @property
    @override
    def available(self) -> bool:
        return super().available and self.sim is not None


type EntityFactory = Callable[[PhoneState], Iterable[PhoneEntity]]


@callback
def async_add_phone_entities(
    coordinator: SmsGateway24Coordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make_entities: EntityFactory,
) -> None:
    """Add the entities of every phone, now and whenever a phone or a SIM appears."""
    present: dict[str, set[str]] = {}

    @callback
    def async_add_new() -> None:
        new: list[PhoneEntity] = []
        for phone_id, state in coordinator.data.phones.items():
            keys = present.setdefault(phone_id, set())
            for entity in make_entities(state):
                if entity.key not in keys:
                    keys.add(entity.key)
                    new.append(entity)
        if new:
            async_add_entities(new)

    @callback
    def async_forget(phone_id: str) -> None:
        # Its device was removed, and its entities with it: should the phone come back, they are to be made anew.
        present.pop(phone_id, None)

    entry = coordinator.config_entry
    entry.async_on_unload(coordinator.async_add_listener(async_add_new))
    entry.async_on_unload(
        async_dispatcher_connect(coordinator.hass, signal_phone_removed(entry.entry_id), async_forget)
    )
    async_add_new()
