"""
The formats of documents: which library writes each, and how it is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import attrs

from ._texts import READERS, Limits
from .exceptions import CallsheetError, ModelError, UnwritableError


def _dump_json(data: Any, **options: Any) -> Any:
    return json.dumps(data, **{"allow_nan": False, **options})


def _dump_orjson(data: Any, **options: Any) -> Any:
    import orjson

    return orjson.dumps(data, **options)


def _dump_msgspec(data: Any, **options: Any) -> Any:
    import msgspec

    return msgspec.json.encode(data, **options)


def _dump_ujson(data: Any, **options: Any) -> Any:
    import ujson

    return ujson.dumps(data, **{"allow_nan": False, **options})


def _dump_yaml(data: Any, **options: Any) -> Any:
    import yaml

    return yaml.dump(data, Dumper=_get_dumper(), **{"sort_keys": False, **options})


def _get_dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        """
        A dumper that writes a value twice rather than an alias.
        """

        def ignore_aliases(self, data: Any) -> bool:
            return True

    return Dumper


def _dump_toml(data: Any, **options: Any) -> Any:
    import tomlkit

    return tomlkit.dumps(data, **options)


def _dump_msgpack(data: Any, **options: Any) -> Any:
    import msgpack

    return msgpack.packb(data, **options)


def _dump_cbor2(data: Any, **options: Any) -> Any:
    import cbor2

    return cbor2.dumps(data, **options)


def _dump_bson(data: Any, **options: Any) -> Any:
    import bson

    return bson.encode(data, **options)


@attrs.frozen
class Codec:
    """
    One format, as a module of `cattrs.preconf` names it.

    Attributes:
        name: The module's name.

        write: What makes text or bytes of data.

        nulls: Whether the format has a null.
    """

    name: str
    write: Callable[..., Any]
    nulls: bool = True

    def load_preconf(self) -> Any:
        """
        Return the module of `cattrs.preconf`.

        Raises:
            ModelError: The format's library is not installed.
        """
        try:
            return import_module(f"cattrs.preconf.{self.name}")
        except ImportError as error:
            msg = (
                f"Cannot make a converter for {self.name}: {error}. Install it with "
                f"pip install 'callsheet[{_EXTRAS.get(self.name, self.name)}]'."
            )
            raise ModelError(msg, self.name) from error

    def dumps(self, data: Any, **options: Any) -> Any:
        """
        Return *data* in this format.

        Raises:
            UnwritableError: The format cannot hold it.
        """
        try:
            return self.write(data, **options)
        except CallsheetError:
            raise
        except RecursionError:
            msg = f"Cannot write the document as {self.name}: it is nested too deeply."
            raise UnwritableError(msg, self.name) from None
        except Exception as error:
            msg = (
                f"Cannot write the document as {self.name}: {error}. Choose another format, such "
                "as json, or change the value."
            )
            raise UnwritableError(msg, self.name) from error

    def loads(self, data: Any, limits: Limits, **options: Any) -> Any:
        """
        Return the data of a document in this format, read strictly.

        Raises:
            TextError: It is not exactly one document.
        """
        return READERS[self.name](data, limits, **options)


_EXTRAS: Final = {"pyyaml": "yaml", "tomlkit": "toml"}

_CODECS: Final = {
    codec.name: codec
    for codec in (
        Codec("json", _dump_json),
        Codec("orjson", _dump_orjson),
        Codec("msgspec", _dump_msgspec),
        Codec("ujson", _dump_ujson),
        Codec("pyyaml", _dump_yaml),
        Codec("tomlkit", _dump_toml, nulls=False),
        Codec("msgpack", _dump_msgpack),
        Codec("cbor2", _dump_cbor2),
        Codec("bson", _dump_bson),
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
