"""
`map` over `submit`, on futures and a clock that the test moves.
"""

from __future__ import annotations

from concurrent.futures import Future, TimeoutError

import pytest

from callsheet._executors import streams


class Patient(Future):
    """
    A future that notes how long somebody was ready to wait for it.
    """

    waits: list[float | None]

    def result(self, timeout=None):
        self.waits.append(timeout)
        return super().result(0)


@pytest.fixture
def clock(monkeypatch):
    """
    The time, which stands still.
    """
    now = [100.0]
    monkeypatch.setattr(streams, "monotonic", lambda: now[0])
    return now


def test_time_runs_from_the_call(clock):
    """
    The timeout of `map` is one for all results, and it runs from the call on.
    """
    futures: list[Patient] = []

    def submit(fn, *args):
        futures.append(Patient())
        futures[-1].waits = []
        return futures[-1]

    sent = streams.send_calls(submit, None, abs, ([-1, -2, -3],), 1)
    results = streams.iterate(sent, 10, None)
    clock[0] += 3
    futures[0].set_result(1)

    assert 1 == next(results)
    clock[0] += 4
    with pytest.raises(TimeoutError):
        next(results)
    assert [[7], [3], []] == [future.waits for future in futures]
    assert [False, True, True] == [future.cancelled() for future in futures]
