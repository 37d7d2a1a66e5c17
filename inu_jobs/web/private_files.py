"""Our files are only for our own routes, which check access. The WebUI serves everything below its folder to
anyone who can load its page, even with ``--api-auth``.

Sources: gradio 3.41.2 and 4.40, routes.py (``/file=``, ``/file/``), which compare paths as they are written
and so let links, short names and different case through; WebUI 1.10.1, modules/ui_extra_networks.py
(``fetch_file``), which lets ``..`` through.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .. import api
from ..library.files import place
from ..library.trash.places import FOLDER as TRASH
from ..sentences import say
from . import replies
from .foreign_routes import Gate, put_before_all

#: folders in our data folder; its files are named jobs.* and machines.*
FOLDERS = ("backups", "inputs", "thumbs", "recipes", "wildcards", "machines")
_FILE = ("/file=", "/file/", "/gradio_api/file=")
_PREVIEW = "/sd_extra_networks/thumb"
#: longer than any name that the WebUI's page requests; each component is checked
_MOST_LETTERS, _MOST_PARTS = 4096, 100


class PrivateFiles:
    """``data``: our data folder. ``others``: folders that the WebUI's page needs; if one of them is inside
    ``data`` (because somebody chose the WebUI's own folder), only our own files there are protected."""

    def __init__(self, data: Path, others: Iterable[Path]) -> None:
        self._data = data
        self._shared = any(other.resolve().is_relative_to(data.resolve()) for other in others)

    def close(self, app: Any) -> None:
        """``app``: the one being served. Without gradio, nothing serves our files."""
        blocks = getattr(app, "blocks", None)
        if blocks is None:
            return
        paths = self._paths()
        blocks.blocked_paths += dict.fromkeys(map(str, [*paths, *(path.resolve() for path in paths)]))
        put_before_all(app, Gate((*_FILE, _PREVIEW), self._refuse))

    def hold(self, name: str) -> bool:
        """Whether the file ``name`` may be ours; relative to the WebUI's working folder if not absolute."""
        if len(name) > _MOST_LETTERS or len(Path(name).parts) > _MOST_PARTS:
            return True  # not a real file, and checking it would take long
        path = Path.cwd() / name
        if path.drive.lower() not in {Path.cwd().drive.lower(), self._data.drive.lower()}:
            return False  # on another computer: Windows would log in there just to check it
        try:
            found = Path(os.path.realpath(path))
        except (OSError, ValueError):  # a null byte or a loop of links: nobody can open that
            return False
        # also as written: our files may be behind a link that leads out of our folder
        steps = {path, *path.parents, found, *found.parents}
        ours = {place(ours) for ours in self._paths()} - {None}
        return any(step.name.lower() == TRASH or place(step) in ours for step in steps)

    def _paths(self) -> list[Path]:
        whole = [] if self._shared else [self._data]
        files = ("machines.json", *FOLDERS)  # the first has passwords, and may come later
        mine = [*self._data.glob("jobs.*"), *self._data.glob("machines.*")]
        return [*whole, *(self._data / name for name in files), *mine]

    def _refuse(self, request: Request, path: str) -> Response | None:
        if path.startswith(_PREVIEW):
            names = request.query_params.getlist("filename")
        else:
            names = [path.removeprefix(next(prefix for prefix in _FILE if path.startswith(prefix)))]
        if len(names) > 1 or any(map(self.hold, names)):
            return replies.json(api.Problem(say("This file is private to Inu Jobs.")), 403)
        return None
