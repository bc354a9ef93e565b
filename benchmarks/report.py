"""What a benchmark hands back, and how it is printed: as tables that can be put into the documentation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import override


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that was promised, and what was measured."""

    promise: str
    measured: str
    met: bool

    @override
    def __str__(self) -> str:
        return f"{'met' if self.met else 'MISSED'}: {self.promise}; measured {self.measured}"


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark has found. ``compares`` says in a sentence what is set against what."""

    name: str
    compares: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    requirements: Sequence[Requirement] = field(default=())

    @override
    def __str__(self) -> str:
        lines = [f"## {self.name}", "", self.compares, "", *_table(self.columns, self.rows)]
        if self.requirements:
            lines += ["", *(f"- {requirement}" for requirement in self.requirements)]
        return "\n".join(lines)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    # The first column says what the row is about, the others are figures.
    aligned = [
        [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in (columns, *rows)
    ]
    rule = ["-" * width if place == 0 else "-" * (width - 1) + ":" for place, width in enumerate(widths)]
    return [f"| {' | '.join(cells)} |" for cells in (aligned[0], rule, *aligned[1:])]
