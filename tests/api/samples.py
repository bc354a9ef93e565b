"""Answers that the service's documentation shows, with reserved and invented numbers in place of its own."""

from typing import Final

DEVICES: Final = """
{
    "count": 2,
    "device": {
        "1576": {
            "id": 1576,
            "title": "AOSP_on_IA_Emulator",
            "number": null,
            "imei": "358240051111110",
            "created": {"date": "2020-03-28 20:10:29.000000", "timezone_type": 3, "timezone": "UTC"},
            "createdhumanformat": "28.03.2020 20:10:29",
            "lastseen": {"date": "2020-04-23 17:02:21.000000", "timezone_type": 3, "timezone": "UTC"},
            "lastseenhumanformat": "23.04.2020 17:02:21",
            "serialnumber": "EMULATOR30X0X5X0",
            "siminfo": [
                {
                    "Slot": "0",
                    "IccId": "89014103211118510720",
                    "Number": " 12025550124",
                    "Roaming": "0",
                    "CountryIso": "us",
                    "CarrierName": "Android (T-Mobile)"
                }
            ],
            "appversion": "12.1.21",
            "isappversionactual": false,
            "delaybetweeneachsms": null,
            "delaybetweenrequest": 1,
            "subscription": true
        },
        "1297": {
            "id": 1297,
            "title": "Android_SDK_built_for_x86",
            "number": null,
            "imei": "null",
            "created": {"date": "2020-01-20 14:01:05.000000", "timezone_type": 3, "timezone": "UTC"},
            "createdhumanformat": "20.01.2020 14:01:05",
            "lastseen": {"date": "2020-04-20 20:51:34.000000", "timezone_type": 3, "timezone": "UTC"},
            "lastseenhumanformat": "20.04.2020 20:51:34",
            "serialnumber": "unknown",
            "siminfo": [
                {
                    "Slot": "0",
                    "IccId": "8949000000000000001",
                    "Number": "+12025550125",
                    "Roaming": "1",
                    "CountryIso": "de",
                    "CarrierName": "Drillisch (o2)"
                }
            ],
            "appversion": "12.1.21",
            "isappversionactual": false,
            "delaybetweeneachsms": 5,
            "delaybetweenrequest": 10,
            "subscription": false
        }
    }
}
"""

MESSAGES: Final = """
{
    "smss": {
        "62050971": {
            "id": 62050971,
            "sendto": "+12025550123",
            "body": "Hello! Thank you for Order! ",
            "customerid": null,
            "status": 2,
            "statustitle": "sending",
            "deviceid": 11231,
            "urgent": null,
            "created": {"date": "2023-11-02 22:44:43.000000", "timezone_type": 3, "timezone": "Europe/Paris"},
            "senttime": null,
            "timetosend": null,
            "paketid": null,
            "pakettitle": null,
            "paketbody": null
        },
        "62051117": {
            "id": 62051117,
            "sendto": "+12025550123",
            "body": "Hello! Thank you for Order! ",
            "customerid": null,
            "status": 7,
            "statustitle": "delivered",
            "deviceid": 11231,
            "urgent": null,
            "created": {"date": "2023-11-02 22:46:09.000000", "timezone_type": 3, "timezone": "Europe/Paris"},
            "senttime": null,
            "timetosend": null,
            "paketid": null,
            "pakettitle": null,
            "paketbody": null
        }
    }
}
"""
