"""The client at a service that answers anything.

Each case is made from its number. MALFORMED_ANSWERS in the environment says how many there are, MALFORMED_FIRST which is
the first.
"""

from collections.abc import Awaitable, Callable
import logging
import os
from typing import Any

import pytest

from custom_components.smsgateway24.api import MessageList, OutgoingSms, SmsGateway24Client, SmsGateway24Error
from tests.malformed import Answer, Malformer, Session

from .conftest import EMAIL, PASSWORD, TOKEN

CASES = int(os.environ.get("MALFORMED_ANSWERS", "6000"))
FIRST = int(os.environ.get("MALFORMED_FIRST", "1"))
SMS = OutgoingSms("+447700900123", "The laundry is done", "1576")

REQUESTS: tuple[Callable[[SmsGateway24Client], Awaitable[Any]], ...] = (
    lambda client: client.get_token(EMAIL, PASSWORD),
    lambda client: client.get_phones(),
    lambda client: client.get_phones(),
    lambda client: client.get_messages(),
    lambda client: client.get_messages(),
    lambda client: client.count_messages(),
    lambda client: client.get_phone_status("1576"),
    lambda client: client.get_message_status(1),
    lambda client: client.send_message(SMS),
    lambda client: client.send_bulk([SMS]),
    lambda client: client.create_contact_list("Neighbours"),
    lambda client: client.add_contact(1, "+447700900123", "Anna"),
    lambda client: client.create_newsletter("News", "The laundry is done", [1], "1576"),
)


def use(result: object) -> None:
    """Look at all there is: a list of messages is read no further than it is asked for."""
    if isinstance(result, MessageList):
        for message in (*result.messages, *result.waiting(), *map(result.get, result.ids)):
            assert message is None or message.id > 0
        assert result.skipped >= 0
        assert isinstance(result.complete, bool)
    repr(result)


async def test_whatever_is_answered_the_client_fails_in_its_own_words(caplog: pytest.LogCaptureFixture) -> None:
    """Or returns something that can be used; and the log holds no traceback, nor what was asked with."""
    caplog.set_level(logging.DEBUG)
    session = Session(lambda _: Answer())
    client = SmsGateway24Client(session.as_real(), TOKEN)
    understood = 0
    for number in range(FIRST, FIRST + CASES):
        malformer = Malformer(number)
        session.answer = malformer.answer
        try:
            use(await malformer.rng.choice(REQUESTS)(client))
            understood += 1
        except SmsGateway24Error:
            pass
        except BaseException as err:
            err.add_note(f"case {number}")
            raise
        for secret in ("Traceback", TOKEN, PASSWORD):
            assert secret not in caplog.text, f"case {number}"
        caplog.clear()
    # Were all refused at the door, nothing would have been tested.
    assert CASES * 0.02 < understood < CASES * 0.9
