"""How tight is it? Correlation estimators, each with an interval and a sample."""
