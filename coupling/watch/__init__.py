"""Today against the last run: what changed, why, and what is told of it."""
