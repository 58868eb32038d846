"""A study of a panel: its sections by keyword, checked as a configuration's are, and its data as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from pydantic import ValidationError

from coupling.claims.claim import Claim, load_claims
from coupling.configuration.refusal import refuse
from coupling.data.checks import check_meaning
from coupling.data.checks.confirmed import with_confirmed
from coupling.data.frames.aligning import OWN
from coupling.data.instrument import Instrument, resolve
from coupling.data.loading.dataset import Dataset, check_all
from coupling.data.panel import Panel, build_panel
from coupling.data.section import DataSource
from coupling.errors import ConfigurationError, InputError
from coupling.study.configuration import Study
from coupling.text.wording import listed

__all__ = ["Given", "study_of_panel"]

FIXED = {
    "data": "the panel holds its data already",
    "store": "the panel holds its data already",
    "instruments": "the panel's own are used; leave some out with cp.align",
    "define": "the panel's instruments are what cp.align was told (kinds=, units=)",
    "alignment": "the panel is aligned already; give days, at, rule and the rest to cp.align",
    **dict.fromkeys(OWN, "the panel is made already; give it to cp.align"),
    "variants": "a grid needs a configuration and coupling.compare",
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """A study with the data and the claims that it was given.

    Parameters
    ----------
    study : Study
    dataset : Dataset
        The panel's observations; nothing else is loaded.
    claims : list of Claim
    configuration : str
        The settings as YAML, claims that were given as mappings included.
    """

    study: Study
    dataset: Dataset
    claims: list[Claim]
    configuration: str


def study_of_panel(panel: Panel, focus: str | None, title: str | None, sections: Mapping[str, Any]) -> Given:
    """Return the study of a panel.

    Parameters
    ----------
    panel : Panel
        Its observations are reported on its own ticks.
    focus, title : str, optional
        Of two instruments and more the focus is asked for.
    sections : mapping
        As in a configuration; `claims` may hold mappings beside paths, and `events` may be a catalogue or a list of
        dates.

    Raises
    ------
    ConfigurationError
        If a section is wrong, or says what the panel has settled.
    """
    for name in sections:
        if name in FIXED:
            raise ConfigurationError(f"{name!r} cannot be given with a panel: {FIXED[name]}", path=name)
    names = list(panel.levels.columns)
    if focus is None:
        raise ConfigurationError(f"a panel has no focus; name one, as run(panel, focus={names[0]!r})", path="focus")
    written, inline = _split_claims(sections.get("claims", ()))
    settings = {name: value for name, value in sections.items() if name != "claims"}
    settings |= {"claims": written, "events": _events(sections.get("events"))}
    settings |= {"seed": _seed(panel, sections), "period": _period(panel, sections.get("period"))}
    study = _validated(
        {
            "title": title or _title(focus, names),
            "focus": focus,
            "instruments": names,
            "define": _definitions(panel.instruments),
            "alignment": panel.alignment.model_dump(mode="json"),
            "data": {"source": DataSource.SIMULATED if panel.truth is not None else DataSource.MEMORY},
            **settings,
        }
    )
    given = list(load_claims({"claims": inline}, study.define)) if inline else []
    claims = [claim for path in study.claims for claim in load_claims(path, study.define)] + given
    return Given(study=study, dataset=_dataset(panel), claims=claims, configuration=_text(study, given))


def _validated(settings: dict[str, Any]) -> Study:
    try:
        return Study.model_validate(settings)
    except ValidationError as error:
        raise refuse(error, Study, None) from None


def _title(focus: str, names: list[str]) -> str:
    return f"{focus} with {listed([name for name in names if name != focus])}"


def _definitions(instruments: Mapping[str, Instrument]) -> dict[str, Instrument]:
    """Return the instruments that the catalogue and the table of symbols do not have as they are."""
    return {name: item for name, item in instruments.items() if not _is_known(name, item)}


def _is_known(name: str, item: Instrument) -> bool:
    try:
        return resolve(name) == item
    except ConfigurationError:
        return False


def _split_claims(claims: Any) -> tuple[list[str], list[Any]]:
    """Tell files of claims from claims given as mappings; a claim alone is a list of one."""
    items = list(claims or ()) if claims is None or isinstance(claims, list | tuple) else [claims]
    mappings = [item for item in items if isinstance(item, Mapping)]
    inline = [claim for item in mappings for claim in (item["claims"] if set(item) == {"claims"} else [item])]
    paths = [str(item) for item in items if isinstance(item, str | Path)]
    if len(mappings) + len(paths) < len(items):
        wrong = next(item for item in items if not isinstance(item, str | Path | Mapping))
        raise ConfigurationError(f"{wrong!r} is no claim; give the path of a file, or a mapping", path="claims")
    return paths, inline


def _events(events: Any) -> Any:
    """Read a name as a catalogue, and a list as dates."""
    if isinstance(events, str | Path):
        return {"catalogue": str(events)}
    if events is None or isinstance(events, Mapping):
        return events
    if isinstance(events, list | tuple | pd.Index | pd.Series | np.ndarray):
        events = pd.Index(events) if isinstance(events, np.ndarray) else events
        return {"dates": [str(item) if isinstance(item, pd.Period) else item for item in events]}
    what = type(events).__name__
    raise ConfigurationError(
        f"events cannot be a {what}; give a catalogue's name or file, a list of dates, or a mapping", path="events"
    )


def _seed(panel: Panel, sections: Mapping[str, Any]) -> Any:
    """Return the seed; a simulated market keeps the one that it was drawn with."""
    drawn = panel.provenance.seed
    if panel.truth is None:
        return sections.get("seed", 0)
    if sections.get("seed", drawn) != drawn:
        message = (
            f"the simulated market was drawn with {drawn}, and {sections['seed']} would draw another; leave it out"
        )
        raise ConfigurationError(message, path="seed")
    return drawn


def _period(panel: Panel, period: Any) -> Any:
    """Return the period; a panel that was cut with `since` reports from its first tick on."""
    whole = build_panel(panel.observations, panel.instruments, panel.alignment).levels
    mine = panel.levels
    if mine.equals(whole):
        return {} if period is None else period
    if not len(mine) or not whole[whole.index >= mine.index[0]].equals(mine):
        raise InputError(
            "The panel's levels are not those that its observations and its rule give; make it again with cp.align."
        )
    start = {"start": mine.index[0].date()}
    if isinstance(period, Mapping):
        return {**start, **{name: value for name, value in period.items() if value is not None}}
    return start if period is None else period


def _dataset(panel: Panel) -> Dataset:
    series, items = panel.observations, panel.instruments
    suspect = {
        name: with_confirmed(item, check_meaning(item, items[name].kind))
        for name, item in series.items()
        if not items[name].formula
    }
    return Dataset(
        observations=series,
        instruments=items,
        findings=check_all(series, items, {}, suspect) if panel.truth is None else None,
        truth=panel.truth,
    )


def _text(study: Study, given: list[Claim]) -> str:
    """Return the settings as YAML, with the claims that no file holds."""
    if not given:
        return study.as_text()
    claims = {"claims_given": [claim.model_dump(mode="json", exclude_none=True) for claim in given]}
    return study.as_text() + yaml.safe_dump(claims, sort_keys=False, allow_unicode=True, width=100)
