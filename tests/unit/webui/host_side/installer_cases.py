"""Agent Scheduler as an extension: found, installed, enabled, by what the Extensions tab calls."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

from inu_jobs.errors import Refused
from tests.unit.webui.host_side.registry import case

ORIGINAL = "https://github.com/ArtVentureX/sd-webui-agent-scheduler"


@contextmanager
def other_extensions(folder: Path, url: str = "") -> Iterator[Path]:
    """An empty folder of extensions and of settings, for a while."""
    from modules import extensions, shared

    place = folder / "other-extensions"
    place.mkdir()
    with (
        mock.patch.object(extensions, "extensions_dir", str(place)),
        mock.patch.object(shared.cmd_opts, "inu_jobs_scheduler_url", url, create=True),
        mock.patch.dict(shared.opts.data, {"disabled_extensions": []}),
    ):
        extensions.list_extensions()
        yield place
    shutil.rmtree(place)
    extensions.list_extensions()


def installer() -> Any:
    from inu_jobs.webui.host.setup.installer import WebuiInstaller

    made = WebuiInstaller(running=lambda: False, busy=lambda: False)
    made.note_loaded()
    return made


def put(place: Path, name: str, remote: str = "") -> Path:
    from modules import extensions

    from tests.sandbox import headless

    target = place / name
    headless.scheduler_repository(target)
    if remote:
        subprocess.run(["git", "remote", "add", "origin", remote], cwd=target, check=True)
    extensions.list_extensions()
    return target


def refusal(act: Any) -> str:
    try:
        act()
    except Refused as refused:
        return str(refused)
    raise AssertionError("it was not refused")


@case
def it_is_installed_from_the_address_of_the_command_line(folder: Path) -> None:
    mirror = folder / "mirror" / "sd-webui-agent-scheduler"
    with other_extensions(folder, str(mirror)) as place:
        from tests.sandbox import headless

        headless.scheduler_repository(mirror)
        found = installer()
        assert (found.source, found.folders(), found.refusal()) == (str(mirror), [], "")
        assert found.install() == "sd-webui-agent-scheduler"
        (new,) = found.folders()
        assert (new.name, new.enabled, new.loaded, new.suits, new.whole) == (
            "sd-webui-agent-scheduler", True, False, True, True,
        )  # fmt: skip
        assert os.environ.get("GIT_TERMINAL_PROMPT") is None
        assert "already installed" in refusal(found.install)
        assert sorted(path.name for path in place.iterdir()) == ["sd-webui-agent-scheduler"]
        import host_traits

        host, scheduler = found.versions(new.name)
        assert host.startswith(f"WebUI {host_traits.VERSION}")
        assert ", Python 3." in host and ", gradio " in host
        assert str(mirror) in scheduler and " of 20" in scheduler


@case
def a_failed_download_leaves_nothing_behind(folder: Path) -> None:
    with other_extensions(folder, str(folder / "nowhere")) as place:
        found = installer()
        said = refusal(found.install)
        assert said.startswith(f"{folder / 'nowhere'} could not be downloaded: repository"), said
        with mock.patch.dict(os.environ, {"PATH": str(folder / "no-programs")}):
            assert refusal(found.install) == "Extensions cannot be installed: git was not found."
        assert list(place.iterdir()) == []
        assert not (folder / "tmp" / "nowhere").exists()


@case
def what_git_says_is_said_once(folder: Path) -> None:
    import git

    url = "https://github.com/somebody/something"
    error = git.exc.GitCommandError(
        ["git", "clone"],
        128,
        f"Cloning...\nfatal: unable to access '{url}/': Could not resolve host",
    )
    with other_extensions(folder, url), mock.patch.object(git.Repo, "clone_from", side_effect=error):
        assert refusal(installer().install) == f"{url} could not be downloaded: Could not resolve host"


@case
def what_is_there_already_stays(folder: Path) -> None:
    mirror = folder / "mirror2" / "sd-webui-agent-scheduler"
    with other_extensions(folder, str(mirror)) as place:
        from modules import extensions, shared

        from tests.sandbox import headless

        headless.scheduler_repository(mirror)
        (place / "sd-webui-agent-scheduler").mkdir()
        (place / "sd-webui-agent-scheduler" / "notes.txt").write_text("mine")
        extensions.list_extensions()
        found = installer()
        (torso,) = found.folders()
        assert (torso.whole, torso.suits) == (False, None)
        name = found.install()
        assert name == "sd-webui-agent-scheduler-2"
        found.choose(name)
        assert (place / "sd-webui-agent-scheduler" / "notes.txt").read_text() == "mine"
        assert shared.opts.disabled_extensions == ["sd-webui-agent-scheduler"]
        assert "sd-webui-agent-scheduler" in Path(shared.config_filename).read_text("utf-8")
        found.choose("sd-webui-agent-scheduler")
        assert shared.opts.disabled_extensions == ["sd-webui-agent-scheduler-2"]
        assert [(f.name, f.enabled) for f in found.folders()] == [
            ("sd-webui-agent-scheduler", True), ("sd-webui-agent-scheduler-2", False),
        ]  # fmt: skip


@case
def what_is_no_scheduler_is_said(folder: Path) -> None:
    other = folder / "something-else"
    (other / "scripts").mkdir(parents=True)
    for command in (["init", "-q"], ["-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-q", "-m",
                                     "First", "--allow-empty"]):  # fmt: skip
        subprocess.run(["git", *command], cwd=other, check=True)
    with other_extensions(folder, str(other)):
        assert "does not contain Agent Scheduler" in refusal(installer().install)


@case
def each_host_has_its_own(folder: Path) -> None:
    import pydantic
    from modules import infotext_utils

    from inu_jobs.webui.host.setup import repositories

    old_name = "modules.generation_parameters_copypaste"
    with other_extensions(folder) as place:
        put(place, "sd-webui-agent-scheduler", ORIGINAL + ".git")
        found = installer()
        with mock.patch.dict(sys.modules, {old_name: ModuleType(old_name)}):  # a derivative of Forge Neo
            assert found.source == "https://github.com/cataclisma/sd-webui-agent-scheduler-neo"
        with mock.patch.dict(sys.modules, {old_name: None}):  # Forge Neo
            assert found.source == "https://github.com/cataclisma/sd-webui-agent-scheduler-neo"
            assert [f.suits for f in found.folders()] == [False]
        with (
            mock.patch.dict(sys.modules, {old_name: infotext_utils}),
            mock.patch.object(pydantic.BaseModel, "model_config", {}, create=True),  # Forge
        ):
            assert found.source == "https://github.com/supersonic13/sd-webui-agent-scheduler"
            assert [f.suits for f in found.folders()] == [False]
    with (
        mock.patch.dict(sys.modules, {old_name: infotext_utils}),
        mock.patch.object(pydantic, "BaseModel", object),  # A1111, reForge
    ):
        assert installer().source == ORIGINAL
        assert repositories.suits("git@github.com:artventurex/sd-webui-agent-scheduler.git/") is True
        assert repositories.suits("https://github.com/somebody/sd-webui-agent-scheduler") is None
        assert repositories.suits(None) is None
    for repository in repositories.REPOSITORIES:
        assert repository.tried == "2026-11" and repository.hosts


@case
def who_may_install_is_the_webuis_choice(folder: Path) -> None:
    from modules import shared

    found = installer()
    for flag, word in (
        ("disable_extension_access", "--enable-insecure-extension-access"),
        ("disable_extra_extensions", "--disable-extra-extensions"),
        ("freeze_settings", "--freeze-settings"),
    ):
        with mock.patch.object(shared.cmd_opts, flag, True):
            assert word in found.refusal()
            with mock.patch.dict(os.environ, {"SD_WEBUI_RESTART": "tmp/restart"}):
                assert found.restart_way() != "restart"
    with mock.patch.dict(shared.opts.data, {"disable_all_extensions": "extra"}):
        assert "Disable all extensions" in found.refusal()
    with (
        other_extensions(folder, str(folder)),
        mock.patch.object(shared.cmd_opts, "disable_extension_access", True),
    ):  # the WebUI's own check is the last word
        assert "extension access disabled" in refusal(found.install)
    assert found.refusal() == ""


@case
def it_restarts_as_the_webui_can(folder: Path) -> None:
    from modules import restart, shared

    from inu_jobs.webui.host.setup import restarting

    with other_extensions(folder) as place:
        found = installer()
        put(place, "sd-webui-agent-scheduler", ORIGINAL)
        package = ModuleType("agent_scheduler")
        package.__path__ = [str(place / "sd-webui-agent-scheduler" / "agent_scheduler")]
        with (
            mock.patch.object(shared, "demo", object()),
            mock.patch.dict(sys.modules, {"agent_scheduler": package}),
            mock.patch.object(restart, "restart_program") as program,
            mock.patch.object(shared.state, "request_restart") as reload,
        ):
            assert found.restart_way() == "reload"
            found.restart()
            assert (program.call_count, reload.call_count) == (0, 1)
            with mock.patch.dict(os.environ, {"SD_WEBUI_RESTART": "tmp/restart"}):
                assert found.restart_way() == "restart"
                found.restart()
                assert (program.call_count, reload.call_count) == (1, 1)
            package.__path__ = [str(place / "disabled" / "agent_scheduler")]  # Python would go on using it
            assert found.restart_way() == "hand"
        with mock.patch.object(shared, "demo", None):
            assert restarting.way(True, []) == "hand"


@case
def a_start_takes_as_long_as_the_last_one(folder: Path) -> None:
    from modules import shared, timer

    begun = 1_000_000.0
    psutil = ModuleType("psutil")
    psutil.Process = lambda: SimpleNamespace(create_time=lambda: begun)  # type: ignore[attr-defined]
    found = installer()
    with mock.patch.object(shared.state, "server_start", begun + 30):
        for counted, known, seconds in (
            ({"total": 50.0}, psutil, 50.0),
            ({"total": 8.0}, psutil, 38.0),  # of "Reload UI"
            (None, psutil, 30.0),
            ({"total": 8.0}, None, 8.0),
        ):
            with (
                mock.patch.object(timer, "startup_record", counted),
                mock.patch.dict(sys.modules, {"psutil": known}),
            ):
                assert found.startup_seconds() == seconds


@case
def the_reason_is_the_error_of_its_own_files(folder: Path) -> None:
    from modules import errors

    with other_extensions(folder) as place:
        path = put(place, "sd-webui-agent-scheduler")
        found = installer()
        for name, text in (("other.py", "1 / 0"), (str(path / "scripts" / "x.py"), "import no_such_thing")):
            try:
                exec(compile(text, name, "exec"), {})
            except Exception:
                errors.record_exception()
        assert found.reason("sd-webui-agent-scheduler") == "No module named 'no_such_thing'"
        assert found.reason("another") == ""
        errors.exception_records.clear()
        assert found.reason("sd-webui-agent-scheduler") == ""


@case
def a_scheduler_with_other_names_is_not_supported(folder: Path) -> None:
    from inu_jobs.errors import SchedulerError
    from inu_jobs.webui.scheduler.attachment import check_names

    task_runner = sys.modules["agent_scheduler.task_runner"]
    runner = task_runner.TaskRunner.instance  # type: ignore[attr-defined]
    check_names(runner, task_runner.task_manager)  # type: ignore[attr-defined]
    for names, lacking in (
        ({}, "TaskRunner.register_api_task"),
        (dict.fromkeys(dir(runner), 1), "task_manager.engine"),
    ):
        try:
            check_names(SimpleNamespace(**names), None)
        except SchedulerError as error:
            assert str(error) == f"This version of Agent Scheduler is not supported: it has no {lacking}."
        else:
            raise AssertionError(lacking)


@case
def a_tab_that_cannot_be_filled_has_the_versions(folder: Path) -> None:
    from inu_jobs import __version__
    from inu_jobs.webui import extension, tab

    report = extension.report("This WebUI is not supported: it has no <modules.x>.")
    said, host, *_, ours = report.splitlines()
    assert said.endswith("<modules.x>.") and host.startswith("WebUI ")
    assert ours == f"Inu Jobs {__version__}"
    ((blocks, _, _),) = tab.build(problem=said, report=report)
    (shown,) = [block.value for block in blocks.blocks.values() if hasattr(block, "value")]
    assert "it has no &lt;modules.x&gt;." in shown and host in shown and "Copy" in shown
