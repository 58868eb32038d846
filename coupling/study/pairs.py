"""All pairs of a universe, from a study or from a table of changes, in parts on disk."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd

from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.section import RollingSection
from coupling.correlation.windows import Window
from coupling.errors import ConfigurationError, DataError
from coupling.limits.budget import allowance
from coupling.study.configuration import Study
from coupling.study.preparing import dataset_of, panel_of, prepared

__all__ = ["write_pairs"]

ASKED = tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1)
EXACT: dict[str, Any] = {"float_precision": "round_trip"} if ASKED else {}
"""How a number is read to its last digit: later versions of pandas do, and warn where they are asked to."""
TEXTS, PARQUETS = (".csv", ".txt"), (".parquet", ".pq")


def write_pairs(
    source: str | Path | Study,
    folder: str | Path,
    *,
    window: Window | None = None,
    last: bool = False,
    focus: Hashable | None = None,
    level: float | None = 0.95,
    dask: Any = None,
    yes: bool = False,
    **where: Any,
) -> list[Path]:
    """Estimate the rolling correlation of every pair and write it in parts, here or on a cluster: the same bytes.

    Parameters
    ----------
    source : path or Study
        A table of changes (CSV or Parquet: a row per date, a column per instrument), which is read as it is; else a
        study, whose changes are those of its panel, by ``correlation.rolling`` where it says so.
    folder : path
        A new or an empty folder.
    window : int or str, optional
        Rows, or calendar time; by default the study's, or 60 rows.
    last : bool
        Whether the newest window alone is estimated.
    focus : name, optional
        The instrument whose pairs are estimated; by default all pairs are.
    level : float or None
        Coverage of the intervals; None for estimates alone.
    dask : distributed.Client or str, optional
        A Dask cluster that does the work, or the address of its scheduler.
    yes : bool
        Whether what is estimated to take longer than two minutes is done.
    **where
        ``data``, ``store``, ``offline`` and ``fallback_simulated``, as for `load_panel`; of a study alone.

    Returns
    -------
    list of Path
        As of `RollingCorrelation.to_parquet`.

    Raises
    ------
    CouplingError
        If the source cannot be read, the folder holds anything, a name or a number cannot be, or there is no cluster.
    """
    if _is_table(source):
        _refuse_places(where)
        section, changes = RollingSection(), _read(Path(str(source)))
    else:
        section, changes = _of_study(source, where)
    options = {**dict(section), **({} if window is None else {"window": window}), "last": last, "focus": focus}
    with allowance(seconds=float("inf") if yes else None):
        return RollingCorrelation(**options).to_parquet(changes, folder, level=level, client=dask)


def _is_table(source: Any) -> bool:
    return not isinstance(source, Study) and Path(str(source)).suffix.lower() in (*TEXTS, *PARQUETS)


def _refuse_places(where: dict[str, Any]) -> None:
    given = sorted(name for name, value in where.items() if value)
    if given:
        raise ConfigurationError(f"{', '.join(given)} goes with a study, and a table holds its own data; leave it out")


def _of_study(source: Any, where: dict[str, Any]) -> tuple[RollingSection, pd.DataFrame]:
    places = {name: where.get(name) for name in ("data", "store")}
    study = prepared(source, **places, offline=bool(where.get("offline")))
    dataset = dataset_of(study, fallback_simulated=bool(where.get("fallback_simulated")))
    asked = None if study.correlation is None else study.correlation.rolling
    return asked or RollingSection(), panel_of(study, dataset).changes


def _read(path: Path) -> pd.DataFrame:
    """Return a table as it stands; what its columns are, the gate of the estimators tells."""
    if not path.is_file():
        raise DataError(f"{path} is no file; give a table of changes (CSV or Parquet), or a study (YAML).")
    try:
        if path.suffix.lower() in PARQUETS:
            return pd.read_parquet(path)
        _require_names(path, pd.read_csv(path, header=None, nrows=1, dtype=str, keep_default_na=False).iloc[0])
        frame: pd.DataFrame = pd.read_csv(path, low_memory=False, **EXACT)
        _require_cells(path, frame)
        return frame
    except (ValueError, OSError, ImportError) as error:  # what pandas and pyarrow raise for a file of another kind
        if isinstance(error, DataError):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path} cannot be read as a table ({reason}); give CSV or Parquet.") from None


def _require_names(path: Path, names: pd.Series) -> None:
    """Refuse a first line that is none of names, or has one twice: pandas would take and change them in silence."""
    names = names.str.strip()
    if len(names) < 2:
        shown = f"{names.iloc[0][:60]!r}"
        raise DataError(f"{path} has one column ({shown}); part the cells by commas, with a point in their decimals.")
    if (names.iloc[1:] == "").any():
        place = 2 + int((names.iloc[1:] == "").to_numpy().argmax())
        raise DataError(f"{path} has no name for column {place} in its first line; name it, or leave it out.")
    if names.duplicated().any():
        raise DataError(f"{path} has the column {names[names.duplicated()].iloc[0]!r} twice; name each once.")
    if pd.to_numeric(names.iloc[1:], errors="coerce").notna().any():
        raise DataError(f"{path} begins with numbers ({', '.join(names.iloc[:3])}); its first line must name columns.")


def _require_cells(path: Path, frame: pd.DataFrame) -> None:
    """Refuse rows with more cells than names, by which pandas would move every column, and numbers beside a text."""
    if not isinstance(frame.index, pd.RangeIndex):
        message = f"{path} has more cells in a row than names in its first line"
        raise DataError(f"{message}; name each column (of dates too), and end no line with a comma.")
    for name in frame.columns[1:]:
        if frame[name].dtype.kind not in "OTU" and not isinstance(frame[name].dtype, pd.StringDtype):
            continue
        odd = pd.to_numeric(frame[name], errors="coerce").isna() & frame[name].notna()
        if odd.any() and not odd[frame[name].notna()].all():
            row = int(odd.to_numpy().argmax())
            shown, at = str(frame[name].iloc[row]), str(frame.iloc[row, 0])
            raise DataError(f"{path}: {shown!r} in column {name!r} ({at}) is no number; correct it or leave it empty.")
