"""The questions of ``webui/host``, asked of a WebUI in the shape of Forge (f2.0.1), Forge Neo (2.26) or
reForge: the stand-in with the few things different that they have differently."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

from tests.unit.webui.host_side.registry import case


@contextmanager
def modules_instead_of_a_vae(folder: Path) -> Iterator[dict[str, str]]:
    """Forge and Forge Neo: files of VAEs and text encoders, and a setting without a component for them."""
    from modules import shared

    files = {name: str(folder / "models" / name) for name in ("ae.safetensors", "t5.safetensors")}
    entry = ModuleType("modules_forge.main_entry")
    entry.module_list = files  # type: ignore[attr-defined]
    option = shared.OptionInfo([], section=(None, "Forge Hidden options"))
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(sys.modules, {"modules_forge.main_entry": entry}))
        stack.enter_context(mock.patch.dict(shared.opts.data_labels, {"forge_additional_modules": option}))
        stack.enter_context(
            mock.patch.dict(shared.opts.data, {"forge_additional_modules": [files["ae.safetensors"]]})
        )
        yield files


@case
def embeddings_are_found_where_the_host_keeps_them(folder: Path) -> None:
    from modules import sd_hijack

    from inu_jobs.webui.host import model_parts

    page = ModuleType("modules.ui_extra_networks_textual_inversion")
    page.embedding_db = SimpleNamespace(  # type: ignore[attr-defined]
        word_embeddings={"small": 1}, skipped_embeddings={"large": 1}
    )
    before = model_parts.embeddings()
    with mock.patch.dict(sys.modules, {page.__name__: page}):
        assert model_parts.embeddings() == before
        with mock.patch.object(sd_hijack, "model_hijack", SimpleNamespace()):  # Forge
            assert model_parts.embeddings() == ["small", "large"]
        with mock.patch.dict(sys.modules, {"modules.sd_hijack": None}):  # Forge Neo
            assert model_parts.embeddings() == ["small", "large"]
    with mock.patch.dict(sys.modules, {"modules.sd_hijack": None, page.__name__: None}):
        assert model_parts.embeddings() == []


@case
def infotext_labels_have_two_names(folder: Path) -> None:
    from modules import infotext_utils

    from inu_jobs.webui.host import model_parts

    given = [("VAE/TE", "forge_additional_modules")]
    kept = infotext_utils.infotext_to_setting_name_mapping
    assert model_parts.infotext_labels() == list(kept)
    infotext_utils.infotext_to_setting_name_mapping = given
    assert model_parts.infotext_labels() == given
    del infotext_utils.infotext_to_setting_name_mapping
    assert model_parts.infotext_labels() == []
    infotext_utils.INFOTEXT_TO_SETTING = given
    assert model_parts.infotext_labels() == given
    del infotext_utils.INFOTEXT_TO_SETTING
    infotext_utils.infotext_to_setting_name_mapping = kept


@case
def modules_take_the_place_of_the_vae(folder: Path) -> None:
    from inu_jobs.webui.capture.frozen_settings import freeze_settings
    from inu_jobs.webui.host.catalog import WebuiCatalog
    from inu_jobs.webui.host.permits import read_settings

    def frozen() -> dict[str, Any]:
        return freeze_settings(
            read_settings(), {}, {}, checkpoint="a", find_checkpoint=lambda name: None, is_img2img=False
        )

    catalog = WebuiCatalog(folder / "wildcards")
    assert catalog.modules() is None
    assert catalog.refused_setting("forge_additional_modules") and not catalog.refused_setting("sd_vae")
    assert list(frozen())[-1] == "sd_vae" and "forge_additional_modules" not in frozen()
    with modules_instead_of_a_vae(folder) as files:
        assert catalog.modules() == sorted(files)
        assert catalog.refused_setting("sd_vae") and not catalog.refused_setting("forge_additional_modules")
        assert "sd_vae" not in frozen()
        assert frozen()["forge_additional_modules"] == ["ae.safetensors"], "a name, no folder of this machine"
    assert catalog.modules() is None


@case
def a_placeholder_is_no_loaded_model(folder: Path) -> None:
    from modules import sd_models

    from inu_jobs.webui.host.catalog import WebuiCatalog

    class FakeInitialModel:
        pass

    catalog = WebuiCatalog(folder / "wildcards")
    loaded = catalog.loaded_checkpoint()
    with (
        mock.patch.object(sd_models, "FakeInitialModel", FakeInitialModel, create=True),
        mock.patch.object(sd_models.model_data, "sd_model", FakeInitialModel()),
    ):
        assert catalog.loaded_checkpoint() == catalog.checkpoint("") != ""
    assert catalog.loaded_checkpoint() == loaded


@case
def a_payloads_fields_are_those_of_the_hosts_own_api(folder: Path) -> None:
    from modules.api import models

    from inu_jobs.fields.field_types import FIELDS
    from inu_jobs.fields.table import SOME_HOSTS
    from inu_jobs.webui.host.catalog import WebuiCatalog

    catalog = WebuiCatalog(folder / "wildcards")
    for kind in ("txt2img", "img2img"):
        assert set(FIELDS[kind]) - SOME_HOSTS == catalog.payload_fields(kind == "img2img")
    described = SimpleNamespace(model_fields={"prompt": 1, "hr_cfg": 1}, __fields__={})  # pydantic 2
    with mock.patch.object(models, "StableDiffusionTxt2ImgProcessingAPI", described):
        assert catalog.payload_fields(False) == {"prompt", "hr_cfg"}


def built_in(title: str, start: int, end: int) -> Any:
    return SimpleNamespace(
        title=lambda: title,
        args_from=start,
        args_to=end,
        api_info=None,
        alwayson=True,
        setup_for_ui_only=True,
    )


def txt2img_of_forge(
    id_task, request, prompt, negative_prompt, prompt_styles, n_iter, batch_size, cfg_scale,
    distilled_cfg_scale, height, width, enable_hr, denoising_strength, hr_scale, hr_upscaler,
    hr_second_pass_steps, hr_resize_x, hr_resize_y, hr_checkpoint_name, hr_additional_modules,
    hr_sampler_name, hr_scheduler, hr_prompt, hr_negative_prompt, hr_cfg, hr_distilled_cfg,
    override_settings_texts, *args, force_enable_hr=False,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Only its parameters matter."""


@case
def the_page_of_forge_is_read_by_its_own_names(folder: Path) -> None:
    from modules import scripts, txt2img

    from inu_jobs.library.inputs import Inputs
    from inu_jobs.webui.capture.page_to_payload import freeze
    from inu_jobs.webui.capture.read_page import read_page

    values = [
        "", "a cat", "fog", [], 1, 1, 1, 3.5, 512, 768, True, 0.4, 2, "Latent", 9, 0, 0,
        "Use same checkpoint", ["Use same choices"], "Use same sampler", "Use same scheduler", "", "", 5, 2.5,
        [],
    ]  # fmt: skip
    script_values = [0, 7, False, -1, 0, 0, 0, 20, "Euler a", "Karras"]
    runner = SimpleNamespace(
        scripts=[built_in("Seed", 1, 7), built_in("Sampler", 7, 10)], selectable_scripts=[]
    )
    with (
        mock.patch.object(txt2img, "txt2img_create_processing", txt2img_of_forge),
        mock.patch.object(scripts, "scripts_txt2img", runner),
    ):
        page = read_page("txt2img", [*values, *script_values], Inputs(folder / "inputs"))
    payload = freeze(page).payload
    asked = {
        "cfg_scale": 1, "distilled_cfg_scale": 3.5, "height": 512, "width": 768, "hr_second_pass_steps": 9,
        "hr_additional_modules": ["Use same choices"], "hr_cfg": 5, "hr_distilled_cfg": 2.5,
        "hr_checkpoint_name": None, "hr_sampler_name": None, "seed": 7, "steps": 20,
        "scheduler": "Karras",
    }  # fmt: skip
    assert {name: payload[name] for name in asked} == asked


@case
def files_of_batch_are_cropped_where_the_host_crops_them(folder: Path) -> None:
    from modules import img2img
    from PIL import Image

    from inu_jobs.library.inputs import Inputs
    from inu_jobs.webui.host import batch_files

    def step(side: float) -> int:
        return int(side / 16 + 0.5) * 16

    inputs = Inputs(folder / "inputs")
    assert batch_files.size_step() == 8
    for its_step, at_most in ((8, 64), (64, 64), (128, 128)):
        by = lambda side, n=its_step: int(side / n + 0.5) * n  # noqa: E731
        with mock.patch.object(img2img, "sRound", by, create=True):
            assert batch_files.size_step() == at_most
    path = folder / "odd.png"
    Image.linear_gradient("L").resize((40, 32)).convert("RGB").save(path)
    assert batch_files.rounding() is None
    plain = batch_files.keep_image(inputs, None)(path)
    with mock.patch.object(img2img, "sRound", step, create=True):
        kept = batch_files.keep_image(inputs, batch_files.rounding())(path)
    assert (kept.width, kept.height) == (plain.width, plain.height) == (40, 32), "its own size"
    with Image.open(inputs.path(kept.token)) as image:
        assert image.size == (48, 32)
    Image.new("RGB", (48, 32)).save(path)
    assert batch_files.keep_image(inputs, step)(path).token == inputs.save_file(path).token
    assert ".avif" in batch_files.file_types({"init_img_with_mask_fg": None})
    assert ".avif" not in batch_files.file_types({"init_img_with_mask": None})


@case
def a_setting_that_was_never_set_stays_so_when_batch_has_read_a_file(folder: Path) -> None:
    from modules import shared
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from inu_jobs.webui.host.batch_files import read_infotext

    text, path = PngInfo(), folder / "of-batch.png"
    text.add_text("parameters", "a fox\nSteps: 20, Sampler: Euler a, Seed: 1")
    Image.new("RGB", (64, 64)).save(path, pnginfo=text)
    for before in ({}, {"infotext_styles": "Apply"}):
        others = {name: value for name, value in shared.opts.data.items() if name != "infotext_styles"}
        with mock.patch.dict(shared.opts.data, others | before, clear=True):
            assert read_infotext(str(path), int)["Steps"] == "20"
            assert {**shared.opts.data} == others | before


@case
def the_api_is_asked_for_its_fields_only_by_hires_fix(folder: Path) -> None:
    from modules.api import models

    from inu_jobs.errors import InvalidInput
    from inu_jobs.model import new_id
    from inu_jobs.ports import HandOver
    from inu_jobs.webui.scheduler.agent_scheduler import AgentScheduler

    runner = mock.Mock()
    attachment = SimpleNamespace(runner=runner, table=SimpleNamespace(state=lambda task: None))
    with mock.patch.object(models, "StableDiffusionTxt2ImgProcessingAPI", new=object()):
        register = AgentScheduler()._register
        for payload in ({"prompt": "a fox"}, {"prompt": "a fox", "enable_hr": True}):
            try:
                register(attachment, HandOver(new_id("t"), "j1", "x · 1", False, payload))  # type: ignore[arg-type]
            except InvalidInput as error:
                assert payload.get("enable_hr") and "Agent Scheduler refused the task" in str(error)
            else:
                assert not payload.get("enable_hr")
    assert runner.register_api_task.call_count == 1


@case
def without_latent_modes_hires_fix_names_an_upscaler(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host import payload_fields

    assert payload_fields.usual_upscaler() is None
    with (
        mock.patch.object(shared, "latent_upscale_modes", {}),
        mock.patch.object(shared, "latent_upscale_default_mode", "None"),
    ):
        assert payload_fields.usual_upscaler() == "None"


@case
def upscale_only_starts_with_an_upscaler_that_exists(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.generation.upscale import InuJobsUpscale

    def first() -> Any:
        return InuJobsUpscale().ui(True)[0].value

    assert first() == "Lanczos"
    with mock.patch.object(shared, "sd_upscalers", [SimpleNamespace(name="None")]):
        assert first() == "None"


@case
def data_hidden_in_the_alpha_is_not_scaled_as_transparency(folder: Path) -> None:
    from PIL import Image

    from inu_jobs.webui.generation.upscale import split

    colours = Image.linear_gradient("L").resize((16, 8)).convert("RGB")
    for alpha, seen in ((bytes([255, 254] * 64), False), (bytes([255, 253] * 64), True)):
        image = colours.convert("RGBA")
        image.putalpha(Image.frombytes("L", image.size, alpha))
        plain, opacity = split(image)
        assert plain.tobytes() == colours.tobytes() and (opacity is not None) is seen


@case
def the_page_of_forge_keeps_its_errors_to_itself(folder: Path) -> None:
    from inu_jobs.queue.failure_reasons import OUT_OF_MEMORY, explain
    from inu_jobs.webui.scheduler.agent_scheduler import AgentScheduler

    adapter, attachment, told = AgentScheduler(), SimpleNamespace(running="t1"), []
    adapter.listen(told.append)

    def error(is_ui: bool, result: Any = None) -> str:
        meta = {"status": "failed", "task": SimpleNamespace(result=result), "is_ui": is_ui}
        adapter._on_finished(attachment, "t1", meta)  # type: ignore[arg-type]
        return str(told[-1].error)

    assert error(True) == ""
    thread = ModuleType("modules_forge.main_thread")
    with mock.patch.dict(sys.modules, {thread.__name__: thread}):
        thread.last_exception = "OOM"  # type: ignore[attr-defined]
        assert explain(error(True)) == OUT_OF_MEMORY
        assert error(False) == "", "a task of the API does not run there"
        assert error(True, "no such lamp") == "no such lamp"
        thread.last_exception = ValueError("no lamp")  # type: ignore[attr-defined]
        assert error(True) == "ValueError: no lamp"
        thread.last_exception = None  # type: ignore[attr-defined]
        assert error(True) == ""


@case
def labels_of_the_hosts_own_scripts_lead_to_their_arguments(folder: Path) -> None:
    from modules import scripts

    from inu_jobs.ports import ScriptLabel
    from inu_jobs.webui.host.catalog import WebuiCatalog

    catalog = WebuiCatalog(folder / "wildcards")
    assert catalog.infotext_scripts() == []
    seed, slider, check = object(), object(), object()

    def script(title: str, start: int, fields: list[Any], own: bool = True) -> Any:
        described = SimpleNamespace(args=[SimpleNamespace(value=0.0)])
        return SimpleNamespace(
            title=lambda: title, args_from=start, args_to=start + 1, infotext_fields=fields,
            setup_for_ui_only=own, api_info=described,
        )  # fmt: skip

    on_page = [
        script("Seed", 1, [(seed, "Seed")]),
        script("RescaleCFG", 2, [(slider, "Rescale CFG"), (slider, lambda read: 1), (check, "Elsewhere")]),
        script("An extension", 3, [(check, "Strength")], own=False),
    ]
    runner = SimpleNamespace(alwayson_scripts=on_page, inputs=[None, seed, slider, check])
    with mock.patch.object(scripts, "scripts_txt2img", runner):
        assert catalog.infotext_scripts() == [ScriptLabel("Rescale CFG", "RescaleCFG", 0, [0.0])]


@case
def reforge_always_removes_comments(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.catalog import WebuiCatalog

    catalog = WebuiCatalog(folder / "wildcards")
    labels = {name: label for name, label in shared.opts.data_labels.items() if "comments" not in name}
    with (
        mock.patch.object(shared.opts, "data_labels", labels),
        mock.patch.dict(shared.opts.data, {"enable_prompt_comments": False}),
    ):
        assert not catalog.prompt_comments() and not catalog.comments_like_code()
        labels["enable_prompt_comments_def"] = shared.OptionInfo(False, "Save comments")
        assert catalog.prompt_comments() and catalog.comments_like_code()


@case
def the_infotext_of_a_grid_is_that_of_the_host(folder: Path) -> None:
    from modules import processing, shared

    from inu_jobs.webui.generation.grid_infotext import grid_infotext

    p = SimpleNamespace(
        prompt="a # b", negative_prompt="", prompts=["a # c", "a # d"], negative_prompts=["x", "y"],
        seeds=[11, 12], subseeds=[1, 2], batch_size=2,
    )  # fmt: skip

    def told(p: Any, prompts: Any, seeds: Any, subseeds: Any, **others: Any) -> Any:
        assert (seeds, subseeds, others["index"]) == ([11, 12], [1, 2], 0)
        return prompts, others["all_negative_prompts"], others["use_main_prompt"]

    with mock.patch.object(processing, "create_infotext", told):
        assert grid_infotext(p) == str((["a # c", "a # d"], ["x", "y"], True))
        with mock.patch.object(shared.opts, "data", {**shared.opts.data, "save_prompt_comments": True}):
            assert grid_infotext(p) == str((["a # c", "a # d"], ["x", "y"], True)), "removed none"
            p._all_prompts_c, p._all_negative_prompts_c = ["1", "2", "3", "4"], ["5", "6", "7", "8"]
            assert grid_infotext(p) == str((["3", "4"], ["7", "8"], False)), "Forge Neo"
        reforge = SimpleNamespace(strip_comments=lambda text: text.partition(" #")[0])
        with mock.patch.object(processing, "comments_parser", reforge, create=True):
            for keep, expected in ((False, (["a", "a"], ["x", "y"])), (True, (["a # b"], [""]))):
                with mock.patch.object(
                    shared.opts, "data", {**shared.opts.data, "enable_prompt_comments_def": keep}
                ):
                    assert grid_infotext(p) == str((*expected, False))


@case
def distribute_is_named_while_it_shares_tasks(folder: Path) -> None:
    from modules import scripts

    from inu_jobs.webui.host.distributed import warning
    from inu_jobs.webui.host.progress import Generation

    assert warning() is None
    state = SimpleNamespace(name="IDLE")
    world = SimpleNamespace(
        enabled=True, enabled_i2i=False, _workers=[SimpleNamespace(master=True, state=state)]
    )
    theirs = type("DistributedScript", (), {"world": world})
    with mock.patch.object(scripts, "scripts_data", [SimpleNamespace(script_class=theirs)]):
        assert warning() is None, "this WebUI alone"
        world._workers.append(SimpleNamespace(master=False, state=state))
        assert "Distribute is on" in str(warning())
        assert any("Distribute is on" in str(one) for one in Generation().warnings())
        state.name = "DISABLED"
        assert warning() is None
        state.name, world.enabled = "IDLE", False
        assert warning() is None
