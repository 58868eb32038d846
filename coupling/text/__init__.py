"""How numbers, tables, instants and words are written, in the page, in a notebook and in files."""
