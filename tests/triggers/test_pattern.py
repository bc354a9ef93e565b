"""Regular expressions: which are accepted, how long a text may be, and that none takes for ever."""

import re
from time import perf_counter

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.smsgateway24.triggers.pattern import SHORTEST_SEARCHED, Pattern

ONE_SMS = 160
LONGEST = 2000


@pytest.mark.parametrize(
    "expression",
    [
        r"^gate 2580$",
        r"\bheating\b",
        r"^(?:open|close)\s+gate\s+(\d+)\s*$",
        r"^\s*open\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$",
        r"(\d{1,3}\.){3}\d{1,3}",
        r"^(\w+)(\s+\w+)*$",
        r"[^,]+,[^,]+,[^,]+",
        r"(?P<door>front|back) door (?P=door)?",
        r"(?i:GATE)(?# the one at the street)",
        r"(?i)gate.*2580",
        r"gate{",
        r"{}",
        r"[]a]+b",
        r"\N{DIGIT ONE}+",
        "on|off|up|down|open|close|lock|unlock|arm|disarm",
    ],
)
def test_what_people_write_may_be_looked_for_in_the_longest_text(expression: str) -> None:
    """Where the next sign decides, a repetition costs nothing to speak of."""
    assert Pattern.parse(expression).can_search("x" * LONGEST)


@pytest.mark.parametrize("expression", [r".*gate.*2580", r"gate.*open.*2580", r"^(.*) gate (.*) now (.*)$"])
def test_a_few_open_ends_are_fine_in_a_text_that_is_not_too_long(expression: str) -> None:
    """In two SMS, but not in a dozen: there they could take minutes."""
    pattern = Pattern.parse(expression)
    assert pattern.can_search("x" * 2 * ONE_SMS)
    assert not pattern.can_search("x" * LONGEST)


@pytest.mark.parametrize(
    "expression",
    [
        r"(a+)+$",
        r"(a*)*$",
        r"(a|aa)+$",
        r"(a|a?)+$",
        r"(|a)+$",
        r"(a?){30}a{30}",
        r"(.*a){20}",
        r"(\w+\s*)+$",
        r"(?:(a+)b?)+$",
        r"((((a+)))+)$",
        r"(?P<x>a+){2,}$",
        r"(?i:a+)+$",
        # What looks like a comment, and is none.
        r"(\(?#(a+)+)$",
        r"[(?#](a+)+$",
        # A comment between the two, which does not part them.
        r"(a+)(?# again)+$",
    ],
)
def test_what_repeats_what_varies_is_refused(expression: str) -> None:
    """Each of these could be busy for hours with a text of a few dozen letters."""
    re.compile(expression)
    with pytest.raises(ValueError, match="repeats a group that can match in several ways"):
        Pattern.parse(expression)


@pytest.mark.parametrize("expression", [".*.*.*.*x", "a?" * 30 + "a" * 30, "x{,}" * 6 + "!", r"(\w+)\1+(\w+)\1+(.*)x"])
def test_what_can_match_in_too_many_ways_is_refused(expression: str) -> None:
    """Even with half an SMS they would be busy for too long."""
    re.compile(expression)
    with pytest.raises(ValueError, match="in so many ways"):
        Pattern.parse(expression)


@pytest.mark.parametrize(
    "expression", ["(?x)(a+) +$", "(?x: (a+) # )\n +)$", "(?ix)a", "(?-x:a)", "(a)?(?(1)b|c)", "(?i-x:a)"]
)
def test_what_is_not_understood_is_refused(expression: str) -> None:
    """With the flag x, blanks and comments mean nothing."""
    re.compile(expression)
    with pytest.raises(ValueError, match="not supported"):
        Pattern.parse(expression)


@pytest.mark.parametrize(
    "expression", ["(", ")", "a**", "[z-a]", "*", r"\1", "a{99999999999}", "(" * 5000 + ")" * 5000]
)
def test_what_is_no_regular_expression_is_refused(expression: str) -> None:
    """With the reason."""
    with pytest.raises(ValueError, match="regular expression"):
        Pattern.parse(expression)


# Sequences of all that makes a search slow, over two letters.
_ATOMS = st.sampled_from(["a", "b", ".", r"\w", "[ab]", "[^b]", "$", r"\b"])
_QUANTIFIERS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??"])


def _sequences(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeated = st.builds(lambda part, times: part if part in {"$", r"\b"} else part + times, parts, _QUANTIFIERS)
    sequence = st.lists(repeated, min_size=1, max_size=4).map("".join)
    return st.lists(sequence, min_size=1, max_size=2).map("|".join)


_EXPRESSIONS = st.builds(
    str.__add__,
    st.recursive(_ATOMS, lambda parts: _sequences(parts).map("({})".format), max_leaves=8),
    st.sampled_from(["", "!", "[!?]"]),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_EXPRESSIONS, st.sampled_from(["a", "ab", "b"]))
def test_no_search_that_is_allowed_takes_long(expression: str, letters: str) -> None:
    """Whatever an expression looks like, with a text that makes it try all ways."""
    try:
        pattern = Pattern.parse(expression)
    except ValueError:
        return
    text = (letters * LONGEST)[:SHORTEST_SEARCHED]
    while len(text) < LONGEST and pattern.can_search(text + letters):
        text += letters
    began = perf_counter()
    pattern.is_in(text)
    # About a second is what is promised; a machine may be busy with other things.
    assert perf_counter() - began < 15
