"""Each fault: what becomes of the work, what becomes of the answer, and that the next request is well."""

import asyncio
import json

import aiohttp
import pytest

from simulator import faults
from simulator.faults import FAULTS, Ending, Fault, FaultPlan

from .conftest import FRIEND, Answer, Caller


async def send(caller: Caller) -> Answer:
    """Send a text."""
    return await caller.ask("addsms", sendto=FRIEND, body="Hi", device_id=1576)


async def send_bulk(caller: Caller) -> Answer:
    """Send three texts in one request."""
    items = [{"sendto": FRIEND, "body": f"Text {index}", "device_id": 1576} for index in range(3)]
    data = json.dumps({"token": caller.simulator.account.token, "smsdata": items})
    return await caller.post("/getdata/addalotofsms", data={"datajson": data})


def test_the_first_fault_that_fits_happens() -> None:
    """Faults wait for their method, for so many times or until cleared."""
    plan = FaultPlan()
    plan.add(faults.cut_off(), "addsms", times=2)
    plan.add(faults.slow())
    taken = [plan.take(method) for method in ("addsms", "getallsms", "addsms", "addsms", "addsms")]
    assert [fault.name for fault in taken if fault] == ["cut off", "slow", "cut off", "slow", "slow"]
    plan.clear()
    assert plan.take("addsms") is None


@pytest.mark.parametrize(
    ("fault", "status", "headers"),
    [
        (faults.http_error(500), 500, {}),
        (faults.http_error(502), 502, {}),
        (faults.http_error(503, "60"), 503, {"Retry-After": "60"}),
        (
            faults.http_error(429, "Sun, 01 Nov 2026 12:05:00 GMT"),
            429,
            {"Retry-After": "Sun, 01 Nov 2026 12:05:00 GMT"},
        ),
        (faults.page(), 200, {}),
        (faults.page(404), 404, {}),
        (faults.redirect(), 302, {"Location": "/login"}),
        (faults.redirect("/index.php/getdata/addsms", 307), 307, {"Location": "/index.php/getdata/addsms"}),
    ],
)
async def test_pages_instead_of_answers(caller: Caller, fault: Fault, status: int, headers: dict[str, str]) -> None:
    """Nothing is done, and the next request is answered."""
    caller.simulator.fail(fault, "addsms")
    answer = await send(caller)
    assert (answer.status, answer.text.startswith("<!DOCTYPE html>")) == (status, True)
    for name in ("Retry-After", "Location"):
        assert answer.headers.get(name) == headers.get(name)
    assert caller.simulator.messages() == []
    assert (await send(caller)).json["error"] == 0
    assert [(request.fault, request.outcome) for request in caller.simulator.requests] == [
        (fault.name, str(status)),
        (None, "200"),
    ]


@pytest.mark.parametrize(("fault", "done"), [(faults.cut_off(), 0), (faults.answer_lost(), 1), (faults.truncated(), 1)])
async def test_connections_that_end_early(caller: Caller, fault: Fault, done: int) -> None:
    """The client hears nothing whole; the work is done or not."""
    caller.simulator.fail(fault, "addsms")
    with pytest.raises(aiohttp.ClientError):
        await send(caller)
    assert len(caller.simulator.messages()) == done
    assert (await send(caller)).json["error"] == 0


async def test_work_that_is_done_late(caller: Caller) -> None:
    """The connection is gone long before the message is there."""
    caller.simulator.fail(faults.late(30), "addsms")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await send(caller)
    caller.simulator.advance(29)
    assert caller.simulator.messages() == []
    caller.simulator.advance(1)
    assert [message.body for message in caller.simulator.messages()] == ["Hi"]


async def test_late_work_may_be_refused(caller: Caller) -> None:
    """Then nothing happens, for nobody is there to hear of it."""
    caller.simulator.fail(faults.late(30))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await caller.ask("addsms", token="guess")
    caller.simulator.advance(60)
    assert caller.simulator.messages() == []


async def test_a_slow_answer_comes_when_its_time_has_passed(caller: Caller) -> None:
    """The work is done at once."""
    caller.simulator.fail(faults.slow(5), "addsms")
    waiting = asyncio.create_task(send(caller))
    await caller.simulator.until_asked()
    assert len(caller.simulator.messages()) == 1
    caller.simulator.advance(4.9)
    assert not waiting.done()
    caller.simulator.advance(0.1)
    assert (await waiting).json["error"] == 0


@pytest.mark.parametrize(("fault", "done"), [(faults.never_answered(), 1), (faults.unheard(), 0)])
async def test_silence(caller: Caller, fault: Fault, done: int) -> None:
    """No answer comes, until the client gives up."""
    caller.simulator.fail(fault, "addsms")
    waiting = asyncio.create_task(send(caller))
    await caller.simulator.until_asked()
    assert len(caller.simulator.messages()) == done
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await send(caller)).json["error"] == 0


async def test_a_service_that_stops_lets_go_of_those_who_wait(caller: Caller) -> None:
    """Slow and silent requests end with the service, which can start again at the same address."""
    simulator = caller.simulator
    simulator.fail(faults.never_answered())
    simulator.fail(faults.slow(60))
    waiting = [asyncio.create_task(send(caller)) for _ in range(2)]
    await simulator.until_asked(2)
    address = simulator.url
    await simulator.stop()
    silent, slow = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(silent, aiohttp.ClientError)
    assert isinstance(slow, Answer)
    with pytest.raises(aiohttp.ClientConnectionError):
        await send(caller)
    await simulator.start()
    assert simulator.url == address
    assert (await send(caller)).json["error"] == 0
    assert len(simulator.messages()) == 3


@pytest.mark.parametrize(
    ("ending", "status"), [(Ending.ANSWER, 200), (Ending.REFUSAL, 200), (Ending.HTTP_ERROR, 500), (Ending.CUT, None)]
)
async def test_a_bulk_done_in_part(caller: Caller, ending: Ending, status: int | None) -> None:
    """Two of three are stored, whatever is said."""
    caller.simulator.fail(faults.part(2, ending), "addalotofsms")
    if status is None:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await send_bulk(caller)
    else:
        answer = await send_bulk(caller)
        assert answer.status == status
        if status == 200:
            assert answer.json["error"] == (1 if ending is Ending.REFUSAL else 0)
    assert [message.body for message in caller.simulator.messages()] == ["Text 0", "Text 1"]


@pytest.mark.parametrize(
    ("fault", "message", "done"),
    [
        (faults.refused("Limit exceeded"), "Limit exceeded", 0),
        (faults.refused_although_done(), "Something went wrong", 1),
        (faults.wrong_token(), "Login or password incorrect", 0),
    ],
)
async def test_refusals(caller: Caller, fault: Fault, message: str, done: int) -> None:
    """Error 1 with a sentence says nothing about the work."""
    caller.simulator.fail(fault, "addsms")
    assert (await send(caller)).json == {"error": 1, "message": message}
    assert len(caller.simulator.messages()) == done


async def test_a_garbled_answer(caller: Caller) -> None:
    """It is complete as HTTP, and half as JSON."""
    caller.simulator.fail(faults.garbled(), "addsms")
    answer = await send(caller)
    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert len(caller.simulator.messages()) == 1


def test_every_fault_has_a_name_and_can_be_made() -> None:
    """The page offers them all."""
    made = [make() for make in FAULTS.values()]
    assert len({(fault.name, fault.retry_after) for fault in made}) == len(FAULTS)
