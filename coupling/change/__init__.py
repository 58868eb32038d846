"""Did it change: splits, breaks, contagion, and levels against changes."""
