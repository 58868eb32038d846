"""What touches the user's machine: names and paths, files, folders that can be written, processes, privacy."""
