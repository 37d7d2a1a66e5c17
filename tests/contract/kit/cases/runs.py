"""A task runs, and all of it is told."""

from __future__ import annotations

import base64
import io
import json
import tempfile
from pathlib import Path
from uuid import uuid4

from inu_jobs.errors import InvalidInput
from inu_jobs.model import new_id
from inu_jobs.ports import Finished, Produced, Saved, Started

from ..inside import Inside
from .shared import raises


def a_task_runs_and_is_reported(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload(batch_size=2))
    end = host.finished(task)
    assert (end.state, end.error) == ("done", "")
    kinds = [type(event) for event in host.events]
    assert kinds.index(Started) < kinds.index(Saved) < kinds.index(Produced) < kinds.index(Finished)
    made = [image.path for event in host.of(Produced, task) for image in event.images]
    assert len(made) == 2 and all(Path(path).is_absolute() and Path(path).is_file() for path in made)
    assert set(made) <= {event.path for event in host.of(Saved, task)}
    assert set(made) <= set(end.images), (made, end.images)
    row = host.row(task)
    assert row is not None and row.state == "done" and row.images == end.images
    host.until(lambda: host.progress.current_task is None)


def a_grid_counts_as_a_result_but_not_as_produced(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload(batch_size=2))
    end = host.finished(task)
    made = {image.path for event in host.of(Produced, task) for image in event.images}
    others = [path for path in end.images if path not in made]
    assert len(others) == 1 and Path(others[0]).name.startswith("grid-"), end.images


def a_job_id_finds_its_rows_and_no_others(host: Inside) -> None:
    host.quiet()
    host.opts.data["queue_paused"] = True
    job = new_id("j")
    ours = {host.hand(host.payload(), job), host.hand(host.payload(), job)}
    host.hand(host.payload())
    assert set(host.adapter.rows([job])) == ours
    assert host.adapter.rows([]) == {}
    assert {row.state for row in host.adapter.rows([job]).values()} == {"pending"}
    assert {host.manager.get_task(task).name for task in ours} == {"probe · 1"}
    assert host.adapter.status().pending == 3


def an_init_image_goes_by_path(host: Inside) -> None:
    from PIL import Image

    host.quiet()
    host.opts.data["queue_paused"] = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.png"
        Image.new("RGB", (64, 64), "red").save(path)
        task = host.hand(host.payload(init_images=[str(path)], denoising_strength=0.5))
        args = json.loads(host.manager.get_task(task).params)["args"]
        assert args["init_images"] == [str(path)] and args["force_task_id"] == task
        host.opts.data["queue_paused"] = False
        host.adapter.kick()
        assert host.finished(task).state == "done"


def a_mask_goes_as_base64(host: Inside) -> None:
    from PIL import Image

    host.quiet()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.png"
        Image.new("RGB", (64, 64), "red").save(path)
        buffer = io.BytesIO()
        Image.new("L", (64, 64), 255).save(buffer, "PNG")
        mask = base64.b64encode(buffer.getvalue()).decode()
        task = host.hand(host.payload(init_images=[str(path)], mask=mask, denoising_strength=0.5))
        assert host.finished(task).state == "done"


def a_missing_init_image_fails(host: Inside) -> None:
    host.quiet()
    path = str(Path(tempfile.gettempdir()) / f"{uuid4()}.png")
    task = host.hand(host.payload(init_images=[path], denoising_strength=0.5))
    assert host.finished(task).state == "failed"


def an_unknown_script_is_refused(host: Inside) -> None:
    host.quiet()
    task = new_id("t")
    payload = host.payload(script_name="no such script", script_args=[])
    error = raises(InvalidInput, lambda: host.hand(payload, task=task))
    assert "no such script" in str(error)
    assert host.manager.get_task(task) is None
    assert task not in host.progress.pending_tasks


def a_setting_that_config_json_lacks_is_restored(host: Inside) -> None:
    host.quiet()
    host.opts.data.pop("CLIP_stop_at_last_layers", None)
    default = host.opts.CLIP_stop_at_last_layers
    task = host.hand(host.payload(override_settings={"CLIP_stop_at_last_layers": default + 1}))
    assert host.finished(task).state == "done"
    host.until(lambda: host.opts.CLIP_stop_at_last_layers == default)


def progress_is_told(host: Inside) -> None:
    host.quiet()
    assert host.adapter.progress().task is None and host.adapter.preview() is None
    task = host.hand(host.payload("slow 60"))
    host.generating(task)
    seen = host.adapter.progress()
    assert seen.task == task and 0.0 <= seen.fraction <= 1.0
    host.state.interrupt()
    host.finished(task)


def its_action_when_empty_is_told(host: Inside) -> None:
    host.quiet()
    assert host.adapter.status().when_empty == ""
    host.opts.data["queue_completion_action"] = "Shut down"
    assert host.adapter.status().when_empty == "Shut down"
    host.opts.data["queue_completion_action"] = "Do nothing"
