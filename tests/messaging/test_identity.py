"""Whether a phone that is new is one that was known under another id."""

from dataclasses import dataclass, field, replace
from datetime import datetime
import json
from typing import Any

import pytest

from custom_components.smsgateway24.api import Phone, Sim
from custom_components.smsgateway24.messaging.health import PhoneState
from custom_components.smsgateway24.messaging.identity import PhoneBook, Return

from .shelf import DAY, HOUR, MINUTE, NOW, SECOND
from .world import a_phone

OLD, NEW, THIRD = "1576", "2001", "2002"
SERIAL, IMEI = "R58M00EXAMPLE", "356938035643809"
ICCID, OTHER_ICCID = "8944000000000000101", "8944000000000000102"


def with_sim(iccid: str) -> tuple[Sim, ...]:
    """Return the SIMs of a phone that has this one."""
    return (Sim(slot=0, carrier=None, number=None, country=None, iccid=iccid, roaming=None),)


def old(**details: Any) -> Phone:
    """Return the phone as it was known for long."""
    return replace(a_phone(OLD, last_seen=NOW), title="Hall phone", created=NOW - 100 * DAY, **details)


def new(phone_id: str = NEW, **details: Any) -> Phone:
    """Return a phone that was registered a minute after the old one was in touch last."""
    found = replace(a_phone(phone_id, last_seen=NOW + HOUR), title="Another title", created=NOW + MINUTE)
    return replace(found, **details)


@dataclass
class Story:
    """An account that is looked at again and again."""

    book: PhoneBook = field(default_factory=PhoneBook)
    seen: dict[str, datetime | None] = field(default_factory=dict)

    def lists(self, *phones: Phone, offline: tuple[str, ...] = ()) -> list[Return]:
        """Read the phones, and return which seem to have come back."""
        for phone in phones:
            self.book.note(phone, NOW)
            self.seen[phone.id] = phone.last_seen
        states = {
            phone.id: PhoneState(phone=phone, online=phone.id not in offline, pending=0, last_seen=phone.last_seen)
            for phone in phones
        }
        return self.book.returned(states, self.seen.get)


BACK = [Return(OLD, NEW)]


@pytest.mark.parametrize(
    "details", [{"serial_number": SERIAL}, {"imei": IMEI}, {"sims": with_sim(ICCID)}, {"title": "Hall phone"}]
)
def test_a_phone_is_known_again(details: dict[str, Any]) -> None:
    """By its serial number, its IMEI, its SIM, or where these are not known by its title."""
    story = Story()
    assert story.lists(old(**details) if "title" not in details else old()) == []
    assert story.lists(new(**details)) == BACK
    # And as long as nobody has answered.
    assert story.lists(new(**details)) == BACK


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"serial_number": SERIAL}, {"serial_number": SERIAL, "imei": IMEI}),
        ({"serial_number": SERIAL, "imei": IMEI}, {"serial_number": SERIAL}),
        ({"sims": with_sim(ICCID)}, {"title": "Hall phone"}),
        ({}, {"title": "Hall phone", "sims": with_sim(ICCID)}),
        ({"created": None}, {"title": "Hall phone"}),
    ],
)
def test_what_only_one_of_them_says_tells_nothing(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Whatever both say has to do."""
    story = Story()
    story.lists(replace(old(), **before))
    assert story.lists(new(**after)) == BACK


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"serial_number": SERIAL}, {"title": "Hall phone", "serial_number": "R58M00ANOTHER"}),
        ({"imei": IMEI}, {"title": "Hall phone", "imei": "356938035643817"}),
        ({"sims": with_sim(ICCID)}, {"title": "Hall phone", "sims": with_sim(OTHER_ICCID)}),
        # Each of them alone would do, but not one against the other.
        ({"serial_number": SERIAL, "imei": IMEI}, {"serial_number": SERIAL, "imei": "356938035643817"}),
        # What apps write where they may not read it is no name.
        ({"imei": "000000000000000"}, {"imei": "000000000000000"}),
        ({"serial_number": "0"}, {"serial_number": "0"}),
    ],
)
def test_another_phone_is_not_taken_for_it(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Nor is one of the same name if anything says otherwise."""
    story = Story()
    story.lists(old(**before))
    assert story.lists(new(**after)) == []


def test_a_phone_without_a_title_has_none() -> None:
    """Its id, which stands in the place of one, is not what it is known by."""
    story = Story()
    story.lists(replace(old(), title=OLD))
    assert story.lists(new(title=NEW)) == []


def test_another_handset_with_the_same_sim_is_worth_the_question() -> None:
    """The old one has broken, and its SIM goes on in a new one."""
    story = Story()
    story.lists(old(serial_number=SERIAL, sims=with_sim(ICCID)))
    assert story.lists(new(serial_number="R58M00ANOTHER", sims=with_sim(ICCID))) == BACK


def test_a_new_phone_beside_the_old_one_is_another() -> None:
    """Whatever they have in common: both are in touch."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    both = old(serial_number=SERIAL, last_seen=NOW + HOUR), new(serial_number=SERIAL)
    assert story.lists(*both) == []
    # And it stays another when the old one is switched off, or taken out of the account, some day.
    assert story.lists(*both, offline=(OLD,)) == []
    assert story.lists(both[1]) == []


def test_two_that_were_known_all_along_are_two() -> None:
    """One that goes is not the other, even of the same name."""
    story = Story()
    first, second = old(), replace(old(), id=NEW, created=NOW - 50 * DAY, last_seen=NOW)
    story.lists(first, second)
    assert story.lists(replace(second, last_seen=NOW + HOUR)) == []


def test_an_id_that_was_left_behind_in_the_list_is_known_again() -> None:
    """Some services may go on listing it; it was in touch for the last time before the new one was made."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    both = old(serial_number=SERIAL), new(serial_number=SERIAL)
    assert story.lists(*both) == []
    assert story.lists(*both, offline=(OLD,)) == BACK


@pytest.mark.parametrize(
    "common",
    [
        {"title": "Hall phone"},
        {"sims": with_sim(ICCID)},
    ],
)
def test_a_phone_that_is_still_listed_may_only_be_switched_off(common: dict[str, Any]) -> None:
    """With its name, or with its SIM in another handset, it is not enough that it says nothing."""
    story = Story()
    first = replace(old(serial_number=SERIAL), **common)
    second = replace(new(serial_number="R58M00ANOTHER"), **common)
    story.lists(first)
    assert story.lists(first, second, offline=(OLD,)) == []


def test_a_sim_that_moves_from_an_id_that_is_still_listed_is_worth_the_question() -> None:
    """Where nothing says that it is in another handset. A name alone is not."""
    story = Story()
    story.lists(old(sims=with_sim(ICCID)))
    both = old(sims=with_sim(ICCID)), new(sims=with_sim(ICCID))
    assert story.lists(*both, offline=(OLD,)) == BACK
    story = Story()
    story.lists(old())
    assert story.lists(old(), new(title="Hall phone"), offline=(OLD,)) == []


def test_a_phone_that_was_not_looked_at_is_nobody_yet() -> None:
    """It may be in the list and not in the book."""
    story = Story()
    story.lists(old())
    phone = new(title="Hall phone")
    state = PhoneState(phone=phone, online=True, pending=0, last_seen=phone.last_seen)
    assert story.book.returned({NEW: state}, story.seen.get) == []


def test_the_clocks_may_differ_by_a_little() -> None:
    """The last contact is noted to the moment, the making of an id in whole seconds."""
    story = Story()
    story.lists(old(serial_number=SERIAL, last_seen=NOW + MINUTE + SECOND))
    assert story.lists(new(serial_number=SERIAL)) == BACK


def test_one_of_several_is_a_guess() -> None:
    """Two phones of one name that come back under new ids at once cannot be told apart."""
    story = Story()
    story.lists(old())
    assert story.lists(new(title="Hall phone"), new(THIRD, title="Hall phone")) == []
    story = Story()
    story.lists(old(), replace(old(), id=THIRD))
    assert story.lists(new(title="Hall phone")) == []


def test_what_it_does_not_say_any_more_is_still_known() -> None:
    """Its SIM may be taken out, and its serial number hidden by an update, before it signs in again."""
    story = Story()
    story.lists(old(serial_number=SERIAL, sims=with_sim(ICCID)))
    story.lists(old())
    assert story.lists(new(serial_number=SERIAL)) == BACK


@pytest.mark.parametrize(
    "details", [{"serial_number": SERIAL}, {"imei": IMEI}, {"sims": with_sim(ICCID)}, {"title": "Hall phone"}]
)
@pytest.mark.parametrize("said", ["first", "last"])
def test_whatever_it_has_ever_said_is_known(details: dict[str, Any], said: str) -> None:
    """Also over a restart."""
    story = Story()
    nameless = replace(old(), title=OLD)
    looks = [replace(nameless, **details), nameless]
    for look in looks if said == "first" else reversed(looks):
        story.lists(look)
    story.book = PhoneBook.from_dict(json.loads(json.dumps(story.book.as_dict())))
    assert story.lists(new(**details)) == BACK


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"sims": with_sim(ICCID)}, {"sims": with_sim(OTHER_ICCID)}),
        ({"title": "Attic phone"}, {"title": "Hall phone"}),
        ({"imei": "356938035643817"}, {"imei": IMEI}),
        ({"serial_number": "R58M00ANOTHER"}, {"serial_number": SERIAL}),
    ],
)
def test_what_it_says_now_counts_more_than_what_it_said_before(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A SIM can be exchanged, and a phone be given another name."""
    story = Story()
    nameless = replace(old(), title=OLD)
    story.lists(replace(nameless, **before))
    story.lists(replace(nameless, **after))
    assert story.lists(new(**before)) == []
    story.book.forget(NEW)
    assert story.lists(new(**after)) == BACK


def test_when_its_id_was_made_is_remembered() -> None:
    """The service may leave it out for once."""
    story = Story()
    story.lists(old())
    story.lists(replace(old(), created=None))
    assert story.lists(new(title="Hall phone")) == BACK


def test_half_a_letter_in_a_title_breaks_nothing() -> None:
    """An app can cut an emoji in two."""
    story = Story()
    story.lists(replace(old(), title="Hall \ud83d"))
    assert story.lists(new(title="Hall \ud83d")) == BACK


def test_it_tells_which_phones_it_knows() -> None:
    """All that were ever listed and are not forgotten."""
    story = Story()
    story.lists(old(), new())
    story.lists(new())
    assert set(story.book.ids) == {OLD, NEW}
    story.book.forget(OLD)
    assert set(story.book.ids) == {NEW}


def test_a_device_is_enough_to_be_known() -> None:
    """Of a phone that was there before this was noted, or of which the notes were lost."""
    book = PhoneBook()
    book.note_device(OLD, "Hall phone", SERIAL, NOW - DAY)
    assert Story(book).lists(new(serial_number=SERIAL)) == BACK
    book = PhoneBook()
    book.note_device(OLD, "Hall phone", None, NOW - DAY)
    assert Story(book).lists(new(title="Hall phone")) == BACK


def test_devices_that_were_made_together_are_not_each_other() -> None:
    """All that are known from devices only may have been there at the same time."""
    book = PhoneBook()
    book.note_device(OLD, "Hall phone", None, NOW - DAY)
    book.note_device(NEW, "Hall phone", None, NOW - DAY + SECOND)
    assert Story(book).lists(new(title="Hall phone", created=NOW - 50 * DAY)) == []


def test_two_phones_are_not_asked_about_again() -> None:
    """Nor after a restart. But another one may be it."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    assert story.lists(new(serial_number=SERIAL)) == BACK
    story.book.keep_apart(OLD, NEW)
    story.book = PhoneBook.from_dict(json.loads(json.dumps(story.book.as_dict())))
    assert story.lists(new(serial_number=SERIAL)) == []


def test_a_phone_of_which_nothing_is_left_is_forgotten() -> None:
    """There is no device that could go on."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    story.book.forget(OLD)
    assert story.lists(new(serial_number=SERIAL)) == []


@pytest.mark.parametrize("gone", [OLD, NEW])
def test_with_a_phone_it_is_forgotten_from_whom_it_was_kept_apart(gone: str) -> None:
    """Of others it is not."""
    story = Story()
    story.lists(old(), new(), new(THIRD))
    story.book.keep_apart(OLD, NEW)
    story.book.keep_apart(THIRD, "2003")
    story.book.forget(gone)
    assert story.book.as_dict()["kept_apart"] == [[THIRD, "2003"]]


def test_the_old_id_is_never_taken_for_a_new_phone() -> None:
    """The service may go on listing it, and may list it again after a while."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    story.lists(new(serial_number=SERIAL))
    story.book.move(OLD, NEW)
    story.book = PhoneBook.from_dict(json.loads(json.dumps(story.book.as_dict())))
    assert story.book.in_use((old(serial_number=SERIAL), new(serial_number=SERIAL))) == (new(serial_number=SERIAL),)
    assert story.lists(new(serial_number=SERIAL)) == []


def test_an_old_id_that_is_in_touch_again_is_a_phones_again() -> None:
    """It has got it back, or it was another one after all."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    story.lists(new(serial_number=SERIAL))
    story.book.move(OLD, NEW)
    again = old(serial_number=SERIAL, last_seen=NOW + DAY)
    assert story.book.in_use((again,)) == (again,)
    # For good, not just while it says something.
    assert story.book.in_use((old(serial_number=SERIAL),)) == (old(serial_number=SERIAL),)


@pytest.mark.parametrize("seen", [None, NOW, NOW + MINUTE + SECOND])
def test_an_old_id_that_says_nothing_new_stays_out_of_use(seen: datetime | None) -> None:
    """The clocks may differ by a little, and nothing may be said at all."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    story.lists(new(serial_number=SERIAL))
    story.book.move(OLD, NEW)
    assert story.book.in_use((replace(old(), last_seen=seen),)) == ()


def test_a_phone_can_go_back_to_an_id_that_it_has_had() -> None:
    """Then the other one is out of use."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    story.lists(new(serial_number=SERIAL))
    story.book.move(OLD, NEW)
    story.book.note(old(serial_number=SERIAL), NOW)
    story.book.move(NEW, OLD)
    assert story.book.in_use((old(), replace(new(), last_seen=NOW - DAY * 100))) == (old(),)


def test_a_phone_can_change_its_id_twice() -> None:
    """And still be known by what it said at first."""
    story = Story()
    story.lists(old(imei=IMEI, serial_number=SERIAL))
    story.lists(new(serial_number=SERIAL))
    story.book.move(OLD, NEW)
    third = new(THIRD, imei=IMEI, title="A third title", created=NOW + DAY, last_seen=NOW + DAY)
    assert story.lists(third) == [Return(NEW, THIRD)]


def test_only_a_phone_that_was_listed_can_be_another() -> None:
    """Nothing is changed otherwise."""
    story = Story()
    story.lists(old(serial_number=SERIAL))
    with pytest.raises(KeyError):
        story.book.move(OLD, NEW)
    assert story.book.in_use((old(),)) == (old(),)


def test_nothing_that_says_who_somebody_is_is_written_down() -> None:
    """Only digests of it."""
    story = Story()
    story.lists(old(serial_number=SERIAL, imei=IMEI, sims=with_sim(ICCID)))
    written = json.dumps(story.book.as_dict())
    assert OLD in written
    assert not any(secret in written for secret in (SERIAL, IMEI, ICCID, "Hall phone"))
