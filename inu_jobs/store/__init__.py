"""jobs.json, its journal and its backups: everything that Inu Jobs remembers."""

from .changes import StoreChanges
from .store import Store
from .transaction import Transaction

__all__ = ["Store", "StoreChanges", "Transaction"]
