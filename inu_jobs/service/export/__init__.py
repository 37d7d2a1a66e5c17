"""Exporting images."""
