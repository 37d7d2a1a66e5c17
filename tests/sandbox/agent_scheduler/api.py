"""Agent Scheduler's own HTTP routes, under the same paths and the same password, or none."""

import base64
import io
import json
import threading
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

from modules import progress, sd_models, shared
from modules.api import models

from .db import Task, TaskStatus, task_manager
from .db.task import now_ms
from .task_helpers import sampler_names
from .task_runner import TaskRunner

PREFIX = "/agent-scheduler/v1"
zip_ = zip  # which one of its parameters is called, too


def done(message):
    return {"success": True, "message": message}


def refused(message):
    return {"success": False, "message": message}


def regsiter_apis(app, task_runner):
    from fastapi import Depends
    from fastapi.exceptions import HTTPException
    from fastapi.responses import StreamingResponse
    from fastapi.security import HTTPBasic, HTTPBasicCredentials
    from pydantic import BaseModel

    deps = []
    if shared.cmd_opts.api_auth:
        pairs = dict(entry.split(":", 1) for entry in shared.cmd_opts.api_auth.split(","))

        def auth(credentials: HTTPBasicCredentials = Depends(HTTPBasic())):  # noqa: B008
            if pairs.get(credentials.username) != credentials.password:
                raise HTTPException(401, "Incorrect username or password", {"WWW-Authenticate": "Basic"})

        deps = [Depends(auth)]

    class Txt2ImgApiTaskArgs(models.StableDiffusionTxt2ImgProcessingAPI):
        checkpoint: str = None
        vae: str = None
        callback_url: str = None

    class Img2ImgApiTaskArgs(models.StableDiffusionImg2ImgProcessingAPI):
        checkpoint: str = None
        vae: str = None
        callback_url: str = None

    def queue(body, is_img2img):
        # (wart) the request is not given force_task_id
        task_id = str(uuid4())
        args = body.dict()
        extra = {name: args.pop(name, None) for name in ("checkpoint", "vae", "callback_url")}
        task = task_runner.register_api_task(
            task_id,
            api_task_id=None,
            is_img2img=is_img2img,
            args=args,
            checkpoint=extra["checkpoint"],
            vae=extra["vae"],
        )
        if extra["callback_url"]:
            task.api_task_callback = extra["callback_url"]
            task_manager.update_task(task)
        task_runner.execute_pending_tasks_threading()
        return {"task_id": task_id}

    @app.post(f"{PREFIX}/queue/txt2img", dependencies=deps)
    def queue_txt2img(body: Txt2ImgApiTaskArgs):
        return queue(body, False)

    @app.post(f"{PREFIX}/queue/img2img", dependencies=deps)
    def queue_img2img(body: Img2ImgApiTaskArgs):
        return queue(body, True)

    def shown(task, position=None):
        status = "running" if task.id == progress.current_task else task.status
        parsed = TaskRunner.instance.parse_task_args(task, deserialization=False)
        left_out = ("init_images", "mask", "alwayson_scripts", "script_args")
        return {
            "id": task.id,
            "api_task_id": task.api_task_id,
            "name": task.name,
            "type": task.type,
            "status": status,
            "params": {k: v for k, v in parsed.named_args.items() if k not in left_out},
            "priority": task.priority,
            "position": position,
            "result": task.result,
            "bookmarked": task.bookmarked,
        }

    # (wart) these two, /export, /import and /task/{id}/unbookmark ask for no password
    @app.get(f"{PREFIX}/samplers")
    def get_samplers():
        return sampler_names()

    @app.get(f"{PREFIX}/sd-models")
    def get_sd_models():
        return [x.title for x in sd_models.checkpoints_list.values()]

    @app.get(f"{PREFIX}/export")
    def export_queue(limit: int = 1000, offset: int = 0):
        pending = task_manager.get_tasks(status=TaskStatus.PENDING, limit=limit, offset=offset)
        return [task.to_json() for task in pending]

    class StringRequestBody(BaseModel):
        content: str

    @app.post(f"{PREFIX}/import")
    def import_queue(queue: StringRequestBody):
        # (wart) the real one's runner unpickles the script_params that it is sent
        try:
            for entry in json.loads(queue.content):
                entry["id"] = entry.get("id") or str(uuid4())
                task = Task.from_json({**entry, "result": None, "status": TaskStatus.PENDING})
                save = task_manager.update_task if task_manager.get_task(task.id) else task_manager.add_task
                save(task)
        except Exception as error:
            print(error)
            return refused("Import Failed")
        return done("Queue imported")

    @app.get(f"{PREFIX}/queue", dependencies=deps)
    def queue_status_api(limit: int = 20, offset: int = 0):
        pending = task_manager.get_tasks(status=TaskStatus.PENDING, limit=limit, offset=offset)
        return {
            "current_task_id": progress.current_task,
            "pending_tasks": [shown(task, offset + i) for i, task in enumerate(pending)],
            "total_pending_tasks": task_manager.count_tasks(status="pending"),
            "paused": TaskRunner.instance.paused,
        }

    @app.get(f"{PREFIX}/history", dependencies=deps)
    def history_api(status: str = None, limit: int = 20, offset: int = 0):
        ended = [TaskStatus.DONE, TaskStatus.FAILED, TaskStatus.INTERRUPTED]
        wanted = ended if status is None or status == "all" else status
        tasks = task_manager.get_tasks(status=wanted, limit=limit, offset=offset, order="desc")
        return {"tasks": [shown(x) for x in tasks], "total": task_manager.count_tasks(status=wanted)}

    @app.get(f"{PREFIX}/task/{{id}}", dependencies=deps)
    def get_task(id: str):
        task = task_manager.get_task(id)
        return {"success": True, "data": shown(task)} if task else refused("Task not found")

    @app.get(f"{PREFIX}/task/{{id}}/position", dependencies=deps)
    def get_task_position(id: str):
        task = task_manager.get_task(id)
        if task is None:
            return refused("Task not found")
        waits = task.status == TaskStatus.PENDING
        position = task_manager.get_task_position(id) if waits else None
        return {"success": True, "data": {"status": task.status, "position": position}}

    class UpdateTaskArgs(BaseModel):
        name: str = None
        checkpoint: str = None
        params: dict = None

    @app.put(f"{PREFIX}/task/{{id}}", dependencies=deps)
    def update_task(id: str, body: UpdateTaskArgs):
        task = task_manager.get_task(id)
        if task is None:
            return refused("Task not found")
        if body.name is not None:
            task.name = body.name
        if body.checkpoint is not None:
            params = json.loads(task.params)
            params["checkpoint"] = body.checkpoint
            params["args"].update(body.params)
            task.params = json.dumps(params)
        task_manager.update_task(task)
        return done("Task updated.")

    @app.post(f"{PREFIX}/run/{{id}}", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/task/{{id}}/run", dependencies=deps)
    def run_task(id: str):
        if progress.current_task == id:
            return refused("Task is running")
        if progress.current_task is not None:
            task_manager.prioritize_task(id, 0)
            return done("Task is scheduled to run next")
        run = TaskRunner.instance.execute_task
        threading.Thread(target=run, args=(task_manager.get_task(id), lambda: None), daemon=True).start()
        return done("Task is executing")

    @app.post(f"{PREFIX}/requeue/{{id}}", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/task/{{id}}/requeue", dependencies=deps)
    def requeue_task(id: str):
        task = task_manager.get_task(id)
        if task is None:
            return refused("Task not found")
        # (wart) the copy keeps the old force_task_id
        name = task.name and f"Copy of {task.name}"
        changed = {"status": TaskStatus.PENDING, "result": None, "bookmarked": False, "name": name or None}
        for field, value in {**changed, "id": str(uuid4())}.items():
            setattr(task, field, value)
        task_manager.add_task(task)
        task_runner.execute_pending_tasks_threading()
        return done("Task requeued")

    @app.post(f"{PREFIX}/task/requeue-failed", dependencies=deps)
    def requeue_failed_tasks():
        failed = task_manager.get_tasks(status=TaskStatus.FAILED)
        for task in failed:
            task.status = TaskStatus.PENDING
            task.result = None
            task.priority = now_ms()
            task_manager.update_task(task)
        return done(f"Requeued {len(failed)} failed tasks") if failed else refused("No failed tasks")

    @app.post(f"{PREFIX}/delete/{{id}}", dependencies=deps, deprecated=True)
    @app.delete(f"{PREFIX}/task/{{id}}", dependencies=deps)
    def delete_task(id: str):
        if progress.current_task == id:
            shared.state.interrupt()
            task_runner.interrupted = id
            return done("Task interrupted")
        # (wart) also if the runner already holds it
        task_manager.delete_task(id)
        return done("Task deleted")

    @app.post(f"{PREFIX}/move/{{id}}/{{over_id}}", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/task/{{id}}/move/{{over_id}}", dependencies=deps)
    def move_task(id: str, over_id: str):
        places = {"top": 0, "bottom": -1}
        over = None if over_id in places else task_manager.get_task(over_id)
        if task_manager.get_task(id) is None or (over is None and over_id not in places):
            return refused("Task not found")
        task_manager.prioritize_task(id, places.get(over_id, over.priority if over else 0))
        return done("Task moved")

    def change(id, message, **fields):
        task = task_manager.get_task(id)
        if task is None:
            return refused("Task not found")
        for name, value in fields.items():
            setattr(task, name, value)
        task_manager.update_task(task)
        return done(message)

    @app.post(f"{PREFIX}/bookmark/{{id}}", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/task/{{id}}/bookmark", dependencies=deps)
    def pin_task(id: str):
        return change(id, "Task bookmarked", bookmarked=True)

    @app.post(f"{PREFIX}/unbookmark/{{id}}", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/task/{{id}}/unbookmark")
    def unpin_task(id: str):
        return change(id, "Task unbookmarked", bookmarked=False)

    @app.post(f"{PREFIX}/rename/{{id}}", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/task/{{id}}/rename", dependencies=deps)
    def rename_task(id: str, name: str):
        return change(id, "Task renamed.", name=name)

    @app.get(f"{PREFIX}/results/{{id}}", dependencies=deps, deprecated=True)
    @app.get(f"{PREFIX}/task/{{id}}/results", dependencies=deps)
    def get_task_results(id: str, zip: bool = False):
        task = task_manager.get_task(id)
        if task is None:
            return refused("Task not found")
        if task.status != TaskStatus.DONE or task.result is None:
            return refused(f"Task is {task.status}")
        result = json.loads(task.result)
        found = [Path(image) for image in result["images"] if Path(image).is_file()]
        if not zip:
            texts = result.get("geninfo", {}).get("infotexts", [])
            pictures = [base64.b64encode(path.read_bytes()).decode() for path in found]
            pairs = [{"image": p, "infotext": t} for p, t in zip_(pictures, texts, strict=False)]
            return {"success": True, "data": pairs}
        buffer = io.BytesIO()
        with ZipFile(buffer, "w") as archive:
            for path in found:
                archive.write(path, path.name)
        buffer.seek(0)
        return StreamingResponse(buffer, media_type="application/zip")

    @app.post(f"{PREFIX}/pause", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/queue/pause", dependencies=deps)
    def pause_queue():
        shared.opts.queue_paused = True
        return done("Queue paused.")

    @app.post(f"{PREFIX}/resume", dependencies=deps, deprecated=True)
    @app.post(f"{PREFIX}/queue/resume", dependencies=deps)
    def resume_queue():
        shared.opts.queue_paused = False
        TaskRunner.instance.execute_pending_tasks_threading()
        return done("Queue resumed.")

    @app.post(f"{PREFIX}/queue/clear", dependencies=deps)
    def clear_queue():
        task_manager.delete_tasks(status=TaskStatus.PENDING)
        return done("Queue cleared.")

    @app.post(f"{PREFIX}/history/clear", dependencies=deps)
    def clear_history():
        task_manager.delete_tasks()
        return done("History cleared.")
