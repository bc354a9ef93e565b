"""A house around the incoming side: a service, phones, a disk, and one life of Home Assistant after the other.

Everything is done by the real parts (client, clock, reader, inbox, contact book) against the real simulator; only the
sockets, the disk and Home Assistant are played. Nothing here waits, so a step costs little.
"""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import json
from types import TracebackType
from typing import Any, Literal, Self, cast

import aiohttp

from custom_components.smsgateway24.api import ServiceClock, SmsGateway24Client, SmsGateway24Error
from custom_components.smsgateway24.mailbox import NOTE_EVERY
from custom_components.smsgateway24.messaging.arrivals import Arrivals
from custom_components.smsgateway24.messaging.contact import SILENCE, ContactBook
from custom_components.smsgateway24.messaging.inbox import FRESH_FOR, Inbox, IncomingMessage
from custom_components.smsgateway24.messaging.reader import Progress
from simulator import Backend, ManualClock, Phone, Profile
from simulator.service.parameters import Form, Refusal
from simulator.service.wire import answer_reply, refusal_reply
from simulator.world.message import Change, Message
from simulator.world.status import Status

ANNA = "+447700900123"
START = datetime(2026, 11, 25, 3, tzinfo=UTC)
INTERVAL = timedelta(seconds=30)
# Read by its own clock, a message may be five minutes old; its phone may have kept it for five more, as it does not count
# as silent before that. The rest is what a poll takes.
FRESH_AT_MOST = FRESH_FOR + SILENCE + 2 * INTERVAL
# A list of at most twenty rows has to be read in many parts.
MOST_REQUESTS = 400
TOKEN = "token-of-the-house"

type Disk = Literal["fine", "full", "doubtful"]
"""``full`` writes nothing; ``doubtful`` writes and cannot say so."""


class Killed(BaseException):
    """Home Assistant is no more."""


def at_once[T](work: Coroutine[Any, Any, T]) -> T:
    """Run what has nothing to wait for."""
    try:
        work.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    raise AssertionError("It waits for something")


class _Response:
    """An answer of the service, or its failure, as aiohttp would hand it over."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.content_length = len(body)
        self.content = self
        self._body = body

    async def readany(self) -> bytes:
        body, self._body = self._body, b""
        return body

    def close(self) -> None:
        """Close the connection, which there is not."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


@dataclass
class _Wire:
    """What the client takes for aiohttp's session."""

    house: House
    closed: bool = False

    def post(self, url: str, *, data: dict[str, str], **_: Any) -> _Response:
        return self.house.answer(url.rpartition("/")[2], data)


@dataclass(frozen=True)
class Announcement:
    """A message that was announced, and when."""

    message_id: int
    delayed: bool
    at: datetime


@dataclass(frozen=True)
class Backup:
    """A copy of the disk, and what had been announced when it was made."""

    disk: str | None
    announced: frozenset[int]
    heard: frozenset[int]
    shown_at_first: frozenset[int]
    lost: frozenset[int]
    first_floor: datetime | None


@dataclass
class House:
    """A service and a Home Assistant, with all that can go wrong between them."""

    profile: Profile
    max_answer_bytes: int = 4 * 1024 * 1024
    announcements: list[Announcement] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """The methods that the last poll has called."""

    def __post_init__(self) -> None:
        """Build everything, with one phone; Home Assistant does not run yet."""
        self.backend = Backend(profile=self.profile, clock=ManualClock(START))
        self.backend.account.token = TOKEN
        self.own_clock_ahead = timedelta()
        self.ghosts: set[int] = set()
        self.broken: set[str] = set()
        """Methods that fail."""
        self.breaks_after: int | None = None
        """After so many more requests, each fails."""
        self.portal: datetime | None = None
        """A page from a hotel's network stands in for all answers, and tells this time."""
        self.disk: str | None = None
        self.disk_is: Disk = "fine"
        self.dies_at_write: int | None = None
        """After so many more writes Home Assistant is killed; if negative, before so many."""
        self.dies_at_announcement: int | None = None
        self.listening = True
        self.announced: set[int] = set()
        """What has been announced and not been undone by a backup that was put back."""
        self.heard: set[int] = set()
        """What of that was announced since the memory was lost."""
        self.shown_at_first: set[int] = set()
        """What a first run was shown."""
        self.lost: set[int] = set()
        """What a kill between claim and announcement has cost."""
        self.first_floor: datetime | None = None
        self.floor: datetime | None = None
        self.life: Life | None = None
        self.backend.add_phone(phone_id=1576)

    # --- the world --------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The true time."""
        return self.backend.clock.now()

    def uptime(self) -> float:
        """Return seconds that nobody can set."""
        return (self.now - START).total_seconds()

    def own_time(self) -> datetime:
        """Return what this machine's clock says."""
        return self.now + self.own_clock_ahead

    @property
    def phones(self) -> list[Phone]:
        """The account's phones, without those that are only names any more."""
        return [phone for phone in self.backend.account.phones.values() if phone.id not in self.ghosts]

    def sign_in_again(self, phone: Phone, *, reupload: bool, keep_old: bool) -> None:
        """Give a phone another id; the account may go on listing the old one."""
        if keep_old:
            self.ghosts.add(phone.id)
        self.backend.reregister(phone, reupload=reupload, keep_old=keep_old)

    def is_too_much(self, texts: int) -> bool:
        """Whether so many records of one second are more than any list of this service would show."""
        return self.profile.row_cap is not None and texts > self.profile.row_cap // 2

    @property
    def incoming(self) -> dict[int, Message]:
        """All incoming messages that the service has, whether it shows them or not."""
        return {message.id: message for message in self.backend.messages() if message.incoming}

    def receive(self, phone: Phone | None = None, *, late: float = 0.0) -> Message | None:
        """Let a phone receive a text; ``late`` is how many seconds later the record can be read than its date says."""
        message = self.backend.receive(phone or self.phones[0], ANNA, "gate")
        if message is not None and late:
            message.history[0] = Change(self.now + timedelta(seconds=late), Status.INCOMING)
        return message

    def answer(self, method: str, form: dict[str, str]) -> _Response:
        """Answer a request."""
        self.requests.append(method)
        if self.breaks_after is not None:
            self.breaks_after -= 1
        if method in self.broken or (self.breaks_after is not None and self.breaks_after < 0):
            raise aiohttp.ServerDisconnectedError
        if self.portal is not None:
            return _Response(200, {"Date": format_datetime(self.portal, usegmt=True)}, b"<html>Welcome</html>")
        profile = self.backend.profile
        self.backend.catch_up()
        try:
            reply = answer_reply(self.backend.service.call(method, Form(form)), profile)
        except Refusal as refusal:
            reply = refusal_reply(refusal, profile)
        return _Response(reply.status, self._date(profile), reply.body)

    def _date(self, profile: Profile) -> dict[str, str]:
        match profile.date_header:
            case "absent":
                return {}
            case "garbage":
                return {"Date": "the day after yesterday"}
            case "ahead":
                return {"Date": format_datetime(self.now + timedelta(hours=3), usegmt=True)}
            case _:
                return {"Date": format_datetime(self.now, usegmt=True)}

    # --- Home Assistant ---------------------------------------------------------------------

    def start(self) -> None:
        """Start Home Assistant from what is on disk."""
        self.life = Life(self)
        if not self.life.inbox.started:
            # What an earlier life was shown first has not come to the disk, so nobody remembers it.
            self.shown_at_first.clear()
            self.heard.clear()
        self.lost |= self.life.inbox.unsure - self.announced
        self.floor = self.life.inbox.floor

    def stop(self) -> None:
        """Stop it properly, which writes everything down."""
        self.dies_at_write = self.dies_at_announcement = None
        if self.life is not None:
            self.life.write()
        self.life = None

    def kill(self) -> None:
        """End it."""
        self.life = None
        self.dies_at_write = self.dies_at_announcement = None

    def poll(self) -> bool:
        """Read the service once, and say whether that went well. A kill is over when this returns."""
        if self.life is None:
            return False
        self.requests.clear()
        try:
            return self.life.poll()
        except Killed:
            self.kill()
            return False
        finally:
            assert len(self.requests) < MOST_REQUESTS

    def wait(self, seconds: float) -> None:
        """Let time pass without looking."""
        self.backend.advance(seconds)

    def run(self, seconds: float, every: float = INTERVAL.total_seconds()) -> None:
        """Let time pass, and look every so often."""
        left = seconds
        while left > 0:
            self.wait(min(every, left))
            left -= every
            self.poll()

    def save(self, description: Mapping[str, Any]) -> bool:
        """Write to the disk, as far as it can be written to."""
        if self.dies_at_write == -1:
            raise Killed
        if self.disk_is != "full":
            self.disk = json.dumps(description)
        if self.dies_at_write == 0:
            raise Killed
        if self.dies_at_write is not None:
            self.dies_at_write += -1 if self.dies_at_write > 0 else 1
        return self.disk_is == "fine"

    def hear(self, announcement: Announcement) -> None:
        """Hear an announcement, and see that it may be made."""
        number = announcement.message_id
        message = self.incoming[number]
        assert self.disk is not None
        assert str(number) in json.loads(self.disk)["inbox"]["known"], "announced without a claim (I5)"
        assert number not in self.announced, "announced twice (I1)"
        assert self.first_floor is not None
        assert message.created >= self.first_floor, "announced although it was there before (I3)"
        age = announcement.at - (message.received_at or message.stored)
        if self.profile.date_header in {"true", "ahead"} or self.own_clock_ahead >= timedelta():
            # Without any clock that is right nobody can know.
            assert announcement.delayed or age <= FRESH_AT_MOST, f"called fresh at the age of {age}"
        self.announced.add(number)
        self.heard.add(number)
        self.announcements.append(announcement)

    def back_up(self) -> Backup:
        """Copy the disk."""
        return Backup(
            self.disk,
            frozenset(self.announced),
            frozenset(self.heard),
            frozenset(self.shown_at_first),
            frozenset(self.lost),
            self.first_floor,
        )

    def put_back(self, backup: Backup) -> None:
        """Go back to a copy of the disk. What was announced since then may be announced again."""
        self.life = None
        self.disk = backup.disk
        self.announced = set(backup.announced)
        self.heard = set(backup.heard)
        self.shown_at_first = set(backup.shown_at_first)
        self.lost = set(backup.lost)
        self.first_floor = backup.first_floor

    def damage(self) -> None:
        """Lose what is on disk."""
        self.life = None
        if self.disk is not None:
            self.disk = "{}"
            self.shown_at_first.clear()
            self.heard.clear()


class Life:
    """What the integration is between a start and an end."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._noted_at: datetime | None = None
        self.client = SmsGateway24Client(
            cast("aiohttp.ClientSession", _Wire(house)),
            TOKEN,
            clock=ServiceClock(monotonic=house.uptime),
            max_answer_bytes=house.max_answer_bytes,
        )
        self.inbox, self.contacts, progress = self._load()
        self.arrivals = Arrivals(
            lambda begin, end: self.client.get_messages(begin=begin, end=end),
            clock=self.client.clock,
            own_time=house.own_time,
            inbox=self.inbox,
            contacts=self.contacts,
            progress=progress,
        )

    def _load(self) -> tuple[Inbox, ContactBook, Progress]:
        if self._house.disk is None:
            return Inbox(), ContactBook(), Progress()
        try:
            data = json.loads(self._house.disk)
            return (
                Inbox.from_dict(data["inbox"]),
                ContactBook.from_dict(data["contacts"]),
                Progress.from_dict(data["progress"]),
            )
        except ValueError, KeyError, TypeError, AttributeError:
            return Inbox(lost=True), ContactBook(lost=True), Progress()

    def poll(self) -> bool:
        """Do what the coordinator and the mailbox do."""
        try:
            reading = at_once(self.arrivals.read())
            phones = at_once(self.client.get_phones())
        except SmsGateway24Error:
            return False
        self.arrivals.observe(phones, INTERVAL)
        first = not self.inbox.started
        self.arrivals.take(reading)
        if first:
            self._house.shown_at_first |= set(reading.fresh).union(*(found.ids for found in reading.lists))
            self._house.first_floor = self.inbox.floor
        now = self.arrivals.now()
        if self._noted_at is None or not timedelta() <= now - self._noted_at < NOTE_EVERY:
            self._noted_at = now
            self.write()
        if self._house.listening and self.arrivals.waiting and at_once(self.arrivals.announce(self._save, self._tell)):
            self.write()
        return True

    def write(self) -> bool:
        """Write everything down."""
        return self._house.save(
            {
                "inbox": self.inbox.as_dict(),
                "contacts": self.contacts.as_dict(),
                "progress": self.arrivals.progress.as_dict(),
            }
        )

    async def _save(self) -> bool:
        return self.write()

    def _tell(self, incoming: IncomingMessage) -> None:
        house = self._house
        if house.dies_at_announcement is not None:
            house.dies_at_announcement -= 1
            if house.dies_at_announcement < 0:
                raise Killed
        house.hear(Announcement(incoming.message.id, incoming.delayed, house.now))
