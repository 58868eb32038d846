"""What was to be expected without the event: the regressors of each model, by estimation and event window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coupling._typing import Flags, Floats, Places
from coupling.errors import InputError, nearest
from coupling.events.studies.abnormal import EventWindows
from coupling.events.studies.timeline import Timeline

__all__ = ["MODELS", "Expectation", "check_windows", "covered_by", "expectation", "form_windows"]

MODELS = ("constant_mean", "market", "market_adjusted", "multi_factor", "garch")


@dataclass(frozen=True)
class Expectation:
    """A model with the columns that it explains and those that it explains them by."""

    model: str
    responses: tuple[int, ...]
    factors: tuple[int, ...]
    event_window: tuple[int, int]
    estimation_window: tuple[int, int]

    @property
    def first(self) -> int:
        """Place in the event window from which a response is summed: session 0, or all where it is not spanned."""
        return -self.event_window[0] if self.event_window[0] < 0 <= self.event_window[1] else 0


def expectation(
    model: str,
    names: tuple[str, ...],
    *,
    market: str | None,
    factors: tuple[str, ...],
    event_window: tuple[int, int],
    estimation_window: tuple[int, int],
) -> Expectation:
    """Check a model against the instruments at hand.

    Raises
    ------
    InputError
        If the model or a factor is unknown, a factor is missing or superfluous, or a window is impossible.
    """
    if model not in MODELS:
        raise InputError(f"model={model!r} is unknown; {nearest(model, MODELS)}.")
    check_windows(event_window, estimation_window)
    chosen = _factors(model, market, factors)
    unknown = [name for name in chosen if name not in names]
    if unknown:
        raise InputError(
            f"{unknown[0]!r} explains nothing, because it is not in the data; {nearest(unknown[0], names)}."
        )
    columns = tuple(names.index(name) for name in chosen)
    responses = tuple(k for k in range(len(names)) if k not in columns)
    if not responses:
        raise InputError("Every instrument is a factor, so that nothing is left to explain; add an instrument.")
    return Expectation(model, responses, columns, event_window, estimation_window)


def _factors(model: str, market: str | None, factors: tuple[str, ...]) -> tuple[str, ...]:
    if model in ("market", "market_adjusted"):
        if market is None or factors:
            raise InputError(f"model={model!r} needs market='NAME' of a column, and no factors.")
        return (market,)
    if model == "multi_factor":
        if not factors or market is not None:
            raise InputError("model='multi_factor' needs factors=('NAME', …) of columns, and no market.")
        return tuple(factors)
    if market is not None or factors:
        raise InputError(f"model={model!r} uses neither market nor factors; use model='market' or 'multi_factor'.")
    return ()


def check_windows(event: tuple[int, int], estimation: tuple[int, int]) -> None:
    """Raise `InputError` unless both windows are pairs of whole numbers in order, and do not overlap."""
    for name, window in (("event_window", event), ("estimation_window", estimation)):
        if not (_is_pair(window) and window[0] <= window[1]):
            raise InputError(
                f"{name}={window!r} must be (first, last) with first <= last, whole numbers of sessions, as (-5, 10)."
            )
    if estimation[0] <= event[1] and event[0] <= estimation[1]:
        raise InputError(
            f"estimation_window={estimation} overlaps event_window={event}, so the event would explain itself; "
            "end it before."
        )


def _is_pair(window: object) -> bool:
    whole = isinstance(window, tuple | list) and all(
        isinstance(end, int | np.integer) and not isinstance(end, bool) for end in window
    )
    return whole and len(window) == 2  # type: ignore[arg-type]


def covered_by(positions: Places, event_window: tuple[int, int], n: int) -> Flags:
    """Mark the sessions that lie in any event window, shape (n,)."""
    covered = np.zeros(n, dtype=bool)
    rows = positions[:, None] + np.arange(event_window[0], event_window[1] + 1)
    covered[rows[(rows >= 0) & (rows < n)]] = True
    return covered


def form_windows(
    timeline: Timeline, plan: Expectation, positions: Places, event_changes: Floats | None, covered: Flags | None
) -> EventWindows:
    """Cut the estimation and event windows of any positions out of a timeline.

    Parameters
    ----------
    timeline : Timeline
    plan : Expectation
    positions : ndarray of int, shape (E,)
        Session 0 of each event or placebo date.
    event_changes : ndarray, shape (E, K, W), optional
        Changes of all K instruments in event time; by default those of the sessions.
    covered : ndarray of bool, shape (n_sessions,), optional
        Sessions that no estimation may use.
    """
    event_rows = positions[:, None] + np.arange(plan.event_window[0], plan.event_window[1] + 1)
    rows = positions[:, None] + np.arange(plan.estimation_window[0], plan.estimation_window[1] + 1)
    inside = (rows >= 0) & (rows < len(timeline.labels))
    rows = np.clip(rows, 0, len(timeline.labels) - 1)
    around = timeline.around(event_rows) if event_changes is None else event_changes
    keep = inside if covered is None else inside & ~covered[rows]
    columns = _columns(plan.responses)
    estimation = timeline.changes[rows][..., columns].transpose(0, 2, 1)
    event = around[:, columns]
    design, event_design = _designs(timeline, plan, rows, around)
    middle = _middle(design)
    if plan.model == "market_adjusted":
        estimation, event = estimation - design[..., 0], event - event_design[..., 0]
        design, event_design = design[..., :0], event_design[..., :0]
    else:
        known = np.isfinite(design).all(axis=-1)
        estimation = estimation if known.all() else np.where(known, estimation, np.nan)
        design, event_design = _with_constant(design - middle), _with_constant(event_design - middle)
    return EventWindows(estimation, event, np.nan_to_num(design, nan=0.0), event_design, keep, middle[..., 0, :])


def _columns(places: tuple[int, ...]) -> slice | list[int]:
    """Return the places as a slice where they follow each other, which copies nothing."""
    first, last = places[0], places[-1]
    return slice(first, last + 1) if last - first + 1 == len(places) else list(places)


def _designs(timeline: Timeline, plan: Expectation, rows: Places, around: Floats) -> tuple[Floats, Floats]:
    """Return the factors over estimation and event windows, (E, M, L, P) and (E, M, W, P)."""
    factors = timeline.changes[:, plan.factors]
    event_factors = around[:, plan.factors].transpose(0, 2, 1)
    if not (plan.factors and timeline.spans):
        return factors[rows][:, None], event_factors[:, None]
    known = np.isfinite(timeline.changes[:, plan.responses].T)
    if known.all():
        return factors[rows][:, None], event_factors[:, None]
    spanned = _spanned(factors, known)
    return spanned[:, rows].transpose(1, 0, 2, 3), _spanned(event_factors, np.isfinite(around[:, plan.responses]))


def _spanned(factors: Floats, known: Flags) -> Floats:
    """Sum factors since the last session in which an instrument had a new value.

    (..., T, P) and (..., N, T) give (..., N, T, P): a change over two sessions is explained by the factors of both.
    """
    sums = np.cumsum(np.nan_to_num(factors, nan=0.0), axis=-2)[..., None, :, :]
    places = np.where(known, np.arange(1, known.shape[-1] + 1), 0)
    last = np.maximum.accumulate(places, axis=-1)
    previous = np.concatenate([np.zeros_like(last[..., :1]), last[..., :-1]], axis=-1)
    padded = np.concatenate([np.zeros_like(sums[..., :1, :]), sums], axis=-2)
    padded = np.broadcast_to(padded, (*known.shape[:-1], known.shape[-1] + 1, factors.shape[-1]))
    return np.asarray(padded[..., 1:, :] - np.take_along_axis(padded, previous[..., None], axis=-2))


def _middle(factors: Floats) -> Floats:
    """Return the mean of each factor over its window, (E, M, 1, P): beside a constant any shift says the same."""
    known = np.isfinite(factors)
    total = np.where(known, factors, 0.0).sum(axis=-2, keepdims=True)
    return np.asarray(total / np.maximum(known.sum(axis=-2, keepdims=True), 1))


def _with_constant(factors: Floats) -> Floats:
    return np.concatenate([np.ones((*factors.shape[:-1], 1)), factors], axis=-1)
