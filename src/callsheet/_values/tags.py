"""
Tags: one-key mappings that stand for what JSON cannot hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, NoneType
from typing import Any, Final, NoReturn, TypeAlias

from .._base import ATOMS, EMPTY
from .._equality import check_hashes, is_numpy_scalar, same
from .._formats import Path
from .._loading import importing
from .._messages import expect, shorten
from .._statics import get_type
from ..exceptions import DocumentError, ModelError, TagError
from .arrays import NUMPY_TAGS, get_numpy_types
from .basics import BASIC_TAGS
from .leaves import Reading, Tag, Visiting, Writing, describe, is_list, is_object, make_leaf


def register(
    types: Mapping[Any, Tag], first: Sequence[Family] = (), last: Sequence[Family] = ()
) -> None:
    """Add tags by exact type, and families to be asked before and after those that are there."""
    BY_TYPE.update(types)
    BY_NAME.update((tag.name, tag) for tag in types.values())
    BY_NAME.update((tag.name, tag) for _, tag in (*first, *last))
    FAMILIES[:] = [*first, *FAMILIES, *last]


def find_tag(cls: type) -> Tag | None:
    """Return the tag of the values of exactly this type, if there is one."""
    try:
        tag = BY_TYPE.get(cls)
        if tag is None and (load := _LAZY.get(cls.__module__)) is not None:
            register(load())
            tag = BY_TYPE.get(cls)
        return tag
    except (AttributeError, TypeError):  # its metaclass makes it unhashable
        return None


def find_leaf(cls: type) -> Tag | None:
    """Return the tag of the values of exactly this type, if they are leaves."""
    tag = find_tag(cls)
    return tag if tag is not None and tag.is_leaf else None


def find_named(name: str) -> Tag | None:
    """Return the tag of that name."""
    if name not in BY_NAME:
        for load in dict.fromkeys(_LAZY.values()):
            register(load())
            if name in BY_NAME:
                break
    return BY_NAME.get(name)


def encode_leaf(value: object, /) -> dict[str, Any] | None:
    """
    Return ``{tag: payload}`` for a value that JSON cannot hold; the payload is
    JSON-native data without nulls.

    Returns:
        None where the value needs no tag: ``None``, a bool, an int of 64 bits,
        a finite float, text that UTF-8 can hold. None, too, where the exact
        type of the value is no leaf (containers, enum members, functions,
        classes, subclasses, models are none), or where this value could not be
        read back (a time zone of a foreign class).

    Raises:
        UnwritableError: It is a numpy value whose dtype is not plain data.
    """
    leaf = find_leaf(type(value))
    payload = None if leaf is None else leaf.encode(value, NOWHERE, 0)
    return None if leaf is None or payload is None else {leaf.name: payload}


def decode_leaf(name: str, payload: object, /) -> object:
    """
    Return the value that was written as ``{name: payload}``.

    Raises:
        TagError: The tag is no leaf's, or the payload, which may be any JSON
            value, stands for no such value.
    """
    leaf = find_named(name)
    if leaf is None or not leaf.is_leaf:
        message = (
            f"Cannot read a value under {describe(name)}: there is no such tag. "
            f'Write data of your own that has such a key under {{"$raw": ...}}.'
        )
        raise TagError(message, name)
    return leaf.decode(payload, NOWHERE, ())


def _load_times() -> dict[type, Tag]:
    with importing:
        from .times import TIME_TAGS

    return TIME_TAGS


def _load_numbers() -> dict[type, Tag]:
    with importing:
        from .numbers import NUMBER_TAGS

    return NUMBER_TAGS


def _encode_slice(value: Any) -> dict[str, Any] | None:
    payload: dict[str, Any] = {}
    for name in ("start", "stop", "step"):
        part: Any = getattr(value, name)
        if part is None:
            continue
        payload[name] = None if type(part) is slice else encode_leaf(part)
        if payload[name] is None:
            if type(part) not in _PLAIN:
                return None
            payload[name] = part
    return payload


def _decode_slice(payload: Any) -> slice:
    expect(is_object(payload), "it is no object with start, stop and step")
    expect(payload.keys() <= {"start", "stop", "step"}, "it has other keys than start, stop, step")
    parts = {name: _decode_slice_part(part) for name, part in payload.items()}
    return slice(parts.get("start"), parts.get("stop"), parts.get("step"))


def _decode_slice_part(payload: Any) -> Any:
    if not is_object(payload):
        expect(type(payload) in _PLAIN, "a part of it is no plain value")
        return payload
    expect(len(payload) == 1, "a part of it has no tag")
    [(tag, content)] = payload.items()
    expect(tag != "$slice", "a part of it is a slice")
    return decode_leaf(tag, content)


def refuse(message: str) -> NoReturn:
    """Say that what stands in a document is malformed."""
    raise ModelError(message)


def _visit_items(payload: Any, scan: Visiting, path: Path, depth: int) -> None:
    if is_list(payload):
        scan.push(payload, "value", path, depth + 1)
    else:
        scan.add_problem(path, ModelError(f"{path[1]} must hold a list."))


def _visit_pairs(payload: Any, scan: Visiting, path: Path, depth: int) -> None:
    for i, pair in enumerate(payload if is_list(payload) else ()):
        if not is_list(pair) or len(pair) != 2:
            scan.add_problem((path, i), ModelError("$dict must hold [key, value] pairs."))
    _visit_items(payload, scan, path, depth)


def visit_named(payload: Any, scan: Visiting, path: Path, depth: int) -> None:
    """Visit a list that begins with the import string of a class."""
    if is_list(payload) and len(payload) >= 2:
        scan.add_name((path, 0), payload[0], None, path[1])
        scan.push(payload, "value", path, depth + 1)
    else:
        msg = f"{path[1]} must hold a list that begins with an import string."
        scan.add_problem(path, ModelError(msg))


def _visit_import(payload: Any, scan: Visiting, path: Path, _: int) -> None:
    scan.add_name(path, payload, None, path[1])


def _encode_items(value: Any, writer: Writing, depth: int) -> list[Any]:
    return [writer.encode(item, depth + 2) for item in value]


def _encode_set(value: Any, writer: Writing, depth: int) -> list[Any]:
    return sorted(_encode_items(value, writer, depth), key=repr)


def _encode_pairs(value: Any, writer: Writing, depth: int) -> list[Any]:
    encode = writer.encode
    return [[encode(key, depth + 3), encode(item, depth + 3)] for key, item in value.items()]


def _make_decode(make: Any) -> Callable[[Any, Reading, Path], Any]:
    is_hashed = issubclass(make, AbstractSet)

    def decode(payload: Any, reader: Reading, path: Path) -> Any:
        items = reader.decode(payload, path)
        try:
            if is_hashed:
                check_hashes(items)
            made = make(items)
        except TypeError as error:
            msg = f"{path[1]} holds a value that is not hashable: {error}."
            raise ModelError(msg) from error
        if len(made) != len(items) and FAILED not in made:
            refuse(f"{path[1]} holds a value twice.")
        return made

    return decode


def _decode_pairs(payload: Any, reader: Reading, path: Path) -> Any:
    pairs = [reader.decode(pair, (path, i)) for i, pair in enumerate(payload)]
    try:
        check_hashes([key for key, _ in pairs])
        made = dict(pairs)
    except TypeError as error:
        raise ModelError(f"$dict has a key that is not hashable: {error}.") from error
    if len(made) != len(pairs) and FAILED not in made:
        refuse("$dict has a key twice.")
    return made


def _copy_json(value: Any, *_: Any) -> Any:
    if type(value) is list:
        return [_copy_json(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if type(value) is dict:
        return {key: _copy_json(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


def _encode_none(*_: Any) -> bool:
    return True


def _decode_none(payload: Any, *_: Any) -> None:
    if payload is not True:
        refuse("$none must hold true.")


def _encode_enum(value: Enum, writer: Writing, depth: int) -> Any:
    kind = type(value)
    import_string = writer.name_value(kind)
    if value.name is not None and kind.__members__.get(value.name) is value:  # pyright: ignore[reportUnnecessaryComparison]
        return [import_string, value.name]
    return [import_string, writer.encode(None), writer.encode(value.value, depth + 2)]


def _decode_enum(payload: Any, reader: Reading, path: Path) -> Any:
    cls = reader.resolve(payload[0], (path, 0))
    if cls is FAILED:
        return FAILED
    if not isinstance(cls, type) or not issubclass(cls, Enum):
        refuse(f"$enum names {payload[0]!r}, which is no enumeration.")
    name = payload[1]
    if isinstance(name, str) and len(payload) == 2:
        if name not in cls.__members__:
            known = list(cls.__members__)
            refuse(f"{payload[0]} has no member {shorten(name)}; it has {known}.")
        return cls.__members__[name]
    if len(payload) != 3 or reader.decode(name, (path, 1)) is not None:
        refuse("$enum must hold [class, name] or [class, null, value].")
    value = reader.decode(payload[2], (path, 2))
    try:
        member = cls(value)
    except Exception as error:  # an enumeration may look its members up itself
        raise ModelError(f"{payload[0]} has no member of value {shorten(value)}.") from error
    if not same(member.value, value):  # pyright: ignore[reportUnknownMemberType]
        refuse(f"{payload[0]} has no member of value {shorten(value)}.")
    return member


#: Stands for a part that could not be read.
FAILED: Final[Any] = type("Failed", (), {"__slots__": ()})()
#: Leaves have no parts that were to be written or read.
NOWHERE: Final[Any] = None
_PLAIN: Final = (bool, int, float, str)
_CALLABLES: Final = (FunctionType, BuiltinFunctionType, MethodType, type)

RAW: Final = Tag("$raw", _copy_json, _copy_json, '{"$gt": 5}')
NONE: Final = Tag("$none", _encode_none, _decode_none, "true")
LIST: Final = Tag("$list", _encode_items, _make_decode(list), '["2026-11-22"]', _visit_items)
DICT: Final = Tag("$dict", _encode_pairs, _decode_pairs, '[[1, "a"]]', _visit_pairs)
IMPORT: Final = Tag(
    "$import",
    lambda value, writer, _: writer.name_value(value),
    lambda payload, reader, path: reader.resolve(payload, path),
    '"math.hypot"',
    _visit_import,
)
ENUM: Final = Tag("$enum", _encode_enum, _decode_enum, '["http.HTTPStatus", "OK"]', visit_named)

#: Whether a value is of a family of types, and its tag.
Family: TypeAlias = tuple[Callable[[Any], bool], Tag]

#: Tags by the exact type of values.
BY_TYPE: Final[dict[type, Tag]] = {}
#: All tags that have been needed; `find_named` finds the others.
BY_NAME: Final[dict[str, Tag]] = {tag.name: tag for tag in (RAW, NONE, LIST, DICT, *NUMPY_TAGS)}
#: Tags of what is found by more than its type, in the order in which they are asked.
FAMILIES: Final[list[Family]] = []
#: What gives the tags of more types, by the module of the types.
_LAZY: Final[dict[str, Callable[[], Mapping[Any, Tag]]]] = {
    **dict.fromkeys(("datetime", "zoneinfo"), _load_times),
    **dict.fromkeys(("decimal", "fractions", "uuid"), _load_numbers),
    "numpy": get_numpy_types,
}
register(
    {
        **BASIC_TAGS,
        slice: make_leaf("$slice", _encode_slice, _decode_slice, '{"start": 1, "stop": 9}'),
        tuple: Tag("$tuple", _encode_items, _make_decode(tuple), '[1, "a"]', _visit_items),
        set: Tag("$set", _encode_set, _make_decode(set), '["a", 1]', _visit_items),
        frozenset: Tag("$frozenset", _encode_set, _make_decode(frozenset), "[1]", _visit_items),
    },
    [
        (lambda value: isinstance(value, Enum), ENUM),
        (lambda value: isinstance(value, _CALLABLES), IMPORT),
    ],
)


def get_names() -> list[str]:
    """Return the names of all tags."""
    find_named("")
    return sorted(BY_NAME)


CALLABLE_KEYS: Final = frozenset({"callable", "signature", "bind"})
LOADER_KEYS: Final = frozenset({"object", "loader", "object_type"})
EXECUTOR_KEYS: Final = frozenset(
    {"loader", "submit_callable", "map_callable", "shutdown_callable", "executor", "direct"}
)


def is_tagged(value: dict[Any, Any]) -> bool:
    """Return whether a mapping has the form of a tag: one key, which starts with ``$``."""
    if len(value) != 1:
        return False
    (key,) = value
    return type(key) is str and key.startswith("$")


def is_look_alike(value: dict[Any, Any]) -> bool:
    """Return whether plain data has the form of a model's document."""
    if "callable" in value:
        return CALLABLE_KEYS.issuperset(value)
    return "loader" in value and (LOADER_KEYS | EXECUTOR_KEYS).issuperset(value)


_TEXT: Final = frozenset({str})
_NATIVE: Final[tuple[Any, ...]] = (str, int, float)


def as_data(document: Any) -> Any:
    """
    Return a document as plain dicts, lists, text and numbers, whatever parser
    made it: as it is where it consists of these, else a copy.

    Whoever looks at it afterwards sees the same, and sees all of it: a mapping
    that is no dict may hold tags, too. A tuple that may hold some becomes
    ``$tuple``. Every other object is a live one, and stays.

    Raises:
        DocumentError: Two keys of a mapping are the same text.
    """
    if _is_data(document):
        return document
    made: list[Any] = []
    waiting: list[tuple[Any, Any]] = [([document], made)]
    known: dict[int, tuple[Any, Any]] = {}  # with what was copied, which keeps its id
    while waiting:
        source, copy = waiting.pop()
        if get_type(copy) is list:
            copy.extend([_as_part(item, waiting, known) for item in source])
            continue
        for key, item in source.items():
            text = str.__getnewargs__(key)[0] if isinstance(key, str) else key
            if text in copy:
                problem = ModelError(f"a mapping has the key {shorten(text)} twice. Remove one.")
                raise DocumentError("Cannot read the document", [problem])
            copy[text] = _as_part(item, waiting, known)
    return made[0]


def _is_data(document: Any) -> bool:
    seen: set[int] = set()
    stack: list[Any] = [(document,)]
    while stack:
        for item in stack.pop():
            kind = get_type(item)
            if kind in ATOMS:
                continue
            if kind is dict:
                if not _TEXT.issuperset(map(type, item)):
                    return False
                items = item.values()
            elif kind is list:
                items = item
            else:
                return False
            if id(item) not in seen:
                seen.add(id(item))
                stack.append(items)
    return True


def _as_part(value: Any, waiting: list[tuple[Any, Any]], known: dict[int, tuple[Any, Any]]) -> Any:
    kind = get_type(value)
    if kind in ATOMS:
        return value
    if id(value) in known:
        return known[id(value)][1]
    made: Any = value
    if issubclass(kind, Mapping):
        made = {}
        waiting.append((value, made))
    elif issubclass(kind, list):
        made = []
        waiting.append((value, made))
    elif kind is tuple and not ATOMS.issuperset(map(type, value)):
        items: list[Any] = []
        made = {"$tuple": items}
        waiting.append((value, items))
    elif str(kind.__module__).startswith("tomlkit."):
        made = value.unwrap()
    elif not (issubclass(kind, Enum) or is_numpy_scalar(value) or callable(value)):
        for base in _NATIVE:
            if issubclass(kind, base):
                made = base.__getnewargs__(value)[0]
    known[id(value)] = (value, made)
    return made


NATIVE: Final = frozenset({str, int, bool, NoneType, float})
MAX_INT: Final = 1 << 63


def is_writable_key(key: str) -> bool:
    """
    Return whether every format takes *key* as it is: UTF-8 text without a NUL, and
    not ``$ref``, which BSON reads as a reference.
    """
    return (key.isascii() or encode_leaf(key) is None) and "\0" not in key and key != "$ref"


def is_json_native(value: Any, *, nulls: bool = True) -> bool:
    """Return whether JSON holds *value* verbatim, at every depth."""
    stack = [value]
    while stack:
        item = stack.pop()
        kind = get_type(item)
        if kind is list:
            stack.extend(item)
        elif kind is dict:
            if not all(type(key) is str and is_writable_key(key) for key in item):
                return False
            stack.extend(item.values())
        elif item is None:
            if not nulls:
                return False
        elif kind not in NATIVE or (kind is not bool and encode_leaf(item) is not None):
            return False
    return True


def are_plain(values: tuple[Any, ...]) -> bool:
    """Return whether every format holds each of *values* as it is."""
    for value in values:
        kind = get_type(value)
        if kind is int:
            if not -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
                return False
        elif kind is str:
            if value == EMPTY or not value.isascii():
                return False
        elif kind is float:
            if value - value != 0.0:  # only finite numbers give zero
                return False
        elif kind is not bool and value is not None:
            return False
    return True
