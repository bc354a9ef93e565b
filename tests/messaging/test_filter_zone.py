"""In which words a moment has to be written so that the service's date filter means it."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsgateway24.messaging.filter_zone import EASTERNMOST, WESTERNMOST, FilterZone

MOMENT = datetime(2026, 11, 25, 12)  # noqa: DTZ001 - words, without a zone
QUARTER = timedelta(minutes=15)
HOURS = [hours * timedelta(hours=1) for hours in range(-12, 15)]


def search(zone: FilterZone, true: timedelta, own: timedelta) -> int:
    """Try words until they work in a service whose zone is this, and return how often that took."""
    for tries in range(1, 20):
        if zone.words_for(MOMENT, own) - MOMENT <= true:
            return tries
        zone.failed()
    raise AssertionError("It goes on for ever")


@pytest.mark.parametrize("true", HOURS)
@pytest.mark.parametrize("own", [HOURS[0], timedelta(), 2 * timedelta(hours=1), HOURS[-1]])
def test_every_zone_is_found(true: timedelta, own: timedelta) -> None:
    """In a few tries, wherever the service's own words are."""
    zone = FilterZone()
    assert search(zone, true, own) <= 7
    # Never too late, which would miss something.
    assert zone.words_for(MOMENT, own) - MOMENT <= true


@pytest.mark.parametrize("quarters", [-47, -33, -1, 1, 23, 55])
def test_zones_of_a_quarter_of_an_hour_are_found(quarters: int) -> None:
    """There are some."""
    zone = FilterZone()
    search(zone, quarters * QUARTER, timedelta())
    assert zone.words_for(MOMENT, timedelta()) - MOMENT <= quarters * QUARTER


@pytest.mark.parametrize("own", [timedelta(hours=1), timedelta(hours=2)])
def test_words_that_are_too_early_cost_rows_but_no_question(own: timedelta) -> None:
    """The likely zones, that of the records and UTC, work at the first try."""
    for true in (timedelta(), own):
        assert search(FilterZone(), true, own) == 1


def test_the_words_of_records_in_the_west_are_the_first_guess() -> None:
    """They are earlier than those of UTC."""
    west = -timedelta(hours=5)
    assert FilterZone().words_for(MOMENT, west) == MOMENT + west
    assert search(FilterZone(), west, west) == 1


@pytest.mark.parametrize("own", [-timedelta(hours=40), timedelta(hours=40)])
def test_records_with_impossible_words_mislead_nobody(own: timedelta) -> None:
    """The guess stays within the zones that there are."""
    assert WESTERNMOST <= FilterZone().words_for(MOMENT, own) - MOMENT <= EASTERNMOST


def test_a_service_that_changes_its_zone_is_followed() -> None:
    """As at the end of summer time; words that no longer work are replaced by earlier ones that do."""
    zone = FilterZone()
    for true in (timedelta(hours=2), timedelta(hours=1), -timedelta(hours=7), timedelta(hours=3), -timedelta(hours=12)):
        search(zone, true, timedelta(hours=2))
        assert zone.words_for(MOMENT, timedelta(hours=2)) - MOMENT <= true


def test_at_the_westernmost_zone_there_is_nothing_more_to_try() -> None:
    """Whatever does not work then is not the zone's fault."""
    zone = FilterZone()
    exhausted = [zone.exhausted]
    search(zone, WESTERNMOST, timedelta())
    exhausted.append(zone.exhausted)
    zone.failed()
    exhausted.append(zone.exhausted)
    assert exhausted == [False, True, True]
    assert zone.words_for(MOMENT, timedelta()) == MOMENT + WESTERNMOST


def test_without_a_guess_there_is_nothing_to_learn() -> None:
    """Nothing was tried yet."""
    zone = FilterZone()
    zone.failed()
    assert zone.words_for(MOMENT, timedelta()) == MOMENT


def test_each_guess_is_earlier_by_half_of_what_is_left() -> None:
    """In quarters of an hour."""
    zone = FilterZone()
    guesses = []
    for _ in range(8):
        guesses.append((zone.words_for(MOMENT, timedelta()) - MOMENT) / QUARTER)
        zone.failed()
    assert guesses == [0, -24, -36, -42, -45, -47, -48, -48]


def test_the_zone_of_a_moment_does_not_matter() -> None:
    """The words have none."""
    aware = MOMENT.replace(tzinfo=UTC)
    assert FilterZone().words_for(aware, -timedelta(hours=5)) == MOMENT - timedelta(hours=5)
