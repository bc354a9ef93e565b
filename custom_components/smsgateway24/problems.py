"""Repairs: turns what is wrong into issues of Home Assistant's registry, and takes them back when it is solved.

What is wrong is decided by the checkup, a plain object. The registry is asked for nothing while nothing changes, so that
healthy phones cost a poll no more than a look at each.

Issues outlive a reload, or an issue that the user ignores would come back with each new recipient. An account that is
loaded takes over what its earlier life has left.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from .api import Phone
from .const import DOCS_URL, DOMAIN
from .devices import phone_devices, signal_phone_removed
from .messaging.checkup import Finding, Problem
from .messaging.health import PhoneState
from .messaging.routing import Route
from .recipients import RecipientBook
from .store import Memory

# A list may be incomplete for once, and a phone that signs in again may be missing in between.
GONE_AFTER: Final = timedelta(minutes=5)

# What is decided elsewhere, and taken back only there.
_NOT_OF_PHONES: Final = frozenset({Problem.PUSH_ADDRESS_CHANGED, Problem.PUSH_SILENT, Problem.STORE_DAMAGED})
_FIXABLE: Final = frozenset({Problem.PHONE_CHANGED_ID, Problem.RECIPIENT_PHONE_GONE, Problem.STORE_DAMAGED})
_LESS_URGENT: Final = frozenset({Problem.APP_OUTDATED, *_NOT_OF_PHONES})
# What is written down of an issue stands in every download of diagnostics as it is.
_KEPT: Final = frozenset({Problem.STORE_DAMAGED})
_NOBODY: Final = "SmsGateway24"
# As long as these are open, the device is needed.
_HOLDING: Final = frozenset({Problem.PHONE_CHANGED_ID, Problem.RECIPIENT_PHONE_GONE})


@dataclass(frozen=True, slots=True)
class _Issue:
    """What the registry is told about a problem."""

    problem: Problem
    phone_id: str | None
    placeholders: Mapping[str, str]
    data: Mapping[str, str | int | float | None]


class Problems:
    """The repairs of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        memory: Callable[[], Memory],
        recipients: RecipientBook,
        offline_after: timedelta,
    ) -> None:
        """Take what the judgement is made of; ``memory`` tells what is remembered of the account."""
        self._hass = hass
        self._entry = entry
        self._memory = memory
        self._offline_after = offline_after
        self._texted_through = {recipient.phone_id for recipient in recipients} - {None}
        self._recipients = recipients
        self._phones: Mapping[str, PhoneState] = {}
        self._now: datetime | None = None
        self._open: dict[str, _Issue | None] = {}

    @callback
    def async_begin(self) -> None:
        """Take over what an earlier life of the account has left, once its memory is there."""
        memory = self._memory()
        for phone_id, device in phone_devices(self._hass, self._entry).items():
            memory.checkup.phones.note_device(phone_id, device.name, device.serial_number, device.created_at)
        of_phones = tuple(
            _issue_id(self._entry.entry_id, problem) for problem in Problem if problem not in _NOT_OF_PHONES
        )
        self._open = {
            issue_id: None
            for domain, issue_id in ir.async_get(self._hass).issues
            if domain == DOMAIN and issue_id.startswith(of_phones)
        }
        if memory.begun_anew:
            self._raise(Problem.STORE_DAMAGED)
        self._entry.async_on_unload(
            async_dispatcher_connect(self._hass, signal_phone_removed(self._entry.entry_id), memory.checkup.forget)
        )
        self._entry.async_on_unload(self._async_unloaded)

    @callback
    def _async_unloaded(self) -> None:
        """Take everything back if the account was switched off: nobody is going to look after it."""
        if self._entry.disabled_by is not None:
            async_remove_issues(self._hass, self._entry.entry_id)

    # --- what there is to learn -------------------------------------------------------------

    @callback
    def async_note_phones(self, phones: Iterable[Phone]) -> None:
        """Learn of phones that are new, or that the service describes in other words than before."""
        checkup = self._memory().checkup
        for phone in phones:
            checkup.phones.note(phone, self._now or dt_util.utcnow())
            checkup.attempts.look_at(phone)

    @callback
    def async_note_attempt(self, route: Route, status: int) -> None:
        """Learn the status of a message that went by a route."""
        if self._memory().checkup.attempts.note(route, status):
            self.async_judge(self._phones, self._now)

    @callback
    def async_interrupted(self) -> None:
        """Take note that the service could not be read."""
        self._memory().checkup.interrupted()

    def in_use(self, phones: tuple[Phone, ...]) -> tuple[Phone, ...]:
        """Return the phones without those that have another id now, whether the old one is still listed or not."""
        return self._memory().checkup.phones.in_use(phones)

    # --- what follows from it ---------------------------------------------------------------

    @callback
    def async_judge(self, phones: Mapping[str, PhoneState], now: datetime | None) -> None:
        """Raise what is wrong at the service's time ``now``, and take back what is not any more."""
        self._phones, self._now = phones, now
        memory = self._memory()
        findings = memory.checkup.look(
            phones, now, offline_after=self._offline_after, last_seen=memory.contacts.last_seen
        )
        wanted = self._issues(findings)
        if wanted == self._open:
            return
        for issue_id in self._open.keys() - wanted.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for issue_id, issue in wanted.items():
            if self._open.get(issue_id) != issue:
                _create(self._hass, issue_id, issue)
        self._open = dict(wanted)

    @callback
    def async_set_push_silent(self, active: bool) -> None:  # noqa: FBT001 - the state itself, not a way to do something
        """Raise or take back that messages come without their rings."""
        self._set(Problem.PUSH_SILENT, active=active)

    @callback
    def async_set_push_address_changed(self, active: bool) -> None:  # noqa: FBT001 - the state itself
        """Raise or take back that the address at which the service rings leads here no more."""
        self._set(Problem.PUSH_ADDRESS_CHANGED, active=active)

    def is_held(self, phone_id: str) -> bool:
        """Say whether the device of a phone that is gone is needed for a repair, and the user has not declined that."""
        registry = ir.async_get(self._hass)
        return any(
            issue is not None
            and issue.phone_id == phone_id
            and issue.problem in _HOLDING
            and (raised := registry.async_get_issue(DOMAIN, issue_id)) is not None
            and raised.dismissed_version is None
            for issue_id, issue in self._open.items()
        )

    # --- issues -----------------------------------------------------------------------------

    def _issues(self, findings: list[Finding]) -> dict[str, _Issue]:
        if not findings and self._texted_through <= self._phones.keys():
            return {}
        changed_ids = {finding.phone_id for finding in findings if finding.problem is Problem.PHONE_CHANGED_ID}
        names = {phone_id: device.name_by_user or device.name for phone_id, device in self._devices().items()}
        return dict((*self._of_phones(findings, names), *self._of_recipients(changed_ids, names)))

    def _of_phones(self, findings: Iterable[Finding], names: Mapping[str, str | None]) -> Iterable[tuple[str, _Issue]]:
        for finding in findings:
            data: dict[str, str | int | float | None] = {"phone_id": finding.phone_id}
            placeholders = {"phone": names.get(finding.phone_id) or finding.phone_id}
            subject = [finding.phone_id]
            if finding.sim is not None:
                # People count from one.
                placeholders["slot"] = str(finding.sim + 1)
                subject.append(str(finding.sim))
            if finding.new_id is not None:
                data["new_id"] = finding.new_id
                placeholders |= {
                    "old_id": finding.phone_id,
                    "new_phone": names.get(finding.new_id) or finding.new_id,
                    "new_id": finding.new_id,
                }
                subject.append(finding.new_id)
            yield self._issue(finding.problem, subject, finding.phone_id, placeholders, data)

    def _of_recipients(self, changed_ids: set[str], names: Mapping[str, str | None]) -> Iterable[tuple[str, _Issue]]:
        """Return the phones that recipients are texted through and that are gone, one issue for all of each."""
        missing_since, now = self._memory().missing_since, dt_util.utcnow()
        for phone_id in sorted(filter(None, self._texted_through)):
            if phone_id in self._phones or phone_id in changed_ids:
                continue
            # Without a device it is gone for good; with one, it may be missing for the first time.
            if phone_id in names and now - missing_since.get(phone_id, now) < GONE_AFTER:
                continue
            count = sum(recipient.phone_id == phone_id for recipient in self._recipients)
            placeholders = {"phone": names.get(phone_id) or phone_id, "count": str(count)}
            yield self._issue(Problem.RECIPIENT_PHONE_GONE, [phone_id], phone_id, placeholders, {"phone_id": phone_id})

    def _devices(self) -> dict[str, dr.DeviceEntry]:
        return phone_devices(self._hass, self._entry)

    def _issue(
        self,
        problem: Problem,
        subject: Iterable[str] = (),
        phone_id: str | None = None,
        placeholders: Mapping[str, str] | None = None,
        data: Mapping[str, str | int | float | None] | None = None,
    ) -> tuple[str, _Issue]:
        entry_id = self._entry.entry_id
        # The dialogs of flows show no link of their own.
        page = {"page": _page(problem)} if problem in _FIXABLE else {}
        return _issue_id(entry_id, problem, *subject), _Issue(
            problem,
            phone_id,
            # A title may be an e-mail address.
            {"account": _NOBODY if problem in _KEPT else self._entry.title, **page, **(placeholders or {})},
            {"entry_id": entry_id, "problem": problem.value, **(data or {})},
        )

    def _set(self, problem: Problem, *, active: bool) -> None:
        if active:
            self._raise(problem)
        else:
            ir.async_delete_issue(self._hass, DOMAIN, _issue_id(self._entry.entry_id, problem))

    def _raise(self, problem: Problem) -> None:
        _create(self._hass, *self._issue(problem))


@callback
def async_remove_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Take back all issues of an account."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(tuple(_issue_id(entry_id, problem) for problem in Problem)):
            ir.async_delete_issue(hass, domain, issue_id)


def _issue_id(entry_id: str, problem: Problem, *subject: str) -> str:
    return "_".join((problem, entry_id, *subject))


def _page(problem: Problem) -> str:
    """Return the address of the page that says what to do."""
    return f"{DOCS_URL}/repairs/{problem}.md"


def _create(hass: HomeAssistant, issue_id: str, issue: _Issue) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=dict(issue.data),
        is_fixable=issue.problem in _FIXABLE,
        # What has happened once is shown until somebody has seen it.
        is_persistent=issue.problem in _KEPT,
        learn_more_url=_page(issue.problem),
        severity=ir.IssueSeverity.WARNING if issue.problem in _LESS_URGENT else ir.IssueSeverity.ERROR,
        translation_key=issue.problem,
        translation_placeholders=dict(issue.placeholders),
    )
