"""Regular expressions that cannot bring Home Assistant to a halt.

While Python looks for a regular expression, nothing else in Home Assistant runs, and the search cannot be ended. Where a
text can be divided among the parts of an expression in many ways, all of them are tried before it is clear that it does
not match. Anybody can text a phone, so these ways are counted beforehand; rather too many than too few:

- A repetition has an open end if what follows may begin with the same sign, as in ``.*gate``. With each open end the
  ways grow by a power of the text's length. All other repetitions together cost one power more.
- A group that can match in several ways must not be repeated, as in ``(a+)+``: the ways would double with each letter.
- Alternatives, and what may be left out, multiply the ways, unless the next sign decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb, prod
import re
from typing import Final, Self

# This many ways take about a second at worst. With three powers of its length a text may have nearly 400 letters.
MOST_WAYS: Final = 10_000_000
# An expression for which not even one SMS with emoji can be searched is of no use.
SHORTEST_SEARCHED: Final = 70

_TOKEN: Final = re.compile(
    r"""
    (?P<nothing> \(\?\#[^)]*\) | \(\?[aiLmsu]+\) | [\^$] | \\[AbBZz] )
  | (?P<repetition> (?: [*+?] | \{ (?P<least>\d*) (?P<comma>,?) (?P<most>\d*) (?<!\{) \} ) [?+]? )
  | (?P<reference> \(\?P=\w+\) | \\[1-9]\d? )
  | (?P<sign> \\(?: x.{2} | u.{4} | U.{8} | N\{[^}]*\} | 0[0-7]{0,2} | . ) | \[\^?\]?(?:\\.|[^\]\\])*\] )
  | (?P<look> \(\?<?[=!] )
  | (?P<group> \( (?: \?(?: P<\w+> | [:>] | [aiLmsu]*(?:-[ims]+)?: ) )? )
  | (?P<end> \) )
  | (?P<or> \| )
  | (?P<letter> . )
    """,
    re.VERBOSE | re.DOTALL,
)
# The flag under which blanks and comments mean nothing, and groups with conditions: no command needs them.
_NOT_UNDERSTOOD: Final = re.compile(r"\(\?[a-zA-Z]*x[a-zA-Z-]*[:)]|\(\?[a-zA-Z]*-[a-zA-Z]*x|\(\?\(")
# Beyond the signs that an expression names: of each kind some.
_SIGNS: Final = frozenset({*map(chr, range(128)), *"éß٣\u00a0\u2003\u2028😀"})


class _EndlessError(Exception):
    """A group that can match in several ways is repeated."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """One of these signs."""

    signs: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Group:
    """Alternatives, each a sequence. ``after`` is what may follow within the group's own view, None if it has none.

    A look ahead or behind has such a view, and takes up no room itself.
    """

    alternatives: tuple[tuple[_Part, ...], ...]
    after: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _Repetition:
    """A part between ``least`` and ``most`` times, None for any number of times."""

    part: _Part
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class _Reference:
    """What a group has matched, once more."""

    signs: frozenset[str]


type _Part = _Sign | _Group | _Repetition | _Reference


@dataclass(frozen=True, slots=True)
class _Ways:
    """In how many ways something can match: open ends, whether there are closed ones as well, and choices."""

    ends: int = 0
    closed: bool = False
    choices: int = 1

    @property
    def several(self) -> bool:
        return self.ends > 0 or self.choices > 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression to look for, without regard to case."""

    _expression: re.Pattern[str]
    _powers: int
    _choices: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the pattern. Raises ValueError, in words for people, if it makes no sense or could take for ever."""
        try:
            expression = re.compile(text, re.IGNORECASE)
        except (re.PatternError, OverflowError, RecursionError) as err:
            raise ValueError(f"not a valid regular expression: {err}") from err
        if _NOT_UNDERSTOOD.search(text):
            raise ValueError("the flag x and groups with conditions are not supported; write the expression without")
        try:
            ways = _ways(_parse(text), frozenset())
        except (_EndlessError, RecursionError) as err:
            raise ValueError(
                "this regular expression repeats a group that can match in several ways, so that a short text could "
                "keep Home Assistant busy for hours; write it without a repetition around such a group"
            ) from err
        # The search begins anew at each letter, unless it is tied to the first one.
        tied = text.startswith(("^", r"\A")) and "|" not in text
        pattern = cls(expression, ways.ends + ways.closed + (not tied), ways.choices)
        if not pattern.can_search(SHORTEST_SEARCHED * "x"):
            raise ValueError(
                "this regular expression can match in so many ways that a text could keep Home Assistant busy for "
                "minutes; write it with fewer of * + ? and |"
            )
        return pattern

    def can_search(self, text: str) -> bool:
        """Whether a text is short enough."""
        return self._choices * comb(len(text) + self._powers, self._powers) <= MOST_WAYS

    def is_in(self, text: str) -> bool:
        """Whether the text, or a part of it, matches."""
        return self._expression.search(text) is not None


def _parse(text: str) -> _Group:
    """Return the structure of an expression that Python has found valid."""
    known = _SIGNS | set(text)
    open_groups: list[tuple[list[list[_Part]], frozenset[str] | None]] = [([[]], None)]
    for token in _TOKEN.finditer(text):
        alternatives, _ = open_groups[-1]
        match token.lastgroup:
            case "sign" | "letter":
                one = re.compile(token[0], re.IGNORECASE | re.DOTALL)
                alternatives[-1].append(_Sign(frozenset(filter(one.fullmatch, known))))
            case "reference":
                alternatives[-1].append(_Reference(known))
            case "repetition":
                alternatives[-1][-1] = _Repetition(alternatives[-1][-1], *_times(token))
            case "or":
                alternatives.append([])
            case "group":
                open_groups.append(([[]], None))
            case "look":
                open_groups.append(([[]], known))
            case "end":
                group = _group(*open_groups.pop())
                open_groups[-1][0][-1].append(group)
    return _group(*open_groups.pop())


def _group(alternatives: Iterable[Iterable[_Part]], after: frozenset[str] | None) -> _Group:
    return _Group(tuple(map(tuple, alternatives)), after)


def _times(token: re.Match[str]) -> tuple[int, int | None]:
    match token[0][0]:
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
    least = int(token["least"] or 0)
    if token["most"]:
        return least, int(token["most"])
    return least, None if token["comma"] else least


def _first(part: _Part) -> tuple[frozenset[str], bool]:
    """Return the signs with which a part can begin, and whether it can match nothing."""
    match part:
        case _Sign(signs):
            return signs, False
        case _Reference(signs):
            return signs, True
        case _Repetition(repeated, least):
            signs, empty = _first(repeated)
            return signs, empty or least == 0
        case _Group(alternatives, after):
            firsts = [_follow(alternative, frozenset()) for alternative in alternatives]
            if after is not None:
                return frozenset(), True
            return frozenset().union(*(signs for signs, _ in firsts)), any(empty for _, empty in firsts)


def _follow(parts: Iterable[_Part], after: frozenset[str]) -> tuple[frozenset[str], bool]:
    """Return the signs with which a sequence and what comes after it can begin, and whether it can match nothing."""
    signs: frozenset[str] = frozenset()
    for part in parts:
        first, empty = _first(part)
        signs |= first
        if not empty:
            return signs, False
    return signs | after, True


def _ways(part: _Part, after: frozenset[str]) -> _Ways:
    """Return in how many ways a part can match, given the signs that may come after it."""
    match part:
        case _Repetition():
            return _ways_of_repetition(part, after)
        case _Group(alternatives, own_view):
            after = after if own_view is None else own_view
            found = [_ways_of_sequence(alternative, after) for alternative in alternatives]
            firsts = [_follow(alternative, after)[0] for alternative in alternatives]
            decided = sum(map(len, firsts)) == len(frozenset().union(*firsts))
            choices = [ways.choices for ways in found]
            return _Ways(
                sum(ways.ends for ways in found),
                any(ways.closed for ways in found),
                max(choices) if decided else sum(choices),
            )
    return _Ways()


def _ways_of_sequence(parts: tuple[_Part, ...], after: frozenset[str]) -> _Ways:
    found = [_ways(part, _follow(parts[index:], after)[0]) for index, part in enumerate(parts, 1)]
    return _Ways(
        sum(ways.ends for ways in found), any(ways.closed for ways in found), prod(ways.choices for ways in found)
    )


def _ways_of_repetition(repetition: _Repetition, after: frozenset[str]) -> _Ways:
    first, empty = _first(repetition.part)
    again = repetition.most is None or repetition.most > 1
    ways = _ways(repetition.part, after | first if again else after)
    if again and ways.several:
        raise _EndlessError
    if repetition.least == repetition.most:
        return ways
    if not empty and not first & after:
        return _Ways(ways.ends, closed=True, choices=ways.choices)
    if repetition.most is None:
        return _Ways(ways.ends + 1, ways.closed, ways.choices)
    return _Ways(ways.ends, ways.closed, ways.choices * (repetition.most - repetition.least + 1))
