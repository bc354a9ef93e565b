"""Reading words out of code: what the checks of texts and actions stand on."""

import ast
from pathlib import Path

import pytest

from .files import package
from .reading import Code, called, keyword


@pytest.fixture
def read(tmp_path: Path) -> Code:
    """Read a small integration that says its words in many ways."""
    folder = package(tmp_path)
    (folder / "deep").mkdir(parents=True)
    (folder / "__init__.py").write_text('TOP = "top"\n', encoding="utf-8")
    (folder / "names.py").write_text(
        "from enum import StrEnum\n"
        'FIRST: str = "first"\n'
        'TABLE = {"a": ["x", "y"], "b": ["z"]}\n'
        'MORE = ("m", FIRST)\n'
        "class Kind(StrEnum):\n"
        '    NEW = "new"\n'
        '    OLD = "old"\n'
        "def both(err):\n"
        "    if err:\n"
        '        return "one", 1\n'
        '    return "two", 2\n',
        encoding="utf-8",
    )
    (folder / "deep" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "deep" / "inner.py").write_text(
        'from .. import TOP\nfrom ..names import FIRST as RENAMED\nsay(TOP, mark="up")\nsay(RENAMED, mark="renamed")\n',
        encoding="utf-8",
    )
    (folder / "talk.py").write_text(
        "from homeassistant.const import CONF_EMAIL, Platform\n"
        "from .names import FIRST, MORE, TABLE, Kind, both\n"
        'say("plain", mark="constant")\n'
        'say(None, mark="none")\n'
        'say(FIRST, mark="imported")\n'
        'say(CONF_EMAIL, mark="from home assistant")\n'
        'say(Kind.NEW, mark="member")\n'
        'say(Kind.NEW.value, mark="value of a member")\n'
        'say(Platform.EVENT, mark="member from home assistant")\n'
        'say("a" if x else "b", mark="either")\n'
        'say(x or "b", mark="or else")\n'
        'say(f"send_{Kind.OLD}", mark="joined")\n'
        'say(f"send_{unknown()}", mark="joined with anything")\n'
        'say(str(FIRST), mark="as text")\n'
        'say(unknown(), mark="anything")\n'
        'many([FIRST, *MORE], mark="list")\n'
        'many(list(MORE), mark="copied")\n'
        'many([kind.value for kind in Kind], mark="all members")\n'
        'many(TABLE, mark="keys")\n'
        'many(TABLE[x], mark="any value")\n'
        'many(unknown(), mark="any elements")\n'
        'say({key: 1 for key, value in TABLE.items() if say(key, mark="looped key")})\n'
        "class Talker:\n"
        "    def __init__(self, word):\n"
        '        say(word, mark="given to a new one")\n'
        "    def speak(self, word, *, loud='loud'):\n"
        '        say(word, mark="parameter")\n'
        "    def start(self):\n"
        "        self.speak('by place')\n"
        "        self.speak(word='by name')\n"
        "        for kind in Kind:\n"
        '            say(kind, mark="looped")\n'
        "Talker('made')\n"
        "def answer(err):\n"
        "    key, code = both(err)\n"
        '    say(key, mark="part of an answer")\n'
        "def branch(err):\n"
        "    if err == 1:\n"
        "        word = 'left'\n"
        '        say(word, mark="in a branch")\n'
        "        return\n"
        "    elif err == 2:\n"
        "        word = 'right'\n"
        "    else:\n"
        "        word = 'else'\n"
        '    say(word, mark="after branches")\n'
        "    word = 'later'\n"
        '    say(word, mark="set anew")\n'
        "def attempt():\n"
        "    try:\n"
        "        word = 'tried'\n"
        "    except ValueError:\n"
        "        word = 'failed'\n"
        '    say(word, mark="after an attempt")\n',
        encoding="utf-8",
    )
    return Code(tmp_path)


def words(code: Code, mark: str) -> set[str]:
    """Return what a marked call can say."""
    for found in code.find(ast.Call):
        note = keyword(found.node, "mark")
        if isinstance(note, ast.Constant) and note.value == mark:
            ask = code.words if called(found.node) == "say" else code.elements
            return set(ask(found.node.args[0], found.place))
    pytest.fail(f"nothing is marked {mark}")


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("constant", {"plain"}),
        ("none", set()),
        ("imported", {"first"}),
        ("from home assistant", {"email"}),
        ("member", {"new"}),
        ("value of a member", {"new"}),
        ("member from home assistant", {"event"}),
        ("either", {"a", "b"}),
        ("or else", {"*", "b"}),
        ("joined", {"send_old"}),
        ("joined with anything", {"send_*"}),
        ("as text", {"first"}),
        ("anything", {"*"}),
        ("list", {"first", "m"}),
        ("copied", {"first", "m"}),
        ("all members", {"new", "old"}),
        ("keys", {"a", "b"}),
        ("any value", {"x", "y", "z"}),
        ("any elements", {"*"}),
        ("looped key", {"a", "b"}),
        ("given to a new one", {"made"}),
        ("parameter", {"by place", "by name"}),
        ("looped", {"new", "old"}),
        ("part of an answer", {"one", "two"}),
        ("in a branch", {"left"}),
        ("after branches", {"right", "else"}),
        ("set anew", {"later"}),
        ("after an attempt", {"tried", "failed"}),
        ("up", {"top"}),
        ("renamed", {"first"}),
    ],
)
def test_words_are_followed_to_where_they_are_said(read: Code, mark: str, expected: set[str]) -> None:
    """However a word comes to a place, it is found; what cannot be followed is any word."""
    assert words(read, mark) == expected


def test_everything_that_is_said_is_known(read: Code) -> None:
    """Strings, names of members and constants from elsewhere count as said."""
    assert {"plain", "first", "new", "email"} <= read.spoken
    assert "unheard of" not in read.spoken
