"""Everything that the result of an event study shows, computed from its numbers when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from coupling.events.studies import tables
from coupling.events.studies.classical import classical_tests
from coupling.events.studies.numbers import EpisodeNumbers

__all__ = ["StudyNumbers"]


@dataclass(frozen=True, kw_only=True)
class StudyNumbers(EpisodeNumbers):
    """The numbers of a study with the tables that are made from them."""

    def leading(self) -> pd.DataFrame:
        """All leading tests of the response since the instant."""
        return tables.leading_tests(self)

    def classical(self, only: Sequence[str] | None = None) -> pd.DataFrame:
        """The classical tests of all events, see `coupling.events.studies.classical`."""
        return classical_tests(self.abnormal, self.labels, self.names, int(self.days[0]), only)

    @cached_property
    def mapping(self) -> pd.DataFrame:
        """What every response is read from."""
        return tables.mapping_table(self)

    def by_event(self) -> pd.DataFrame:
        """Every event singly."""
        return self._singles.copy()

    @cached_property
    def _singles(self) -> pd.DataFrame:
        return tables.single_events(self)

    def single_paths(self) -> pd.DataFrame:
        """The cumulative abnormal change of every event."""
        return tables.single_paths(self)

    def joint(self) -> pd.DataFrame:
        """Joint tests over instruments."""
        return tables.joint_tests(self)

    def influence(self) -> pd.DataFrame:
        """Leave one episode out."""
        return tables.influence(self)
