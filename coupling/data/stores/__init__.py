"""The store: every answer of a live source, kept as it came."""
