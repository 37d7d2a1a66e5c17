"""Our always-on script inside a run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace
from PIL import Image

from tests.unit.webui.host_side.registry import case, saved


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
def without_an_upscaler_an_image_is_resized(folder: Path) -> None:
    """Forge Neo (2.26) has no other than "None" until a model is installed."""
    from inu_jobs.fields import upscale as fields
    from inu_jobs.webui.generation.upscale import postprocess

    chosen = {argument.name: argument.default for argument in fields.ARGUMENTS} | {"upscaler": "None"}
    source = Image.linear_gradient("L").resize((40, 24)).convert("RGB")
    for scale, size in ((2.0, (80, 48)), (1.5, (56, 32))):
        made, told = postprocess(source, chosen | {"scale": scale})
        assert made.tobytes() == source.resize(size, Image.Resampling.LANCZOS).tobytes()
        assert told == {"Postprocess upscale by": scale, "Postprocess upscaler": "None"}


@case
def the_upscale_script_offers_upscalers_that_are_there(folder: Path) -> None:
    from unittest import mock

    from modules import shared

    from inu_jobs.webui.generation.upscale import InuJobsUpscale

    for names in (["None", "Lanczos", "ESRGAN_4x"], ["None", "ESRGAN_4x"]):
        with mock.patch.object(shared, "sd_upscalers", [SimpleNamespace(name=name) for name in names]):
            script = InuJobsUpscale()
            script.is_img2img, script.tabname = True, "img2img"
            upscaler, scale, second, *_ = script.ui(True)
        assert upscaler.value == ("Lanczos" if "Lanczos" in names else "None")
        assert second.value == "None" and scale.value == 2.0
