"""Agent Scheduler's ``task`` table, one column at a time.

Its own ``update_task`` writes a whole row back and can revive a task that just failed, so every change here
is one UPDATE that names the expected state (agent_scheduler/db/task.py, class TaskTable). A running task
stays ``pending`` in this table until it ends.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...errors import SchedulerError
from ...ports import Enqueued, Row, RowState
from ...sentences import say
from . import enqueued

_CHUNK = 500  # SQLite takes at most 999 variables in its older versions
_ENDED: dict[str, RowState] = {"done": "done", "failed": "failed", "interrupted": "interrupted"}


class TaskTable:
    """All methods raise ``SchedulerError`` if the database does not respond (if it is locked, say)."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._ended: dict[str, tuple[tuple[str, str], Row]] = {}
        self._checked: set[str] = set()  # ids that are not copies
        self._copies: set[str] = set()

    def state(self, task: str) -> str | None:
        """The row's state; None if there is no row."""
        with self._begin() as run:
            row = run("SELECT status FROM task WHERE id = :id", id=task).first()
        return None if row is None else str(row[0])

    def waiting(self, current: str | None) -> int:
        """How many rows are waiting, all clients' together; ``current`` is running and does not count."""
        with self._begin() as run:
            found = run("SELECT count(*) FROM task WHERE status = 'pending' AND id != :id", id=current or "")
            return int(found.scalar())

    def name(self, task: str, name: str) -> None:
        """Name a waiting row."""
        with self._begin() as run:
            run(
                "UPDATE task SET name = :name WHERE id = :id AND status = 'pending'", id=task, name=name[:255]
            )

    def withdraw(self, tasks: Iterable[str]) -> set[str]:
        """Mark waiting rows interrupted; returns those that were waiting."""
        gone = set()
        with self._begin() as run:
            for task in tasks:
                done = run(
                    "UPDATE task SET status = 'interrupted', updated_at = datetime('now')"
                    " WHERE id = :id AND status = 'pending'",
                    id=task,
                )
                if done.rowcount:
                    gone.add(task)
        return gone

    def delete_ended(self, tasks: Iterable[str]) -> None:
        """Delete those of ``tasks`` that are not waiting."""
        with self._begin() as run:
            for task in tasks:
                run("DELETE FROM task WHERE id = :id AND status != 'pending'", id=task)
                self._ended.pop(task, None)

    def ours(self, task: str) -> None:
        """``task`` was made by Inu Jobs: it is not a copy."""
        self._checked.add(task)
        self._ended.pop(task, None)

    def made(self, task: str) -> bool:
        """Whether ``task`` is known not to be a copy."""
        return task in self._checked

    def rows(self, jobs: Sequence[str], current: str | None) -> dict[str, Row]:
        """All rows of ``jobs`` by task id. Results are parsed once: an ended row does not change."""
        return self._rows("api_task_id", jobs, current)

    def rows_of(self, tasks: Sequence[str], current: str | None) -> dict[str, Row]:
        """The rows of ``tasks``, whoever made them."""
        return self._rows("id", tasks, current)

    def _rows(self, column: str, values: Sequence[str], current: str | None) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for start in range(0, len(values), _CHUNK):
            found.update(self._some_rows(column, values[start : start + _CHUNK], current))
        return found

    def _some_rows(self, column: str, values: Sequence[str], current: str | None) -> dict[str, Row]:
        marks = {f"v{n}": value for n, value in enumerate(values)}
        where = ", ".join(f":{mark}" for mark in marks)
        found: dict[str, Row] = {}
        with self._begin() as run:
            rows = run(
                f"SELECT id, api_task_id, status, updated_at FROM task WHERE {column} IN ({where})",  # noqa: S608 names only
                **marks,
            ).all()
            for task, of, status, updated in rows:
                job = of or ""
                state = _ENDED.get(status)
                if state is None:
                    found[task] = Row(task, job, "running" if task == current else "pending")
                    continue
                stamp = (status, str(updated))
                known = self._ended.get(task)
                if known is None or known[0] != stamp:
                    result = run("SELECT result FROM task WHERE id = :id", id=task).scalar()
                    known = (stamp, _ended_row(task, job, state, result))
                    self._ended[task] = known
                found[task] = known[1]
        return found

    def put_back(self, task: str) -> bool:
        """Let an ended row wait again, at its old position."""
        with self._begin() as run:
            done = run(
                "UPDATE task SET status = 'pending', result = NULL WHERE id = :id AND status != 'pending'",
                id=task,
            )
        self._ended.pop(task, None)
        return bool(done.rowcount)

    def find_enqueued(self) -> list[Enqueued]:
        """Waiting rows made by its own button, each reported once."""
        found = []
        with self._begin() as run:
            rows = run("SELECT id, name FROM task WHERE status = 'pending' AND api_task_id IS NULL")
            for task, name in rows.all():
                if task in self._checked:
                    continue
                self._checked.add(task)
                params = run("SELECT params FROM task WHERE id = :id", id=task).scalar()
                one = enqueued.read(task, name, params)
                if one is not None:
                    found.append(one)
        return found

    def find_copies(self) -> list[tuple[str, str, str]]:
        """Waiting rows that its own "Requeue" copied from ours, as (id, job, id of the original).

        A copy still forces the original's id on the WebUI. It is reported first and given its own id on the
        next call, so that whoever was told about it knows the original.
        """
        found = []
        with self._begin() as run:
            rows = run(
                "SELECT id, api_task_id FROM task WHERE status = 'pending' AND api_task_id IS NOT NULL"
            )
            for task, job in rows.all():
                if task in self._checked:
                    continue
                text = run("SELECT params FROM task WHERE id = :id", id=task).scalar()
                original = forced_id(text)
                if original is None or original == task:
                    self._checked.add(task)
                elif task in self._copies:
                    self._give_own_id(run, task, text)
                else:
                    self._copies.add(task)
                    found.append((task, job, original))
        return found

    def _give_own_id(self, run: Any, task: str, text: str) -> None:
        params = json.loads(text)
        params["args"]["force_task_id"] = task
        run(
            "UPDATE task SET params = :new WHERE id = :id AND status = 'pending' AND params = :old",
            id=task,
            new=json.dumps(params),
            old=text,
        )

    @contextmanager
    def _begin(self) -> Iterator[Any]:
        import sqlalchemy

        try:
            with self._engine.begin() as connection:
                yield lambda sql, **values: connection.execute(sqlalchemy.text(sql), values)
        except sqlalchemy.exc.SQLAlchemyError as error:
            reason = str(error).split("\n", 1)[0]
            raise SchedulerError(
                say("Agent Scheduler's database did not respond: {reason}", reason=reason)
            ) from error


def names_of_new_rows(manager: Any) -> dict[str, str] | None:
    """The names that rows get when they are created, by id: the function that creates them takes no name, and
    naming them afterwards is another commit that its runner may have to wait for. Used names are removed.
    ``manager``: its task manager; None if its table cannot be found."""
    model = getattr(sys.modules.get(type(manager).__module__), "TaskTable", None)
    if model is None:
        return None
    names: dict[str, str] | None = getattr(model, "inu_jobs_names", None)
    if names is None:
        import sqlalchemy

        model.inu_jobs_names = names = {}

        def give(mapper: Any, connection: Any, row: Any) -> None:
            row.name = names.pop(row.id, row.name)

        sqlalchemy.event.listen(model, "before_insert", give)
    return names


def forced_id(params: Any) -> str | None:
    """The task id that a row's ``params`` force on the WebUI; None if it forces none."""
    try:
        forced = json.loads(params)["args"]["force_task_id"]
    except (KeyError, TypeError, ValueError):
        return None
    return forced if isinstance(forced, str) and forced else None


def saved_paths(result: Any) -> tuple[str, ...]:
    """Absolute paths of the files in a finished task's result (``{"images": [...], "geninfo": ...}``). The
    WebUI's own are relative to its working directory."""
    images = result.get("images") if isinstance(result, dict) else None
    if not isinstance(images, list):
        return ()
    return tuple(str(Path(path).absolute()) for path in images if isinstance(path, str))


def _ended_row(task: str, job: str, state: RowState, result: Any) -> Row:
    if state == "failed":
        return Row(task, job, state, error=str(result or ""))
    try:
        decoded = json.loads(result) if result else None
    except ValueError:
        decoded = None
    return Row(task, job, state, images=saved_paths(decoded))
