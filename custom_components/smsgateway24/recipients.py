"""Recipients: the people that the home texts, each a subentry of the account."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME

from .const import DOMAIN
from .messaging.numbers import canonical_sender
from .messaging.outgoing import Draft

SUBENTRY_RECIPIENT: Final = "recipient"
CONF_NUMBER: Final = "number"
CONF_PHONE: Final = "phone"
CONF_SIM: Final = "sim"
CONF_TRUSTED: Final = "trusted"
PHONE_AUTO: Final = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person with a number.

    ``phone_id`` is the gateway phone that texts this person, None if any may; ``sim`` its slot, None if any.
    ``trusted`` says whether a text from this number may command the house.
    """

    id: str
    name: str
    number: str
    phone_id: str | None
    sim: int | None
    trusted: bool

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Return the recipient that a subentry describes."""
        data: Mapping[str, Any] = subentry.data
        return cls(
            id=subentry.subentry_id,
            name=data[CONF_NAME],
            number=data[CONF_NUMBER],
            phone_id=None if data[CONF_PHONE] == PHONE_AUTO else data[CONF_PHONE],
            sim=data.get(CONF_SIM),
            trusted=data.get(CONF_TRUSTED, False),
        )

    def draft(self, text: str) -> Draft:
        """Return what is to be sent when this person is to be texted."""
        return Draft(number=self.number, text=text, recipient_id=self.id, phone_id=self.phone_id, sim=self.sim)


def signal_recipient_texted(recipient_id: str) -> str:
    """Return the signal that somebody was texted by an action other than the one of the notify entity."""
    return f"{DOMAIN}_recipient_texted_{recipient_id}"


def recipients_of(entry: ConfigEntry[Any]) -> list[Recipient]:
    """Return the recipients of an account."""
    return [Recipient.from_subentry(subentry) for subentry in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)]


class RecipientBook:
    """Finds the recipient behind a number or an id."""

    def __init__(self, recipients: Iterable[Recipient], country: str | None) -> None:
        """Take the recipients, and the country that completes local numbers."""
        self._country = country
        self._by_id = {recipient.id: recipient for recipient in recipients}
        self._by_number = {recipient.number: recipient for recipient in self._by_id.values()}

    def __iter__(self) -> Iterator[Recipient]:
        """Iterate over the recipients."""
        return iter(self._by_id.values())

    def by_id(self, recipient_id: str | None) -> Recipient | None:
        """Return the recipient with this id."""
        return None if recipient_id is None else self._by_id.get(recipient_id)

    def by_number(self, number: str) -> Recipient | None:
        """Return the recipient with this number, however it is written."""
        return self._by_number.get(canonical_sender(number, self._country))
