"""The loops of `coupling.kernels.hayashi_yoshida_loops` for inputs that are too small for a compiler, in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from coupling._typing import Floats, Instants

__all__ = ["correlation_without", "jackknife", "overlap_ranges", "products", "sliding_sums", "terms_by_week"]

WEEK = 7 * 86_400_000_000_000

Leg = tuple[Instants, Instants, Floats]


def overlap_ranges(
    left_start: Instants, left_end: Instants, right_start: Instants, right_end: Instants
) -> tuple[Instants, Instants]:
    """Return the right intervals that end after each left start and begin before each left end."""
    first = right_end.searchsorted(left_start, side="right")
    return first, np.maximum(right_start.searchsorted(left_end), first)


def products(
    left_start: Instants,
    left_end: Instants,
    left_change: Floats,
    right_start: Instants,
    right_end: Instants,
    right_change: Floats,
) -> tuple[Instants, Instants, Floats]:
    """Return begin, end and product of every overlap, in time order."""
    i, j = _expanded(*overlap_ranges(left_start, left_end, right_start, right_end))
    begin, finish = np.minimum(left_start[i], right_start[j]), np.maximum(left_end[i], right_end[j])
    return begin, finish, left_change[i] * right_change[j]


def sliding_sums(
    begin: Instants, finish: Instants, value: Floats, opens: Instants, closes: Instants
) -> tuple[Floats, Instants]:
    """Return the sum and the number of what lies inside each window; nothing is subtracted."""
    high = finish.searchsorted(closes, side="right")
    low = np.minimum(begin.searchsorted(opens), high)
    total = np.add.reduceat(np.append(value, 0.0), np.column_stack([low, high]).ravel())[::2]
    return np.where(low < high, total, 0.0), high - low


def terms_by_week(
    left: Leg,
    right: Leg,
    ranged: tuple[Instants, Instants],
    ranges: tuple[int, ...],
    friday: int,
    weeks: int,
    remove_drift: bool,
) -> tuple[Floats, Instants, Floats, Floats]:
    """Return the products, the overlaps and the squares of either leg of each week of one window."""
    a0, a1, b0, b1 = ranges
    x, own_week = _without_drift(left, a0, a1, friday, weeks, remove_drift=remove_drift)
    y, its_week = _without_drift(right, b0, b1, friday, weeks, remove_drift=remove_drift)
    first, stop = ((each[a0:a1] - b0).clip(0, len(y)) for each in ranged)
    i, j = _expanded(first, stop)
    week = np.minimum(own_week[i], its_week[j])
    products: tuple[Any, ...] = np.bincount(week, x[i] * y[j], weeks), np.bincount(week, minlength=weeks)
    return *products, np.bincount(own_week, x * x, weeks), np.bincount(its_week, y * y, weeks)


def _without_drift(
    leg: Leg, low: int, high: int, friday: int, weeks: int, *, remove_drift: bool
) -> tuple[Floats, Instants]:
    """Return the changes of one window, without drift × elapsed time if asked, and the week that each ends in."""
    start, end, values = leg[0][low:high], leg[1][low:high], leg[2][low:high]
    if remove_drift:
        values = values - values.sum() / (end[-1] - start[0]) * (end - start)
    return values, np.minimum((friday - end) // WEEK, weeks - 1)


def jackknife(
    left: Leg,
    right: Leg,
    ranged: tuple[Instants, Instants],
    ranges: tuple[Instants, ...],
    friday: Instants,
    weeks: Instants,
    remove_drift: bool,
) -> tuple[Floats, Instants, Floats, Instants]:
    """Return sums, overlaps, standard error and weeks of every window, none of which is without a change of either."""
    windows, most = len(friday), int(weeks.max())
    terms, touched = np.zeros((3, windows, most)), np.zeros((windows, most), dtype=np.int64)
    if remove_drift:
        for k in range(windows):
            window, last = tuple(int(each[k]) for each in ranges), slice(int(weeks[k]))
            terms[0, k, last], touched[k, last], terms[1, k, last], terms[2, k, last] = terms_by_week(
                left, right, ranged, window, int(friday[k]), int(weeks[k]), remove_drift
            )
    else:
        at = (friday - friday[0]) // WEEK
        ages = [(friday[0] - leg[1]) // WEEK for leg in (left, right)]
        i, j = _expanded(*ranged)
        shared = left[2][i] * right[2][j], np.minimum(ages[0][i], ages[1][j])
        terms[0], touched = _by_week((i, j), *shared, ranges, at, weeks)
        for place, (leg, age) in enumerate(zip((left, right), ages, strict=True)):
            rows, own = np.arange(len(age)), ranges[2 * place : 2 * place + 2]
            terms[1 + place] = _by_week((rows, rows), leg[2] ** 2, age, (*own, *own), at, weeks)[0]
    error, used = _leave_one_out(terms[0], terms[1], terms[2], touched)
    return terms.sum(axis=2), touched.sum(axis=1), error, used


def _by_week(
    places: tuple[Instants, Instants],
    value: Floats,
    age: Instants,
    ranges: tuple[Instants, ...],
    at: Instants,
    weeks: Instants,
) -> tuple[Floats, Instants]:
    """Return the sum and the number of the terms of each week (newest first) of each window.

    A term is a product of the left change and the right change at two `places`. A week of which all terms lie inside a
    window is added up once for all windows; only the terms of weeks at the ends are looked at one by one.
    """
    found, count = np.zeros((len(at), int(weeks.max()))), np.zeros((len(at), int(weeks.max())), dtype=np.int64)
    if not len(age):
        return found, count
    order, newest = np.argsort(age, kind="stable"), age.min()
    value, week, places = value[order], age[order] - newest, (places[0][order], places[1][order])
    edges = week.searchsorted(np.arange(week[-1] + 2))
    since, until = _whole_weeks(places, edges, ranges)
    asked = np.arange(found.shape[1]) - (at + newest)[:, None]
    held = (asked >= 0) & (asked <= week[-1]) & (np.arange(found.shape[1]) < weeks[:, None])
    whole = held & (asked >= since[:, None]) & (asked < until[:, None])
    found[whole] = np.bincount(week, value)[asked[whole]]
    count[whole] = np.diff(edges)[asked[whole]]
    window, column = np.nonzero(held & ~whole)
    part = asked[window, column]
    which, term = _expanded(edges[part], edges[part + 1])
    (i, j), (a0, a1, b0, b1) = (each[term] for each in places), (each[window][which] for each in ranges)
    inside = (i >= a0) & (i < a1) & (j >= b0) & (j < b1)
    found[window, column] = np.bincount(which, value[term] * inside, len(part))
    count[window, column] = np.bincount(which, inside, len(part))
    return found, count


def _whole_weeks(
    places: tuple[Instants, Instants], edges: Instants, ranges: tuple[Instants, ...]
) -> tuple[Instants, Instants]:
    """Return from which week, the newest being 0, to before which each window holds all terms of every week."""
    used = np.flatnonzero(np.diff(edges))
    since, until = np.zeros((2, len(ranges[0])), dtype=np.int64)
    until += len(edges)
    for place, first, stop in ((places[0], *ranges[:2]), (places[1], *ranges[2:])):
        lowest = np.minimum.accumulate(np.minimum.reduceat(place, edges[used]))
        highest = np.maximum.accumulate(np.maximum.reduceat(place, edges[used])[::-1])[::-1]
        ends = np.append(used, len(edges))
        until = np.minimum(until, ends[(-lowest).searchsorted(-first, side="right")])
        since = np.maximum(since, ends[(-highest).searchsorted(-stop, side="right")])
    return since, until


def _leave_one_out(shared: Floats, own: Floats, other: Floats, touched: Instants) -> tuple[Floats, Instants]:
    """Return the jackknife's standard error over the weeks that hold an overlap, and their number."""
    without, held = correlation_without(shared, own, other), touched > 0
    used = held.sum(axis=1)
    count = np.maximum(used, 1)
    mean = np.where(held, without, 0.0).sum(axis=1) / count
    spread = (np.where(held, without - mean[:, None], 0.0) ** 2).sum(axis=1)
    return np.where(used > 1, np.sqrt(spread * (used - 1) / count), np.nan), used


def correlation_without(shared: Floats, own: Floats, other: Floats) -> Floats:
    """Return the correlation without each week (last axis), from sums over all others, so that nothing is subtracted.

    It is missing where nothing is left.
    """
    rest = np.sqrt(_of_others(own)) * np.sqrt(_of_others(other))
    return np.asarray(np.divide(_of_others(shared), rest, out=np.full(rest.shape, np.nan), where=rest > 0.0))


def _of_others(values: Floats) -> Floats:
    """Return for each place of the last axis the sum of all others."""
    rest = np.zeros(values.shape)
    np.cumsum(values[..., :-1], axis=-1, out=rest[..., 1:])
    rest[..., :-1] += np.cumsum(values[..., :0:-1], axis=-1)[..., ::-1]
    return rest


def _expanded(first: Instants, stop: Instants) -> tuple[Instants, Instants]:
    """Return the number of every range and its places, side by side."""
    length = np.maximum(stop - first, 0)
    which = np.repeat(np.arange(len(length)), length)
    return which, np.arange(len(which)) + np.repeat(first - np.cumsum(length) + length, length)
