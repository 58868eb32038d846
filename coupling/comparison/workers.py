"""Where batches run: in this process, on the cores of this machine, or on a Dask cluster; the numbers are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from coupling.comparison.batches import Batch, CurvePoint, run_batch
from coupling.errors import ConfigurationError
from coupling.machine.parallel import in_parallel

__all__ = ["run_batches"]

PATIENCE = "30s"
LIVES = 5
"""How many workers may die under a batch before it counts as their murderer."""


def run_batches(batches: Sequence[Batch], *, n_jobs: int = -1, dask: str | None = None) -> Iterator[list[CurvePoint]]:
    """Yield the outcomes of each batch, in the order in which they are done.

    Parameters
    ----------
    batches : sequence of Batch
        The work.
    n_jobs : int
        Processes (joblib); -1 takes every core.
    dask : str, optional
        Address of a Dask scheduler; it beats `n_jobs`. A batch whose worker is lost runs again elsewhere.

    Raises
    ------
    ConfigurationError
        If dask is not installed, or nobody answers at the address.
    """
    if dask is not None:
        yield from _on_cluster(batches, dask)
    elif n_jobs == 1 or len(batches) < 2:
        for batch in batches:
            yield run_batch(batch)
    else:
        yield from in_parallel(((run_batch, (each,)) for each in batches), n_jobs, return_as="generator_unordered")


def _on_cluster(batches: Sequence[Batch], address: str) -> Iterator[list[CurvePoint]]:
    try:
        import distributed
    except ImportError:
        raise ConfigurationError(
            "--dask needs the extra 'dask', which is not installed; install dask and distributed"
        ) from None
    client = _client(distributed.Client, address)
    try:
        futures = client.map(run_batch, list(batches), pure=False, retries=LIVES)
        done: Any = distributed.as_completed(futures, loop=client.loop)  # type: ignore[no-untyped-call]
        for future in done:
            yield future.result()
    finally:
        client.close()


def _client(kind: Any, address: str) -> Any:
    try:
        return kind(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigurationError(
            f"no Dask scheduler answers at {address!r} ({error}); start one with `dask scheduler`"
        ) from None
