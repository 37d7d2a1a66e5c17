"""What a host decides about a model outside of a payload, on the stand-in with what Forge (f2.0.1) and Forge
Neo (2.26) have differently."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

from tests.unit.webui.host_side.registry import case


class Forge:
    """``loading`` is what the next model is loaded with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "vae"
        self.folder.mkdir(exist_ok=True)
        self.entry = ModuleType("modules_forge.main_entry")
        self.entry.module_list = {}  # type: ignore[attr-defined]
        self.entry.forge_unet_storage_dtype_options = {"Automatic": (), "float8-e4m3fn": ()}  # type: ignore[attr-defined]
        self.entry.refresh_model_loading_parameters = self.refresh  # type: ignore[attr-defined]
        self.loading = "Automatic"

    def add(self, name: str) -> Path:
        file = self.folder / name
        file.write_bytes(b"x")
        self.entry.module_list[name] = str(file)
        return file

    def refresh(self) -> None:
        from modules import shared

        self.loading = shared.opts.data.get("forge_unet_storage_dtype", "Automatic")

    def set_config(self, settings: dict[str, Any], run_callbacks: bool) -> None:
        """As in modules/sysinfo.py of both."""
        from modules import shared

        for name, value in settings.items():
            if value != shared.opts.data.get(name):
                shared.opts.set(name, value, run_callbacks=run_callbacks)


@contextmanager
def forge(folder: Path) -> Iterator[Forge]:
    from modules import shared

    host = Forge(folder)
    section = (None, "Forge Hidden options")
    options = {
        "forge_additional_modules": shared.OptionInfo([], section=section),
        "forge_unet_storage_dtype": shared.OptionInfo("Automatic", section=section),
    }
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(sys.modules, {host.entry.__name__: host.entry}))
        stack.enter_context(mock.patch.dict(shared.opts.data_labels, options))
        values = {name: option.default for name, option in options.items()}
        stack.enter_context(mock.patch.dict(shared.opts.data, values))
        yield host


def handed_over(payload: dict[str, Any]) -> dict[str, Any]:
    """What Agent Scheduler is given."""
    from inu_jobs.model import new_id
    from inu_jobs.ports import HandOver
    from inu_jobs.webui.scheduler.agent_scheduler import AgentScheduler

    runner = mock.Mock()
    attachment = SimpleNamespace(runner=runner, table=SimpleNamespace(state=lambda task: None))
    request = HandOver(new_id("t"), "j1", "x · 1", False, payload)
    AgentScheduler()._register(attachment, request)  # type: ignore[arg-type]
    found: dict[str, Any] = runner.register_api_task.call_args.kwargs["args"]
    return found


def refusal(function: Any, *args: Any) -> str:
    from inu_jobs.errors import InuJobsError

    try:
        function(*args)
    except InuJobsError as error:
        return str(error)
    return ""


@case
def a_checkpoint_that_vanished_is_named_instead_of_replaced(folder: Path) -> None:
    from modules import sd_models

    info = next(iter(sd_models.checkpoints_list.values()))
    file = Path(info.filename)

    def refused(name: Any) -> str:
        return refusal(handed_over, {"override_settings": {"sd_model_checkpoint": name}})

    names = [info.title, file.name, file.stem, f"{file.name} [0123456789]"]
    assert [refused(name) for name in (*names, "", None)] == [""] * 6
    aside = file.rename(file.with_suffix(".aside"))
    try:
        sentence = "The checkpoint “{}” is missing: put it back, or choose another."
        assert [refused(name) for name in names] == [sentence.format(name) for name in names]
    finally:
        aside.rename(file)
    assert [refused(name) for name in names] == [""] * 4, "without a refresh"


@case
def a_checkpoint_that_is_not_listed_for_a_moment_fails_nothing(folder: Path) -> None:
    """The WebUI empties its list before it reads the folder again."""
    import threading

    from modules import sd_models

    from inu_jobs.errors import InvalidInput, SchedulerError
    from inu_jobs.webui.host import model_loading

    asked = {"sd_model_checkpoint": next(iter(sd_models.checkpoints_list.values())).title}
    gone = {"sd_model_checkpoint": "gone.safetensors"}
    listed = dict(sd_models.checkpoint_aliases)

    def outcome(settings: dict[str, Any]) -> str:
        try:
            model_loading.check_before_hand_over(settings, None)
        except InvalidInput:
            return "fails"
        except SchedulerError:
            return "waits"
        return "runs"

    now = [100.0]
    with mock.patch.object(model_loading.time, "monotonic", lambda: now[0]):
        sd_models.checkpoint_aliases.clear()
        assert outcome(asked) == outcome(gone) == "waits"
        sd_models.checkpoint_aliases.update(listed)
        now[0] += 1
        assert (outcome(asked), outcome(gone)) == ("runs", "waits")
        now[0] += model_loading.PATIENCE - 0.5
        assert (outcome(asked), outcome(gone)) == ("runs", "fails")
        now[0] += model_loading.PATIENCE - 0.5
        assert outcome(gone) == "fails", "the next one at once"
        now[0] += 60
        assert outcome(gone) == "waits", "that was another time"
    sd_models.checkpoint_aliases.clear()
    back = threading.Timer(0.3, sd_models.checkpoint_aliases.update, [listed])
    back.start()
    model_loading.check_before_run(asked, None)
    back.join()
    with mock.patch.object(model_loading, "PATIENCE", 0.1):
        assert "is missing" in refusal(model_loading.check_before_run, gone, None)


@case
def an_upscale_needs_no_checkpoint(folder: Path) -> None:
    from inu_jobs.fields.upscale import SCRIPT

    settings = {"sd_model_checkpoint": "gone.safetensors", "samples_format": "png"}
    asked = {"script_name": SCRIPT, "override_settings": settings}
    assert handed_over(asked)["override_settings"] == {"samples_format": "png"}
    assert "gone.safetensors" in refusal(handed_over, {"override_settings": settings})


@case
def modules_are_named_without_the_folders_of_another_machine(folder: Path) -> None:
    asked = {
        "prompt": "a fox",
        "hr_additional_modules": ["Use same choices"],
        "override_settings": {"forge_additional_modules": ["D:\\models\\VAE\\ae.safetensors", "/x/t5.gguf"]},
    }
    with forge(folder) as host:
        host.add("ae.safetensors"), host.add("t5.gguf")
        args = handed_over(asked)
    assert args["override_settings"]["forge_additional_modules"] == ["ae.safetensors", "t5.gguf"]
    assert args["hr_additional_modules"] == ["Use same choices"]
    assert asked["override_settings"]["forge_additional_modules"][0].startswith("D:")  # type: ignore[index]
    assert handed_over(asked)["prompt"] == "a fox", "without modules nothing is missing"


@case
def a_module_that_vanished_is_named_instead_of_left_out(folder: Path) -> None:
    from inu_jobs.webui.host import model_loading

    asked: dict[str, Any] = {"override_settings": {"forge_additional_modules": ["C:\\ae.safetensors"]}}
    sentence = "The VAE or text encoder “ae.safetensors” is missing: put it back, or choose another."
    with forge(folder) as host:
        file = host.add("ae.safetensors")
        assert refusal(handed_over, asked) == ""
        assert refusal(model_loading.check_models, asked["override_settings"], None) == ""
        file.unlink()
        assert refusal(handed_over, asked) == sentence
        assert refusal(model_loading.check_models, asked["override_settings"], None) == sentence
        del host.entry.module_list["ae.safetensors"]
        assert refusal(handed_over, asked) == sentence
        assert refusal(handed_over, {"hr_additional_modules": ["ae.safetensors"]}) == sentence
        assert refusal(handed_over, {"hr_additional_modules": ["Built-in"]}) == ""


@case
def a_model_is_loaded_in_the_bits_that_were_queued(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host import model_loading
    from inu_jobs.webui.host.catalog import WebuiCatalog

    asked = {"forge_unet_storage_dtype": "float8-e4m3fn"}
    model_loading.use_low_bits(asked)  # a host without it
    with forge(folder) as host:
        assert not WebuiCatalog(folder / "wildcards").refused_setting("forge_unet_storage_dtype")
        model_loading.use_low_bits({})
        model_loading.use_low_bits({"forge_unet_storage_dtype": "Automatic"})
        assert host.loading == "Automatic"
        model_loading.use_low_bits(asked)
        assert host.loading == "float8-e4m3fn", "before the host applies the settings"
        stored = {name: shared.opts.data[name] for name in asked}
        assert stored == {"forge_unet_storage_dtype": "Automatic"}, "what it restores"
        host.set_config(asked, run_callbacks=False)
        assert host.loading == "float8-e4m3fn"
        host.set_config(stored, run_callbacks=True)
        assert host.loading == "Automatic", "for the next one who presses Generate"
        said = refusal(model_loading.use_low_bits, {"forge_unet_storage_dtype": "nf9"})
        assert said == "This WebUI has no “Diffusion in Low Bits” of “nf9”."
    assert WebuiCatalog(folder / "wildcards").refused_setting("forge_unet_storage_dtype")


class Processing:
    closed = 0
    scripts = SimpleNamespace(scripts=[])

    def close(self) -> None:
        self.closed += 1


@case
def a_task_makes_its_images_here_whatever_the_page_is_set_to(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.capture.read_page import refuse_what_no_job_can
    from inu_jobs.webui.generation.as_queued import run_as_queued
    from inu_jobs.webui.host import model_loading

    option = shared.OptionInfo("local", section=(None, "Forge Hidden Options"))
    p, nothing = Processing(), SimpleNamespace(used=False)
    with (
        mock.patch.dict(shared.opts.data_labels, {"forge_model_mode": option, "forge_api_model": option}),
        mock.patch.dict(shared.opts.data, {"forge_model_mode": "local", "forge_api_model": "flux-pro"}),
    ):
        run_as_queued(p)
        assert refusal(refuse_what_no_job_can, [], nothing) == ""
        shared.opts.data["forge_model_mode"] = "api"
        assert "API model (flux-pro)" in refusal(refuse_what_no_job_can, [], nothing)
        run_as_queued(p)
        assert shared.opts.data["forge_model_mode"] == "local"
        p.close()
        assert (shared.opts.data["forge_model_mode"], p.closed) == ("api", 1)
        for chosen in ("local", "api"):
            again = Processing()
            run_as_queued(again)
            shared.opts.data["forge_model_mode"] = chosen
            again.close()
            assert shared.opts.data["forge_model_mode"] == "api" and again.closed == 1
    assert model_loading.service() == "", "a host without such a mode"


class ControlNetUnit:
    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled


class ControlNetUiGroup:
    GLOBAL_CONTROLNET_BATCH_DIR = ""


class ControlNet:
    """As Forge Neo's: its module imports ``ControlNetUiGroup``."""

    def title(self) -> str:
        return "ControlNet"

    def process(self) -> None: ...


@case
def controlnets_folder_is_refused_by_name_and_kept_out_of_jobs(folder: Path) -> None:
    from inu_jobs.webui.capture.controlnet import Folder
    from inu_jobs.webui.capture.read_page import refuse_what_no_job_can
    from inu_jobs.webui.capture.scripts import ScriptOnPage
    from inu_jobs.webui.generation.as_queued import run_as_queued

    scripts = [SimpleNamespace(title=lambda: "Other", process=None), ControlNet()]

    def said(*enabled: bool) -> str:
        units = [ControlNetUnit(one) for one in enabled]
        return refusal(refuse_what_no_job_can, [ScriptOnPage("ControlNet", units)], Folder(scripts))

    assert said(True) == "" and not Folder([]).used
    for given, refused in ((str(folder / "none"), False), (f" {folder} ", True)):
        with mock.patch.object(ControlNetUiGroup, "GLOBAL_CONTROLNET_BATCH_DIR", given):
            assert (f"the folder “{given}”" in said(False, True)) is refused
            assert said(False, False) == ""
            p = Processing()
            p.scripts = SimpleNamespace(scripts=scripts)
            run_as_queued(p)
            kept = "" if refused else given
            assert Folder(scripts).read() == kept
            p.close()
            assert (ControlNetUiGroup.GLOBAL_CONTROLNET_BATCH_DIR, p.closed) == (given, 1)
