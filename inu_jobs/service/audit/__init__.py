"""Comparing images with what was asked for."""
