"""Adds the account the way a person does: through the forms."""

from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import SOURCE_USER, SubentryFlowContext
from homeassistant.core import HomeAssistant

from custom_components.smsgateway24.const import DOMAIN
from custom_components.smsgateway24.recipients import SUBENTRY_RECIPIENT

from .orders import Orders

# The shortest interval that the form takes, and no limit, since few numbers get many texts.
_OPTIONS: Final = MappingProxyType({"poll_interval": 10, "max_per_hour": 0})


async def add_account(hass: HomeAssistant, orders: Orders) -> None:
    """Sign in, choose the options and add a recipient for each number. Raises RuntimeError when a form refuses."""
    entries = hass.config_entries
    menu = await entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    form = await entries.flow.async_configure(menu["flow_id"], {"next_step_id": "password"})
    answers = {"email": orders.email, "password": orders.password, "advanced": {"url": orders.url}}
    made = _made(await entries.flow.async_configure(form["flow_id"], answers))
    entry_id = made["result"].entry_id
    # It leads on to the first recipient, which is added below like the others.
    entries.subentries.async_abort(made["next_flow"][1])

    menu = await entries.options.async_init(entry_id)
    form = await entries.options.async_configure(menu["flow_id"], {"next_step_id": "settings"})
    _made(await entries.options.async_configure(form["flow_id"], dict(_OPTIONS)))

    for number in orders.numbers:
        context = SubentryFlowContext(source=SOURCE_USER)
        page = await entries.subentries.async_init((entry_id, SUBENTRY_RECIPIENT), context=context)
        person = {"name": f"Number {number[-4:]}", "number": number, "phone": "auto", "trusted": True}
        _made(await entries.subentries.async_configure(page["flow_id"], person))
    await hass.async_block_till_done()


def _made(result: Any) -> Any:
    if result["type"] != "create_entry":
        raise RuntimeError(f"A form refused what was filled in: {result.get('errors') or result.get('reason')}")
    return result
