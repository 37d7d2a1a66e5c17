"""Makes sure that our tasks save inside an output folder, whatever got past the allow list: a script that
sets its own folder, a prompt that the WebUI put into a file name.

Source: WebUI 1.10.1, ``save_image`` in modules/images.py (a folder pattern is joined to the folder as it is),
``process_images`` in modules/processing.py (overrides act between ``before_process`` and ``process``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple, NoReturn

from modules import shared

from ...queue.failure_reasons import OUTSIDE
from ..host.folders import OUTPUT_SETTINGS, WebuiHost

_FOLDERS = (*OUTPUT_SETTINGS, "outdir_init_images")
_PATTERNS = ("directories_filename_pattern", "samples_filename_pattern")


class SavedOutside(Exception):
    """Ends the run of a task."""

    def __init__(self) -> None:
        super().__init__(OUTSIDE)


class Unsavable:
    """Replaces an image right before it is saved. The WebUI swallows exceptions from a callback, but not
    those from saving itself, so nothing is written, not even a text file."""

    def __getattr__(self, name: str) -> NoReturn:
        raise SavedOutside


class Own(NamedTuple):
    """Where the user's own settings save, without a task's overrides."""

    folders: tuple[Path, ...]
    patterns: tuple[str, ...]


class SaveGuard:
    """For the one running task. Used on the generating thread."""

    def __init__(self, host: WebuiHost) -> None:
        self._host = host
        self._run: tuple[str, float | None] | None = None
        self._own = Own((), ())

    def begin(self, task: str) -> None:
        """Read the user's settings, once per run: at the first callback, nothing is overridden yet."""
        run = (task, shared.state.time_start)
        if run != self._run:
            chosen = [folder for name in _FOLDERS if (folder := _setting(name))]
            folders = dict.fromkeys([*self._host.output_folders(), *(Path(one).absolute() for one in chosen)])
            self._run, self._own = run, Own(tuple(folders), _patterns())

    def leads_outside(self, task: str, p: Any) -> bool:
        """Whether the run is about to save elsewhere, judging by its folders and the settings now in
        effect."""
        self.begin(task)
        folders = {folder for name in _FOLDERS if (folder := _setting(name))}
        folders |= {folder for folder in (p.outpath_samples, p.outpath_grids) if folder}
        return self._strays() or not all(_inside(folder, self._own.folders) for folder in folders)

    def is_outside(self, task: str, file: str, of_the_run: bool) -> bool:
        """Whether ``file``, which is about to be written, belongs to the task and is outside all output
        folders. ``of_the_run``: the host itself saves it; else an extension, possibly in a folder of its
        own."""
        self.begin(task)
        if _inside(file, self._own.folders):
            return False
        if self._strays():
            return True
        return of_the_run and not any(map(leaves, self._own.patterns))

    def _strays(self) -> bool:
        """A pattern leads out of its folder, and the user's own settings do not."""
        now = _patterns()
        return now != self._own.patterns and any(map(leaves, now))


def leaves(pattern: str) -> bool:
    """Whether a pattern for folder or file names leads out of the folder that it is appended to. Checked for
    all systems: a recipe may come from a different one."""
    parts = pattern.replace("\\", "/").split("/")
    absolute = PurePosixPath(pattern).is_absolute() or PureWindowsPath(pattern).anchor != ""
    return absolute or any(part.strip(" .") == "" and ".." in part for part in parts)


def _inside(path: str | os.PathLike[str], folders: Iterable[Path]) -> bool:
    """By its path, or with links resolved: a link inside an output folder is the user's own."""
    plain = Path(path).absolute()
    if ".." not in plain.parts and any(plain.is_relative_to(folder) for folder in folders):
        return True
    real = Path(os.path.realpath(plain))
    return any(real.is_relative_to(os.path.realpath(folder)) for folder in folders)


def _patterns() -> tuple[str, ...]:
    return tuple(map(_setting, _PATTERNS))


def _setting(name: str) -> str:
    return str(getattr(shared.opts, name, "") or "")
