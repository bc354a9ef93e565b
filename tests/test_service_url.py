"""The address of the service, as a user may write it."""

from ipaddress import ip_address

from hypothesis import example, given, strategies as st
import pytest
from yarl import URL

from custom_components.smsgateway24.service_url import DEFAULT_URL, InsecureUrlError, may_hold_secret, normalise_url


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (DEFAULT_URL, DEFAULT_URL),
        (f"  {DEFAULT_URL}/\n", DEFAULT_URL),
        ("HTTPS://SmsGateway24.com", DEFAULT_URL),
        ("https://smsgateway24.com:443/", DEFAULT_URL),
        ("https://www.smsgateway24.com/index.php/", "https://www.smsgateway24.com/index.php"),
        ("https://203.0.113.7:8443", "https://203.0.113.7:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://10.1.2.3", "http://10.1.2.3"),
        ("http://172.16.0.1", "http://172.16.0.1"),
        ("http://192.168.1.5", "http://192.168.1.5"),
        ("http://[fd00::1]", "http://[fd00::1]"),
    ],
)
def test_a_safe_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    """Encrypted, or not further away than the house."""
    assert normalise_url(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "smsgateway24.com",
        "//smsgateway24.com",
        "https://",
        "https:///getdata",
        "ftp://10.0.0.1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://smsgateway24.com",
        "http://203.0.113.7.example.com",
        "http://8.8.8.8",
        "http://172.32.0.1",
        "http://[2606:4700::1111]",
        "http://[::ffff:8.8.8.8]",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://homeassistant.local:8123",
        "http://2130706433",
        "https://me@example.com",
        "https://me:secret@example.com",
        "https://:secret@example.com",
        "https://:@example.com",
        "https://example.com?key=secret",
        "https://example.com/#secret",
        "https://example.com:99999",
        "https://example.com:port",
        "https://[::1",
    ],
)
def test_any_other_address_is_refused(typed: str) -> None:
    """What would carry credentials in the clear, holds some itself, or is no address."""
    with pytest.raises(InsecureUrlError):
        normalise_url(typed)


@given(
    st.one_of(
        st.text(),
        st.builds("{}://{}{}".format, st.sampled_from(["http", "https", "HTTP", "ws"]), st.text(), st.text()),
        st.builds("http://{}:{}".format, st.ip_addresses(), st.integers(0, 70_000)),
        st.builds("http://[{}]/{}".format, st.ip_addresses(v=6), st.text()),
    )
)
@example("https://\u2100.com")
@example("https://%zz/%zz")
@example("https://[]@")
def test_whatever_is_typed_is_a_safe_address_or_refused(typed: str) -> None:
    """What is kept is https or near, holds no secret, and stays as it is when it is entered again."""
    try:
        kept = normalise_url(typed)
    except InsecureUrlError:
        return
    url = URL(kept)
    assert url.host
    assert (url.user, url.password, url.query_string, url.fragment) == (None, None, "", "")
    assert not kept.endswith("/")
    assert normalise_url(kept) == kept
    if url.scheme != "https":
        assert url.scheme == "http"
        assert url.host == "localhost" or not ip_address(url.host).is_global


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ("http://example.com/x", False),
        ("not an address", False),
        ("https://me:secret@example.com", True),
        ("https://example.com/?key=secret", True),
        ("https://example.com/#secret", True),
    ],
)
def test_an_address_with_room_for_a_secret_is_recognised(typed: str, secret: bool) -> None:  # noqa: FBT001 - what is to be
    """Also when it is none."""
    assert may_hold_secret(typed) is secret
