"""The service's methods."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Unpack, override

import aiohttp

from . import answers, wire
from .clock import ServiceClock
from .errors import AuthenticationError, RequestRefusedError, SmsGateway24Error, UnreadableAnswerError
from .message_list import MessageList
from .models import MessageStatusReport, OutgoingSms, Phone, PhoneStatus
from .parsing import JsonObject, WrongShapeError
from .profile import AnswerProfile
from .record import RequestRecord
from .redaction import safe_words
from .transport import Transport
from .wire import MessageFilters

DEFAULT_URL: Final = "https://smsgateway24.com"
MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
MAX_BULK_MESSAGES: Final = 50
"""The vendor's own spreadsheet script (2026) sends this many at once; no limit is documented."""

_WRONG_CREDENTIALS: Final = 1


class SmsGateway24Client:
    """An account at the service.

    Every method raises a SmsGateway24Error and nothing else, except ValueError for arguments that make no sense. No
    request is ever repeated; whether to is for the caller to decide by the error's `certainly_unsent`. A method that
    needs the token raises AuthenticationError without asking if there is none.

    Cookies of the service end in the session's jar, so accounts that share a session share them. The API needs none.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: str | None = None,
        *,
        base_url: str = DEFAULT_URL,
        timeout: float = 30,
        clock: ServiceClock | None = None,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        """Prepare to speak to the service; nothing is sent yet.

        `timeout` is for a whole request, in seconds; half of it may pass until there is a connection.
        """
        self.token = token
        self.base_url = base_url.rstrip("/")
        self.clock = ServiceClock() if clock is None else clock
        self.record = RequestRecord()
        """What became of the requests."""
        self.profile = AnswerProfile()
        """What the answers look like."""
        self._transport = Transport(session, timeout=timeout, clock=self.clock, max_answer_bytes=max_answer_bytes)

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'with' if self.token else 'without'} token>"

    async def get_token(self, email: str, password: str) -> str:
        """Return the account's token, which this client does not take over by itself.

        Documentation, section 1. As far as known the token is permanent; whether this makes a new one is unknown, so
        it is to be asked for as rarely as possible.
        """
        return await self._ask(
            "gettoken",
            {"email": email, "pass": password},
            answers.token,
            secrets=(password,),
            refusal_concerns_credentials=True,
        )

    async def get_phones(self) -> tuple[Phone, ...]:
        """Return the account's phones, sorted by id (documentation, section 8)."""
        phones = await self._ask_with_token(
            "getalldevices",
            {},
            lambda fields: answers.phones(fields, self.clock.now()),
            # The token is all that this method is given.
            refusal_concerns_credentials=True,
        )
        self._note_contact(max((phone.last_seen for phone in phones if phone.last_seen is not None), default=None))
        return phones

    async def get_phone_status(self, phone_id: str) -> PhoneStatus:
        """Return whether a phone is in touch (not documented; in the vendor's PHP examples and SDK, 2021 to 2023)."""
        status = await self._ask_with_token(
            "getdevicestatus",
            {"device_id": phone_id},
            lambda fields: answers.phone_status(fields, phone_id, self.clock.now()),
        )
        self._note_contact(status.last_seen)
        return status

    async def get_messages(self, **filters: Unpack[MessageFilters]) -> MessageList:
        """Return the messages of both directions that match all filters (documentation, section 4).

        There is no paging: bound the time where there may be many. Raises ValueError for a time without a zone.
        """
        return await self._ask_with_token("getallsms", wire.filter_fields(filters), answers.messages)

    async def count_messages(self, **filters: Unpack[MessageFilters]) -> int:
        """Return how many messages match (documentation, section 4, `onlycount`).

        Raises ValueError for a time without a zone.
        """
        return await self._ask_with_token(
            "getallsms", {**wire.filter_fields(filters), "onlycount": 1}, answers.message_count
        )

    async def send_message(self, sms: OutgoingSms) -> int:
        """Hand over a message and return its id (documentation, section 2).

        An answer without an id is an UnreadableAnswerError: the message may be under way.
        """
        return await self._ask_with_token("addsms", wire.sms_fields(sms), _sms_id)

    async def send_message_with_password(self, email: str, password: str, sms: OutgoingSms) -> int:
        """Do the same without a token (documentation, section 2.1).

        Wrong credentials are a RequestRefusedError here: the service tells them apart from other refusals by words
        alone, which are not documented.
        """
        return await self._ask(
            "smstosend", {"email": email, "pass": password, **wire.sms_fields(sms)}, _sms_id, secrets=(password,)
        )

    async def send_bulk(self, messages: Sequence[OutgoingSms]) -> None:
        """Hand over up to 50 messages in one request (documentation, section 3). No messages are no request.

        The service tells no ids; `customer_id` helps to find the messages in its list. A refusal may come after some of
        them were taken. Raises ValueError for more than 50.
        """
        if len(messages) > MAX_BULK_MESSAGES:
            raise ValueError(f"At most {MAX_BULK_MESSAGES} messages go out at once")
        if messages:
            token = self._require_token()
            await self._ask(
                "addalotofsms",
                {"datajson": wire.bulk_json(token, messages)},
                _nothing,
                secrets=(token,),
                may_be_done_in_part=True,
            )

    async def get_message_status(self, message_id: int) -> MessageStatusReport:
        """Return how far a message has come (documentation, section 9)."""
        return await self._ask_with_token(
            "getsmsstatus", {"sms_id": message_id}, lambda fields: answers.message_status(fields, message_id)
        )

    async def create_contact_list(self, title: str) -> int:
        """Make a contact list and return its id (documentation, section 5, where it is also called a tag)."""
        return await self._ask_with_token("savetag", {"title": title}, lambda fields: answers.new_id(fields, "tag_id"))

    async def add_contact(self, contact_list_id: int, number: str, name: str) -> int:
        """Put a contact into a list and return the contact's id (documentation, section 6).

        The list's id goes out under two names: the documentation says `ctag_id`, all code of the vendor `tag_id`.
        """
        return await self._ask_with_token(
            "savecontact",
            {"phone": number, "ctag_id": contact_list_id, "tag_id": contact_list_id, "fullname": name},
            lambda fields: answers.new_id(fields, "contact_id"),
        )

    async def create_newsletter(
        self,
        title: str,
        message: str,
        contact_list_ids: Sequence[int],
        phone_id: str,
        sim: int = 0,
        send_at: datetime | None = None,
    ) -> int:
        """Send a message to all contacts of these lists and return the newsletter's id (documentation, section 7).

        Raises ValueError without a list, and for a time without a zone.
        """
        if not contact_list_ids:
            raise ValueError("A newsletter needs a contact list")
        return await self._ask_with_token(
            "savepaket",
            {
                "title": title,
                "device_id": phone_id,
                "body": message,
                "tags": ",".join(str(number) for number in contact_list_ids),
                "sim": sim,
                "time_to_send": None if send_at is None else wire.newsletter_time_words(send_at),
            },
            # The first name is the documentation's and the PHP SDK's, the second the vendor's npm package's.
            lambda fields: answers.new_id(fields, "paket_id", "paket"),
        )

    def _note_contact(self, moment: datetime | None) -> None:
        if moment is not None:
            self.clock.observe_event(moment)

    def _require_token(self) -> str:
        if not self.token:
            raise AuthenticationError
        return self.token

    async def _ask_with_token[T](
        self,
        method: str,
        fields: Mapping[str, wire.Field],
        read: Callable[[JsonObject], T],
        *,
        refusal_concerns_credentials: bool = False,
    ) -> T:
        token = self._require_token()
        return await self._ask(
            method,
            {"token": token, **fields},
            read,
            secrets=(token,),
            refusal_concerns_credentials=refusal_concerns_credentials,
        )

    async def _ask[T](
        self,
        method: str,
        fields: Mapping[str, wire.Field],
        read: Callable[[JsonObject], T],
        *,
        secrets: tuple[str, ...],
        refusal_concerns_credentials: bool = False,
        may_be_done_in_part: bool = False,
    ) -> T:
        """Ask once and return what `read` makes of the answer."""
        try:
            status, body = await self._transport.post(
                f"{self.base_url}/getdata/{method}", wire.form(fields), name=method
            )
            try:
                answer = answers.accepted(status, body)
                self.profile.note(method, answer)
                result = read(answer)
            except answers.RefusalError as refusal:
                raise self._refusal(
                    refusal,
                    status,
                    secrets=secrets,
                    concerns_credentials=refusal_concerns_credentials,
                    certainly_unsent=not may_be_done_in_part,
                ) from None
            except WrongShapeError:
                raise UnreadableAnswerError(status) from None
        except SmsGateway24Error as err:
            self.record.failed(method, err)
            raise
        self.record.answered(method)
        return result

    def _refusal(
        self,
        refusal: answers.RefusalError,
        status: int,
        *,
        secrets: tuple[str, ...],
        concerns_credentials: bool,
        certainly_unsent: bool,
    ) -> SmsGateway24Error:
        """Return the error that a refusal is."""
        err: SmsGateway24Error
        if concerns_credentials and refusal.code == _WRONG_CREDENTIALS:
            err = AuthenticationError()
        else:
            words = safe_words(refusal.words, (*secrets, self.token))
            err = RequestRefusedError(words, certainly_unsent=certainly_unsent)
        err.http_status = status
        return err


def _sms_id(fields: JsonObject) -> int:
    return answers.new_id(fields, "sms_id")


def _nothing(fields: JsonObject) -> None:
    """Read nothing but success: a bulk request is answered with `error` and `message` only."""
    if fields.keys().isdisjoint({"error", "message"}):
        raise WrongShapeError
