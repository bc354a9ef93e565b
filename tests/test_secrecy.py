"""The filter that keeps secrets out of the log: what it finds, how it is spelled, and whose records it sees."""

from collections.abc import Iterator
from html import escape
import importlib
import json
import logging
import pkgutil
from urllib.parse import quote, quote_plus

import pytest

import custom_components.smsgateway24 as integration
from custom_components.smsgateway24 import secrecy
from custom_components.smsgateway24.secrecy import MASK, SecretsFilter, keep_secret
from tests.repository.files import ROOT, package

SECRET = "p\u00e4ss & 'wort'/\"7\u20ac\"\\"


@pytest.fixture(autouse=True)
def own_filter(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretsFilter]:
    """Have a filter that knows nothing in the place of the one that other tests have told their secrets."""
    fresh, told = SecretsFilter(), secrecy._FILTER
    guarded = [logger for logger in loggers() if told in logger.filters]
    for logger in guarded:
        logger.removeFilter(told)
    monkeypatch.setattr(secrecy, "_FILTER", fresh)
    yield fresh
    for logger in loggers():
        logger.removeFilter(fresh)
    for logger in guarded:
        logger.addFilter(told)


def loggers() -> list[logging.Logger]:
    """Return all loggers that there are."""
    return [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return all that was logged, as a handler prints it."""
    return "\n".join(logging.Formatter().format(record) for record in caplog.records)


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        escape(SECRET),
        escape(SECRET).replace("&#x27;", "&#039;"),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET).lower(),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET).replace("/", "\\/"),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        repr(SECRET.encode()),
        SECRET.upper(),
    ],
)
def test_a_secret_is_found_however_it_is_spelled(caplog: pytest.LogCaptureFixture, spelling: str) -> None:
    """In a text, a page, an address, in JSON, and in what Python prints of it."""
    keep_secret(SECRET)
    logging.getLogger("aiohttp.client").warning("Cannot read %s, really", f"<{spelling}>")
    assert MASK in logged(caplog)
    assert "wort" not in logged(caplog).lower()
    assert logged(caplog).endswith(">, really")


def test_what_is_put_together_from_parts_is_found(caplog: pytest.LogCaptureFixture) -> None:
    """A message is what its arguments make of it."""
    keep_secret("5ecre7-70ken")
    logging.getLogger("aiohttp.internal").error("%s-%s", "5ecre7", "70ken")
    assert logged(caplog) == MASK


def fail(first: str, second: str) -> None:
    """Raise an error that has another as its cause."""
    raise KeyError(second) from ValueError(first)


def test_a_traceback_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Nor the causes of an error, which are printed with it."""
    keep_secret("5ecre7-70ken")
    try:
        fail("bad cookie 5ecre7-70ken", "token=5ecre7-70ken")
    except KeyError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    printed = logged(caplog)
    assert f"ValueError: bad cookie {MASK}" in printed
    assert f"KeyError: 'token={MASK}'" in printed
    assert "5ecre7-70ken" not in printed
    assert "Traceback" in printed


def test_a_traceback_without_secrets_stays_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """Home Assistant shows it on a page of its own, made from the exception itself."""
    keep_secret("5ecre7-70ken")
    try:
        fail("no number", "no name")
    except KeyError:
        logging.getLogger("custom_components.smsgateway24").exception("Something unexpected happened")
    assert caplog.records[0].exc_info is not None
    assert "ValueError: no number" in logged(caplog)


def test_other_records_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Their arguments are what other handlers may look at."""
    keep_secret("5ecre7-70ken")
    logging.getLogger("custom_components.smsgateway24").warning("%s of %s", 1, 2)
    assert caplog.records[0].args == (1, 2)


def test_a_mistake_in_logging_is_for_logging_to_report() -> None:
    """The filter is in the way of all that Home Assistant reports."""
    keep_secret("5ecre7-70ken")
    record = logging.LogRecord("homeassistant", logging.ERROR, "", 0, "%d", ("5",), None)
    assert SecretsFilter().filter(record)
    assert secrecy._FILTER.filter(record)


def test_what_is_too_short_is_not_looked_for(caplog: pytest.LogCaptureFixture, own_filter: SecretsFilter) -> None:
    """Leaving it out of the middle of words would tell what it is."""
    keep_secret("", "sms")
    logging.getLogger("custom_components.smsgateway24").warning("addsms: HTTP 200")
    assert logged(caplog) == "addsms: HTTP 200"


def test_a_secret_within_another_leaves_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    """The longer one goes first."""
    keep_secret("5ecre7", "5ecre7-70ken")
    logging.getLogger("aiohttp.client").warning("5ecre7-70ken")
    assert logged(caplog) == MASK


def test_old_secrets_stay_secret_but_not_without_end(caplog: pytest.LogCaptureFixture) -> None:
    """A password that was mistyped is nearly the right one."""
    for number in range(150):
        keep_secret(f"secret-{number:03}")
    for number in (49, 50, 149):
        logging.getLogger("aiohttp.client").warning("secret-%03d", number)
    assert logged(caplog) == f"secret-049\n{MASK}\n{MASK}"


def test_every_logger_of_ours_is_guarded_and_no_stranger_is(own_filter: SecretsFilter) -> None:
    """A filter on a logger does not see what its children log."""
    names = [module.name for module in pkgutil.walk_packages(integration.__path__, f"{integration.__name__}.")]
    for name in names:
        importlib.import_module(name)
    keep_secret("5ecre7-70ken")
    guarded = {logger.name for logger in loggers() if own_filter in logger.filters}
    ours = {logger.name for logger in loggers() if f"{logger.name}.".startswith(f"{integration.__name__}.")}
    theirs = {"aiohttp", "aiohttp.client", "aiohttp.internal", "aiohttp.server", "asyncio", "homeassistant"}
    assert len(ours) >= 4
    assert ours | theirs <= guarded
    assert not {name for name in guarded - theirs - ours if not name.startswith("aiohttp.")}
    assert own_filter not in logging.root.filters


def test_no_logger_of_ours_is_made_when_it_is_too_late() -> None:
    """They are made in what an account consists of, so they are there when it has them guarded."""
    folder = package(ROOT)
    makers = [file.relative_to(folder) for file in folder.rglob("*.py") if "getLogger(__" in file.read_text("utf-8")]
    assert {maker.parts[0] for maker in makers} <= {"api", "messaging", "const.py"}
