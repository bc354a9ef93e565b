"""Points in time, as the service writes them."""

from datetime import UTC, datetime, timedelta, timezone
import time
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.api.moments import Moment, http_moment, last_contact, moment

from .conftest import unhurried
from .test_parsing import anything


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, fraction: int = 0) -> datetime:
    """Return a moment in UTC."""
    return datetime(year, month, day, hour, minute, second, fraction, UTC)


def dump(date: Any, zone: Any = "UTC", kind: Any = 3) -> dict[str, Any]:
    """Return a moment as PHP dumps it."""
    return {"date": date, "timezone_type": kind, "timezone": zone}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # The forms that were seen.
        (dump("2020-04-23 17:02:21.000000"), at(2020, 4, 23, 17, 2, 21)),
        (dump("2021-07-08 14:00:00.000000", "+02:00", 1), at(2021, 7, 8, 12)),
        (dump("2023-11-02 22:44:43.000000", "Europe/Paris"), at(2023, 11, 2, 21, 44, 43)),
        (dump("2023-07-02 22:44:43.000000", "Europe/Paris"), at(2023, 7, 2, 20, 44, 43)),
        # All kinds of offset.
        (dump("2021-07-08 14:00:00", "-05:30", 1), at(2021, 7, 8, 19, 30)),
        (dump("2021-07-08 14:00:00", "+0530", 1), at(2021, 7, 8, 8, 30)),
        (dump("2021-07-08 14:00:00", "+2", 1), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "+01:00:30", 1), at(2021, 7, 8, 12, 59, 30)),
        # An abbreviation means one offset, the same word as a name means a place with its summer time.
        (dump("2021-07-08 14:00:00", "CEST", 2), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "CET", 2), at(2021, 7, 8, 13)),
        (dump("2021-07-08 14:00:00", "CET", 3), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "est", "2"), at(2021, 7, 8, 19)),
        (dump("2021-07-08 14:00:00", "Z", 2), at(2021, 7, 8, 14)),
        (dump("2021-07-08 14:00:00", "Z", None), at(2021, 7, 8, 14)),
        # The kind can be missing or wrong.
        (dump("2021-07-08 14:00:00", "+02:00", None), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "Europe/Paris", "3"), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "Europe/Paris", 2), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "CEST", 3), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "Europe/Paris", [3]), at(2021, 7, 8, 12)),
        # Without a zone it is UTC.
        (dump("2021-07-08 14:00:00", None), at(2021, 7, 8, 14)),
        ({"date": "2021-07-08 14:00:00"}, at(2021, 7, 8, 14)),
        ("2021-07-08 14:00:00", at(2021, 7, 8, 14)),
        (" 2021-07-08 14:00:00 ", at(2021, 7, 8, 14)),
        ("2021-07-08", at(2021, 7, 8)),
        # ISO.
        ("2021-07-08T14:00:00Z", at(2021, 7, 8, 14)),
        ("2021-07-08T14:00:00+02:00", at(2021, 7, 8, 12)),
        ("2021-07-08T14:00:00.250000-07:00", at(2021, 7, 8, 21, 0, 0, 250_000)),
        (dump("2021-07-08T14:00:00+02:00", "UTC"), at(2021, 7, 8, 12)),
        # Seconds and milliseconds since 1970.
        (1_625_752_800, at(2021, 7, 8, 14)),
        (1_625_752_800.5, at(2021, 7, 8, 14, 0, 0, 500_000)),
        ("1625752800", at(2021, 7, 8, 14)),
        (1_625_752_800_000, at(2021, 7, 8, 14)),
        ("1625752800000", at(2021, 7, 8, 14)),
    ],
)
def test_moment(value: object, expected: datetime) -> None:
    """Every form that the service uses, or might, means one moment in UTC."""
    found = moment(value).at

    assert found == expected
    assert found is not None
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "null",
        "soon",
        "20:15",
        "23.04.2020 17:02:21",
        "0000-00-00 00:00:00",
        "-0001-11-30 00:00:00",
        "1969-12-31 23:59:59",
        "9999-12-31 23:59:59",
        "2021-02-30 10:00:00",
        "2021-07-08 25:00:00",
        "20210708",
        "9" * 30,
        "x" * 10_000,
        0,
        -5,
        float("nan"),
        float("inf"),
        10**300,
        10**20,
        [],
        ["2021-07-08 14:00:00"],
        {},
        dump(None),
        dump(12),
        dump("2021-07-08 14:00:00", "Mars/Phobos"),
        dump("2021-07-08 14:00:00", "../../etc/passwd"),
        dump("2021-07-08 14:00:00", "Europe"),
        dump("2021-07-08 14:00:00", "\0"),
        dump("2021-07-08 14:00:00", ""),
        dump("2021-07-08 14:00:00", "+24:00", 1),
        dump("2021-07-08 14:00:00", "+99", 1),
        dump("2021-07-08 14:00:00", "x" * 100),
        dump("2021-07-08 14:00:00", 120),
        dump("1970-01-01 00:30:00", "+02:00", 1),
        dump("9998-12-31 23:30:00", "-02:00", 1),
    ],
)
def test_no_moment(value: object) -> None:
    """What is no date, or none that can be true, is none."""
    assert moment(value).at is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dump("2023-11-02 22:44:43.000000", "Europe/Paris"), "2023-11-02 22:44:43"),
        ("2021-07-08T14:00:00+02:00", "2021-07-08 14:00:00"),
        (dump("2021-07-08 14:00:00", "Mars/Phobos"), "2021-07-08 14:00:00"),
        ("2021-07-08", None),
        ("2021-07-08T14", None),
        ("2021-07-08T140000.000000", None),
        ("2021-W27-4T14:00:00", None),
        ("0001-01-01 00:00:00", None),
        (1_625_752_800, None),
        ("1625752800", None),
        ("garbage", None),
        (None, None),
    ],
)
def test_own_words(value: object, text: str | None) -> None:
    """The record's own words for a moment are kept, in its own zone, known or not."""
    assert moment(value).text == text


def test_hour_that_comes_twice() -> None:
    """In the hour that comes twice, the earlier reading is taken unless the later is asked for."""
    twice = dump("2023-10-29 02:30:00.000000", "Europe/Paris")

    assert moment(twice).at == at(2023, 10, 29, 0, 30)
    assert moment(twice, 1).at == at(2023, 10, 29, 1, 30)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(2023, 10, 29, 0, 31), at(2023, 10, 29, 0, 30)),
        (at(2023, 10, 29, 1, 30), at(2023, 10, 29, 1, 30)),
        (at(2023, 10, 29, 1, 26), at(2023, 10, 29, 1, 30)),
        (at(2023, 10, 29, 5), at(2023, 10, 29, 1, 30)),
        (None, at(2023, 10, 29, 0, 30)),
    ],
)
def test_last_contact(now: datetime | None, expected: datetime) -> None:
    """A phone's last contact in that hour is the later reading, once the service's clock has come there."""
    assert last_contact(dump("2023-10-29 02:30:00.000000", "Europe/Paris"), now) == expected


def test_last_contact_unknown() -> None:
    """A phone that was never in touch has no last contact."""
    assert last_contact(None, at(2023, 10, 29)) is None


def test_later_than_now() -> None:
    """A contact outside that hour is what it is, even if it lies ahead of the service's clock."""
    assert last_contact("2023-10-29 12:00:00", at(2023, 10, 29)) == at(2023, 10, 29, 12)


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
names = st.sampled_from(["UTC", "Europe/Paris", "America/St_Johns", "Australia/Sydney", "Asia/Kathmandu"]).map(ZoneInfo)
abbreviations = st.sampled_from([("CET", 1), ("CEST", 2), ("EST", -5), ("PDT", -7), ("UTC", 0), ("JST", 9)])


@unhurried
@given(st.datetimes(datetime(1971, 1, 1), datetime(9997, 1, 1)), st.data())  # noqa: DTZ001  the zone comes from the data
def test_round_trip(when: datetime, data: st.DataObject) -> None:
    """A moment that was dumped with any kind of zone is read as the same moment."""
    kind = data.draw(st.sampled_from([1, 2, 3]))
    if kind == 1:
        zone: Any = data.draw(offsets)
        name = f"{when.replace(tzinfo=zone):%:z}"
    elif kind == 2:
        name, hours = data.draw(abbreviations)
        zone = timezone(timedelta(hours=hours))
    else:
        zone = data.draw(names)
        name = zone.key
    original = when.replace(tzinfo=zone).astimezone(UTC)
    written = original.astimezone(zone)

    read = moment(dump(f"{written:%Y-%m-%d %H:%M:%S.%f}", name, kind), written.fold)

    assert read == Moment(original, f"{written:%Y-%m-%d %H:%M:%S}")


@unhurried
@given(anything, anything, anything)
def test_nothing_breaks_it(date: Any, zone: Any, kind: Any) -> None:
    """Whatever stands in a record, it is a moment in UTC or none."""
    for value in (date, dump(date, zone, kind)):
        found = moment(value)
        assert found.at is None or found.at.tzinfo is UTC
        assert found.text is None or len(found.text) == 19


@unhurried
@given(st.text(max_size=40), st.text(max_size=64), st.integers(0, 4))
def test_no_text_breaks_it(date: str, zone: str, kind: int) -> None:
    """The same with texts only, and a true date with any zone."""
    for value in (date, dump(date, zone, kind), dump("2021-07-08 14:00:00", zone, kind)):
        found = moment(value).at
        assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Sun, 01 Mar 2026 12:00:00 GMT", at(2026, 3, 1, 12)),
        ("Sun, 01 Mar 2026 12:00:00 -0000", at(2026, 3, 1, 12)),
        ("Sun, 01 Mar 2026 12:00:00 +0200", at(2026, 3, 1, 10)),
        ("Sunday, 01-Mar-26 12:00:00 GMT", at(2026, 3, 1, 12)),
        ("Sun, 01 Mar 1926 12:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("now", None),
        ("", None),
        (None, None),
        ("1" * 1_000, None),
    ],
)
def test_http_moment(header: str | None, expected: datetime | None) -> None:
    """A moment in an HTTP header is read in its three forms, and garbage is none."""
    assert http_moment(header) == expected


@pytest.mark.parametrize(
    ("abbreviation", "place", "month"),
    [
        ("UTC", "Etc/UTC", 1),
        ("GMT", "Europe/London", 1),
        ("WET", "Europe/Lisbon", 1),
        ("WEST", "Europe/Lisbon", 7),
        ("CET", "Europe/Paris", 1),
        ("CEST", "Europe/Paris", 7),
        ("EET", "Europe/Athens", 1),
        ("EEST", "Europe/Athens", 7),
        ("MSK", "Europe/Moscow", 1),
        ("EST", "America/New_York", 1),
        ("EDT", "America/New_York", 7),
        ("CDT", "America/Chicago", 7),
        ("MST", "America/Denver", 1),
        ("MDT", "America/Denver", 7),
        ("PST", "America/Los_Angeles", 1),
        ("PDT", "America/Los_Angeles", 7),
        ("AKST", "America/Anchorage", 1),
        ("AKDT", "America/Anchorage", 7),
        ("HST", "Pacific/Honolulu", 1),
        ("SAST", "Africa/Johannesburg", 1),
        ("WIB", "Asia/Jakarta", 1),
        ("JST", "Asia/Tokyo", 1),
        ("KST", "Asia/Seoul", 1),
        ("AEST", "Australia/Sydney", 7),
        ("AEDT", "Australia/Sydney", 1),
        ("AWST", "Australia/Perth", 1),
        ("NZST", "Pacific/Auckland", 7),
        ("NZDT", "Pacific/Auckland", 1),
    ],
)
def test_an_abbreviation_means_what_it_means_where_it_is_used(abbreviation: str, place: str, month: int) -> None:
    """At the time of the year at which it is."""
    there = datetime(2021, month, 8, 14, tzinfo=ZoneInfo(place))
    assert there.tzname() == abbreviation
    assert moment(dump(f"2021-{month:02}-08 14:00:00", abbreviation, 2)).at == there


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dump("2021-07-08 14:00:00", " Europe/Paris "), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", " +02:00 ", 1), at(2021, 7, 8, 12)),
        (dump("2021-07-08 14:00:00", "+02:00 or so", 1), None),
        (dump("2021-07-08 14:00:00", "Europe"), None),
        ("1625752800 seconds", None),
    ],
)
def test_what_stands_around_a_zone_or_a_number_is_blank_or_makes_it_unknown(
    value: Any, expected: datetime | None
) -> None:
    """A date is better unknown than wrong."""
    assert moment(value).at == expected


def test_a_header_without_a_zone_is_in_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some servers write -0000."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert http_moment("Thu, 08 Jul 2021 14:00:00 -0000") == at(2021, 7, 8, 14)
    finally:
        monkeypatch.undo()
        time.tzset()
