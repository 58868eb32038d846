"""A study of made-up results of every shape: bands, panels, heat map, bars, events, table only, failure."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from coupling import drawing
from coupling.results import Failure, Origin, Provenance, Result, RoomResult
from coupling.results.finding import Finding
from coupling.results.open_row import OpenRow, OpenRowPart
from coupling.results.study import StudyResult
from coupling.results.verdicts import Changed, Claimed, Coupled, Responds

OTHERS = ("JGB10Y", "USDJPY", "SPX", "IXIC")
ALL = ("BTC", *OTHERS)


@dataclass(frozen=True, kw_only=True)
class Paths(Result):
    @property
    def others(self) -> tuple[str, ...]:
        return OTHERS

    def path_of(self, other: str) -> pd.DataFrame:
        return self.frame.loc[self.frame["right"] == other, ["estimate", "lower", "upper"]]

    @property
    def sentence(self) -> str:
        last = self.frame.groupby("right", sort=False).last()
        return "At the end " + ", ".join(f"{name} {row.estimate:.2f}" for name, row in last.iterrows()) + "."

    @property
    def figure_rows(self) -> int:
        return len(OTHERS)

    def plot(self, ax: Axes | None = None) -> Axes:
        ax = drawing.axes(ax, rows=len(OTHERS))
        for place, name in zip(drawing.panels(ax, [f"BTC – {name}" for name in OTHERS]), OTHERS, strict=True):
            rows = self.frame[self.frame["right"] == name]
            drawing.path(place, rows["estimate"], rows["lower"], rows["upper"], look=drawing.look(name))
            drawing.zero_line(place)
            place.set_ylabel("correlation")
            drawing.time_axis(place, "end of the window (UTC)" if name == OTHERS[-1] else "")
        return ax


@dataclass(frozen=True, kw_only=True)
class Sides(Result):
    date: pd.Timestamp

    def sides_of(self, other: str) -> pd.DataFrame:
        rows = self.frame.loc[self.frame["with"] == other, ["estimate", "lower", "upper"]]
        return rows.set_axis(["before", "since"]) if len(rows) else rows


@dataclass(frozen=True, kw_only=True)
class Card(Result):
    @property
    def entries(self) -> tuple[OpenRow, ...]:
        part = OpenRowPart(title="dated change · SPX", verdict="contradicted", told=("It rose.", "The rule."))
        return tuple(
            OpenRow(name=str(name), says=row["says"], verdict=row["verdict"], error=row["error"], parts=(part,))
            for name, row in self.frame.iterrows()
        )


@dataclass(frozen=True, kw_only=True)
class Lines(Result):
    def plot(self, ax: Axes | None = None) -> Axes:
        ax = drawing.axes(ax)
        for name in self.frame:
            drawing.path(ax, self.frame[name], look=drawing.look(name), label=name)
        drawing.mark_events(ax, [pd.Timestamp("2024-08-05", tz="UTC")], ["carry unwind"])
        drawing.zero_line(ax)
        drawing.end_labels(ax)
        drawing.time_axis(ax)
        ax.set_ylabel(drawing.axis_label("cumulative change", "%"))
        return ax


@dataclass(frozen=True, kw_only=True)
class Map(Result):
    def plot(self, ax: Axes | None = None) -> Axes:
        ax = drawing.axes(ax)
        drawing.heat_map(ax, self.frame, unit="%", decimals=1, diverging=False)
        return ax


@dataclass(frozen=True, kw_only=True)
class Forest(Result):
    def plot(self, ax: Axes | None = None) -> Axes:
        ax = drawing.axes(ax)
        drawing.intervals(ax, self.frame)
        drawing.zero_line(ax, vertical=True)
        ax.set_xlabel(drawing.axis_label("mean response over the event window", "standard deviations"))
        return ax


def _times(n: int) -> pd.DatetimeIndex:
    return pd.date_range("2015-01-02", periods=n, freq="B", tz="UTC")


def _paths(rng: np.random.Generator, n: int) -> pd.DataFrame:
    parts = []
    for name in OTHERS:
        estimate = np.tanh(rng.normal(0, 0.05, n).cumsum() / 2)
        half = 0.25 * (1 - estimate**2)
        columns = {
            "left": "BTC",
            "right": name,
            "estimate": estimate,
            "lower": estimate - half,
            "upper": estimate + half,
        }
        parts.append(pd.DataFrame({**columns, "n": 60}, index=_times(n).rename("end")))
    return pd.concat(parts)


def _nets(values: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame({"estimate": values, "lower": values - 4, "upper": values + 4})
    return frame.set_index(pd.Index(ALL, name="to"))


def _results(rng: np.random.Generator, provenance: Provenance, n: int) -> dict[str, Result]:
    forest = pd.DataFrame({"estimate": [-0.9, 0.2, 0.5, -1.2, -1.3]}, index=pd.Index(ALL, name="instrument"))
    forest = forest.assign(lower=forest["estimate"] - 0.6, upper=forest["estimate"] + 0.6, p_value=0.03, n_events=10)
    names = pd.Index(ALL, name="to")
    levels = pd.DataFrame(rng.normal(0, 1, (n, 5)).cumsum(axis=0), index=_times(n).rename("tick"), columns=list(ALL))
    table = pd.DataFrame(rng.uniform(0, 40, (5, 5)), index=names, columns=list(ALL))
    overlap = pd.DataFrame(
        {"left": "BTC", "right": OTHERS, "hours": [15.0, 24.0, 24.0, 24.0], "unequal": [True, False, False, False]}
    )

    cell = "-13.78 [-29.78, +5.87] %"
    singles = pd.DataFrame(
        {"category": "fiscal_jgb_selloff", **dict.fromkeys(ALL, cell), "joint_p": 0.041}, index=["2025-11-18-triple"]
    )
    square = pd.DataFrame(
        rng.uniform(-1, 1, (20, 20)), index=[f"X{k}" for k in range(20)], columns=[f"X{k}" for k in range(20)]
    )

    def made(kind: type[Result], name: str, title: str, frame: pd.DataFrame, *warnings: str) -> Result:
        method = "Made up for a test; its formula is its code."
        return kind(name=name, title=title, method=method, frame=frame, provenance=provenance, warnings=warnings)

    return {
        "overlap": made(
            Result, "data-overlap", "Hours shared", overlap, "BTC–JGB10Y share less than 60 % of their interval."
        ),
        "levels": made(Lines, "data-levels", "Cumulative changes", levels),
        "rolling": made(Paths, "correlation-rolling", "Rolling correlation with BTC, 60 rows", _paths(rng, n)),
        "table": made(Map, "direction-table", "Spillover table", table),
        "net": made(Forest, "direction-net", "Net spillover", _nets(rng.normal(0, 9, 5))),
        "single": made(Result, "events-single", "Event by event", singles.rename_axis("event")),
        "square": made(Result, "correlation-matrix", "Twenty instruments", square.rename_axis("instrument")),
        "forest": made(Forest, "events-mean", "Mean response to carry unwinds", forest),
    }


VERDICTS = (Coupled.NOT_ESTABLISHED, Coupled.WEAK, Coupled.COUPLED, Coupled.COUPLED)
CHANGES = (Changed.NOT_ESTABLISHED, Changed.UNCHANGED, Changed.DEPENDS_ON_BASELINE, Changed.CHANGED)
NOW = (0.01, -0.18, 0.39, 0.41)


def pair_findings(others: tuple[str, ...] = OTHERS) -> tuple[Finding, ...]:
    """Return findings of the focus with each other instrument, of every verdict."""
    found = []
    for place, other in enumerate(others):
        now, verdict, change = (kinds[place % 4] for kinds in (NOW, VERDICTS, CHANGES))
        shared = {"subject": ("BTC", other), "start": date(2015, 1, 2), "end": date(2024, 12, 20)}
        coupled = {"quantity": "correlation", "estimate": now, "lower": now - 0.12, "upper": now + 0.12}
        moved = {
            "quantity": "change",
            "estimate": 0.1 * place,
            "lower": 0.1 * place - 0.15,
            "upper": 0.1 * place + 0.15,
        }
        found += [
            Finding(question="coupled", verdict=verdict, evidence="correlation-rolling", **shared, **coupled),
            Finding(question="changed", verdict=change, detectable=0.2, evidence="change-split", **shared, **moved),
        ]
    return tuple(found)


def _event_findings() -> tuple[Finding, ...]:
    return tuple(
        Finding(
            question="responds",
            subject=(name, "carry_unwinds"),
            specification="sessions 0 to 10",
            quantity="response",
            unit="bp" if name == "JGB10Y" else "%",
            primary=name == "BTC",
            estimate=-2.3 + place,
            lower=-6.9 + place,
            upper=2.5 + place,
            n=21,
            verdict=Responds.NOT_ESTABLISHED,
            cautions=("the events were selected on this instrument's own move: p-value not valid",)
            * (name == "USDJPY"),
            evidence="events-mean",
        )
        for place, name in enumerate(ALL)
    )


def _claim_findings() -> tuple[Finding, ...]:
    verdicts = {"spx-fall": Claimed.CONTRADICTED, "mechanical": Claimed.UNDECIDED}
    shared = {"question": "claim", "quantity": "all tests together", "evidence": "claims-scorecard"}
    return tuple(Finding(subject=(name,), verdict=verdict, **shared) for name, verdict in verdicts.items())


def _split(provenance: Provenance) -> Sides:
    rows = [(name, 0.1 * place + side * 0.15) for place, name in enumerate(OTHERS) for side in range(2)]
    frame = pd.DataFrame(rows, columns=["with", "estimate"])
    frame = frame.assign(lower=frame["estimate"] - 0.1, upper=frame["estimate"] + 0.1)
    return Sides(
        name="change-split",
        title="Correlation before and since 2023-01-01",
        method="By hand.",
        frame=frame,
        date=pd.Timestamp("2023-01-01"),
        provenance=provenance,
    )


def example_study(
    *, simulated: bool = False, title: str = "Bitcoin and the yen carry trade", n: int = 2600
) -> StudyResult:
    """Return a study made up of every shape of result."""
    day = pd.Timestamp("2025-11-21T00:00Z")
    origins = tuple(
        Origin(
            instrument=name,
            source="files",
            symbol=f"{name.lower()}.csv",
            clock="24:00 UTC",
            sha256=f"{place:064x}",
            retrieved_at=day,
            rows=n,
            first=_times(n)[0],
            last=_times(n)[-1],
            repairs=("2 duplicates dropped",) if name == "SPX" else (),
        )
        for place, name in enumerate(ALL)
    )
    text = "title: Bitcoin and the yen carry trade\nfocus: BTC\ninstruments: [BTC, JGB10Y, USDJPY, SPX, IXIC]\n"
    provenance = Provenance(origins=origins, configuration=text, seed=20251121, as_of=day, simulated=simulated)
    made = _results(np.random.default_rng(7), provenance, n)
    failure = Failure(
        name="change-break", title="Correlation break", reason="60 rows are too few; at least 100 are needed."
    )
    claims = pd.DataFrame(
        {
            "says": ["S&P 500 fell 1.56 % on 2025-11-21", "The coupling is mechanical"],
            "verdict": ["contradicted", "undecided"],
            "error": ["SPX rose 0.98 % on 2025-11-21.", ""],
            "estimate": [0.98, 0.11],
            "p_value": [np.nan, 0.31],
        },
        index=pd.Index(["spx-fall", "mechanical"], name="claim"),
    )
    scorecard = Card(
        name="claims-scorecard", title="Verdicts", method="Rules are printed.", frame=claims, provenance=provenance
    )
    rooms = (
        RoomResult(
            name="data",
            question="What was known, when?",
            verdict="last_known: 2,600 of 2,700 ticks kept.",
            results=(made["overlap"], made["levels"]),
            front=("data-overlap",),
            appendix=True,
        ),
        RoomResult(
            name="correlation",
            question="How tight is it?",
            verdict="Over the last 60 rows BTC and SPX moved together at 0.43 (0.20 to 0.61, n = 60).",
            results=(made["rolling"], made["square"]),
            findings=tuple(each for each in pair_findings() if each.question == "coupled"),
        ),
        RoomResult(
            name="change",
            question="Did it change?",
            verdict="Not answered: the break test failed.",
            results=(failure, _split(provenance)),
            findings=tuple(each for each in pair_findings() if each.question == "changed"),
        ),
        RoomResult(
            name="direction",
            question="Who moves whom?",
            verdict="No lead at this resolution.",
            results=(made["table"], made["net"]),
            front=(),
            appendix=True,
        ),
        RoomResult(
            name="events",
            question="What happens around an event?",
            verdict="BTC fell in 8 of 10 episodes.",
            results=(made["forest"], made["single"]),
            findings=_event_findings(),
        ),
    )
    return StudyResult(
        title=title,
        focus="BTC",
        rooms=rooms,
        claims=RoomResult(
            name="claims",
            question="Is the story true?",
            verdict="1 of 2 claims contradicted.",
            results=(scorecard,),
            findings=_claim_findings(),
        ),
        provenance=provenance,
        signs=("USDJPY up = a weaker yen", "a yield up = its price down"),
    )


def twenty_instruments() -> StudyResult:
    """Return the example with twenty pairs whose names and titles are long."""
    study = example_study(n=300)
    others = tuple(f"FUND{place:02}_OF_A_LONG_NAME" for place in range(19))
    titles = pd.DataFrame({"title": [f"{name} {'with a title of sixty letters ' * 2}" for name in others]})
    about = Result(
        name="data-instruments",
        title="Instruments",
        method="By hand.",
        frame=titles.set_index(pd.Index(others, name="instrument")),
    )
    findings = pair_findings(others)
    rooms = {
        "correlation": {"findings": tuple(each for each in findings if each.question == "coupled")},
        "change": {"findings": tuple(each for each in findings if each.question == "changed")},
        "data": {"results": (about,)},
    }
    return replace(study, rooms=tuple(replace(room, **rooms.get(room.name, {})) for room in study.rooms))


@pytest.fixture(scope="session")
def twenty_study() -> StudyResult:
    """Return the example with twenty instruments."""
    return twenty_instruments()


@pytest.fixture(scope="session")
def example() -> Callable[..., StudyResult]:
    """Return the maker of the example study."""
    return example_study


def _driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_chromium", Path(__file__).with_name("chromium.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_chromium"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    driver = _driver()
    if driver.executable() is None:
        pytest.skip("needs Chromium or Chrome on the path")
    with driver.Chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
