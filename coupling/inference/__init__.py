"""Inference that the rooms share: long-run variances, block bootstraps, jackknives, randomisation, multiple testing."""

from coupling.inference.blocks import block_indices, block_length, generators
from coupling.inference.bootstrap import (
    bootstrap_correlation,
    bootstrap_means,
    bootstrap_statistic,
    correlation_from_means,
)
from coupling.inference.hac import automatic_bandwidth, kernel_weights, long_run_covariance, long_run_variance
from coupling.inference.intervals import basic_interval, bca_interval, percentile_t_interval
from coupling.inference.jackknife import Jackknife, delete_block_jackknife, equal_blocks
from coupling.inference.multiple import MaxT, adjust_p_values, max_t_quantile, westfall_young
from coupling.inference.randomisation import randomisation_p_value, sign_flip, sign_patterns, smallest_sign_p
from coupling.inference.recovered import recovered_interval

__all__ = [
    "Jackknife",
    "MaxT",
    "adjust_p_values",
    "automatic_bandwidth",
    "basic_interval",
    "bca_interval",
    "block_indices",
    "block_length",
    "bootstrap_correlation",
    "bootstrap_means",
    "bootstrap_statistic",
    "correlation_from_means",
    "delete_block_jackknife",
    "equal_blocks",
    "generators",
    "kernel_weights",
    "long_run_covariance",
    "long_run_variance",
    "max_t_quantile",
    "percentile_t_interval",
    "randomisation_p_value",
    "recovered_interval",
    "sign_flip",
    "sign_patterns",
    "smallest_sign_p",
    "westfall_young",
]
