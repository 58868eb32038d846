"""Clocks and calendars: when a dated value was struck and known, and the ticks of a panel."""
