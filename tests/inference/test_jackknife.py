from __future__ import annotations

import numpy as np
import pytest

from coupling.errors import InputError
from coupling.inference import delete_block_jackknife, equal_blocks


def test_delete_one_is_the_textbook_standard_error_of_a_mean():
    x = np.random.default_rng(0).normal(size=(30, 1))
    result = delete_block_jackknife(x, np.mean, blocks=30)
    assert float(result.standard_error) == pytest.approx(x.std(ddof=1) / np.sqrt(30), rel=1e-12)
    assert result.degrees_of_freedom == 29


def test_labels_delete_whole_groups():
    x = np.arange(12.0)[:, None]
    weeks = np.repeat(["a", "b", "c"], 4)
    result = delete_block_jackknife(x, np.mean, blocks=weeks)
    np.testing.assert_allclose(result.replicates, [7.5, 5.5, 3.5])
    same = delete_block_jackknife(x, np.mean, blocks=3)
    np.testing.assert_allclose(same.replicates, result.replicates)


@pytest.mark.slow(reduced=True)
def test_interval_covers_the_mean_of_an_autoregression():
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(600):
        shocks = rng.normal(size=450)
        x = np.zeros(450)
        for t in range(1, 450):
            x[t] = 0.5 * x[t - 1] + shocks[t]
        low, high = delete_block_jackknife(x[50:, None], np.mean, blocks=12).interval()
        hits += int(low < 0 < high)
    assert hits / 600 == pytest.approx(0.94, abs=0.025)


def test_blocks_differ_by_at_most_one_row():
    sizes = np.bincount(equal_blocks(103, 10))
    assert sizes.sum() == 103
    assert sizes.max() - sizes.min() == 1


@pytest.mark.parametrize("blocks", [1, 31])
def test_impossible_number_of_blocks_is_refused(blocks):
    with pytest.raises(InputError, match="2 to 30 blocks"):
        delete_block_jackknife(np.zeros((30, 1)), np.mean, blocks=blocks)


def test_wrong_labels_are_refused():
    with pytest.raises(InputError, match="one block label per row"):
        delete_block_jackknife(np.zeros((30, 1)), np.mean, blocks=[1, 2])
    with pytest.raises(InputError, match="at least two blocks"):
        delete_block_jackknife(np.zeros((3, 1)), np.mean, blocks=[1, 1, 1])
