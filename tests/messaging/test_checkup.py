"""What is wrong with an account's phones."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import json
from types import EllipsisType
from typing import Any

import pytest

from custom_components.smsgateway24.api import MessageStatus, Phone
from custom_components.smsgateway24.messaging.checkup import (
    OUTDATED_FOR,
    SETTLING,
    SILENT_AFTER_OFFLINE,
    Checkup,
    Finding,
    Problem,
)
from custom_components.smsgateway24.messaging.health import assess
from custom_components.smsgateway24.messaging.routing import Route

from .shelf import DAY, HOUR, MINUTE, NOW, SECOND
from .world import ATTIC, HALL, a_phone

OFFLINE_AFTER = timedelta(minutes=10)
SILENT_AFTER = OFFLINE_AFTER + SILENT_AFTER_OFFLINE


@dataclass
class House:
    """An account whose phones are looked at every minute."""

    checkup: Checkup = field(default_factory=Checkup)
    now: datetime = NOW

    def look(self, *phones: Phone, now: datetime | EllipsisType | None = ...) -> list[Finding]:
        """Look at these phones."""
        moment = self.now if now is ... else now
        for phone in phones:
            self.checkup.phones.note(phone, self.now)
        return self.checkup.look(
            {
                phone.id: assess(phone, pending=0, now=moment, offline_after=OFFLINE_AFTER, before=None)
                for phone in phones
            },
            moment,
            offline_after=OFFLINE_AFTER,
            last_seen={phone.id: phone.last_seen for phone in phones}.get,
        )

    def watch(self, wait: timedelta, *phones: Phone) -> list[Finding]:
        """Look every minute for so long, and return what is wrong in the end."""
        end = self.now + wait
        found = self.look(*phones)
        while self.now < end:
            self.now = min(self.now + MINUTE, end)
            found = self.look(*phones)
        return found

    def restart(self) -> None:
        """Forget all that is not written down."""
        self.checkup = Checkup.from_dict(json.loads(json.dumps(self.checkup.as_dict())))


def hall(seen: datetime | None = NOW, **changes: Any) -> Phone:
    """Return the hall's phone, seen last at this moment."""
    return replace(a_phone(HALL, 0, last_seen=seen), created=NOW - DAY, **changes)


SILENT = [Finding(Problem.PHONE_SILENT, HALL)]
OUTDATED = [Finding(Problem.APP_OUTDATED, HALL)]


def test_a_phone_that_says_nothing_for_an_hour_after_it_went_offline_is_silent() -> None:
    """And not a moment before."""
    house = House()
    assert house.watch(SILENT_AFTER - SECOND, hall()) == []
    house.now += SECOND
    assert house.look(hall()) == SILENT


def test_a_phone_that_is_back_is_not_silent() -> None:
    """With the first sign of life. One that is no longer listed is gone, which is another matter."""
    house = House()
    assert house.watch(SILENT_AFTER, hall()) == SILENT
    assert house.look() == []
    assert house.look(hall(house.now)) == []


def test_a_silent_phone_is_well_again_with_its_first_sign_of_life() -> None:
    """And no other phone hides that it was silent."""
    house = House()
    house.watch(SILENT_AFTER - MINUTE, hall())
    house.now += MINUTE
    attic = a_phone(ATTIC, 0, last_seen=house.now)
    assert house.look(attic, hall()) == SILENT
    assert house.look(attic, hall(house.now)) == []


def test_a_phone_that_does_not_say_how_often_it_asks_can_be_silent_too() -> None:
    """It is taken for an ordinary one."""
    assert House().watch(SILENT_AFTER, hall(request_interval=None)) == SILENT


def test_a_phone_that_was_never_in_touch_is_silent_since_it_was_registered() -> None:
    """If that is known."""
    assert House().watch(SETTLING, hall(None)) == SILENT
    assert House().watch(DAY, replace(hall(None), created=None)) == []


def test_an_outage_of_the_service_makes_nobody_silent() -> None:
    """After it the phones have time to come back, and so after Home Assistant's start."""
    house = House()
    house.watch(HOUR, hall())
    house.checkup.interrupted()
    house.now += 5 * HOUR
    assert house.watch(SETTLING - SECOND, hall()) == []
    assert house.watch(SECOND, hall()) == SILENT
    # What was known before an outage is known after it.
    house.checkup.interrupted()
    house.now += HOUR
    assert house.look(hall()) == SILENT


def test_a_phone_that_asks_rarely_has_its_own_time_after_an_outage() -> None:
    """It could not say anything yet."""
    house = House()
    phone = hall(NOW - DAY, request_interval=3600)
    assert house.watch(HOUR, phone) == []
    assert house.watch(MINUTE, phone) == SILENT


def test_a_silence_is_remembered_over_a_restart() -> None:
    """Nothing has become better by it."""
    house = House()
    house.watch(SILENT_AFTER, hall())
    house.restart()
    assert house.look(hall()) == SILENT


def test_without_the_services_time_nothing_new_is_found() -> None:
    """And nothing that was known is forgotten."""
    house = House()
    assert house.look(hall(NOW - DAY), now=None) == []
    house.watch(SETTLING, hall(NOW - DAY))
    assert house.look(hall(NOW - DAY), now=None) == SILENT


def test_a_clock_that_is_set_back_starts_anew() -> None:
    """The time that has passed is not known then."""
    house = House()
    house.now = NOW + DAY
    house.look(hall(NOW + DAY))
    house.now = NOW
    assert house.watch(SETTLING - SECOND, hall(NOW - DAY)) == []
    assert house.watch(SECOND, hall(NOW - DAY)) == SILENT


def test_an_app_is_outdated_after_a_day() -> None:
    """Right after a release all are."""
    house = House()
    assert house.look(hall(app_is_current=False)) == []
    house.now += OUTDATED_FOR - SECOND
    house.restart()
    assert house.look(hall(house.now, app_is_current=False)) == []
    house.now += SECOND
    assert house.look(hall(house.now, app_is_current=False)) == OUTDATED
    assert house.look(hall(house.now)) == []
    assert house.look(hall(house.now, app_is_current=False)) == []


def test_nothing_is_said_of_the_app_of_a_phone_that_is_gone_or_while_the_time_is_not_known() -> None:
    """It is said again afterwards."""
    house = House()
    house.look(hall(app_is_current=False))
    house.now += OUTDATED_FOR
    phone = hall(house.now, app_is_current=False)
    assert house.look(phone) == OUTDATED
    assert house.look(phone, now=None) == []
    assert house.look() == []
    assert house.look(phone) == OUTDATED


def test_an_app_of_which_nothing_is_said_is_not_outdated() -> None:
    """The service may not tell."""
    house = House()
    house.look(hall(app_is_current=None))
    house.now += 2 * OUTDATED_FOR
    assert house.look(hall(house.now, app_is_current=None)) == []


def test_a_day_that_began_in_the_future_begins_now() -> None:
    """The service's clock was wrong."""
    house = House(now=NOW + 30 * DAY)
    house.look(hall(NOW + 30 * DAY, app_is_current=False))
    house.now = NOW
    house.look(hall(app_is_current=False))
    house.now += OUTDATED_FOR
    assert house.look(hall(house.now, app_is_current=False)) == OUTDATED


def test_what_is_wrong_with_sending_is_told_of_phones_that_are_there() -> None:
    """By phone and by SIM."""
    house = House()
    house.look(hall())
    for _ in range(3):
        house.checkup.attempts.note(Route(HALL, 0), MessageStatus.GENERIC_FAILURE)
    house.checkup.attempts.note(Route(HALL, 0), MessageStatus.NOT_ALLOWED)
    both = [Finding(Problem.SENDING_NOT_PERMITTED, HALL), Finding(Problem.SIM_FAILS, HALL, sim=0)]
    assert house.look(hall()) == both
    house.restart()
    assert house.look(hall()) == both
    assert house.look() == []


@pytest.mark.parametrize("seconds", [0, 5000])
def test_a_phone_with_a_new_id_is_asked_about_and_nothing_else_is_said_of_it(seconds: int) -> None:
    """One answer settles everything."""
    house = House()
    old = hall(serial_number="R58M00EXAMPLE")
    house.look(old)
    house.checkup.attempts.note(Route(HALL, 0), MessageStatus.NOT_ALLOWED)
    house.restart()
    house.now += DAY + timedelta(seconds=seconds)
    new = replace(a_phone(ATTIC, 0, last_seen=house.now), created=NOW + MINUTE, serial_number="R58M00EXAMPLE")
    changed = [Finding(Problem.PHONE_CHANGED_ID, HALL, new_id=ATTIC)]
    assert house.watch(HOUR, old, replace(new, last_seen=house.now + HOUR)) == changed
    assert house.look(new) == changed

    with pytest.raises(KeyError):
        house.checkup.move(HALL, "9")
    assert house.look(new) == changed
    house.look(old, new)
    assert house.checkup.as_dict()["silent"] == [HALL]
    house.checkup.move(HALL, ATTIC)
    # The old id is out of use from then on, and nothing else is kept of it.
    assert house.checkup.as_dict()["silent"] == []
    house.restart()
    assert house.look(replace(new, last_seen=house.now)) == [Finding(Problem.SENDING_NOT_PERMITTED, ATTIC)]
    assert house.checkup.phones.in_use((old, new)) == (new,)


def test_a_phone_of_which_nothing_is_left_is_forgotten() -> None:
    """Nothing of it is written down any more."""
    house = House()
    house.watch(SILENT_AFTER, hall(app_is_current=False))
    house.checkup.attempts.note(Route(HALL, 0), MessageStatus.NOT_ALLOWED)
    assert HALL in json.dumps(house.checkup.as_dict())
    house.checkup.forget(HALL)
    assert HALL not in json.dumps(house.checkup.as_dict())
