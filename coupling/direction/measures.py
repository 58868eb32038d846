"""From variance shares to the measures of Diebold and Yilmaz: total, to, from, net, and net of each pair, in %."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats
from coupling.kernels.decomposition import AT_ONCE

__all__ = ["labelled", "measure_kinds", "measure_names", "measures", "measures_beyond"]


LABELLED = ("total", "to", "from", "net", "net_pair")


def measures(shares: Floats) -> Floats:
    """Return every measure of each model side by side, in the order of `measure_names`.

    Parameters
    ----------
    shares : ndarray, shape (M, k, k)
        Rows receive, columns send, rows sum to 1.

    Returns
    -------
    ndarray, shape (M, number of measures), in %

    Examples
    --------
    >>> measures(np.array([[[0.8, 0.2], [0.4, 0.6]]])).round(1).tolist()
    [[30.0, 40.0, 20.0, 20.0, 40.0, 20.0, -20.0, 20.0, 40.0, 20.0]]
    """
    return np.concatenate(list(_parts(shares).values())).T


def _parts(shares: Floats) -> dict[str, Floats]:
    """Return every kind of measure, one measure a row: models lie side by side, since there are many."""
    k = shares.shape[1]
    off = np.multiply(100.0, shares.transpose(1, 2, 0), order="C")
    off[range(k), range(k)] = 0.0
    to, received = off.sum(axis=0), off.sum(axis=1)
    left, right = np.triu_indices(k, 1)
    sender, receiver = _arrows(k)
    return {
        "total": received.mean(axis=0, keepdims=True),
        "to": to,
        "from": received,
        "net": to - received,
        "net_pair": off[right, left] - off[left, right],
        "share": off[receiver, sender],
    }


def measures_beyond(shares: Floats, same_row: Floats) -> Floats:
    """Return the measures and, beside them, the nets less those that same-row correlations alone give.

    Scaling rows to 100 % makes the instrument with the larger correlations a net sender even where nothing follows
    anything: what `same_row` shares (of one step ahead) give is no direction in time.

    Parameters
    ----------
    shares, same_row : ndarray, shape (M, k, k)

    Returns
    -------
    ndarray, shape (M, number of rows of `measure_names`), in %
    """
    full, first = _parts(shares), _parts(same_row)
    lagged = (full[net] - first[net] for net in ("net", "net_pair"))
    return np.concatenate([*full.values(), *lagged]).T


def measure_names(names: Sequence[Hashable]) -> pd.DataFrame:
    """Return ``measure, sender, receiver`` of every column of `measures_beyond`; what does not apply is empty.

    Examples
    --------
    >>> measure_names(["A", "B"]).tail(3)
                measure sender receiver
    10       net_lagged      A
    11       net_lagged      B
    12  net_pair_lagged      A        B
    """
    return pd.DataFrame(_rows(names), columns=["measure", "sender", "receiver"])


def measure_kinds(k: int) -> list[str]:
    """Return the kind of each of the measures of so many instruments, in the order of `measure_names`."""
    return [kind for kind, _, _ in _rows(range(k))]


def _rows(names: Sequence[Hashable]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [("total", "", "")]
    rows += [("to", name, "") for name in names]
    rows += [("from", "", name) for name in names]
    rows += [("net", name, "") for name in names]
    rows += [("net_pair", left, right) for left, right in combinations(names, 2)]
    rows += [("share", names[s], names[r]) for s, r in zip(*_arrows(len(names)), strict=True)]
    rows += [("net_lagged", name, "") for name in names]
    rows += [("net_pair_lagged", left, right) for left, right in combinations(names, 2)]
    return rows


def _arrows(k: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    sender, receiver = np.nonzero(~np.eye(k, dtype=bool))
    return sender, receiver


def labelled(shares: Floats, names: pd.Index[Any], ends: pd.Index[Any] | None) -> dict[str, Any]:
    """Return ``total_, to_, from_, net_, pairwise_, table_`` of one model (`ends` is None) or by window end."""
    tables = _tables(shares, list(names))
    pairs = pd.MultiIndex.from_tuples(list(combinations(names, 2)), names=["left", "right"])
    labels: dict[str, pd.Index[Any]] = {"to": names, "from": names, "net": names, "net_pair": pairs}
    attributes = {"to": "to_", "from": "from_", "net": "net_", "net_pair": "pairwise_"}
    percent, total = 100.0 * shares.reshape(-1, len(names)), tables["total"][:, 0]
    receivers, senders = names.rename("receiver"), names.rename("sender")
    if ends is None:
        found: dict[str, Any] = {
            attribute: pd.Series(tables[kind][0], index=labels[kind], name=kind)
            for kind, attribute in attributes.items()
        }
        table = pd.DataFrame(percent, index=receivers, columns=senders)
        return found | {"total_": float(total[0]), "table_": table}
    found = {
        attribute: pd.DataFrame(tables[kind], index=ends, columns=labels[kind], copy=False)
        for kind, attribute in attributes.items()
    }
    axes: list[Any] = [ends.rename(ends.name or "window_end"), receivers]
    rows = pd.MultiIndex.from_product(axes)
    table = pd.DataFrame(percent, index=rows, columns=senders, copy=False)
    return found | {"total_": pd.Series(total, index=ends, name="total"), "table_": table}


def _tables(shares: Floats, names: list[Hashable]) -> dict[str, Floats]:
    """Return the columns of each measure but the shares, of some models at a time."""
    kinds = measure_names(names)["measure"].to_numpy()
    tables = {kind: np.empty((len(shares), int((kinds == kind).sum()))) for kind in LABELLED}
    for first in range(0, len(shares), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        values = measures(shares[part])
        for kind, table in tables.items():
            table[part] = values[:, kinds[: values.shape[1]] == kind]
    return tables
