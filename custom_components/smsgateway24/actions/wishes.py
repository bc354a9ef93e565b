"""How a message is to be sent, as far as an action was told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..const import DOMAIN
from ..messaging.outgoing import Draft
from .values import AS_GIVEN, read_duration, read_integer, read_moment, read_switch

ATTR_SIM: Final = "sim"
ATTR_SEND_AT: Final = "send_at"
ATTR_URGENT: Final = "urgent"
ATTR_CUSTOMER_ID: Final = "customer_id"
ATTR_EXPIRE_AFTER: Final = "expire_after"

SIM_FIELD: Final = {vol.Optional(ATTR_SIM): AS_GIVEN}
SEND_AT_FIELD: Final = {vol.Optional(ATTR_SEND_AT): AS_GIVEN}
WISH_FIELDS: Final = {
    **SIM_FIELD,
    **SEND_AT_FIELD,
    vol.Optional(ATTR_URGENT, default=False): AS_GIVEN,
    vol.Optional(ATTR_CUSTOMER_ID): AS_GIVEN,
}
EXPIRE_AFTER_FIELD: Final = {vol.Optional(ATTR_EXPIRE_AFTER): AS_GIVEN}

# Newer apps have other channels beside the SIMs, and nobody knows how many there will be.
HIGHEST_SIM: Final = 99
# The service's documentation calls it an int, and says nothing of its size.
HIGHEST_CUSTOMER_ID: Final = 2**31 - 1
SHORTEST_EXPIRY: Final = timedelta(seconds=10)
LONGEST_EXPIRY: Final = timedelta(days=7)
# What was "now" when an automation wrote it down has passed when it comes here.
STILL_NOW: Final = timedelta(minutes=1)
LATEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was wished for; None is no wish."""

    phone_id: str | None = None
    sim: int | None = None
    send_at: datetime | None = None
    urgent: bool = False
    customer_id: int | None = None
    expire_after: timedelta | None = None

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any], *, phone_id: str | None, now: datetime) -> Self:
        """Return what the fields of an action say. Raises ServiceValidationError for what makes no sense."""
        expire_after = customer_id = None
        if ATTR_EXPIRE_AFTER in fields:
            expire_after = read_duration(ATTR_EXPIRE_AFTER, fields[ATTR_EXPIRE_AFTER], SHORTEST_EXPIRY, LONGEST_EXPIRY)
            if ATTR_SEND_AT in fields:
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="expire_after_with_send_at")
        if ATTR_CUSTOMER_ID in fields:
            customer_id = read_integer(ATTR_CUSTOMER_ID, fields[ATTR_CUSTOMER_ID], 1, HIGHEST_CUSTOMER_ID)
        return cls(
            phone_id=phone_id,
            sim=read_sim(fields),
            send_at=read_send_at(fields, now),
            urgent=read_switch(ATTR_URGENT, fields[ATTR_URGENT]),
            customer_id=customer_id,
            expire_after=expire_after,
        )

    def applied_to(self, draft: Draft) -> Draft:
        """Return a draft that is to be sent in this way."""
        phone_id = draft.phone_id if self.phone_id is None else self.phone_id
        # The SIM that is set for a recipient is one of the phone that is set, and another phone has others.
        kept = draft.sim if draft.phone_id in {None, phone_id} else None
        return replace(
            draft,
            phone_id=phone_id,
            sim=kept if self.sim is None else self.sim,
            send_at=self.send_at,
            urgent=self.urgent,
            customer_id=self.customer_id,
            expire_after=self.expire_after,
        )


def read_sim(fields: Mapping[str, Any]) -> int | None:
    """Return the slot that the fields of an action name. Raises ServiceValidationError for one that cannot be."""
    return read_integer(ATTR_SIM, fields[ATTR_SIM], 0, HIGHEST_SIM) if ATTR_SIM in fields else None


def read_send_at(fields: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return when something is to be sent, None for at once. Raises ServiceValidationError for times out of reach."""
    if ATTR_SEND_AT not in fields:
        return None
    send_at = read_moment(ATTR_SEND_AT, fields[ATTR_SEND_AT])
    if not now - STILL_NOW <= send_at <= now + LATEST:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="send_at_out_of_range")
    return send_at if send_at > now else None
