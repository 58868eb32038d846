"""Bring the claims of a study together with the data that they need, also beyond the study's own instruments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from coupling.claims.claim import Claim, load_claims
from coupling.claims.evidence import Evidence
from coupling.claims.run import run
from coupling.configuration.shipped import CLAIMS, file_of
from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.machine.privacy import without_paths
from coupling.results.base import RoomResult
from coupling.study.configuration import Study
from coupling.study.marking import mark
from coupling.study.preparing import load_beyond

__all__ = ["check_claims", "claims_file", "read_claims"]


def read_claims(study: Study) -> list[Claim]:
    """Read every file of claims that a study names.

    Raises
    ------
    ConfigurationError
        If a file is missing or wrong.
    """
    return [claim for name in study.claims for claim in load_claims(claims_file(study, name), study.define)]


def claims_file(study: Study, name: str) -> Path:
    """Return the file of claims that a study names: beside its configuration, or one that ships under that name."""
    beside = study.base / name
    return beside if beside.suffix or beside.exists() else file_of(name, CLAIMS)


def check_claims(study: Study, claims: list[Claim], dataset: Dataset, panel: Panel) -> RoomResult:
    """Test the claims of a study; where an instrument cannot be had its claims are not testable, and it says why."""
    observations, instruments = dict(dataset.observations), dict(dataset.instruments)
    missing: dict[str, str] = {}
    for name in _beyond(claims, observations, simulated=dataset.simulated):
        try:
            extra = load_beyond(study, [name])
        except CouplingError as error:
            missing[name] = without_paths(str(error), study.folders)
        else:
            observations |= extra.observations
            instruments |= extra.instruments
    whole = replace(dataset, observations=observations, instruments=instruments)
    evidence = Evidence(
        observations=observations,
        instruments=instruments,
        missing=missing,
        provenance=whole.provenance(panel.provenance.configuration, study.seed),
        seed=study.seed,
    )
    return mark(run(claims, evidence), evidence.provenance)


def _beyond(claims: list[Claim], observations: Mapping[str, object], *, simulated: bool) -> list[str]:
    """Instruments that claims name beyond the study's; a simulated market answers no claim and needs none."""
    named = dict.fromkeys(name for claim in claims for name in claim.instruments)
    return [] if simulated else [name for name in named if name not in observations]
