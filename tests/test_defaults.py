"""What a page takes where nothing is said is what the class takes: every field of every room's section."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from pydantic import BaseModel

from coupling import change, correlation, direction, events
from coupling.change.section import ChangeSection
from coupling.correlation.section import CorrelationSection
from coupling.direction.section import DirectionSection
from coupling.events.section import EventsSection

WHOLE = "without a window an estimator takes the whole sample, as is promised; a page shows a path"
DELIBERATE = {
    "RollingCorrelation.window": WHOLE,
    "HayashiYoshidaCorrelation.window": WHOLE,
    "ExponentialCorrelation.window": WHOLE,
    "RollingBeta.window": WHOLE,
    "Spillover.window": WHOLE,
    "EventDetector.parts": "no part in either; a section writes it as an empty mapping",
    "EventDetector.threshold": "the page chooses it from the data before each date from which it judges",
}
"""The page's default is another than the class's, and why."""

ROOM = {ChangeSection: change, CorrelationSection: correlation, DirectionSection: direction}
CLASSES = {
    "rolling": "RollingCorrelation",
    "hayashi_yoshida": "HayashiYoshidaCorrelation",
    "exponential": "ExponentialCorrelation",
    "dcc": "DccCorrelation",
    "beta": "RollingBeta",
    "partial": "PartialCorrelation",
    "shrunk": "ShrunkCorrelation",
    "tail": "TailDependence",
    "breaks": "CorrelationBreak",
    "bai_perron": "BaiPerron",
    "envelope": "ConstancyEnvelope",
    "monitor": "CorrelationMonitor",
    "regimes": "RegimeModel",
    "levels": "LevelCorrelation",
    "contagion": "ContagionTest",
    "lead_lag": "LeadLag",
    "spillover": "Spillover",
    "time_varying": "TimeVaryingSpillover",
}


def model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field holds, alone, optionally or several times."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    found = [model_of(part) for part in getattr(annotation, "__args__", ())]
    return next((model for model in found if model is not None), None)


def pairs() -> list[tuple[type[BaseModel], type]]:
    """Return every section with the class whose parameters it holds."""
    found: list[tuple[type[BaseModel], type]] = [(EventsSection, events.EventStudy)]
    inner = {"detector": events.EventDetector, "intraday": events.IntradayPath}
    found += [(model_of(EventsSection.model_fields[name].annotation), cls) for name, cls in inner.items()]
    for room_section, room in ROOM.items():
        for name, field in room_section.model_fields.items():
            model = model_of(field.annotation)
            if model is not None:
                found.append((model, getattr(room, CLASSES[name])))
    return found


PAIRS = pairs()


def test_every_section_of_every_room_is_compared() -> None:
    assert len(PAIRS) == len(CLASSES) + 3
    assert {name.partition(".")[0] for name in DELIBERATE} <= {cls.__name__ for _, cls in PAIRS}


@pytest.mark.parametrize(("section", "cls"), PAIRS, ids=lambda each: each.__name__)
def test_the_pages_defaults_are_the_classes(section: type[BaseModel], cls: type) -> None:
    parameters = inspect.signature(cls).parameters
    differing = {
        f"{cls.__name__}.{name}"
        for name, field in section.model_fields.items()
        if name in parameters
        and field.get_default(call_default_factory=True) != parameters[name].default
        and not (field.is_required() and parameters[name].default is inspect.Parameter.empty)
    }
    assert differing == {name for name in DELIBERATE if name.partition(".")[0] == cls.__name__}


@pytest.mark.parametrize(("section", "cls"), PAIRS, ids=lambda each: each.__name__)
def test_a_section_speaks_the_words_of_its_class(section: type[BaseModel], cls: type) -> None:
    own = {
        "EventStudy": {"catalogue", "dates", "by", "split", "highlight", "detector", "intraday"},
        "EventDetector": {"judge_from", "judge_to", "category", "stress", "plain", "note"},
        "IntradayPath": {"events"},
    }
    strange = set(section.model_fields) - set(inspect.signature(cls).parameters) - own.get(cls.__name__, set())
    assert strange == set()
