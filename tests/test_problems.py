"""What is wrong, as Home Assistant shows it under repairs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.messaging.checkup import Problem
from simulator import FATES, Phone, Simulator, Status, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient
from tests.repository.files import ROOT

# A little more than it takes: the service tells its time in whole seconds.
HOUR, DAY = 3610, 24 * 3600 + 10


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return our issues that are shown, by what is wrong."""
    return {
        issue.translation_key or "": issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    }


def device_of(hass: HomeAssistant, entry: MockConfigEntry, identifier: str) -> dr.DeviceEntry | None:
    """Return a device of the account."""
    return dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identifier), config_entry_id=entry.entry_id)


@pytest.fixture(autouse=True)
def _texts_and_pages(hass: HomeAssistant) -> Iterator[None]:
    """See that whatever is raised in a test has a page that it links to."""
    create = ir.async_create_issue
    pages = ROOT / "docs" / "repairs"

    def look(*args: Any, **details: Any) -> None:
        page = details["learn_more_url"].rpartition("/")[2]
        assert details["learn_more_url"].endswith(f"/docs/repairs/{page}")
        assert (pages / page).is_file()
        create(*args, **details)

    with patch.object(ir, "async_create_issue", look):
        yield


async def send(hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry, poll: Poll, name: str = "anna") -> None:
    """Text somebody, and let the phone do what it does."""
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": f"notify.{name}", "message": "Water"}, blocking=True
    )
    sim.advance(20)
    await poll(entry)
    await poll(entry)


async def watch(sim: Simulator, entry: MockConfigEntry, poll: Poll, seconds: int) -> None:
    """Let time pass, with a poll now and then."""
    for _ in range(4):
        sim.advance(seconds / 4)
        await poll(entry)


@pytest.mark.parametrize("problem", Problem)
async def test_every_problem_has_texts_and_a_page(hass: HomeAssistant, problem: Problem) -> None:
    """The page says in its title what the repair says."""
    texts = await async_get_translations(hass, "en", "issues", {DOMAIN})
    prefix = f"component.{DOMAIN}.issues.{problem}."
    assert f"{prefix}title" in texts
    assert any(key.startswith((f"{prefix}description", f"{prefix}fix_flow.step.")) for key in texts)
    assert (ROOT / "docs" / "repairs" / f"{problem}.md").read_text(encoding="utf-8").startswith("# ")


async def test_a_healthy_account_has_nothing_to_repair_and_costs_nothing(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount, poll: Poll
) -> None:
    """The registry is not even asked, however many phones there are."""
    for number in range(50):
        sim.add_phone(f"Phone {number}")
    entry = await add_account(recipient("Anna", ANNA))
    with (
        patch("custom_components.smsgateway24.problems.phone_devices", side_effect=AssertionError),
        patch("custom_components.smsgateway24.problems.ir", None),
    ):
        await watch(sim, entry, poll, HOUR)
    assert entry.runtime_data.last_update_success
    assert not issues(hass)


async def test_a_phone_that_is_silent(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """An hour after it went offline, by the service's clock; and gone when it is back."""
    entry = await add_account(offline_after=20)
    sim.switch_off(phone)
    await watch(sim, entry, poll, 79 * 60)
    assert not issues(hass)
    sim.advance(70)
    await poll(entry)
    (issue,) = issues(hass).values()
    assert issue.translation_key == "phone_silent"
    assert issue.translation_placeholders == {"account": entry.title, "phone": "Hall phone"}
    assert issue.severity is ir.IssueSeverity.ERROR
    assert not issue.is_fixable

    sim.switch_on(phone)
    sim.advance(20)
    await poll(entry)
    assert not issues(hass)


async def test_an_outage_of_the_service_is_no_silence(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """A phone that could reach nobody either is not to blame, nor is one that has no time to come back."""
    entry = await add_account()
    sim.switch_off(phone)
    sim.fail(faults.http_error(500), times=None)
    await watch(sim, entry, poll, 3 * HOUR)
    sim.faults.clear()
    await poll(entry)
    assert not issues(hass)

    await watch(sim, entry, poll, 610)
    assert set(issues(hass)) == {"phone_silent"}


async def test_a_phone_that_may_not_send(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Gone when a message leaves it."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.fail_next(phone, Status.NOT_ALLOWED)
    await send(hass, sim, entry, poll)
    assert set(issues(hass)) == {"sending_not_permitted"}

    await send(hass, sim, entry, poll)
    assert not issues(hass)


async def test_a_failure_that_another_phone_makes_good_is_a_failure(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Nobody hears of it otherwise: the message arrives."""
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    sim.fail_next(phone, Status.NOT_ALLOWED_EITHER)
    await send(hass, sim, entry, poll)
    sim.advance(20)
    await poll(entry)

    assert [sent.phone_id for sent in sim.sent_texts(ANNA)] == [1297]
    (issue,) = issues(hass).values()
    assert issue.translation_key == "sending_not_permitted"
    assert issue.translation_placeholders == {"account": entry.title, "phone": "Hall phone"}


async def test_a_sim_that_fails(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """After three in a row, counted over a restart; gone with the next success."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.change_sim(phone, 0, fate=FATES["generic failure"])
    await send(hass, sim, entry, poll)
    await send(hass, sim, entry, poll)
    assert not issues(hass)

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await send(hass, sim, entry, poll)
    (issue,) = issues(hass).values()
    assert issue.translation_key == "sim_fails"
    # As people count.
    assert (issue.translation_placeholders or {})["slot"] == "1"

    sim.change_sim(phone, 0, fate=None)
    await send(hass, sim, entry, poll)
    assert not issues(hass)


async def test_an_outdated_app(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """After a day, since it is updated by hand."""
    entry = await add_account()
    phone.app_current = False
    await poll(entry)
    assert not issues(hass)
    sim.advance(DAY)
    await poll(entry)
    (issue,) = issues(hass).values()
    assert issue.translation_key == "app_outdated"
    assert issue.severity is ir.IssueSeverity.WARNING

    phone.app_current = True
    await poll(entry)
    assert not issues(hass)


async def test_what_the_user_ignores_stays_ignored(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
) -> None:
    """A phone that is too old for a new app is not to be brought up with each new recipient."""
    entry = await add_account()
    phone.app_current = False
    await poll(entry)
    sim.advance(DAY)
    await poll(entry)
    (issue,) = issues(hass).values()
    ir.async_ignore_issue(hass, DOMAIN, issue.issue_id, ignore=True)

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    (issue,) = issues(hass).values()
    assert issue.dismissed_version is not None


async def test_a_repair_follows_the_name_that_the_user_gives(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Or it would speak of a phone that is not found anywhere."""
    entry = await add_account()
    sim.switch_off(phone)
    await watch(sim, entry, poll, 2 * HOUR)
    device = device_of(hass, entry, "1576")
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user="Gate phone")
    await poll(entry)
    (issue,) = issues(hass).values()
    assert (issue.translation_placeholders or {})["phone"] == "Gate phone"


async def test_a_recipient_of_a_phone_that_is_gone(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """One repair for all of them, without a name; gone when the phone is back."""
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(
        recipient("Anna", ANNA, phone="1576"), recipient("Ben", BEN, phone="1576"), privacy="minimal"
    )
    sim.remove_phone(phone)
    await poll(entry)
    assert not issues(hass), "a list may be incomplete for once"
    freezer.tick(timedelta(minutes=5))
    await poll(entry)
    (issue,) = issues(hass).values()
    assert issue.translation_key == "recipient_phone_gone"
    assert issue.translation_placeholders == {
        "account": entry.title,
        "phone": "Hall phone",
        "count": "2",
        "page": issue.learn_more_url,
    }
    assert issue.is_fixable
    assert not any(name in str(issue) for name in ("Anna", "Ben", ANNA, BEN))

    sim.add_phone("Hall phone", phone_id=1576)
    await poll(entry)
    assert not issues(hass)


async def test_a_recipient_of_a_phone_that_was_never_there(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """There is no device to wait for."""
    await add_account(recipient("Anna", ANNA, phone="77"))
    (issue,) = issues(hass).values()
    assert (issue.translation_placeholders or {})["phone"] == "77"


async def test_a_device_is_kept_as_long_as_a_repair_needs_it(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Others are removed after a day, and so is one whose repair the user ignores."""
    attic = sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    sim.remove_phone(phone)
    sim.remove_phone(attic)
    await poll(entry)
    freezer.tick(timedelta(days=2))
    # Also right after a start.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert device_of(hass, entry, "1297") is None
    assert device_of(hass, entry, "1576") is not None

    (issue,) = issues(hass).values()
    ir.async_ignore_issue(hass, DOMAIN, issue.issue_id, ignore=True)
    await poll(entry)
    assert device_of(hass, entry, "1576") is None
    # The recipient points to it all the same, and the repair says so as far as it is known.
    await poll(entry)
    (issue,) = issues(hass).values()
    assert (issue.translation_placeholders or {})["phone"] == "1576"


async def test_a_store_that_was_lost_is_told_until_somebody_has_seen_it(
    hass: HomeAssistant, hass_storage: dict[str, Any], sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Over a restart too, which the registry keeps it for."""
    entry = await add_account()
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]["inbox"] = None
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert set(issues(hass)) == {"store_damaged"}
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    (issue,) = issues(hass).values()
    assert issue.is_persistent
    assert issue.is_fixable
    # What the registry keeps is in every download of diagnostics.
    assert entry.title not in str(issue.to_json())


async def test_silent_push_is_raised_and_taken_back(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """By whoever knows, and not because nothing is wrong with the phones."""
    entry = await add_account()
    coordinator = entry.runtime_data
    coordinator.problems.async_set_push_silent(True)
    coordinator.problems.async_judge(coordinator.data.phones, coordinator.account.client.clock.now())
    coordinator.problems.async_begin()
    coordinator.problems.async_judge(coordinator.data.phones, coordinator.account.client.clock.now())
    (issue,) = issues(hass).values()
    assert issue.translation_key == "push_silent"
    assert issue.translation_placeholders == {"account": entry.title}

    coordinator.problems.async_set_push_silent(False)
    assert not issues(hass)


@pytest.mark.parametrize("how", ["removed", "disabled"])
async def test_an_account_takes_its_repairs_along(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll, how: str
) -> None:
    """Nobody looks after them any more. Those of another account stay."""
    entry = await add_account(recipient("Anna", ANNA, phone="77"))
    other = sim.add_account("other@example.com", "other-password", "other-token")
    sim.add_phone("Attic phone", phone_id=1297, account=other)
    second = MockConfigEntry(
        domain=DOMAIN,
        title=other.email,
        unique_id=other.email,
        data={"email": other.email, "password": other.password, "token": other.token, "url": sim.url},
        subentries_data=[recipient("Ben", BEN, phone="78")],
    )
    second.add_to_hass(hass)
    await hass.config_entries.async_setup(second.entry_id)
    await hass.async_block_till_done()
    entry.runtime_data.problems.async_set_push_silent(True)
    assert len([issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]) == 3

    if how == "removed":
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    (issue,) = [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]
    assert second.entry_id in issue.issue_id


async def test_a_repair_that_was_solved_while_nobody_looked_is_gone(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """What an earlier life of the account has raised is taken over."""
    entry = await add_account()
    sim.switch_off(phone)
    await watch(sim, entry, poll, 2 * HOUR)
    assert set(issues(hass)) == {"phone_silent"}
    await hass.config_entries.async_unload(entry.entry_id)
    sim.switch_on(phone)
    sim.advance(20)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert not [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]
