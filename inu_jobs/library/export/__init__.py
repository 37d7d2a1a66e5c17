"""Images and what they were made with, as something to take along: a zip, a contact sheet, a table.

All of it is made while it is sent, so it costs little memory however much there is.
"""

from .archive import zip_of
from .parts import Part, Source
from .saving import save
from .sheet import MAX_ON_SHEETS, Look, sheet_of, sheets_needed
from .tables import csv_of, json_of

__all__ = [
    "MAX_ON_SHEETS",
    "Look",
    "Part",
    "Source",
    "csv_of",
    "json_of",
    "save",
    "sheet_of",
    "sheets_needed",
    "zip_of",
]
