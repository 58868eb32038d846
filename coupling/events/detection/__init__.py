"""Events found in the data: the detector, its signals and their scores."""
