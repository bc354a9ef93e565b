"""Texting a recipient with Home Assistant's own action."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.messaging import outbox
from simulator import Phone, Sim, Simulator, faults
from tests.conftest import ANNA, BEN, AddAccount, Poll, recipient


async def send(hass: HomeAssistant, message: str = "The laundry is done", who: str = "anna", **data: str) -> None:
    """Text somebody."""
    await hass.services.async_call(
        "notify", "send_message", {"entity_id": f"notify.{who}", "message": message, **data}, blocking=True
    )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look only once for what was not answered: where time stands still, a pause never ends."""
    monkeypatch.setattr(outbox, "LOOK_AGAIN_AFTER", ())


def handed_over(sim: Simulator) -> list[dict[str, str]]:
    """Return what the service was asked to send."""
    return [request.fields for request in sim.requests if request.path == "/getdata/addsms"]


async def test_a_recipient_is_texted(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """The text goes out once, and the entity remembers when."""
    await add_account(recipient("Anna", ANNA))
    before = hass.states.get("notify.anna")
    assert before is not None
    assert before.state == STATE_UNKNOWN

    await send(hass)
    sim.advance(20)

    assert [sent.text for sent in sim.sent_texts(ANNA)] == ["The laundry is done"]
    after = hass.states.get("notify.anna")
    assert after is not None
    assert after.state != STATE_UNKNOWN


async def test_a_title_goes_before_the_text(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """An SMS has no subject."""
    await add_account(recipient("Anna", ANNA))
    await send(hass, title="Alarm")

    assert handed_over(sim)[0]["body"] == "Alarm\nThe laundry is done"


@pytest.mark.parametrize("text", ["x" * 2000, "Fire 🔥 in\nthe kitchen", "50 % + 3 & more; 'quoted'"], ids=len)
async def test_a_text_goes_out_whole_and_as_it_is(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, text: str
) -> None:
    """Nothing is cut, escaped or cleaned."""
    await add_account(recipient("Anna", ANNA))
    await send(hass, text)
    sim.advance(20)

    assert [sent.text for sent in sim.sent_texts(ANNA)] == [text]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_a_text_without_text_is_the_callers_mistake(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, text: str
) -> None:
    """With or without a title: what was meant to be said is missing."""
    await add_account(recipient("Anna", ANNA))
    for title in ({}, {"title": "Alarm"}):
        with pytest.raises(ServiceValidationError) as error:
            await send(hass, text, **title)
        assert error.value.translation_key == "empty_message"

    assert not handed_over(sim)


async def test_the_fixed_phone_and_sim_are_used(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
) -> None:
    """And the recipient's device stands behind that phone."""
    sim.add_phone("Attic phone", phone_id=1297, sims=(Sim(slot=0), Sim(slot=1)))
    entry = await add_account(recipient("Anna", ANNA, phone="1297", sim=1), recipient("Ben", BEN))
    await send(hass)

    assert [(sms["device_id"], sms["sim"]) for sms in handed_over(sim)] == [("1297", "1")]
    attic = device_registry.async_get_device_by_identifier((DOMAIN, "1297"), config_entry_id=entry.entry_id)
    via = {
        subentry.title: device_registry.async_get_device_by_identifier(
            (DOMAIN, subentry.subentry_id), config_entry_id=entry.entry_id
        )
        for subentry in entry.subentries.values()
    }
    assert attic is not None
    assert {name: device and device.via_device_id for name, device in via.items()} == {"Anna": attic.id, "Ben": None}


async def test_automatic_takes_the_phone_that_is_online(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """A phone in a drawer gets no alarm to send."""
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA))
    sim.switch_off(phone)
    sim.advance(900)
    await poll(entry)
    await send(hass)

    assert [sms["device_id"] for sms in handed_over(sim)] == ["1297"]


async def test_without_a_phone_the_action_fails(hass: HomeAssistant, sim: Simulator, add_account: AddAccount) -> None:
    """And says what to do."""
    await add_account(recipient("Anna", ANNA))
    with pytest.raises(HomeAssistantError) as error:
        await send(hass)
    assert error.value.translation_key == "no_phone"


async def test_a_fixed_phone_that_is_gone_is_an_error(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Another phone would be a surprise to who receives it."""
    await add_account(recipient("Anna", ANNA, phone="4711"))
    with pytest.raises(HomeAssistantError) as error:
        await send(hass)
    assert error.value.translation_key == "phone_gone"
    assert error.value.translation_placeholders == {"recipient": "Anna"}


async def test_a_refusal_raises_with_the_services_words(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """The automation hears why, and nothing is tried again."""
    await add_account(recipient("Anna", ANNA))
    sim.fail(faults.refused("Limit of this month is reached"), "addsms")
    with pytest.raises(HomeAssistantError) as error:
        await send(hass)

    assert error.value.translation_key == "send_refused"
    assert error.value.translation_placeholders == {"message": "Limit of this month is reached"}
    assert len(handed_over(sim)) == 1


async def test_a_refusal_is_told_without_what_it_quotes(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """Errors of automations end up in logs, which hold neither numbers nor texts."""
    await add_account(recipient("Anna", ANNA))
    sim.fail(faults.refused(f"'The laundry is done' may not go to {ANNA}"), "addsms")
    with pytest.raises(HomeAssistantError) as error:
        await send(hass)
    assert error.value.translation_placeholders == {"message": "'' may not go to"}


async def test_at_the_strictest_privacy_an_error_names_nobody(
    hass: HomeAssistant, sim: Simulator, add_account: AddAccount
) -> None:
    """The automation that failed knows whom it was about to text."""
    await add_account(recipient("Anna", ANNA), privacy="minimal")
    with pytest.raises(HomeAssistantError) as error:
        await send(hass)
    assert error.value.translation_placeholders == {"recipient": "…"}


async def test_out_of_reach_a_message_is_kept_and_sent_later(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Once, when the service is back."""
    entry = await add_account(recipient("Anna", ANNA))
    await sim.stop()
    await send(hass)
    await poll(entry)
    await sim.start()
    await poll(entry)
    await poll(entry)
    sim.advance(20)

    assert [sent.text for sent in sim.sent_texts(ANNA)] == ["The laundry is done"]


async def test_a_kept_message_survives_a_restart(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """The power cut that took the network may take Home Assistant as well."""
    entry = await add_account(recipient("Anna", ANNA))
    await sim.stop()
    await send(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    await sim.start()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    sim.advance(20)

    assert [sent.text for sent in sim.sent_texts(ANNA)] == ["The laundry is done"]


async def test_a_message_that_was_kept_too_long_fails_with_an_event(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
) -> None:
    """An alarm that is hours old would do more harm than good."""
    entry = await add_account(recipient("Anna", ANNA), keep_unsent=10)
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    await sim.stop()
    await send(hass)
    freezer.tick(timedelta(minutes=11))
    await poll(entry)
    assert [event.data["reason"] for event in failed] == ["expired"]

    await sim.start()
    await poll(entry)
    sim.advance(20)
    assert not sim.sent_texts(ANNA)
    assert len(failed) == 1


async def test_without_keeping_the_action_fails_at_once(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """With 0 the automation decides what to do instead."""
    await add_account(recipient("Anna", ANNA), keep_unsent=0)
    await sim.stop()
    with pytest.raises(HomeAssistantError) as error:
        await send(hass)
    assert error.value.translation_key == "send_cannot_connect"


async def test_a_lost_answer_does_not_send_twice(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
    impatient: None,
) -> None:
    """The message is found in the list by its tag, and followed."""
    entry = await add_account(recipient("Anna", ANNA))
    delivered = async_capture_events(hass, "smsgateway24_sms_delivered")
    sim.fail(faults.answer_lost(), "addsms")
    await send(hass)
    for _ in range(4):
        freezer.tick(60)
        sim.advance(60)
        await poll(entry)

    assert len(sim.sent_texts(ANNA)) == 1
    assert len(handed_over(sim)) == 1
    assert len(delivered) == 1


async def test_a_message_that_was_lost_is_told_as_unconfirmed(
    hass: HomeAssistant,
    sim: Simulator,
    phone: Phone,
    add_account: AddAccount,
    poll: Poll,
    freezer: FrozenDateTimeFactory,
    impatient: None,
) -> None:
    """Nobody can say whether it was sent, so it is not sent again."""
    entry = await add_account(recipient("Anna", ANNA))
    failed = async_capture_events(hass, "smsgateway24_sms_failed")
    sim.fail(faults.cut_off(), "addsms")
    await send(hass)
    for _ in range(4):
        freezer.tick(60)
        sim.advance(60)
        await poll(entry)

    assert [event.data["reason"] for event in failed] == ["unconfirmed"]
    assert len(handed_over(sim)) == 1


async def test_another_phone_sends_what_the_first_could_not(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """Once, and the end is told once."""
    sim.add_phone("Attic phone", phone_id=1297)
    entry = await add_account(recipient("Anna", ANNA, phone="1576"))
    told = [async_capture_events(hass, f"smsgateway24_sms_{outcome}") for outcome in ("failed", "delivered")]
    sim.fail_next(phone, 9)
    await send(hass)
    for _ in range(5):
        sim.advance(20)
        await poll(entry)

    assert [sms["device_id"] for sms in handed_over(sim)] == ["1576", "1297"]
    assert [sent.phone_id for sent in sim.sent_texts(ANNA)] == [1297]
    assert [len(events) for events in told] == [0, 1]


async def test_an_automation_that_runs_wild_is_stopped(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, freezer: FrozenDateTimeFactory
) -> None:
    """After the limit the action fails, until an hour has passed."""
    await add_account(recipient("Anna", ANNA), max_per_hour=2)
    await send(hass, "one")
    await send(hass, "two")
    with pytest.raises(HomeAssistantError) as error:
        await send(hass, "three")
    assert error.value.translation_key == "too_many_messages"
    assert error.value.translation_placeholders == {"recipient": "Anna"}

    freezer.tick(timedelta(hours=1))
    await send(hass, "four")
    assert [sms["body"] for sms in handed_over(sim)] == ["one", "two", "four"]


async def test_a_refused_token_is_renewed_and_the_message_sent(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount
) -> None:
    """The password is there for that."""
    await add_account(recipient("Anna", ANNA))
    sim.rotate_token()
    await send(hass)
    sim.advance(20)

    assert [sent.text for sent in sim.sent_texts(ANNA)] == ["The laundry is done"]


async def test_a_refused_password_asks_the_user_and_keeps_the_message(
    hass: HomeAssistant, sim: Simulator, phone: Phone, add_account: AddAccount, poll: Poll
) -> None:
    """It is sent when the user has signed in again."""
    entry = await add_account(recipient("Anna", ANNA))
    sim.rotate_token()
    sim.account.password = "changed"
    await send(hass)
    await hass.async_block_till_done()
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]

    await hass.config_entries.flow.async_configure(flows[0]["flow_id"], {"password": "changed"})
    await hass.async_block_till_done()
    await poll(entry)
    sim.advance(20)
    assert [sent.text for sent in sim.sent_texts(ANNA)] == ["The laundry is done"]
