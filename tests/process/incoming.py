"""Texts come in while Home Assistant is killed; afterwards each was announced once, or its loss was told.

What is required (the invariants of the inbox):

- no id is announced twice;
- an id that was not announced had been claimed on disk when a kill came, so that it was one between claim and
  announcement, and the next start named it as perhaps not announced;
- nothing is announced that is not known on disk when the kill comes;
- nothing of what was there before the account was added is announced, and the floor never falls.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

from simulator import Phone, Simulator

from .disk import Disk
from .findings import Findings, Say
from .house import House, until
from .witness.orders import Kill

OLD_TEXTS: Final = 20
# A text every second in the mean, and often several at once.
_PAUSE: Final = 1.0
_BURST: Final = 0.35
_SENDERS: Final = ("+447700900123", "+12025550123", "Example", "60777")
_WORDS: Final = ("gate", "gate", "status", "Heating on, please 🔥", "x" * 400)

_SETTLED_WITHIN: Final = 60.0
# Some more reads, in which something could be announced a second time.
_LINGER: Final = 3.0


@dataclass
class _Watch:
    """Compares what is announced with what is true, from kill to kill."""

    house: House
    findings: Findings
    old: frozenset[int] = frozenset()
    lost: dict[int, Kill] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)
    claimed: frozenset[int] = frozenset()
    floor: datetime | None = None

    @property
    def came(self) -> set[int]:
        """The ids of all texts that came after the account was added."""
        return {message.id for message in self.house.simulator.messages()} - self.old

    def announced(self) -> Counter[int]:
        """Count the announcements of each id."""
        return Counter(record["message_id"] for record in self.house.journal("announced"))

    def look(self, kill: Kill | None = None) -> None:
        """Look at what is left after a life, which ended in a kill or in order."""
        house, findings = self.house, self.findings
        life = f"life {house.lives} ({kill.point if kill else 'ended in order'})"
        self._look_at_log(life)
        disk = house.disk()
        announced = self.announced().keys()
        rose = self.floor is None or self.floor <= disk.floor
        findings.require(rose, f"{life}: the floor fell from {self.floor} to {disk.floor}")
        findings.require(disk.floor <= datetime.now(UTC), f"{life}: the floor is in the future")
        findings.require(
            announced <= disk.known, f"{life}: announced without a claim: {sorted(announced - disk.known)}"
        )
        self._look_for_losses(life, disk, kill)
        self.floor, self.claimed = disk.floor, disk.claimed

    def _look_at_log(self, life: str) -> None:
        named = self.house.unsure()
        self.named |= named
        if any(record["life"] == self.house.lives for record in self.house.journal("started")):
            self.findings.require(
                named == self.claimed, f"{life}: its log should name {sorted(self.claimed)}, not {sorted(named)}"
            )
        self.findings.faults += [f"{life}: {error}" for error in self.house.errors()]

    def _look_for_losses(self, life: str, disk: Disk, kill: Kill | None) -> None:
        new = (disk.known & self.came) - self.announced().keys() - self.lost.keys()
        if not new:
            return
        self.findings.require(kill, f"{life}: lost without a kill: {sorted(new)}")
        self.findings.require(new <= disk.claimed, f"{life}: lost without a trace {sorted(new - disk.claimed)}")
        if kill:
            self.lost |= dict.fromkeys(new, kill)

    def all_announced(self) -> bool:
        """Whether nothing is missing but what was lost."""
        return not self.came - self.announced().keys() - self.lost.keys()

    def conclude(self) -> None:
        """Count everything."""
        findings, announced, came = self.findings, self.announced(), self.came
        twice = sorted(number for number, times in announced.items() if times > 1)
        missing = came - announced.keys()
        findings.require(not twice, f"announced more than once: {twice}")
        findings.require(not announced.keys() & self.old, f"old: {sorted(announced.keys() & self.old)}")
        findings.require(announced.keys() <= came, f"invented: {sorted(announced.keys() - came - self.old)}")
        findings.require(missing == self.lost.keys(), f"never announced: {sorted(missing - self.lost.keys())}")
        findings.require(missing <= self.named, f"lost, and not told: {sorted(missing - self.named)}")
        findings.figures |= {
            "texts that came": len(came),
            "announced once": sum(times == 1 for times in announced.values()),
            "announced more than once": len(twice),
            "lost between claim and announcement": len(missing),
            "kills that lost any": len({id(kill) for kill in self.lost.values()}),
            "named as perhaps not announced": len(self.named),
            "old texts announced": len(announced.keys() & self.old),
            "announced as delayed": sum(record["delayed"] for record in self.house.journal("announced")),
        }


async def kill_while_receiving(house: House, kills: Iterable[Kill], random: Random, say: Say) -> Findings:
    """Let texts flow into a house that has just been built, while Home Assistant is killed there."""
    findings = Findings()
    phone = house.simulator.add_phone("Hall phone", phone_id=1576)
    for number in range(OLD_TEXTS):
        house.simulator.receive(phone, _SENDERS[0], f"Old text {number}")
    watch = _Watch(house, findings, old=frozenset(message.id for message in house.simulator.messages()))
    async with house.quiet_life():
        say("The account is added")
    watch.look()

    traffic = asyncio.create_task(_let_texts_come(house.simulator, phone, random))
    try:
        for number, kill in enumerate(kills, 1):
            reached = await house.die(kill)
            findings.killed(kill, reached=reached)
            watch.look(kill)
            say(f"{number}: {kill.point}; {len(watch.came)} texts, {len(watch.lost)} lost")
    finally:
        traffic.cancel()
        await asyncio.wait([traffic])

    for _ in range(2):
        async with house.quiet_life():
            findings.require(await until(watch.all_announced, _SETTLED_WITHIN), "not everything came in the end")
            await asyncio.sleep(_LINGER)
        watch.look()
    watch.conclude()
    return findings


async def _let_texts_come(simulator: Simulator, phone: Phone, random: Random) -> None:
    while True:
        await asyncio.sleep(random.expovariate(1 / _PAUSE))
        for _ in range(random.randint(2, 5) if random.random() < _BURST else 1):
            simulator.receive(phone, random.choice(_SENDERS), random.choice(_WORDS))
