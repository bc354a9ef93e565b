"""What can go wrong between this client and the service.

The texts of these errors are made for logs: they hold no address, credential, number or message.
"""


class SmsGateway24Error(Exception):
    """A request to the service failed.

    `certainly_unsent` says whether a request that changes something was surely *not* carried out. False means that
    nobody knows: the service may have done its work before the answer was lost. `http_status` is None if no HTTP came.
    """

    certainly_unsent: bool = False
    http_status: int | None = None


class AuthenticationError(SmsGateway24Error):
    """The service does not know these credentials, or this client has none."""

    certainly_unsent = True

    def __init__(self) -> None:
        super().__init__("The service did not accept the credentials")


class RequestRefusedError(SmsGateway24Error):
    """The service understood the request and said no.

    `message` is the service's own explanation in at most 200 printable characters, without token and password. It may
    repeat a number or a text, so it is for the person who asked and not for a log. It can be empty.

    A refusal is the service's own word that nothing was done. Only a bulk request may have been carried out in part,
    which `certainly_unsent` tells.
    """

    def __init__(self, message: str = "", *, certainly_unsent: bool = True) -> None:
        super().__init__("The service refused the request")
        self.message = message
        self.certainly_unsent = certainly_unsent


class UnreachableError(SmsGateway24Error):
    """No answer came from the service, or only the news that it is in trouble (HTTP 5xx).

    `request_sent` is False only if no connection was made, so that the request cannot have left this machine.
    """

    def __init__(self, *, request_sent: bool) -> None:
        super().__init__(
            "The service did not answer as it should" if request_sent else "No connection to the service could be made"
        )
        self.request_sent = request_sent
        self.certainly_unsent = not request_sent


class UnreadableAnswerError(SmsGateway24Error):
    """An answer came that the service's API does not give: a web page, a redirect, another shape, or far too much.

    What the request did is unknown.
    """

    def __init__(self, http_status: int | None = None) -> None:
        super().__init__(
            "The answer is not one of the service's API"
            if http_status is None
            else f"The answer (HTTP {http_status}) is not one of the service's API"
        )
        self.http_status = http_status


class AnswerTooLargeError(UnreadableAnswerError):
    """An answer came that is larger than this client reads. Of a list, half may be asked for."""


class ThrottledError(SmsGateway24Error):
    """The service asks for a pause.

    `retry_after` is its length in seconds, None if the service did not say.

    HTTP 429 turns a request away at the door, so it was not carried out. A 5xx with Retry-After promises nothing of
    the kind: a gateway also gives it when the work behind it took too long.
    """

    def __init__(self, retry_after: float | None = None, *, certainly_unsent: bool = True) -> None:
        super().__init__(
            "The service asks for a pause"
            if retry_after is None
            else f"The service asks for a pause of {retry_after:.0f} seconds"
        )
        self.retry_after = retry_after
        self.certainly_unsent = certainly_unsent
