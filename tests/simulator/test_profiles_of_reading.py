"""What profiles make of lists: their shape, their filters, how fresh and whole they are."""

from datetime import timedelta

import pytest

from simulator import PROFILES

from .conftest import NOON, Caller, receive, records, send, use


@pytest.mark.parametrize(
    ("name", "there", "empty"),
    [
        ("documented", True, []),
        ("empty-object", True, {}),
        ("empty-null", True, None),
        ("empty-missing", False, None),
    ],
)
async def test_empty_lists(caller: Caller, name: str, there: bool, empty: object) -> None:  # noqa: FBT001 - parametrised
    """Nothing there comes in four shapes, for messages and phones alike."""
    simulator = use(caller, name)
    simulator.remove_phone(simulator.account.phones[1576])
    for method, key in (("getallsms", "smss"), ("getalldevices", "device")):
        answer = (await caller.ask(method)).json
        assert (key in answer) == there
        assert answer.get(key) == empty
        assert answer["count"] == 0


async def test_records_in_a_list(caller: Caller) -> None:
    """Messages and phones come without keys."""
    receive(use(caller, "records-as-list"), "gate")
    assert [record["body"] for record in (await caller.ask("getallsms")).json["smss"]] == ["gate"]
    assert [record["id"] for record in (await caller.ask("getalldevices")).json["device"]] == [1576]


async def test_alien_records(caller: Caller) -> None:
    """Among the records are some that are none."""
    receive(use(caller, "alien-records"), "gate")
    smss = (await caller.ask("getallsms")).json["smss"]
    assert [value for key, value in smss.items() if not key.isdigit()] == [None, 0, {"note": "no id here"}]
    assert len(smss) == 4


@pytest.mark.parametrize(("name", "smss"), [("only-count-empty", 0), ("only-count-rows", 2)])
async def test_only_count(caller: Caller, name: str, smss: int) -> None:
    """A count may bring an empty list or everything."""
    receive(use(caller, name), "one", "two")
    answer = (await caller.ask("getallsms", onlycount=1)).json
    assert (answer["count"], len(answer["smss"])) == (2, smss)


@pytest.mark.parametrize(
    ("name", "hours"),
    [("documented", 0), *((name, PROFILES[name].filter_zone_hours) for name in PROFILES if name.startswith("filter-"))],
)
async def test_zones_of_filters(caller: Caller, name: str, hours: float) -> None:
    """A limit means another moment in each zone."""
    receive(use(caller, name), "gate")
    limit = NOON + timedelta(hours=hours)
    exactly, later = limit.strftime("%Y-%m-%d %H:%M:%S"), (limit + timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S")
    assert len(await records(caller, begindate=exactly, enddate=exactly)) == 1
    assert await records(caller, begindate=later) == []


@pytest.mark.parametrize(("name", "by_phone"), [("date-filters-ignored", 0), ("filters-ignored", 1)])
async def test_ignored_filters(caller: Caller, name: str, by_phone: int) -> None:
    """All rows come, whatever is asked."""
    receive(use(caller, name), "gate")
    assert len(await records(caller, begindate="2030-01-01", enddate="2020-01-01")) == 1
    assert len(await records(caller, phone="+12025550123")) == by_phone


@pytest.mark.parametrize(
    ("name", "zone", "rows"),
    [("documented", "Europe/Paris", 1), ("timezone-dates", "Asia/Tokyo", 1), ("timezone-all", "Asia/Tokyo", 0)],
)
async def test_the_parameter_timezone(caller: Caller, name: str, zone: str, rows: int) -> None:
    """It may move nothing, the dates, or the filters too. 12:00 in Tokyo is hours before noon in UTC."""
    receive(use(caller, name), "gate")
    (record,) = await records(caller, timezone="Asia/Tokyo")
    assert record["created"]["timezone"] == zone
    assert len(await records(caller, timezone="Asia/Tokyo", enddate="2026-11-01 12:00:00")) == rows
    assert (await caller.ask("getallsms", timezone="Mars")).json["error"] == (0 if name == "documented" else 1)


@pytest.mark.parametrize("name", ["documented", "order-ignored", "unordered"])
async def test_orders(caller: Caller, name: str) -> None:
    """Descending as asked, ascending all the same, or anyhow."""
    simulator = use(caller, name)
    receive(simulator, *"abcdef")
    order = "".join([record["body"] for record in await records(caller, orderbydesc=1)])
    assert sorted(order) == list("abcdef")
    if name == "unordered":
        assert order not in {"abcdef", "fedcba"}
    else:
        assert order == {"documented": "fedcba", "order-ignored": "abcdef"}[name]


@pytest.mark.parametrize(
    ("name", "first", "last", "count"),
    [
        ("documented", "0", "24", 25),
        ("cap-oldest", "0", "19", 25),
        ("cap-newest", "5", "24", 25),
        ("cap-oldest-hidden", "0", "19", 20),
        ("cap-newest-hidden", "5", "24", 20),
    ],
)
async def test_caps(caller: Caller, name: str, first: str, last: str, count: int) -> None:
    """Of 25 messages 20 are shown, and the count may or may not tell."""
    receive(use(caller, name), *map(str, range(25)))
    answer = (await caller.ask("getallsms")).json
    bodies = [record["body"] for record in answer["smss"].values()]
    assert (bodies[0], bodies[-1], answer["count"]) == (first, last, count)


@pytest.mark.parametrize(("name", "lag"), [("lag-30", 30), ("lag-300", 300)])
async def test_lags(caller: Caller, name: str, lag: int) -> None:
    """A message and its status are seen late."""
    simulator = use(caller, name)
    sms_id = (await send(caller))["sms_id"]
    simulator.advance(lag - 1)
    assert await records(caller) == []
    assert (await caller.ask("getsmsstatus", sms_id=sms_id)).json["error"] == 1
    simulator.advance(1)
    assert [record["status"] for record in await records(caller)] == [1]
    simulator.advance(14)
    assert (await caller.ask("getsmsstatus", sms_id=sms_id)).json["status"] == 7


async def test_reads_that_go_back_in_time(caller: Caller) -> None:
    """What one read has seen, the next has not."""
    simulator = use(caller, "reads-go-back")
    receive(simulator, "gate")
    simulator.advance(30)
    assert [len(await records(caller)) for _ in range(4)] == [1, 0, 1, 0]


async def test_vanishing_records(caller: Caller) -> None:
    """Some are gone in one read and back in the next."""
    receive(use(caller, "vanishing"), *map(str, range(12)))
    counts = [len(await records(caller)) for _ in range(4)]
    assert counts[0] == counts[2] == 12
    assert 0 < counts[1] < 12
    assert 0 < counts[3] < 12
