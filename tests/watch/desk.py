"""A desk that watches two instruments of its own: prices in files that grow, revised and broken as a test asks.

Its study estimates nothing, so that a morning is cheap; a test of findings writes the one that does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from typer.testing import CliRunner, Result

from coupling.cli import app

STUDY = """\
title: Two of one's own
focus: AAA
instruments: [AAA, BBB]
define:
  AAA: {kind: price, unit: USD, title: One, sources: [{file: aaa.csv, clock: UTC}]}
  BBB: {kind: price, unit: USD, title: Other, sources: [{file: bbb.csv, clock: UTC}]}
data: {directory: prices}
alignment: {days: every, at: "24:00 UTC"}
correlation: null
"""
ESTIMATED = STUDY.replace("correlation: null", "correlation: {rolling: {window: 60}, hayashi_yoshida: null}")
START = pd.Timestamp("2024-01-01")


def paths(seed: int = 0, days: int = 800, *, at: int = 400, before: float = 0.0, after: float = 0.8) -> pd.DataFrame:
    """Return two price paths whose correlation is another one from a day on."""
    shocks = np.random.default_rng(seed).normal(size=(days, 2))
    rho = np.where(np.arange(days) < at, before, after)
    shocks[:, 1] = rho * shocks[:, 0] + np.sqrt(1 - rho**2) * shocks[:, 1]
    index = pd.date_range(START, periods=days)
    return pd.DataFrame(100.0 * np.exp(np.cumsum(shocks, axis=0) / 100), index=index, columns=["AAA", "BBB"]).round(6)


@dataclass
class Desk:
    """A folder with a study, its prices, and the state of its watch."""

    folder: Path
    prices: pd.DataFrame = field(default_factory=paths)
    text: str = STUDY

    def __post_init__(self) -> None:
        self.write(self.text)

    @property
    def study(self) -> Path:
        return self.folder / "study.yaml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def kept(self) -> Path:
        return self.state / "study" / "state.json"

    def write(self, text: str) -> None:
        self.study.write_text(text)

    def grow(self, days: int) -> None:
        """Write the files up to a day."""
        folder = self.folder / "prices"
        folder.mkdir(exist_ok=True)
        for name in self.prices:
            frame = self.prices[name].iloc[:days].rename("Close").rename_axis("Date")
            frame.to_csv(folder / f"{name.lower()}.csv")

    def run(self, *options: str | Path) -> Result:
        """Run the command."""
        arguments = ["watch", self.study, "--state", self.state, "--json", self.folder / "out.json", *options]
        return CliRunner().invoke(app, [str(each) for each in arguments])

    def morning(self, *options: str | Path, code: int = 0) -> dict[str, Any]:
        """Run the command, hold it to an exit code, and return what it says of the study."""
        result = self.run(*options)
        assert result.exit_code == code, (result.stderr, result.exception)
        told = json.loads((self.folder / "out.json").read_text(encoding="utf-8"))
        assert told["exit_code"] == code
        return dict(told["studies"][0])


def rules(morning: dict[str, Any], part: str = "alerts") -> list[str]:
    """Return the rules that rang."""
    return [each["rule"] for each in morning[part]]


def kinds(morning: dict[str, Any]) -> list[str]:
    """Return the kinds of the reasons."""
    return [each["kind"] for each in morning["reasons"]]
