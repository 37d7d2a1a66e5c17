"""The fields of a payload: their names, types and limits."""
