"""Agent Scheduler as an extension of the WebUI: ``ports.Installer``.

All is done by what the Extensions tab calls (modules/ui_extensions.py of A1111 1.10.1, Forge f2.0.1 and Forge
Neo 2.26: the same names and signatures), under its rules.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modules import errors, extensions, shared, timer

from ....errors import Refused
from ....ports import RestartWay, SchedulerFolder
from ....sentences import UNSAID, Sentence, say, verbatim
from . import repositories, restarting, versions
from .scheduler_folders import PROOF, remote, schedulers

#: git must neither ask on the console nor wait for ever
_GIT = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_HTTP_LOW_SPEED_LIMIT": "100", "GIT_HTTP_LOW_SPEED_TIME": "60",
}  # fmt: skip


class WebuiInstaller:
    """``running``: whether a scheduler's code was loaded."""

    def __init__(self, running: Callable[[], bool], busy: Callable[[], bool]) -> None:
        self._running = running
        self._busy = busy
        self._loaded: frozenset[str] = frozenset()

    def note_loaded(self) -> None:
        """The WebUI is loading its extensions."""
        self._loaded = frozenset(extension.name for extension in extensions.active())

    # ------------------------------------------------------------------- looking

    @property
    def source(self) -> str:
        return repositories.source()

    def folders(self) -> list[SchedulerFolder]:
        return [self._folder(extension) for extension in schedulers()]

    def _folder(self, extension: Any) -> SchedulerFolder:
        return SchedulerFolder(
            name=extension.name,
            enabled=extension.name not in shared.opts.disabled_extensions,
            loaded=extension.name in self._loaded,
            suits=repositories.suits(remote(extension)),
            whole=(Path(extension.path) / PROOF).is_file(),
        )

    def running(self) -> bool:
        return self._running()

    def generating(self) -> bool:
        return self._busy()

    def refusal(self) -> Sentence:
        flags = shared.cmd_opts
        if _extras_are_off():
            return say(
                "The WebUI does not load extensions now: start it without --disable-extra-extensions, and"
                " set “Disable all extensions” to none in the Extensions tab."
            )
        if getattr(flags, "disable_extension_access", False):
            return say(
                "Other computers can open this WebUI (--listen, --share or the like), so extensions cannot be"
                " changed on its page: start it once without that, or with"
                " --enable-insecure-extension-access."
            )
        if getattr(flags, "freeze_settings", False):
            return say("The WebUI runs with --freeze-settings, which Agent Scheduler does not support.")
        return UNSAID

    def restart_way(self) -> RestartWay:
        paths = [Path(e.path) for e in schedulers() if e.name not in shared.opts.disabled_extensions]
        return restarting.way(not self.refusal(), paths)

    def reason(self, name: str) -> str:
        """From the errors that the WebUI keeps of what failed to load (its last 5)."""
        extension = next((e for e in schedulers() if e.name == name), None)
        if extension is None or not hasattr(errors, "exception_records"):
            return ""
        for record in reversed(errors.exception_records):
            if any(str(extension.path) in str(line[0]) for line in record.get("traceback", ())):
                return " ".join(str(record.get("exception", "")).split())[:300]
        return ""

    def versions(self, name: str) -> Sequence[str]:
        return versions.of_all(name)

    # -------------------------------------------------------------------- acting

    def install(self) -> str:
        url = self.source
        try:
            from modules import ui_extensions
        except ImportError as error:  # GitPython does not load without git
            raise Refused(say("Extensions cannot be installed: git was not found.")) from error
        name = _free_name(ui_extensions.get_extension_dirname_from_url(url.rstrip("/")))
        try:
            with _quiet_git():
                ui_extensions.install_extension_from_url(name, url)
        except Exception as error:
            raise Refused(_why_not_installed(error, url)) from error
        if not (Path(extensions.extensions_dir) / name / PROOF).is_file():
            raise Refused(
                say("{url} does not contain Agent Scheduler; see the folder {folder}.", url=url, folder=name)
            )
        return name

    def choose(self, name: str) -> None:
        others = [e.name for e in schedulers() if e.name != name]
        before = list(shared.opts.disabled_extensions)
        after = [known for known in before if known != name]
        after += [other for other in others if other not in after]
        if after == before:
            return
        shared.opts.disabled_extensions = after
        shared.opts.save(shared.config_filename)
        for extension in schedulers():
            extension.enabled = extension.name not in after

    def startup_seconds(self) -> float:
        """Of a whole process. All hosts count it (modules/timer.py), but "Reload UI" begins anew."""
        record = getattr(timer, "startup_record", None) or {}
        counted, launched = float(record.get("total", 0.0)), restarting.launch_seconds()
        return counted if counted > launched else counted + launched

    def restart(self) -> None:
        restarting.restart(self.restart_way())


def _extras_are_off() -> bool:
    flags = shared.cmd_opts
    given = getattr(flags, "disable_extra_extensions", False) or getattr(
        flags, "disable_all_extensions", False
    )
    return bool(given) or getattr(shared.opts, "disable_all_extensions", "none") != "none"


def _free_name(name: str) -> str:
    """What is there already stays as it is."""
    folder, free, n = Path(extensions.extensions_dir), name, 2
    while os.path.lexists(folder / free):
        free, n = f"{name}-{n}", n + 1
    return free


@contextmanager
def _quiet_git() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _GIT}
    os.environ.update({name: value for name, value in _GIT.items() if before[name] is None})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)


def _why_not_installed(error: Exception, url: str) -> Sentence:
    """The WebUI raises what git, the disk or an ``assert`` of its own raised."""
    kind = type(error).__name__
    if kind == "GitCommandNotFound":
        return say("Extensions cannot be installed: git was not found.")
    if kind == "GitCommandError":
        return say("{url} could not be downloaded: {reason}", url=url, reason=_of_git(error))
    if isinstance(error, OSError):
        return say("The folder for extensions could not be written: {reason}", reason=_short(error))
    return say("Agent Scheduler could not be installed: {reason}", reason=_short(error))


def _of_git(error: Exception) -> Sentence:
    """Its last words: "Could not resolve host: github.com"."""
    lines = [line.strip(" '\"") for line in str(getattr(error, "stderr", "") or "").splitlines()]
    fatal = [line.partition("fatal:")[2].strip() for line in lines if "fatal:" in line]
    last = (fatal or [line for line in lines if line] or [_short(error)])[-1]
    if last.startswith("unable to access"):  # 'https://...': Could not resolve host
        last = last.rpartition("': ")[2]
    return verbatim(last[:300])


def _short(error: Exception) -> Sentence:
    return verbatim(" ".join(str(error).split())[:300] or type(error).__name__)
