"""Local projections: the response of every instrument, horizon by horizon, to a shock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri, stdtrit

from coupling._typing import Floats
from coupling.data.changes import ChangeRule
from coupling.data.gate.changes import Changes
from coupling.data.gate.table import is_table
from coupling.errors import InputError, TooShortError, nearest
from coupling.events.listing.resolve import Events
from coupling.events.studies.episodes import episodes_of
from coupling.events.studies.projection_result import LocalProjectionResult
from coupling.events.studies.projections import (
    Projection,
    cholesky_shocks,
    episode_projection,
    lagged,
    reduced_projection,
    wild_t,
)
from coupling.events.studies.rows import changes_of_frame, frame_timeline
from coupling.inference.multiple import max_t_quantile
from coupling.inference.randomisation import randomisation_p_value, sign_patterns, smallest_sign_p
from coupling.limits.asked import require_instruments, require_level
from coupling.limits.budget import count, require_seconds
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.results.base import Provenance

__all__ = ["LocalProjection"]


@plain_keywords
class LocalProjection:
    """Project later changes on a shock (Jordà 2005).

    Parameters
    ----------
    horizons : int
        Last horizon; the first is the row of the shock itself.
    lags : int
        Lags of all instruments (and of an observed shock) that are controlled for.
    cumulative : bool
        Responses of the sum of changes since the shock instead of the change of one row.
    level : float
        Of intervals and bands.
    critical_value : float, optional
        Replaces the normal quantile of Newey–West bands (1.96 in lpirfs).
    random_state : int
        Seed of sign patterns beyond 12 episodes.
    allow_levels : bool
        Whether columns that look like levels pass; the result is then marked.

    Notes
    -----
    `fit` takes three kinds of shock. *Events* become a dummy at the first row that ends after them. A *Series*
    (severity, a surprise) is taken as it is; its rows that are not zero count as events. Both are estimated with
    errors by episode: rows whose horizons overlap form one episode, intervals use t with episodes - 1 degrees of
    freedom, p-values and sup-t bands the wild bootstrap over episodes. A same-day surprise measures an association,
    not an effect. The *name of a column* asks for its unit shock in a Cholesky ordering by columns, with Newey–West
    bands whose lag is the horizon, exactly as R's lpirfs does: lower and upper are (b ∓ c se) times the shock
    vector, without covariances; horizon 0 is the shock itself.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> days = pd.date_range("2022-01-03", periods=600, freq="B")
    >>> changes = pd.DataFrame(rng.normal(size=(600, 2)), index=days, columns=["A", "B"])
    >>> events = days[50::60]
    >>> changes.loc[events, "A"] += 3
    >>> frame = LocalProjection(horizons=2, lags=1, cumulative=True).fit(changes, events).frame
    >>> frame.loc[frame["instrument"] == "A", ["horizon", "n_episodes"]].to_numpy().tolist()
    [[0, 10], [1, 10], [2, 10]]
    """

    def __init__(
        self,
        *,
        horizons: int = 10,
        lags: int = 2,
        cumulative: bool = False,
        level: float = 0.95,
        critical_value: float | None = None,
        random_state: int = 0,
        allow_levels: bool = False,
    ) -> None:
        self.horizons = horizons
        self.lags = lags
        self.cumulative = cumulative
        self.level = level
        self.critical_value = critical_value
        self.random_state = random_state
        self.allow_levels = allow_levels

    def fit(
        self,
        X: Any,
        shock: str | pd.Series | Events,
        *,
        state: str | pd.Timestamp | pd.Series | None = None,
        responses: Sequence[str] | None = None,
    ) -> LocalProjectionResult:
        """Estimate the responses.

        Parameters
        ----------
        X : DataFrame or Panel
            Changes (a frame of pandas, polars or pyarrow), rows = time; of a panel its `changes`.
        shock : str, Series or events
            Name of a column, a series on the rows of X, or events (a catalogue, instants, dates).
        state : date or Series of bool, optional
            Estimate before and from a date, or where a series is false and true, apart.
        responses : sequence of str, optional
            Instruments whose responses are asked for, controls staying all; by default all. Not with a Cholesky shock.

        Returns
        -------
        LocalProjectionResult

        Raises
        ------
        InputError
            If a parameter is impossible, the shock does not fit X, or too few rows or episodes remain.
        """
        changes, units, logs = _changes_of(X, allow_levels=self.allow_levels)
        frame = changes.frame
        self._check(frame)
        provenance = getattr(X, "provenance", None) or Provenance(seed=self.random_state)
        if isinstance(shock, str) and shock in frame.columns:
            for word, given in (("state", state), ("responses", responses)):
                if given is not None:
                    raise InputError(f"{word} works with an observed shock (events or a series), not a column of X.")
            return self._result(self._cholesky(frame, shock), "lpirfs", provenance, changes.cautions)
        if isinstance(shock, str):
            raise InputError(f"shock {shock!r} is no column of X; {nearest(shock, map(str, frame.columns))}.")
        series, rule = _shock_series(changes, shock)
        names = [str(name) for name in frame.columns]
        asked = range(len(names)) if responses is None else map(names.index, require_instruments(responses, names))
        shown = [(k, names[k], units[k], logs[k]) for k in asked]
        parts = [
            self._episodes(frame.to_numpy(dtype=float), series, mask, shown).assign(state=name)
            for name, mask in _states(changes, state)
        ]
        return self._result(pd.concat(parts, ignore_index=True), "episodes", provenance, changes.cautions, rule)

    def _check(self, frame: pd.DataFrame) -> None:
        require_limits(self)
        for name, least in (("horizons", 0), ("lags", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise InputError(f"{name}={value!r} must be a whole number of at least {least}.")
        require_level(self.level)
        if len(frame) <= self.horizons + self.lags * (frame.shape[1] + 1) + 2:
            raise InputError(f"{len(frame)} rows are too few for {self.horizons} horizons and {self.lags} lags.")
        controls = 1 + self.lags * (frame.shape[1] + 1)
        price = 5e-3 + len(frame) * (6e-7 * frame.shape[1] + 1e-9 * controls**2)
        what = f"{count(frame.shape[1], 'instrument')} over {count(self.horizons + 1, 'horizon')}"
        require_seconds((self.horizons + 1) * price, what, "take fewer")

    def _episodes(
        self, values: Floats, shock: Floats, mask: npt.NDArray[np.bool_], shown: list[tuple[int, str, str, bool]]
    ) -> pd.DataFrame:
        places = np.flatnonzero((shock != 0) & np.isfinite(shock))
        episode = np.full(len(shock), -1, dtype=np.intp)
        episode[places] = episodes_of(places, (0, self.horizons))
        blocks = [np.ones((len(values), 1)), lagged(values, self.lags), lagged(shock[:, None], self.lags)]
        controls = np.where(mask[:, None], np.column_stack(blocks), np.nan)
        columns, fits = [k for k, *_ in shown], []
        for h in range(self.horizons + 1):
            ahead = _ahead(values, h, cumulative=self.cumulative)
            complete = np.isfinite(ahead).all(axis=1, keepdims=True)  # the rows are those of all instruments
            fits.append(episode_projection(np.where(complete, ahead[:, columns], np.nan), shock, controls, episode))
        kept = [(h, fit) for h, fit in enumerate(fits) if fit is not None]
        if not kept:
            raise TooShortError(
                "Fewer than two episodes with enough rows around them; a projection needs at least two."
            )
        return self._tidy(kept, shown)

    def _tidy(self, fits: list[tuple[int, Projection]], shown: list[tuple[int, str, str, bool]]) -> pd.DataFrame:
        signs = {n: sign_patterns(n, random_state=self.random_state) for n in {len(fit.weights) for _, fit in fits}}
        wild = [wild_t(fit, signs[len(fit.weights)][0]) for _, fit in fits]
        rows = []
        for k, (_, name, unit, log) in enumerate(shown):
            width = self._band([draws[:, k] for draws in wild], min(signs))
            for (h, fit), draws in zip(fits, wild, strict=True):
                n, enumerated = len(fit.weights), signs[len(fit.weights)][1]
                t = float(fit.estimate[k] / fit.error[k]) if fit.error[k] > 0 else float("nan")
                reach = fit.error[k] * stdtrit(n - 1, 0.5 + self.level / 2)
                bounds = np.array([0.0, -reach, reach, -width * fit.error[k], width * fit.error[k]]) + fit.estimate[k]
                bounds = 100 * np.expm1(bounds / 100) if log and self.cumulative else bounds
                p = randomisation_p_value(t, draws[:, k], enumerated=enumerated)
                rows.append((name, unit, h, *bounds, p, smallest_sign_p(n), n, fit.rows))
        columns = ["instrument", "unit", "horizon", "estimate", "lower", "upper", "band_lower", "band_upper"]
        return pd.DataFrame(rows, columns=[*columns, "p_value", "smallest_p", "n_episodes", "n"])

    def _band(self, draws: list[Floats], episodes: int) -> float:
        """Return the sup-t critical value over horizons, missing where sign patterns cannot reach the level."""
        if smallest_sign_p(episodes) > 1 - self.level or len({len(column) for column in draws}) > 1:
            return float("nan")
        finite = np.nan_to_num(np.column_stack(draws), nan=0.0)
        pointwise = float(stdtrit(episodes - 1, 0.5 + self.level / 2))
        return max(pointwise, max_t_quantile(finite, level=self.level))

    def _cholesky(self, frame: pd.DataFrame, shock: str) -> pd.DataFrame:
        values = frame.to_numpy(dtype=float)
        if not np.isfinite(values).all():
            raise InputError("A Cholesky shock needs complete rows; drop the rows with a missing value first.")
        if not self.lags:
            raise InputError("A Cholesky shock comes from a VAR, which needs lags of at least 1.")
        vector = cholesky_shocks(values, self.lags)[:, list(frame.columns).index(shock)]
        critical = float(ndtri(0.5 + self.level / 2)) if self.critical_value is None else self.critical_value
        paths = [(vector, vector, vector)]
        for horizon in range(1, self.horizons + 1):
            b, se = reduced_projection(values, self.lags, horizon)
            paths.append((b @ vector, (b - critical * se) @ vector, (b + critical * se) @ vector))
        stacked = np.array(paths)
        stacked = stacked.cumsum(axis=0) if self.cumulative else stacked
        k, h = frame.shape[1], self.horizons + 1
        return pd.DataFrame(
            {
                "instrument": np.repeat([str(name) for name in frame.columns], h),
                "unit": "",
                "horizon": np.tile(np.arange(h), k),
                "estimate": stacked[:, 0].T.ravel(),
                "lower": stacked[:, 1].T.ravel(),
                "upper": stacked[:, 2].T.ravel(),
                "n": np.tile([len(values) - self.lags - max(horizon - 1, 0) for horizon in range(h)], k),
                "state": "all",
            }
        )

    def _result(
        self, frame: pd.DataFrame, kind: str, provenance: Provenance, cautions: tuple[str, ...], rule: str = ""
    ) -> LocalProjectionResult:
        told = {
            "episodes": "errors by episode, t with one degree of freedom less than episodes, wild bootstrap over them",
            "lpirfs": "unit shock in a Cholesky ordering, Newey–West with lag = horizon, bounds as in R's lpirfs",
        }[kind]
        summed = "summed changes" if self.cumulative else "single changes"
        return LocalProjectionResult(
            name="local-projection",
            title="Local projections",
            method=f"Jordà (2005): {summed} 0 to {self.horizons} observations ahead on the shock, a "
            f"constant and {count(self.lags, 'lag')}; {told}." + (f" Of the frame: {rule}." if rule else ""),
            warnings=cautions,
            frame=frame,
            provenance=provenance,
        )


def _changes_of(X: Any, *, allow_levels: bool) -> tuple[Changes, list[str], list[bool]]:
    if is_table(X):
        changes = changes_of_frame(X, allow_levels=allow_levels)
        return changes, [""] * changes.frame.shape[1], [False] * changes.frame.shape[1]
    frame = getattr(X, "changes", None)
    if not isinstance(frame, pd.DataFrame):
        raise InputError("A local projection needs a frame of changes or a panel.")
    instruments = [X.instruments[name] for name in frame.columns]
    units = [item.change_unit for item in instruments]
    return Changes(frame=frame, labels=frame.index), units, [item.change is ChangeRule.LOG for item in instruments]


def _shock_series(changes: Changes, shock: pd.Series | Events) -> tuple[Floats, str]:
    """Return the shock on every row, and the rule by which events were placed."""
    if isinstance(shock, pd.Series) and pd.api.types.is_numeric_dtype(shock.dtype):
        values = _on_rows(changes, shock, "A shock series").to_numpy(dtype=float, na_value=np.nan)
        if not (np.nan_to_num(values) != 0).any():
            raise InputError("The shock is zero on every row; nothing can be projected on it.")
        return values, ""
    line = frame_timeline(changes, shock, days="XNYS", window=(0, 0))
    if not len(line.positions):
        raise InputError("No event lies inside the rows of X.")
    values = np.zeros(len(changes.frame))
    values[line.positions] = 1.0
    return values, line.rule


def _on_rows(changes: Changes, series: pd.Series, what: str) -> pd.Series:
    """Return a series on the rows that are used; it must have the rows of X, with or without the unfinished ones."""
    rows = len(changes.frame)
    cut = series.iloc[:rows] if len(series) == rows + changes.unfinished else series
    if not any(index is not None and cut.index.equals(index) for index in (changes.frame.index, changes.labels)):
        raise InputError(f"{what} must have the rows of X; reindex it (with 0 where nothing happened).")
    return cut


def _states(
    changes: Changes, state: str | pd.Timestamp | pd.Series | None
) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    index = changes.frame.index
    if state is None:
        yield "all", np.ones(len(index), dtype=bool)
        return
    if isinstance(state, pd.Series):
        if state.dtype != bool:
            raise InputError("state must be a series of true and false on the rows of X, or a date.")
        flags = _on_rows(changes, state, "A state").to_numpy()
        names = (f"not {state.name or 'state'}", str(state.name or "state"))
    else:
        cut = pd.Timestamp(state)
        index = pd.DatetimeIndex(index)
        cut = cut.tz_localize(index.tz) if cut.tz is None and index.tz is not None else cut
        flags, names = np.asarray(index >= cut), (f"before {cut:%Y-%m-%d}", f"from {cut:%Y-%m-%d}")
    yield names[0], ~flags
    yield names[1], flags


def _ahead(values: Floats, horizon: int, *, cumulative: bool) -> Floats:
    """Return the change `horizon` rows ahead, or the sum of the changes from the row itself to there."""
    ahead = np.full(values.shape, np.nan)
    if not cumulative:
        ahead[: len(values) - horizon] = values[horizon:]
        return ahead
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    ahead[: len(values) - horizon] = sums[horizon + 1 :] - sums[: len(values) - horizon]
    return ahead
