"""The queue's one thread. Comments with (wart) mark what section 5 of the design works around."""

import json
import threading
import time
from datetime import datetime, timezone

from modules import progress, script_callbacks, shared
from modules.api.api import Api
from modules.call_queue import queue_lock, wrap_gradio_call
from modules.img2img import img2img
from modules.txt2img import txt2img

from .db import Task, TaskStatus, task_manager
from .helpers import _exit, get_dict_attribute, log
from .task_helpers import (
    deserialize_img2img_image_args,
    deserialize_script_args,
    load_init_image,
    map_named_args_to_ui_task_args_list,
    map_ui_task_args_list_to_named_args,
    serialize_api_task_args,
    serialize_img2img_image_args,
    serialize_script_args,
)

EVENTS = ("registered", "started", "finished", "cleared")


class OutOfMemoryError(Exception):
    def __init__(self, message="CUDA out of memory"):
        self.message = message
        super().__init__(message)


class FakeRequest:
    def __init__(self, username=None):
        self.username = username


class ParsedTaskArgs:
    def __init__(self, is_ui, named_args, script_args, checkpoint=None, vae=None):
        self.is_ui = is_ui
        self.named_args = named_args
        self.script_args = script_args
        self.checkpoint = checkpoint
        self.vae = vae


class TaskRunner:
    instance = None

    def __init__(self, UiControlNetUnit=None):
        if TaskRunner.instance is not None:
            raise RuntimeError("there can be only one task runner")
        TaskRunner.instance = self
        self.UiControlNetUnit = UiControlNetUnit
        self.script_callbacks = {f"task_{event}": [] for event in EVENTS}
        self.interrupted, self.dispose = None, False
        self.__api = Api(None, queue_lock)
        self.__current_thread, self.__total_pending_tasks = None, 0
        self.__saved_images_path = []
        script_callbacks.on_image_saved(self.__on_image_saved)

    @property
    def current_task_id(self):
        return progress.current_task

    @property
    def is_executing_task(self):
        thread = self.__current_thread
        return thread is not None and thread.is_alive()

    @property
    def paused(self):
        return getattr(shared.opts, "queue_paused", False)

    def parse_task_args(self, task, deserialization=True):
        parsed = json.loads(task.params)
        result = ParsedTaskArgs(
            is_ui=parsed.get("is_ui", True),
            named_args=parsed["args"],
            script_args=parsed.get("script_args", task.script_params),
            checkpoint=parsed.get("checkpoint"),
            vae=parsed.get("vae"),
        )
        if not deserialization:
            result.script_args = []
        elif result.is_ui:
            self.__complete_ui_args(result, parsed.get("is_img2img"))
        else:
            self.__complete_api_args(result, parsed.get("is_img2img"))
        return result

    def __complete_ui_args(self, parsed, is_img2img):
        named = parsed.named_args
        texts = named.get("override_settings_texts") or []
        for label, value in (("Model hash: ", parsed.checkpoint), ("VAE: ", parsed.vae)):
            if value is not None:
                texts = [x for x in texts if not x.startswith(label)]
                if value != "System":
                    texts.append(label + value)
        named["override_settings_texts"] = texts
        named["request"] = FakeRequest(**(named.get("request") or {}))
        if is_img2img:
            deserialize_img2img_image_args(named)
        parsed.script_args = deserialize_script_args(parsed.script_args)

    def __complete_api_args(self, parsed, is_img2img):
        named = parsed.named_args
        override = named.get("override_settings") or {}
        if parsed.checkpoint == "System":
            override.pop("sd_model_checkpoint", None)
        elif parsed.checkpoint is not None:
            override["sd_model_checkpoint"] = parsed.checkpoint
        if parsed.vae is not None:
            override["sd_vae"] = parsed.vae
        named["override_settings"] = override
        if is_img2img:
            named["init_images"] = [load_init_image(x) for x in named["init_images"]]
        named.update({"save_images": True, "send_images": False})
        parsed.script_args = deserialize_script_args(parsed.script_args)

    def register_ui_task(self, task_id, is_img2img, *args, checkpoint=None, task_name=None, request=None):
        progress.add_task_to_queue(task_id)
        named, script_args = map_ui_task_args_list_to_named_args(list(args), is_img2img)
        if is_img2img:
            serialize_img2img_image_args(named)
        named["request"] = {"username": getattr(request, "username", None)}
        params = json.dumps(
            {
                "args": named,
                "checkpoint": checkpoint,
                "vae": getattr(shared.opts, "sd_vae", "Automatic"),
                "is_ui": True,
                "is_img2img": is_img2img,
            }
        )
        task = Task(
            id=task_id,
            name=task_name,
            type="img2img" if is_img2img else "txt2img",
            params=params,
            script_params=serialize_script_args(script_args),
        )
        task_manager.add_task(task)
        self.__run_callbacks("task_registered", task_id, is_img2img=is_img2img, is_ui=True, args=params)
        self.__total_pending_tasks += 1
        return task

    def register_api_task(self, task_id, api_task_id, is_img2img, args, checkpoint=None, vae=None):
        # (wart) stays in the WebUI's list of waiting tasks if the request is refused below
        progress.add_task_to_queue(task_id)
        named = serialize_api_task_args(dict(args), is_img2img, checkpoint=checkpoint, vae=vae)
        script_args = named.pop("script_args", [])
        params = json.dumps(
            {
                "args": named,
                "checkpoint": get_dict_attribute(named, "override_settings.sd_model_checkpoint"),
                "is_ui": False,
                "is_img2img": is_img2img,
            }
        )
        task = Task(
            id=task_id,
            api_task_id=api_task_id,
            type="img2img" if is_img2img else "txt2img",
            params=params,
            script_params=serialize_script_args(script_args),
        )
        task_manager.add_task(task)
        # (wart) unguarded, on the caller's thread
        self.__run_callbacks("task_registered", task_id, is_img2img=is_img2img, is_ui=False, args=params)
        self.__total_pending_tasks += 1
        return task

    def execute_task(self, task, get_next_task):
        while True:
            if self.dispose:
                break
            if progress.current_task is not None:
                # (wart) for ever, if a failed task of an API client left it set
                time.sleep(2)
                continue
            self.__execute_one(task)
            task = get_next_task()
            if not task:
                if not self.paused:
                    # (wart) counts as running meanwhile: a task added now stays where it is
                    time.sleep(1)
                    self.__on_completed()
                break

    def __execute_one(self, task):
        is_img2img = task.type == "img2img"
        parsed = self.parse_task_args(task)
        meta = {"is_img2img": is_img2img, "is_ui": parsed.is_ui, "task": task}
        self.interrupted = None
        self.__saved_images_path = []
        # (wart) the row says "pending" all the time the task runs
        self.__run_callbacks("task_started", task.id, **meta)
        samples_save = shared.opts.samples_save
        shared.opts.samples_save = True
        res = self.__execute_task(task.id, is_img2img, parsed)
        shared.opts.samples_save = samples_save

        if not res or isinstance(res, Exception):
            self.__failed(task, res, meta)
        elif self.interrupted == task.id:
            self.__finish(task, TaskStatus.INTERRUPTED, meta)
        else:
            # on Forge Neo the second output of Generate is its video player's, and the fork keeps that
            told = res if isinstance(res, dict) else json.loads(res)
            result = {"images": self.__saved_images_path.copy(), "geninfo": told}
            task.result = json.dumps(result)
            self.__finish(task, TaskStatus.DONE, meta, result=result)
        self.__saved_images_path = []

    def __failed(self, task, error, meta):
        if isinstance(error, OutOfMemoryError):
            log.error("Task %s failed: CUDA OOM. Queue will be paused.", task.id)
            shared.opts.queue_paused = True
        else:
            log.error("Task %s failed: %s", task.id, error)
        if getattr(shared.opts, "queue_automatic_requeue_failed_task", False):
            # (wart) at once, for ever, and no finished-callback
            task.status = TaskStatus.PENDING
            task.priority = int(datetime.now(timezone.utc).timestamp() * 1000)
            task_manager.update_task(task)
            return
        task.result = str(error) if error else None
        self.__finish(task, TaskStatus.FAILED, meta)

    def __finish(self, task, status, meta, **result):
        task.status = status
        # (wart) raises if the row is gone, and with it this thread ends
        task_manager.update_task(task)
        self.__run_callbacks("task_finished", task.id, status=status, **result, **meta)

    def execute_pending_tasks_threading(self):
        if self.paused or self.is_executing_task:
            return
        pending = self.__get_pending_task()
        if pending:
            self.__current_thread = threading.Thread(
                target=self.execute_task, args=(pending, self.__get_pending_task)
            )
            self.__current_thread.daemon = True
            self.__current_thread.start()

    def __execute_task(self, task_id, is_img2img, parsed):
        if parsed.is_ui:
            args = map_named_args_to_ui_task_args_list(parsed.named_args, parsed.script_args, is_img2img)
            return self.__execute_ui_task(task_id, is_img2img, *args)
        return self.__execute_api_task(
            task_id, is_img2img, script_args=parsed.script_args, **parsed.named_args
        )

    def __execute_ui_task(self, task_id, is_img2img, *args):
        generate = wrap_gradio_call(img2img if is_img2img else txt2img, add_stats=True)
        with queue_lock:
            shared.state.begin()
            progress.start_task(task_id)
            try:
                _images, info, message, *_ = generate(*args)
                outcome = OutOfMemoryError() if "CUDA out of memory" in message else info
            except Exception as failure:
                outcome = failure
            progress.finish_task(task_id)
            shared.state.end()
            return outcome

    def __execute_api_task(self, task_id, is_img2img, **kwargs):
        from modules.api import models

        route, model = self.__api.text2imgapi, models.StableDiffusionTxt2ImgProcessingAPI
        if is_img2img:
            route, model = self.__api.img2imgapi, models.StableDiffusionImg2ImgProcessingAPI
        progress.start_task(task_id)
        try:
            outcome = route(model(**kwargs)).info
        except Exception as failure:
            outcome = OutOfMemoryError() if "CUDA out of memory" in str(failure) else failure
        # (wart) not the current task, if the request had no force_task_id
        progress.finish_task(task_id)
        return outcome

    def __get_pending_task(self):
        if self.dispose or self.paused:
            return None
        self.__total_pending_tasks = task_manager.count_tasks(status="pending")
        if self.__total_pending_tasks > 0:
            pending = task_manager.get_tasks(status="pending", limit=1)
            return pending[0] if pending else None
        self.__run_callbacks("task_cleared")
        return None

    def __on_image_saved(self, data):
        if self.current_task_id is None:
            return
        saved = self.__saved_images_path
        is_grid = data.filename.startswith(shared.opts.outdir_grids or shared.opts.outdir_txt2img_grids)
        saved.insert(0 if is_grid else len(saved), data.filename)

    def __on_completed(self):
        action = getattr(shared.opts, "queue_completion_action", "Do nothing")
        if action == "Do nothing":
            return
        log.warning("Action after queue completion: %s", action)
        # The sandbox only ever ends itself, whatever the action is.
        _exit(0)

    def on_task_registered(self, callback):
        self.script_callbacks["task_registered"].append(callback)

    def on_task_started(self, callback):
        self.script_callbacks["task_started"].append(callback)

    def on_task_finished(self, callback):
        self.script_callbacks["task_finished"].append(callback)

    def on_task_cleared(self, callback):
        self.script_callbacks["task_cleared"].append(callback)

    def __run_callbacks(self, name, *args, **kwargs):
        # (wart) unguarded: an exception in one ends the thread
        for listener in self.script_callbacks[name]:
            listener(*args, **kwargs)


def get_instance(block):
    if TaskRunner.instance is None:
        TaskRunner()

        def on_before_reload():
            TaskRunner.instance.dispose = True
            TaskRunner.instance = None

        script_callbacks.on_before_reload(on_before_reload)
    return TaskRunner.instance
