"""
Executors as data; here, the one that is built afresh for each use.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar, overload

from ._base import ObjType
from ._normal import NormalExecutor, refuse_options
from ._specs import BaseExecutor, make_executor
from ._streams import check_map_options, drain, map_finished

__all__ = ["BaseExecutor", "ContextExecutor", "NormalExecutor"]

P = ParamSpec("P")
R = TypeVar("R")


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
                results = executor.map(
                    fn,
                    *iterables,
                    timeout=timeout,
                    chunksize=chunksize,
                    buffersize=buffersize,
                    **options,
                )
                return drain(results)
            refuse_options(options)
            chunk = executor._get_submit_chunk()
            return map_finished(executor.submit, chunk, fn, iterables, timeout, chunksize)


def _wait_for(future: Any) -> None:
    exception = getattr(future, "exception", None)
    if callable(exception):
        try:
            exception()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
