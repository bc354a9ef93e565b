"""What became of the client's requests: how many were answered, and how the others failed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .errors import (
    AnswerTooLargeError,
    AuthenticationError,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)


@dataclass(slots=True)
class _Requests:
    """The requests for one of the service's methods."""

    answered: int = 0
    failed: int = 0
    last_answered: datetime | None = None


@dataclass(slots=True)
class _Errors:
    """The errors of one kind."""

    last: datetime
    last_method: str
    count: int = 0
    http_statuses: Counter[int] = field(default_factory=Counter)


class RequestRecord:
    """Counts requests by method, and errors by kind. Times are this machine's, in UTC."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Begin to count."""
        self._now = now
        self._since = now()
        self._requests: dict[str, _Requests] = {}
        self._errors: dict[str, _Errors] = {}

    @property
    def last_answered(self) -> datetime | None:
        """When the service last answered anything as it should."""
        moments = (requests.last_answered for requests in self._requests.values())
        return max((moment for moment in moments if moment is not None), default=None)

    def answered(self, method: str) -> None:
        """Take note of a request that was answered as it should be."""
        requests = self._requests.setdefault(method, _Requests())
        requests.answered += 1
        requests.last_answered = self._now()

    def failed(self, method: str, err: SmsGateway24Error) -> None:
        """Take note of a request that ended in an error."""
        self._requests.setdefault(method, _Requests()).failed += 1
        now = self._now()
        errors = self._errors.setdefault(kind_of(err), _Errors(now, method))
        errors.count += 1
        errors.last, errors.last_method = now, method
        if err.http_status is not None:
            errors.http_statuses[err.http_status] += 1

    def as_dict(self) -> dict[str, Any]:
        """Return all that was counted."""
        return {
            "since": self._since.isoformat(),
            "requests": {
                method: {
                    "answered": requests.answered,
                    "failed": requests.failed,
                    "last_answered": requests.last_answered and requests.last_answered.isoformat(),
                }
                for method, requests in self._requests.items()
            },
            "errors": {
                kind: {
                    "count": errors.count,
                    "last": errors.last.isoformat(),
                    "last_method": errors.last_method,
                    "http_statuses": {str(status): count for status, count in sorted(errors.http_statuses.items())},
                }
                for kind, errors in self._errors.items()
            },
        }


def kind_of(err: SmsGateway24Error) -> str:
    """Return a stable word for what has gone wrong."""
    match err:
        case AuthenticationError():
            return "credentials_refused"
        case RequestRefusedError():
            return "refused"
        case ThrottledError():
            return "throttled"
        case AnswerTooLargeError():
            return "too_large"
        case UnreadableAnswerError():
            return "unreadable"
        case UnreachableError(request_sent=False):
            return "no_connection"
    return "no_answer"
