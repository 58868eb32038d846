"""The room's own page: whether the coupling of the focus with every other instrument changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd

from coupling.change.context import ChangeContext
from coupling.change.page import breaks, contagion, envelope, levels, matrices, monitor, regimes, segments, split
from coupling.change.primary import with_primary
from coupling.change.section import ChangeSection, ContagionSection
from coupling.change.wording import answer, verdict
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done

__all__ = ["QUESTION", "run"]

QUESTION = "Did it change?"
FRONT = ("change-split", "change-matrices", "change-contagion")
"""How the names begin of what the page shows open."""

TITLES = {
    "breaks": "Structural-break test, unknown date",
    "bai_perron": "Correlation regimes",
    "envelope": "Envelope of a constant correlation",
    "monitor": "By now: the monitor",
    "regimes": "Calm and stressed regimes",
    "levels": "Levels against changes",
}
"""What a part is called where it failed."""

Maker = Callable[[ChangeContext], Result]


def run(section: ChangeSection, panel: Panel, *, focus: str, start: pd.Timestamp | None, seed: int) -> RoomResult:
    """Return what the section asks for, and one verdict sentence.

    Parameters
    ----------
    section : ChangeSection
        Which estimators, with which parameters.
    panel : Panel
        Aligned changes and unaligned observations.
    focus : str
        The instrument that is compared with every other.
    start : Timestamp, optional
        Instant (UTC) from which results are reported; volatilities warm up before it.
    seed : int
        Seed of every bootstrap.
    """
    context = ChangeContext(panel, focus, start, seed)
    simulated = panel.truth is not None  # it may begin after a date of the real market
    made = (
        _attempt(name, title, make, context, stated=section.states(key) and not (simulated and key == "splits"))
        for key, name, title, make in _asked(section)
    )
    results, findings = with_primary(made)
    return RoomResult(
        name="change",
        question=QUESTION,
        verdict=verdict(results),
        results=results,
        answer=answer(results),
        findings=findings,
        front=tuple(each.name for each in results if _is_front(each)),
    )


def _is_front(result: Result | Failure) -> bool:
    """Whether the page shows a part open: the monitor only while it rings."""
    return result.name.startswith(FRONT) or (isinstance(result, monitor.MonitorResult) and result.rings)


def _asked(section: ChangeSection) -> Iterator[tuple[str, str, str, Maker]]:
    """Name what the section asks for, in the order of the page."""
    for day in section.splits:
        make: Maker = partial(split.make, day=day, baselines=section.baselines, smallest=section.smallest)
        yield "splits", f"change-split-{day:%Y-%m-%d}", f"Correlation before and since {day:%Y-%m-%d}", make
        every: Maker = partial(matrices.make, day=day, baseline=section.baselines[0], smallest=section.smallest)
        yield "splits", f"change-matrices-{day:%Y-%m-%d}", f"All pairs before and since {day:%Y-%m-%d}", every
    first = section.splits[0] if section.splits else None
    yield from _alone(section, "breaks", "change-breaks", partial(breaks.make, day=first, smallest=section.smallest))
    yield from _alone(section, "bai_perron", "change-segments", segments.make)
    yield from _alone(section, "envelope", "change-envelope", envelope.make)
    yield from _alone(section, "monitor", "change-monitor", monitor.make)
    yield from _alone(section, "regimes", "change-regimes", regimes.make)
    for place, asked in enumerate(section.contagion, start=1):
        name = f"change-contagion-{place}"
        yield "contagion", name, "Contagion or only volatility", partial(_contagion, asked, name)
    yield from _alone(section, "levels", "change-levels", levels.make)


def _alone(
    section: ChangeSection, key: str, name: str, make: Callable[..., Result]
) -> Iterator[tuple[str, str, str, Maker]]:
    """Yield a part that is asked for once, unless it is set to null."""
    asked = getattr(section, key)
    if asked is not None:
        yield key, name, TITLES[key], partial(make, asked)


def _attempt(name: str, title: str, make: Maker, context: ChangeContext, *, stated: bool) -> Result | Failure:
    try:
        return make(context)
    except CouplingError as error:
        return not_done(name, title, error, stated=stated)


def _contagion(section: ContagionSection, name: str, context: ChangeContext) -> Result:
    days = sorted((*section.calm, *section.stress))
    result = contagion.make(section, name, context)
    return contagion.of_contagion(result, level=section.level, span=(days[0], days[-1]), clock=context.clock)
