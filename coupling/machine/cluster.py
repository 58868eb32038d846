"""Work on a Dask cluster that the user has started: the same numbers as here, and a worker that dies loses nothing."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from coupling.errors import ConfigurationError
from coupling.limits.budget import allowance

__all__ = ["on_cluster"]

PATIENCE = "30s"
ADDRESS = re.compile(r"inproc://\S+|(?:(?:tcp|tls|ucx|wss?)://)?[^\s/]+:\d{1,5}/?")
LIVES = 5
"""How many workers may die under a job before it counts as their murderer."""

AHEAD = 2
"""Jobs of each worker that are under way or wait there: what they gave is fetched before more are begun."""


def on_cluster(
    work: Callable[..., Any], jobs: Sequence[Any], client: Any, *, shared: Any = None
) -> Iterator[tuple[int, Any]]:
    """Do jobs on a cluster; yield the place of each with what it gave, in the order in which they are done.

    Parameters
    ----------
    work : callable
        Of a module: takes `shared`, where there is any, and a job.
    jobs : sequence
        Each carries what it needs beside `shared`.
    client : distributed.Client or str
        A client, which stays open, or the address of a scheduler.
    shared : object, optional
        Sent to every worker once, and again where those that held it are gone.

    Raises
    ------
    ConfigurationError
        If dask is not installed, nobody answers at the address, there is no worker, or jobs kill their workers.
    """
    with _opened(client) as cluster:
        left = deque(range(len(jobs)))
        for _ in range(LIVES):
            lost: deque[int] = deque()
            yield from _in_turn(cluster, work, jobs, left, lost, shared)
            if not lost:
                return
            left = lost
        message = f"{len(left)} of {len(jobs)} jobs have lost their worker {LIVES} times each"
        raise ConfigurationError(f"{message}; give the workers more memory (see their log), or begin more of them")


def _in_turn(
    cluster: Any, work: Callable[..., Any], jobs: Sequence[Any], left: deque[int], lost: deque[int], shared: Any
) -> Iterator[tuple[int, Any]]:
    """Do the jobs that are left, a few for each worker at a time; those whose worker or data are gone are lost."""
    import distributed

    given = () if shared is None or not left else (_scattered(cluster, shared),)
    done: Any = distributed.as_completed(loop=cluster.loop)  # type: ignore[no-untyped-call]
    places: dict[Any, int] = {}

    def begin() -> None:
        if left:
            place = left.popleft()
            future = cluster.submit(_alone, work, *given, jobs[place], pure=False, retries=LIVES)
            places[future] = place
            done.add(future)

    for _ in range(AHEAD * max(1, len(cluster.scheduler_info()["workers"]))):
        begin()
    for future in done:
        place = places.pop(future)
        try:
            result = future.result()
        except (distributed.CancelledError, distributed.KilledWorker):
            lost.append(place)
        else:
            yield place, result
        begin()


def _alone(work: Callable[..., Any], *given: Any) -> Any:
    """Do a job whose time was weighed before it was sent."""
    with allowance(seconds=float("inf"), quiet=True):
        return work(*given)


def _scattered(cluster: Any, shared: Any) -> Any:
    """Send what jobs share to every worker."""
    try:
        cluster.wait_for_workers(1, timeout=PATIENCE)
        return cluster.scatter(shared, broadcast=True, hash=False)
    except (TimeoutError, OSError) as error:
        raise ConfigurationError(
            f"the Dask scheduler has no worker ({error or type(error).__name__}); start one with `dask worker`"
        ) from None


@contextmanager
def _opened(client: Any) -> Iterator[Any]:
    if isinstance(client, str) and not ADDRESS.fullmatch(client):  # its client would be waited for at the end
        raise ConfigurationError(f"{client!r} is no address of a Dask scheduler; write it as tcp://127.0.0.1:8786")
    try:
        import distributed
    except ImportError:
        raise ConfigurationError(
            "a cluster (client=, --dask) needs the extra 'dask', which is not installed; install dask and distributed"
        ) from None
    if isinstance(client, distributed.Client):
        yield client
        return
    if not isinstance(client, str):
        raise ConfigurationError(f"client={client!r} is no client of Dask and no address of a scheduler; give either")
    opened = _client(distributed.Client, client)
    try:
        yield opened
    finally:
        opened.close()


def _client(kind: Any, address: str) -> Any:
    try:
        return kind(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigurationError(
            f"no Dask scheduler answers at {address!r} ({error}); start one with `dask scheduler`"
        ) from None
