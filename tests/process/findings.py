"""What a kill test has found."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from .witness.orders import Kill

type Say = Callable[[str], None]


@dataclass
class Findings:
    """Figures for people, and faults, of which there should be none."""

    figures: dict[str, int | str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)

    def killed(self, kill: Kill, *, reached: bool) -> None:
        """Count a kill, under another name if its point was never reached."""
        self.kills[kill.point if reached else f"later than meant: {kill.point}"] += 1

    def require(self, holds: object, fault: str) -> None:
        """Note a fault unless something holds."""
        if not holds:
            self.faults.append(fault)

    def lines(self) -> list[str]:
        """Return the report."""
        width = max(map(len, (*self.kills, *self.figures)), default=0)
        kills = [f"  {name:{width}}  {number}" for name, number in sorted(self.kills.items())]
        figures = [f"  {name:{width}}  {number}" for name, number in self.figures.items()]
        faults = [f"✗ {fault}" for fault in self.faults] or ["✓ no faults"]
        return [f"Kills: {self.kills.total()}", *kills, "Figures", *figures, *faults]
