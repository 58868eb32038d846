"""The simulated market: paths with a known truth."""
