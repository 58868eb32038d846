"""From the ``data`` section of a configuration to observations."""
