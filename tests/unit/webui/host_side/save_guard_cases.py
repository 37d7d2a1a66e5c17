"""Where a task may save."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image

from tests.unit.webui.host_side.registry import case


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
