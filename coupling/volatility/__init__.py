"""How much does one series move: realised volatility, exponential weights, GARCH."""

from coupling.volatility.ewma import ewma_volatility, standardize_ewma
from coupling.volatility.realised import realised_volatility

__all__ = ["ewma_volatility", "realised_volatility", "standardize_ewma"]
