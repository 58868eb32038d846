"""What was known, when? Instruments, clocks, sources and the panel."""
