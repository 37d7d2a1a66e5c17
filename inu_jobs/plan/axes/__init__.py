"""Axes: what varies in a job, how it is written, and the tasks that result."""
