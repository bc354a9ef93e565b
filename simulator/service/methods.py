"""Each documented method as one function: a form in, an answer with the samples' keys out."""

from collections.abc import Callable
from dataclasses import replace
import json
from secrets import token_hex
from typing import Any

from simulator.profile import Profile
from simulator.world.account import Account, Contact, ContactList
from simulator.world.message import Draft, Newsletter
from simulator.world.phone import Phone
from simulator.world.status import title
from simulator.world.world import World

from .parameters import Form, Refusal, whole_number
from .reading import Reader
from .records import date_object, device_record, keyed

type Answer = dict[str, Any]

BAD_LOGIN = "Login or password incorrect"
"""The only error text that is public (documentation, section 1)."""

SAVED = "Sms has been saved successfully"


class Service:
    """The API over one world."""

    def __init__(self, world: World) -> None:
        """Serve this world."""
        self.world = world
        self._reader = Reader()

    def call(self, method: str, form: Form, *, at_most: int | None = None) -> Answer:
        """Do what a method does, and answer.

        `at_most` makes a bulk stop after so many items, as if the service had broken down there. Raises Refusal, and
        KeyError for a method that does not exist.
        """
        if method == "addalotofsms":
            return self.addalotofsms(form, at_most)
        return METHODS[method](self, form)

    def gettoken(self, form: Form) -> Answer:
        """Sign in (section 1)."""
        account = self._signed_in(form)
        if self.world.profile.rotating_tokens:
            account.token = token_hex(16)
        return {"error": 0, "message": "OK", "token": account.token}

    def addsms(self, form: Form) -> Answer:
        """Send one text, or one text to several numbers (section 2)."""
        return self._send(self._account(form), form)

    def smstosend(self, form: Form) -> Answer:
        """Do as addsms, with the password instead of a token (section 2.1)."""
        return self._send(self._signed_in(form), form)

    def getallsms(self, form: Form) -> Answer:
        """List messages of both directions (section 4)."""
        return self._reader.messages(self._account(form), form, self.world.profile, self.world.now)

    def getsmsstatus(self, form: Form) -> Answer:
        """Tell how far one message is (section 9; keys from the vendor's PHP examples, 2021)."""
        account = self._account(form)
        message = account.messages.get(whole_number(form.required("sms_id")))
        view = self._reader.view(self.world.profile, self.world.now)
        status = message.status_at(view) if message else None
        if message is None or status is None:
            raise Refusal("Sms not found")
        if self.world.profile.status_answer == "token":
            return {"error": 0, "message": "OK", "token": account.token}
        return {
            "error": 0,
            "sms_id": message.id,
            "status": status,
            "status_description": title(status),
            "message": "Ok",
        }

    def getalldevices(self, form: Form) -> Answer:
        """List phones (section 8): the sample has neither `error` nor `message`."""
        phones = self._account(form).phones.values()
        profile = self.world.profile
        answer = {"count": len(phones), "device": keyed((device_record(phone, profile) for phone in phones), profile)}
        if profile.devices_have_error:
            answer |= {"error": 0, "message": "OK"}
        if answer["device"] is None and profile.empty == "missing":
            del answer["device"]
        return answer

    def getdevicestatus(self, form: Form) -> Answer:
        """Tell whether a phone is online (not documented; from the vendor's PHP examples, 2021)."""
        phone = _phone(self._account(form), form.required("device_id"))
        seconds = int((self.world.now - phone.last_seen).total_seconds())
        return {
            "online": seconds <= self.world.profile.online_within,
            "error": 0,
            "message": "OK",
            "device_id": phone.id,
            "lastseen": date_object(phone.last_seen, self.world.profile.dates),
            "diffseconds": seconds,
            "title": phone.title,
        }

    def savetag(self, form: Form) -> Answer:
        """Make a contact list (section 5)."""
        account = self._account(form)
        contact_list = ContactList(self.world.new_other_id(), form.required("title"))
        account.contact_lists[contact_list.id] = contact_list
        return {"error": 0, "tag_id": contact_list.id, "message": "OK"}

    def savecontact(self, form: Form) -> Answer:
        """Put somebody on a contact list (section 6, which says ctag_id; all of the vendor's code says tag_id)."""
        account = self._account(form)
        number = form.required("phone")
        field = self.world.profile.contact_list_field
        names = ("ctag_id", "tag_id") if field == "either" else (field,)
        contact_list = _contact_list(account, form.required(*names))
        contact = Contact(self.world.new_other_id(), contact_list.id, number, form.text("fullname"))
        contact_list.contacts.append(contact)
        return {"error": 0, "contact_id": contact.id, "message": "ok"}

    def savepaket(self, form: Form) -> Answer:
        """Send a text to everybody on some contact lists (section 7)."""
        account = self._account(form)
        phone = _phone(account, form.required("device_id"))
        lists = [_contact_list(account, tag) for tag in form.required("tags").split(",")]
        newsletter = Newsletter(
            id=self.world.new_other_id(),
            title=form.required("title"),
            body=form.required("body"),
            phone_id=phone.id,
            contact_lists=[contact_list.id for contact_list in lists],
            sim=form.number("sim") or 0,
            time_to_send=(
                form.newsletter_moment("time_to_send") if self.world.profile.newsletter_time == "read" else None
            ),
        )
        account.newsletters[newsletter.id] = newsletter
        numbers = dict.fromkeys(contact.number for contact_list in lists for contact in contact_list.contacts)
        for number in numbers:
            draft = Draft(
                number,
                newsletter.body,
                newsletter.sim,
                time_to_send=newsletter.time_to_send,
                newsletter_id=newsletter.id,
            )
            self.world.submit(account, phone, draft)
        answer = {"error": 0, "message": "OK", self.world.profile.newsletter_answer: newsletter.id}
        answer.pop("nothing", None)
        return answer

    def addalotofsms(self, form: Form, at_most: int | None = None) -> Answer:
        """Send many texts (section 3); the answer has no ids. Nothing is done if one of them is refused."""
        values = _json_object(form.required("datajson"))
        account = self._account(Form({"token": str(values.get("token") or "")}))
        items = values.get("smsdata")
        if not isinstance(items, list) or not items:
            raise Refusal("Parameter smsdata is required")
        profile = self.world.profile
        work = [(_phone(account, item.required("device_id")), _drafts(item, 0, profile)) for item in map(_item, items)]
        for phone, drafts in work[:at_most]:
            for draft in drafts:
                self.world.submit(account, phone, draft)
        return {"error": 0, "message": "OK"}

    def _send(self, account: Account, form: Form) -> Answer:
        drafts = _drafts(form, None, self.world.profile)
        phone = _phone(account, form.required("device_id"))
        ids = [self.world.submit(account, phone, draft).id for draft in drafts]
        return {"error": 0, "sms_id": _ids_told(ids, self.world.profile), "message": SAVED}

    def _signed_in(self, form: Form) -> Account:
        account = self.world.accounts.get(form.text("email"))
        if account is None or account.password != form.text("pass"):
            raise Refusal(BAD_LOGIN, unauthorised=True)
        return account

    def _account(self, form: Form) -> Account:
        token = form.text("token")
        for account in self.world.accounts.values():
            if token and account.token == token:
                return account
        raise Refusal(self.world.profile.unknown_caller, unauthorised=True)


METHODS: dict[str, Callable[[Service, Form], Answer]] = {
    "gettoken": Service.gettoken,
    "addsms": Service.addsms,
    "smstosend": Service.smstosend,
    "addalotofsms": Service.addalotofsms,
    "getallsms": Service.getallsms,
    "savetag": Service.savetag,
    "savecontact": Service.savecontact,
    "savepaket": Service.savepaket,
    "getalldevices": Service.getalldevices,
    "getsmsstatus": Service.getsmsstatus,
    "getdevicestatus": Service.getdevicestatus,
}
"""The methods by the names in their addresses."""


def _drafts(form: Form, no_customer_id: int | None, profile: Profile) -> list[Draft]:
    """Return one draft for each number. Without `customerid` a single text has null and one of a bulk has 0."""
    if profile.sim_required:
        form.required("sim")
    numbers = [number for number in form.required("sendto").split(",") if number.strip()]
    customer_id = form.number("customerid")
    draft = Draft(
        number="",
        body=form.required("body"),
        sim=form.number("sim") or 0,
        customer_id=no_customer_id if customer_id is None else customer_id,
        urgent=form.number("urgent") == 1,
        time_to_send=form.moment("timetosend"),
    )
    return [replace(draft, number=number.strip()) for number in numbers]


def _phone(account: Account, device_id: str) -> Phone:
    phone = account.phones.get(whole_number(device_id))
    if phone is None:
        raise Refusal("Device not found")
    return phone


def _contact_list(account: Account, tag_id: str) -> ContactList:
    contact_list = account.contact_lists.get(whole_number(tag_id))
    if contact_list is None:
        raise Refusal("Tag not found")
    return contact_list


def _ids_told(ids: list[int], profile: Profile) -> Any:
    if len(ids) == 1:
        return ids[0]
    match profile.several_numbers:
        case "first":
            return ids[0]
        case "list":
            return ids
        case "text":
            return ",".join(map(str, ids))
        case _:
            return ids[-1]


def _json_object(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise Refusal("Parameter datajson is not JSON") from error
    if not isinstance(values, dict):
        raise Refusal("Parameter datajson is not an object")
    return values


def _item(item: Any) -> Form:
    """Return one entry of smsdata as a form, with PHP's idea of values as text."""
    if not isinstance(item, dict):
        raise Refusal("Parameter smsdata has an entry that is not an object")
    return Form({name: _as_text(value) for name, value in item.items()})


def _as_text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "1" if value else ""
    return str(value)
