"""A row that opens: what is said, what was found, and below it the parts on which that rests."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

__all__ = ["OpenRow", "OpenRowPart"]


@dataclass(frozen=True, kw_only=True)
class OpenRowPart:
    """One part of an entry, such as a test of a claim.

    Parameters
    ----------
    title : str
        What it is about, in a few words.
    verdict : str
    told : tuple of str
        Sentences: the finding, what qualifies it, the rule.
    frame : DataFrame
        The same question asked otherwise, one row each; it may be empty.
    """

    title: str
    verdict: str
    told: tuple[str, ...] = ()
    frame: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


@dataclass(frozen=True, kw_only=True)
class OpenRow:
    """A row that opens.

    Parameters
    ----------
    name : str
        What it is called; unique among the entries of a result.
    says : str
        The line that is read first.
    verdict : str
    source, note : str
        Who says it, and what a reader should know about it.
    error : str
        What is wrong about it, in one sentence; empty where nothing is contradicted.
    parts : tuple of OpenRowPart
    """

    name: str
    says: str
    verdict: str
    source: str = ""
    note: str = ""
    error: str = ""
    parts: tuple[OpenRowPart, ...] = ()
