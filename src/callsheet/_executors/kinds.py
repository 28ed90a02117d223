"""
The two kinds of executor models: built at first use and kept, or built for each use.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar, cast, overload

from .._base import ObjType, Self
from ..exceptions import ExecutorError
from .base import BaseExecutor, make_executor
from .closing import INTERRUPT_WAIT, close_all
from .live import Live
from .streams import Sent, check_map_options, drain, iterate, iterate_finished, send_calls

P = ParamSpec("P")
R = TypeVar("R")


class NormalExecutor(BaseExecutor[ObjType], Generic[ObjType]):
    """
    One live executor: built at first use, kept until `shutdown`.

    What the model builds it closes: the executor first, then the arguments
    that were built for it, the last first. A live executor that it was given
    is shut down by `shutdown` alone. A model that is dropped, or not shut down
    at the end of the program, finishes its calls and closes.

    Can be used as a context manager, once.
    """

    __slots__ = ()

    tag: ClassVar[str] = "$normal"

    @property
    def executor(self) -> ObjType:
        """
        The live executor; built now if it is not there.

        Raises:
            ShutdownError: The model was shut down before it was ever used.
        """
        cell = self._cell
        live = cell.live or cell.open(self._build)
        return cast(ObjType, live.executor)

    @overload
    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...

    @overload
    def submit(self, /, *, fn: Callable[..., R], **kwargs: Any) -> Future[R]: ...

    def submit(self, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """
        Hand in a call, as ``submit(fn, *args, **kwargs)`` or, if no ``fn`` is
        given by position, as ``submit(fn=fn, **kwargs)``.

        Returns:
            A future of the standard library.

        Raises:
            ShutdownError: The executor has been shut down.

            ExecutorError: The call cannot be pickled on its way to a worker;
                what cannot is named by its path.

            Exception: What building the executor raised.
        """
        cell = self._cell
        raw = cell.raw
        if raw is not None and args:
            return cast("Future[Any]", raw(*args, **kwargs))
        if not args:
            args = (_pop_function(kwargs),)
        return cast("Future[Any]", self._open().submit(args[0], args[1:], kwargs))

    def map(
        self,
        fn: Callable[..., R],
        /,
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
        **options: Any,
    ) -> Iterator[R]:
        """
        Call *fn* with the items of the iterables, and return an iterator over
        the results in order, as `concurrent.futures.Executor.map` does.

        Args:
            fn: The function.

            iterables: Their items are the arguments, until the shortest ends.
                They are consumed at once, but for *buffersize*.

            timeout: Seconds from this call on after which taking the next
                result raises `concurrent.futures.TimeoutError`.

            chunksize: How many calls travel together. Each keeps its own
                outcome.

            buffersize: How many calls (or chunks) are handed in ahead of the
                results that were taken; with it, iterables may be endless.

            options: Further options of the executor's own ``map``, where
                `map_callable` names it.
        """
        check_map_options(chunksize, buffersize)
        live = self._open()
        if self.map_callable != "map":
            given = {"timeout": timeout, "buffersize": buffersize}
            options.update({key: value for key, value in given.items() if value is not None})
            if chunksize != 1:
                options["chunksize"] = chunksize
            own_map = getattr(live.executor, self.map_callable)
            return cast("Iterator[Any]", own_map(fn, *iterables, **options))
        _refuse_options(options)
        if type(live.executor) is ThreadPoolExecutor and buffersize is None:
            return live.executor.map(fn, *iterables, timeout=timeout)
        return iterate(self._send(fn, iterables, chunksize), timeout, buffersize)

    def shutdown(
        self, wait: bool = True, cancel_futures: bool = False, *, timeout: float | None = None
    ) -> None:
        """
        Shut the executor down and close what was built for it.

        The executor's own method gets those of the options that it takes.
        Shutting down again, or what never started, does nothing.

        Args:
            wait: Return when the calls are done and everything is closed.

            cancel_futures: Cancel the calls that have not begun.

            timeout: Seconds after which calls that are still open are
                cancelled instead of waited for. Of a pool of processes that
                the model built, the workers are killed then.
        """
        self._cell.close(wait, cancel_futures, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        # Ctrl-C and sys.exit() do not wait for calls that have not begun, nor long for the others.
        if exc_type is not None and issubclass(exc_type, (KeyboardInterrupt, SystemExit)):
            self.shutdown(cancel_futures=True, timeout=INTERRUPT_WAIT)
        else:
            self.shutdown()

    def _send(self, fn: Any, iterables: Any, chunksize: int) -> Sent:
        live = self._open()
        chunk = live.submit_chunk if live.raw is None else None  # where calls leave the process
        return send_calls(self.submit, chunk, fn, iterables, chunksize)

    def _open(self) -> Live:
        cell = self._cell
        live = cell.live
        if live is None or cell.closed:
            return cell.open(self._build)
        return live

    def _build(self) -> Live:
        name = type(self).__qualname__
        if self.given:
            msg = (
                f"Cannot use this {name}: it describes an executor that was given live, whose "
                f"settings are not known. Give one: {name}(executor=..., loader=model.loader)."
            )
            raise ExecutorError(msg, name)
        owned: list[Any] = []
        built: list[Any] = []
        try:
            executor = self.loader._build(owned)
            built.append(executor)
            return Live(executor, owned, self._methods, self.direct)
        except BaseException:
            with suppress(Exception):  # what went wrong first is what has to be said
                close_all(owned + built)
            raise


def _pop_function(kwargs: dict[str, Any]) -> Any:
    try:
        return kwargs.pop("fn")
    except KeyError:
        msg = "submit() needs a callable: submit(fn, *args, **kwargs) or submit(fn=fn, **kwargs)"
        raise TypeError(msg) from None


def _refuse_options(options: dict[str, Any]) -> None:
    for name in options:
        raise TypeError(f"map() got an unexpected keyword argument {name!r}")


class ContextExecutor(BaseExecutor[ObjType], Generic[ObjType]):
    """
    A fresh executor for each use, shut down when the use is over.

    Threads can share one: each use has an executor of its own.
    """

    __slots__ = ()

    tag: ClassVar[str] = "$context"

    _takes_live: ClassVar[bool] = False

    @contextmanager
    def context(self) -> Generator[NormalExecutor[ObjType], None, None]:
        """
        Give one `NormalExecutor` for a block; its ``executor`` is the raw one.

        At the end of the block its calls are waited for, and it is shut down.
        """
        model: NormalExecutor[ObjType] = make_executor(
            NormalExecutor, self.loader, self._methods, self.direct, self.given
        )
        with model:
            yield model

    @overload
    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...

    @overload
    def submit(self, /, *, fn: Callable[..., R], **kwargs: Any) -> Future[R]: ...

    def submit(self, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """
        Make a call on an executor of its own, wait for it, shut the executor
        down and return the finished future.

        For more than one call, use `context`: it builds one executor for all.

        Raises:
            Exception: What building the executor raised.
        """
        with self.context() as executor:
            future = executor.submit(*args, **kwargs)
            _wait_for(future)
            return future

    def map(
        self,
        fn: Callable[..., R],
        /,
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
        **options: Any,
    ) -> Iterator[R]:
        """
        Make the calls on an executor of their own, wait for them all, shut the
        executor down and return an iterator over the finished results.

        A call's error is raised on iteration, at its place. The iterables must
        end, *buffersize* or not; `context` gives an executor whose ``map``
        returns at once.

        Args:
            fn: The function.

            iterables: Their items are the arguments, until the shortest ends.

            timeout: Seconds after which calls that have not finished are
                cancelled; iteration raises `concurrent.futures.TimeoutError`
                at the first of them.

            chunksize: How many calls travel together.

            buffersize: How many calls are handed in ahead.

            options: Further options of the executor's own ``map``, where
                `map_callable` names it.
        """
        check_map_options(chunksize, buffersize)
        with self.context() as executor:
            if self.map_callable != "map" or buffersize is not None:
                limits: Any = {"timeout": timeout, "chunksize": chunksize, "buffersize": buffersize}
                return drain(executor.map(fn, *iterables, **limits, **options))
            _refuse_options(options)
            return iterate_finished(executor._send(fn, iterables, chunksize), timeout)


def _wait_for(future: Any) -> None:
    exception = getattr(future, "exception", None)
    try:
        if callable(exception):
            exception()
    except KeyboardInterrupt:
        raise
    except BaseException:
        return
