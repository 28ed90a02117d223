"""
Strict reading of YAML: one document, scalars as YAML 1.2 spells those of JSON.
"""

from __future__ import annotations

import re
from typing import Any, Final

import attrs

from .._statics import get_type
from ..exceptions import LimitError, TextError
from .limits import Limits, decode_utf8, describe_key, exceed, import_library, reading, refuse

_TITLE: Final = "the YAML text"
_MISSING: Final[Any] = object()
_LIBYAML_DEPTH: Final = 1000  # of libyaml's own limit, as PyYAML brings it since 6.0.4
_MAX_DIRECTIVES: Final = 16
_DIRECTIVE: Final = re.compile(r"(?:^|[\n\r\x85\u2028\u2029])%TAG")

_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final[Any] = object()  # the key <<, which is not text
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    "<<": _MERGE,
}
_INT: Final = re.compile(r"[-+]?(?:0|[1-9]\d*|0x[0-9a-fA-F]+)", re.ASCII)
# Also 1e-3, which is JSON and a number of YAML 1.2, but text to PyYAML.
FLOAT: Final = re.compile(r"[-+]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)", re.ASCII)
_CONSTANT: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)


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
    text = decode_utf8(text, limits, _TITLE)
    yaml = import_library("yaml", "yaml", _TITLE)
    # libyaml compares each with all others, and each tag with all of them.
    if len(_DIRECTIVE.findall(text)) > _MAX_DIRECTIVES:
        reason = f"it has more than {_MAX_DIRECTIVES} %TAG directives"
        raise refuse(_TITLE, f"{reason}. Remove them: documents need none.", LimitError)
    with reading(_TITLE, "Correct it there."):
        try:
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            return _Composer(limits).compose(yaml.parse(text, Loader=loader))
        except yaml.YAMLError as error:
            if getattr(error, "problem", None) != "exceeded maximum nesting depth":
                raise
            if limits.max_depth < _LIBYAML_DEPTH:
                raise _refuse_depth(error.problem_mark.line + 1, limits) from None
        # PyYAML's own parser is slow, but limits no depth.
        return _Composer(limits).compose(yaml.parse(text, Loader=yaml.SafeLoader))


@attrs.define
class _Open:
    """A list or mapping whose end has not been met."""

    value: Any
    anchor: str | None
    n_before: int
    key: Any = _MISSING
    merges: list[Any] = attrs.field(factory=list[Any])

    def add(self, value: Any, line: int) -> None:
        if get_type(self.value) is list:
            self.value.append("<<" if value is _MERGE else value)
        elif self.key is _MISSING:
            if value is not _MERGE and type(value) is not str:
                kind = type(value).__name__
                raise _refuse(f"a key is of type {kind}, not text; write it in quotes", line)
            if value in self.value or (value is _MERGE and self.merges):
                key = "<<" if value is _MERGE else value
                raise _refuse(f"a mapping has the key {describe_key(key)} twice", line)
            self.key = value
        else:
            if self.key is not _MERGE:
                self.value[self.key] = "<<" if value is _MERGE else value
            else:
                self.merges.extend(value if get_type(value) is list else [value])
                if not all(isinstance(source, dict) for source in self.merges):
                    raise _refuse("<< takes a mapping, or a list of them", line)
            self.key = _MISSING

    def close(self) -> Any:
        """Return the value, with what ``<<`` names under a mapping's own keys."""
        if not self.merges:
            return self.value
        merged: dict[str, Any] = {}
        for source in reversed(self.merges):
            merged.update(source)
        return {**merged, **self.value}


@attrs.define
class _Composer:
    """
    The values of a document, made of its events.

    PyYAML's own nodes are made by recursion, which ends a program where
    Python's stack or C's does: here depth is a matter of limits alone.
    """

    limits: Limits
    anchors: dict[str, tuple[Any, int] | None] = attrs.field(factory=dict[str, Any])
    n_nodes: int = 0
    n_repeated: int = 0

    def compose(self, events: Any) -> Any:
        root: list[Any] = []
        stack = [_Open(root, None, 0)]
        for event in events:
            kind = type(event).__name__
            line = event.start_mark.line + 1
            before, anchor = self.n_nodes, getattr(event, "anchor", None)
            if kind == "ScalarEvent":
                value = _read_scalar(event, line)
                self.n_nodes += 1
            elif kind == "AliasEvent":
                value, n_nodes = self.get_anchored(anchor, line)
                anchor = None
                self.n_nodes += n_nodes
                self.repeat(n_nodes, line)
            elif kind in ("SequenceStartEvent", "MappingStartEvent"):
                if len(stack) > self.limits.max_depth:
                    raise _refuse_depth(line, self.limits)
                is_mapping = kind == "MappingStartEvent"
                _check_tag(event.tag, "map" if is_mapping else "seq", line)
                stack.append(_Open({} if is_mapping else [], anchor, before))
                self.n_nodes += 1
                if anchor is not None:
                    self.anchors[anchor] = None
                continue
            elif kind in ("SequenceEndEvent", "MappingEndEvent"):
                done = stack.pop()
                value, anchor, before = done.close(), done.anchor, done.n_before
                if done.merges:
                    self.repeat(self.n_nodes - before, line)
            elif kind == "DocumentStartEvent" and root:
                raise _refuse("there is a second document", line)
            else:
                continue
            if anchor is not None:
                self.anchors[anchor] = value, self.n_nodes - before
            stack[-1].add(value, line)
            if self.n_nodes > self.limits.max_nodes:
                reason = f"it has more than {self.limits.max_nodes} values"
                raise exceed(_TITLE, reason, "max_nodes")
        if not root:
            raise _refuse("there is no document", 1)
        return root[0]

    def get_anchored(self, anchor: Any, line: int) -> tuple[Any, int]:
        found = self.anchors.get(anchor)
        if found is None:
            is_open = anchor in self.anchors
            reason = "is inside of what it names" if is_open else "has no anchor"
            raise _refuse(f"the alias {describe_key(anchor)} {reason}", line)
        return found

    def repeat(self, n_nodes: int, line: int) -> None:
        self.n_repeated += n_nodes
        if self.n_repeated > self.limits.max_alias_nodes:
            most = self.limits.max_alias_nodes
            reason = f"its aliases repeat more than {most} values (line {line})"
            raise exceed(_TITLE, reason, "max_alias_nodes")


def _read_scalar(event: Any, line: int) -> Any:
    text: str = event.value
    if event.tag is None:
        return _read_plain(text, line) if event.implicit[0] else text
    kind = _check_tag(event.tag, "str null bool int float", line)
    if kind in ("", "str"):
        return text
    value = _read_plain(text, line)
    if kind == "float" and type(value) is int:
        value = float(value)
    if type(value).__name__ != {"null": "NoneType"}.get(kind, kind):
        raise _refuse(f"{describe_key(text)} is no {kind}", line)
    return value


def _read_plain(text: str, line: int) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INT.fullmatch(text):
        try:
            return int(text, 0)
        except ValueError:
            raise _refuse("an integer has too many digits", line) from None
    if FLOAT.fullmatch(text):
        value = float(text)
        if value - value == 0.0:
            return value
        raise _refuse(f"{text[:40]} is beyond every float", line)
    if _CONSTANT.fullmatch(text):
        name = text.lower().replace(".", "").replace("+", "")
        raise _refuse(f'{text} is no JSON number; write {{"$float": "{name}"}}', line)
    return text


def _check_tag(tag: str | None, allowed: str, line: int) -> str:
    """Return the name of a tag of JSON's types, empty without a tag."""
    if tag is None or tag == "!":
        return ""
    kind = tag.removeprefix(_TAG)
    if tag.startswith(_TAG) and kind in allowed.split():
        return kind
    raise _refuse(f"the tag {describe_key(tag)} is none of JSON's types", line)


def _refuse(reason: str, line: int) -> TextError:
    return refuse(_TITLE, f"{reason.rstrip('.')} (line {line}).")


def _refuse_depth(line: int, limits: Limits) -> TextError:
    reason = f"it is nested deeper than {limits.max_depth} levels (line {line})"
    return exceed(_TITLE, reason, "max_depth")
