"""
Scalars of YAML: those of JSON in YAML 1.2's spelling, and text.
"""

from __future__ import annotations

import re
from typing import Any, Final

import attrs

from .._statics import get_type
from ..exceptions import CallsheetError, LimitError, TextError
from .limits import Limits, check_size, decode_utf8, describe_key, import_library

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"|~|null|Null|NULL", re.ASCII)
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE", re.ASCII)
_INT = re.compile(r"[-+]?(?:0|[1-9]\d*|0x[0-9a-fA-F]+)", re.ASCII)
# Also 1e-3, which is JSON and a number of YAML 1.2, but text to PyYAML.
FLOAT = re.compile(r"[-+]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)", re.ASCII)
_CONSTANT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)


class _MergeType:
    """
    The type of the key ``<<``, which is no text.
    """


MERGE: Any = _MergeType()


def read_scalar(event: Any, line: int) -> Any:
    """
    Return what a scalar stands for, by its tag or, if it is plain, its form.
    """
    text: str = event.value
    if event.tag is None:
        return _read_plain(text, line) if event.implicit[0] else text
    if event.tag == "!":
        return text
    kind = check_tag(event.tag, "str null bool int float", line)
    if kind == "str":
        return text
    value = _read_plain(text, line)
    if kind == "float" and type(value) is int:
        value = float(value)
    if type(value).__name__ != {"null": "NoneType"}.get(kind, kind):
        raise refuse(f"{describe_key(text)} is no {kind}", line)
    return value


def _read_plain(text: str, line: int) -> Any:
    if not text or text[0] in "~nNtTfF":
        if _NULL.fullmatch(text):
            return None
        if _BOOL.fullmatch(text):
            return text in ("true", "True", "TRUE")
        return text
    if text[0] not in "-+.0123456789":
        return MERGE if text == "<<" else text
    if _INT.fullmatch(text):
        try:
            return int(text, 0)
        except ValueError:
            raise refuse("an integer has too many digits", line) from None
    if FLOAT.fullmatch(text):
        value = float(text)
        if value - value == 0.0:
            return value
        raise refuse(f"{text[:40]} is beyond every float", line)
    if _CONSTANT.fullmatch(text):
        name = text.lower().replace(".", "").replace("+", "")
        raise refuse(f'{text} is no JSON number; write {{"$float": "{name}"}}', line)
    return text


def check_tag(tag: str | None, allowed: str, line: int) -> str:
    """
    Return the name of a tag of JSON's types, empty without a tag.
    """
    if tag is None or tag == "!":
        return ""
    kind = tag.removeprefix(_TAG)
    if tag.startswith(_TAG) and kind in allowed.split():
        return kind
    raise refuse(f"the tag {describe_key(tag)} is none of JSON's types", line)


def refuse(reason: str, line: int) -> TextError:
    """
    Return the error for what stands in a line of YAML.
    """
    return TextError(f"Cannot read the YAML text: {reason.rstrip('.')} (line {line}).")


_LIBYAML_DEPTH: Final = 1000  # what libyaml itself reads, as PyYAML brings it since 6.0.4


def read_yaml(text: str | bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a YAML text: one document of what JSON can hold.

    Plain scalars are read as YAML 1.2 reads them: ``1e-3`` is a number, and what
    only PyYAML takes for something else stays text: dates, ``yes`` and ``no``,
    ``1:30``, ``0777`` and ``1_000``. Refused are all tags but those of JSON's
    types, keys that are not text or that occur twice, ``.nan`` and ``.inf``,
    aliases to what contains them, and a second document.

    Raises:
        TextError: It is not exactly one strict document, or PyYAML is not
            installed.

        LimitError: It goes beyond *limits*.
    """
    limits = limits or Limits()
    check_size(text, limits, "the YAML text")
    return read_events(decode_utf8(text, "the YAML text"), limits)


def read_events(text: str, limits: Limits, *, deeply: bool = False) -> Any:
    """
    Return the data of the one document that *text* holds.

    Args:
        text: The text.

        limits: The limits to hold.

        deeply: Whether to read with PyYAML's own parser, which is slow, but
            limits no depth.

    Raises:
        TextError: It is not exactly one strict document, or PyYAML is not
            installed.

        LimitError: It goes beyond *limits*.
    """
    yaml = import_library("yaml", "yaml", "the YAML text")
    loader = yaml.SafeLoader if deeply else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # libyaml compares each with all others, and each tag with all of them.
    if len(_DIRECTIVE.findall(text)) > _MAX_DIRECTIVES:
        message = (
            f"Cannot read the YAML text: it has more than {_MAX_DIRECTIVES} %TAG directives. "
            f"Remove them: documents need none."
        )
        raise LimitError(message)
    try:
        return _compose(yaml.parse(text, Loader=loader), limits)
    except CallsheetError:
        raise
    except (RecursionError, MemoryError):
        message = "Cannot read the YAML text: it is nested too deeply, or too large. Split it."
        raise LimitError(message) from None
    except Exception as error:  # PyYAML raises more than its own errors
        if not deeply and getattr(error, "problem", None) == "exceeded maximum nesting depth":
            if limits.max_depth >= _LIBYAML_DEPTH:
                return read_events(text, limits, deeply=True)
            mark: Any = getattr(error, "problem_mark", None)
            raise _refuse_depth(mark.line + 1, limits) from None
        reason = " ".join(str(error).split())[:200].rstrip(".")
        message = f"Cannot read the YAML text: {reason}. Correct it there."
        raise TextError(message) from error


_MISSING: Any = object()
_MAX_DIRECTIVES = 16
_DIRECTIVE = re.compile(r"(?:^|[\n\r\x85\u2028\u2029])%TAG")


@attrs.define
class _Open:
    """
    A list or mapping whose end has not been met.
    """

    value: Any
    is_mapping: bool
    line: int
    anchor: str | None
    n_nodes: int = 1
    key: Any = _MISSING
    merges: list[Any] = attrs.field(factory=list[Any])


def _compose(events: Any, limits: Limits) -> Any:
    """
    Return what the events of one document stand for. There is no recursion, so
    depth is a matter of limits alone.
    """
    root = _Open([], is_mapping=False, line=0, anchor=None, n_nodes=0)
    stack = [root]
    anchors: dict[str, tuple[Any, int] | None] = {}
    n_repeated = 0
    for event in events:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "ScalarEvent":
            value, n_nodes = read_scalar(event, line), 1
        elif kind == "AliasEvent":
            value, n_nodes = _get_anchored(anchors, event.anchor, line)
            n_repeated += n_nodes
            if n_repeated > limits.max_alias_nodes:
                raise _refuse_aliases(line, limits)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            if len(stack) > limits.max_depth:
                raise _refuse_depth(line, limits)
            is_mapping = kind == "MappingStartEvent"
            check_tag(event.tag, "map" if is_mapping else "seq", line)
            stack.append(_Open({} if is_mapping else [], is_mapping, line, event.anchor))
            if event.anchor is not None:
                anchors[event.anchor] = None
            continue
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            done = stack.pop()
            n_repeated += _merge(done)
            if n_repeated > limits.max_alias_nodes:
                raise _refuse_aliases(line, limits)
            value, n_nodes = done.value, done.n_nodes
            if done.anchor is not None:
                anchors[done.anchor] = (value, n_nodes)
        elif kind == "DocumentStartEvent":
            if root.value:
                raise refuse("there is a second document", line)
            continue
        else:
            continue
        if kind == "ScalarEvent" and event.anchor is not None:
            anchors[event.anchor] = (value, 1)
        _add(stack[-1], value, n_nodes, line)
        if stack[-1].n_nodes > limits.max_nodes:
            message = (
                f"Cannot read the YAML text: it has more than {limits.max_nodes} values. "
                f"Split it, or raise Limits(max_nodes=...)."
            )
            raise LimitError(message)
    if not root.value:
        raise refuse("there is no document", 1)
    return root.value[0]


def _add(target: _Open, value: Any, n_nodes: int, line: int) -> None:
    """
    Put a value, or a key, into the innermost open list or mapping.
    """
    target.n_nodes += n_nodes
    if not target.is_mapping:
        if value is MERGE:
            value = "<<"
        target.value.append(value)
    elif target.key is _MISSING:
        if value is not MERGE and type(value) is not str:
            kind = type(value).__name__
            raise refuse(f"a key is of type {kind}, not text; write it in quotes", line)
        if value in target.value or (value is MERGE and target.merges):
            key = "<<" if value is MERGE else value
            raise refuse(f"a mapping has the key {describe_key(key)} twice", line)
        target.key = value
    else:
        if target.key is MERGE:
            target.merges.extend(value if get_type(value) is list else [value])
            if not all(isinstance(source, dict) for source in target.merges):
                raise refuse("<< takes a mapping, or a list of them", line)
        else:
            target.value[target.key] = "<<" if value is MERGE else value
        target.key = _MISSING


def _merge(done: _Open) -> int:
    """
    Put what ``<<`` names under the mapping's own keys; return its size.
    """
    if not done.merges:
        return 0
    merged: dict[str, Any] = {}
    for source in reversed(done.merges):
        merged.update(source)
    merged.update(done.value)
    done.value = merged
    return done.n_nodes


def _get_anchored(anchors: dict[str, Any], anchor: str, line: int) -> tuple[Any, int]:
    if anchor not in anchors:
        raise refuse(f"the alias {describe_key(anchor)} has no anchor", line)
    found: tuple[Any, int] | None = anchors[anchor]
    if found is None:
        raise refuse(f"the alias {describe_key(anchor)} is inside of what it names", line)
    return found


def _refuse_depth(line: int, limits: Limits) -> LimitError:
    message = (
        f"Cannot read the YAML text: it is nested deeper than {limits.max_depth} levels "
        f"(line {line}). Flatten it, or raise Limits(max_depth=...)."
    )
    return LimitError(message)


def _refuse_aliases(line: int, limits: Limits) -> LimitError:
    message = (
        f"Cannot read the YAML text: its aliases repeat more than {limits.max_alias_nodes} values "
        f"(line {line}). Write them out, or raise Limits(max_alias_nodes=...)."
    )
    return LimitError(message)
