"""Fast loops shared by the rooms; each has a plain numpy twin."""
