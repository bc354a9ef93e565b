"""Single values of an answer."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.smsgateway24.api.parsing import (
    WrongShapeError,
    count,
    error_code,
    id_words,
    identifier,
    json_value,
    label,
    truth,
    whole_number,
    words,
)

from .conftest import unhurried

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (0, 0),
        (-1, -1),
        ("62050971", 62050971),
        (" 7 ", 7),
        ("+7", 7),
        ("-7", -7),
        (5.0, 5),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (-(2**63), None),
        ("9" * 19, None),
        ("9" * 20, None),
        (5.5, None),
        (1e300, None),
        # Beyond 2^53 a float may mean the number beside it.
        (2.0**60, None),
        (-(2**63) + 1, -(2**63) + 1),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (None, None),
        ("", None),
        ("five", None),
        ("5.0", None),
        ("\u0665", None),
        ([5], None),
        ({}, None),
    ],
)
def test_a_whole_number_may_come_in_many_forms(value: object, number: int | None) -> None:
    """A whole number may come in many forms."""
    assert whole_number(value) == number


@pytest.mark.parametrize(("value", "number"), [(0, 0), ("3", 3), (-1, None), ("-1", None), (None, None), ("x", None)])
def test_a_count_is_not_negative(value: object, number: int | None) -> None:
    """A count is not negative."""
    assert count(value) == number


@pytest.mark.parametrize(("value", "number"), [(1, 1), ("3", 3), (0, None), (-1, None), (None, None), ("x", None)])
def test_an_id_is_above_zero(value: object, number: int | None) -> None:
    """An id is above zero."""
    assert identifier(value) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1576, "1576"),
        ("1576", "1576"),
        (" 1576 ", "1576"),
        (1576.0, "1576"),
        ("01576", "1576"),
        ("office", "office"),
        (0, ""),
        (-3, ""),
        (None, ""),
        ("null", ""),
        (True, ""),
        ([], ""),
    ],
)
def test_an_id_reads_the_same_whatever_its_form(value: object, text: str) -> None:
    """An id reads the same whatever its form."""
    assert id_words(value) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (1, True),
        ("1", True),
        (" TRUE ", True),
        ("yes", True),
        ("on", True),
        (False, False),
        (0, False),
        ("0", False),
        ("false", False),
        ("no", False),
        ("off", False),
        (None, None),
        ("", None),
        (2, None),
        ("maybe", None),
        (1.0, None),
        ([], None),
    ],
)
def test_a_truth_may_come_in_many_forms(value: object, *, expected: bool | None) -> None:
    """A truth may come in many forms."""
    assert truth(value) is expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(" a b ", " a b "), ("", ""), (4915, "4915"), (1.5, "1.5"), (None, ""), (True, ""), ([], ""), ({}, "")],
)
def test_words_are_kept_as_they_are(value: object, text: str) -> None:
    """Words are kept as they are."""
    assert words(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" 15555215554", "15555215554"),
        (" Hall phone\n", "Hall phone"),
        (12, "12"),
        ("Drillisch (o2)", "Drillisch (o2)"),
        ("Unknown operator", "Unknown operator"),
        ("", None),
        ("  ", None),
        ("null", None),
        ("NULL", None),
        ("unknown", None),
        ("None", None),
        (None, None),
        (False, None),
        ([], None),
    ],
)
def test_a_label_is_nothing_where_the_service_has_nothing(value: object, text: str | None) -> None:
    """A label is nothing where the service has nothing."""
    assert label(value) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, 0),
        ("0", 0),
        (" 0 ", 0),
        ("0.0", 0),
        (0.0, 0),
        (False, 0),
        ("false", 0),
        (" false ", 0),
        ("", 0),
        ("null", 0),
        (None, 0),
        ([], 0),
        ({}, 0),
        (1, 1),
        ("1", 1),
        ("1.0", 1),
        (1.0, 1),
        (True, 1),
        ("true", 1),
        (2, 2),
        ("17", 17),
        (-5, -5),
        (0.5, -1),
        ("nan", -1),
        ("inf", -1),
        ("9" * 500, -1),
        ("unknown", -1),
        ("Token expired", -1),
        (["Token expired"], -1),
        ({"code": 0}, -1),
    ],
)
def test_an_error_is_compared_as_a_number(value: object, code: int) -> None:
    """An error is compared as a number."""
    assert error_code(value) == code


@unhurried
@given(anything)
def test_no_value_breaks_a_reader(value: Any) -> None:
    """No value breaks a reader."""
    number = whole_number(value)
    assert number is None or abs(number) < 2**63
    assert isinstance(words(value), str)
    assert isinstance(id_words(value), str)
    assert isinstance(error_code(value), int)
    assert truth(value) in {True, False, None}
    assert count(value) in {None, number}
    assert identifier(value) in {None, number}
    assert label(value) != ""


class TestJson:
    """From bytes to values."""

    def test_ordinary_json(self) -> None:
        """Ordinary JSON."""
        assert json_value(b'{"error":0,"message":"Gr\xc3\xbc\xc3\x9fe","list":[1,"a"]}') == {
            "error": 0,
            "message": "Grüße",
            "list": [1, "a"],
        }

    def test_a_byte_order_mark_is_no_obstacle(self) -> None:
        """A byte order mark is no obstacle."""
        assert json_value(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}

    def test_a_whole_emoji_survives(self) -> None:
        """A whole emoji survives."""
        assert json_value(rb'"\ud83d\ude00 \\ud83d"') == "😀 \\ud83d"

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            (rb'"cut \ud83d"', "cut \ufffd"),
            (rb'"\ude00 cut"', "\ufffd cut"),
            (rb'"\ud83d\ud83d\ude00"', "\ufffd😀"),
            (rb'"\uD83D\u0041"', "\ufffdA"),
            (rb'"\ud83d, \ud83d\ude00, \u00e9, \\ud83d, \n"', "\ufffd, 😀, é, \\ud83d, \n"),
            (b'"\xed\xa0\xbd"', "\ufffd\ufffd\ufffd"),
            (b'"\xff"', "\ufffd"),
        ],
    )
    def test_half_an_emoji_does_not_hide_the_rest(self, body: bytes, text: str) -> None:
        """Half an emoji does not hide the rest."""
        value = json_value(body)

        assert value == text
        assert value.encode()

    def test_a_text_can_be_read_too(self) -> None:
        """A text can be read too."""
        assert json_value('[{"Slot": "0"}]') == [{"Slot": "0"}]
        assert json_value('\ufeff["\\ud83d"]') == ["\ufffd"]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b" ",
            b"<html><body>Not found</body></html>",
            b"{'a': 1}",
            b'{"a": NaN}',
            b'{"a": Infinity}',
            b'{"a": 1',
            b'{"a": 1} and more',
            b"[" * 100_000,
            b"[" * 100_000 + b"]" * 100_000,
            b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
            b"\x00\x01\x02",
            b"\x1f\x8b\x08",
        ],
    )
    def test_what_is_no_json_is_a_wrong_shape(self, body: bytes) -> None:
        """What is no JSON is a wrong shape."""
        with pytest.raises(WrongShapeError):
            json_value(body)

    @pytest.mark.parametrize("digits", [20, 5_000])
    def test_a_huge_number_is_no_id(self, digits: int) -> None:
        """A huge number is no id."""
        try:
            value = json_value(b"9" * digits)
        except WrongShapeError:
            return
        assert whole_number(value) is None

    @unhurried
    @given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: json.dumps(text).encode()))
    def test_whatever_comes_is_a_value_that_can_be_written_again_or_a_wrong_shape(self, body: bytes) -> None:
        """Whatever comes is a value that can be written again or a wrong shape."""
        try:
            value = json_value(body)
        except WrongShapeError:
            return
        assert json.dumps(value, ensure_ascii=False).encode()

    @unhurried
    @given(st.lists(st.sampled_from(["\\", "u", "d83d", "de00", "\\ud83d", "\\ude00", "n", '"', "x"])).map("".join))
    def test_repairing_escapes_changes_nothing_else(self, inside: str) -> None:
        """Repairing escapes changes nothing else."""
        body = b'"' + inside.encode() + b'"'
        try:
            expected = json.loads(body)
        except json.JSONDecodeError:
            with pytest.raises(WrongShapeError):
                json_value(body)
            return
        clean = expected.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        assert json_value(body).replace("\ufffd", "") == clean.replace("\ufffd", "")
