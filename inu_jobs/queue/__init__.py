"""Feeding the scheduler, following it, and keeping the store in step with it."""

from .queue import Queue

__all__ = ["Queue"]
