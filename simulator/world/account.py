"""Accounts at the service and what belongs to them."""

from dataclasses import dataclass, field

from .message import Message, Newsletter
from .phone import Phone


@dataclass(frozen=True, slots=True)
class Contact:
    """A person on a contact list."""

    id: int
    contact_list_id: int
    number: str
    name: str


@dataclass(slots=True)
class ContactList:
    """A named list of contacts (a "tag" in the service's words)."""

    id: int
    title: str
    contacts: list[Contact] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """Somebody's account, with the credentials that open it."""

    email: str
    password: str
    token: str
    phones: dict[int, Phone] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    contact_lists: dict[int, ContactList] = field(default_factory=dict)
    newsletters: dict[int, Newsletter] = field(default_factory=dict)
