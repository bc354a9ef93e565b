"""The address of the service, as a user may write it."""

from ipaddress import ip_address
from typing import Final

from yarl import URL

DEFAULT_URL: Final = "https://smsgateway24.com"
_SECRET_PLACES: Final = frozenset("@?#")


class InsecureUrlError(ValueError):
    """The address cannot carry credentials safely, or is none."""


def normalise_url(text: str) -> str:
    """Return the address in the form in which it is kept.

    Credentials travel to it, so it must be https; plain http is accepted only for loopback and private addresses.
    Raises InsecureUrlError for anything else.
    """
    try:
        url = URL(text.strip())
    except (ValueError, IndexError) as err:
        # The second is what yarl stumbles over in "https://[]@".
        raise InsecureUrlError("not an address") from err
    # A user name or a query may hold a secret, and addresses are shown and logged.
    if not url.host or url.user is not None or url.password is not None or url.query_string or url.fragment:
        raise InsecureUrlError("more or less than an address")
    if url.scheme != "https" and not (url.scheme == "http" and _is_near(url.host)):
        raise InsecureUrlError("not encrypted")
    return str(url).rstrip("/")


def may_hold_secret(text: str) -> bool:
    """Say whether what was typed as an address holds a place for a password or a key, so that it is not to be shown."""
    return not _SECRET_PLACES.isdisjoint(text)


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        # A name may stand for any address, today or tomorrow.
        return False
    return address.is_loopback or address.is_private
