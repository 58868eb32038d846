"""Shapes: the files of vendors and tools, declared in one readable file and recognised by their headings."""

from coupling.data.shapes.declared import (
    Meaning,
    Names,
    Shape,
    list_shapes,
    load_names,
    load_shapes,
    normal,
    recognise,
    recognise_headless,
)

__all__ = [
    "Meaning",
    "Names",
    "Shape",
    "list_shapes",
    "load_names",
    "load_shapes",
    "normal",
    "recognise",
    "recognise_headless",
]
