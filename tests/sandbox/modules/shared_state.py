"""What the WebUI is doing right now."""

import datetime
import threading
import time

from modules import errors, shared


def nothing_done():
    """Every field that a new job finds reset."""
    flags = dict.fromkeys(("skipped", "interrupted", "stopping_generation"), False)
    counts = dict.fromkeys(("job_no", "sampling_step", "current_image_sampling_step", "id_live_preview"), 0)
    unknown = dict.fromkeys(("current_latent", "current_image", "textinfo"))
    return {**flags, **counts, **unknown, "processing_has_refined_job_count": False}


class State:
    def __init__(self):
        vars(self).update(nothing_done(), job="", job_count=0, job_timestamp="0", sampling_steps=0)
        self._server_command, self._server_command_signal = None, threading.Event()
        self.time_start, self.server_start = None, time.time()

    @property
    def need_restart(self):
        return self.server_command == "restart"

    @need_restart.setter
    def need_restart(self, value):
        if value:
            self.server_command = "restart"

    @property
    def server_command(self):
        return self._server_command

    @server_command.setter
    def server_command(self, value):
        self._server_command = value
        self._server_command_signal.set()

    def wait_for_server_command(self, timeout=None):
        if not self._server_command_signal.wait(timeout):
            return None
        self._server_command_signal.clear()
        command, self._server_command = self._server_command, None
        return command

    def request_restart(self):
        self.interrupt()
        self.server_command = "restart"

    def skip(self):
        self.skipped = True

    def interrupt(self):
        self.interrupted = True

    def stop_generating(self):
        self.stopping_generation = True

    def nextjob(self):
        opts = shared.opts
        # -1 stands for "one preview per finished image"
        if opts.show_progress_every_n_steps == -1 and opts.live_previews_enable:
            self.do_set_current_image()
        self.current_image_sampling_step = self.sampling_step = 0
        self.job_no += 1

    def dict(self):
        names = (
            "skipped interrupted stopping_generation job job_count job_timestamp job_no"
            " sampling_step sampling_steps"
        )
        return {name: getattr(self, name) for name in names.split()}

    def begin(self, job="(unknown)"):
        now = datetime.datetime.now()
        vars(self).update(
            nothing_done(),
            job=job,
            job_count=-1,
            job_timestamp=f"{now:%Y%m%d%H%M%S}",
            time_start=now.timestamp(),
        )

    def end(self):
        self.job = ""
        self.job_count = 0

    def set_current_image(self):
        """A new preview, if enough steps were made since the last."""
        every = shared.opts.show_progress_every_n_steps
        if not shared.opts.live_previews_enable or every == -1:
            return
        if self.sampling_step - self.current_image_sampling_step >= every:
            self.do_set_current_image()

    def do_set_current_image(self):
        if self.current_latent is None:
            return
        from modules import sd_samplers

        try:
            grid = shared.opts.show_progress_grid
            draw = sd_samplers.samples_to_image_grid if grid else sd_samplers.sample_to_image
            self.assign_current_image(draw(self.current_latent))
            self.current_image_sampling_step = self.sampling_step
        except Exception:
            errors.record_exception()

    def assign_current_image(self, image):
        no_jpeg = image.mode in ("RGBA", "P")
        wants_jpeg = shared.opts.live_previews_image_format == "jpeg"
        self.current_image = image.convert("RGB") if wants_jpeg and no_jpeg else image
        self.id_live_preview += 1
