"""The use cases: everything that the web API and capture call."""

from .service import Service
from .views import STATES

__all__ = ["STATES", "Service"]
