"""Adding a recipient, changing one, removing one."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsgateway24.const import DOMAIN
from simulator import Phone, Simulator, faults
from tests.conftest import ANNA, BEN, AddAccount, make_entry, recipient
from tests.flows import Browser, Flow, Loads

# The digits of a phone that is set to Arabic.
ARABIC_INDIC = {ord("0") + digit: 0x0660 + digit for digit in range(10)}


@pytest.fixture
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
    """Return a browser in which an administrator is signed in."""
    return await Browser.open(hass, hass_client)


def recipient_named(entry: ConfigEntry[Any], name: str) -> ConfigSubentry:
    """Return the recipient of this name."""
    [found] = [subentry for subentry in entry.subentries.values() if subentry.title == name]
    return found


def device_of(hass: HomeAssistant, entry: ConfigEntry[Any], identifier: str) -> dr.DeviceEntry | None:
    """Return the device of a phone or of a recipient."""
    return dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identifier), config_entry_id=entry.entry_id)


# --- the form ---------------------------------------------------------------------------------------------------------


async def test_the_form_offers_the_phones_and_the_sims_by_name(
    sim: Simulator, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Both are selects; a phone is called as the user calls it, and any phone is the usual choice."""
    sim.add_phone("Garage phone")
    flow = await browser.add_recipient(await add_account())

    assert flow.step == "user"
    assert list(flow.fields) == ["name", "number", "phone", "sim", "trusted"]
    assert [
        flow.read[f"phone.{option['value']}"] for option in flow.fields["phone"]["selector"]["select"]["options"]
    ] == [
        "Automatic",
        "Hall phone",
        "Garage phone",
    ]
    assert [flow.read[f"sim.{slot}"] for slot in flow.fields["sim"]["selector"]["select"]["options"]] == [
        "SIM 1",
        "SIM 2",
    ]
    assert flow.fields["sim"]["required"] is False
    assert flow.filled_in == {"phone": "auto", "trusted": False}


async def test_a_phone_is_offered_under_the_name_that_the_user_gave_it(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The service's name for it may mean nothing to the user."""
    entry = await add_account()
    device = device_of(hass, entry, "1576")
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user="Phone in the attic")

    assert (await browser.add_recipient(entry)).read["phone.1576"] == "Phone in the attic"


@pytest.mark.parametrize(("country", "shown"), [("AT", "(AT)"), (None, "(—)")])
async def test_the_form_says_which_country_completes_local_numbers(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser, country: str | None, shown: str
) -> None:
    """It is Home Assistant's, and may not be set."""
    hass.config.country = country
    flow = await browser.add_recipient(await add_account())

    assert shown in flow.read["step.user.data_description.number"]


# --- adding -----------------------------------------------------------------------------------------------------------


async def test_a_recipient_gets_a_notify_entity_at_once(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The account is loaded with it, once."""
    entry = await add_account()
    loads = Loads(entry)
    flow = await browser.add_recipient(entry)
    await flow.submit(name=" Anna ", number="+44 7700 900-123")
    await hass.async_block_till_done()

    assert flow.page["type"] == "create_entry"
    anna = recipient_named(entry, "Anna")
    assert anna.unique_id == ANNA
    assert dict(anna.data) == {"name": "Anna", "number": ANNA, "phone": "auto", "sim": None, "trusted": False}
    assert er.async_get(hass).async_get_entity_id("notify", DOMAIN, anna.subentry_id) == "notify.anna"
    device = device_of(hass, entry, anna.subentry_id)
    assert device is not None
    assert (device.name, device.entry_type, device.via_device_id) == ("Anna", dr.DeviceEntryType.SERVICE, None)
    assert loads.count == 1


async def test_with_the_first_recipient_comes_where_to_go_next(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """It is the last page of setting up, and points to instant receipt; whoever adds another one knows of that."""
    entry = await add_account()
    texts = await async_get_translations(hass, "en", "config_subentries", {DOMAIN})
    pages = []
    for name, number in (("Anna", ANNA), ("Ben", BEN)):
        flow = await browser.add_recipient(entry)
        await flow.submit(name=name, number=number)
        await hass.async_block_till_done()
        pages.append(flow.page["description"])

    assert pages == ["first", None]
    assert "Instant receipt" in texts[f"component.{DOMAIN}.config_subentries.recipient.create_entry.first"]


@pytest.mark.parametrize("slot", [0, 1, "0", "1"])
async def test_a_recipient_can_have_a_phone_and_a_sim_of_their_own(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser, slot: int | str
) -> None:
    """The device of the recipient hangs behind the phone's. A slot may come as a number or as a text."""
    entry = await add_account()
    flow = await browser.add_recipient(entry)
    await flow.submit(name="Anna", number=ANNA, phone="1576", sim=slot, trusted=True)
    await hass.async_block_till_done()

    anna = recipient_named(entry, "Anna")
    assert dict(anna.data) == {"name": "Anna", "number": ANNA, "phone": "1576", "sim": int(slot), "trusted": True}
    own, behind = device_of(hass, entry, anna.subentry_id), device_of(hass, entry, "1576")
    assert own is not None
    assert behind is not None
    assert own.via_device_id == behind.id


@pytest.mark.parametrize(("field", "value"), [("sim", 2), ("sim", "first"), ("sim", True), ("phone", "4711")])
async def test_what_there_is_not_cannot_be_chosen(
    phone: Phone, add_account: AddAccount, browser: Browser, field: str, value: Any
) -> None:
    """A client of the API is told which field it is."""
    flow = await browser.add_recipient(await add_account())

    assert set(await flow.refuse(name="Anna", number=ANNA, **{field: value})) == {field}


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        (None, "+44 7700 900 123", ANNA),
        (None, "+44 (0)7700 900-123", ANNA),
        (None, "0044 7700 900123", ANNA),
        ("GB", "07700 900123", ANNA),
        ("GB", "+1 (202) 555-0123", BEN),
        (None, "+44 7700 900123".translate(ARABIC_INDIC), ANNA),
        (None, "444".translate(ARABIC_INDIC), "444"),
        (None, "81212", "81212"),
        ("US", "81212", "81212"),
    ],
)
async def test_a_number_is_kept_in_one_form(
    hass: HomeAssistant,
    phone: Phone,
    add_account: AddAccount,
    browser: Browser,
    country: str | None,
    typed: str,
    kept: str,
) -> None:
    """International where it is a full number; short codes as they are."""
    hass.config.country = country
    entry = await add_account()
    await (await browser.add_recipient(entry)).submit(name="Anna", number=typed)
    await hass.async_block_till_done()

    assert recipient_named(entry, "Anna").data["number"] == kept


@pytest.mark.parametrize(
    "typed",
    [
        "call Anna",
        "+44 7700 ANNA",
        "12",
        "+44",
        "07700 900123",
        "+44 7700 900123 456 789",
        f"{ANNA},{BEN}",
        "",
        "  ",
        "+",
    ],
)
async def test_what_is_no_number_is_asked_for_again(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser, typed: str
) -> None:
    """The field says what to do, what was typed is kept, and the same form goes on."""
    hass.config.country = None
    flow = await browser.add_recipient(await add_account())
    await flow.submit(name="Anna", number=typed, phone="1576", sim=1, trusted=True)

    assert flow.errors == {"number": "invalid_number"}
    assert "Write it with +" in flow.read["error.invalid_number"]
    assert flow.filled_in == {"name": "Anna", "number": typed, "phone": "1576", "sim": "1", "trusted": True}
    await flow.submit(name="Anna", number=ANNA)
    assert flow.page["type"] == "create_entry"
    await hass.async_block_till_done()


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
async def test_a_recipient_needs_a_name(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser, name: str
) -> None:
    """Both fields can be wrong at once."""
    flow = await browser.add_recipient(await add_account())
    await flow.submit(name=name, number="nobody")

    assert flow.errors == {"name": "name_missing", "number": "invalid_number"}
    await flow.submit(name="Anna", number=ANNA)
    assert flow.page["type"] == "create_entry"
    await hass.async_block_till_done()


@pytest.mark.parametrize("typed", [ANNA, "0044 7700 900 123", "07700-900123"])
async def test_a_number_belongs_to_one_recipient(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser, typed: str
) -> None:
    """However it is written. Two recipients may share a name."""
    hass.config.country = "GB"
    entry = await add_account(recipient("Anna", ANNA))
    flow = await browser.add_recipient(entry)
    await flow.submit(name="Anna", number=typed)

    assert flow.errors == {"number": "already_configured"}
    await flow.submit(name="Anna", number=BEN)
    assert flow.page["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_two_accounts_can_have_the_same_recipient(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """A number is one recipient per account."""
    await add_account(recipient("Anna", ANNA))
    other = sim.add_account("other@example.com", "secret", "other-token")
    added = await browser.add_account("token")
    await added.submit(token=other.token, advanced={"url": sim.url})
    flow = await browser.go_on(added)
    await flow.submit(name="Anna", number=ANNA)

    assert flow.page["type"] == "create_entry"
    await hass.async_block_till_done()


# --- while the account is not loaded ----------------------------------------------------------------------------------


async def _disable(hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry) -> Callable[[], Awaitable[Any]]:
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    return lambda: hass.config_entries.async_set_disabled_by(entry.entry_id, None)


async def _lose_service(hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry) -> Callable[[], Awaitable[Any]]:
    sim.fail(faults.http_error(500), times=None)
    await hass.config_entries.async_reload(entry.entry_id)

    async def regain() -> None:
        sim.faults.clear()
        await hass.config_entries.async_reload(entry.entry_id)

    return regain


async def _lose_access(hass: HomeAssistant, sim: Simulator, entry: MockConfigEntry) -> Callable[[], Awaitable[Any]]:
    token, password = sim.account.token, sim.account.password
    sim.account.password = "another-password"
    sim.rotate_token()
    await hass.config_entries.async_reload(entry.entry_id)

    async def regain() -> None:
        sim.account.token, sim.account.password = token, password
        await hass.config_entries.async_reload(entry.entry_id)

    return regain


@pytest.mark.parametrize("stop", [_disable, _lose_service, _lose_access])
async def test_recipients_can_be_added_changed_and_removed_while_the_account_is_not_loaded_or_not_read(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    browser: Browser,
    stop: Callable[[HomeAssistant, Simulator, MockConfigEntry], Awaitable[Callable[[], Awaitable[Any]]]],
) -> None:
    """The known phones are offered all the same, and the account has the recipients when it is loaded again."""
    entry = await add_account(recipient("Ben", BEN), recipient("Carl", "+12025550199"))
    start = await stop(hass, sim, entry)
    assert not any(loaded.runtime_data.phones_known for loaded in hass.config_entries.async_loaded_entries(DOMAIN))

    added = await browser.add_recipient(entry)
    assert added.read["phone.1576"] == "Hall phone"
    await added.submit(name="Anna", number=ANNA, phone="1576")
    changed = await browser.change_recipient(entry, recipient_named(entry, "Ben").subentry_id)
    await changed.submit(name="Benjamin", number=BEN)
    assert changed.reason == "reconfigure_successful"
    hass.config_entries.async_remove_subentry(entry, recipient_named(entry, "Carl").subentry_id)
    await hass.async_block_till_done()
    assert not any(loaded.runtime_data.phones_known for loaded in hass.config_entries.async_loaded_entries(DOMAIN))

    await start()
    await hass.async_block_till_done()
    entities = er.async_get(hass)
    assert hass.config_entries.async_loaded_entries(DOMAIN) == [entry]
    for name in ("Anna", "Benjamin"):
        assert entities.async_get_entity_id("notify", DOMAIN, recipient_named(entry, name).subentry_id)
    assert [subentry.title for subentry in entry.subentries.values()] == ["Benjamin", "Anna"]


async def test_a_recipient_can_be_added_to_an_account_that_never_was_loaded(
    hass: HomeAssistant, sim: Simulator, browser: Browser
) -> None:
    """No phone is known yet, so any is the only choice."""
    entry = make_entry(sim)
    entry.add_to_hass(hass)
    flow = await browser.add_recipient(entry)
    assert [option["value"] for option in flow.fields["phone"]["selector"]["select"]["options"]] == ["auto"]

    await flow.submit(name="Anna", number=ANNA)
    assert recipient_named(entry, "Anna").data["phone"] == "auto"


# --- changing ---------------------------------------------------------------------------------------------------------


async def change(browser: Browser, entry: MockConfigEntry, name: str) -> Flow:
    """Begin to change the recipient of this name."""
    return await browser.change_recipient(entry, recipient_named(entry, name).subentry_id)


async def test_the_form_for_changing_shows_what_there_is(
    phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The title names the recipient."""
    flow = await change(browser, await add_account(recipient("Anna", ANNA, phone="1576", sim=1, trusted=True)), "Anna")

    assert flow.step == "reconfigure"
    assert flow.read["step.reconfigure.title"] == "Change Anna"
    assert flow.filled_in == {"name": "Anna", "number": ANNA, "phone": "1576", "sim": "1", "trusted": True}


async def test_a_recipient_is_changed(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The entity stays the same one, and the account is loaded with the change, once."""
    entry = await add_account(recipient("Anna", ANNA))
    loads = Loads(entry)
    anna = recipient_named(entry, "Anna").subentry_id
    flow = await change(browser, entry, "Anna")
    await flow.submit(name="Ben", number=BEN, phone="1576", sim="0", trusted=True)
    await hass.async_block_till_done()

    assert flow.reason == "reconfigure_successful"
    changed = entry.subentries[anna]
    assert (changed.title, changed.unique_id) == ("Ben", BEN)
    assert dict(changed.data) == {"name": "Ben", "number": BEN, "phone": "1576", "sim": 0, "trusted": True}
    assert er.async_get(hass).async_get_entity_id("notify", DOMAIN, anna) == "notify.anna"
    own, behind = device_of(hass, entry, anna), device_of(hass, entry, "1576")
    assert own is not None
    assert behind is not None
    assert (own.name, own.via_device_id) == ("Ben", behind.id)
    assert loads.count == 1


async def test_a_recipient_that_may_have_any_phone_again_is_behind_none(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The device no longer hangs behind the phone that was fixed before."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    flow = await change(browser, entry, "Anna")
    await flow.submit(name="Anna", number=ANNA, phone="auto")
    await hass.async_block_till_done()

    device = device_of(hass, entry, recipient_named(entry, "Anna").subentry_id)
    assert device is not None
    assert device.via_device_id is None


async def test_a_recipient_keeps_their_own_number(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """It is not taken for another's. Nothing has changed, so nothing is loaded anew."""
    entry = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    loads = Loads(entry)
    flow = await change(browser, entry, "Anna")
    await flow.submit(name="Anna", number="+44 7700 900123")
    await hass.async_block_till_done()

    assert flow.reason == "reconfigure_successful"
    assert loads.count == 0


async def test_a_recipient_cannot_take_the_number_of_another(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The form says so, and goes on."""
    entry = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    flow = await change(browser, entry, "Anna")
    await flow.submit(name="Anna", number="+1 202 555 0123")
    assert flow.errors == {"number": "already_configured"}
    assert flow.read["step.reconfigure.title"] == "Change Anna"

    await flow.submit(name="Anna", number="+12025550124")
    assert flow.reason == "reconfigure_successful"
    await hass.async_block_till_done()


async def test_what_is_left_out_stays_but_for_the_sim(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """Leaving the SIM out is how a browser says that any will do."""
    entry = await add_account(recipient("Anna", ANNA, phone="1576", sim=1, trusted=True))
    flow = await change(browser, entry, "Anna")
    await flow.submit(name="Anna", number=ANNA)
    await hass.async_block_till_done()

    assert dict(recipient_named(entry, "Anna").data) == {
        "name": "Anna",
        "number": ANNA,
        "phone": "1576",
        "sim": None,
        "trusted": True,
    }


async def test_a_phone_that_is_gone_can_be_kept_or_replaced(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """It may come back, so nobody has to choose another one to change something else."""
    entry = await add_account(recipient("Anna", ANNA, phone="4711"))
    flow = await change(browser, entry, "Anna")
    assert flow.filled_in["phone"] == "4711"
    assert flow.read["phone.4711"] == "4711"

    await flow.submit(name="Annabel", number=ANNA, phone="4711")
    await hass.async_block_till_done()
    assert recipient_named(entry, "Annabel").data["phone"] == "4711"

    flow = await change(browser, entry, "Annabel")
    await flow.submit(name="Annabel", number=ANNA, phone="1576")
    await hass.async_block_till_done()
    assert recipient_named(entry, "Annabel").data["phone"] == "1576"
    assert "phone.4711" not in (await change(browser, entry, "Annabel")).read


async def test_a_phone_that_goes_while_the_form_is_open_can_still_be_sent(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount, browser: Browser
) -> None:
    """The form holds what it showed."""
    entry = await add_account()
    flow = await browser.add_recipient(entry)
    device = device_of(hass, entry, "1576")
    assert device is not None
    dr.async_get(hass).async_remove_device(device.id)
    await flow.submit(name="Anna", number="nobody", phone="1576")
    assert flow.filled_in["phone"] == "1576"

    await flow.submit(name="Anna", number=ANNA, phone="1576")
    await hass.async_block_till_done()
    assert recipient_named(entry, "Anna").data["phone"] == "1576"


# --- removing ---------------------------------------------------------------------------------------------------------


async def test_removing_a_recipient_removes_all_of_them(
    hass: HomeAssistant, phone: Phone, add_account: AddAccount
) -> None:
    """Device and entity go, those of others stay."""
    entry = await add_account(recipient("Anna", ANNA), recipient("Ben", BEN))
    anna, ben = (recipient_named(entry, name).subentry_id for name in ("Anna", "Ben"))
    hass.config_entries.async_remove_subentry(entry, anna)
    await hass.async_block_till_done()

    entities = er.async_get(hass)
    assert entities.async_get_entity_id("notify", DOMAIN, anna) is None
    assert hass.states.get("notify.anna") is None
    assert device_of(hass, entry, anna) is None
    assert entities.async_get_entity_id("notify", DOMAIN, ben) == "notify.ben"
    assert device_of(hass, entry, ben) is not None
