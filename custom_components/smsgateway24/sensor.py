"""Sensors: what a phone and its SIMs report."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import Sim
from .coordinator import SmsGateway24ConfigEntry, SmsGateway24Coordinator
from .entity import PhoneEntity, SimEntity, async_add_phone_entities
from .messaging.health import PhoneState

PARALLEL_UPDATES = 0

# Enough of a SIM's serial number to tell one's own apart, too little to be of use to others.
ICCID_END = 4


@dataclass(frozen=True, kw_only=True)
class PhoneSensorDescription(SensorEntityDescription):
    """A sensor of a phone."""

    value: Callable[[PhoneState], str | int | datetime | None]


@dataclass(frozen=True, kw_only=True)
class SimSensorDescription(SensorEntityDescription):
    """A sensor of a SIM."""

    value: Callable[[Sim], str | None]


PHONE_SENSORS = (
    PhoneSensorDescription(
        key="last_seen",
        translation_key="last_seen",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda state: state.last_seen,
    ),
    PhoneSensorDescription(
        key="pending",
        translation_key="pending",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda state: state.pending,
    ),
    PhoneSensorDescription(
        key="app_version",
        translation_key="app_version",
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda state: state.phone.app_version,
    ),
)

SIM_SENSORS = (
    SimSensorDescription(key="carrier", translation_key="sim_carrier", value=lambda sim: sim.carrier),
    SimSensorDescription(
        key="number",
        translation_key="sim_number",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda sim: sim.number,
    ),
    SimSensorDescription(
        key="country",
        translation_key="sim_country",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda sim: sim.country,
    ),
    SimSensorDescription(
        key="iccid_end",
        translation_key="sim_iccid_end",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda sim: sim.iccid[-ICCID_END:] if sim.iccid else None,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SmsGateway24ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every phone."""
    coordinator = entry.runtime_data

    def sensors(state: PhoneState) -> Iterator[PhoneEntity]:
        for description in PHONE_SENSORS:
            yield PhoneSensor(coordinator, state.phone.id, description)
        for sim in state.phone.sims:
            for sim_description in SIM_SENSORS:
                yield SimSensor(coordinator, state.phone.id, sim.slot, sim_description)

    async_add_phone_entities(coordinator, async_add_entities, sensors)


class PhoneSensor(PhoneEntity, SensorEntity):
    """A sensor of a phone."""

    entity_description: PhoneSensorDescription

    def __init__(
        self, coordinator: SmsGateway24Coordinator, phone_id: str, description: PhoneSensorDescription
    ) -> None:
        """Show what the description says."""
        super().__init__(coordinator, phone_id, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> str | int | datetime | None:
        state = self.state_of_phone
        return None if state is None else self.entity_description.value(state)


class SimSensor(SimEntity, SensorEntity):
    """A sensor of a SIM."""

    entity_description: SimSensorDescription

    def __init__(
        self, coordinator: SmsGateway24Coordinator, phone_id: str, slot: int, description: SimSensorDescription
    ) -> None:
        """Show what the description says."""
        super().__init__(coordinator, phone_id, slot, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> str | None:
        sim = self.sim
        return None if sim is None else self.entity_description.value(sim)
