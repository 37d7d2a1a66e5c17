"""Our code beside the stand-in's, in a process of its own: ``python -m ... FOLDER`` runs all cases and
prints what went wrong in each, as JSON. (One process can hold only one package named ``modules``.)"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace
from PIL import Image, PngImagePlugin

from tests.sandbox import headless

CASES_FOLDER = Path(__file__).parents[2] / "cases"
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

    from inu_jobs.webui.host.folders import WebuiHost

    folders = WebuiHost()
    assert folders.data_folder() == folder
    default = set(folders.output_folders())
    shared.opts.data["outdir_samples"] = str(folder / "elsewhere")
    assert set(folders.output_folders()) == default | {folder / "elsewhere"}
    shared.opts.data["outdir_txt2img_samples"] = ""
    assert all(path.is_absolute() and path != Path.cwd() for path in folders.output_folders())
    assert folder / "outputs" in folders.output_folders()


@case
def grids_lie_where_only_grids_are_saved(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.folders import WebuiHost

    folders, data = WebuiHost(), shared.opts.data
    before = dict(data)
    data.update(outdir_grids=str(folder / "sheets"), outdir_samples=str(folder / "all"))
    data.update(outdir_txt2img_grids=str(folder / "all"), outdir_img2img_grids=str(folder / "outputs"))
    assert folders.grid_folders() == [folder / "sheets"]
    assert set(folders.grid_folders()) <= set(folders.output_folders())
    data.update(outdir_grids="", outdir_txt2img_grids="", outdir_img2img_grids=str(folder / "img2img-sheets"))
    assert folders.grid_folders() == [folder / "img2img-sheets"]
    data.clear()
    data.update(before)


@case
def disks_are_watched_where_tasks_save(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.folders import WebuiHost

    folders, data = WebuiHost(), shared.opts.data
    before = dict(data)
    data.update(outdir_txt2img_samples=str(folder / "big"), outdir_txt2img_grids="")
    data.update(outdir_img2img_samples=str(folder / "other"), outdir_samples="", outdir_grids="")
    found = folders.saving_folders()
    assert folder / "big" in found and folder / "other" in found
    # neither what the settings do not name, nor what the other tabs save
    assert not {folder / "outputs", folder / "outputs" / "txt2img-grids", Path.cwd()} & set(found)
    assert not {folder / "outputs" / "extras-images", folder / "log" / "images"} & set(found)
    data.update(outdir_samples=str(folder / "all"), outdir_grids=str(folder / "grids"))
    assert folders.saving_folders() == [folder / "all", folder / "grids"]
    data.clear()
    data.update(before)


@case
def saved_images_go_where_the_settings_say(folder: Path) -> None:
    from modules import paths_internal, shared

    from inu_jobs.webui.host.folders import WebuiHost

    folders = WebuiHost()
    shared.opts.data["outdir_save"] = str(folder / "saved")
    assert folders.save_folder() == folder / "saved"
    shared.opts.data["outdir_save"] = ""
    assert folders.save_folder() is None
    paths_internal.roboto_ttf_file = str(folder / "a.ttf")
    assert folders.fonts() == [str(folder / "a.ttf")]
    shared.opts.data["font"] = "msgothic.ttc"
    assert folders.fonts() == ["msgothic.ttc", str(folder / "a.ttf")]
    del paths_internal.roboto_ttf_file, shared.opts.data["font"]
    assert folders.fonts() == []


@case
def only_a_task_of_our_own_gets_the_folders_of_the_page(folder: Path) -> None:
    from modules import progress, shared

    from inu_jobs.model import Job, Task
    from inu_jobs.webui import runtime
    from inu_jobs.webui.generation import script

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
    from inu_jobs.webui.host.folders import WebuiHost

    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 3")
    Image.new("RGB", (8, 8)).save(folder / "with.png", pnginfo=info)
    Image.new("RGB", (8, 8)).save(folder / "without.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    beyond = "夜市, кошка, a “curly” cat 🍜\nSteps: 3"
    info = PngImagePlugin.PngInfo()
    info.add_itxt("parameters", beyond)
    Image.new("RGB", (8, 8)).save(folder / "beyond.png", pnginfo=info)
    folders = WebuiHost()
    assert folders.infotext(folder / "with.png") == "a cat\nSteps: 3"
    assert folders.infotext(folder / "beyond.png") == beyond
    assert type(folders.infotext(folder / "beyond.png")) is str, "nothing else becomes JSON"
    for name in ("without.png", "broken.png", "missing.png"):
        assert folders.infotext(folder / name) == "", name


@case
def infotext_is_read_wherever_the_webui_finds_it(folder: Path) -> None:
    from inu_jobs.webui.host import folders

    text = "a cat, 夜市\nNegative prompt: dog\nSteps: 3, Sampler: Euler, Seed: 5"
    read = folders.WebuiHost().infotext
    assert read(CASES_FOLDER / "after_idat.png").startswith("a red cat, sitting\nNegative prompt: dog\n")
    exif = Image.Exif()
    exif[0x8769] = {0x9286: b"UNICODE\0" + text.encode("utf-16-be")}
    for form in ("jpg", "webp", "png"):
        Image.new("RGB", (8, 8)).save(folder / f"told.{form}", exif=exif.tobytes())
        assert read(folder / f"told.{form}") == text, form
    Image.new("RGB", (8, 8)).save(folder / "told.gif", comment=text.encode())
    assert read(folder / "told.gif") == text
    whole = (folder / "told.jpg").read_bytes()
    for length in range(0, len(whole), 7):  # cut off anywhere
        (folder / "cut.jpg").write_bytes(whole[:length])
        assert read(folder / "cut.jpg") in ("", text)
    large = PngImagePlugin.PngInfo()
    large.add_text("parameters", text + " " * folders.MOST_TEXT)
    Image.new("RGB", (8, 8)).save(folder / "large.png", pnginfo=large)
    assert read(folder / "large.png") == ""


@case
def exif_never_names_a_file_to_open(folder: Path) -> None:
    """The WebUI's piexif opens the file of that name."""
    from modules import images

    from inu_jobs.webui.host.folders import WebuiHost

    seen: list[Any] = []

    def read_info_from_image(image: Image.Image) -> tuple[str, dict[str, Any]]:
        seen.append(image.info.get("exif"))
        if seen[-1]:
            raise KeyError("damaged")
        return image.info["parameters"], {}

    before, images.read_info_from_image = images.read_info_from_image, read_info_from_image
    try:
        for number, exif in enumerate(
            (rb"\\evil.example\share\a", b"/etc/hostname", b"MM\0*", b"Exif\0\0II*\0")
        ):
            info = PngImagePlugin.PngInfo()
            info.add_text("parameters", "a cat")
            info.add(b"tEXt", b"exif\0" + exif)
            Image.new("RGB", (8, 8)).save(folder / f"exif{number}.png", pnginfo=info)
            assert WebuiHost().infotext(folder / f"exif{number}.png") == "a cat", "damaged EXIF hides no text"
    finally:
        images.read_info_from_image = before
    assert seen == [None, None, b"Exif\0\0MM\0*", None, b"Exif\0\0II*\0", None]


@case
def one_checkpoint_has_one_name_and_asking_loads_nothing(folder: Path) -> None:
    from modules import sd_models, shared

    from inu_jobs.webui.host.catalog import WebuiCatalog

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

    from inu_jobs.webui.host.catalog import WebuiCatalog

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
def a_name_that_two_loras_claim_is_none(folder: Path) -> None:
    import networks
    from modules import shared

    from inu_jobs.webui.host.catalog import WebuiCatalog
    from tests.sandbox.models import safetensors

    catalog = WebuiCatalog(folder / "wildcards")
    loras = folder / "models" / "Lora"
    for file, name in (("first", "that"), ("second", "that"), ("third", "alone")):
        meta = safetensors(ss_output_name=name, ss_base_model_version="sd_v1")
        (loras / f"{file}.safetensors").write_bytes(meta)
    networks.list_available_networks()
    names = catalog.loras()
    assert {"first", "second", "third", "alone"} <= set(names) and "that" not in names
    assert catalog.lora_family("that") == "" and catalog.lora_family("alone") == "SD 1"
    networks.load_networks(["that", "alone", "second"])
    assert [network.name for network in networks.loaded_networks] == ["third", "second"]
    (loras / "that.safetensors").write_bytes(meta)  # a file of that name is what is meant
    networks.list_available_networks()
    assert "that" in catalog.loras() and catalog.lora_family("that") == "SD 1"
    assert catalog.prompt_comments()
    shared.opts.data["enable_prompt_comments"] = False
    assert not catalog.prompt_comments()


@case
def settings_that_may_not_be_overridden_are_known(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.permits import is_changeable, read_settings

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
    from inu_jobs.webui.capture.page import read_scripts

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

    from inu_jobs.webui.generation.script import made_images

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
        all_subseeds=[40, 41],
    )
    p = SimpleNamespace(prompt="asked", mask_for_overlay=mask, subseed_strength=0.5)
    shared.opts.data["return_mask"] = True
    made = made_images(p, processed)
    assert [Path(image.path).name for image in made] == ["a.png", "b.png"]
    assert [image.seed for image in made] == [7, 8]
    assert [image.subseed for image in made] == [40, 41]
    p.subseed_strength = 0
    assert [image.subseed for image in made_images(p, processed)] == [None, None]
    assert [image.prompt for image in made] == [None, "changed by a style"]
    assert [image.infotext for image in made] == ["of a", "of b"]
    assert [image.width for image in made] == [8, 16]
    del images[1].already_saved_as  # type: ignore[attr-defined]
    (left,) = made_images(p, processed)
    assert (Path(left.path).name, left.index) == ("b.png", 1)


@case
def what_a_killed_webui_left_in_the_trash_is_put_right_by_the_one_that_takes_over(folder: Path) -> None:
    from modules import shared

    from inu_jobs.library.trash.folders import TrashFolders
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
    assert TrashFolders(second.host).put_in([image]).failed == []  # and its record does not follow any more
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
    from inu_jobs.webui import runtime
    from inu_jobs.webui.generation import script

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
    p = SimpleNamespace(
        prompt="a cat", outpath_samples="as the API has it", outpath_grids="", subseed_strength=0
    )
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
def a_pattern_leads_out_of_its_folder_or_not(folder: Path) -> None:
    from inu_jobs.webui.generation.save_guard import leaves

    inside = ("", "[date]", "[date]/[seed]", "a..b", "[prompt]...", "x/.hidden/[seed]", "[date]\\[seed]")
    outside = (
        "..", "../x", "x/../../y", "[date]/..", "..\\x", "[none]/../x", "x/.. /y", "/x", "\\x", "C:/x", "C:x",
        "...", "\\\\server\\share",
    )  # fmt: skip
    assert [pattern for pattern in inside if leaves(pattern)] == []
    assert [pattern for pattern in outside if not leaves(pattern)] == []


@case
def a_task_saves_inside_an_output_folder(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.generation.save_guard import SaveGuard
    from inu_jobs.webui.host.folders import WebuiHost

    opts, runs = shared.opts.data, iter(range(1, 100))
    before = dict(opts)
    out, elsewhere = folder / "out", folder / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    opts.update(outdir_samples=str(out), outdir_grids=str(out), outdir_init_images=str(folder / "init"))
    p = SimpleNamespace(outpath_samples=str(out), outpath_grids=str(out / "grids"))
    guard = SaveGuard(WebuiHost())

    def begin(**own: Any) -> None:
        opts.update({"directories_filename_pattern": "[date]", "samples_filename_pattern": "", **own})
        shared.state.time_start = float(next(runs))
        guard.begin("t")

    begin()
    assert not guard.leads_outside("t", p)
    for file in (out / "2026" / "1.png", folder / "init" / "x.png", folder / "outputs" / "a" / "b.png"):
        assert not guard.is_outside("t", str(file), of_the_run=True), file
    for file in (elsewhere / "1.png", out / ".." / "elsewhere" / "1.png", Path(f"{out}2") / "1.png", folder):
        assert guard.is_outside("t", str(file), of_the_run=True), file
    # an extension's own folder is the extension's business, where no pattern was set by the task
    assert not guard.is_outside("t", str(elsewhere / "map.png"), of_the_run=False)
    opts["directories_filename_pattern"] = "../elsewhere"
    assert guard.leads_outside("t", p)
    assert guard.is_outside("t", str(elsewhere / "map.png"), of_the_run=False)
    # folders that the task set itself
    begin()
    assert guard.leads_outside("t", SimpleNamespace(outpath_samples=str(elsewhere), outpath_grids=""))
    for name in ("outdir_samples", "outdir_init_images", "outdir_img2img_grids"):
        begin()
        kept, opts[name] = opts.get(name, ""), str(elsewhere)
        assert guard.leads_outside("t", p), name
        opts[name] = str(out / "below")
        assert not guard.leads_outside("t", p), name
        opts[name] = kept
    # links that the user made, of an output folder and inside one
    (folder / "link").symlink_to(elsewhere)
    (out / "other disk").symlink_to(elsewhere)
    assert not guard.is_outside("t", str(out / "other disk" / "1.png"), of_the_run=True)
    assert guard.is_outside("t", str(out / "other disk" / ".." / "1.png"), of_the_run=True)
    begin(outdir_samples=str(folder / "link"))
    assert not guard.is_outside("t", str(elsewhere / "1.png"), of_the_run=True)
    # a pattern of the user's own may lead anywhere; one that a task sets instead may not
    begin(outdir_samples=str(out))
    begin(directories_filename_pattern="../elsewhere/[date]")
    assert not guard.leads_outside("t", p)
    assert not guard.is_outside("t", str(elsewhere / "1.png"), of_the_run=True)
    opts["directories_filename_pattern"] = "../../etc"
    assert guard.leads_outside("t", p)
    assert guard.is_outside("t", str(elsewhere / "1.png"), of_the_run=True)
    opts.clear()
    opts.update(before)


@case
def a_refused_image_is_not_written_and_its_task_fails(folder: Path) -> None:
    from modules import images, progress, script_callbacks, shared

    from inu_jobs.model import Job, Task
    from inu_jobs.queue.failure_reasons import OUTSIDE, explain
    from inu_jobs.webui import runtime
    from inu_jobs.webui.generation import save_guard, script

    running = runtime.open_runtime(folder / "jobs")
    with running.store.transaction() as transaction:
        payload = transaction.put_payload({"prompt": "a cat"})
        for kind in ("txt2img", "adopted"):
            transaction.put(Job(f"jsave{kind}", "n", kind, 0.0, payload))
            transaction.put(Task(f"tsave{kind}", f"jsave{kind}", 0, payload))
    script_callbacks.on_before_image_saved(script.on_before_image_saved)
    before = dict(shared.opts.data)
    shared.opts.data.update(save_to_dirs=False, save_txt=True, outdir_samples=str(folder / "good"))
    p = SimpleNamespace(n_iter=1, batch_size=1, prompt="a cat", outpath_samples="", outpath_grids="")

    def save(task: str | None, place: Path) -> list[str]:
        progress.current_task = task
        shared.state.time_start = shared.state.time_start or 1.0
        place.mkdir(exist_ok=True)
        try:
            images.save_image(Image.new("RGB", (8, 8)), str(place), "", 1, "a cat", info="text", p=p)
        except save_guard.SavedOutside as error:
            assert explain(str(error)) == OUTSIDE
        finally:
            progress.current_task = None
        return sorted(path.suffix for path in place.iterdir())

    assert save("tsavetxt2img", folder / "stray") == []
    assert running.adapter._refused.pop("tsavetxt2img") == OUTSIDE
    assert save("tsaveadopted", folder / "stray2") == [".png", ".txt"], "the page's own choice"
    assert save(None, folder / "stray3") == [".png", ".txt"], "somebody else's"
    p.is_api = True  # its row was cleared, so it is a request of ours, with a payload from the store
    assert save("tsaveadopted", folder / "stray4") == []
    assert running.adapter._refused.pop("tsaveadopted") == OUTSIDE
    assert save("tsavetxt2img", folder / "good") == [".png", ".txt"]
    # where it is seen before anything is made, the run ends there
    ours = script.InuJobsScript()
    p.outpath_samples = str(folder / "stray")
    progress.current_task = "tsavetxt2img"
    ours.process(p)
    progress.current_task = None
    try:
        p.init([], [], [])
        raise AssertionError("it went on")
    except save_guard.SavedOutside:
        assert running.adapter._refused.pop("tsavetxt2img") == OUTSIDE
    script_callbacks.callback_map["callbacks_before_image_saved"].pop()
    shared.opts.data.clear()
    shared.opts.data.update(before)


@case
def the_button_finds_its_place_and_its_inputs(folder: Path) -> None:
    import gradio as gr

    from inu_jobs.webui.capture import queue_button

    def part(component: Any) -> Any:
        """The WebUI calls this for each component as it is made."""
        queue_button.on_after_component(component)
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
    assert queue_button.click_inputs(demo, generate) == ids
    assert queue_button.click_inputs(demo, gr.Button()) is None
    before = len(demo.dependencies)
    queue_button.bind(demo, SimpleNamespace(), guard())
    bound = demo.dependencies[before:]
    queue_buttons = {normal.children[1]._id, compact.children[1]._id}
    clicks = [
        event for event in bound if event["trigger"] == "click" and set(event["targets"]) & queue_buttons
    ]
    assert [event["inputs"] for event in clicks] == [[i._id for i in ids]] * 2
    assert [event["queue"] for event in clicks] == [False, False]


@case
def events_of_gradio_4_are_understood(folder: Path) -> None:
    from inu_jobs.webui.capture import queue_button

    button, inputs = SimpleNamespace(_id=5), [object(), object()]
    functions = {
        0: SimpleNamespace(targets=[(5, "click")], inputs=[], outputs=[object()]),
        1: SimpleNamespace(targets=[(4, "submit"), (5, "change")], inputs=[], outputs=[object()] * 4),
        2: SimpleNamespace(targets=[(5, "click"), (9, "submit")], inputs=inputs, outputs=[object()] * 4),
    }
    assert queue_button.click_inputs(SimpleNamespace(fns=functions), button) == inputs
    assert queue_button.click_inputs(SimpleNamespace(fns=functions), SimpleNamespace(_id=6)) is None


@case
def a_page_that_cannot_be_read_is_an_answer_not_an_exception(folder: Path) -> None:
    from inu_jobs.webui.capture import queue_button

    runtime = SimpleNamespace(inputs=SimpleNamespace(save_image=None))
    answer = queue_button.handler("txt2img", runtime, guard())(pressed())
    assert set(answer) == {"error", "says"}
    assert "reload" in answer["error"]
    answer = queue_button.handler("img2img", SimpleNamespace(), guard())(pressed(), 1, 2, 3)
    assert "see the console" in answer["error"]


@case
def a_job_runs_for_the_user_who_queued_it_and_with_the_numbers_of_the_page(folder: Path) -> None:
    from inu_jobs.model import Job, Task
    from inu_jobs.store import Store
    from inu_jobs.webui.generation.script import act_as_the_page

    store = Store(folder / "users")
    running: Any = SimpleNamespace(store=store)
    with store.transaction() as transaction:
        payload = transaction.put_payload({"cfg_scale": 7, "hr_scale": 2.0, "initial_noise_multiplier": 1.0})
    found = []
    for user in ("ada", "", "..", "../../etc", "c:\\x", "ada lovelace"):
        with store.transaction() as transaction:
            transaction.put(Job("j", "n", "txt2img", 0.0, payload, user=user), Task("t", "j", 0, payload))
        p = SimpleNamespace(user=None, cfg_scale=7.0, hr_scale=2.0, initial_noise_multiplier=1.0, eta=1.0)
        act_as_the_page(p, running, "t")
        found.append(p.user)
        written = [repr(value) for value in (p.cfg_scale, p.hr_scale, p.initial_noise_multiplier, p.eta)]
        assert written == ["7", "2", "1.0", "1.0"]
    assert found == ["ada", None, None, None, None, "ada lovelace"]
    p.cfg_scale = 5.5  # a script's own: not the payload's number
    act_as_the_page(p, running, "t")
    assert p.cfg_scale == 5.5
    store.close()


@case
def a_grid_is_due_once_with_the_last_of_its_setting(folder: Path) -> None:
    from inu_jobs.model import Image as Record
    from inu_jobs.model import Job, Task
    from inu_jobs.ports import Made
    from inu_jobs.store import Store
    from inu_jobs.webui.generation.grids import Grids

    store = Store(folder / "grids")
    running: Any = SimpleNamespace(store=store, host=SimpleNamespace(data_folder=lambda: folder))

    def put(*records: Any) -> None:
        with store.transaction() as transaction:
            transaction.put(*records)

    with store.transaction() as transaction:
        payload = transaction.put_payload({"prompt": "x"})
    tasks = [Task(f"t{n}", "j", n, payload, {"seed": n}) for n in range(3)]
    put(Job("j", "n", "txt2img", 0.0, payload), *tasks)
    a, b, c = ([Made(str(folder / f"{n}.png"), seed=n)] for n in range(3))

    grids = Grids()
    assert grids.due(running, "t0", a, 1) == [], "others are to come"
    assert grids.due(running, "t2", [], 1) == [], "it was interrupted"
    assert grids.due(running, "t1", b, 1) == []
    assert grids.due(running, "t2", c, 1) == [*a, *b, *c], "however late the store hears of them"

    # after a restart it knows what the store knows
    done = [replace(task, state="done") for task in tasks[:2]]
    put(*done, *(Record(f"i{n}", "j", f"t{n}", f"{n}.png", 0.0, seed=n) for n in range(2)))
    whole = Grids().due(running, "t2", c, 1)
    assert [one.path for one in whole] == [str(folder / f"{n}.png") for n in range(3)]
    put(Record("i1", "j", "t1", "1.png", 0.0, seed=1, trashed=True))
    assert Grids().due(running, "t2", c, 1) == [], "a picture is gone"
    put(Record("i1", "j", "t1", "1.png", 0.0, seed=1, verdict="rejected"))
    assert len(Grids().due(running, "t2", c, 1)) == 3, "a verdict is none of Generate's"
    put(replace(done[0], state="failed"))
    assert Grids().due(running, "t2", c, 1) == []
    put(replace(done[0], grid=True))
    assert grids.due(running, "t2", c, 1) == [], "there is one"
    put(done[0], replace(tasks[2], source="i0"))
    assert grids.due(running, "t2", c, 1) == [], "made from an image of ours"
    put(tasks[2], *(replace(tasks[2], id=f"m{n}", index=3 + n, state="done") for n in range(100)))
    assert grids.due(running, "t2", c, 1) == [], "more than the page can ask for"
    store.close()


@case
def a_press_of_another_site_is_no_press(folder: Path) -> None:
    """Nothing of the page is even looked at: the runtime here has nothing."""
    from inu_jobs.webui.capture import queue_button

    press = queue_button.handler("txt2img", SimpleNamespace(), guard())
    own = {"host": "localhost:7860", "origin": "http://localhost:7860"}
    for sent in (
        pressed(origin="http://evil.example"),
        pressed(origin="null"),
        pressed(host="evil.example", origin="http://evil.example"),
        pressed(**{"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
        # as gradio 3 makes it of what a body says of itself, and gradio 4
        SimpleNamespace(request=None, username="ada", headers=own),
        SimpleNamespace(request={"headers": own}, username=None),
    ):
        answer = press(sent)
        assert set(answer) == {"error", "says"} and "see the console" not in answer["error"], answer
    assert "see the console" in press(pressed(origin="http://localhost:7860"))["error"]  # it went further


@case
def the_hourly_work_goes_on_after_an_error_until_it_is_stopped(folder: Path) -> None:
    from inu_jobs.webui.runtime import Every

    calls: Queue[int] = Queue()

    def act() -> None:
        calls.put(1)
        raise OSError("no disk")

    every = Every(0.01, act)
    every.start()
    every.start()  # as "Reload UI" does
    for _ in range(3):
        calls.get(timeout=30)
    every.stop()
    deadline = time.monotonic() + 30
    while any(thread.name == "inu-jobs-hourly" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def guard() -> Any:
    from inu_jobs.web.guard import Guard

    return Guard(SimpleNamespace(), SimpleNamespace(allowed_hosts=[]), None, None)


def pressed(**headers: str) -> Any:
    """What gradio hands over of a press on the page."""
    from starlette.requests import Request

    named = {"host": "localhost:7860", **headers}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    return SimpleNamespace(request=Request({"type": "http", "headers": raw}), username=None)


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
