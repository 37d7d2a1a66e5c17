"""The queue's database. Where it lands is decided when this is imported: see ``base``."""

from .base import Base, db_file, metadata  # noqa: F401
from .task import Task, TaskManager, TaskStatus, TaskTable  # noqa: F401

task_manager = TaskManager()


def init():
    metadata.create_all(task_manager.engine)
