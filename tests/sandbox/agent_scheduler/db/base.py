import os

from sqlalchemy import create_engine
from sqlalchemy.orm import declarative_base

from modules import scripts, shared

# (As the real one) relative to the extension that is being loaded at this very moment.
db_file = os.path.abspath(
    os.path.join(
        scripts.basedir(), getattr(shared.cmd_opts, "agent_scheduler_sqlite_file", "task_scheduler.sqlite3")
    )
)

Base = declarative_base()
metadata = Base.metadata


class BaseTableManager:
    def __init__(self, engine=None):
        self.engine = engine or create_engine(f"sqlite:///{db_file}")

    def get_engine(self):
        return self.engine

    def quit(self):
        self.engine.dispose()
