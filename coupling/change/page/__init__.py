"""What the room shows, a file per part: its result, its sentence, its figure."""
