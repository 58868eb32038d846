"""What claims are tested on: observations, instruments and what could not be had."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.results.base import Provenance

__all__ = ["Evidence"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What claims are tested on.

    Parameters
    ----------
    observations, instruments : dict by instrument
        Whole series, whatever period a study reports.
    missing : dict of str to str
        Instruments that claims name and that cannot be had, with the reason.
    provenance : Provenance
    seed : int
        Of every bootstrap.
    """

    observations: Mapping[str, Observations]
    instruments: Mapping[str, Instrument]
    missing: Mapping[str, str]
    provenance: Provenance
    seed: int

    def only(self, names: Collection[str]) -> Evidence:
        """Return the evidence on some instruments alone."""
        return replace(
            self,
            observations={name: item for name, item in self.observations.items() if name in names},
            instruments={name: item for name, item in self.instruments.items() if name in names},
            missing={name: why for name, why in self.missing.items() if name in names},
        )
