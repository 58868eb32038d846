"""A first run, the same morning twice, missed days; what changed and why, on files whose every change is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coupling.results import packages
from coupling.results.base import Provenance
from coupling.results.json import read_findings
from coupling.watch import running
from coupling.watch.record import WatchRecord
from tests.watch.conftest import Clock
from tests.watch.desk import ESTIMATED, STUDY, Desk, kinds, rules


def test_a_first_run_has_nothing_to_compare(desk: Desk) -> None:
    page = desk.folder / "out.md"
    told = desk.morning("--markdown", page)
    assert (told["first"], told["sessions"], told["changes"], told["reasons"]) == (True, None, [], [])
    assert (told["session"], told["alerts"]) == ("2024-10-26", [])
    assert "This is the first run: there is nothing to compare with." in page.read_text()


def test_the_same_morning_twice_changes_nothing(desk: Desk) -> None:
    desk.write(ESTIMATED)
    first = desk.morning()
    state = json.loads(desk.kept.read_text())
    second = desk.morning()
    assert (second["first"], second["sessions"], second["changes"], second["reasons"]) == (False, 0, [], [])
    assert second["unchanged"] == len(read_findings(next(desk.kept.parent.glob("findings-*"))).record.findings)
    assert (second["moved"], second["made_from"]) == (0, first["made_from"])
    assert json.loads(desk.kept.read_text()) == state


def test_missed_days_are_caught_up(desk: Desk, clock: Clock) -> None:
    desk.write(ESTIMATED)
    desk.morning()
    desk.grow(305)
    clock.day = 305
    told = desk.morning()
    assert (told["sessions"], told["previous_session"], told["session"]) == (5, "2024-10-26", "2024-10-31")
    assert kinds(told) == ["new_data", "new_data"]
    assert [each["values"] for each in told["reasons"]] == [5, 5]
    assert "5 new values (from 2024-10-27 to 2024-10-31)" in told["reasons"][0]["told"]
    assert told["moved"] == told["unchanged"] > 0


def test_a_value_of_the_past_is_a_revision_with_its_month(desk: Desk, clock: Clock) -> None:
    desk.morning()
    desk.prices.loc["2024-03-05", "BBB"] *= 1.001
    desk.grow(301)
    clock.day = 301
    told = desk.morning(code=4)
    assert kinds(told) == ["new_data", "new_data", "revision"]
    assert told["reasons"][2]["subject"] == ["BBB"]
    assert "values of 2024-03 are not those" in told["reasons"][2]["told"]
    assert rules(told) == ["data_revised"]
    assert desk.morning()["alerts"] == []


def test_values_taken_away_or_put_in_are_revisions(desk: Desk) -> None:
    desk.morning()
    desk.prices = desk.prices.drop(desk.prices.index[[40, 150]])
    desk.grow(298)
    told = desk.morning(code=4)
    assert kinds(told) == ["revision", "revision"]
    assert "2024-02 and 2024-05" in told["reasons"][0]["told"]


def test_another_configuration_is_named_by_its_settings(desk: Desk) -> None:
    desk.write(ESTIMATED)
    desk.morning()
    desk.write(ESTIMATED.replace("60", "90"))
    told = desk.morning()
    assert kinds(told) == ["configuration"]
    assert "correlation.rolling.window: 60 → 90" in told["reasons"][0]["told"]
    assert sorted(each["what"] for each in told["changes"]) == ["gone", "new"]
    assert [each["why"] for each in told["changes"]] == [["configuration"]] * 2


def test_rules_are_no_part_of_what_makes_the_numbers(desk: Desk) -> None:
    first = desk.morning()
    desk.write(STUDY + "watch: {rules: [source_failed]}\n")
    told = desk.morning()
    assert told["reasons"] == []
    assert told["made_from"] == first["made_from"]


def test_another_claims_file_is_a_reason(desk: Desk) -> None:
    claims = desk.folder / "mine.yaml"
    claim = (
        "claims:\n- {id: up, source: a note, says: AAA rose, test: dated_change, instrument: AAA, date: 2024-03-05, "
        "value: VALUE, tolerance: 0.5}\n"
    )
    claims.write_text(claim.replace("VALUE", "1.0"))
    desk.write(STUDY + "claims: [mine.yaml]\n")
    desk.morning()
    claims.write_text(claim.replace("VALUE", "-9.0"))
    told = desk.morning()
    assert kinds(told) == ["configuration"]
    assert "mine.yaml is another file" in told["reasons"][0]["told"]


def test_other_software_is_named_with_both_versions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.morning()
    newer = tuple((name, "99.0" if name == "scipy" else version) for name, version in packages.installed_packages())
    real = running.software_of

    def software(provenance: Provenance) -> dict[str, str]:
        return real(provenance) | dict(newer)

    monkeypatch.setattr("coupling.watch.reasons.software_of", software)
    told = desk.morning()
    assert kinds(told) == ["software"]
    assert "scipy " in told["reasons"][0]["told"]
    assert "→ 99.0" in told["reasons"][0]["told"]


def test_several_reasons_hold_at_once(desk: Desk, clock: Clock) -> None:
    desk.morning()
    desk.prices.loc["2024-02-05", "AAA"] *= 1.01
    desk.grow(302)
    clock.day = 302
    desk.write(STUDY + "seed: 5\n")
    told = desk.morning(code=4)
    assert kinds(told) == ["new_data", "new_data", "revision", "configuration"]
    assert "seed: 0 → 5" in told["reasons"][3]["told"]


def test_the_file_is_what_its_schema_says_and_the_markdown_says_the_same(desk: Desk, clock: Clock) -> None:
    desk.morning()
    desk.prices.loc["2024-03-05", "BBB"] *= 1.5
    desk.grow(303)
    clock.day = 303
    page = desk.folder / "out.md"
    desk.morning("--markdown", page, code=4)
    WatchRecord.model_validate_json((desk.folder / "out.json").read_text(), strict=True)
    text = page.read_text()
    order = [
        "# Watch of 2024-10-30 07:00 UTC",
        "### Alerts",
        "**data revised**",
        "Compared with",
        "### Why",
        "Unchanged:",
        "### Data",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "3 new sessions to 2024-10-29; the days between are caught up" in text


def test_several_configurations_stand_in_one_file(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(STUDY.replace("focus: AAA", "focus: BBB"))
    broken = tmp_path / "broken.yaml"
    broken.write_text("title: X\n")
    result = desk.run(other, broken)
    assert result.exit_code == 2
    told = json.loads((desk.folder / "out.json").read_text())
    assert [each["configuration"] for each in told["studies"]] == ["study", "other", "broken"]
    assert [each["exit_codes"] for each in told["studies"]] == [[0], [0], [2]]
    assert "is missing" in told["studies"][2]["error"]
    assert {path.name for path in desk.state.iterdir()} == {"study", "other"}


def test_the_page_is_written_beside_it(desk: Desk) -> None:
    desk.morning()
    result = desk.run("--page", "--out", desk.folder / "pages")
    assert result.exit_code == 0
    text = (desk.folder / "pages" / "study.html").read_text()
    assert "What changed since" in text
    assert str(desk.folder / "pages" / "study.html") in result.stdout
