"""Responses, encoded by msgspec, by subject."""
