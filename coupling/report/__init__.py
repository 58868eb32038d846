"""The page: one self-contained HTML file from a study's result."""

from coupling.report.page import render, write_page

__all__ = ["render", "write_page"]
