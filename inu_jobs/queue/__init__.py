"""Feeds the scheduler, follows it, and keeps the store in step with it."""

from .queue import Queue

__all__ = ["Queue"]
