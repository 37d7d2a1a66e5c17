import base64
import json
from datetime import datetime, timezone
from enum import Enum

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Text, TypeDecorator, func, text
from sqlalchemy import DateTime as DateTimeImpl
from sqlalchemy.orm import Session

from .base import Base, BaseTableManager


def now_ms():
    return int(datetime.now(timezone.utc).timestamp() * 1000)


class DateTime(TypeDecorator):
    """UTC in the database, aware in memory."""

    impl = DateTimeImpl
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class TaskStatus(str, Enum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class TaskTable(Base):
    __tablename__ = "task"

    id = Column(String(64), primary_key=True)
    api_task_id = Column(String(64), nullable=True)
    api_task_callback = Column(String(255), nullable=True)
    name = Column(String(255), nullable=True)
    type = Column(String(20), nullable=False)
    params = Column(Text, nullable=False)
    script_params = Column(LargeBinary, nullable=False)
    priority = Column(Integer, nullable=False)
    status = Column(String(20), nullable=False, default="pending")
    result = Column(Text)
    bookmarked = Column(Boolean, nullable=True, default=False)
    created_at = Column(DateTime, nullable=False, server_default=text("(datetime('now'))"))
    updated_at = Column(
        DateTime,
        nullable=False,
        server_default=text("(datetime('now'))"),
        onupdate=text("(datetime('now'))"),
    )


COLUMNS = [
    "id",
    "api_task_id",
    "api_task_callback",
    "name",
    "type",
    "params",
    "script_params",
    "priority",
    "status",
    "result",
    "bookmarked",
]


class Task:
    """A row in memory. Saving it writes all columns back, whatever changed in the meantime."""

    def __init__(
        self,
        *,
        id,
        type,
        params,
        script_params=None,
        api_task_id=None,
        api_task_callback=None,
        name=None,
        status="pending",
        priority=None,
        position=None,
        result=None,
        bookmarked=None,
        created_at=None,
        updated_at=None,
    ):
        self.id = id
        self.type = type
        self.params = params
        self.script_params = script_params
        self.api_task_id = api_task_id
        self.api_task_callback = api_task_callback
        self.name = name
        self.status = status
        self.priority = now_ms() if priority is None else priority
        self.position = position
        self.result = result
        self.bookmarked = bookmarked
        self.created_at = created_at
        self.updated_at = updated_at

    @staticmethod
    def from_table(table):
        values = {name: getattr(table, name) for name in COLUMNS}
        return Task(**values, created_at=table.created_at, updated_at=table.updated_at)

    def to_table(self):
        return TaskTable(**{name: getattr(self, name) for name in COLUMNS})

    @staticmethod
    def from_json(values):
        known = {name: values[name] for name in COLUMNS if name in values}
        known["params"] = json.dumps(values.get("params"))
        known["script_params"] = base64.b64decode(values["script_params"])
        return Task(**known)

    def to_json(self):
        values = {name: getattr(self, name) for name in COLUMNS}
        values["params"] = json.loads(self.params)
        values["script_params"] = base64.b64encode(self.script_params).decode("utf-8")
        return values


class TaskManager(BaseTableManager):
    def get_task(self, id):
        with Session(self.engine) as session:
            row = session.get(TaskTable, id)
            return Task.from_table(row) if row else None

    def get_task_position(self, id):
        with Session(self.engine) as session:
            row = self._row(session, id)
            query = session.query(func.count(TaskTable.id)).filter(TaskTable.status == TaskStatus.PENDING)
            return query.filter(TaskTable.priority < row.priority).scalar()

    @staticmethod
    def _filtered(query, type, status, api_task_id):
        if type:
            query = query.filter(TaskTable.type == type)
        if isinstance(status, list):
            query = query.filter(TaskTable.status.in_(status))
        elif status is not None:
            query = query.filter(TaskTable.status == status)
        if api_task_id:
            query = query.filter(TaskTable.api_task_id == api_task_id)
        return query

    @staticmethod
    def _row(session, id):
        row = session.get(TaskTable, id)
        if row is None:
            raise Exception(f"Task with id {id} not found")
        return row

    def get_tasks(
        self,
        type=None,
        status=None,
        bookmarked=None,
        api_task_id=None,
        limit=None,
        offset=None,
        order="asc",
    ):
        with Session(self.engine) as session:
            query = self._filtered(session.query(TaskTable), type, status, api_task_id)
            if bookmarked:
                query = query.filter(TaskTable.bookmarked == bookmarked)
            else:
                query = query.order_by(TaskTable.bookmarked.asc())
            priority = TaskTable.priority
            query = query.order_by(priority.asc() if order == "asc" else priority.desc())
            if limit:
                query = query.limit(limit)
            if offset:
                query = query.offset(offset)
            return [Task.from_table(row) for row in query.all()]

    def count_tasks(self, type=None, status=None, api_task_id=None):
        with Session(self.engine) as session:
            return self._filtered(session.query(TaskTable), type, status, api_task_id).count()

    def add_task(self, task):
        with Session(self.engine) as session:
            session.add(task.to_table())
            session.commit()
        return task

    def update_task(self, task):
        """(As the real one) all columns are written; a row that is gone is an exception."""
        with Session(self.engine) as session:
            self._row(session, task.id)
            session.merge(task.to_table())
            session.commit()
        return task

    def prioritize_task(self, id, priority):
        """0 moves to the top, -1 to the bottom, otherwise the exact priority."""
        with Session(self.engine) as session:
            row = self._row(session, id)
            if priority == 0:
                query = session.query(func.min(TaskTable.priority))
                lowest = query.filter(TaskTable.status == TaskStatus.PENDING).scalar()
                row.priority = (lowest or 0) - 1
            elif priority == -1:
                row.priority = now_ms()
            else:
                session.query(TaskTable).filter(TaskTable.priority >= priority).update(
                    {TaskTable.priority: TaskTable.priority + 1}
                )
                row.priority = priority
            session.commit()
            return row

    def delete_task(self, id):
        with Session(self.engine) as session:
            session.delete(self._row(session, id))
            session.commit()

    def delete_tasks(self, before=None, status=(TaskStatus.DONE, TaskStatus.FAILED, TaskStatus.INTERRUPTED)):
        """Returns how many. Bookmarked ones stay."""
        status = list(status) if isinstance(status, tuple) else status
        with Session(self.engine) as session:
            query = session.query(TaskTable).filter(TaskTable.bookmarked == False)  # noqa: E712
            if before:
                query = query.filter(TaskTable.created_at < before)
            deleted = self._filtered(query, None, status, None).delete()
            session.commit()
            return deleted
