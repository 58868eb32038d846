"""The tables of an event study: leading tests, single events, joint tests, and the influence of each episode."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from coupling._typing import Floats
from coupling.events.studies import dates
from coupling.events.studies.joint import hotelling, mahalanobis_rank
from coupling.events.studies.numbers import EpisodeNumbers

__all__ = ["influence", "joint_tests", "leading_tests", "mapping_table", "single_events", "single_paths"]

SKEWED = 1.0
TOO_FEW = "too few own values in the estimation or event window"
SKEW_WARNING = "skewed responses: the t-test and the sign-flip test may reject a true null up to 15 % of the time"


def leading_tests(numbers: EpisodeNumbers) -> pd.DataFrame:
    """Return the leading tests of the response since the instant, one row per instrument and test.

    - ``date_mean_t``: mean over episodes / (s / sqrt(n)), t with n - 1 degrees of freedom (Brown and Warner 1985).
    - ``sign_flip``: the same t among its values under sign patterns of the episodes (wild bootstrap by episode,
      Rademacher weights, null imposed; Cameron, Gelbach and Miller 2008); all 2ⁿ patterns up to 12 episodes.
      ``smallest_p`` is the least it can give.
    - ``placebo_randomisation``: the same t among those of placebo studies on as many dates without an event;
      comparing t and not the mean keeps the size when events raise the variance.
    - ``westfall_young``: step-down max-abs-t over the instruments from the same sign patterns (Westfall and Young
      1993).
    - ``skewness``: no test; a warning when the responses are so skewed that the tests above reject too often.
    """
    mean, error, n = numbers.mean_response
    t = dates.ratio(mean, error)
    t_p = dates.t_p_value(mean, error, n)
    sign_p, floor, joint_p = numbers.signs
    rows: list[tuple[object, ...]] = []
    for k, name in enumerate(numbers.names):
        drawn = len(numbers.placebo_t[k])
        said = f"{drawn} placebo studies" if drawn else "too few placebo dates"
        skew = _skewness(numbers.responses[:, k])
        rows += [
            (name, "date_mean_t", t[k], n[k] - 1, t_p[k], np.nan, n[k], ""),
            (name, "sign_flip", t[k], np.nan, sign_p[k], floor[k], n[k], ""),
            (name, "placebo_randomisation", t[k], np.nan, numbers.placebo_p[k], 1 / (1 + drawn), n[k], said),
            (
                name,
                "westfall_young",
                t[k],
                np.nan,
                joint_p[k],
                floor[k],
                n[k],
                f"over {len(numbers.names)} instruments",
            ),
            (name, "skewness", skew, np.nan, np.nan, np.nan, n[k], SKEW_WARNING if abs(skew) > SKEWED else ""),
        ]
    columns = ["instrument", "test", "statistic", "df", "p_value", "smallest_p", "n_episodes", "note"]
    frame = pd.DataFrame(rows, columns=columns).astype({"n_episodes": int})
    chosen = frame["instrument"].isin(numbers.selected_by)
    frame.loc[chosen, "p_value"] = np.nan
    frame.loc[chosen, "note"] = "events chosen by it: no p-value"
    return frame


def single_events(numbers: EpisodeNumbers) -> pd.DataFrame:
    """Return every event singly: the move since the instant as it was, then what is abnormal of it.

    The interval is the t interval of the event's own estimation window; the joint rank is that of day 0.
    """
    change, zero, n = numbers.abnormal, numbers.zero, len(numbers.names)
    response = change.response
    reach = change.sigma * np.sqrt(change.response_spread) * stdtrit(change.dof, 0.5 + numbers.level / 2)
    first = np.full_like(response, np.nan) if zero is None else change.change[..., zero]
    ranks = joint_tests(numbers).set_index("event")["p_value"].reindex(numbers.labels).to_numpy()
    return pd.DataFrame(
        {
            "event": np.repeat(np.array(numbers.labels, dtype=object), n),
            "category": np.repeat(np.array([event.category for event in numbers.events], dtype=object), n),
            "episode": np.repeat(numbers.episode, n),
            "instrument": np.tile(np.array(numbers.names, dtype=object), len(numbers.events)),
            "unit": np.tile(np.array(numbers.units, dtype=object), len(numbers.events)),
            "actual": numbers.shown(change.moved).ravel(),
            "estimate": numbers.shown(response).ravel(),
            "lower": numbers.shown(response - reach).ravel(),
            "upper": numbers.shown(response + reach).ravel(),
            "run_up": numbers.shown(change.run_up).ravel(),
            "total": numbers.shown(change.total).ravel(),
            "day_0": numbers.shown(first).ravel(),
            "standardised": change.standardised_response.ravel(),
            "rows": np.isfinite(change.residual).sum(axis=-1).ravel(),
            "joint_p_day_0": np.repeat(ranks, n),
        }
    )


def single_paths(numbers: EpisodeNumbers) -> pd.DataFrame:
    """Return the cumulative abnormal change of every event by instrument and day, in the unit shown."""
    paths = numbers.abnormal.cumulated
    shown = numbers.shown(paths.transpose(0, 2, 1)).transpose(0, 2, 1)
    keys = [np.array(numbers.labels, dtype=object), np.array(numbers.names, dtype=object), numbers.days]
    index = pd.MultiIndex.from_product(keys, names=["event", "instrument", "day"])
    return pd.DataFrame({"estimate": shown.ravel()}, index=index).reset_index()


def joint_tests(numbers: EpisodeNumbers) -> pd.DataFrame:
    """Return the Mahalanobis rank of each event's day 0, and Hotelling's test over episodes."""
    tested = [k for k, name in enumerate(numbers.names) if name not in numbers.selected_by]
    rows: list[tuple[object, ...]] = []
    if numbers.zero is not None:
        for k, label in enumerate(numbers.labels):
            rows.append((label, "mahalanobis_rank", *mahalanobis_rank(numbers.abnormal, k, numbers.zero)))
    rows.append(("all episodes", "hotelling", *hotelling(numbers.responses[:, tested])))
    return pd.DataFrame(rows, columns=["event", "test", "statistic", "p_value", "n"])


def influence(numbers: EpisodeNumbers) -> pd.DataFrame:
    """Return the estimate and its t p-value without each episode, those that move it most first."""
    full = numbers.shown(dates.date_mean(numbers.responses)[0])
    rows = []
    for row, anchor in enumerate(numbers.anchors):
        mean, error, n = dates.date_mean(np.delete(numbers.responses, row, axis=0))
        without, p = numbers.shown(mean), numbers.withheld(dates.t_p_value(mean, error, n))
        for k, name in enumerate(numbers.names):
            if np.isfinite(numbers.responses[row, k]):
                moved = full[k] - without[k]
                rows.append((name, numbers.events[anchor].id, full[k], without[k], moved, p[k], int(n[k])))
    columns = ["instrument", "left_out", "estimate", "estimate_without", "moved", "p_value_without", "n_episodes"]
    frame = pd.DataFrame(rows, columns=columns)
    order = frame.assign(size=-frame["moved"].abs()).sort_values(["instrument", "size"], kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def mapping_table(numbers: EpisodeNumbers) -> pd.DataFrame:
    """Return the mapping of the timeline with the episode of each event, and whether each response is used."""
    plan, timeline = numbers.placebo_dates.plan, numbers.placebo_dates.timeline
    mapping = timeline.mapping[timeline.mapping["event"].isin(numbers.shown_events)].reset_index(drop=True)
    episodes = dict(zip(numbers.labels, numbers.episode, strict=True))
    used = np.isfinite(numbers.abnormal.response)
    known = {
        (event, name): bool(used[e, n])
        for e, event in enumerate(numbers.labels)
        for n, name in enumerate(numbers.names)
    }
    factors = {timeline.names[k] for k in plan.factors}
    keys = list(zip(mapping["event"], mapping["instrument"], strict=True))
    mapping.insert(1, "episode", pd.Series([episodes.get(event) for event, _ in keys], dtype="Int64"))
    mapping["used"] = [known.get(key, key[1] in factors and key[0] in episodes) for key in keys]
    reasons = np.where(mapping["why_not"] != "", mapping["why_not"], TOO_FEW)
    mapping["why_not"] = np.where(mapping["used"], "", reasons)
    return mapping


def _skewness(values: Floats) -> float:
    known = values[np.isfinite(values)]
    if len(known) <= 2 or np.ptp(known) == 0:
        return float("nan")
    gaps = (known - known.mean()) / np.ptp(known)
    return float((gaps**3).mean() / (gaps**2).mean() ** 1.5)
