"""What a service of this kind might do where its documentation is silent or contradicts itself."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How PHP prints a moment: a DateTime dump with `date`, `timezone_type` and `timezone`.

    Types 1 (an offset) and 3 (a zone's name) are both seen in samples, type 2 (an abbreviation) is PHP's third.
    """

    kind: Literal[1, 2, 3] = 3
    zone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Profile:
    """One field for each thing that is unknown; the defaults follow the documentation and the vendor's samples."""

    name: str = "documented"
    """The name under which it stands in PROFILES."""

    about: str = "As the documentation and the vendor's samples have it."
    """One sentence for people."""

    # Shape of answers

    empty: Literal["list", "object", "null", "missing"] = "list"
    """An empty `smss` or `device`. Never shown in public; PHP writes an empty array as a list."""

    records_as_list: bool = False
    """Records as a list instead of an object keyed by id. The samples have the object; PHP makes a list of an
    array whose keys happen to be 0, 1, 2."""

    alien_records: bool = False
    """Entries among the records that are none: null, a number, an object without an id."""

    ints_as_strings: bool = False
    """Whole numbers as text. The vendor's sheet script turns `error` into a number before it compares."""

    left_out: frozenset[str] = frozenset()
    """Keys missing at the top of an answer. The sample of getallsms lacks `error`, `message` and `count`."""

    echo_token: bool = False
    """Answers carry the token, as the documentation's tables say and no sample shows."""

    content_type: Literal["application/json", "text/html"] = "application/json"
    """The type under which JSON is served. Nothing is documented; PHP's own default is text/html."""

    only_count: Literal["count", "empty", "rows"] = "count"
    """What `onlycount=1` answers besides the count: nothing, an empty `smss`, or all rows as if not asked."""

    # Errors

    errors: Literal["json_200", "json_4xx", "html_4xx", "html_200"] = "json_200"
    """How a refusal is told. Clients point to HTTP 200 with error 1; no source says so."""

    unknown_caller_status: Literal[401, 403] = 401
    """The HTTP status for a wrong password or token, where refusals have one."""

    unknown_caller: str = "Login or password incorrect"
    """The sentence for a token that is not known. Only the one for a wrong password is public."""

    # Accounts

    rotating_tokens: bool = False
    """gettoken makes a new token and kills the old one. Most likely it answers the account's one token."""

    # Records of messages

    sender_field: Literal["sendto", "address", "phone", "from", "sender"] = "sendto"
    """Where an incoming message has its sender. No status 5 record is public; the webhook says `address`."""

    dates: DateStyle = DateStyle()
    """How moments are written. Samples: type 3 UTC (2020), type 1 +02:00 (2021), type 3 Europe/Paris (2023)."""

    created_by: Literal["service", "phone"] = "service"
    """Whether `created` of an incoming message is when the service stored it or when the phone received it."""

    sim_in_records: bool = True
    """`sim` is in the sample of 2021 and missing in that of 2023."""

    time_to_send: Literal["null", "created"] = "null"
    """`timetosend` of a message that was not scheduled: null in 2023, equal to `created` in 2021."""

    sent_time: Literal["null", "filled"] = "null"
    """`senttime` of a message that was sent: null in every sample."""

    urgent: Literal["true", "number"] = "true"
    """`urgent`: null or true in samples, although 0 and 1 are what is sent."""

    ids: Literal["growing", "scattered"] = "growing"
    """Whether a later message has a higher id. Nothing promises it."""

    statuses_before_sent: tuple[int, ...] = (3, 2)
    """What lies between pending and sent. The documentation says 1, 3, 2; the vendor's code knows no 3."""

    # What is kept of what was given

    customer_id: Literal["echo", "string", "drop", "zero", "clamp16", "clamp31"] = "echo"
    """What becomes of `customerid`. Echoed as a number in samples; its size is not documented."""

    numbers: Literal["as_sent", "no_spaces", "no_plus", "double_zero"] = "no_spaces"
    """How numbers are rewritten. The vendor sent one with spaces and read it back without."""

    bodies: Literal["as_sent", "trimmed", "bmp_only", "crlf"] = "as_sent"
    """How texts are rewritten. One client strips characters beyond the Basic Multilingual Plane before sending,
    which hints at a limit at the service."""

    sim_required: bool = False
    """A text without `sim` is refused. The documentation of 2024 calls it optional, the site of 2026 required."""

    several_numbers: Literal["last", "first", "list", "text"] = "last"
    """What `sms_id` is when `sendto` holds several numbers: one of the ids, a list, or the ids with commas."""

    # Reading

    filter_zone_hours: float = 0
    """Zone of `begindate` and `enddate`, in hours ahead of UTC. Nothing is documented."""

    ignored_filters: frozenset[str] = frozenset()
    """Parameters of getallsms that have no effect, by name."""

    timezone_moves: frozenset[Literal["dates", "filters"]] = frozenset()
    """What the parameter `timezone` changes: the dates in answers, the zone of the filters, both, nothing."""

    order: Literal["as_asked", "ascending", "shuffled"] = "as_asked"
    """Order of records. The vendor asked for descending and his sample is ascending."""

    row_cap: int | None = None
    """The most rows one answer has. No paging exists, and no limit is documented."""

    cap_keeps: Literal["oldest", "newest"] = "oldest"
    """Which rows are left when there are too many."""

    count_of: Literal["matching", "shown"] = "matching"
    """Whether `count` tells of all rows that match or of those in the answer."""

    replica_lags: tuple[float, ...] = (0,)
    """How many seconds old the data is that a read sees. Reads take the entries in turn, as they would with
    several replicas: (300,) is always late, (0, 60) goes back in time at every second read."""

    vanishing: bool = False
    """Every second read leaves out a third of the records."""

    status_answer: Literal["status", "token"] = "status"
    """What getsmsstatus answers. The documentation prints the answer of gettoken, surely by mistake; the vendor's code
    has a status."""

    # Devices

    devices_have_error: bool = False
    """getalldevices answers `error` and `message`, as the other methods do; the sample has neither."""

    sim_info: Literal["list", "absent", "empty", "null", "json_string", "by_slot", "old_slot"] = "list"
    """`siminfo`. A list in the sample, "JSON" in the table; a device may also be a modem without any. The panel's legend
    names an `OldSlot` besides."""

    sim_numbers: Literal["as_set", "padded"] = "as_set"
    """Own numbers of SIMs. One in the sample has a leading space and no plus."""

    imei_null: bool = False
    """All phones say the text "null" where the IMEI stands, as one in the sample does."""

    online_within: float = 60
    """Seconds since the last contact within which getdevicestatus calls a phone online. Not documented."""

    # Webhooks

    ring_encoding: Literal["form", "form_raw_plus", "json", "json_as_text", "multipart"] = "form"
    """The body of a call. The pages say JSON by POST; both public receivers that ran read forms, and one of them repairs a
    plus that came as a space: the number was not percent-encoded. JSON also under another content type."""

    ring_fields: Literal["new", "old", "image", "article"] = "new"
    """The names in a call. The new page has `channel_id` and `type`, the old one `sim`. For a picture in WhatsApp the new
    page shows an address and no text. An article of the vendor's has names of its own, like `event` and `message_id`."""

    ring_ids: Literal["number", "string", "missing"] = "number"
    """The message's id in a call. A form makes a text of it in any case."""

    ring_dates: Literal["text", "object"] = "text"
    """Dates in a call: a text without a zone, or PHP's dump of a DateTime, which a form spreads over several fields. The
    pages say "datetime" and show none."""

    ring_delay: float = 0
    """Seconds between the record and the call. Nothing is documented; zero is before any reader has seen the record if
    the reads are behind."""

    ring_times: int = 1
    """How often each call is made. Nothing says that it is once."""

    ring_lost_every: int | None = None
    """With 2, every second call is not made, with 3 every third. No source mentions a retry."""

    # Contact lists and newsletters

    contact_list_field: Literal["either", "ctag_id", "tag_id"] = "either"
    """Under which name savecontact takes the list: `ctag_id` in the documentation, `tag_id` in all of the vendor's
    code."""

    newsletter_time: Literal["read", "ignored"] = "read"
    """What becomes of savepaket's `time_to_send`, which only the documentation knows."""

    newsletter_answer: Literal["paket_id", "paket", "nothing"] = "paket_id"
    """Under which key savepaket answers an id. The documentation and the PHP client say `paket_id`, the
    JavaScript client reads `paket`, and no real sample is public."""

    # Transport

    date_header: Literal["true", "absent", "garbage", "ahead"] = "true"
    """The HTTP header Date: right, missing, unreadable, or three hours ahead."""
