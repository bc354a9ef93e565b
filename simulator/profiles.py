"""The profiles by name: the documented service, and each of its possible faces."""

from dataclasses import replace
from typing import Any

from .profile import DateStyle, Profile

DOCUMENTED = Profile()


def _variant(name: str, about: str, **fields: Any) -> Profile:
    return replace(DOCUMENTED, name=name, about=about, **fields)


_SHAPES = (
    _variant("empty-object", "Nothing there is an empty object.", empty="object"),
    _variant("empty-null", "Nothing there is null.", empty="null"),
    _variant("empty-missing", "Nothing there is a missing key.", empty="missing"),
    _variant("records-as-list", "Records stand in a list, not under their ids.", records_as_list=True),
    _variant("alien-records", "Between the records stand things that are none.", alien_records=True),
    _variant("ints-as-strings", "Whole numbers are texts.", ints_as_strings=True),
    _variant(
        "bare-answers",
        "Answers lack error, message and count, as in the sample of 2023.",
        left_out=frozenset({"error", "message", "count"}),
        sim_in_records=False,
    ),
    _variant("token-in-answers", "Every answer carries the token.", echo_token=True),
    _variant("json-as-html", "JSON is served as text/html.", content_type="text/html"),
    _variant("only-count-empty", "A count comes with an empty list.", only_count="empty"),
    _variant("only-count-rows", "A count comes with all rows.", only_count="rows"),
)

_ERRORS = (
    _variant("errors-4xx", "Refusals have a 4xx status.", errors="json_4xx", unknown_caller="Token not found"),
    _variant(
        "errors-403", "Refusals have a 4xx status, 403 for callers.", errors="json_4xx", unknown_caller_status=403
    ),
    _variant("errors-html", "Refusals are pages with a 4xx status.", errors="html_4xx"),
    _variant("errors-html-200", "Refusals are pages with status 200.", errors="html_200"),
    _variant("other-token-error", "An unknown token gets a sentence of its own.", unknown_caller="Token not found"),
    _variant("rotating-tokens", "Signing in makes a new token and kills the old one.", rotating_tokens=True),
)

_RECORDS = (
    _variant("sender-in-address", "The sender of a text stands in address.", sender_field="address"),
    _variant("sender-in-phone", "The sender of a text stands in phone.", sender_field="phone"),
    _variant("sender-in-from", "The sender of a text stands in from.", sender_field="from"),
    _variant("sender-in-sender", "The sender of a text stands in sender.", sender_field="sender"),
    _variant("dates-utc", "Dates are in UTC by name.", dates=DateStyle(3, "UTC")),
    _variant("dates-offset", "Dates carry the offset +02:00.", dates=DateStyle(1, "+02:00")),
    _variant("dates-abbreviation", "Dates carry the abbreviation CEST.", dates=DateStyle(2, "CEST")),
    _variant("created-by-phone", "A text was created when the phone received it.", created_by="phone"),
    _variant(
        "sample-of-2021",
        "Dates with an offset, timetosend filled, urgent as sent.",
        dates=DateStyle(1, "+02:00"),
        time_to_send="created",
        sent_time="filled",
        urgent="number",
    ),
    _variant("scattered-ids", "A later message may have a lower id.", ids="scattered"),
    _variant("no-queued-status", "Messages go from pending to taken to sent.", statuses_before_sent=(2,)),
    _variant("skipped-statuses", "Messages go from pending to sent.", statuses_before_sent=()),
    _variant("taken-then-queued", "Messages are taken before they are queued.", statuses_before_sent=(2, 3)),
)

_KEPT = (
    _variant("customerid-text", "The tag comes back as a text.", customer_id="string"),
    _variant("customerid-dropped", "The tag does not come back.", customer_id="drop"),
    _variant("customerid-zero", "The tag comes back as 0.", customer_id="zero"),
    _variant("customerid-16-bits", "The tag is cut to 16 bits.", customer_id="clamp16"),
    _variant("customerid-31-bits", "The tag is cut to 31 bits.", customer_id="clamp31"),
    _variant("numbers-as-sent", "Numbers keep their spaces.", numbers="as_sent"),
    _variant("numbers-without-plus", "Numbers lose their plus.", numbers="no_plus"),
    _variant("numbers-with-00", "Numbers begin with 00 instead of a plus.", numbers="double_zero"),
    _variant("bodies-trimmed", "Texts lose the space around them.", bodies="trimmed"),
    _variant("bodies-without-emoji", "Texts lose their emoji.", bodies="bmp_only"),
    _variant("bodies-crlf", "Line breaks come back as CR LF.", bodies="crlf"),
    _variant("needs-sim", "A text must say through which SIM.", sim_required=True),
    _variant("several-first", "Of several ids the first is told.", several_numbers="first"),
    _variant("several-list", "Several ids are told as a list.", several_numbers="list"),
    _variant("several-text", "Several ids are told as one text.", several_numbers="text"),
)

_READING = (
    *(
        _variant(
            f"filter-zone{hours:+d}", f"Date filters are {hours:+d} hours from UTC.", filter_zone_hours=float(hours)
        )
        for hours in (-12, -5, 1, 2, 14)
    ),
    _variant(
        "date-filters-ignored", "Date filters have no effect.", ignored_filters=frozenset({"begindate", "enddate"})
    ),
    _variant(
        "filters-ignored",
        "No filter has any effect.",
        ignored_filters=frozenset({"device_id", "status", "sim", "customerid", "phone", "begindate", "enddate"}),
    ),
    _variant("timezone-dates", "The parameter timezone moves dates.", timezone_moves=frozenset({"dates"})),
    _variant(
        "timezone-all",
        "The parameter timezone moves dates and date filters.",
        timezone_moves=frozenset({"dates", "filters"}),
    ),
    _variant("order-ignored", "Lists always ascend.", order="ascending"),
    _variant("unordered", "Lists have no order.", order="shuffled"),
    _variant("cap-oldest", "A list has the oldest 20 rows; its count tells of all.", row_cap=20),
    _variant("cap-newest", "A list has the newest 20 rows; its count tells of all.", row_cap=20, cap_keeps="newest"),
    _variant("cap-oldest-hidden", "A list has the oldest 20 rows and counts those.", row_cap=20, count_of="shown"),
    _variant(
        "cap-newest-hidden",
        "A list has the newest 20 rows and counts those.",
        row_cap=20,
        cap_keeps="newest",
        count_of="shown",
    ),
    _variant("lag-30", "Reads are 30 seconds behind.", replica_lags=(30,)),
    _variant("lag-300", "Reads are five minutes behind.", replica_lags=(300,)),
    _variant("reads-go-back", "Every second read is a minute behind.", replica_lags=(0, 60)),
    _variant("vanishing", "Records vanish and come back.", vanishing=True),
)

_DEVICES = (
    _variant("devices-with-error", "The list of phones has error and message.", devices_have_error=True),
    _variant("sim-info-absent", "Phones say nothing of SIMs.", sim_info="absent"),
    _variant("sim-info-empty", "Phones have an empty list of SIMs.", sim_info="empty"),
    _variant("sim-info-null", "Phones have null for their SIMs.", sim_info="null"),
    _variant("sim-info-text", "SIMs are JSON within JSON.", sim_info="json_string"),
    _variant("sim-info-by-slot", "SIMs stand under their slots.", sim_info="by_slot"),
    _variant("sim-info-old-slot", "SIMs have a second number for their slot.", sim_info="old_slot"),
    _variant("sim-numbers-padded", "SIM numbers have a space before them and no plus.", sim_numbers="padded"),
    _variant("imei-null", "The IMEI is the text null.", imei_null=True),
)

_WEBHOOKS = (
    _variant(
        "rings-raw-plus", "Webhooks post forms in which the plus of a number is bare.", ring_encoding="form_raw_plus"
    ),
    _variant("rings-json", "Webhooks post JSON.", ring_encoding="json"),
    _variant("rings-json-as-text", "Webhooks post JSON as text/plain.", ring_encoding="json_as_text"),
    _variant("rings-multipart", "Webhooks post forms in parts.", ring_encoding="multipart"),
    _variant("rings-old-fields", "Webhooks have the names of the old page.", ring_fields="old"),
    _variant("rings-image", "Webhooks tell of texts as of pictures.", ring_fields="image"),
    _variant(
        "rings-article", "Webhooks post the JSON of the vendor's article.", ring_encoding="json", ring_fields="article"
    ),
    _variant("rings-text-ids", "Webhooks post JSON in which ids are texts.", ring_encoding="json", ring_ids="string"),
    _variant("rings-without-ids", "Webhooks do not name the message.", ring_ids="missing"),
    _variant("rings-date-objects", "Webhooks spread dates over several fields.", ring_dates="object"),
    _variant(
        "rings-json-date-objects",
        "Webhooks post JSON in which dates are objects.",
        ring_encoding="json",
        ring_dates="object",
    ),
    _variant("rings-late", "Webhooks ring five seconds after the record.", ring_delay=5),
    _variant("rings-before-reads", "Webhooks ring three seconds before a read shows the record.", replica_lags=(3,)),
    _variant("rings-twice", "Webhooks ring twice.", ring_times=2),
    _variant("rings-lost", "Every second ring of the webhooks is lost.", ring_lost_every=2),
)

_OTHER = (
    _variant("status-as-token", "The status of a message is answered with the token.", status_answer="token"),
    _variant("contact-by-ctag", "A contact's list is taken from ctag_id alone.", contact_list_field="ctag_id"),
    _variant("contact-by-tag", "A contact's list is taken from tag_id alone.", contact_list_field="tag_id"),
    _variant("newsletter-at-once", "A newsletter cannot be scheduled.", newsletter_time="ignored"),
    _variant("newsletter-paket", "A newsletter's id stands in paket.", newsletter_answer="paket"),
    _variant("newsletter-no-id", "A newsletter has no id.", newsletter_answer="nothing"),
    _variant("no-date", "Answers have no Date header.", date_header="absent"),
    _variant("unreadable-date", "The Date header is no date.", date_header="garbage"),
    _variant("date-ahead", "The Date header is three hours ahead.", date_header="ahead"),
    _variant(
        "contrary",
        "Many of these at once.",
        empty="null",
        records_as_list=True,
        alien_records=True,
        ints_as_strings=True,
        left_out=frozenset({"error", "message", "count"}),
        content_type="text/html",
        errors="json_4xx",
        unknown_caller="Token not found",
        sender_field="address",
        dates=DateStyle(1, "+02:00"),
        time_to_send="created",
        ids="scattered",
        customer_id="string",
        numbers="no_plus",
        bodies="crlf",
        filter_zone_hours=2,
        order="shuffled",
        sim_info="json_string",
        sim_numbers="padded",
        imei_null=True,
        ring_encoding="json_as_text",
        ring_fields="old",
        ring_ids="string",
        ring_dates="object",
        date_header="absent",
    ),
)

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (DOCUMENTED, *_SHAPES, *_ERRORS, *_RECORDS, *_KEPT, *_READING, *_DEVICES, *_WEBHOOKS, *_OTHER)
}
"""All profiles, for tests that run over them and for the page."""
