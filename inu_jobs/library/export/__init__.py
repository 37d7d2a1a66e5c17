"""Images and what they were made with, as something to take along: a zip, a contact sheet, a table.

All of it is made while it is sent, so it costs little memory however much there is.
"""

from .archive import zip_of
from .drawing import Look
from .matrix import Table, layout_of, matrix_of
from .parts import Part, Source
from .saving import save
from .sheet import MAX_ON_SHEETS, sheet_of, sheets_needed
from .tables import csv_of, json_of

__all__ = [
    "MAX_ON_SHEETS",
    "Look",
    "Part",
    "Source",
    "Table",
    "csv_of",
    "json_of",
    "layout_of",
    "matrix_of",
    "save",
    "sheet_of",
    "sheets_needed",
    "zip_of",
]
