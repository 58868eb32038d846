"""Where batches run: in this process, on the cores of this machine, or on a Dask cluster; the numbers are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coupling.comparison.batches import Batch, CurvePoint, run_batch
from coupling.machine.cluster import on_cluster
from coupling.machine.parallel import in_parallel

__all__ = ["run_batches"]


def run_batches(batches: Sequence[Batch], *, n_jobs: int = -1, dask: str | None = None) -> Iterator[list[CurvePoint]]:
    """Yield the outcomes of each batch, in the order in which they are done.

    Parameters
    ----------
    batches : sequence of Batch
        The work.
    n_jobs : int
        Processes (joblib); -1 takes every core.
    dask : str or distributed.Client, optional
        Address of a Dask scheduler, or its client; it beats `n_jobs`. A batch whose worker is lost runs again
        elsewhere.

    Raises
    ------
    ConfigurationError
        If dask is not installed, or nobody answers at the address.
    """
    if dask is not None:
        for _, outcomes in on_cluster(run_batch, batches, dask):
            yield outcomes
    elif n_jobs == 1 or len(batches) < 2:
        for batch in batches:
            yield run_batch(batch)
    else:
        yield from in_parallel(((run_batch, (each,)) for each in batches), n_jobs, return_as="generator_unordered")
