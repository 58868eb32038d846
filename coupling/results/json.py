"""The findings of a run as a file: written whole with the same bytes for the same run, and read back or refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from coupling.configuration.document import read_plain, text_of
from coupling.errors import ConfigurationError, InputError
from coupling.machine.privacy import public, without_names
from coupling.machine.writing import write_text_whole
from coupling.results.answered import Answered
from coupling.results.base import Failure, Origin
from coupling.results.finding import Finding
from coupling.results.json_schema import SCHEMA, FindingRecord, FindingsRecord

__all__ = [
    "RecordedRun",
    "findings_file",
    "findings_text",
    "read_findings",
    "record_of",
    "require_replaceable",
    "rows_of",
    "write_findings",
]

MOST_BYTES = 100_000_000
MOST_DIGITS = 400
MARK = SCHEMA.partition("/")[0].encode()
DEEP = "the file is nested too deeply for findings"
AGAIN = "write it again with coupling report CONFIG --json FILE"
COLUMNS = tuple(FindingRecord.model_fields)


@dataclass(frozen=True)
class RecordedRun:
    """A file of findings that was read.

    Parameters
    ----------
    record : FindingsRecord
        What it holds.
    name : str
        The file's name without its folder.
    sha256 : str
        Hash of its bytes.
    """

    record: FindingsRecord
    name: str
    sha256: str


def rows_of(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as rows with the columns of the schema; missing numbers and dates are None.

    Raises
    ------
    InputError
        If two that differ have one id, by which runs are paired.

    Examples
    --------
    >>> from coupling.results.verdicts import Coupled
    >>> one = Finding(question="coupled", subject=("A", "B"), quantity="correlation", n=float("nan"),
    ...               verdict=Coupled.WEAK)
    >>> row, = rows_of([one, one])
    >>> row["id"], row["subject"], row["n"], row["verdict"]
    ('coupled/A/B', ['A', 'B'], None, 'weak')
    """
    unlike = list(dict.fromkeys(findings))
    twice = [name for name, count in Counter(finding.id for finding in unlike).items() if count > 1]
    if twice:
        raise InputError(f"two findings have the id {twice[0]!r}; give each a specification of its own.")
    return [{name: _plain(getattr(finding, name)) for name in COLUMNS} for finding in unlike]


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it; what is missing or infinite is None."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, int | float):
        return value if isfinite(value) else None
    return value if not pd.isna(value) else None


def findings_text(study: Answered) -> str:
    """Return the findings of a study as JSON: UTF-8, sorted by id, full precision, free of the user's paths."""
    return findings_file(study)[0]


def findings_file(study: Answered) -> tuple[str, FindingsRecord]:
    """Return the text of the file of a study's findings, and what it holds: what is written can be read."""
    text = json.dumps(_settings(study), ensure_ascii=False, indent=1, allow_nan=False, default=_written) + "\n"
    return text, _validated(text)


def record_of(study: Answered) -> FindingsRecord:
    """Return what the file of a study's findings would hold."""
    return _validated(json.dumps(_settings(study), allow_nan=False, default=_written))


def _validated(text: str) -> FindingsRecord:
    try:
        return FindingsRecord.model_validate_json(text.encode("utf-8", "backslashreplace"), strict=True)
    except ValidationError as error:
        raise InputError(f"The findings do not hold to their schema: {_told(error, 'report this')}.") from None


def _settings(study: Answered) -> dict[str, Any]:
    shown = public(study)
    provenance = shown.provenance
    as_of = provenance.as_of
    return {
        "schema": SCHEMA,
        "version": provenance.version,
        "title": shown.title,
        "focus": shown.focus,
        "as_of": None if as_of is None else _instant(as_of),
        "configuration_sha256": _hash(provenance.configuration),
        "data_sha256": _hash(_series(shown.origins)),
        "seed": provenance.seed,
        "simulated": provenance.simulated,
        "findings": sorted(rows_of(shown.found), key=lambda row: str(row["id"])),
        "failures": [_failure(each) for each in shown.failures],
    }


def _instant(at: pd.Timestamp) -> str:
    utc = (at.tz_localize("UTC") if at.tz is None else at.tz_convert("UTC")).floor("us").to_pydatetime()
    return f"{utc.replace(tzinfo=None).isoformat()}Z"


def _series(origins: Iterable[Origin]) -> str:
    """Write what tells the data of one run from those of another: whose they are, when struck, and their content."""
    return "\n".join(sorted({f"{each.instrument}\t{each.clock}\t{each.sha256}" for each in origins}))


def _hash(text: str) -> str | None:
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest() if text else None


def _failure(failure: Failure) -> dict[str, str]:
    return {"name": failure.name, "title": failure.title, "reason": without_names(failure.reason)}


def _written(value: Any) -> str:
    return str(value.isoformat()[:10])  # a session


def write_findings(study: Answered, path: Path) -> Path:
    """Write the findings of a study, whole or not at all and over no file of another kind, and return the path."""
    require_replaceable(path)
    return write_text_whole(path, findings_text(study))


def require_replaceable(path: Path, mark: bytes = MARK, what: str = "findings") -> None:
    """Raise InputError if what has a mark near its beginning would be written over a folder, or over something else."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; name the file of the {what}, as {str(path / f'{what}.json')!r}.")
    if not path.is_file() or path.is_symlink():  # a link is replaced, and what it leads to stays
        return
    with path.open("rb") as file:
        head = file.read(len(mark) + 100)
    if head and mark not in head:
        raise InputError(f"{path} is there and holds no {what}; nothing is written over it, name another file.")


def read_findings(path: str | Path) -> RecordedRun:
    """Read a file that `StudyResult.to_json` or ``coupling report --json`` has written.

    Parameters
    ----------
    path : path
        The file. Keys that this version does not know are passed over.

    Raises
    ------
    ConfigurationError
        If it is missing, larger than 100 MB, no JSON, of another schema, holds NaN or what the schema does not allow,
        or two of its findings share an id.

    Examples
    --------
    >>> import coupling as cp
    >>> from tempfile import TemporaryDirectory
    >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
    >>> with TemporaryDirectory() as folder:
    ...     read_findings(cp.run(two).to_json(Path(folder) / "two.json")).record.title
    'Two'
    """
    path = Path(path)
    raw = read_plain(path, MOST_BYTES, "a file of findings")
    text = text_of(raw, path)
    _require_schema(_parsed(text, path), path)
    try:
        record = FindingsRecord.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise ConfigurationError(_told(error, AGAIN), file=path) from None
    twice = [name for name, count in Counter(each.id for each in record.findings).items() if count > 1]
    if twice:
        raise ConfigurationError(f"two findings have the id {twice[0][:80]!r}; {AGAIN}", file=path)
    return RecordedRun(record=record, name=path.name, sha256=sha256(raw).hexdigest())


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(text, parse_int=_whole, parse_constant=_refuse_constant, object_pairs_hook=_unrepeated)
    except json.JSONDecodeError as error:
        problem, line = f"the file is no JSON, or damaged ({error.msg})", error.lineno
    except RecursionError:
        problem, line = DEEP, 1
    except ValueError as error:
        problem, line = str(error), None
    raise ConfigurationError(f"{problem}; {AGAIN}", file=path, line=line)


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"it holds a number of {len(digits):,} digits, and {MOST_DIGITS} are allowed")
    return int(digits)


def _refuse_constant(word: str) -> None:
    raise ValueError(f"it holds {word}, which is no number of JSON")


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"it gives {twice[:80]!r} twice")
    return found


def _require_schema(found: Any, path: Path) -> None:
    named = found.get("schema") if isinstance(found, dict) else None
    if named == SCHEMA:
        return
    if isinstance(named, str) and named.startswith(SCHEMA.partition("/")[0] + "/"):
        raise ConfigurationError(f"its schema is {named[:80]!r}, and this version reads {SCHEMA!r}; {AGAIN}", file=path)
    raise ConfigurationError(f"the file holds no findings (it has no schema: {SCHEMA!r}); {AGAIN}", file=path)


def _told(error: ValidationError, advice: str) -> str:
    """Return the first thing that the schema refuses, with its place."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid" and "recursion" in first["msg"]:
        return f"{DEEP}; {advice}"
    seen = "" if first["type"] in ("missing", "json_invalid") else repr(first["input"])
    shown = f" (seen: {seen if len(seen) <= 60 else f'{seen[:60]}…'})" if seen and first["loc"] else ""
    place = ".".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ")
    return f"{f'{place}: ' if place else ''}{said[0].lower()}{said[1:]}{shown}; {advice}"
