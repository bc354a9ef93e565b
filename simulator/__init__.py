"""A SmsGateway24 that runs on this machine.

`python -m simulator` serves it with a page to play with. In a test:

    from simulator import Simulator, Status, faults

    async with Simulator() as sim:                        # the documented service, time stands still
        phone = sim.add_phone("Hall phone", phone_id=1576)    # one SIM, online, asks for work every 10 s
        ...                                               # give the client sim.url, sim.account.token
                                                          # (or sim.account.email and .password)
        sim.receive(phone, "+447700900123", "gate")       # a text comes in
        sim.advance(15)                                   # phones fetch, send, report
        assert sim.sent_texts("+447700900123") == []      # what really went out over the air

Time: `ManualClock` (the default) moves by `sim.advance(seconds)` alone; `SystemClock()` follows the machine's clock, or
freezegun's. An outgoing message goes 1, 3, 2, 6, 7: taken at the phone's next request (packs of 15), sent 1 s later,
delivered 3 s after that. With a request every 10 s it is delivered within 14 s.

Phones: `switch_off`, `switch_on`, `fail_next(phone, Status.NO_SERVICE, times=2)`, `set_fate(phone, FATES["stuck on the
phone"])`, `fate_next`, `change_sim(phone, 0, carrier="…", roaming=True)`, `remove_sim`, `reregister(phone,
reupload=True)`, `remove_phone`, and the phone's own attributes (`phone.app_current = False`).
Service: `profile="ints-as-strings"` (or a `Profile`, also later: `sim.profile = …`) for what the documentation leaves open;
`PROFILES` has them all by name. `rotate_token`, `send_from_site`, `set_status`, `add_account`.
Webhooks: `phone.incoming_webhook = url`, `phone.status_webhook = url`, `phone.webhooks_on = False`; `sim.silent = True` stops
them all. `await sim.rung()` waits for the calls that are due and returns `sim.rings` (kind, fields, content_type, wire, status,
problem); profiles `rings-…`.
Faults: `sim.fail(faults.answer_lost(), "addsms")` for the next request, `times=None` until `sim.faults.clear()`.
Looking: `sim.requests` (verb, path, query, fields, headers, wire bytes, outcome), `sim.messages()`, `sim.message(id)`,
`sim.sent_texts(number)`, `await sim.until_asked(3)`. `await sim.stop()` and `await sim.start()` take the service down and up at one address.

Layers: `world` (what exists, and what time does) <- `service` (the documented methods) <- `web` (HTTP, page).
`Backend` is everything but the sockets.
"""

from . import faults
from .backend import Backend
from .clock import Clock, ManualClock, SystemClock
from .faults import Fault
from .profile import DateStyle, Profile
from .profiles import DOCUMENTED, PROFILES
from .service.rings import Ring
from .simulator import Simulator
from .world.account import Account
from .world.message import Message, Transmission
from .world.phone import Phone, Sim
from .world.status import FATES, Status

__all__ = [
    "DOCUMENTED",
    "FATES",
    "PROFILES",
    "Account",
    "Backend",
    "Clock",
    "DateStyle",
    "Fault",
    "ManualClock",
    "Message",
    "Phone",
    "Profile",
    "Ring",
    "Sim",
    "Simulator",
    "Status",
    "SystemClock",
    "Transmission",
    "faults",
]
