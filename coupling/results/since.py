"""What changed since another run: findings paired by id, and why they may differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coupling.dates.sessions import session_of
from coupling.results.base import Provenance, Result
from coupling.results.json import RecordedRun
from coupling.results.json_schema import FindingRecord, FindingsRecord
from coupling.text.passage import Passage
from coupling.text.wording import listed, specified

__all__ = ["CHANGED", "GONE", "NEW", "Pairing", "SinceResult", "paired", "since"]

CHANGED, NEW, GONE = "verdict changed", "new", "gone"
NUMBERS = ("estimate", "lower", "upper")
METHOD = (
    "Findings of the two runs are paired by id (question, subject and specification; no estimate and no end date). "
    "Changed means another verdict; estimates stand with the interval of their run."
)
CAUSES = {
    "configuration_sha256": "the configuration",
    "data_sha256": "the data",
    "seed": "the seed",
    "version": "the version of coupling",
}
COMPARED = ("quantity", "unit", "level", "method")


@dataclass(frozen=True)
class Pairing:
    """A finding as it was and as it is, where one of them has another verdict or is missing."""

    what: str
    before: FindingRecord | None
    now: FindingRecord | None

    @property
    def shown(self) -> FindingRecord:
        """The finding as it is, or else as it was."""
        found = self.now or self.before
        assert found is not None  # one of them is there
        return found

    @property
    def differs(self) -> list[str]:
        """What must be the same for two estimates to be compared, and is not."""
        if self.before is None or self.now is None:
            return []
        return [name for name in COMPARED if getattr(self.before, name) != getattr(self.now, name)]


@dataclass(frozen=True, kw_only=True)
class SinceResult(Result):
    """What changed since another run.

    Parameters
    ----------
    file, sha256 : str
        Name and hash of the file that holds the other run's findings.
    as_of : tuple of str
        The instant that stands for today, of the other run and of this one.
    causes : tuple of str
        What differs between the runs, of what they were made from.
    same, moved : int
        Findings with the same verdict, and how many of them have another estimate.
    refused : str
        Why the runs were not compared; empty where they were.

    Notes
    -----
    ``frame`` has one row per finding that differs: ``what`` (verdict changed, new, gone), ``question``, ``subject``,
    ``specification``, ``primary``, ``verdict before``, ``verdict now``, ``estimate before`` with ``lower before`` and
    ``upper before``, the same three ``now``, ``unit``, and ``differs``: what else of the finding is another.
    """

    file: str
    sha256: str
    as_of: tuple[str, str]
    causes: tuple[str, ...] = ()
    same: int = 0
    moved: int = 0
    refused: str = ""

    def summary(self) -> pd.DataFrame:
        """Return the frame without the columns that say nothing."""
        shown = self.frame.drop(columns="primary")
        shown["specification"] = [specified(text) for text in shown["specification"]]
        idle = [name for name in shown if (shown[name].isna() | (shown[name] == "")).all()]
        return shown.drop(columns=idle)

    @property
    def counts(self) -> str:
        """How many verdicts changed, and how many findings are new and gone, in a few words."""
        found = self.frame["what"].value_counts()
        changed, new, gone = (int(found.get(what, 0)) for what in (CHANGED, NEW, GONE))
        return f"{changed} {'verdict' if changed == 1 else 'verdicts'} changed, {new} new, {gone} gone"

    @property
    def sentence(self) -> str:
        """Say what changed, and what differs between the runs."""
        dates = f"That run is as of {self.as_of[0]}, this one as of {self.as_of[1]}."
        if self.refused:
            return Passage(f"Not compared: {self.refused}.", dates)
        if self.frame.empty and not self.moved and not self.causes:
            return Passage(f"Nothing changed: {self._same}, and the runs were made from the same.", dates)
        head = f"{self.counts}; {self._same}" if len(self.frame) else f"No verdict changed: {self._same}"
        return Passage(f"{head}, {self.moved or 'none'} of them with another estimate.", self._why, dates)

    @property
    def _same(self) -> str:
        findings = "1 finding has" if self.same == 1 else f"{self.same} findings have"
        return f"{findings} the same verdict"

    @property
    def _why(self) -> str:
        if not self.causes:
            return "Configuration, data, seed and version are the same."
        return f"What differs between the runs: {listed(self.causes)}."


def since(before: RecordedRun, now: FindingsRecord, provenance: Provenance) -> SinceResult:
    """Compare the findings of a run with those of another one.

    Parameters
    ----------
    before : RecordedRun
        See `coupling.results.json.read_findings`.
    now : FindingsRecord
        See `coupling.results.json.record_of`.
    provenance : Provenance
        Of the run that is compared.

    Returns
    -------
    SinceResult
        A run of the simulated market is not compared with one of the real market; `refused` says so.
    """
    was = before.record
    old, new = ({each.id: each for each in record.findings} for record in (was, now))
    refused = _refused(was, now)
    rows = [] if refused else [_row(each) for each in paired(was, now)]
    kept = [] if refused else [key for key in old.keys() & new.keys() if old[key].verdict == new[key].verdict]
    return SinceResult(
        name="since",
        title=f"What changed since {_day(was)}",
        method=METHOD,
        frame=pd.DataFrame(rows, columns=_columns()),
        provenance=provenance,
        warnings=_cautions(was, now),
        file=before.name,
        sha256=before.sha256,
        as_of=(_instant(was), _instant(now)),
        causes=tuple(_causes(was, now)),
        same=len(kept),
        moved=sum(any(getattr(old[key], n) != getattr(new[key], n) for n in NUMBERS) for key in kept),
        refused=refused,
    )


def _refused(was: FindingsRecord, now: FindingsRecord) -> str:
    if was.simulated == now.simulated:
        return ""
    first, second = ("simulated", "real") if was.simulated else ("real", "simulated")
    return f"that run is of the {first} market and this one of the {second} market"


def _day(record: FindingsRecord) -> str:
    return "that run" if record.as_of is None else session_of(record.as_of).isoformat()


def _instant(record: FindingsRecord) -> str:
    return "an unknown date" if record.as_of is None else f"{record.as_of:%Y-%m-%dT%H:%MZ}"


def _causes(was: FindingsRecord, now: FindingsRecord) -> Iterator[str]:
    for name, words in CAUSES.items():
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            told = f" ({_short(before)} → {_short(after)})"
            yield words + told


def _short(value: Any) -> str:
    return "none" if value is None else str(value)[:12]


def _cautions(was: FindingsRecord, now: FindingsRecord) -> tuple[str, ...]:
    told = [
        f"That run has another {name}: {getattr(was, name)!r}, here {getattr(now, name)!r}."
        for name in ("title", "focus")
        if getattr(was, name) != getattr(now, name)
    ]
    if was.as_of is not None and now.as_of is not None and was.as_of > now.as_of:
        told.append("That run is the later of the two: what is called before is after.")
    if was.failures or now.failures:
        failed = f"{len(was.failures)} in that run and {len(now.failures)} in this one"
        told.append(f"Results failed ({failed}); a finding that is gone or new may be missing for that reason.")
    return tuple(told)


def _columns() -> list[str]:
    numbers = [f"{name} {when}" for when in ("before", "now") for name in NUMBERS]
    heads = ["what", "question", "subject", "specification", "primary", "verdict before", "verdict now"]
    return [*heads, *numbers, "unit", "differs"]


def paired(was: FindingsRecord, now: FindingsRecord) -> Iterator[Pairing]:
    """Yield what differs between two runs: changed verdicts, then new and gone findings, the leading ones first.

    Examples
    --------
    >>> import coupling as cp
    >>> from coupling.results.json import record_of
    >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
    >>> record = record_of(cp.run(two))
    >>> list(paired(record, record))
    []
    """
    old, new = ({each.id: each for each in record.findings} for record in (was, now))
    changed = [key for key in new if key in old and old[key].verdict != new[key].verdict]
    added, lost = [key for key in new if key not in old], [key for key in old if key not in new]
    groups = ((CHANGED, changed), (NEW, added), (GONE, lost))
    for what, keys in groups:
        for key in sorted(keys, key=lambda key: (not (new.get(key) or old[key]).primary, key)):
            yield Pairing(what, old.get(key), new.get(key))


def _row(pair: Pairing) -> dict[str, Any]:
    before, now, shown = pair.before, pair.now, pair.shown
    return {
        "what": pair.what,
        "question": shown.question,
        "subject": "–".join(shown.subject),
        "specification": shown.specification,
        "primary": shown.primary,
        "verdict before": _words(before),
        "verdict now": _words(now),
        **{f"{name} before": _number(before, name) for name in NUMBERS},
        **{f"{name} now": _number(now, name) for name in NUMBERS},
        "unit": shown.unit,
        "differs": ", ".join(pair.differs),
    }


def _words(finding: FindingRecord | None) -> str:
    return "" if finding is None else finding.verdict.replace("_", " ")


def _number(finding: FindingRecord | None, name: str) -> float:
    value = None if finding is None else getattr(finding, name)
    return float("nan") if value is None else float(value)
