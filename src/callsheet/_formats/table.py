"""
The formats of documents: how each is read, and which library writes it.
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


def _load(module: str, name: str = "dumps") -> Callable[[], Write]:
    return lambda: getattr(import_module(module), name)


def _load_json() -> Write:
    encode = json.JSONEncoder(allow_nan=False).encode

    def write(data: Any, **options: Any) -> str:
        if not options:
            return encode(data)
        settings: dict[str, Any] = {"allow_nan": False, **options}
        return json.dumps(data, **settings)

    return write


def _load_ujson() -> Write:
    return partial(import_module("ujson").dumps, allow_nan=False)


def _load_yaml() -> Write:
    import yaml

    class Dumper(yaml.SafeDumper):
        """A dumper that writes a value twice rather than an alias."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    # What the reader takes for a number, and PyYAML for text, is to be quoted.
    tag = "tag:yaml.org,2002:float"
    cast("Any", Dumper).add_implicit_resolver(tag, FLOAT, list("-+.0123456789"))
    return partial(yaml.dump, Dumper=Dumper, sort_keys=False)


@attrs.frozen
class Format:
    """
    One format, as a module of `cattrs.preconf` names it.

    Attributes:
        name: The module's name.

        loads: Returns the data of a document, read strictly within limits.

        load_write: Returns what makes text or bytes of data.

        nulls: Whether the format has a null.

        is_quick: Whether it is JSON that can be put together from its parts.

        is_compact: Whether that has no white space, and is bytes.

        extra: The extra that installs the library, where it has another name.
    """

    name: str
    loads: Callable[[Any, Limits], Any]
    load_write: Callable[[], Write]
    nulls: bool = True
    is_quick: bool = False
    is_compact: bool = False
    extra: str | None = None

    @property
    def reads_json(self) -> bool:
        """Whether its documents are JSON text."""
        return self.loads is read_json

    def load_preconf(self) -> Any:
        """Return the module of `cattrs.preconf`; a missing library is a ModelError."""
        try:
            with importing:
                return import_module(f"cattrs.preconf.{self.name}")
        except ImportError as error:
            msg = (
                f"Cannot make a converter for {self.name}: {error}. Install it with "
                f"pip install 'callsheet[{self.extra or self.name}]'."
            )
            raise ModelError(msg, self.name) from error

    def dumps(self, write: Write, data: Any, **options: Any) -> Any:
        """Return *data* in this format, written by what `load_write` returned."""
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


FORMATS: Final = {
    row.name: row
    for row in (
        Format("json", read_json, _load_json, is_quick=True),
        Format("orjson", read_json, _load("orjson"), is_quick=True, is_compact=True),
        Format("msgspec", read_json, _load("msgspec.json", "encode")),
        Format("ujson", read_json, _load_ujson),
        Format("pyyaml", read_yaml, _load_yaml, extra="yaml"),
        Format("tomlkit", read_toml, _load("tomlkit"), nulls=False),
        Format("msgpack", read_msgpack, _load("msgpack", "packb")),
        Format("cbor2", read_cbor2, _load("cbor2")),
        Format("bson", read_bson, _load("bson", "encode")),
    )
}


def get_format(name: str) -> Format:
    """Return the row of a module of `cattrs.preconf`, or raise ModelError."""
    found = FORMATS.get(name)
    if found is None:
        msg = f"Cannot make a converter for {name!r}: the formats are {', '.join(FORMATS)}."
        raise ModelError(msg, name)
    return found
