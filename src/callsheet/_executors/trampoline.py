"""
The worker's side of a call: every outcome can travel back.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from io import BytesIO
from traceback import format_exception
from typing import Any, Literal, TypeAlias, cast

from .._loading import importing
from .orphans import watch_parent

Kind: TypeAlias = Literal["result", "results", "error", "lost result", "lost call"]

#: Kind, pickled data, and for everything but results the dotted name of the
#: type, the message and the traceback.  Plain bytes and text, so that no
#: engine ever pickles an object of the user's.
Outcome: TypeAlias = tuple[Kind, bytes, str, str, str]

#: Pickles an object as an engine does; found by its name in workers.
Dump: TypeAlias = Callable[[object], bytes]

_LINKS = ("__cause__", "__context__", "__suppress_context__", "__traceback__")
_LONGEST_CHAIN = 16
_PLAIN = frozenset({bool, bytes, float, int, str, type(None)})
_MAYBE_PLAIN = _PLAIN | {dict, frozenset, list, set, tuple}


@cache
def _get_pickle() -> Any:  # not before there is something to send
    with importing:
        import pickle

    return pickle


def dump_by_name(value: object) -> bytes:
    """Pickle *value*, with classes and functions by their names."""
    return cast(bytes, _get_pickle().dumps(value, -1))


def run_call(token: str, payload: bytes, dump: Dump = dump_by_name) -> Outcome:
    """
    Unpickle ``(function, args, kwargs)``, make the call, and return what came
    of it, pickled by *dump*.

    Nothing is raised, whatever the call does: a raised exception is an outcome
    too, and so is a call that this worker cannot load. No other call has the
    same token, for engines that merge equal calls; it says whose call it is.
    """
    watch_parent(token)
    try:
        function, args, kwargs = load_pickled(payload)
    except BaseException as error:
        return describe("lost call", error)
    try:
        # An empty dict is more than none: some types of C test for it.
        result = function(*args, **kwargs) if kwargs else function(*args)
    except BaseException as error:
        return _pack_error(error, dump)
    return _pack_result(result, dump)


def run_chunk(token: str, payload: bytes, dump: Dump = dump_by_name) -> list[Outcome]:
    """
    Like `run_call` for a pickled ``(function, [args, ...])``: the outcomes in
    order, with results of built-in types that follow each other in one.
    """
    watch_parent(token)
    try:
        function, calls = load_pickled(payload)
    except BaseException as error:
        return [describe("lost call", error)]
    outcomes: list[Outcome] = []
    plain: list[object] = []
    for args in calls:
        try:
            result = function(*args)
            if type(result) in _MAYBE_PLAIN:
                plain.append(result)
                continue
            outcome = _pack_result(result, dump)
        except BaseException as error:
            outcome = _pack_error(error, dump)
        outcomes += _pack_together(plain, dump)
        outcomes.append(outcome)
        plain.clear()
    return outcomes + _pack_together(plain, dump)


def load_pickled(data: bytes) -> Any:
    """Return what is pickled in *data*."""
    return _get_pickle().loads(data)


def dump_by_value(value: object) -> bytes:
    """
    Pickle *value*, and what belongs to ``__main__`` or cannot be imported by
    value, if cloudpickle is there to do it.
    """
    try:
        cloudpickle: Any = import_module("cloudpickle")
    except ModuleNotFoundError:
        return dump_by_name(value)

    # Several times slower than the C pickler, hence only where it is needed.
    if not cloudpickle.list_registry_pickle_by_value():
        try:
            data = dump_by_name(value)
        except Exception:
            data = b"__main__"
        if b"__main__" not in data and b"__mp_main__" not in data:
            return data
    return bytes(cloudpickle.dumps(value))


def dump_for_loky(value: object, package: str = "loky", reducers: Any = None) -> bytes:
    """
    Pickle *value* with the pickler of loky (joblib has a *package* of its own),
    and the executor's ``job_reducers`` or ``result_reducers``.
    """
    buffer = BytesIO()
    reduction = import_module(f"{package}.backend.reduction")
    protocol = _get_pickle().HIGHEST_PROTOCOL
    reduction.dump(value, buffer, reducers=reducers, protocol=protocol)
    return buffer.getvalue()


def dump_for_mpi(value: object) -> bytes:
    """Pickle *value* with mpi4py's pickler, which programs may replace with cloudpickle's."""
    return bytes(import_module("mpi4py.MPI").pickle.dumps(value))


def dump_for_pool(value: object) -> bytes:
    """
    Pickle *value* as the pickler of multiprocessing does, which knows sockets,
    connections and what programs have registered with it.
    """
    if type(value) in _PLAIN:  # for which no pickler asks what is registered
        return dump_by_name(value)
    buffer = BytesIO()
    pickler = _get_pickle().Pickler(buffer, -1)
    pickler.dispatch_table = _get_pool_reducers()
    pickler.dump(value)
    return buffer.getvalue()


@cache
def _get_pool_reducers() -> Any:
    with importing:
        from multiprocessing.reduction import ForkingPickler

    class Reducers:
        """Those of ForkingPickler, which copies them for each value: most pickle in less time."""

        def __getitem__(self, cls: type) -> Any:
            pickler: Any = ForkingPickler
            return pickler._extra_reducers.get(cls) or copyreg.dispatch_table[cls]

    return Reducers()


def _pack_result(result: object, dump: Dump) -> Outcome:
    try:
        return "result", dump(result), "", "", ""
    except BaseException as error:
        _, _, name, detail, text = describe("lost result", error)
        return "lost result", b"", get_type_name(result), f"{name}: {detail}", text


def _pack_together(results: list[object], dump: Dump) -> list[Outcome]:
    if not results:
        return []
    buffer = BytesIO()
    try:
        _get_plain_pickler()(buffer, -1).dump(results)
    except BaseException:
        return [_pack_result(result, dump) for result in results]
    return [("results", buffer.getvalue(), "", "", "")]


@cache
def _get_plain_pickler() -> Any:
    class PlainPickler(_get_pickle().Pickler):  # type: ignore[misc]
        """Takes built-in types alone, which run no code when they are unpickled."""

        def reducer_override(self, value: object) -> Any:
            raise TypeError(value)

    return PlainPickler


def _pack_error(error: BaseException, dump: Dump) -> Outcome:
    data = _dump_error(error, dump) if isinstance(error, Exception) else b""
    return describe("error", error, data)


def _dump_error(error: BaseException, dump: Dump) -> bytes:
    """Pickle an error with its causes and its ``args``, as much as can be."""
    chain = list(_iter_causes(error))
    candidates: tuple[list[tuple[BaseException, object]], ...] = (
        [(link, link.args) for link in chain],
        [(error, error.args)],
        [(error, None)],
    )
    saved = [(link, name, getattr(link, name)) for link in chain for name in _LINKS]
    try:
        # tblib, which some engines install, would pickle causes and tracebacks with each of them.
        for link in chain:
            link.__cause__ = link.__context__ = link.__traceback__ = None
        for candidate in candidates:
            with suppress(BaseException):
                data = dump(candidate)
                load_pickled(data)
                return data
        return b""
    finally:
        for link, name, value in saved:
            setattr(link, name, value)


def _iter_causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen and len(seen) < _LONGEST_CHAIN:
        yield link
        seen.add(id(link))
        link = link.__cause__


def describe(kind: Kind, error: BaseException, data: bytes = b"") -> Outcome:
    """Return the outcome that tells of an error, whatever its code raises."""
    tb = error.__traceback__
    inner = tb.tb_next if tb is not None and tb.tb_next is not None else tb
    try:
        text = "".join(format_exception(type(error), error, inner))
    except BaseException:
        text = ""
    try:
        detail = "".join([str(error)])  # of a subclass of str, the plain text
    except BaseException:
        detail = "<its message cannot be printed>"
    return kind, data, get_type_name(error), detail, text


def get_type_name(value: object) -> str:
    """Return the dotted name of an object's type, whatever its metaclass does."""
    try:
        module = type(value).__module__
        # What multiprocessing calls the driver's __main__ in a worker that it spawned.
        module = "__main__" if module == "__mp_main__" else module
        return f"{module}.{type(value).__qualname__}"
    except BaseException:  # the code of its metaclass
        return type.__repr__(type(value))
