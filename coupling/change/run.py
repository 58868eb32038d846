"""The room's own page: whether the coupling of the focus with every other instrument changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd

from coupling.change.context import ChangeContext
from coupling.change.findings import of_contagion, with_primary
from coupling.change.matrices import matrices_result
from coupling.change.page import contagion, levels
from coupling.change.regime_part import regimes_result
from coupling.change.section import ChangeSection, ContagionSection
from coupling.change.splits import split_result
from coupling.change.unknown_dates import break_result, envelope_result, segment_result
from coupling.change.wording import answer, verdict
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult, not_done

__all__ = ["QUESTION", "run"]

QUESTION = "Did it change?"
FRONT = ("change-split", "change-matrices", "change-contagion")
"""How the names begin of what the page shows open."""

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
        front=tuple(each.name for each in results if each.name.startswith(FRONT)),
    )


def _asked(section: ChangeSection) -> Iterator[tuple[str, str, str, Maker]]:
    """Name what the section asks for, in the order of the page."""
    for day in section.splits:
        make: Maker = partial(split_result, day=day, baselines=section.baselines, smallest=section.smallest)
        yield "splits", f"change-split-{day:%Y-%m-%d}", f"Correlation before and since {day:%Y-%m-%d}", make
        every: Maker = partial(matrices_result, day=day, baseline=section.baselines[0], smallest=section.smallest)
        yield "splits", f"change-matrices-{day:%Y-%m-%d}", f"All pairs before and since {day:%Y-%m-%d}", every
    if section.breaks is not None:
        first = section.splits[0] if section.splits else None
        breaks: Maker = partial(break_result, section.breaks, day=first, smallest=section.smallest)
        yield "breaks", "change-breaks", "Structural-break test, unknown date", breaks
    if section.bai_perron is not None:
        segments: Maker = partial(segment_result, section.bai_perron)
        yield "bai_perron", "change-segments", "Correlation regimes", segments
    if section.envelope is not None:
        envelope: Maker = partial(envelope_result, section.envelope)
        yield "envelope", "change-envelope", "Envelope of a constant correlation", envelope
    if section.regimes is not None:
        yield "regimes", "change-regimes", "Calm and stressed regimes", partial(regimes_result, section.regimes)
    for place, asked in enumerate(section.contagion, start=1):
        name = f"change-contagion-{place}"
        yield "contagion", name, "Contagion or only volatility", partial(_contagion, asked, name)
    if section.levels is not None:
        yield "levels", "change-levels", "Levels against changes", partial(levels.make, section.levels)


def _attempt(name: str, title: str, make: Maker, context: ChangeContext, *, stated: bool) -> Result | Failure:
    try:
        return make(context)
    except CouplingError as error:
        return not_done(name, title, error, stated=stated)


def _contagion(section: ContagionSection, name: str, context: ChangeContext) -> Result:
    days = sorted((*section.calm, *section.stress))
    result = contagion.make(section, name, context)
    return of_contagion(result, level=section.level, span=(days[0], days[-1]), clock=context.clock)
