"""A small world around an outbox: a service, phones, a disk, and people who hear the reports."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import itertools
import json
from typing import Any, Literal

from custom_components.smsgateway24.api import (
    Message,
    MessageStatus,
    OutgoingSms,
    Phone,
    RequestRefusedError,
    Sim,
    SmsGateway24Error,
)
from custom_components.smsgateway24.messaging.health import PhoneState
from custom_components.smsgateway24.messaging.outbox import Clocks, Outbox, OutboxSettings
from custom_components.smsgateway24.messaging.outgoing import Draft, Outcome, OutgoingMessage, Receipt, Report

ANNA = "+447700900123"
BEN = "+12025550123"
START = datetime(2026, 11, 1, 3, tzinfo=UTC)
HALL = "1576"
ATTIC = "1297"

# What is to be seen so many seconds after its request is found before it is given up.
FOUND_WITHIN = 110.0

type Disk = Literal["fine", "full", "hanging", "broken"]
type Tags = Literal["echoed", "dropped", "zeroed", "clamped"]


def a_sim(slot: int) -> Sim:
    """Return a SIM in a slot."""
    return Sim(slot, carrier="Carrier", number=None, country="GB", iccid=None, roaming=False)


def a_phone(phone_id: str = HALL, *slots: int, last_seen: datetime | None = START) -> Phone:
    """Return a phone with SIMs in these slots."""
    return Phone(
        id=phone_id,
        title=f"Phone {phone_id}",
        last_seen=last_seen,
        created=None,
        app_version="12.1.21",
        app_is_current=True,
        subscription=True,
        serial_number=None,
        imei=None,
        sims=tuple(map(a_sim, slots)),
        request_interval=10,
        send_interval=None,
    )


def a_state(phone_id: str = HALL, *slots: int, online: bool | None = True, seen: datetime | None = START) -> PhoneState:
    """Return a phone as the outbox sees it."""
    return PhoneState(phone=a_phone(phone_id, *slots, last_seen=seen), online=online, pending=0, last_seen=seen)


def a_record(
    message_id: int,
    status: int,
    *,
    phone_id: str = HALL,
    tag: int | None = None,
    number: str = ANNA,
    text: str = "The cellar is wet",
    created: datetime | None = START,
) -> Message:
    """Return a message in the service's list."""
    return Message(
        id=message_id,
        number=number,
        text=text,
        status=status,
        status_text=f"status {status}",
        phone_id=phone_id,
        sim=0,
        customer_id=tag,
        urgent=False,
        created=created,
        created_text=None,
        sent_at=None,
        scheduled_for=None,
        newsletter_id=None,
    )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How the service takes a request: when it answers and with what, and whether and when it does the work."""

    error: SmsGateway24Error | None = None
    after: float = 0.0
    """Seconds from the request to the answer."""
    works: bool = True
    works_after: float = 0.0
    """Seconds from the request to the record, whatever became of the connection."""
    seen_after: float = 0.0
    """Seconds from the record to the first list that shows it."""
    part: int | None = None
    """How many messages of a bulk the work is done for; None is all."""


@dataclass
class Record:
    """A message as the service has it."""

    id: int
    sms: OutgoingSms
    created_at: float
    seen_from: float
    status: int = MessageStatus.PENDING
    hidden: bool = False
    elusive: bool = False
    """Whether it cannot be relied upon to be found in time: it comes late, or was hidden for a while."""
    statuses: set[int] = field(default_factory=set)
    """All that a list has ever shown."""


@dataclass
class Service:
    """A SmsGateway24 in miniature."""

    requests: list[OutgoingSms] = field(default_factory=list)
    records: dict[int, Record] = field(default_factory=dict)
    answers: deque[Answer] = field(default_factory=deque)
    """What is answered next; after that, all goes well."""
    bulks: list[int] = field(default_factory=list)
    """How many messages each bulk had."""
    tags: Tags = "echoed"
    """What becomes of the numbers that messages bear."""
    looks: int = 0
    """How often the list was read at the outbox's wish."""
    readable: bool = True
    _ids: Iterable[int] = field(default_factory=lambda: itertools.count(62_050_971))

    async def send_message(self, sms: OutgoingSms) -> int:
        """Take a message."""
        (record,) = await self._take([sms], in_part=False)
        return record.id

    async def send_bulk(self, messages: Sequence[OutgoingSms]) -> None:
        """Take several messages."""
        self.bulks.append(len(messages))
        try:
            await self._take(messages)
        except RequestRefusedError as err:
            # As the client does: nobody knows how much of a bulk was done before it was refused.
            raise RequestRefusedError(err.message, certainly_unsent=False) from None

    async def _take(self, messages: Sequence[OutgoingSms], *, in_part: bool = True) -> list[Record]:
        loop = asyncio.get_running_loop()
        self.requests += messages
        answer = self.answers.popleft() if self.answers else Answer()
        made_at = loop.time() + answer.works_after
        elusive = answer.works_after + answer.seen_after > FOUND_WITHIN
        records = [
            Record(next(iter(self._ids)), sms, made_at, made_at + answer.seen_after, elusive=elusive)
            for sms in messages
        ]
        for record in records[: answer.part if in_part else None] if answer.works else []:
            if answer.works_after:
                loop.call_later(answer.works_after, self.records.__setitem__, record.id, record)
            else:
                self.records[record.id] = record
        if answer.after:
            await asyncio.sleep(answer.after)
        if answer.error is not None:
            raise answer.error
        return records

    def shown(self) -> list[Message]:
        """Return what a read shows now."""
        now = asyncio.get_running_loop().time()
        visible = [record for record in self.records.values() if record.seen_from <= now and not record.hidden]
        for record in visible:
            record.statuses.add(record.status)
        return [
            a_record(
                record.id,
                record.status,
                phone_id=record.sms.phone_id,
                tag=self.echo(record.sms.customer_id),
                number=record.sms.number,
                text=record.sms.text,
                created=START + timedelta(seconds=int(record.created_at)),
            )
            for record in visible
        ]

    def echo(self, tag: int | None) -> int | None:
        """Return what the lists show of a customer's id."""
        match self.tags:
            case "echoed":
                return tag
            case "dropped":
                return None
            case "zeroed":
                return 0
            case "clamped":
                return None if tag is None else min(tag, 65535)

    def of_text(self, text: str) -> list[Record]:
        """Return the records of one message."""
        return [record for record in self.records.values() if record.sms.text == text]


class World:
    """An outbox and all that it needs. What a dead outbox does has no effect on the world."""

    def __init__(
        self,
        *,
        keep_unsent: timedelta = timedelta(minutes=10),
        failover: bool = True,
        max_per_hour: int = 0,
        phones: Iterable[PhoneState] = (a_state(HALL, 0), a_state(ATTIC, 0, seen=START - timedelta(seconds=5))),
    ) -> None:
        # Also where none of its tasks is running, somebody may ask for the time.
        self._loop = asyncio.get_running_loop()
        self.disk_answers = asyncio.Event()
        self.settings = OutboxSettings(keep_unsent=keep_unsent, failover=failover, max_per_hour=max_per_hour)
        self.service = Service()
        self.phones = list(phones)
        self.disk: str = "{}"
        self.disk_is = "fine"
        self.clock_ahead = timedelta()
        self.reports: list[Report] = []
        self.started: list[tuple[OutgoingMessage, datetime]] = []
        """Each request, as the message was then."""
        self.deaf = False
        self.crash_in: int | None = None
        """After how many more steps in the outside world the outbox dies."""
        self.outbox = self._boot()

    def _boot(self) -> Outbox:
        life = _Life(self)
        self._life = life
        outbox = Outbox(
            life,
            settings=self.settings,
            phones=lambda: self.phones,
            clocks=Clocks(self.now, self.service_time, self.uptime),
            save=life.save,
            look=life.look,
            report=life.report,
            spawn=life.spawn,
        )
        outbox.restore(json.loads(self.disk))
        return outbox

    @property
    def disk_is(self) -> Disk:
        """How the disk is. What hangs goes on when that is over."""
        return self._disk_is

    @disk_is.setter
    def disk_is(self, disk: Disk) -> None:
        self._disk_is = disk
        if disk == "hanging":
            self.disk_answers.clear()
        else:
            self.disk_answers.set()

    def now(self) -> datetime:
        """Return this machine's time."""
        return START + timedelta(seconds=self._loop.time()) + self.clock_ahead

    def uptime(self) -> float:
        """Return for how many seconds the world has been there."""
        return self._loop.time()

    def service_time(self) -> datetime:
        """Return the service's time, which nobody sets."""
        return START + timedelta(seconds=self._loop.time())

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The messages as they are on disk."""
        messages: list[dict[str, Any]] = json.loads(self.disk).get("messages", [])
        return messages

    @property
    def tasks(self) -> tuple[asyncio.Task[Any], ...]:
        """What the outbox has under way."""
        return tuple(self._life.tasks)

    def kill(self) -> None:
        """End the outbox wherever it is."""
        self._life.die()

    def restart(self) -> None:
        """Kill the outbox, and start another one from what is on disk."""
        self.kill()
        self.crash_in = None
        self.outbox = self._boot()

    async def send(self, text: str = "The cellar is wet", number: str = ANNA, **wishes: Any) -> Receipt:
        """Send a message."""
        return await self.outbox.send(Draft(number=number, text=text, **wishes))

    async def send_all(self, *texts: str, number: str = ANNA, **wishes: Any) -> list[Receipt]:
        """Send several messages at once."""
        return await self.outbox.send_all([Draft(number=number, text=text) for text in texts], **wishes)

    async def poll(self) -> None:
        """Read the service's list, hand it over, and let what follows from it happen."""
        await self.outbox.observe(self.service.shown())
        await self.settle()

    async def settle(self) -> None:
        """Let happen what needs no time."""
        await asyncio.sleep(0.001)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    @property
    def told(self) -> list[tuple[Outcome, str | None]]:
        """What was reported: outcomes and reasons."""
        return [(report.outcome, report.reason) for report in self.reports]

    @property
    def stages(self) -> list[str]:
        """Where the open messages stand."""
        return [message.stage for message in self.outbox.messages]


class _Life:
    """What connects an outbox with the world, until it dies."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tasks: set[asyncio.Task[Any]] = set()
        self._dead = False

    def die(self) -> None:
        self._dead = True
        for task in self.tasks:
            task.cancel()

    async def _step(self) -> None:
        """Go one step into the outside world, from which a dead one does not return."""
        if self._world.crash_in is not None:
            self._world.crash_in -= 1
            if self._world.crash_in < 0:
                self.die()
        if self._dead:
            await asyncio.Event().wait()

    async def send_message(self, sms: OutgoingSms) -> int:
        await self._begin([sms])
        try:
            return await self._world.service.send_message(sms)
        finally:
            await self._step()

    async def send_bulk(self, messages: Sequence[OutgoingSms]) -> None:
        await self._begin(messages)
        try:
            await self._world.service.send_bulk(messages)
        finally:
            await self._step()

    async def _begin(self, messages: Sequence[OutgoingSms]) -> None:
        await self._step()
        by_tag = {message.tag: message for message in self._world.outbox.messages}
        for sms in messages:
            if sms.customer_id in by_tag:
                self._world.started.append((by_tag[sms.customer_id], self._world.service_time()))

    async def look(self) -> list[Message] | None:
        await self._step()
        service = self._world.service
        service.looks += 1
        return service.shown() if service.readable else None

    async def save(self) -> bool:
        await self._step()
        data = json.dumps(self._world.outbox.as_dict())
        match self._world.disk_is:
            case "full":
                return False
            case "broken":
                raise OSError("No space left on device")
            case "hanging":
                await self._world.disk_answers.wait()
                await self._step()
        self._world.disk = data
        await self._step()
        return True

    def report(self, report: Report) -> None:
        if self._dead:
            return
        if self._world.deaf:
            raise RuntimeError("Nobody can listen")
        self._world.reports.append(report)

    def spawn[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task
