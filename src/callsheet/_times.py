"""
The datetime family under its tags.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from ._leaves import Leaf, get_items, is_object
from ._messages import expect
from ._moments import (
    format_offset,
    parse_date,
    parse_datetime,
    parse_time,
    parse_timezone,
    parse_zoneinfo,
)

__all__ = ["TIME_LEAVES"]


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
    """
    Return ISO text where it says everything, else an object with the parts.
    """
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
    unknown = payload.keys() - {"local", "fold", "zone", "offset"}
    expect(not unknown, "it has other parts than local, fold, zone and offset")
    expect(isinstance(payload.get("local"), str), "its local part is no text")
    expect(not ("zone" in payload and "offset" in payload), "it has a zone and an offset")
    value = parse(payload["local"])
    expect(value.tzinfo is None, "its local part has an offset of its own")
    fold = payload.get("fold", 0)
    expect(type(fold) is int and fold in (0, 1), "its fold is neither 0 nor 1")
    zone: Any = None
    if "zone" in payload:
        zone = _decode_zoneinfo(payload["zone"])
    elif "offset" in payload:
        zone = _decode_timezone(payload["offset"])
    return value.replace(fold=fold, tzinfo=zone)


def _decode_date(payload: Any) -> dt.date:
    expect(isinstance(payload, str), "it is no text")
    return parse_date(payload)


def _encode_timedelta(value: dt.timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _decode_timedelta(payload: Any) -> dt.timedelta:
    parts = get_items(payload, 3, "days, seconds and microseconds")
    expect(all(type(part) is int for part in parts), "its parts are not integers")
    return dt.timedelta(*parts)


def _decode_datetime(payload: Any) -> dt.datetime:
    value = _decode_moment(parse_datetime, payload)
    return value  # type: ignore[no-any-return]


def _decode_time(payload: Any) -> dt.time:
    value = _decode_moment(parse_time, payload)
    return value  # type: ignore[no-any-return]


TIME_LEAVES: dict[type, Leaf] = {
    dt.datetime: Leaf("$datetime", _encode_moment, _decode_datetime, '"2026-11-22T12:30:00+01:00"'),
    dt.date: Leaf("$date", dt.date.isoformat, _decode_date, '"2026-11-22"'),
    dt.time: Leaf("$time", _encode_moment, _decode_time, '"12:30:00"'),
    dt.timedelta: Leaf("$timedelta", _encode_timedelta, _decode_timedelta, "[1, 3600, 0]"),
    dt.timezone: Leaf("$timezone", _encode_timezone, _decode_timezone, '"+01:00"'),
    zoneinfo.ZoneInfo: Leaf("$zoneinfo", _encode_zoneinfo, _decode_zoneinfo, '"Europe/Vienna"'),
}
