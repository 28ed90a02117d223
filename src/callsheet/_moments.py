"""
Dates, times and durations as ISO text, the same on every Python.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import Any

from ._messages import expect

__all__ = [
    "format_offset",
    "parse_date",
    "parse_datetime",
    "parse_time",
    "parse_timedelta",
    "parse_timezone",
    "parse_zoneinfo",
]

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
    """
    Return the date that ``2026-11-22`` stands for.
    """
    expect(_DATE.fullmatch(text), "it is not written YYYY-MM-DD")
    return dt.date.fromisoformat(text)


def parse_time(text: str) -> dt.time:
    """
    Return the time that ``12:30[:00[.5]][Z|+01:00]`` stands for.
    """
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


def parse_timedelta(text: str) -> dt.timedelta:
    """
    Return the duration that ``[2 days, ]1:30:00[.5]`` stands for, as
    ``str(timedelta)`` prints it.
    """
    match = _TIMEDELTA.fullmatch(text)
    if match is None or not text or text.endswith(", "):
        raise ValueError("it is not written [D days, ]H:MM:SS[.ffffff]")
    days, hours, minutes, seconds, fraction = match.groups()
    expect(
        int(minutes or 0) < 60 and int(seconds or 0) < 60, "it has more than 59 minutes or seconds"
    )
    return dt.timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=_get_microseconds(fraction),
    )


def parse_timezone(text: str) -> dt.timezone:
    """
    Return the time zone that ``+01:00`` or ``Z`` stands for.
    """
    if text == "Z":
        return dt.timezone.utc
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ValueError("an offset is written +HH:MM[:SS[.ffffff]]")
    sign, hours, minutes, seconds, fraction = match.groups()
    expect(int(minutes) < 60 and int(seconds or 0) < 60, "an offset has at most 59 minutes")
    offset = dt.timedelta(
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds or 0),
        microseconds=_get_microseconds(fraction),
    )
    # A zero offset gives the UTC singleton only without a name.
    return dt.timezone(-offset if sign == "-" else offset)


def format_offset(offset: dt.timedelta) -> str:
    """
    Return an offset as `parse_timezone` reads it.
    """
    sign, offset = ("-", -offset) if offset < dt.timedelta(0) else ("+", offset)
    text = str(offset)
    text = text if text[1] != ":" else f"0{text}"
    return sign + text.removesuffix(":00")


def parse_zoneinfo(text: str) -> zoneinfo.ZoneInfo:
    """
    Return the time zone of a name.
    """
    expect(
        len(text) < 256 and _ZONE.fullmatch(text),
        "it is no name of a time zone",
    )
    try:
        return zoneinfo.ZoneInfo(text)
    except Exception as error:  # a directory, another file beside the zones, none
        raise ValueError("this machine knows no time zone of that name") from error
