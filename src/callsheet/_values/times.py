"""
The datetime family under its tags, as ISO text that is the same on every Python.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence
from functools import partial
from typing import Any

from .._messages import expect
from .leaves import Tag, get_items, is_object, make_leaf, make_text_leaf

_DATE_PATTERN = r"\d{4}-\d\d-\d\d"
_OFFSET_PATTERN = r"[+-]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?"
_TIME_PATTERN = rf"(\d\d:\d\d)(:\d\d)?(\.\d{{1,6}})?(Z|{_OFFSET_PATTERN})?"
_DATE = re.compile(_DATE_PATTERN, re.ASCII)
_TIME = re.compile(_TIME_PATTERN, re.ASCII)
_DATETIME = re.compile(rf"({_DATE_PATTERN})(?:[T ]{_TIME_PATTERN})?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?", re.ASCII)
_TIMEDELTA = re.compile(
    r"(?:([+-]?\d{1,9}) days?(?:, )?)?(?:(\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?", re.ASCII
)
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", re.ASCII)


def parse_date(text: str) -> dt.date:
    """Return the date that ``2026-11-22`` stands for."""
    expect(_DATE.fullmatch(text), "it is not written YYYY-MM-DD")
    return dt.date.fromisoformat(text)


def parse_time(text: str) -> dt.time:
    """Return the time that ``12:30[:00[.5]][Z|+01:00]`` stands for."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("it is not written HH:MM[:SS[.ffffff]][Z|+HH:MM]")
    return _make_time(*match.groups())


def parse_datetime(text: str) -> dt.datetime:
    """
    Return the datetime that a date, or a date and a time with a T or a space
    between them, stands for.
    """
    match = _DATETIME.fullmatch(text)
    if match is None:
        raise ValueError(
            "it is not written YYYY-MM-DDTHH:MM[:SS[.ffffff]], with Z or +HH:MM for a zone"
        )
    date, *time = match.groups()
    return dt.datetime.combine(
        dt.date.fromisoformat(date), _make_time(*time) if time[0] else dt.time()
    )


def _make_time(minutes: Any, seconds: Any, fraction: Any, zone: Any) -> dt.time:
    return dt.time(
        int(minutes[:2]),
        int(minutes[3:]),
        int((seconds or ":0")[1:]),
        _get_microseconds((fraction or ".")[1:]),
        None if zone is None else parse_timezone(zone),
    )


def _get_microseconds(digits: str | None) -> int:
    return int((digits or "").ljust(6, "0"))


def _make_span(days: Any, clock: Sequence[Any], reason: str) -> dt.timedelta:
    """Return the duration of so many days, hours, minutes, seconds and microseconds."""
    *parts, fraction = clock
    hours, minutes, seconds = [int(part or 0) for part in parts]
    expect(minutes < 60 and seconds < 60, reason)
    return dt.timedelta(int(days or 0), seconds, _get_microseconds(fraction), 0, minutes, hours)


def parse_timedelta(text: str) -> dt.timedelta:
    """
    Return the duration that ``[2 days, ]1:30:00[.5]`` stands for, as
    ``str(timedelta)`` prints it.
    """
    match = _TIMEDELTA.fullmatch(text)
    if match is None or not text or text.endswith(", "):
        raise ValueError("it is not written [D days, ]H:MM:SS[.ffffff]")
    days, *clock = match.groups()
    return _make_span(days, clock, "it has more than 59 minutes or seconds")


def parse_timezone(text: str) -> dt.timezone:
    """Return the time zone that ``+01:00`` or ``Z`` stands for."""
    if text == "Z":
        return dt.timezone.utc
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ValueError("an offset is written +HH:MM[:SS[.ffffff]]")
    sign, *clock = match.groups()
    offset = _make_span(0, clock, "an offset has at most 59 minutes")
    # A zero offset gives the UTC singleton only without a name.
    return dt.timezone(-offset if sign == "-" else offset)


def format_offset(offset: dt.timedelta) -> str:
    """Return an offset as `parse_timezone` reads it."""
    sign, offset = ("-", -offset) if offset < dt.timedelta(0) else ("+", offset)
    text = str(offset)
    text = text if text[1] != ":" else f"0{text}"
    return sign + text.removesuffix(":00")


def parse_zoneinfo(text: str) -> zoneinfo.ZoneInfo:
    """Return the time zone of a name."""
    expect(len(text) < 256 and _ZONE.fullmatch(text), "it is no name of a time zone")
    try:
        return zoneinfo.ZoneInfo(text)
    except Exception as error:  # a directory, another file beside the zones, none
        raise ValueError("this machine knows no time zone of that name") from error


def _get_timezone_arguments(zone: Any) -> tuple[dt.timedelta, str | None]:
    offset, *name = zone.__getinitargs__()
    return offset, name[0] if name else None


def _encode_timezone(zone: dt.timezone) -> Any:
    offset, name = _get_timezone_arguments(zone)
    return format_offset(offset) if name is None else [format_offset(offset), name]


def _decode_timezone(payload: Any) -> dt.timezone:
    if isinstance(payload, str):
        return parse_timezone(payload)
    offset, name = get_items(payload, 2, "an offset and a name")
    expect(isinstance(offset, str) and isinstance(name, str), "it is no offset with a name")
    return dt.timezone(parse_timezone(offset).utcoffset(None), name)


def _encode_zoneinfo(zone: zoneinfo.ZoneInfo) -> str | None:
    try:
        return _decode_zoneinfo(zone.key).key
    except ValueError:  # from a file, under no name or one of its own
        return None


def _decode_zoneinfo(payload: Any) -> zoneinfo.ZoneInfo:
    expect(isinstance(payload, str), "it is no name of a time zone")
    return parse_zoneinfo(payload)


def _encode_moment(value: Any) -> Any:
    """Return ISO text where it says everything, else an object with the parts."""
    zone = value.tzinfo
    parts: dict[str, Any] = {"local": value.replace(tzinfo=None, fold=0).isoformat()}
    if value.fold:
        parts["fold"] = value.fold
    if type(zone) is dt.timezone:
        offset, name = _get_timezone_arguments(zone)
        if name is None and not value.fold:
            return parts["local"] + format_offset(offset)
        parts["offset"] = _encode_timezone(zone)
    elif type(zone) is zoneinfo.ZoneInfo:
        parts["zone"] = _encode_zoneinfo(zone)
        if parts["zone"] is None:
            return None
    elif zone is not None:
        return None
    return parts if len(parts) > 1 else parts["local"]


def _decode_moment(parse: Any, payload: Any) -> Any:
    if isinstance(payload, str):
        return parse(payload)
    expect(is_object(payload), "it is no text")
    keys = {"local", "fold", "zone", "offset"}
    expect(payload.keys() <= keys, "it has other parts than local, fold, zone and offset")
    expect(isinstance(payload.get("local"), str), "its local part is no text")
    expect(not ("zone" in payload and "offset" in payload), "it has a zone and an offset")
    value = parse(payload["local"])
    expect(value.tzinfo is None, "its local part has an offset of its own")
    fold = payload.get("fold", 0)
    expect(type(fold) is int and fold in (0, 1), "its fold is neither 0 nor 1")
    zone: Any = _decode_zoneinfo(payload["zone"]) if "zone" in payload else None
    zone = _decode_timezone(payload["offset"]) if "offset" in payload else zone
    return value.replace(fold=fold, tzinfo=zone)


def _encode_timedelta(value: dt.timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _decode_timedelta(payload: Any) -> dt.timedelta:
    parts = get_items(payload, 3, "days, seconds and microseconds")
    expect(all(type(part) is int for part in parts), "its parts are not integers")
    return dt.timedelta(*parts)


TIME_TAGS: dict[type, Tag] = {
    dt.datetime: make_leaf(
        "$datetime",
        _encode_moment,
        partial(_decode_moment, parse_datetime),
        '"2026-11-22T12:30:00+01:00"',
        parse=parse_datetime,
    ),
    dt.date: make_text_leaf("$date", dt.date.isoformat, parse_date, '"2026-11-22"'),
    dt.time: make_leaf(
        "$time", _encode_moment, partial(_decode_moment, parse_time), '"12:30:00"', parse=parse_time
    ),
    dt.timedelta: make_leaf(
        "$timedelta",
        _encode_timedelta,
        _decode_timedelta,
        "[1, 3600, 0]",
        parse=parse_timedelta,
        others=(int, float),
    ),
    dt.timezone: make_leaf(
        "$timezone", _encode_timezone, _decode_timezone, '"+01:00"', parse=parse_timezone
    ),
    zoneinfo.ZoneInfo: make_leaf(
        "$zoneinfo", _encode_zoneinfo, _decode_zoneinfo, '"Europe/Vienna"', parse=parse_zoneinfo
    ),
}
