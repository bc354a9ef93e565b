"""Texts go out while Home Assistant is killed; afterwards nobody was texted twice, and nothing was forgotten.

What is required (the invariants of the outbox):

- each text is at the service once at most for each number, and a second time only through another phone after the
  first one could not send it; over the air it goes once at most;
- nothing is handed over that was not written down before;
- what was written down ends, as delivered or failed, and each outcome is told once. Only a kill between the writing of
  an outcome and its telling can lose that one;
- what failed is not at the service, or is there with a status that says so, or failed as unconfirmed;
- what an action called accepted is at the service.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from custom_components.smsgateway24.messaging.fate import FAILOVER_STATUSES, LOOK_FOR, REASON_UNCONFIRMED
from simulator import FATES, Message, Phone, Simulator, Status

from .findings import Findings, Say
from .house import House, until
from .witness.orders import Kill, Point

NUMBERS: Final = ("+447700900123", "+12025550123", "+447700900145")
_FINAL: Final = frozenset({"delivered", "failed"})
# Looked for, repeated once, looked for again, and then on the phone for a while.
_SETTLED_WITHIN: Final = 2 * LOOK_FOR.total_seconds() + 120
_LINGER: Final = 3.0
# An outcome is told as soon as it is written; this (seconds) is long on a slow machine too.
_BETWEEN_WRITING_AND_TELLING: Final = 1.0
# Texts that one life begins are numbered from here on.
_TEXTS_PER_LIFE: Final = 1000
_BAD_LUCK_EVERY: Final = 8.0
_BAD_LUCK: Final = ("sent, not delivered", "generic failure", "no service")

type Key = tuple[str, str]
"""A number and a text: together they are one message, since every text is another one."""


@dataclass
class _Watch:
    """Compares what is told with what is true, from kill to kill."""

    house: House
    findings: Findings
    written: set[Key] = field(default_factory=set)
    untold: set[Key] = field(default_factory=set)
    untold_sent: set[Key] = field(default_factory=set)
    # Home Assistant writes nothing between being told to stop and the very end.
    stopping: set[int] = field(default_factory=set)

    def told(self) -> dict[Key, list[dict[str, Any]]]:
        """Return the outcomes of each message."""
        outcomes: dict[Key, list[dict[str, Any]]] = defaultdict(list)
        for record in self.house.journal("told"):
            outcomes[record["number"], record["text"]].append(record)
        return outcomes

    def refused(self) -> set[str]:
        """Return the texts whose sending raised an error in the automation."""
        return {record["text"] for record in self.house.journal("refused")}

    def copies(self) -> dict[Key, list[Message]]:
        """Return the records at the service of each message."""
        copies: dict[Key, list[Message]] = defaultdict(list)
        for message in self.house.simulator.messages():
            copies[message.number, message.body].append(message)
        return copies

    def look(self, kill: Kill | None = None) -> None:
        """Look at what is left after a life, which ended in a kill or in order."""
        life = f"life {self.house.lives} ({kill.point if kill else 'ended in order'})"
        self.findings.faults += [f"{life}: {error}" for error in self.house.errors()]
        if kill is None or kill.point is Point.STOPPING:
            self.stopping.add(self.house.lives)
        outbox = {(message["number"], message["text"]): message for message in self.house.disk().outbox}
        self.written |= outbox.keys() | {(record["number"], record["text"]) for record in self.house.journal("written")}
        told = self.told()
        refused = self.refused()
        ended = {key for key, outcomes in told.items() if any(outcome["outcome"] in _FINAL for outcome in outcomes)}
        gone = {key for key in self.written - outbox.keys() - ended - self.untold if key[1] not in refused}
        sent = {key for key, outcomes in told.items() if any(outcome["outcome"] == "sent" for outcome in outcomes)}
        unsaid = {key for key, message in outbox.items() if "sent" in message["announced"]} - sent - self.untold_sent
        for record in self.house.journal("struck out"):
            if (key := (record["number"], record["text"])) in gone:
                late = self.house.died_at - record["at"] < _BETWEEN_WRITING_AND_TELLING
                self.findings.require(late, f"{life}: struck out long before the kill, and not told: {key}")
        if kill is None:
            self.findings.require(not gone, f"{life}: gone without an outcome: {sorted(gone)}")
            self.findings.require(not unsaid, f"{life}: sent, and not told: {sorted(unsaid)}")
        self.untold |= gone
        self.untold_sent |= unsaid

    def all_ended(self) -> bool:
        """Whether nothing is open any more."""
        return not self.house.disk().outbox

    # --- the end ----------------------------------------------------------------------------

    def conclude(self) -> None:
        """Compare everything, and count it."""
        self._compare_copies()
        self._compare_outcomes()
        self._compare_answers()

    def _compare_copies(self) -> None:
        findings, copies = self.findings, self.copies()
        twice = {key for key, records in copies.items() if not _may_be(records)}
        findings.require(not twice, f"at the service more than once: {sorted(twice)}")
        sent = Counter((text.number, text.text) for text in self.house.simulator.sent_texts())
        texted_twice = {key for key, times in sent.items() if times > 1}
        findings.require(not texted_twice, f"texted more than once: {sorted(texted_twice)}")
        unwritten = copies.keys() - self.written
        lives = {int(text.removeprefix("Text ")) // _TEXTS_PER_LIFE for _, text in unwritten}
        findings.require(lives <= self.stopping, f"handed over without being written down: {sorted(unwritten)}")
        findings.figures |= {
            "texts that somebody wanted to send": sum(1 for _ in self.house.journal("intended")),
            "messages written down": len(self.written),
            "messages at the service": len(copies),
            "through a second phone": sum(len(records) > 1 for records in copies.values()) - len(twice),
            "at the service more than once": len(twice),
            "texted over the air": len(sent),
            "texted more than once": len(texted_twice),
            "handed over while stopping, without being written down": len(unwritten),
        }

    def _compare_outcomes(self) -> None:
        findings, copies, told = self.findings, self.copies(), self.told()
        refused = self.refused()
        ends: Counter[str] = Counter()
        for key in sorted(self.written | told.keys()):
            outcomes = Counter(record["outcome"] for record in told[key])
            findings.require(max(outcomes.values(), default=0) <= 1, f"told more than once: {key} {outcomes}")
            end = [record for record in told[key] if record["outcome"] in _FINAL]
            findings.require(len(end) <= 1, f"ended more than once: {key}")
            if not end:
                ended_otherwise = key in self.untold or key[1] in refused
                findings.require(ended_otherwise, f"forgotten: {key}")
                continue
            ends[end[0]["outcome"] if end[0]["reason"] is None else f"failed: {end[0]['reason']}"] += 1
            self._compare_end(key, end[0], copies.get(key, []))
        findings.figures |= {f"ended as {end}": number for end, number in sorted(ends.items())}
        findings.figures |= {
            "outcomes lost between writing and telling": len(self.untold),
            "the same of those that say sent": len(self.untold_sent),
            "errors in the automation": len(refused),
        }

    def _compare_end(self, key: Key, end: dict[str, Any], records: list[Message]) -> None:
        if end["outcome"] == "delivered":
            delivered = bool(records) and records[-1].status == Status.DELIVERED
            self.findings.require(delivered, f"told as delivered, and is not: {key}")
        elif records and end["reason"] != REASON_UNCONFIRMED:
            failed = records[-1].status in {*FAILOVER_STATUSES, Status.NOT_DELIVERED}
            self.findings.require(failed, f"told as failed ({end['reason']}), and is not: {key}")

    def _compare_answers(self) -> None:
        ids = {message.id for message in self.house.simulator.messages()}
        accepted = [
            message["message_id"]
            for record in self.house.journal("answered")
            for message in record["messages"]
            if message["message_id"] is not None
        ]
        self.findings.require(ids.issuperset(accepted), f"accepted, and not there: {set(accepted) - ids}")
        self.findings.figures["accepted in the action's answer"] = len(accepted)


def _may_be(records: list[Message]) -> bool:
    """Whether a message may have these records: one, or one more on another phone after the first could not send."""
    *earlier, _ = records
    phones = {record.phone_id for record in records}
    return len(phones) == len(records) and all(record.status in FAILOVER_STATUSES for record in earlier)


async def kill_while_sending(house: House, kills: Iterable[Kill], random: Random, say: Say) -> Findings:
    """Have texts sent from a house that has just been built, while Home Assistant is killed there."""
    findings = Findings()
    phones = [house.simulator.add_phone(title, request_every=3) for title in ("Hall phone", "Attic phone")]
    watch = _Watch(house, findings)
    async with house.quiet_life():
        say("The account is added")

    bad_luck = asyncio.create_task(_have_bad_luck(house.simulator, phones, random))
    try:
        for number, kill in enumerate(kills, 1):
            reached = await house.die(kill, first_text=(house.lives + 1) * _TEXTS_PER_LIFE)
            findings.killed(kill, reached=reached)
            watch.look(kill)
            say(f"{number}: {kill.point}; {len(watch.written)} messages, {len(watch.untold)} outcomes lost")
    finally:
        bad_luck.cancel()
        await asyncio.wait([bad_luck])

    say("Waiting for the end of every message")
    for _ in range(2):
        async with house.quiet_life():
            findings.require(await until(watch.all_ended, _SETTLED_WITHIN), "not everything ended")
            await asyncio.sleep(_LINGER)
        watch.look()
    watch.conclude()
    return findings


async def _have_bad_luck(simulator: Simulator, phones: list[Phone], random: Random) -> None:
    """Let a message fail every now and then, some in ways after which another phone is to try."""
    while True:
        await asyncio.sleep(random.expovariate(1 / _BAD_LUCK_EVERY))
        simulator.fate_next(random.choice(phones), FATES[random.choice(_BAD_LUCK)])
