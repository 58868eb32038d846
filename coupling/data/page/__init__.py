"""The parts of the room's page, one file each: its maker, its result, its sentence, its figure."""
