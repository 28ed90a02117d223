"""
Ends in one of many ways, with calls under way.

    python endings.py LIBRARY FORM ENDING ENGINE SECONDS DIRECTORY

The library is ``model``, which uses nothing but the public names, or ``raw``,
which drives the same engine without it.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from engines import tasks

#: As many calls as keep two workers at work and leave one call waiting.
N_CALLS = 3
LIMIT = 120.0


class RawPool:
    """
    A `multiprocessing.Pool`, with an executor's names for its own methods.
    """

    def __init__(self) -> None:
        self.pool = get_context().Pool(2)

    def submit(self, fn: Any, *args: Any) -> Any:
        result = self.pool.apply_async(fn, args)
        result.result = result.get  # type: ignore[attr-defined]
        return result

    def shutdown(self, wait: bool = True, cancel_futures: bool = False) -> None:
        self.pool.terminate() if cancel_futures else self.pool.close()
        if wait:
            self.pool.join()

    def __enter__(self) -> RawPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.terminate()  # what its own does


def make_raw(engine: str) -> Any:
    if engine == "threads":
        return ThreadPoolExecutor(2)
    if engine == "pool":
        return RawPool()
    if engine == "loky":
        from loky.process_executor import ProcessPoolExecutor as Loky

        return Loky(2)
    if engine == "dask":
        from distributed import Client

        client = Client(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
        return client.get_executor(pure=False)
    return ProcessPoolExecutor(2, mp_context=get_context(engine))


def make(library: str, engine: str) -> Any:
    if library == "raw":
        return make_raw(engine)
    from engines.documents import ENGINES

    name = "dask-local" if engine == "dask" else engine
    return next(found for found in ENGINES if found.name == name).make()


def hand_in(model: Any) -> list[Any]:
    """
    Hand in the calls, and wait until the workers have begun.
    """
    if SECONDS == 0:  # idle workers
        assert [5] * 4 == [model.submit(tasks.add, 0).result(LIMIT) for _ in range(4)]
        (DIRECTORY / "0.begun").write_text(str(model.submit(os.getpid).result(LIMIT)))
        return []
    calls = [str(DIRECTORY / str(i)) for i in range(N_CALLS)]
    futures = [model.submit(tasks.begin_and_end, path, SECONDS) for path in calls]
    begun = [Path(f"{path}.begun") for path in calls]
    assert tasks.wait_until(lambda: sum(path.exists() for path in begun) >= 2, LIMIT)
    return futures


def say_ending() -> None:
    part = DIRECTORY / "ending.part"
    part.write_text(str(time.monotonic()))
    part.replace(DIRECTORY / "ending")


def kill_worker() -> None:
    for path in DIRECTORY.glob("*.begun"):
        os.kill(int(path.read_text()), signal.SIGKILL)
        return


def shut_down_within(model: Any, seconds: float) -> None:
    """
    Shut down within so long; what raw engines have for that.
    """
    if LIBRARY == "model":
        model.shutdown(timeout=seconds)
        return
    time.sleep(seconds)
    try:
        model.shutdown(wait=False, cancel_futures=True)
    except TypeError:  # some take no cancel_futures
        model.shutdown(wait=False)


def end(futures: list[Any], model: Any = None) -> None:
    """
    End as asked; with a *model*, at or in its shutdown with a timeout.
    """
    from_outside = ENDING.startswith("sig")
    say_ending()
    if model is not None and not from_outside and ENDING != "killed":
        shut_down_within(model, 1)
    if ENDING == "exception":
        raise RuntimeError("on purpose")
    if ENDING == "exit":
        sys.exit(3)
    if ENDING == "killed":
        kill_worker()
    if model is not None and (ENDING == "killed" or from_outside):
        shut_down_within(model, 1)
    elif ENDING == "killed" or from_outside:
        for future in futures:
            future.result()
    if from_outside:
        time.sleep(LIMIT)  # the signal is still to come


def end_in_function() -> None:
    model = make(LIBRARY, ENGINE)
    end(hand_in(model))


def end_in_block() -> None:
    with make(LIBRARY, ENGINE) as model:
        end(hand_in(model))


def drop() -> list[Any]:
    return hand_in(make(LIBRARY, ENGINE))


if __name__ == "__main__":
    LIBRARY, FORM, ENDING, ENGINE, *_ = sys.argv[1:]
    SECONDS, DIRECTORY = float(sys.argv[5]), Path(sys.argv[6])
    # Shells start what runs in the background deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(AttributeError):  # not on Windows
        faulthandler.register(signal.SIGUSR1)
    if FORM == "module":
        MODEL = make(LIBRARY, ENGINE)
        end(hand_in(MODEL))
    elif FORM == "function":
        end_in_function()
    elif FORM == "block":
        end_in_block()
    elif FORM == "dropped":
        FUTURES = drop()
        gc.collect()
        end(FUTURES)
    elif FORM == "nowait":
        MODEL = make(LIBRARY, ENGINE)
        FUTURES = hand_in(MODEL)
        MODEL.shutdown(wait=False)
        end(FUTURES)
    elif FORM == "timeout":
        MODEL = make(LIBRARY, ENGINE)
        end(hand_in(MODEL), MODEL)
