"""Which task runs, which wait, and how far the running one is."""

import base64
import io
import random
import string
import time
from collections import OrderedDict

from modules import shared

finished_tasks, recorded_results, recorded_results_limit = [], [], 2
pending_tasks, current_task = OrderedDict(), None


def start_task(id_task):
    global current_task

    if id_task in pending_tasks:
        del pending_tasks[id_task]
    current_task = id_task


def finish_task(id_task):
    global current_task

    finished_tasks.append(id_task)
    current_task = None if id_task == current_task else current_task
    del finished_tasks[:-16]


def create_task_id(task_type):
    letters = "".join(random.choices(string.ascii_uppercase + string.digits, k=7))
    return f"task({task_type}-{letters})"


def record_results(id_task, res):
    recorded_results.append((id_task, res))
    del recorded_results[:-recorded_results_limit]


def add_task_to_queue(id_job):
    pending_tasks[id_job] = time.time()


def setup_progress_api(app):
    from pydantic import BaseModel

    class ProgressRequest(BaseModel):
        id_task: str = None
        id_live_preview: int = -1
        live_preview: bool = True

    def progress_route(req: ProgressRequest):
        return progressapi(req)

    app.add_api_route("/internal/pending-tasks", get_pending_tasks, methods=["GET"])
    return app.add_api_route("/internal/progress", progress_route, methods=["POST"])


def get_pending_tasks():
    return {"size": len(pending_tasks), "tasks": list(pending_tasks)}


def fraction_done():
    state = shared.state
    done = 0
    if state.job_count > 0:
        done += state.job_no / state.job_count
        if state.sampling_steps > 0:
            done += 1 / state.job_count * state.sampling_step / state.sampling_steps
    return min(done, 1)


def progressapi(req):
    active = req.id_task == current_task
    queued = req.id_task in pending_tasks
    completed = req.id_task in finished_tasks
    answer = {"active": active, "queued": queued, "completed": completed, "progress": None, "eta": None}
    if not active:
        text = "Waiting..."
        if queued:
            order = sorted(pending_tasks, key=pending_tasks.get)
            text = f"In queue: {order.index(req.id_task) + 1}/{len(order)}"
        return {**answer, "live_preview": None, "id_live_preview": -1, "textinfo": text}

    done = fraction_done()
    elapsed = time.time() - shared.state.time_start
    answer["progress"] = done
    answer["eta"] = elapsed / done - elapsed if done > 0 else None
    preview, preview_id = live_preview(req)
    answer["live_preview"] = preview
    answer["id_live_preview"] = preview_id
    answer["textinfo"] = shared.state.textinfo
    return answer


def live_preview(req):
    opts = shared.opts
    if not opts.live_previews_enable or not req.live_preview:
        return None, req.id_live_preview
    shared.state.set_current_image()
    image = shared.state.current_image
    if shared.state.id_live_preview == req.id_live_preview or image is None:
        return None, req.id_live_preview
    buffer = io.BytesIO()
    image.save(buffer, format=opts.live_previews_image_format)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f"data:image/{opts.live_previews_image_format};base64,{data}", shared.state.id_live_preview


def restore_progress(id_task):
    import gradio as gr

    while id_task == current_task or id_task in pending_tasks:
        time.sleep(0.1)
    for known, result in recorded_results:
        if known == id_task:
            return result
    return gr.update(), gr.update(), gr.update(), f"Couldn't restore progress for {id_task}"
