"""Dates, times of day, durations and zones as people write them: read by one law, or refused."""
