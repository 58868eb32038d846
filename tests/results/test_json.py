"""Findings leave as JSON whole and the same, come back exactly, and what is no such file is refused in one sentence."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.errors import ConfigurationError, InputError
from coupling.results import Failure, Origin, Provenance, Result, RoomResult
from coupling.results.finding import Finding
from coupling.results.json import findings_text, read_findings
from coupling.results.json_schema import FindingsRecord, findings_schema
from coupling.results.study import StudyResult
from coupling.results.verdicts import Changed, Claimed, Coupled

COUPLED: dict[str, Any] = {
    "question": "coupled",
    "subject": ("BTC", "SPX"),
    "quantity": "correlation",
    "estimate": 0.1 + 0.2,
    "lower": 0.1,
    "upper": math.nextafter(0.5, 1),
    "n": 60,
    "p": math.nan,
    "verdict": Coupled.COUPLED,
    "start": date(2026, 5, 27),
    "end": date(2026, 8, 20),
    "clock": "XNYS at 24:00 UTC",
    "cautions": ("größer als – „gedacht“",),
}

TOP = "schema version title focus as_of configuration_sha256 data_sha256 seed simulated findings failures"
FIELDS = (
    "id question subject quantity unit primary estimate lower upper level n n_effective p p_adjusted family "
    "adjustment verdict fragile_on smallest_effect detectable start end clock method cautions evidence"
)


def a_study(*findings: Finding, failures: tuple[Failure, ...] = (), **more: Any) -> StudyResult:
    provenance = more.pop("provenance", Provenance(configuration="title: T\n", seed=1))
    room = RoomResult(name="correlation", question="How?", verdict="So.", results=failures, findings=findings)
    return StudyResult(title="T", focus="BTC", rooms=(room,), provenance=provenance, **more)


def found(**more: Any) -> Finding:
    return Finding(**{**COUPLED, **more})


def written(tmp_path: Path, change: Any = None) -> Path:
    path = a_study(found()).to_json(tmp_path / "f.json")
    if change is not None:
        settings = json.loads(path.read_text("utf-8"))
        change(settings)
        path.write_text(json.dumps(settings), "utf-8")
    return path


def test_the_file_is_what_the_design_promises_field_by_field() -> None:
    text = findings_text(a_study(found()))
    top = json.loads(text)
    assert " ".join(top) == TOP
    assert " ".join(top["findings"][0]) == FIELDS
    assert "größer" in text
    assert text.endswith("}\n")


def test_numbers_keep_every_digit_and_what_is_missing_is_null() -> None:
    row = json.loads(findings_text(a_study(found(detectable=math.inf, n_effective=-math.inf))))["findings"][0]
    assert (row["estimate"], row["upper"]) == (0.1 + 0.2, math.nextafter(0.5, 1))
    assert [row[name] for name in ("p", "p_adjusted", "detectable", "n_effective", "fragile_on")] == [None] * 5
    assert (row["start"], row["end"], row["subject"]) == ("2026-05-27", "2026-08-20", ["BTC", "SPX"])


def test_the_order_of_the_rooms_does_not_change_a_byte() -> None:
    one, two = found(), found(specification="another")
    assert findings_text(a_study(one, two)) == findings_text(a_study(two, one, two))


def test_the_frame_has_the_same_rows_and_columns() -> None:
    frame = a_study(found(), found(specification="another", estimate=None)).findings
    assert list(frame) == list(findings_schema()["$defs"]["FindingRecord"]["properties"])
    assert frame.loc[0, "estimate"] == 0.1 + 0.2
    assert math.isnan(frame.loc[1, "estimate"])
    assert frame.loc[0, "end"] == pd.Timestamp("2026-08-20")
    assert pd.isna(frame.loc[0, "fragile_on"])
    assert frame["primary"].dtype == bool
    assert a_study().findings.empty


def test_nothing_of_the_machine_leaves() -> None:
    failure = Failure(name="dcc", title="DCC", reason="[Errno 13] Permission denied: '/disk/ann/store/a.csv'")
    caution = "from /disk/ann/secret/btc.csv"
    provenance = Provenance(configuration="data: {directory: /disk/ann/secret}\n")
    text = findings_text(a_study(found(cautions=(caution,)), failures=(failure,), provenance=provenance))
    assert "ann" not in text
    elsewhere = Provenance(configuration="data: {directory: /disk/bob/mine}\n")
    same = findings_text(a_study(found(cautions=(caution,)), failures=(failure,), provenance=elsewhere))
    assert same == text


def test_the_hash_of_the_data_follows_series_that_one_room_alone_reads() -> None:
    def text(content: str) -> str:
        origin = Origin(instrument="VIX", source="files", symbol="VIX", clock="XNYS", sha256=content, **NOTHING)
        result = Result(name="a", title="A", method="", frame=pd.DataFrame(), provenance=Provenance(origins=(origin,)))
        room = RoomResult(name="events", question="?", verdict="So.", results=(result,))
        return str(json.loads(findings_text(StudyResult(title="T", rooms=(room,))))["data_sha256"])

    assert text("a" * 64) != text("b" * 64)
    assert json.loads(findings_text(a_study()))["data_sha256"] is None


NOTHING: dict[str, Any] = {"retrieved_at": None, "rows": 1, "first": None, "last": None}


def test_two_findings_of_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="two findings have the id 'coupled/BTC/SPX'"):
        a_study(found(), found(estimate=0.2)).findings  # noqa: B018


@given(st.floats(), st.floats(), st.text(max_size=20))
def test_any_number_and_any_caution_comes_back(estimate: float, bound: float, caution: str) -> None:
    text = findings_text(a_study(found(estimate=estimate, lower=bound, upper=bound, cautions=(caution,))))
    row = json.loads(text)["findings"][0]
    for name, value in (("estimate", estimate), ("lower", bound)):
        assert row[name] == (value if math.isfinite(value) else None)
    record = FindingsRecord.model_validate_json(text.encode("utf-8", "backslashreplace"))
    assert record.findings[0].estimate == row["estimate"]


def test_what_was_written_is_read_back_with_its_hash(tmp_path: Path) -> None:
    from hashlib import sha256

    path = written(tmp_path)
    run = read_findings(path)
    assert run.sha256 == sha256(path.read_bytes()).hexdigest()
    assert (run.name, run.record.findings[0].end) == ("f.json", date(2026, 8, 20))
    assert run.record.findings[0].specification == ""


def test_further_keys_are_passed_over(tmp_path: Path) -> None:
    def more(settings: Any) -> None:
        settings["made_on"] = "a good day"
        settings["findings"][0]["colour"] = {"deep": [1, None]}

    assert read_findings(written(tmp_path, more)).record.findings[0].id == "coupled/BTC/SPX"


def set_first(name: str, value: Any) -> Any:
    return lambda settings: settings["findings"][0].update({name: value})


WRONG = {
    "another version": (lambda s: s.update(schema="coupling-findings/2"), "its schema is 'coupling-findings/2'"),
    "another file": (lambda s: s.pop("schema"), "holds no findings"),
    "a missing key": (lambda s: s["findings"][0].pop("estimate"), "findings.0.estimate: field required"),
    "a text for a number": (set_first("estimate", "0.4"), r"findings.0.estimate: .*number.* \(seen: '0.4'\)"),
    "yes for a number": (set_first("n", True), "findings.0.n: .*number"),
    "a number for a text": (set_first("method", 3), "findings.0.method: .*string"),
    "another question": (set_first("question", "why"), "findings.0.question: "),
    "another's verdict": (set_first("verdict", "leads"), "'leads' does not answer the question 'coupled'"),
    "an unknown verdict": (set_first("verdict", "maybe"), "findings.0.verdict: "),
    "a share above 1": (set_first("p", 1.5), "findings.0.p: .*less than or equal to 1"),
    "crossed ends": (set_first("lower", 0.9), "ends crossed"),
    "no date": (set_first("end", "31/12/2025"), "findings.0.end: .*date"),
    "a sign that cannot be read": (set_first("unit", "b\u202ep"), "cannot be read"),
    "one id twice": (lambda s: s["findings"].append(s["findings"][0]), "two findings have the id 'coupled/BTC/SPX'"),
    "no hash": (lambda s: s.update(data_sha256="none"), "data_sha256: "),
    "another's id": (set_first("id", "coupled/BTC/GOLD"), "'coupled/BTC/GOLD' is not of the question and subject"),
    "an instant of year 1": (lambda s: s.update(as_of="0001-01-01T00:00:00Z"), "as_of: .*outside the years 1678"),
    "an instant past year 9999": (lambda s: s.update(as_of="9999-12-31T23:59:59-14:00"), "as_of: .*outside the years"),
    "a naive instant": (lambda s: s.update(as_of="2026-08-21T00:00:00"), "as_of: .*timezone"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_the_schema_does_not_allow_is_refused_with_its_place(case: str, tmp_path: Path) -> None:
    change, told = WRONG[case]
    with pytest.raises(ConfigurationError, match=told) as refused:
        read_findings(written(tmp_path, change))
    assert "\n" not in str(refused.value)
    assert "coupling report CONFIG --json FILE" in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "no JSON, or damaged"),
        (b"title: T\n", "no JSON, or damaged"),
        (b"[]", "holds no findings"),
        (b'"coupling-findings/1"', "holds no findings"),
        (b'{"schema": "coupling-findings/1", "seed": NaN}', "it holds NaN"),
        (b'{"schema": "coupling-findings/1", "seed": -Infinity}', "it holds -Infinity"),
        (b'{"schema": "coupling-findings/1", "seed": 1, "seed": 2}', "it gives 'seed' twice"),
        (b'{"schema": "coupling-findings/1", "seed": 1' + b"0" * 5000 + b"}", "it holds a number of 5,001 digits"),
        (b'{"schema": "coupling-findings/1", "seed": ' + b"[" * 300 + b"]" * 300 + b"}", "nested too deeply"),
        (b"[" * 100_000, "nested too deeply|damaged"),
        (b"\xff\xfe{}", "no UTF-8"),
    ],
)
def test_what_is_no_such_file_is_refused(raw: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_bytes(raw)
    with pytest.raises(ConfigurationError, match=told) as refused:
        read_findings(path)
    assert "\n" not in str(refused.value)


def test_a_number_beyond_floats_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8").replace("0.30000000000000004", "1e999"), "utf-8")
    with pytest.raises(ConfigurationError, match=r"findings\.0\.estimate: .*finite"):
        read_findings(path)


def test_findings_are_written_over_findings_and_over_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("date,value\n2025-01-02,1\n")
    with pytest.raises(InputError, match="holds no findings"):
        a_study().to_json(path)
    assert path.read_text().startswith("date,value")
    path.write_text("")
    assert a_study().to_json(path).read_bytes() == a_study().to_json(path).read_bytes()


def test_a_cut_file_is_refused_at_every_length(tmp_path: Path) -> None:
    raw = written(tmp_path).read_bytes()
    path = tmp_path / "cut.json"
    for length in range(0, len(raw) - 2, 97):
        path.write_bytes(raw[:length])
        with pytest.raises(ConfigurationError):
            read_findings(path)


def test_missing_folders_and_too_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        read_findings(tmp_path / "none.json")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_findings(tmp_path)
    with pytest.raises(InputError, match="is a folder"):
        a_study().to_json(tmp_path)
    path = written(tmp_path)
    monkeypatch.setattr("coupling.results.json.MOST_BYTES", 100)
    with pytest.raises(ConfigurationError, match="larger than 100 bytes; is it a file of findings"):
        read_findings(path)


def test_every_answer_of_every_question_is_in_the_schema() -> None:
    answers = findings_schema()["$defs"]["FindingRecord"]["properties"]["verdict"]["enum"]
    assert {*map(str, Coupled), *map(str, Changed), *map(str, Claimed)} <= set(answers)
    assert findings_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
