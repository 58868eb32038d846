"""The compiled loops behind `coupling.kernels.hayashi_yoshida`; importing this module imports numba."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

from __future__ import annotations

import numpy as np

from coupling.kernels.compiling import compiled

__all__ = ["jackknife", "overlap_ranges", "products", "sliding_sums", "terms_by_week"]

WEEK = 7 * 86_400_000_000_000


@compiled()
def overlap_ranges(left_start, left_end, right_start, right_end):
    """Two pointers: the right intervals that end after each left start and begin before each left end."""
    rows, others = len(left_start), len(right_start)
    first, stop = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    low = high = 0
    for i in range(rows):
        while low < others and right_end[low] <= left_start[i]:
            low += 1
        while high < others and right_start[high] < left_end[i]:
            high += 1
        first[i], stop[i] = low, max(low, high)
    return first, stop


@compiled()
def products(left_start, left_end, left_change, right_start, right_end, right_change):
    """Two pointers: begin, end and product of every overlap, in time order."""
    rows, others = len(left_start), len(right_start)
    begin, finish = np.empty(rows + others, dtype=np.int64), np.empty(rows + others, dtype=np.int64)
    value = np.empty(rows + others)
    i = j = count = 0
    while i < rows and j < others:
        if left_start[i] < right_end[j] and right_start[j] < left_end[i]:
            begin[count], finish[count] = min(left_start[i], right_start[j]), max(left_end[i], right_end[j])
            value[count] = left_change[i] * right_change[j]
            count += 1
        if left_end[i] <= right_end[j]:
            i += 1
        else:
            j += 1
    return begin[:count], finish[:count], value[:count]


@compiled()
def sliding_sums(begin, finish, value, opens, closes):
    """Queue of two stacks: sums from the back of the old half, plus a running sum over the new half."""
    windows, rows = len(opens), len(value)
    total, count = np.zeros(windows), np.zeros(windows, dtype=np.int64)
    tail = np.zeros(rows + 1)
    low = high = middle = 0
    running = 0.0
    for k in range(windows):
        while high < rows and finish[high] <= closes[k]:
            running += value[high]
            high += 1
        while low < high and begin[low] < opens[k]:
            low += 1
        if low >= middle:
            tail[high] = 0.0
            for row in range(high - 1, low - 1, -1):
                tail[row] = tail[row + 1] + value[row]
            middle, running = high, 0.0
        total[k], count[k] = tail[low] + running, high - low
    return total, count


@compiled()
def jackknife(left, right, ranged, ranges, friday, weeks, remove_drift):
    """Return sums, overlaps, standard error and weeks of every window."""
    windows = len(friday)
    sums, error = np.zeros((3, windows)), np.full(windows, np.nan)
    count, used = np.zeros(windows, dtype=np.int64), np.zeros(windows, dtype=np.int64)
    for k in range(windows):
        a0, a1, b0, b1 = ranges[0][k], ranges[1][k], ranges[2][k], ranges[3][k]
        if a0 >= a1 or b0 >= b1:
            continue
        last = weeks[k] - 1
        x, own_week = without_drift(left, a0, a1, friday[k], last, remove_drift)
        y, its_week = without_drift(right, b0, b1, friday[k], last, remove_drift)
        shared, touched, sums[0, k], count[k] = products_by_week(x, own_week, y, its_week, ranged, a0, b0, last)
        own, other = squares_by_week(x, own_week, last), squares_by_week(y, its_week, last)
        sums[1, k], sums[2, k] = own.sum(), other.sum()
        error[k], used[k] = leave_one_out(shared, touched, own, other)
    return sums, count, error, used


@compiled()
def without_drift(leg, low, high, friday, last, remove_drift):
    """Return the changes of one window, without drift × elapsed time if asked, and the week that each ends in."""
    start, end, change = leg
    values, week = change[low:high].copy(), np.empty(high - low, dtype=np.int64)
    drift = values.sum() / (end[high - 1] - start[low]) if remove_drift else 0.0
    for i in range(low, high):
        values[i - low] -= drift * (end[i] - start[i])
        week[i - low] = min((friday - end[i]) // WEEK, last)
    return values, week


@compiled()
def terms_by_week(left, right, ranged, ranges, friday, weeks, remove_drift):
    """Return the products, the overlaps and the squares of either leg of each week of one window."""
    a0, a1, b0, b1 = ranges
    x, own_week = without_drift(left, a0, a1, friday, weeks - 1, remove_drift)
    y, its_week = without_drift(right, b0, b1, friday, weeks - 1, remove_drift)
    shared, touched, _, _ = products_by_week(x, own_week, y, its_week, ranged, a0, b0, weeks - 1)
    return shared, touched, squares_by_week(x, own_week, weeks - 1), squares_by_week(y, its_week, weeks - 1)


@compiled()
def squares_by_week(values, week, last):
    """Return the sum of squares of each week."""
    sums = np.zeros(last + 1)
    for i in range(len(values)):
        sums[week[i]] += values[i] * values[i]
    return sums


@compiled()
def products_by_week(x, own_week, y, its_week, ranged, a0, b0, last):
    """Return the products of each week (that of the later end) and how many, and both over all weeks."""
    first, stop = ranged
    shared, touched = np.zeros(last + 1), np.zeros(last + 1, dtype=np.int64)
    total, count = 0.0, 0
    for i in range(len(x)):
        for j in range(max(first[a0 + i] - b0, 0), min(stop[a0 + i] - b0, len(y))):
            term, week = x[i] * y[j], min(own_week[i], its_week[j])
            total += term
            count += 1
            shared[week] += term
            touched[week] += 1
    return shared, touched, total, count


@compiled()
def correlation_without(shared, own, other):
    """Return the correlation without each week, from sums over all others; missing where nothing is left."""
    rest = np.sqrt(sums_without(own)) * np.sqrt(sums_without(other))
    without, products = np.full(len(shared), np.nan), sums_without(shared)
    for week in range(len(shared)):
        if rest[week] > 0.0:
            without[week] = products[week] / rest[week]
    return without


@compiled()
def leave_one_out(shared, touched, own, other):
    """Return the jackknife's standard error over the weeks that hold an overlap, and their number."""
    without = correlation_without(shared, own, other)
    used, mean, spread = 0, 0.0, 0.0
    for week in range(len(shared)):
        if touched[week] == 0:
            continue
        used += 1
        step = without[week] - mean
        mean += step / used
        spread += step * step * (used - 1) / used
    return (np.sqrt(spread * (used - 1) / used) if used > 1 else np.nan), used


@compiled()
def sums_without(values):
    """Return for each place the sum of all others, without a subtraction."""
    size = len(values)
    rest = np.zeros(size)
    for i in range(1, size):
        rest[i] = rest[i - 1] + values[i - 1]
    after = 0.0
    for i in range(size - 2, -1, -1):
        after += values[i + 1]
        rest[i] += after
    return rest
