"""Our code beside the stand-in's, in a process of its own: ``python -m ... FOLDER`` runs all cases and
prints what went wrong in each, as JSON. (One process can hold only one package named ``modules``.)"""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image, PngImagePlugin

from tests.sandbox import headless

CASES: dict[str, Callable[[Path], None]] = {}


def case(function: Callable[[Path], None]) -> Callable[[Path], None]:
    CASES[function.__name__] = function
    return function


@case
def settings_survive_a_config_edited_by_hand(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui import settings

    found = settings.WebuiSettings()
    assert (found.look_ahead, found.hold_after_failures, found.allowed_hosts) == (8, 3, [])
    settings.add_settings()
    assert shared.opts.data_labels[settings.LOOK_AHEAD].section == ("inu_jobs", "Inu Jobs")
    assert shared.opts.data_labels[settings.ALLOWED_HOSTS].restrict_api
    shared.opts.data |= {
        settings.LOOK_AHEAD: 0,
        settings.HOLD_AFTER: "many",
        settings.ALLOWED_HOSTS: "A.example, b.example:80\n c",
    }
    assert (found.look_ahead, found.hold_after_failures) == (2, 3)
    assert found.allowed_hosts == ["a.example", "b.example:80", "c"]
    assert found.adopt is True
    shared.opts.data[settings.ADOPT] = False
    assert found.adopt is False


@case
def output_folders_follow_the_settings(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host import WebuiHost

    host = WebuiHost()
    assert host.data_folder() == folder
    default = set(host.output_folders())
    shared.opts.data["outdir_samples"] = str(folder / "elsewhere")
    assert set(host.output_folders()) == default | {folder / "elsewhere"}
    shared.opts.data["outdir_txt2img_samples"] = ""
    assert all(path.is_absolute() and path != Path.cwd() for path in host.output_folders())
    assert folder / "outputs" in host.output_folders()


@case
def disks_are_watched_where_tasks_save(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host import WebuiHost

    host, data = WebuiHost(), shared.opts.data
    before = dict(data)
    data.update(outdir_txt2img_samples=str(folder / "big"), outdir_txt2img_grids="")
    data.update(outdir_img2img_samples=str(folder / "other"), outdir_samples="", outdir_grids="")
    found = host.saving_folders()
    assert folder / "big" in found and folder / "other" in found
    # neither what the settings do not name, nor what the other tabs save
    assert not {folder / "outputs", folder / "outputs" / "txt2img-grids", Path.cwd()} & set(found)
    assert not {folder / "outputs" / "extras-images", folder / "log" / "images"} & set(found)
    data.update(outdir_samples=str(folder / "all"), outdir_grids=str(folder / "grids"))
    assert host.saving_folders() == [folder / "all", folder / "grids"]
    data.clear()
    data.update(before)


@case
def saved_images_go_where_the_settings_say(folder: Path) -> None:
    from modules import paths_internal, shared

    from inu_jobs.webui.host import WebuiHost

    host = WebuiHost()
    shared.opts.data["outdir_save"] = str(folder / "saved")
    assert host.save_folder() == folder / "saved"
    shared.opts.data["outdir_save"] = ""
    assert host.save_folder() is None
    paths_internal.roboto_ttf_file = str(folder / "a.ttf")
    assert host.font() is None
    (folder / "a.ttf").write_bytes(b"font")
    assert host.font() == folder / "a.ttf"


@case
def only_a_task_of_our_own_gets_the_folders_of_the_page(folder: Path) -> None:
    from modules import progress, shared

    from inu_jobs.model import Job, Task
    from inu_jobs.webui import runtime, script

    running = runtime.open_runtime(folder / "data")
    with running.store.transaction() as transaction:
        payload = transaction.put_payload({"prompt": "x"})
        for kind in ("txt2img", "adopted"):
            transaction.put(
                Job(f"j{kind}", "n", kind, 0.0, payload), Task(f"t{kind}", f"j{kind}", 0, payload)
            )
    shared.opts.data["outdir_samples"] = str(folder / "mine")
    places = {}
    for task in ("ttxt2img", "tadopted", "task(unknown)"):
        progress.current_task = task
        p = SimpleNamespace(outpath_samples="as it was", outpath_grids="as it was")
        made = script.InuJobsScript()
        made.is_img2img = False
        made.before_process(p)
        places[task] = p.outpath_samples
    progress.current_task = None
    unchanged = "as it was"
    assert places == {"ttxt2img": str(folder / "mine"), "tadopted": unchanged, "task(unknown)": unchanged}


@case
def infotext_is_read_from_images_only(folder: Path) -> None:
    from inu_jobs.webui.host import WebuiHost

    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 3")
    Image.new("RGB", (8, 8)).save(folder / "with.png", pnginfo=info)
    Image.new("RGB", (8, 8)).save(folder / "without.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    beyond = "夜市, кошка, a “curly” cat 🍜\nSteps: 3"
    info = PngImagePlugin.PngInfo()
    info.add_itxt("parameters", beyond)
    Image.new("RGB", (8, 8)).save(folder / "beyond.png", pnginfo=info)
    host = WebuiHost()
    assert host.infotext(folder / "with.png") == "a cat\nSteps: 3"
    assert host.infotext(folder / "beyond.png") == beyond
    assert type(host.infotext(folder / "beyond.png")) is str, "nothing else becomes JSON"
    for name in ("without.png", "broken.png", "missing.png"):
        assert host.infotext(folder / name) == "", name


@case
def one_checkpoint_has_one_name_and_asking_loads_nothing(folder: Path) -> None:
    from modules import sd_models, shared

    from inu_jobs.webui.catalog import WebuiCatalog

    catalog = WebuiCatalog(folder / "wildcards")
    first, second = list(sd_models.checkpoints_list.values())[:2]
    for info in (first, second):
        names = (info.title, info.name, info.model_name, info.shorthash)
        assert {catalog.checkpoint(name) for name in names} == {info.filename}
    before = shared.opts.data.get("sd_model_checkpoint")
    shared.opts.data["sd_model_checkpoint"] = second.title
    assert catalog.checkpoint("") == catalog.checkpoint("no such") == second.filename
    loaded, sd_models.model_data.sd_model = sd_models.model_data.sd_model, None
    assert catalog.loaded_checkpoint() == second.filename, "the one that comes first"
    assert sd_models.model_data.sd_model is None
    sd_models.reload_model_weights(info=first)
    shared.opts.data["sd_model_checkpoint"] = second.title
    assert catalog.loaded_checkpoint() == first.filename
    shared.opts.data["sd_model_checkpoint"] = "gone"
    assert catalog.checkpoint("") == next(iter(sd_models.checkpoints_list.values())).filename
    sd_models.model_data.sd_model, shared.opts.data["sd_model_checkpoint"] = loaded, before


@case
def the_catalog_knows_what_is_there(folder: Path) -> None:
    from modules import sd_models

    from inu_jobs.webui.catalog import WebuiCatalog

    catalog = WebuiCatalog(folder / "wildcards")
    title = catalog.checkpoints()[0]
    info = sd_models.checkpoint_aliases[title]
    assert catalog.checkpoint_exists(title)
    assert catalog.checkpoint_exists(info.name)
    assert not catalog.checkpoint_exists(title[:-3])
    assert catalog.sampler_exists("Euler a")
    assert catalog.sampler_exists("DPM++ 2M Karras")
    assert not catalog.sampler_exists("Euler z Karras")
    assert not catalog.sampler_exists(" Karras")
    assert {title, info.name, info.model_name, info.shorthash} <= catalog.checkpoint_ids(info.name)
    assert catalog.checkpoint_ids("no such") == frozenset()
    assert catalog.sampling("DPM++ 2M Karras", "") == ("DPM++ 2M", "Automatic")
    assert catalog.sampling("DPM++ 2M", "exponential") == ("DPM++ 2M", "Exponential")
    assert catalog.sampling("Euler a", "Karras") == ("Euler a", "Karras")
    assert catalog.sampling("Euler z", "") is None
    assert catalog.sampling("Euler a", "Karas") is None
    assert "Automatic" in catalog.schedulers()
    assert {"Automatic", "None"} <= set(catalog.vaes())
    assert "Latent" in catalog.latent_upscale_modes()
    assert "Lanczos" in catalog.upscalers()
    assert "seed" in catalog.alwayson(False)
    assert catalog.wildcards() == []
    wildcards = folder / "extensions" / "sd-dynamic-prompts" / "wildcards" / "sub"
    wildcards.mkdir(parents=True)
    (wildcards / "animal.txt").write_text("cat\ndog\n", "utf-8")
    assert catalog.wildcards() == ["sub/animal"]
    (folder / "wildcards").mkdir()
    (folder / "wildcards" / "ours.yaml").write_text("colour: [red, blue]\n", "utf-8")
    assert catalog.wildcards() == ["colour", "sub/animal"]
    assert catalog.wildcard_folders() == [wildcards.parent, folder / "wildcards"]


@case
def settings_that_may_not_be_overridden_are_known(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.page import is_changeable, read_settings

    facts = read_settings()
    assert facts["CLIP_stop_at_last_layers"].infotext
    assert facts["CLIP_stop_at_last_layers"].changeable
    assert not facts["outdir_grids"].changeable
    assert not facts["api_enable_requests"].changeable
    labels = shared.opts.data_labels
    shared.cmd_opts.freeze_settings_in_sections = "sd, other"
    assert not is_changeable("CLIP_stop_at_last_layers", labels["CLIP_stop_at_last_layers"])
    assert is_changeable("ESRGAN_tile", labels["ESRGAN_tile"])
    shared.cmd_opts.freeze_specific_settings = "ESRGAN_tile"
    assert not is_changeable("ESRGAN_tile", labels["ESRGAN_tile"])
    shared.cmd_opts.freeze_settings = True
    assert not is_changeable("DAT_tile", labels["DAT_tile"])


@case
def scripts_are_read_by_their_slices(folder: Path) -> None:
    from inu_jobs.webui.page import read_scripts

    def script(title: str, start: int, end: int, **more: Any) -> Any:
        plain = {"api_info": None, "alwayson": True, "setup_for_ui_only": False}
        return SimpleNamespace(title=lambda: title, args_from=start, args_to=end, **{**plain, **more})

    described = SimpleNamespace(args=[SimpleNamespace(value=5), SimpleNamespace()])
    scripts = [
        script("Seed", 1, 2, setup_for_ui_only=True),
        script("Seed", 2, 3),  # somebody else's
        script("Tiler", 3, 5, api_info=described),
        script("Extra options", 5, 6, setting_names=["sd_vae"]),
        script("Plot", 6, 7, alwayson=False),
    ]
    runner = SimpleNamespace(scripts=scripts, selectable_scripts=scripts[4:])
    values = [1, 7, "x", 8, 9, "None", "2,4"]
    on_page, selected = read_scripts(runner, values)
    assert [found.role for found in on_page] == ["seed", "script", "script", "extra options", "script"]
    assert [found.args for found in on_page] == [[7], ["x"], [8, 9], ["None"], ["2,4"]]
    assert on_page[2].defaults == [5, None]
    assert on_page[3].names == ["sd_vae"]
    assert selected is not None
    assert (selected.title, selected.args) == ("Plot", ["2,4"])
    assert read_scripts(runner, [0, *values[1:]])[1] is None


def saved(folder: Path, name: str, size: int = 8) -> Image.Image:
    image = Image.new("RGB", (size, size))
    image.already_saved_as = str(folder / name)  # type: ignore[attr-defined]
    return image


@case
def only_images_proper_are_handed_on(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.script import made_images

    mask = Image.new("L", (8, 8))
    images = [
        saved(folder, "grid.png"),
        saved(folder, "a.png"), saved(folder, "a-mask.png"),
        saved(folder, "b.png", 16), saved(folder, "b-mask.png"),
        saved(folder, "added by another script.png"),
    ]  # fmt: skip
    processed = SimpleNamespace(
        images=images,
        index_of_first_image=1,
        infotexts=["of the grid", "of a", "of b"],
        all_prompts=["asked", "changed by a style"],
        all_seeds=[7, 8],
    )
    p = SimpleNamespace(prompt="asked", mask_for_overlay=mask)
    shared.opts.data["return_mask"] = True
    made = made_images(p, processed)
    assert [Path(image.path).name for image in made] == ["a.png", "b.png"]
    assert [image.seed for image in made] == [7, 8]
    assert [image.prompt for image in made] == [None, "changed by a style"]
    assert [image.infotext for image in made] == ["of a", "of b"]
    assert [image.width for image in made] == [8, 16]
    del images[1].already_saved_as  # type: ignore[attr-defined]
    assert [Path(image.path).name for image in made_images(p, processed)] == ["b.png"]


@case
def what_a_killed_webui_left_in_the_trash_is_put_right_by_the_one_that_takes_over(folder: Path) -> None:
    from modules import shared

    from inu_jobs.library.trash import Trash
    from inu_jobs.model import Image as Record
    from inu_jobs.model import Job, Task
    from inu_jobs.store import Store
    from inu_jobs.webui.runtime import Runtime

    shared.opts.data["outdir_samples"] = str(folder / "shared")
    (folder / "shared").mkdir()
    path = folder / "shared" / "a.png"
    saved(folder, "a.png").save(path)
    stat = path.stat()
    image = Record("i1", "j1", "t1", str(path), 0.0, stat.st_size, stat.st_mtime_ns)
    killed = Store(folder / "taken")
    with killed.transaction() as transaction:
        payload = transaction.put_payload({"prompt": "a cat"})
        transaction.put(Job("j1", "", "txt2img", 0.0, payload), Task("t1", "j1", 0, payload), image)
    second = Runtime(folder / "taken")
    assert second.store.read_only
    assert Trash(second.host).put_in([image]).failed == []  # and its record does not follow any more
    killed.close()
    second.store.idle()
    for thread in threading.enumerate():
        if thread.name == "inu-jobs-sweep":
            thread.join()
    record = second.store.image("i1")
    assert record is not None and record.trashed
    second.store.close()
    shared.opts.data["outdir_samples"] = ""


@case
def the_script_acts_for_our_tasks_only_and_never_raises(folder: Path) -> None:
    from modules import progress, shared

    from inu_jobs.model import Job, Task
    from inu_jobs.webui import runtime, script

    running = runtime.open_runtime(folder / "jobs")
    with running.store.transaction() as transaction:
        payload = transaction.put_payload({"prompt": "a cat"})
        transaction.put(Job(id="j1", name="", kind="txt2img", created=0, payload=payload))
        transaction.put(Task(id="t1", job="j1", index=0, payload=payload))
    events: list[Any] = []
    running.adapter.listen(events.append)
    events.clear()
    shared.opts.data["outdir_samples"] = str(folder / "all")
    ours = script.InuJobsScript()
    ours.is_img2img = True
    p = SimpleNamespace(prompt="a cat", outpath_samples="as the API has it", outpath_grids="")
    processed = SimpleNamespace(
        images=[saved(folder, "a.png")],
        index_of_first_image=0,
        infotexts=["x"],
        all_prompts=[],
        all_seeds=[3],
    )
    image = saved(folder, "a.png")
    image.save(folder / "a.png")
    params = SimpleNamespace(filename=str(folder / "a.png"), image=image)
    for current in (None, "of somebody else"):
        progress.current_task = current
        ours.before_process(p)
        ours.postprocess(p, processed)
        script.on_image_saved(params)
    assert p.outpath_samples == "as the API has it"
    assert events == []
    progress.current_task = "t1"
    ours.before_process(p)
    assert p.outpath_samples == str(folder / "all")
    assert p.outpath_grids == shared.opts.outdir_img2img_grids
    script.on_image_saved(params)
    ours.postprocess(p, processed)
    seen, produced = events
    assert (seen.task, seen.path) == ("t1", str(folder / "a.png"))
    assert (produced.task, [made.seed for made in produced.images]) == ("t1", [3])
    ours.postprocess(p, None)
    ours.before_process(None)
    script.on_image_saved(None)
    assert len(events) == 2


@case
def the_button_finds_its_place_and_its_inputs(folder: Path) -> None:
    import gradio as gr

    from inu_jobs.webui import capture

    def part(component: Any) -> Any:
        """The WebUI calls this for each component as it is made."""
        capture.on_after_component(component)
        return component

    with gr.Blocks() as demo:
        with gr.Column() as normal, gr.Row() as box:
            part(gr.Button("Interrupt", elem_id="txt2img_interrupt"))
            generate = part(gr.Button("Generate", elem_id="txt2img_generate"))
        with gr.Row(render=False) as later:
            late = part(gr.Button("Generate", elem_id="img2img_generate"))
        with gr.Column() as compact:
            later.render()
            panel = part(gr.Column(elem_id="img2img_results_panel"))
        ids = [gr.Textbox(), gr.Textbox()]
        outputs = [gr.Textbox() for _ in range(4)]
        for button in (generate, late):
            button.click(fn=lambda *_: None, inputs=[ids[1]], outputs=[outputs[0]])
            button.click(fn=lambda *_: [None] * 4, inputs=ids, outputs=outputs)
    assert [child.elem_id for child in normal.children[1:]] == ["txt2img_queue_job"]
    assert normal.children[0] is box
    assert [child.elem_id for child in compact.children[1:]] == ["img2img_queue_job", "img2img_results_panel"]
    assert panel in compact.children
    assert capture.click_inputs(demo, generate) == ids
    assert capture.click_inputs(demo, gr.Button()) is None
    before = len(demo.dependencies)
    capture.bind(demo, SimpleNamespace())
    bound = demo.dependencies[before:]
    queue_buttons = {normal.children[1]._id, compact.children[1]._id}
    clicks = [
        event for event in bound if event["trigger"] == "click" and set(event["targets"]) & queue_buttons
    ]
    assert [event["inputs"] for event in clicks] == [[i._id for i in ids]] * 2
    assert [event["queue"] for event in clicks] == [False, False]


@case
def events_of_gradio_4_are_understood(folder: Path) -> None:
    from inu_jobs.webui import capture

    button, inputs = SimpleNamespace(_id=5), [object(), object()]
    functions = {
        0: SimpleNamespace(targets=[(5, "click")], inputs=[], outputs=[object()]),
        1: SimpleNamespace(targets=[(4, "submit"), (5, "change")], inputs=[], outputs=[object()] * 4),
        2: SimpleNamespace(targets=[(5, "click"), (9, "submit")], inputs=inputs, outputs=[object()] * 4),
    }
    assert capture.click_inputs(SimpleNamespace(fns=functions), button) == inputs
    assert capture.click_inputs(SimpleNamespace(fns=functions), SimpleNamespace(_id=6)) is None


@case
def a_page_that_cannot_be_read_is_an_answer_not_an_exception(folder: Path) -> None:
    from inu_jobs.webui import capture

    answer = capture.handler("txt2img", SimpleNamespace(inputs=SimpleNamespace(save_image=None)))()
    assert set(answer) == {"error"}
    assert "reload" in answer["error"]
    answer = capture.handler("img2img", SimpleNamespace())(1, 2, 3)
    assert "see the console" in answer["error"]


def main(folder: Path) -> None:
    headless.start(folder)
    problems = {}
    for name, function in CASES.items():
        try:
            function(folder)
            problems[name] = ""
        except Exception:
            problems[name] = traceback.format_exc()
    (folder / "problems.json").write_text(json.dumps(problems), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
