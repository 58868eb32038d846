"""Work is not done twice where nothing that it depends on differs, and done again where anything does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.errors import InputError
from coupling.keeping import keeper, keeping, kept
from coupling.keeping.keeper import is_kept
from coupling.limits.budget import allowance, require_memory

DONE: list[object] = []


def work(values: object, factor: float = 2.0) -> pd.DataFrame:
    DONE.append(values)
    return pd.DataFrame({"x": np.asfortranarray(values) * factor})


def refused(needed: float) -> str:
    DONE.append(needed)
    try:
        require_memory(needed, "it", "ask for less")
    except InputError:
        return "left out"
    return "done"


def fails(values: object) -> None:
    DONE.append(values)
    raise InputError("no.")


@pytest.fixture(autouse=True)
def _count() -> None:
    DONE.clear()


def test_without_a_keeper_work_is_done_each_time() -> None:
    for _ in range(2):
        kept(work, [1.0])
    assert len(DONE) == 2


def test_what_is_kept_is_read_and_equals_what_was_computed(tmp_path: Path) -> None:
    with keeping(tmp_path):
        first = kept(work, [1.0, 0.1])
        assert is_kept(work, [1.0, 0.1])
        pd.testing.assert_frame_equal(first, kept(work, [1.0, 0.1]), check_exact=True)
    with keeping(tmp_path):
        pd.testing.assert_frame_equal(first, kept(work, [1.0, 0.1]), check_exact=True)
    assert len(DONE) == 1
    assert not is_kept(work, [1.0, 0.1])  # outside the block


def test_any_other_input_code_or_function_is_other_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with keeping(tmp_path):
        kept(work, [1.0])
        kept(work, [1])
        kept(work, [1.0], 2.0)
        kept(work, [np.nextafter(1.0, 2.0)])
        assert len(DONE) == 4
        monkeypatch.setattr(keeper, "code_version", lambda: "another")
        kept(work, [1.0])
    assert len(DONE) == 5


def test_fresh_computes_anew_and_replaces(tmp_path: Path) -> None:
    with keeping(tmp_path):
        kept(work, [1.0])
    with keeping(tmp_path, fresh=True):
        assert not is_kept(work, [1.0])
        kept(work, [1.0])
    with keeping(tmp_path):
        kept(work, [1.0])
    assert len(DONE) == 2


def test_what_hangs_on_the_libraries_alone_serves_a_fresh_run_too(tmp_path: Path) -> None:
    with keeping(tmp_path):
        kept(work, [1.0], lasting=True)
    with keeping(tmp_path, fresh=True):
        kept(work, [1.0], lasting=True)
    assert len(DONE) == 1


def test_an_error_is_raised_again_and_never_kept(tmp_path: Path) -> None:
    with keeping(tmp_path):
        for _ in range(2):
            with pytest.raises(InputError):
                kept(fails, 1)
    assert (len(DONE), list(tmp_path.iterdir())) == (2, [])


def test_what_was_refused_for_want_of_memory_is_not_kept(tmp_path: Path) -> None:
    with keeping(tmp_path):
        with allowance(memory=1.0):
            assert kept(refused, 2e6) == "left out"
        with allowance(memory=1e9):
            assert kept(refused, 2e6) == "done"


def test_a_damaged_part_is_computed_anew(tmp_path: Path) -> None:
    with keeping(tmp_path):
        first = kept(work, [1.0])
        (path,) = tmp_path.iterdir()
        path.write_bytes(path.read_bytes()[:-1] + b"\x00")
        pd.testing.assert_frame_equal(kept(work, [1.0]), first)
        assert len(DONE) == 2
        kept(work, [1.0])
    assert len(DONE) == 2


def test_work_on_what_has_no_plain_form_is_done(tmp_path: Path) -> None:
    with keeping(tmp_path):
        assert [kept(len, [object()]) for _ in range(2)] == [1, 1]
    assert not list(tmp_path.iterdir())


def test_the_folder_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    place = tmp_path / "parts"
    with keeping(place):
        kept(work, [1.0])
        for path in place.iterdir():
            path.unlink()
        place.rmdir()
        kept(work, [1.0])
    assert len(DONE) == 2
