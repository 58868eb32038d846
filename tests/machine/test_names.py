"""No name that a user gives becomes a path: it is refused, or it becomes a file of its own inside its folder."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.claims.claim import load_claims
from coupling.data.export import Export, write_export
from coupling.data.instrument import SourceEntry
from coupling.data.loading.holding import Holding
from coupling.data.sources.exported import LIST, Exported
from coupling.data.sources.rows import RawRows
from coupling.data.stores.store import Store
from coupling.errors import ConfigurationError, CouplingError, DataError
from coupling.events import load_events
from coupling.machine.names import FileNames, check_name, file_in, folder_in, safe_stem
from coupling.results.base import Result
from coupling.study import load_study

ROOT = Path(__file__).resolve().parents[2]
GOOD = [
    "BTC",
    "yahoo:^GSPC",
    "fred:DTWEXBGS",
    "yahoo:MSTR@XNYS",
    "yahoo:JPY=X",
    "S&P 500",
    "日経平均",
    "10Y",
    "^VIX",
    "nul",
]
BAD = [
    "", "..", "../../victim/pwned", "/etc/passwd", "a\\b", "C:\\x", "x\0y", "x\ny", " BTC", "BTC ", "=1+1", "+A", "-A",
    "@A", "'A", "x" * 101, "a\u2215b", "a\uff0fb", "a\uff3cb", "a\u2100", "x\u202ey", "x\u200by", "\ud800", "e\u0301",
    ".hidden", "a\u00a0b", "\u2028",
]  # fmt: skip
TWO: dict[str, Any] = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
PRICE = {"kind": "price", "sources": [{"fred": "SP500", "clock": "XNYS"}]}


@pytest.mark.parametrize("name", GOOD)
def test_names_of_the_world_are_names(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", BAD)
def test_what_could_be_a_path_or_deceive_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="is no name: it"):
        check_name(name)


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize(
    "put",
    [
        lambda name: {"define": {name: PRICE}},
        lambda name: {"define": {"X": {**PRICE, "name": name}}},
        lambda name: {"instruments": ["BTC", name]},
        lambda name: {"focus": name},
        lambda name: {"data": {"files": {name: {"file": "x.csv", "clock": "XNYS"}}}},
        lambda name: {"data": {"repairs": {name: [{"rule": "drop", "dates": ["2024-01-02"]}]}}},
    ],
    ids=["define", "inside", "instruments", "focus", "files", "repairs"],
)
def test_a_configuration_with_such_a_name_is_refused(name: str, put: Callable[[str], dict[str, Any]]) -> None:
    with pytest.raises(ConfigurationError):
        load_study({**TWO, **put(name)})


@pytest.mark.parametrize("name", [one for one in BAD if one not in ("", "\ud800")])
@pytest.mark.parametrize("field", ["id", "category"])
def test_a_catalogue_with_such_a_name_is_refused(name: str, field: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(json.dumps([{"id": "a", "category": "b", "instant": "2024-08-05T00:00Z", field: name}]))
    with pytest.raises(ConfigurationError, match=r"own\.yaml"):
        load_events(path)


@pytest.mark.parametrize("name", [one for one in BAD if one != "\ud800"])
def test_a_claim_with_such_a_name_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    leg = {"test": "peak_to_trough", "instrument": "BTC", "start": "2025-10-01", "end": "2025-11-01", "value": -30}
    path.write_text(json.dumps({"claims": [{"id": "own", "source": "x", "says": "y", **leg}]}))
    assert [claim.id for claim in load_claims(path)] == ["own"]
    path.write_text(json.dumps({"claims": [{"id": name, "source": "x", "says": "y", **leg}]}))
    with pytest.raises(ConfigurationError, match=r"own\.yaml:1: claims\.0\.id: "):
        load_claims(path)


def test_names_that_differ_by_case_alone_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"define\.btc: 'BTC' and 'btc' differ in upper and lower case alone"):
        load_study({**TWO, "define": {"btc": PRICE}})
    with pytest.raises(ConfigurationError, match="called 'Y' inside"):
        load_study({**TWO, "define": {"X": {**PRICE, "name": "Y"}}})


@pytest.mark.thorough
@given(st.text(max_size=400))
def test_any_text_becomes_one_file_inside_its_folder(name: str) -> None:
    folder = Path("some") / "folder"
    path = file_in(folder, name, ".csv")
    assert path.parent == folder
    assert len(path.name.encode("utf-8")) < 255
    stem = path.name.removesuffix(".csv")
    assert not set(stem) & set('/\\:*?"<>|\0\n')
    assert stem.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
    assert stem[0] not in " .-"
    assert stem[-1] not in " ."
    assert stem.isprintable()


@given(
    st.lists(
        st.text(max_size=20) | st.sampled_from(["BTC", "btc", "BTC.2", "BTC~", "NUL", "nul", "ß", "SS"]), unique=True
    )
)
def test_two_names_are_never_one_file_even_where_case_does_not_count(names: list[str]) -> None:
    handed = FileNames(Path("folder"))
    files = [handed.file(name, ".csv").name for name in names]
    assert len({file.casefold() for file in files}) == len(names)
    assert len({safe_stem(name) for name in names}) == len(names)


def test_a_plain_name_stays_as_it_is() -> None:
    names = ["BTC", "yen_carry", "my study", "études", "correlation-rolling", "a.b"]
    assert [safe_stem(name) for name in names] == names


def test_a_link_in_the_place_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "study").symlink_to(tmp_path / "victim")
    with pytest.raises(ConfigurationError, match="is a link and nothing is written through it"):
        folder_in(tmp_path / "out", "study")


def test_a_link_in_the_place_of_a_table_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.csv").symlink_to(victim)
    result = Result(name="a", title="A", method="", frame=pd.DataFrame({"n": [1]}))
    (written,) = result.to_folder(out)
    assert victim.read_text() == "precious"
    assert not written.is_symlink()


def test_a_result_of_any_name_stays_in_its_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = Result(name="../../pwned", title="A", method="", frame=pd.DataFrame({"n": [1]}))
    (written,) = result.to_folder(out)
    assert written.parent == out
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out", written.name]


def holding() -> Holding:
    when = pd.Series(pd.date_range("2024-01-01", periods=3))
    rows = RawRows(place="x", when=when, value=pd.Series([1.0, 2.0, 3.0]), line=pd.Series([2, 3, 4]), sha256="ab")
    return Holding(name="x", entry=SourceEntry(provider="file", symbol="x.csv", clock="UTC"), read=lambda: rows)


def test_an_export_writes_each_series_inside_and_on_its_own(tmp_path: Path) -> None:
    names = ["../../victim/pwned", str(tmp_path / "abs"), "yahoo:^GSPC", "BTC", "btc", "BTC.2", "NUL", "x\ny"]
    holdings = {name: [holding(), holding()] if name == "BTC" else [holding()] for name in names}
    write_export(Export(holdings=holdings), tmp_path / "deep" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    files = {path.name.casefold() for path in (tmp_path / "deep" / "out").iterdir()}
    assert len(files) == len(names) + 2  # one more of BTC, and the list
    read = Exported.open(tmp_path / "deep" / "out")
    assert {one.instrument for one in read.contents.series} == set(names)
    assert all(len(one.read().value) == 3 for name in names for one in read.holdings(replace_name(name)))


def replace_name(name: str) -> Any:
    return type("Named", (), {"name": name})()


def test_an_export_that_names_files_outside_itself_is_refused(tmp_path: Path) -> None:
    out = write_export(Export(holdings={"BTC": [holding()]}), tmp_path / "out")
    (tmp_path / "secret.csv").write_bytes((out / "BTC.csv").read_bytes())
    (out / "link.csv").symlink_to(tmp_path / "secret.csv")
    whole = (out / LIST).read_text()
    for file in ("../secret.csv", str(tmp_path / "secret.csv"), "link.csv", "", ".", "..", "x\0", "missing.csv", "a/b"):
        content = json.loads(whole)
        content["series"][0]["file"] = file
        (out / LIST).write_text(json.dumps(content))
        with pytest.raises(DataError, match=r"export it again|leaves its folder|no plain file"):
            Exported.open(out)


def test_a_symbol_of_any_length_and_letters_has_a_folder_in_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    rows = replace(holding().read(), retrieved_at=pd.Timestamp("2024-02-01", tz="UTC"))
    for symbol in ("../../victim", "/abs", "X" * 900, "x:y*?", "日経"):
        entry = SourceEntry(provider="fred", symbol=symbol, clock="UTC")
        store.save("X", entry, rows)
        assert store.newest(entry) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


# Every place of the package that makes, writes or moves a file or a folder. A new one goes through `writing` and
# `names` of `coupling.machine`, or stands here with the reason why its path cannot come from a name.
WRITERS = {
    "comparison/unfinished_run.py": {"savez"},  # into memory, then write_whole
    "cli/streams.py": {"os.open"},  # nothing but the null device
    "data/export.py": {"mkdtemp", "replace_path"},  # a new folder beside the one asked for, then moved there
    "data/frames/tabulating.py": {"to_csv"},  # to text
    "data/section.py": {"dump"},  # a serializer's parameter
    "data/stores/files.py": {"mkdir", "FileLock", "replace_path"},  # folders of the store, whose names are made by it
    "data/stores/vintage.py": {"to_parquet"},  # to bytes
    "drawing/images.py": {"savefig"},  # into memory, for a notebook
    "results/folder.py": {"savefig"},  # into memory, then write_whole
    "text/sheet.py": {"to_csv"},  # to text
    "keeping/store.py": {"mkdir"},  # the folder of parts, from the system and one variable
    "machine/surroundings.py": {"mkdir"},  # folders of caches, from the system and one variable
    "correlation/parts.py": {"replace_path"},  # hidden parts, to their names when all are there
    "study/pairs.py": {"to_parquet"},  # the estimator's own, into the folder that is asked for
    "watch/state.py": {"FileLock"},  # in the folder that --state names
    "machine/writing.py": {"mkdir", "os.open", "fdopen", "replace_path"},
}
CALLS = set(
    re.findall(
        r"\w+",
        """
        write_text write_bytes to_csv to_parquet to_excel to_pickle to_feather to_hdf savefig savez save savetxt tofile
        dump mkdir makedirs mkdtemp mkstemp touch symlink_to hardlink_to FileLock NamedTemporaryFile TemporaryDirectory
        copy2 copyfile copytree move fdopen print_svg print_png imsave writelines
        """,
    )
)
OWN = {"store.save", "unfinished.save", "ast.dump", "export.to_csv", "to_csv", "to_parquet"}  # the package's own


def writers(path: Path) -> set[str]:
    """Return what a module calls that makes, writes or moves a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        text = ast.unparse(node.func)
        name = text.rpartition(".")[2]
        if name in CALLS and text.lower().removeprefix("self.") not in OWN:
            found.add(name)
        if text == "os.open" and "O_RDONLY" not in ast.unparse(node):
            found.add(text)
        if name == "open" and any(mode in ast.unparse(node) for mode in ("'w", "'a", "'x", "+'")):
            found.add("open")
        if name == "replace" and len(node.args) == 1 and "." in text and not node.keywords and "]." not in text:
            found.add("replace_path")
    return found


def test_every_place_that_writes_is_known() -> None:
    package = ROOT / "coupling"
    found = {str(path.relative_to(package)): calls for path in package.rglob("*.py") if (calls := writers(path))}
    assert found == WRITERS


@pytest.mark.parametrize(
    "code",
    [
        "p.write_text('x')",
        "open(p, 'w')",
        "p.open('wb')",
        "frame.to_csv(p)",
        "part.replace(p)",
        "os.open(p, os.O_CREAT)",
    ],
)
def test_a_new_writer_would_be_seen(code: str, tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(code)
    assert writers(tmp_path / "new.py")


def test_a_refused_name_is_told_with_its_place() -> None:
    with pytest.raises(CouplingError, match=r"define\.\.\./\.\./victim/pwned.*'/'"):
        load_study({**TWO, "define": {"../../victim/pwned": PRICE}})
