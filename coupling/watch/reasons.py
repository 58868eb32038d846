"""Why today's findings may differ from the last run's: new data, revisions, another source, configuration, software."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from coupling.results.base import Provenance
from coupling.results.since import Pairing
from coupling.text.wording import listed
from coupling.watch.record import Reason, ReasonKind
from coupling.watch.series import compare_series
from coupling.watch.state import LastRun
from coupling.watch.today import Today

__all__ = ["reasons_of", "software_of", "why"]

ORDER: tuple[ReasonKind, ...] = ("new_data", "revision", "source", "configuration", "software")
MOST = 8
MISSING = object()


def reasons_of(last: LastRun, today: Today) -> list[Reason]:
    """Return every reason that holds, data first.

    Parameters
    ----------
    last : LastRun
    today : Today
    """
    found = [*_of_series(last, today), *_of_configuration(last, today), *_of_software(last, today)]
    return sorted(found, key=lambda reason: ORDER.index(reason.kind))


def why(pair: Pairing, reasons: Sequence[Reason], instruments: Sequence[str]) -> list[ReasonKind]:
    """Return the kinds of reasons that concern a finding, as far as its subject tells.

    What is about instruments alone is concerned by their data and by no other; what is about a claim or an event may
    rest on any.
    """
    subject = set(pair.shown.subject)
    of_any = not subject <= set(instruments)
    kinds = {each.kind for each in reasons if not each.subject or of_any or subject & set(each.subject)}
    return [kind for kind in ORDER if kind in kinds]


def _of_series(last: LastRun, today: Today) -> Iterator[Reason]:
    before = {each.instrument: each for each in last.series}
    now = {each.instrument: each for each in today.series}
    for name in (name for name in now if name in before):
        item = today.dataset.observations.get(name)
        yield from compare_series(before[name], now[name], item, today.dataset.revisions)
    for names, word in (
        ([name for name in now if name not in before], "is used now and was not"),
        ([name for name in before if name not in now], "is not used now and was"),
    ):
        for name in names:
            told = f"{name}: it {word} in the last run."
            yield Reason(kind="source", subject=[name], told=told, values=None, percent=None)


def _of_configuration(last: LastRun, today: Today) -> Iterator[Reason]:
    was, now = (_flat(yaml.safe_load(text)) for text in (last.configuration, today.result.provenance.configuration))
    changed = sorted(key for key in was.keys() | now.keys() if was.get(key, MISSING) != now.get(key, MISSING))
    told = [f"{key}: {_shown(was.get(key, MISSING))} → {_shown(now.get(key, MISSING))}" for key in changed]
    names = sorted(
        name for name in last.files.keys() | today.files.keys() if last.files.get(name) != today.files.get(name)
    )
    told += [f"{name} is another file" for name in names]
    if last.seed != today.result.provenance.seed and "seed" not in changed:
        told.append(f"seed: {last.seed} → {today.result.provenance.seed}")
    if told:
        yield _of_all("configuration", f"The configuration: {listed(told, most=MOST, count='other settings')}.")


def _of_software(last: LastRun, today: Today) -> Iterator[Reason]:
    was, now = last.software, software_of(today.result.provenance)
    names = [name for name in dict.fromkeys((*now, *was)) if was.get(name) != now.get(name)]
    if names:
        told = [f"{name} {was.get(name, 'none')} → {now.get(name, 'none')}" for name in names]
        yield _of_all("software", f"The software: {listed(told, most=MOST, count='other packages')}.")


def software_of(provenance: Provenance) -> dict[str, str]:
    """Return the versions of what computed the numbers, by name."""
    return {"coupling": provenance.version, **dict(provenance.packages)}


def _of_all(kind: ReasonKind, told: str) -> Reason:
    return Reason(kind=kind, subject=[], told=told, values=None, percent=None)


def _flat(settings: Any, path: str = "") -> dict[str, Any]:
    """Return settings by dotted path."""
    if not isinstance(settings, dict):
        return {path: settings}
    parts = (_flat(value, f"{path}.{key}" if path else str(key)) for key, value in settings.items())
    return {name: value for part in parts for name, value in part.items()}


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:60]}…"
