"""Exporting images with their parameters: as a zip, a contact sheet or a table.

Everything is created while it is sent, so it needs little memory however much there is.
"""

from .archive import zip_of
from .canvas import Look
from .items import ItemSource, Part
from .matrix import Table, layout_of, matrix_of
from .parameter_files import csv_of, json_of
from .saving import save, save_beside
from .sheet import MAX_ON_SHEETS, sheet_of, sheets_needed

__all__ = [
    "MAX_ON_SHEETS",
    "ItemSource",
    "Look",
    "Part",
    "Table",
    "csv_of",
    "json_of",
    "layout_of",
    "matrix_of",
    "save",
    "save_beside",
    "sheet_of",
    "sheets_needed",
    "zip_of",
]
