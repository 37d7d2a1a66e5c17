"""The real one keeps GitPython from leaving processes behind."""

from git import Repo

__all__ = ["Repo"]
