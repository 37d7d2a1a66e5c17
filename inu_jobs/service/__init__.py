"""The use cases: all that the web API and the capture call."""

from .service import Service
from .views import STATES

__all__ = ["STATES", "Service"]
