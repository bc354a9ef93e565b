"""What can go wrong with a request: to the work, to the answer, to neither."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus

ANY = "*"
"""Stands for every method."""


class Work(Enum):
    """What becomes of what was asked for."""

    DONE = "done"
    NOT_DONE = "not done"
    LATE = "done late"
    PART = "done in part"


class Ending(Enum):
    """What becomes of the answer."""

    ANSWER = "answer"
    REFUSAL = "refusal"
    HTTP_ERROR = "http error"
    PAGE = "page"
    REDIRECT = "redirect"
    CUT = "cut"
    SILENCE = "silence"
    TRUNCATED = "truncated"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for a request to fail.

    `delay` is how long the answer takes, `late_by` when the work is done after the request, both in seconds; `items` is how
    much of a bulk is done. `unauthorised` refusals are about who asks.
    """

    name: str
    work: Work = Work.DONE
    ending: Ending = Ending.ANSWER
    delay: float = 0
    late_by: float = 0
    items: int | None = None
    status: int = HTTPStatus.OK
    retry_after: str | None = None
    location: str | None = None
    message: str = ""
    unauthorised: bool = False


def slow(seconds: float = 5) -> Fault:
    """Answer late; the work is done at once."""
    return Fault("slow", delay=seconds)


def http_error(status: int = HTTPStatus.SERVICE_UNAVAILABLE, retry_after: str | None = None) -> Fault:
    """Answer with this HTTP status and a page, without work: 500, 502, 503, 429 with or without Retry-After."""
    return Fault(f"HTTP {int(status)}", Work.NOT_DONE, Ending.HTTP_ERROR, status=status, retry_after=retry_after)


def page(status: int = HTTPStatus.OK) -> Fault:
    """Answer with a page instead of JSON, without work: a login form with 200, a wrong address with 404."""
    return Fault(f"page {int(status)}", Work.NOT_DONE, Ending.PAGE, status=status)


def redirect(location: str = "/login", status: int = HTTPStatus.FOUND) -> Fault:
    """Send the client elsewhere, without work. 307 and 308 would make it post again."""
    return Fault("redirect", Work.NOT_DONE, Ending.REDIRECT, status=status, location=location)


def cut_off() -> Fault:
    """Close the connection before the work."""
    return Fault("cut off", Work.NOT_DONE, Ending.CUT)


def answer_lost() -> Fault:
    """Do the work, then close the connection without an answer."""
    return Fault("answer lost", Work.DONE, Ending.CUT)


def never_answered() -> Fault:
    """Do the work, then keep the connection open and say nothing."""
    return Fault("never answered", Work.DONE, Ending.SILENCE)


def unheard() -> Fault:
    """Keep the connection open and say nothing, without work."""
    return Fault("unheard", Work.NOT_DONE, Ending.SILENCE)


def late(seconds: float = 30) -> Fault:
    """Close the connection, and do the work this many seconds later."""
    return Fault("late", Work.LATE, Ending.CUT, late_by=seconds)


def part(items: int = 1, ending: Ending = Ending.ANSWER) -> Fault:
    """Do the first items of a bulk; then answer success, refuse, answer HTTP 500 or cut off."""
    return Fault(
        f"part, {ending.value}",
        Work.PART,
        ending,
        items=items,
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        message="Something went wrong",
    )


def refused(message: str = "Limit exceeded") -> Fault:
    """Answer error 1, without work."""
    return Fault("refused", Work.NOT_DONE, Ending.REFUSAL, message=message)


def refused_although_done(message: str = "Something went wrong") -> Fault:
    """Do the work and answer error 1 all the same."""
    return Fault("refused although done", Work.DONE, Ending.REFUSAL, message=message)


def wrong_token(message: str = "Login or password incorrect") -> Fault:
    """Answer as if the caller were not known."""
    return Fault("wrong token", Work.NOT_DONE, Ending.REFUSAL, message=message, unauthorised=True)


def truncated() -> Fault:
    """Do the work, announce the whole answer, close the connection in the middle of it."""
    return Fault("truncated", Work.DONE, Ending.TRUNCATED)


def garbled() -> Fault:
    """Do the work and answer half a JSON text as if it were the whole."""
    return Fault("garbled", Work.DONE, Ending.GARBLED)


FAULTS: dict[str, Callable[[], Fault]] = {
    "slow": slow,
    "HTTP 500": lambda: http_error(HTTPStatus.INTERNAL_SERVER_ERROR),
    "HTTP 502": lambda: http_error(HTTPStatus.BAD_GATEWAY),
    "HTTP 503": http_error,
    "HTTP 503, retry after 60 s": lambda: http_error(HTTPStatus.SERVICE_UNAVAILABLE, "60"),
    "HTTP 429": lambda: http_error(HTTPStatus.TOO_MANY_REQUESTS),
    "HTTP 429, retry after 60 s": lambda: http_error(HTTPStatus.TOO_MANY_REQUESTS, "60"),
    "page instead of JSON": page,
    "page not found": lambda: page(HTTPStatus.NOT_FOUND),
    "redirect": redirect,
    "cut off": cut_off,
    "answer lost": answer_lost,
    "never answered": never_answered,
    "unheard": unheard,
    "work done 30 s later": late,
    "bulk in part, success": part,
    "bulk in part, refused": lambda: part(ending=Ending.REFUSAL),
    "bulk in part, HTTP 500": lambda: part(ending=Ending.HTTP_ERROR),
    "bulk in part, no answer": lambda: part(ending=Ending.CUT),
    "refused": refused,
    "refused although done": refused_although_done,
    "wrong token": wrong_token,
    "truncated": truncated,
    "garbled": garbled,
}
"""Every fault with its usual settings, under names for people."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault that waits for requests; `times` None is until it is cleared."""

    fault: Fault
    method: str = ANY
    times: int | None = None


class FaultPlan:
    """The faults that are waiting. The first one that fits a request happens to it."""

    def __init__(self) -> None:
        """Begin without faults."""
        self.planned: list[PlannedFault] = []

    def add(self, fault: Fault, method: str = ANY, times: int | None = None) -> None:
        """Let a fault happen to the next requests for a method, or to all until cleared."""
        self.planned.append(PlannedFault(fault, method, times))

    def clear(self) -> None:
        """Forget all faults that have not happened yet."""
        self.planned.clear()

    def take(self, method: str) -> Fault | None:
        """Return the fault that happens to a request for this method now."""
        for index, planned in enumerate(self.planned):
            if planned.method in {ANY, method}:
                if planned.times is not None:
                    left = planned.times - 1
                    self.planned[index : index + 1] = [replace(planned, times=left)] if left else []
                return planned.fault
        return None
