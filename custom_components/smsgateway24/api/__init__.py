"""A client for the HTTP API of SmsGateway24, on its own: it knows nothing of Home Assistant.

With the folder above this one on Python's path, this asks for a token, sends a message through the first phone and
tells how far it has come::

    import asyncio

    import aiohttp
    from api import OutgoingSms, SmsGateway24Client

    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            client = SmsGateway24Client(session)
            client.token = await client.get_token("you@example.com", "your password")
            phone = (await client.get_phones())[0]
            number = await client.send_message(OutgoingSms("+12025550123", "The laundry is done", phone.id))
            print((await client.get_message_status(number)).description)

    asyncio.run(main())
"""

from .client import DEFAULT_URL, MAX_ANSWER_BYTES, MAX_BULK_MESSAGES, SmsGateway24Client
from .clock import ServiceClock
from .errors import (
    AnswerTooLargeError,
    AuthenticationError,
    RequestRefusedError,
    SmsGateway24Error,
    ThrottledError,
    UnreachableError,
    UnreadableAnswerError,
)
from .message_list import MessageList
from .models import (
    FAILED,
    FINAL,
    SENT,
    WAITING,
    Message,
    MessageStatus,
    MessageStatusReport,
    OutgoingSms,
    Phone,
    PhoneStatus,
    Sim,
    status_word,
)
from .wire import MessageFilters

__all__ = [
    "DEFAULT_URL",
    "FAILED",
    "FINAL",
    "MAX_ANSWER_BYTES",
    "MAX_BULK_MESSAGES",
    "SENT",
    "WAITING",
    "AnswerTooLargeError",
    "AuthenticationError",
    "Message",
    "MessageFilters",
    "MessageList",
    "MessageStatus",
    "MessageStatusReport",
    "OutgoingSms",
    "Phone",
    "PhoneStatus",
    "RequestRefusedError",
    "ServiceClock",
    "Sim",
    "SmsGateway24Client",
    "SmsGateway24Error",
    "ThrottledError",
    "UnreachableError",
    "UnreadableAnswerError",
    "status_word",
]
