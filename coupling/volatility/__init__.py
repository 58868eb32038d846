"""How much does one series move: realised volatility, exponential weights, GARCH."""

from coupling.volatility.estimation import GarchFit, evaluate_garch, fit_garch
from coupling.volatility.ewma import ewma_volatility, standardize_ewma
from coupling.volatility.garch import GarchModel
from coupling.volatility.paths import rebuild_paths, resample_paths
from coupling.volatility.realised import realised_volatility

__all__ = [
    "GarchFit",
    "GarchModel",
    "evaluate_garch",
    "ewma_volatility",
    "fit_garch",
    "realised_volatility",
    "rebuild_paths",
    "resample_paths",
    "standardize_ewma",
]
