"""Whose a record of the service is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.smsgateway24.api import Message
from custom_components.smsgateway24.messaging.outgoing import OutgoingMessage, Stage
from custom_components.smsgateway24.messaging.recognition import TAGS, Recognition
from custom_components.smsgateway24.messaging.routing import Route

from .test_outgoing import MESSAGE
from .world import ANNA, ATTIC, BEN, HALL, START, a_record

TEXT = "Der Keller steht unter Wasser 🌊!\nKomm bitte."
TAG = TAGS.start + 42
SOUGHT = replace(MESSAGE, text=TEXT).attempted(Route(HALL, 0), TAG, START, START)
OTHER_TAG = TAGS.start + 7


def record(
    *,
    text: str = TEXT,
    number: str = ANNA,
    tag: int | None = None,
    phone_id: str = HALL,
    created: datetime | None = START,
) -> Message:
    """Return a record that fits the message but for what is said."""
    return a_record(1, 1, phone_id=phone_id, tag=tag, number=number, text=text, created=created)


def found(sought: OutgoingMessage, listed: Message, *, tags_return: bool | None = None) -> bool:
    """Say whether a record is taken for the message's."""
    recognition = Recognition()
    recognition.tags_return = tags_return
    return list(recognition.find([sought], [listed], [sought])) == [(sought, listed)]


@pytest.mark.parametrize("tags_return", [True, False, None])
def test_a_tag_is_enough(*, tags_return: bool | None) -> None:
    """Whatever became of text, number and time on the way."""
    assert found(SOUGHT, record(tag=TAG, text="", number="", created=None), tags_return=tags_return)


def test_a_tag_of_an_earlier_attempt_is_enough() -> None:
    """It may turn up late, even before the next attempt is made."""
    again = SOUGHT.to_be_repeated()
    assert found(again, record(tag=TAG))
    assert found(again.attempted(Route(HALL, 0), OTHER_TAG, START, START), record(tag=TAG))


def test_a_tag_of_another_phone_is_not() -> None:
    """A tag alone proves nothing."""
    assert not found(SOUGHT, record(tag=TAG, phone_id=ATTIC))
    assert found(SOUGHT, record(tag=TAG, phone_id=""))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace(" 🌊", ""),
        TEXT.replace("🌊", "?"),
        f"  {TEXT} ",
    ],
    ids=["as sent", "other line breaks", "without emoji", "emoji as question mark", "with blanks"],
)
@pytest.mark.parametrize("number", [ANNA, "+44 7700 900123", "447700900123", "00447700900123", "07700900123"])
@pytest.mark.parametrize("tag", [None, 0, 65535])
def test_without_tags_the_content_tells(text: str, number: str, tag: int | None) -> None:
    """However the service writes it."""
    listed = record(text=text, number=number, tag=tag)
    assert found(SOUGHT, listed)
    assert found(SOUGHT, listed, tags_return=False)
    # Where tags come back, whatever has none is not ours.
    assert not found(SOUGHT, listed, tags_return=True)


def test_a_short_code_is_recognised_by_all_of_it() -> None:
    """It has too few digits for a part of them to tell."""
    sought = replace(SOUGHT, number="80800")
    assert found(sought, record(number="80800"))
    assert not found(sought, record(number="800"))
    assert not found(sought, record(number="4480800"))


def test_a_number_may_have_more_before_it_but_not_after_it() -> None:
    """As where it was dialled abroad."""
    assert found(SOUGHT, record(number="011447700900123"))
    assert not found(SOUGHT, record(number="4477009001230"))
    assert not found(replace(SOUGHT, number="+447700900100"), record(number="+4477009001"))


def test_letters_that_take_two_units_may_be_missing() -> None:
    """As emoji are: what cannot write the one cannot write the other."""
    assert found(replace(SOUGHT, text="\U00020bb7\u91ce\u5bb6"), record(text="\u91ce\u5bb6"))
    assert not found(replace(SOUGHT, text="\U00020bb7\u91ce\u5bb6"), record(text="\u5bb6"))


def test_of_two_records_with_its_tag_a_message_has_one() -> None:
    """The service may have handed it over twice. And whoever sees a tag knows that tags come back."""
    recognition = Recognition()
    listed = [replace(record(tag=TAG), id=number) for number in (1, 2)]
    other = replace(SOUGHT, key="other", tags=(OTHER_TAG,))
    pairs = recognition.find([SOUGHT, other], [*listed, replace(record(), id=3)], [SOUGHT, other])
    assert [(message.key, listed.id) for message, listed in pairs] == [(SOUGHT.key, 1)]
    assert recognition.tags_return is True


def test_equal_messages_and_their_records_are_paired_in_the_order_of_both() -> None:
    """However the service lists them."""
    sought = [replace(SOUGHT, key=key) for key in ("one", "two", "three")]
    listed = [replace(record(), id=number) for number in (9, 7, 8)]
    pairs = Recognition().find(sought, listed, sought)
    assert [(message.key, listed.id) for message, listed in pairs] == [("one", 7), ("two", 8), ("three", 9)]


def test_an_attempt_of_which_the_services_time_is_not_known_is_found_by_its_tag_alone() -> None:
    """Without it an equal text of last week would look the same."""
    sought = replace(SOUGHT, attempted_at_service=None)
    assert not found(sought, record())
    assert found(sought, record(tag=TAG))


@pytest.mark.parametrize(
    "listed",
    [
        record(text="Another text"),
        record(number=BEN),
        record(number="900123"),
        record(phone_id=ATTIC),
        record(created=None),
        record(created=START - timedelta(seconds=31)),
        record(created=START + timedelta(minutes=11)),
        record(tag=OTHER_TAG),
    ],
    ids=["text", "number", "part of the number", "phone", "no time", "too early", "too late", "another's tag"],
)
def test_what_does_not_fit_is_not_ours(listed: Message) -> None:
    """Each of them alone tells it apart."""
    assert not found(SOUGHT, listed)


def test_a_number_of_the_users_has_to_fit_too() -> None:
    """Where such numbers come back at all."""
    sought = replace(SOUGHT, customer_id=42, tags=())
    assert found(sought, record(tag=42), tags_return=True)
    assert not found(sought, record(tag=None), tags_return=True)
    assert not found(sought, record(tag=43), tags_return=True)
    assert found(sought, record(tag=0), tags_return=False)
    assert not found(sought, record(tag=42, text="Another text"), tags_return=True)


def test_a_user_may_give_a_number_as_large_as_a_tag() -> None:
    """It is still the user's."""
    assert found(replace(SOUGHT, customer_id=OTHER_TAG, tags=()), record(tag=OTHER_TAG))


def test_a_message_that_waits_is_not_found_by_its_content() -> None:
    """What was not attempted is not there; what looks like it is another one's."""
    assert not found(replace(SOUGHT, stage=Stage.WAITING, repeated=True), record(), tags_return=False)


def test_whether_tags_come_back_is_seen_in_what_the_service_itself_has_named() -> None:
    """And in nothing else, since a record that was found by its content may be another one's."""
    recognition = Recognition()
    told = SOUGHT.accepted(1, told=True)
    recognition.learn(replace(told, id_was_told=False), record())
    recognition.learn(replace(told, customer_id=42), record(tag=42))
    seen = [recognition.tags_return]
    for listed in (record(), record(tag=TAG)):
        recognition.learn(told, listed)
        seen.append(recognition.tags_return)
    assert seen == [None, False, True]


def test_a_record_that_is_taken_is_nobody_elses() -> None:
    """Neither while its message is open nor when it has ended."""
    recognition = Recognition()
    owner = replace(SOUGHT, key="owner").accepted(1, told=True)
    assert list(recognition.find([SOUGHT], [record()], [SOUGHT, owner])) == []
    assert recognition.is_taken(1, [owner])
    assert not recognition.is_taken(1, [SOUGHT])

    recognition.keep(1, START)
    assert recognition.is_taken(1, [])
    assert list(recognition.find([SOUGHT], [record()], [SOUGHT])) == []


def test_what_was_learned_survives_a_restart_and_is_forgotten_in_time() -> None:
    """Ids are remembered for as long as they could be mistaken."""
    recognition = Recognition()
    recognition.tags_return = False
    recognition.keep(1, START)
    recognition.keep(2, START + timedelta(hours=1))
    again = Recognition()
    again.restore(recognition.as_dict())
    assert again.tags_return is False
    assert [again.is_taken(number, []) for number in (1, 2, 3)] == [True, True, False]

    again.keep(3, START + timedelta(hours=2))
    assert [again.is_taken(number, []) for number in (1, 2, 3)] == [False, True, True]
