"""Axes: what varies in a job, as it is written, and what it multiplies into."""
