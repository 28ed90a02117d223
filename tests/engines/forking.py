"""
Forks again and again while many threads use one model, and counts the children
that do not end.

    python forking.py LIBRARY ENGINE N_THREADS N_FORKS [SEED]

The threads build the executor at its first use, hand in calls, compare, write
and call models; one of them shuts the model down and puts another one in its
place. Each child uses the model that it was forked with, shuts it down, builds
a new one, and leaves through the end of the interpreter. The library is
``model``, or ``raw`` for the same with the engine alone.
"""

from __future__ import annotations

import concurrent.futures
import faulthandler
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from concurrent.futures import CancelledError, Future
from typing import Any

from callsheet import CallableModel
from callsheet.exceptions import ShutdownError
from engines.endings import make
from engines.programs import say_ending
from engines.tasks import add

#: Seconds that a child may take, and those that it waits for a call of the model that it was
#: forked with.
LIMIT, PATIENCE = 120, 20.0
N_CHILDREN = 8

#: The exit codes of children, by what became of a call of the model that they were forked with.
OUTCOMES = {10: "worked", 11: "was refused", 12: "was never made", 13: "error"}

CALL = CallableModel(add, args=(1,))


class Shared:
    """
    The executor that everybody uses, and the number of calls that came back.
    """

    def __init__(self, library: str, engine: str) -> None:
        self.library = library
        self.engine = engine
        self.stopped = False
        self.n_calls = 0
        self.errors: list[BaseException] = []
        self.executor = self.make()

    def make(self) -> Any:
        return make(self.library, self.engine)

    def use(self) -> None:
        """
        Use the executor of the moment until everything is over.
        """
        while not self.stopped:
            executor = self.executor
            try:
                future = executor.submit(add, 1)
                if self.library == "model":
                    self.use_model(executor)
                assert 6 == future.result(LIMIT)
                self.n_calls += 1
            except (ShutdownError, CancelledError):
                continue
            except RuntimeError as error:  # the raw engine's way to say that it was shut down
                if "after shutdown" not in str(error):
                    self.errors.append(error)
            except BaseException as error:
                self.errors.append(error)

    def use_model(self, model: Any) -> None:
        assert model.executor is not None
        assert model == type(model)(loader=model.loader)
        assert repr(model)
        assert model.json()
        assert 6 == CALL()
        assert 6 == CallableModel(add, kwargs={"x": 1})()

    def replace(self) -> None:
        """
        Shut the executor down, from time to time, and put a new one in its place.
        """
        chance = random.Random(0)
        while not self.stopped:
            time.sleep(chance.uniform(0.01, 0.2))
            old, self.executor = self.executor, self.make()
            old.shutdown(wait=chance.random() < 0.5)
        self.executor.shutdown()


def try_call(executor: Any) -> int:
    """
    Make a call in a child; return the exit code that says what became of it.
    """
    try:
        future: Future[int] = executor.submit(add, 1)
    except RuntimeError:
        return 11
    try:
        assert 6 == future.result(PATIENCE)
    except (CancelledError, RuntimeError):
        return 11
    except concurrent.futures.TimeoutError:
        return 12
    return 10


def run_child(shared: Shared) -> int:
    """
    Use what there is, end it, and use a new one.
    """
    executor = shared.executor
    if shared.library == "model":
        assert executor == type(executor)(loader=executor.loader)
        assert executor.json()
        assert 6 == CALL()
    code = try_call(executor)
    executor.shutdown(wait=code != 12)
    with shared.make() as new:
        assert 6 == new.submit(add, 1).result(LIMIT / 2)
    return code


def run_child_to_its_end(shared: Shared) -> int:
    # Says where it hangs, and ends with code 1.
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    try:
        return run_child(shared)
    except BaseException:
        traceback.print_exc()
        return 13


def reap(children: dict[int, float], outcomes: Counter[str], n_left: int) -> None:
    """
    Wait until no more than *n_left* children are there.
    """
    while len(children) > n_left:
        for pid, began in list(children.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                outcomes[OUTCOMES.get(code, "HANG" if code in (1, -9) else f"code {code}")] += 1
                del children[pid]
            elif time.monotonic() > began + LIMIT + 10:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def main(library: str, engine: str, n_threads: str, n_forks: str, seed: str = "0") -> int:
    shared = Shared(library, engine)
    threads = [threading.Thread(target=shared.use) for _ in range(int(n_threads))]
    threads.append(threading.Thread(target=shared.replace))
    for thread in threads:
        thread.start()
    say_ending()
    chance = random.Random(seed)
    children: dict[int, float] = {}
    outcomes: Counter[str] = Counter()
    for _ in range(int(n_forks)):
        time.sleep(chance.uniform(0, 0.02))
        pid = os.fork()
        if pid == 0:
            return run_child_to_its_end(shared)
        children[pid] = time.monotonic()
        reap(children, outcomes, N_CHILDREN)
    reap(children, outcomes, 0)
    shared.stopped = True
    for thread in threads:
        thread.join(LIMIT)
    outcomes["threads that hang"] = sum(thread.is_alive() for thread in threads)
    outcomes["errors in threads"] = len(shared.errors)
    for error in shared.errors[:5]:
        print(repr(error), file=sys.stderr)
    counts = {name: n for name, n in sorted(outcomes.items()) if n}
    print(f"{shared.n_calls} calls; {counts}", flush=True)
    good = {"worked", "was refused"} if library == "model" else {*OUTCOMES.values()} - {"error"}
    if outcomes["threads that hang"]:
        faulthandler.dump_traceback()
        os._exit(1)
    return int(not set(counts) <= good)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
