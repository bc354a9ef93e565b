"""An account in Home Assistant whose service answers anything.

Each case is made from its number. MALFORMED_ANSWERS in the environment says how many there are, of which a poll takes two
or more; MALFORMED_FIRST which case is the first.
"""

from contextlib import suppress
from dataclasses import dataclass
import logging
import os

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed
import pytest

from custom_components.smsgateway24 import account as account_module
from custom_components.smsgateway24.api import SmsGateway24Error
from custom_components.smsgateway24.messaging.limit import HourlyLimit
from custom_components.smsgateway24.messaging.outgoing import Draft
from custom_components.smsgateway24.messaging.routing import NoPhoneError
from simulator import Simulator
from tests.conftest import ANNA, make_entry, recipient
from tests.malformed import Answer, Malformer, Session, true_answers

CASES = int(os.environ.get("MALFORMED_ANSWERS", "1000")) // 2
FIRST = int(os.environ.get("MALFORMED_FIRST", "1"))
# An account is made anew after so many, or the devices of invented phones would pile up.
CASES_PER_ACCOUNT = 50


@dataclass
class Service:
    """Answers as it should, until there is something that answers otherwise."""

    malformer: Malformer | None = None

    def answer(self, method: str) -> Answer:
        """Answer a request."""
        if self.malformer is None:
            return Answer(200, true_answers("documented").to(method))
        return self.malformer.answer(method)


async def test_whatever_is_answered_the_account_goes_on(
    hass: HomeAssistant, sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A poll fails in the words for that or does not, so does a message; and no traceback is in the log."""
    # At the level of debugging, Home Assistant shows the traceback of every failed poll.
    caplog.set_level(logging.INFO)
    service = Service()
    monkeypatch.setattr(account_module, "async_get_clientsession", lambda _: Session(service.answer).as_real())
    monkeypatch.setattr(HourlyLimit, "take", lambda *_: True)
    polls = {True: 0, False: 0}
    for start in range(FIRST, FIRST + CASES, CASES_PER_ACCOUNT):
        caplog.clear()
        service.malformer = None
        entry = make_entry(sim, recipient("Anna", ANNA), push=False)
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        coordinator = entry.runtime_data
        for number in range(start, start + CASES_PER_ACCOUNT):
            service.malformer = Malformer(number)
            await coordinator.async_refresh()
            polls[coordinator.last_update_success] += 1
            assert isinstance(coordinator.last_exception, UpdateFailed | ConfigEntryAuthFailed | None), f"case {number}"
            if number % 10 == 0:
                # These are said to whoever wanted to send.
                with suppress(SmsGateway24Error, NoPhoneError):
                    await coordinator.mailbox.outbox.send(Draft(number=ANNA, text="The laundry is done"))
            await hass.async_block_till_done()
            assert "Traceback" not in caplog.text, f"case {number}"
            assert sim.account.token not in caplog.text
        service.malformer = None
        await coordinator.async_refresh()
        for flow in hass.config_entries.flow.async_progress():
            hass.config_entries.flow.async_abort(flow["flow_id"])
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    assert min(polls.values()) > CASES * 0.01
