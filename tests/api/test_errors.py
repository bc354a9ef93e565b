"""What the errors say, and to whom."""

import pytest

from custom_components.smsgateway24.api import (
    AuthenticationError,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)


@pytest.mark.parametrize(
    ("error", "certainly_unsent", "text"),
    [
        (AuthenticationError(), True, "The service did not accept the credentials"),
        (RequestRefusedError("No such device"), True, "The service refused the request"),
        (RequestRefusedError("No", certainly_unsent=False), False, "The service refused the request"),
        (UnreachableError(request_sent=False), True, "No connection to the service could be made"),
        (UnreachableError(request_sent=True), False, "The service did not answer as it should"),
        (UnreadableAnswerError(), False, "The answer is not one of the service's API"),
        (UnreadableAnswerError(404), False, "The answer (HTTP 404) is not one of the service's API"),
        (ThrottledError(), True, "The service asks for a pause"),
        (ThrottledError(90.4), True, "The service asks for a pause of 90 seconds"),
        (ThrottledError(1, certainly_unsent=False), False, "The service asks for a pause of 1 seconds"),
    ],
)
def test_an_error_says_what_is_known(error: SmsGateway24Error, *, certainly_unsent: bool, text: str) -> None:
    """An error says what is known."""
    assert isinstance(error, SmsGateway24Error)
    assert error.certainly_unsent is certainly_unsent
    assert str(error) == text


def test_a_failure_of_an_unknown_kind_is_in_doubt() -> None:
    """A failure of an unknown kind is in doubt."""
    assert SmsGateway24Error().certainly_unsent is False


def test_the_services_own_words_are_not_for_the_log() -> None:
    """The service's own words are not for the log."""
    error = RequestRefusedError("Number +12025550123 is wrong")

    assert error.message == "Number +12025550123 is wrong"
    assert "555" not in str(error)
    assert "555" not in repr(error)
