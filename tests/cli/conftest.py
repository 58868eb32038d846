"""What the tests of commands share: a small study, and a command that is run in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coupling.cli import app

SIMULATED = (
    "title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {source: simulated}\nperiod: {start: 2024-01-01}\n"
    "correlation: {rolling: {window: 60}, hayashi_yoshida: null}\n"
)


def invoke(*arguments: str | Path) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return the file of the small study."""
    path = tmp_path / "study.yaml"
    path.write_text(SIMULATED)
    return path
