"""The formats of the portable profile, as jsonschema-rs understands them.

The libraries that check formats for ``jsonschema`` differ from it in leap seconds, the year 0, a line end at the end,
zone identifiers and the whole of URIs, so they are not used.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Final

__all__ = ["FORMATS"]

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE_TIME: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]"
    r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<off_hour>[01][0-9]|2[0-3]):(?P<off_minute>[0-5][0-9]))"
)
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# RFC 3986, appendix A.
_PERCENT: Final = "%[0-9A-Fa-f]{2}"
_PLAIN: Final = r"A-Za-z0-9._~!$&'()*+,;=\-"
_CHARACTER: Final = rf"(?:[{_PLAIN}:@]|{_PERCENT})"
_LITERAL: Final = rf"\[(?:(?P<address>[0-9A-Fa-f:.]+)|[vV][0-9A-Fa-f]+\.[{_PLAIN}:]+)\]"
_AUTHORITY: Final = rf"(?:(?:[{_PLAIN}:]|{_PERCENT})*@)?(?:{_LITERAL}|(?:[{_PLAIN}]|{_PERCENT})*)(?::[0-9]*)?"
_SEGMENTS: Final = rf"(?:/{_CHARACTER}*)*"
_ABSOLUTE: Final = rf"/(?:{_CHARACTER}+{_SEGMENTS})?"
_TAIL: Final = rf"(?:\?(?:{_CHARACTER}|[/?])*)?(?:#(?:{_CHARACTER}|[/?])*)?"
_URI: Final = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://{_AUTHORITY}{_SEGMENTS}|{_ABSOLUTE}|{_CHARACTER}+{_SEGMENTS}|){_TAIL}"
)
_RELATIVE: Final = re.compile(
    rf"(?://{_AUTHORITY}{_SEGMENTS}|{_ABSOLUTE}|(?:[{_PLAIN}@]|{_PERCENT})+{_SEGMENTS}|){_TAIL}"
)


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    if not 1 <= month <= 12:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _DAYS[month - 1] + (leap and month == 2)


def _is_date_time(text: str) -> bool:
    match = _DATE_TIME.fullmatch(text)
    if match is None or not _is_date(match["date"]):
        return False
    if match["second"] != "60":
        return True
    # A leap second is the last second of a day in UTC.
    minutes = int(match["hour"]) * 60 + int(match["minute"])
    offset = int(match["off_hour"] or 0) * 60 + int(match["off_minute"] or 0)
    return (minutes + (offset if match["sign"] == "-" else -offset)) % 1440 == 1439


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _is_uri(text: str) -> bool:
    return _has_form(_URI, text)


def _is_uri_reference(text: str) -> bool:
    return _has_form(_URI, text) or _has_form(_RELATIVE, text)


def _has_form(form: re.Pattern[str], text: str) -> bool:
    match = form.fullmatch(text)
    return match is not None and (match["address"] is None or _is_ipv6(match["address"]))


#: The formats of the portable profile with what checks a string.
FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "uri": _is_uri,
    "uri-reference": _is_uri_reference,
    "uuid": _is_uuid,
}
