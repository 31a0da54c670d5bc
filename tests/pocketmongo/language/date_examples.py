"""What the date and conversion operators make of one document, as MongoDB's manual has it.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#date-expression-operators
"""

from __future__ import annotations

from bson import Decimal128, Int64

from tests.pocketmongo.language.examples import ANN, Example, day

IN_PARIS = {
    "startDate": day(2026, 3, 28, 12),
    "unit": "day",
    "amount": 1,
    "timezone": "Europe/Paris",
}
WEEK = {
    "startDate": day(2026, 1, 4),
    "endDate": day(2026, 1, 5),
    "unit": "week",
    "startOfWeek": "mon",
}
MIDNIGHT = {"hour": 0, "minute": 0, "second": 0, "millisecond": 0}

DATES = [
    Example("year", {"$year": "$at"}, 2026),
    Example("month", {"$month": {"date": "$at", "timezone": "+01:00"}}, 2),
    Example("day of the month", {"$dayOfMonth": {"date": "$at", "timezone": "Europe/Paris"}}, 1),
    Example("hour", {"$hour": "$at"}, 23),
    Example("minute", {"$minute": "$at"}, 30),
    Example("second", {"$second": "$at"}, 15),
    Example("millisecond", {"$millisecond": "$at"}, 250),
    Example("day of the week, Sunday first", {"$dayOfWeek": "$at"}, 7),
    Example("day of the year", {"$dayOfYear": "$at"}, 31),
    Example("week of the year", {"$week": "$at"}, 4),
    Example("ISO week", {"$isoWeek": "$at"}, 5),
    Example("ISO year", {"$isoWeekYear": day(2027, 1, 1)}, 2026),
    Example("ISO day", {"$isoDayOfWeek": "$at"}, 6),
    Example("the date of an ObjectId", {"$year": "$by"}, 2024),
    Example("written", {"$dateToString": {"date": "$at"}}, "2026-01-31T23:30:15.250Z"),
    Example(
        "written in a zone",
        {
            "$dateToString": {
                "date": "$at",
                "format": "%Y-%m-%d %H:%M %z %j %%",
                "timezone": "+05:30",
            }
        },
        "2026-02-01 05:00 +0530 032 %",
    ),
    Example("written of nothing", {"$dateToString": {"date": "$gone", "onNull": "never"}}, "never"),
    Example(
        "read",
        {"$dateFromString": {"dateString": "2026-01-31T23:30:00Z"}},
        day(2026, 1, 31, 23, 30),
    ),
    Example(
        "read in a format and a zone",
        {
            "$dateFromString": {
                "dateString": "31/01/2026",
                "format": "%d/%m/%Y",
                "timezone": "+01:00",
            }
        },
        day(2026, 1, 30, 23),
    ),
    Example("unreadable", {"$dateFromString": {"dateString": "soon", "onError": "?"}}, "?"),
    Example("cut to the month", {"$dateTrunc": {"date": "$at", "unit": "month"}}, day(2026, 1, 1)),
    Example(
        "cut to the week from Monday",
        {"$dateTrunc": {"date": "$at", "unit": "week", "startOfWeek": "monday"}},
        day(2026, 1, 26),
    ),
    Example(
        "cut to six hours in a zone",
        {"$dateTrunc": {"date": "$at", "unit": "hour", "binSize": 6, "timezone": "+01:00"}},
        day(2026, 1, 31, 23),
    ),
    Example(
        "a month after the 31st is the month's last day",
        {"$dateAdd": {"startDate": "$at", "unit": "month", "amount": 1}},
        day(2026, 2, 28, 23, 30, 15, 250_000),
    ),
    Example(
        "a day later is the same hour when clocks change",
        {"$dateAdd": IN_PARIS},
        day(2026, 3, 29, 11),
    ),
    Example(
        "earlier",
        {"$dateSubtract": {"startDate": "$at", "unit": "hour", "amount": 24}},
        day(2026, 1, 30, 23, 30, 15, 250_000),
    ),
    Example(
        "months between count beginnings of months",
        {"$dateDiff": {"startDate": "$at", "endDate": day(2026, 2, 1), "unit": "month"}},
        1,
    ),
    Example("weeks between", {"$dateDiff": WEEK}, 1),
    Example("of parts", {"$dateFromParts": {"year": 2026, "month": 14, "day": 1}}, day(2027, 2, 1)),
    Example(
        "of ISO parts", {"$dateFromParts": {"isoWeekYear": 2026, "isoWeek": 5}}, day(2026, 1, 26)
    ),
    Example(
        "into parts",
        {"$dateToParts": {"date": day(2026, 1, 31, 23), "timezone": "+01:00"}},
        {"year": 2026, "month": 2, "day": 1, **MIDNIGHT},
    ),
    Example(
        "into ISO parts",
        {"$dateToParts": {"date": day(2026, 1, 26), "iso8601": True}},
        {"isoWeekYear": 2026, "isoWeek": 5, "isoDayOfWeek": 1, **MIDNIGHT},
    ),
    Example("a timestamp's second", {"$tsSecond": "$stamp"}, 100),
    Example("a timestamp's counter", {"$tsIncrement": "$stamp"}, 3),
]

CONVERSION = [
    Example("to text", {"$toString": "$half"}, "2.5"),
    Example("a date to text", {"$toString": "$at"}, "2026-01-31T23:30:15.250Z"),
    Example("to int", {"$toInt": "12"}, 12),
    Example("to int cuts off", {"$toInt": 7.9}, 7),
    Example("to long", {"$toLong": "$at"}, 1769902215250),
    Example("to double", {"$toDouble": "1e3"}, 1000.0),
    Example("to decimal", {"$toDecimal": "1.10"}, Decimal128("1.10")),
    Example("to bool", {"$toBool": "false"}, True),
    Example("to date", {"$toDate": Int64(0)}, day(1970, 1, 1)),
    Example("to ObjectId", {"$toObjectId": "65f000000000000000000001"}, ANN),
    Example(
        "what fails can be replaced", {"$convert": {"input": "x", "to": "int", "onError": 0}}, 0
    ),
    Example("null can be replaced", {"$convert": {"input": None, "to": "int", "onNull": 1}}, 1),
    Example("whether it is a number", {"$isNumber": "$is_on"}, False),
    Example("bytes of data", {"$binarySize": "$data"}, 3),
    Example("bytes of a document", {"$bsonSize": {}}, 5),
]
