"""Binary sensors: whether a phone is well."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import SmsGateway24ConfigEntry, SmsGateway24Coordinator
from .entity import PhoneEntity, SimEntity, async_add_phone_entities
from .messaging.health import PhoneState

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PhoneBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a phone; its value is None where the service does not say."""

    value: Callable[[PhoneState], bool | None]


PHONE_BINARY_SENSORS = (
    PhoneBinarySensorDescription(
        key="online",
        translation_key="online",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        value=lambda state: state.online,
    ),
    PhoneBinarySensorDescription(
        key="app_outdated",
        translation_key="app_outdated",
        device_class=BinarySensorDeviceClass.UPDATE,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda state: None if state.phone.app_is_current is None else not state.phone.app_is_current,
    ),
    PhoneBinarySensorDescription(
        key="subscription",
        translation_key="subscription",
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda state: state.phone.subscription,
    ),
)

SIM_ROAMING = BinarySensorEntityDescription(
    key="roaming", translation_key="sim_roaming", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmsGateway24ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of every phone."""
    coordinator = entry.runtime_data

    def binary_sensors(state: PhoneState) -> Iterator[PhoneEntity]:
        for description in PHONE_BINARY_SENSORS:
            yield PhoneBinarySensor(coordinator, state.phone.id, description)
        for sim in state.phone.sims:
            yield SimRoamingSensor(coordinator, state.phone.id, sim.slot)

    async_add_phone_entities(coordinator, async_add_entities, binary_sensors)


class PhoneBinarySensor(PhoneEntity, BinarySensorEntity):
    """A binary sensor of a phone."""

    entity_description: PhoneBinarySensorDescription

    def __init__(
        self, coordinator: SmsGateway24Coordinator, phone_id: str, description: PhoneBinarySensorDescription
    ) -> None:
        """Show what the description says."""
        super().__init__(coordinator, phone_id, description.key)
        self.entity_description = description

    @property
    @override
    def is_on(self) -> bool | None:
        state = self.state_of_phone
        return None if state is None else self.entity_description.value(state)


class SimRoamingSensor(SimEntity, BinarySensorEntity):
    """Whether a SIM is in a foreign network, where texts may cost more or fail."""

    def __init__(self, coordinator: SmsGateway24Coordinator, phone_id: str, slot: int) -> None:
        """Belong to a slot of a phone."""
        super().__init__(coordinator, phone_id, slot, SIM_ROAMING.key)
        self.entity_description = SIM_ROAMING

    @property
    @override
    def is_on(self) -> bool | None:
        sim = self.sim
        return None if sim is None else sim.roaming
