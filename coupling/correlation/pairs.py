"""Which pairs an estimator has, all of them or those of a focus, by their numbers: no name is held once per pair."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats, Integers
from coupling.errors import InputError
from coupling.limits.asked import require_instrument, require_pair

__all__ = ["Pairs"]


@dataclass(frozen=True)
class Pairs:
    """The pairs of the instruments ``first:last`` of an order with every later one, each named in order of the columns.

    Parameters
    ----------
    names : sequence
        Of the columns.
    order : tuple of int
        The columns, the focus first where there is one.
    first, last : int
    """

    names: tuple[Hashable, ...]
    order: tuple[int, ...]
    first: int
    last: int

    @classmethod
    def of(cls, names: Sequence[Hashable], focus: Hashable | None = None) -> Pairs:
        """Return every pair of some names, or every pair of the focus.

        Raises
        ------
        InputError
            If the focus is none of the names.

        Examples
        --------
        >>> Pairs.of(["BTC", "JGB10Y", "SPX"]).columns.tolist()
        [('BTC', 'JGB10Y'), ('BTC', 'SPX'), ('JGB10Y', 'SPX')]
        >>> Pairs.of(["BTC", "JGB10Y", "SPX"], "JGB10Y").columns.tolist()
        [('BTC', 'JGB10Y'), ('JGB10Y', 'SPX')]
        """
        every = tuple(range(len(names)))
        if focus is None:
            return cls(tuple(names), every, 0, len(names) - 1)
        require_instrument(focus, names)
        place = list(names).index(focus)
        return cls(tuple(names), (place, *every[:place], *every[place + 1 :]), 0, 1)

    def __len__(self) -> int:
        width, count = len(self.names), self.last - self.first
        return count * (width - 1 - self.first) - count * (count - 1) // 2

    def columns_of(self, pair: int) -> tuple[int, int]:
        """Return the columns of the two instruments of a pair."""
        return int(self.places[0][pair]), int(self.places[1][pair])

    def position(self, left: Hashable, right: Hashable) -> int:
        """Return the number of a pair, whichever way round it is named.

        Raises
        ------
        InputError
            If a name is unknown, both are the same, or neither is the focus.
        """
        require_pair(left, right, self.names)
        places = sorted(self.names.index(name) for name in (left, right))
        found = np.flatnonzero((self.places[0] == places[0]) & (self.places[1] == places[1]))
        if not len(found):
            those = sorted({self.names[self.order[place]] for place in range(self.first, self.last)}, key=str)
            raise InputError(
                f"{left!r} with {right!r} is not among the pairs of {', '.join(map(repr, those[:3]))}, which alone "
                "were asked for; fit without focus."
            )
        return int(found[0])

    def blocks(self, most: int) -> Iterator[Pairs]:
        """Yield the same pairs in blocks, of at most so many where one instrument's pairs are no more.

        Examples
        --------
        >>> [block.columns.tolist() for block in Pairs.of(["BTC", "JGB10Y", "SPX"]).blocks(2)]
        [[('BTC', 'JGB10Y'), ('BTC', 'SPX')], [('JGB10Y', 'SPX')]]
        """
        first = self.first
        while first < self.last:
            last = first + 1
            while last < self.last and len(replace(self, first=first, last=last + 1)) <= most:
                last += 1
            yield replace(self, first=first, last=last)
            first = last

    def ordered(self, values: Floats) -> Floats:
        """Return the columns of a table in the order of the pairs."""
        return values if self._in_order else values[:, list(self.order)]

    def stars(self) -> Iterator[tuple[int, list[int]]]:
        """Yield the column of each of the instruments first:last, and those of its pairs."""
        for place in range(self.first, self.last):
            yield self.order[place], list(self.order[place + 1 :])

    @cached_property
    def places(self) -> Integers:
        """The columns of left and right of every pair (2 × pairs), in as few bytes as will do."""
        ends = self._ends(np.array(self.order))
        return ends if self._in_order else np.sort(ends, axis=0)

    @property
    def _in_order(self) -> bool:
        return self.order == tuple(range(len(self.names)))

    def _ends(self, numbers: Integers) -> Integers:
        """Return the numbers of both ends of every pair, given that of each place of the order."""
        width, firsts = len(self.names), range(self.first, self.last)
        few = numbers.astype(np.min_scalar_type(-width))
        ends = np.empty((2, len(self)), dtype=few.dtype)
        np.concatenate([few[place + 1 :] for place in firsts], out=ends[1])
        ends[0] = np.repeat(few[self.first : self.last], [width - 1 - place for place in firsts])
        return ends

    @property
    def columns(self) -> pd.MultiIndex:
        """The columns of ``correlation_``."""
        levels: Any = pd.Index(list(self.names))
        try:
            order = np.argsort(levels.argsort(), kind="stable")
            levels = levels.sort_values()
        except TypeError:  # names of several kinds have no order
            order = np.arange(len(levels))
        codes: Any = self._ends(order) if self._in_order else order[self.places]
        return pd.MultiIndex(
            levels=[levels, levels], codes=list(codes), names=["left", "right"], verify_integrity=False
        )
