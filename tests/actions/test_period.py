"""Reading all messages of a period, from a service that lists only so many at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.smsgateway24.actions.period import (
    ANY_ZONE,
    MOST_REQUESTS,
    SHORTEST_CUT_LIST,
    IncompleteListError,
    read_period,
)
from custom_components.smsgateway24.api import Message, MessageFilters, MessageList
from tests.conftest import ANNA

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Service:
    """A list of messages, evenly spread up to now, of which only so many rows are told at once, the newest first."""

    def __init__(self, count: int, *, every: timedelta = timedelta(hours=1), cap: int = 10_000) -> None:
        """Store messages; the newest came now and has the id 1."""
        self.records: list[dict[str, Any]] = [{"id": index + 1, "at": NOW - every * index} for index in range(count)]
        self.cap = cap
        self.told_count: int | None = None
        self.asked: list[MessageFilters] = []

    async def fetch(self, filters: MessageFilters) -> MessageList:
        """Answer a request; both bounds are within."""
        self.asked.append(filters)
        begin, end = filters["begin"], filters["end"]
        assert isinstance(begin, datetime)
        assert end is None or isinstance(end, datetime)
        found = [each for each in self.records if begin <= each["at"] and (end is None or each["at"] <= end)]
        count = len(found) if self.told_count is None else self.told_count
        return MessageList(found[: self.cap], count=count, read=_read)


def _read(_: str | None, record: dict[str, Any]) -> Message:
    return Message(
        id=record["id"],
        phone_id="1576",
        number=ANNA,
        text="gate",
        status=5,
        status_text="incoming",
        created=record["at"],
        created_text=None,
        sim=0,
        customer_id=None,
        urgent=False,
        scheduled_for=None,
        sent_at=None,
        newsletter_id=None,
    )


async def read(service: Service, begin: datetime = NOW - DAY, end: datetime | None = None) -> list[int]:
    """Read a period, and return the ids of what was found in order."""
    return sorted(message.id for message in await read_period(service.fetch, {"sim": 0}, begin, end, NOW))


async def test_one_request_does_where_the_list_is_whole() -> None:
    """It has room for every zone on either side, and the other filters go along."""
    service = Service(5)
    assert await read(service, NOW - DAY, NOW) == [1, 2, 3, 4, 5]
    assert service.asked == [{"sim": 0, "begin": NOW - DAY - ANY_ZONE, "end": NOW + ANY_ZONE}]


async def test_without_an_end_it_reaches_to_the_newest_message() -> None:
    """However wrong the clocks are."""
    service = Service(5)
    assert await read(service) == [1, 2, 3, 4, 5]
    assert service.asked == [{"sim": 0, "begin": NOW - DAY - ANY_ZONE, "end": None}]


@pytest.mark.parametrize("end", [None, NOW])
@pytest.mark.parametrize(("count", "every", "cap"), [(120, timedelta(minutes=20), 20), (35, timedelta(hours=1), 10)])
async def test_a_list_that_is_cut_is_read_in_halves(
    end: datetime | None, count: int, every: timedelta, cap: int
) -> None:
    """The halves overlap, so that nothing falls between them."""
    service = Service(count, every=every, cap=cap)
    assert await read(service, NOW - 2 * DAY, end) == list(range(1, count + 1))
    assert 1 < len(service.asked) <= MOST_REQUESTS


@pytest.mark.parametrize("told", [0, 5, SHORTEST_CUT_LIST + 3, 999])
async def test_a_count_that_does_not_belong_to_the_list_is_no_cut(told: int) -> None:
    """As one that counts all that the account has: it stays the same however little is asked for."""
    service = Service(SHORTEST_CUT_LIST - 1)
    service.told_count = told
    assert await read(service) == list(range(1, SHORTEST_CUT_LIST))
    assert len(service.asked) == 1


async def test_a_count_of_everything_costs_no_more_than_a_look_at_the_halves() -> None:
    """A half of a list that was whole is shorter; a limit would have cut both at the same length."""
    service = Service(24)
    service.told_count = 999
    assert await read(service) == list(range(1, 25))
    assert len(service.asked) == 3


async def test_a_moment_with_more_messages_than_a_list_holds_is_an_error() -> None:
    """It cannot be divided any further."""
    service = Service(50, every=timedelta(), cap=20)
    with pytest.raises(IncompleteListError):
        await read(service)
    assert len(service.asked) <= MOST_REQUESTS


async def test_it_gives_up_before_it_becomes_a_burden() -> None:
    """A year of messages through a narrow door."""
    service = Service(8000, cap=20)
    with pytest.raises(IncompleteListError):
        await read(service, NOW - 300 * DAY)
    assert len(service.asked) == MOST_REQUESTS
