"""What the service's answers mean."""

from collections.abc import Callable
from datetime import UTC, datetime
import json
from typing import Any, ClassVar

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.api import (
    Message,
    MessageStatusReport,
    Phone,
    PhoneStatus,
    Sim,
    answers,
)
from custom_components.smsgateway24.api.parsing import WrongShapeError

from .conftest import unhurried
from .samples import DEVICES, MESSAGES
from .test_parsing import anything

NOW = datetime(2023, 11, 2, 22, tzinfo=UTC)


def sms(**changes: Any) -> dict[str, Any]:
    """Return an ordinary record of the list of messages; None as Ellipsis leaves a field out."""
    record = {
        "id": 62051117,
        "sendto": "+12025550123",
        "body": "Hello",
        "customerid": None,
        "status": 7,
        "statustitle": "delivered",
        "deviceid": 1576,
        "urgent": None,
        "created": {"date": "2023-11-02 22:46:09.000000", "timezone_type": 3, "timezone": "Europe/Paris"},
        "senttime": None,
        "timetosend": None,
        "paketid": None,
        "pakettitle": None,
        "paketbody": None,
        **changes,
    }
    return {name: value for name, value in record.items() if value is not ...}


def read(**changes: Any) -> Message:
    """Return what a record means."""
    (message,) = answers.messages({"smss": [sms(**changes)]}).messages
    return message


def nested_lists(depth: int) -> list[Any]:
    """Return lists within lists."""
    lists: list[Any] = []
    for _ in range(depth):
        lists = [lists]
    return lists


def read_phone(**changes: Any) -> Phone:
    """Return what a record of a phone means."""
    (phone,) = answers.phones({"device": [{"id": 1576, **changes}]}, NOW)
    return phone


class TestAccepted:
    """Whether an answer says yes."""

    @pytest.mark.parametrize("error", [0, "0", False, None, "", [], "false"])
    @pytest.mark.parametrize("status", [200, 201, 299])
    def test_yes(self, error: object, status: int) -> None:
        """No error, in whatever form, is a yes."""
        assert answers.accepted(status, json.dumps({"error": error, "a": 1}).encode())["a"] == 1

    def test_no_error_at_all(self) -> None:
        """The documented device list has no `error`."""
        assert answers.accepted(200, b'{"count": 0}') == {"count": 0}

    @pytest.mark.parametrize("status", [200, 400, 404, 422])
    @pytest.mark.parametrize(("error", "code"), [(1, 1), ("1", 1), (True, 1), (7, 7), ("no", 0), ("Expired", -1)])
    def test_no(self, status: int, error: object, code: int) -> None:
        """An error is the service's no with any status that is not decided before."""
        body = json.dumps({"error": error, "message": "Nope"}).encode()
        if code == 0:
            assert status != 200 or answers.accepted(status, body)
            return

        with pytest.raises(answers.RefusalError) as caught:
            answers.accepted(status, body)

        assert caught.value.code == code
        assert caught.value.words == "Nope"
        assert "Nope" not in str(caught.value)

    @pytest.mark.parametrize("body", [b"[]", b"null", b'"yes"', b"1", b"<html></html>", b""])
    def test_no_answer(self, body: bytes) -> None:
        """Only an object is an answer."""
        with pytest.raises(WrongShapeError):
            answers.accepted(200, body)

    def test_other_status(self) -> None:
        """Without an error, a status other than success has nothing to say."""
        with pytest.raises(WrongShapeError):
            answers.accepted(404, b'{"error": 0, "sms_id": 5}')


class TestToken:
    """The token that gettoken hands out."""

    def test_token(self) -> None:
        """It is a text."""
        assert answers.token({"error": 0, "message": "OK", "token": " abbde3 "}) == "abbde3"

    @pytest.mark.parametrize("value", [None, "", "  ", 5, True, [], {"a": 1}])
    def test_no_token(self, value: object) -> None:
        """Anything else is no token."""
        with pytest.raises(WrongShapeError):
            answers.token({"error": 0, "token": value})


class TestNewId:
    """The id of what was made."""

    @pytest.mark.parametrize("value", [62807347, "62807347", [62807347], ["62807347"], 62807347.0])
    def test_forms(self, value: object) -> None:
        """A number, its text, or a list of one."""
        assert answers.new_id({"sms_id": value}, "sms_id") == 62807347

    @pytest.mark.parametrize("value", [None, 0, -1, "", "x", True, [], [1, 2], [[1]], {"0": 1}])
    def test_no_id(self, value: object) -> None:
        """Anything else leaves the outcome in doubt."""
        with pytest.raises(WrongShapeError):
            answers.new_id({"sms_id": value}, "sms_id")

    def test_several_names(self) -> None:
        """The first field that is there counts."""
        assert answers.new_id({"paket_id": 5, "paket": 6}, "paket_id", "paket") == 5
        assert answers.new_id({"paket_id": None, "paket": 6}, "paket_id", "paket") == 6
        with pytest.raises(WrongShapeError):
            answers.new_id({}, "paket_id", "paket")


class TestMessageStatus:
    """How far a message has come."""

    @pytest.mark.parametrize(
        ("fields", "report"),
        [
            ({"sms_id": 5, "status": 1, "status_description": "New"}, MessageStatusReport(5, 1, "New")),
            ({"sms_id": "5", "status": "7", "status_description": ""}, MessageStatusReport(5, 7, "delivered")),
            ({"status": 77}, MessageStatusReport(5, 77, "unknown")),
        ],
    )
    def test_report(self, fields: dict[str, Any], report: MessageStatusReport) -> None:
        """The status is handed on, also an unknown one."""
        assert answers.message_status(fields, 5) == report

    @pytest.mark.parametrize(
        "fields", [{}, {"token": "abbde3"}, {"status": None}, {"status": "New"}, {"sms_id": 6, "status": 7}]
    )
    def test_no_report(self, fields: dict[str, Any]) -> None:
        """Without a status, or about another message, it is no answer."""
        with pytest.raises(WrongShapeError):
            answers.message_status(fields, 5)


class TestPhoneStatus:
    """Whether a phone is in touch."""

    def test_status(self) -> None:
        """All fields of the vendor's example."""
        fields = {
            "online": True,
            "error": 0,
            "message": "OK",
            "device_id": 1576,
            "lastseen": {"date": "2021-07-29 19:09:46.000000", "timezone_type": 1, "timezone": "+02:00"},
            "diffseconds": 4,
            "title": "Hall phone",
        }

        assert answers.phone_status(fields, "1576", NOW) == PhoneStatus(
            "1576",
            online=True,
            seconds_since_seen=4,
            last_seen=datetime(2021, 7, 29, 17, 9, 46, tzinfo=UTC),
            title="Hall phone",
        )

    @pytest.mark.parametrize(
        ("fields", "online", "seconds"),
        [({"online": "0"}, False, None), ({"diffseconds": "90"}, None, 90), ({"lastseen": None}, None, None)],
    )
    def test_parts(self, fields: dict[str, Any], *, online: bool | None, seconds: int | None) -> None:
        """What is missing is unknown."""
        assert answers.phone_status(fields, "1576", None) == PhoneStatus("1576", online, seconds, None, None)

    def test_no_status(self) -> None:
        """Without any of it, it is no answer."""
        with pytest.raises(WrongShapeError):
            answers.phone_status({"error": 0, "title": "Hall phone"}, "1576", NOW)


class TestPhones:
    """The account's phones."""

    def test_documented_sample(self) -> None:
        """The documented answer means exactly this."""
        phones = answers.phones(json.loads(DEVICES), NOW)
        assert [phone.last_seen for phone in phones] == [
            datetime(2020, 4, 20, 20, 51, 34, tzinfo=UTC),
            datetime(2020, 4, 23, 17, 2, 21, tzinfo=UTC),
        ]
        assert phones == (
            Phone(
                id="1297",
                title="Android_SDK_built_for_x86",
                last_seen=datetime(2020, 4, 20, 20, 51, 34, tzinfo=UTC),
                created=datetime(2020, 1, 20, 14, 1, 5, tzinfo=UTC),
                app_version="12.1.21",
                app_is_current=False,
                subscription=False,
                serial_number=None,
                imei=None,
                sims=(Sim(0, "Drillisch (o2)", "+12025550125", "DE", "8949000000000000001", roaming=True),),
                request_interval=10,
                send_interval=5,
            ),
            Phone(
                id="1576",
                title="AOSP_on_IA_Emulator",
                last_seen=datetime(2020, 4, 23, 17, 2, 21, tzinfo=UTC),
                created=datetime(2020, 3, 28, 20, 10, 29, tzinfo=UTC),
                app_version="12.1.21",
                app_is_current=False,
                subscription=True,
                serial_number="EMULATOR30X0X5X0",
                imei="358240051111110",
                sims=(Sim(0, "Android (T-Mobile)", "12025550124", "US", "89014103211118510720", roaming=False),),
                request_interval=1,
                send_interval=None,
            ),
        )

    @pytest.mark.parametrize("none", [{}, [], None, ...])
    @pytest.mark.parametrize("count", [0, "0", None, ...])
    def test_no_phones(self, none: object, count: object) -> None:
        """An account without phones, in all forms of nothing."""
        fields = {
            name: value for name, value in {"error": 0, "device": none, "count": count}.items() if value is not ...
        }

        assert answers.phones(fields, NOW) == ()

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"message": "Welcome"},
            {"device": "none"},
            {"device": False},
            {"device": 2},
            {"device": [None, "x", {"title": "no id"}]},
            {"device": {"x": {}}},
            {"count": 2},
            {"count": 2, "device": []},
        ],
    )
    def test_no_answer(self, fields: dict[str, Any]) -> None:
        """Another site, another shape, and phones of which none can be read."""
        with pytest.raises(WrongShapeError):
            answers.phones(fields, NOW)

    def test_broken_record(self) -> None:
        """A phone that cannot be read does not hide the others, which are sorted by id."""
        fields = {
            "device": {"20": {"title": "B"}, "x": {}, "3": {"id": "3", "title": "A"}, "7": None, "100": {"id": None}}
        }

        assert [(phone.id, phone.title) for phone in answers.phones(fields, NOW)] == [
            ("3", "A"),
            ("20", "B"),
            ("100", "100"),
        ]

    def test_bare_phone(self) -> None:
        """All that is known may be the id."""
        phone = read_phone()
        assert phone.last_seen is None
        assert phone == Phone(
            id="1576",
            title="1576",
            last_seen=None,
            created=None,
            app_version=None,
            app_is_current=None,
            subscription=None,
            serial_number=None,
            imei=None,
            sims=(),
            request_interval=None,
            send_interval=None,
        )

    def test_other_forms(self) -> None:
        """Numbers as text, truths as numbers, versions as numbers."""
        phone = read_phone(
            id="1576",
            appversion=13,
            isappversionactual="1",
            subscription=0,
            delaybetweenrequest="10",
            delaybetweeneachsms=-1,
        )

        assert (phone.id, phone.app_version, phone.app_is_current) == ("1576", "13", True)
        assert (phone.subscription, phone.request_interval, phone.send_interval) == (False, 10, None)

    @pytest.mark.parametrize(("seconds", "pause"), [(86_400, 86_400), (86_401, None), (2**63 - 1, None), (-1, None)])
    def test_pauses_are_those_of_a_phone(self, seconds: int, pause: int | None) -> None:
        """Whoever computes with one must be able to."""
        phone = read_phone(delaybetweenrequest=seconds, delaybetweeneachsms=seconds)
        assert (phone.request_interval, phone.send_interval) == (pause, pause)

    def test_a_phone_is_the_same_whenever_it_was_seen(self) -> None:
        """What a phone is does not change with each of its signs of life."""
        earlier = read_phone(lastseen="2026-03-01 10:00:00")
        later = read_phone(lastseen="2026-03-01 10:00:30")

        assert earlier.last_seen != later.last_seen
        assert earlier == later
        assert earlier != read_phone(lastseen="2026-03-01 10:00:00", appversion="13")

    @pytest.mark.parametrize("length", [10, 20_000])
    def test_long_and_short_titles_are_read_alike(self, length: int) -> None:
        """Only what is short is remembered."""
        for title in ("a" * length, "b" * length, "a" * length):
            assert read_phone(title=title).title == title

    def test_hour_that_comes_twice(self) -> None:
        """After the end of summer time a phone is not an hour late."""
        seen = {"date": "2023-10-29 02:30:00.000000", "timezone_type": 3, "timezone": "Europe/Paris"}

        assert read_phone(lastseen=seen).last_seen == datetime(2023, 10, 29, 1, 30, tzinfo=UTC)

    ONE: ClassVar[dict[str, Any]] = {
        "Slot": "1",
        "CarrierName": "Blue",
        "Number": " 12025550123",
        "Roaming": "0",
        "CountryIso": "us",
        "OldSlot": "2",
    }
    TWO: ClassVar[dict[str, Any]] = {
        "slot": 0,
        "carriername": "Red",
        "CountryIso": "unknown",
        "Number": "null",
        "IccId": "",
        "Roaming": None,
    }
    BLUE = Sim(1, "Blue", "12025550123", "US", None, roaming=False)
    RED = Sim(0, "Red", None, None, None, roaming=None)

    @pytest.mark.parametrize(
        "siminfo",
        [
            [ONE, TWO],
            {"1": {**ONE, "Slot": None}, "0": TWO},
            json.dumps([ONE, TWO]),
            json.dumps({"1": ONE, "x": TWO}),
            [ONE, TWO, {**ONE, "CarrierName": "a double"}, None, "x", {}, {"Slot": -1}, {"Slot": 1000}, {"Slot": "x"}],
        ],
    )
    def test_sims(self, siminfo: object) -> None:
        """A list, an object by slot, the text of either; sorted by slot, broken ones left out."""
        assert read_phone(siminfo=siminfo).sims == (self.RED, self.BLUE)

    @pytest.mark.parametrize(
        "siminfo",
        [None, [], {}, "", "null", "[]", "not json", "5", 5, True, [[]], '"text"', "[" * 5000, nested_lists(300)],
    )
    def test_no_sims(self, siminfo: object) -> None:
        """A device need not have a SIM."""
        assert read_phone(siminfo=siminfo).sims == ()

    @pytest.mark.parametrize("slot", [1, "1", 1.0])
    def test_sims_that_are_almost_equal_are_told_apart(self, slot: object) -> None:
        """They are read once and remembered, but True is no slot, although Python takes it for 1."""
        one = {"slot": slot, "roaming": 1}
        assert [sim.slot for sim in read_phone(siminfo=[one]).sims] == [1]
        assert read_phone(siminfo=[{**one, "slot": True}]).sims == ()
        assert read_phone(siminfo=[one]).sims[0].roaming is True
        assert read_phone(siminfo=[{**one, "roaming": 0}]).sims[0].roaming is False

    @pytest.mark.parametrize("country", ["usa", "u", "5a", "éé", "", None, 49])
    def test_no_country(self, country: object) -> None:
        """A country is two letters."""
        assert read_phone(siminfo=[{"Slot": 0, "CountryIso": country}]).sims[0].country is None

    @unhurried
    @given(anything, anything, anything)
    def test_nothing_breaks_it(self, devices: Any, siminfo: Any, seen: Any) -> None:
        """Whatever stands there, it is phones or a wrong shape."""
        for value in (devices, {"5": {"siminfo": siminfo, "lastseen": seen, "title": devices, "appversion": seen}}):
            try:
                phones = answers.phones({"device": value}, NOW)
            except WrongShapeError:
                continue
            assert all(isinstance(phone, Phone) and phone.id for phone in phones)


class TestMessages:
    """The list of messages."""

    def test_documented_sample(self) -> None:
        """The documented answer means exactly this."""
        common: dict[str, Any] = {
            "number": "+12025550123",
            "text": "Hello! Thank you for Order! ",
            "phone_id": "11231",
            "sim": None,
            "customer_id": None,
            "urgent": False,
            "sent_at": None,
            "scheduled_for": None,
            "newsletter_id": None,
        }

        found = answers.messages(json.loads(MESSAGES))
        assert (found.messages, found.count, found.skipped) == (
            (
                Message(
                    id=62050971,
                    status=2,
                    status_text="sending",
                    created=datetime(2023, 11, 2, 21, 44, 43, tzinfo=UTC),
                    created_text="2023-11-02 22:44:43",
                    **common,
                ),
                Message(
                    id=62051117,
                    status=7,
                    status_text="delivered",
                    created=datetime(2023, 11, 2, 21, 46, 9, tzinfo=UTC),
                    created_text="2023-11-02 22:46:09",
                    **common,
                ),
            ),
            None,
            0,
        )

    def test_full_record(self) -> None:
        """A record with everything, in the form of 2021."""
        sent = {"date": "2021-08-01 14:00:00.000000", "timezone_type": 1, "timezone": "+02:00"}

        message = read(sim=1, customerid=122, urgent=True, senttime=sent, timetosend=sent, paketid=9, status=1)

        noon = datetime(2021, 8, 1, 12, tzinfo=UTC)
        assert (message.sim, message.customer_id, message.urgent, message.newsletter_id) == (1, 122, True, 9)
        assert (message.sent_at, message.scheduled_for) == (noon, noon)

    def test_other_forms(self) -> None:
        """Numbers as text and texts as numbers."""
        message = read(
            id="5",
            sendto=12025550123,
            body=1234,
            status="6",
            deviceid="1576",
            sim="0",
            customerid="7",
            urgent="1",
            paketid="0",
        )

        assert (message.id, message.number, message.text, message.status) == (5, "12025550123", "1234", 6)
        assert (message.phone_id, message.sim, message.customer_id, message.urgent) == ("1576", 0, 7, True)
        assert message.newsletter_id is None

    def test_sparse_record(self) -> None:
        """An id and a status are enough."""
        assert answers.messages({"smss": [{"id": 5, "status": 77}]}).messages == (
            Message(5, "", "", 77, "unknown", "", None, None, False, None, None, None, None, None),
        )

    @pytest.mark.parametrize("customer_id", [None, 0, "0", "", -5, "x"])
    def test_no_customer(self, customer_id: object) -> None:
        """The service writes none as null, and as 0 after a bulk request."""
        assert read(customerid=customer_id).customer_id is None

    def test_text_is_kept(self) -> None:
        """A text keeps its space and its lines."""
        assert read(body=" a\r\n b ").text == " a\r\n b "

    def test_id_from_key(self) -> None:
        """A record without id has it as its key."""
        record = sms(id=...)

        assert [message.id for message in answers.messages({"smss": {"77": record, "78": sms(id=0)}}).messages] == [
            77,
            78,
        ]

    @pytest.mark.parametrize("value", [0, "0", False, "false", "", "perhaps", [], ...])
    def test_not_urgent(self, value: object) -> None:
        """Urgent is only what is said to be."""
        assert read(urgent=value).urgent is False

    def test_order(self) -> None:
        """Messages are sorted by id, and one that is listed twice is one."""
        found = answers.messages({"smss": [sms(id=9), sms(id="10"), sms(id=2), sms(id=9, status=6)], "count": "4"})

        assert [(message.id, message.status) for message in found.messages] == [(2, 7), (9, 6), (10, 7)]
        assert found.count == 4
        assert found.skipped == 0

    @pytest.mark.parametrize(
        "broken",
        [
            None,
            "x",
            [],
            {},
            sms(id=...),
            sms(id="x"),
            sms(id=-5),
            sms(id=2**63),
            sms(id=True),
            sms(status=...),
            sms(status=None),
            sms(status="sent"),
            sms(status=2**64),
        ],
    )
    def test_broken_record(self, broken: object) -> None:
        """A record without id or status is left out and counted, and hides no other."""
        found = answers.messages({"smss": [broken, sms(id=5)]})

        assert [message.id for message in found.messages] == [5]
        assert found.skipped == 1

    @pytest.mark.parametrize(
        ("fields", "sender"),
        [
            ({}, "+12025550123"),
            ({"address": "+447700900123"}, "+447700900123"),
            ({"address": "", "phone": " +447700900123 "}, "+447700900123"),
            ({"from": "+447700900123", "sendto": ...}, "+447700900123"),
            ({"sender": "MyBank", "address": None}, "MyBank"),
            ({"address": 12345}, "12345"),
            ({"sendto": "MyBank"}, "MyBank"),
            ({"sendto": ...}, ""),
        ],
    )
    def test_sender(self, fields: dict[str, Any], sender: str) -> None:
        """An incoming message's sender stands in a field of its own or in the record's one number."""
        message = read(status=5, **fields)

        assert message.number == sender
        assert message.incoming

    def test_recipient(self) -> None:
        """An outgoing message's number is where it goes, whatever else stands there."""
        assert read(address="+447700900123").number == "+12025550123"

    @pytest.mark.parametrize("none", [{}, [], None, ...])
    def test_no_messages(self, none: object) -> None:
        """All forms of nothing."""
        fields = {"error": 0} if none is ... else {"smss": none}

        found = answers.messages(fields)
        assert (found.messages, found.count, found.skipped, found.rows) == ((), None, 0, 0)

    @pytest.mark.parametrize("fields", [{}, {"message": "Hi"}, {"smss": "x"}, {"smss": 5}, {"smss": False}])
    def test_no_answer(self, fields: dict[str, Any]) -> None:
        """Another site, and other shapes."""
        with pytest.raises(WrongShapeError):
            answers.messages(fields)

    @pytest.mark.parametrize(
        ("fields", "number"),
        [
            ({"count": 3}, 3),
            ({"count": "3", "smss": []}, 3),
            ({"smss": 4}, 4),
            ({"smss": "4"}, 4),
            ({"smss": [1, 2]}, 2),
            ({"smss": {"5": {}}}, 1),
            ({"count": None, "smss": []}, 0),
            ({"count": {"a": 1}}, 1),
        ],
    )
    def test_count(self, fields: dict[str, Any], number: int) -> None:
        """A count may stand in several places."""
        assert answers.message_count(fields) == number

    @pytest.mark.parametrize(
        "fields", [{}, {"error": 0}, {"message": 5}, {"count": -1}, {"count": "many", "smss": None}]
    )
    def test_no_count(self, fields: dict[str, Any]) -> None:
        """Without one it is no answer."""
        with pytest.raises(WrongShapeError):
            answers.message_count(fields)

    @unhurried
    @given(anything, st.lists(anything, min_size=13, max_size=13))
    def test_nothing_breaks_it(self, listed: Any, values: list[Any]) -> None:
        """Whatever stands there, it is messages or a wrong shape, and all records are accounted for."""
        record = dict(zip([*sms(), "address"], values, strict=False))
        for value in (listed, [record], {"5": record}, [record, sms()]):
            try:
                found = answers.messages({"smss": value})
            except WrongShapeError:
                continue
            assert len(found.messages) + found.skipped <= len(value or ())
            for message in found.messages:
                assert 0 < message.id < 2**63
                assert isinstance(message.number, str)
                assert isinstance(message.text, str)
                assert message.status_text


@unhurried
@given(anything, st.sampled_from(["token", "sms_id", "status", "online", "count", "smss", "device", "error"]))
def test_no_field_breaks_an_answer(value: Any, name: str) -> None:
    """Whatever one field holds, each method's answer is read or refused as a wrong shape."""
    readers: list[Callable[[dict[str, Any]], object]] = [
        answers.token,
        lambda fields: answers.new_id(fields, "sms_id"),
        lambda fields: answers.message_status(fields, 5),
        lambda fields: answers.phone_status(fields, "5", NOW),
        lambda fields: answers.phones(fields, NOW),
        answers.messages,
        answers.message_count,
    ]
    for reader in readers:
        try:
            result = reader({"error": 0, name: value})
        except WrongShapeError:
            continue
        assert result is not None
