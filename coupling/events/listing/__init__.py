"""Which events: catalogues, files, lists of dates, and what one event is."""
