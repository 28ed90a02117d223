"""
The formats of documents: which library writes each, and how it is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final, cast

import attrs

from .._loading import importing
from ..exceptions import CallsheetError, ModelError, UnwritableError
from .binary import read_bson, read_cbor2, read_msgpack
from .jsons import read_json
from .limits import Limits
from .toml import read_toml
from .yamls import FLOAT, read_yaml

Write = Callable[..., Any]


def _load_json() -> Write:
    encode = json.JSONEncoder(allow_nan=False).encode

    def write(data: Any, **options: Any) -> str:
        if not options:
            return encode(data)
        settings: dict[str, Any] = {"allow_nan": False, **options}
        return json.dumps(data, **settings)

    return write


def _load_orjson() -> Write:
    import orjson

    return orjson.dumps


def _load_msgspec() -> Write:
    import msgspec

    return msgspec.json.encode


def _load_ujson() -> Write:
    import ujson

    return partial(ujson.dumps, allow_nan=False)


def _load_yaml() -> Write:
    import yaml

    class Dumper(yaml.SafeDumper):
        """
        A dumper that writes a value twice rather than an alias.
        """

        def ignore_aliases(self, data: Any) -> bool:
            return True

    # What the reader takes for a number, and PyYAML for text, is to be quoted.
    tag = "tag:yaml.org,2002:float"
    cast("Any", Dumper).add_implicit_resolver(tag, FLOAT, list("-+.0123456789"))
    return partial(yaml.dump, Dumper=Dumper, sort_keys=False)


def _load_toml() -> Write:
    import tomlkit

    return tomlkit.dumps


def _load_msgpack() -> Write:
    return cast("Write", import_module("msgpack").packb)  # without types, unlike the others


def _load_cbor2() -> Write:
    import cbor2

    return cbor2.dumps


def _load_bson() -> Write:
    import bson

    return bson.encode


#: The strict reader of each module of `cattrs.preconf`.
READERS: dict[str, Callable[[Any, Limits], Any]] = {
    "bson": read_bson,
    "cbor2": read_cbor2,
    "json": read_json,
    "msgpack": read_msgpack,
    "msgspec": read_json,
    "orjson": read_json,
    "pyyaml": read_yaml,
    "tomlkit": read_toml,
    "tomllib": read_toml,
    "ujson": read_json,
}


@attrs.frozen
class Codec:
    """
    One format, as a module of `cattrs.preconf` names it.

    Attributes:
        name: The module's name.

        load_write: Returns what makes text or bytes of data.

        nulls: Whether the format has a null.

        takes_default: Whether that has a ``default``, which is called for
            each object that the library does not know.

        is_compact: Whether that writes compact JSON as bytes.
    """

    name: str
    load_write: Callable[[], Write]
    nulls: bool = True
    takes_default: bool = False
    is_compact: bool = False

    @property
    def reads_json(self) -> bool:
        """
        Whether its documents are JSON text.
        """
        return self.name in _JSON

    def load_preconf(self) -> Any:
        """
        Return the module of `cattrs.preconf`.

        Raises:
            ModelError: The format's library is not installed.
        """
        try:
            with importing:
                return import_module(f"cattrs.preconf.{self.name}")
        except ImportError as error:
            msg = (
                f"Cannot make a converter for {self.name}: {error}. Install it with "
                f"pip install 'callsheet[{_EXTRAS.get(self.name, self.name)}]'."
            )
            raise ModelError(msg, self.name) from error

    def dumps(self, write: Write, data: Any, **options: Any) -> Any:
        """
        Return *data* in this format, written by what `load_write` returned.

        Raises:
            UnwritableError: The format cannot hold it.
        """
        try:
            return write(data, **options)
        except CallsheetError:
            raise
        except RecursionError:
            msg = f"Cannot write the document as {self.name}: it is nested too deeply."
            raise UnwritableError(msg, self.name) from None
        except Exception as error:
            remedy = "Change the value."
            if options:
                remedy = f"Leave out {', '.join(options)}, or change the value."
            elif not self.reads_json:
                remedy = "Choose another format, such as json, or change the value."
            reason = str(error).rstrip(".")
            msg = f"Cannot write the document as {self.name}: {reason}. {remedy}"
            raise UnwritableError(msg, self.name) from error

    def loads(self, data: Any, limits: Limits) -> Any:
        """
        Return the data of a document in this format, read strictly.

        Raises:
            TextError: It is not exactly one document.
        """
        return READERS[self.name](data, limits)


_EXTRAS: Final = {"pyyaml": "yaml"}

_JSON: Final = frozenset({"json", "orjson", "msgspec", "ujson"})

_CODECS: Final = {
    codec.name: codec
    for codec in (
        Codec("json", _load_json, takes_default=True),
        Codec("orjson", _load_orjson, takes_default=True, is_compact=True),
        Codec("msgspec", _load_msgspec),
        Codec("ujson", _load_ujson),
        Codec("pyyaml", _load_yaml),
        Codec("tomlkit", _load_toml, nulls=False),
        Codec("msgpack", _load_msgpack),
        Codec("cbor2", _load_cbor2),
        Codec("bson", _load_bson),
    )
}


def get_codec(name: str) -> Codec:
    """
    Return the codec of a preconf module.

    Raises:
        ModelError: There is none of that name.
    """
    codec = _CODECS.get(name)
    if codec is None:
        msg = f"Cannot make a converter for {name!r}: the formats are {', '.join(_CODECS)}."
        raise ModelError(msg, name)
    return codec
