"""One generation at a time: everything takes ``queue_lock`` first."""

import html
import re
import time
from contextlib import contextmanager
from functools import wraps

from modules import errors, fifo_lock, progress, shared

queue_lock = fifo_lock.FIFOLock()


def wrap_queued_call(func):
    def f(*args, **kwargs):
        with queue_lock:
            return func(*args, **kwargs)

    return f


def _id_of(arguments):
    """The page's own task id, "task(...)", comes as the first argument; API calls have none there."""
    first = arguments[0] if arguments else None
    return first if isinstance(first, str) and re.fullmatch(r"task\(.*\)", first, re.DOTALL) else None


@contextmanager
def _generation(id_task):
    """Counts as running from here on. (wart) ``state.end`` is left out when it fails."""
    shared.state.begin(job=id_task)
    progress.start_task(id_task)
    try:
        yield
    finally:
        progress.finish_task(id_task)
    shared.state.end()


def wrap_gradio_gpu_call(func, extra_outputs=None):
    @wraps(func)
    def queued(*args, **kwargs):
        id_task = _id_of(args)
        if id_task is not None:
            progress.add_task_to_queue(id_task)
        with queue_lock, _generation(id_task):
            answer = func(*args, **kwargs)
            progress.record_results(id_task, answer)
        return answer

    return wrap_gradio_call(queued, extra_outputs=extra_outputs, add_stats=True)


#: what a call leaves behind in ``shared.state``, however it ended
_AT_REST = {"skipped": False, "interrupted": False, "stopping_generation": False, "job_count": 0, "job": ""}


def wrap_gradio_call(func, extra_outputs=None, add_stats=False):
    @wraps(func)
    def tidied(*args, **kwargs):
        try:
            return func(*args, **kwargs)
        finally:
            vars(shared.state).update(_AT_REST)

    return wrap_gradio_call_no_job(tidied, extra_outputs, add_stats)


def _failed(error, outputs):
    shown = html.escape(f"{type(error).__name__}: {error}")
    return [*([None, ""] if outputs is None else outputs), f"<div class='error'>{shown}</div>"]


def wrap_gradio_call_no_job(func, extra_outputs=None, add_stats=False):
    @wraps(func)
    def answered(*args, extra_outputs_array=extra_outputs, **kwargs):
        began = time.perf_counter()
        try:
            outputs = [*func(*args, **kwargs)]
        except Exception as error:
            errors.report(f"A request failed. Its arguments: {args} {kwargs}"[:10_000], exc_info=True)
            outputs = _failed(error, extra_outputs_array)
        if add_stats:
            outputs[-1] += f"<p class='time'>Time taken: {time.perf_counter() - began:.1f} sec.</p>"
        return tuple(outputs)

    return answered
