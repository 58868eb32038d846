"""The figures of a page, each drawn once: shared by the workers at hand, and kept where parts are kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from coupling.keeping.keeper import carried, is_kept, kept
from coupling.machine.crew import Job, crew_at_work
from coupling.report.figure_text import Drawing
from coupling.report.figures import draw
from coupling.results.answered import Answered
from coupling.results.base import Provenance, Result

__all__ = ["drawings"]

SECONDS = 0.04
"""What a figure takes."""


def drawings(study: Answered, without: Collection[str] = ()) -> dict[str, Drawing]:
    """Return the figure of every result that has one, by its name.

    Parameters
    ----------
    study : Answered
    without : collection of str
        Results that are drawn elsewhere.
    """
    shown = [result for room in study.answered for result in (*room.shown, *room.folded)]
    beside = () if study.since is None else (study.since,)
    wanted = {
        result.name: _bare(result)
        for result in (*shown, *beside)
        if isinstance(result, Result) and result.has_figure and result.name not in without
    }
    missing = [name for name, result in wanted.items() if not is_kept(_draw, result)]
    jobs = [Job("the figures", SECONDS, carried(_drawn), (wanted[name],)) for name in missing]
    new = dict(zip(missing, crew_at_work().do(jobs), strict=True))
    return {name: new.get(name) or _drawn(result) for name, result in wanted.items()}


def _bare(result: Result) -> Result:
    """Return a result without what no figure shows of its provenance."""
    return replace(result, provenance=Provenance(simulated=result.provenance.simulated))


def _drawn(result: Result) -> Drawing:
    return kept(_draw, result)


def _draw(result: Result) -> Drawing:
    return draw(result)
