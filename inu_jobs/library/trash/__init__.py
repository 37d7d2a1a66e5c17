"""The trash folders, on disk."""
