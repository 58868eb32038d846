"""A result writes its frame and its figure under its own name, the same bytes each time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.axes import Axes

from coupling import drawing
from coupling.results import Provenance, Result


@dataclass(frozen=True, kw_only=True)
class Line(Result):
    def plot(self, ax: Axes | None = None) -> Axes:
        ax = drawing.axes(ax)
        drawing.path(ax, self.frame["estimate"], look=drawing.look("SPX"), label="SPX")
        drawing.end_labels(ax)
        drawing.time_axis(ax)
        return ax


def made(kind: type[Result], *, simulated: bool = False) -> Result:
    frame = pd.DataFrame(
        {"estimate": [0.1, 0.4, 0.2]}, index=pd.date_range("2024-08-01", periods=3, tz="UTC", name="end")
    )
    provenance = Provenance(simulated=simulated)
    return kind(name="correlation-rolling", title="Rolling", method="By hand.", frame=frame, provenance=provenance)


def test_a_result_without_a_figure_writes_its_frame(tmp_path: Path) -> None:
    (path,) = made(Result).to_folder(tmp_path / "new")
    assert path.name == "correlation-rolling.csv"
    assert path.read_text().splitlines()[:2] == ["end,estimate", "2024-08-01 00:00:00+00:00,0.1"]
    with pytest.raises(TypeError, match="Result has no figure"):
        made(Result).plot()


def test_a_figure_is_written_as_png_and_svg_the_same_each_time(tmp_path: Path) -> None:
    first = made(Line).to_folder(tmp_path / "a")
    second = made(Line).to_folder(tmp_path / "b")
    assert [path.suffix for path in first] == [".csv", ".png", ".svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert first[1].read_bytes()[:4] == b"\x89PNG"


def test_a_simulated_market_is_written_across_its_figure(tmp_path: Path) -> None:
    real = made(Line).to_folder(tmp_path / "real")[2].read_text()
    simulated = made(Line, simulated=True).to_folder(tmp_path / "simulated")[2].read_text()
    assert "SIMULATED" in simulated
    assert "SIMULATED" not in real


def test_dates_fixed_for_the_page_leave_the_view_as_it_was() -> None:
    result = made(Line)
    (place,) = drawing.figure_of(result).axes
    low, high = place.get_xlim()
    drawn = place.get_lines()[0].get_xdata(orig=False)
    assert low == pytest.approx(drawn[0], abs=0.1)
    assert high == pytest.approx(drawn[-1], abs=0.1)
    assert "08-02 00:00" in [label.get_text() for label in place.get_xticklabels()]
