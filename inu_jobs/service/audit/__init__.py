"""Comparing images with what was requested."""
