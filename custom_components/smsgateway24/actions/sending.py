"""Sending what an action was given, and telling what became of each message."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..const import DOMAIN, LOGGER
from ..coordinator import SmsGateway24ConfigEntry
from ..errors import action_error, doubt_error, failure_error, kept_error
from ..messaging.fate import REASON_EXPIRED, REASON_REFUSED
from ..messaging.outgoing import Draft, Outcome, Receipt, Stage
from ..messaging.text import measure
from ..recipients import signal_recipient_texted
from ..settings import Privacy
from .addressees import Addressee, Written
from .sentences import Sentence, async_get_sentences

ATTR_MESSAGES: Final = "messages"

_MOST_ERRORS_TOLD: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one person, ready to be sent."""

    addressee: Addressee
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One message that cannot be sent, for what is wrong with it.

    ``written`` is the number as far as there is one, ``account`` and ``phone_id`` what it was meant for, if that is known.
    """

    error: ServiceValidationError
    text: str
    written: Written | None = None
    account: SmsGateway24ConfigEntry | None = None
    phone_id: str | None = None

    @property
    def privacy(self) -> Privacy:
        """The account's setting."""
        return Privacy.FULL if self.account is None else self.account.runtime_data.settings.privacy


type Item = Letter | Misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a message: where it stands, what went wrong, and what there is to know besides."""

    item: Item
    receipt: Receipt | None = None
    error: HomeAssistantError | None = None
    warning: HomeAssistantError | None = None

    @property
    def status(self) -> str:
        """Where it stands, in one word."""
        return Outcome.FAILED.value if self.receipt is None else self.receipt.state

    @property
    def failed(self) -> bool:
        """Whether it came to nothing."""
        return self.status == Outcome.FAILED

    @property
    def message_id(self) -> int | None:
        """The service's id, None if the service does not have it as far as is known."""
        return None if self.receipt is None else self.receipt.message_id

    @property
    def reason(self) -> str | None:
        """A stable word for the failure."""
        if not self.failed:
            return None
        if self.receipt is not None and self.receipt.reason is not None:
            return self.receipt.reason
        return None if self.error is None else self.error.translation_key


async def async_send(
    call: ServiceCall, items: Sequence[Item], *, wait_for: Outcome | None = None, timeout: float = 0.0
) -> JsonObjectType:
    """Send messages, and return what an action responds.

    Raises if none of them could be sent, the one error if it is the same for all. What the service has taken and could
    not deliver is told in the response, so that it can be acted upon; it is raised only where nobody reads that.
    """
    receipts = await _hand_over([item for item in items if isinstance(item, Letter)], wait_for, timeout)
    waiting = iter(receipts)
    results = [
        _judge(item, next(waiting)) if isinstance(item, Letter) else Result(item=item, error=item.error)
        for item in items
    ]
    for result in results:
        if isinstance(result.item, Letter) and result.item.addressee.recipient is not None and not result.failed:
            async_dispatcher_send(call.hass, signal_recipient_texted(result.item.addressee.recipient.id))
    sentence = await async_get_sentences(call.hass)
    failures = [result for result in results if result.failed]
    if len(failures) == len(results):
        if not call.return_response or all(result.message_id is None for result in results):
            raise _none_sent(failures, sentence)
    elif failures:
        # The action goes on for the sake of the others, so there is no error that would tell of these.
        _announce_refused(results)
        if not call.return_response:
            reasons = sorted({result.reason or "unknown" for result in failures})
            LOGGER.warning("%s of %s messages were not sent: %s", len(failures), len(results), ", ".join(reasons))
    return {ATTR_MESSAGES: [_describe(result, sentence) for result in results]}


async def _hand_over(letters: Sequence[Letter], wait_for: Outcome | None, timeout: float) -> list[Receipt]:
    """Give the messages to the outboxes of their accounts, all at the same time."""
    accounts: dict[str, tuple[SmsGateway24ConfigEntry, list[int]]] = {}
    for position, letter in enumerate(letters):
        account = letter.addressee.account
        accounts.setdefault(account.entry_id, (account, []))[1].append(position)
    answers = await asyncio.gather(
        *(
            account.runtime_data.mailbox.outbox.send_all(
                [letters[position].draft for position in positions], wait_for=wait_for, timeout=timeout
            )
            for account, positions in accounts.values()
        )
    )
    receipts: dict[int, Receipt] = {}
    for (_, positions), answer in zip(accounts.values(), answers, strict=True):
        receipts |= zip(positions, answer, strict=True)
    return [receipts[position] for position in range(len(letters))]


def _judge(letter: Letter, receipt: Receipt) -> Result:
    error = warning = None
    if receipt.state == Outcome.FAILED:
        error = _failure(letter, receipt)
    elif receipt.stage is Stage.WAITING and receipt.error is not None:
        error = kept_error(receipt.error)
    elif receipt.stage is Stage.CHECKING and receipt.error is not None:
        error = doubt_error(receipt.error, letter.draft)
    elif receipt.outcome is None and (key := _warning(receipt)):
        warning = HomeAssistantError(translation_domain=DOMAIN, translation_key=key)
    return Result(item=letter, receipt=receipt, error=error, warning=warning)


def _warning(receipt: Receipt) -> str | None:
    """Return the key of what there is to know about a message with which nothing went wrong so far."""
    match receipt.stage:
        case Stage.WAITING:
            return "waits_for_phone"
        case Stage.CHECKING:
            return "not_confirmed_yet"
    return "phone_offline" if receipt.phone_offline else None


def _failure(letter: Letter, receipt: Receipt) -> HomeAssistantError | None:
    if receipt.error is not None and receipt.reason in {None, REASON_EXPIRED, REASON_REFUSED}:
        # It was surely not handed over, and this is why.
        recipient = letter.addressee.recipient
        name = recipient.name if recipient else None
        error = action_error(receipt.error, letter.draft, name, letter.addressee.privacy)
        error.__cause__ = receipt.error
        return error
    return None if receipt.reason is None else failure_error(receipt.reason)


def _announce_refused(results: Sequence[Result]) -> None:
    """Announce the messages that no outbox has taken on; it announces the others itself."""
    texted = next(result.item.addressee.account for result in results if isinstance(result.item, Letter))
    for result in results:
        item, receipt = result.item, result.receipt
        if not result.failed or (receipt is not None and receipt.outcome is not None):
            continue
        if isinstance(item, Letter):
            item.addressee.account.runtime_data.announcer.async_announce_refused(
                item.draft.number, item.addressee.recipient, result.reason, item.draft.phone_id, item.draft.sim
            )
        else:
            # If it was meant for no account, the one through which somebody was texted in the same call tells of it.
            number = None if item.written is None else str(item.written)
            (item.account or texted).runtime_data.announcer.async_announce_refused(
                number, None, result.reason, item.phone_id
            )


def _none_sent(failures: Sequence[Result], sentence: Sentence) -> HomeAssistantError:
    """Return the error of an action that has sent nothing."""
    errors = {sentence(failure.error): failure.error for failure in failures if failure.error is not None}
    if len(errors) == 1:
        return next(iter(errors.values()))
    kind = (
        ServiceValidationError
        if all(isinstance(error, ServiceValidationError) for error in errors.values())
        else HomeAssistantError
    )
    return kind(
        translation_domain=DOMAIN,
        translation_key="none_sent",
        translation_placeholders={
            "count": str(len(failures)),
            "errors": " ".join(islice(errors, _MOST_ERRORS_TOLD)),
        },
    )


def _describe(result: Result, sentence: Sentence) -> JsonObjectType:
    item, receipt = result.item, result.receipt
    if isinstance(item, Letter):
        number: str | None = item.draft.number
        text, recipient = item.draft.text, item.addressee.recipient
        privacy = item.addressee.privacy
    else:
        number = None if item.written is None else str(item.written)
        text, recipient, privacy = item.text, None, item.privacy
    route = None if receipt is None else receipt.route
    size = measure(text)
    described: dict[str, JsonValueType] = {
        "number": number,
        "recipient": None if recipient is None else recipient.name,
        "message_id": result.message_id,
        "phone_id": None if route is None else route.phone_id,
        "sim": None if route is None else route.sim,
        "parts": size.parts,
        "alphabet": size.alphabet.value,
        "status": result.status,
        "reason": result.reason,
        "error": None if result.error is None else sentence(result.error),
        "warning": None if result.warning is None else sentence(result.warning),
    }
    return {key: value for key, value in described.items() if key not in privacy.withheld}
