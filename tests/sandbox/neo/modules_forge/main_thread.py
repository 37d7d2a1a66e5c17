"""Generations of the page run on a thread of their own; what failed is told by ``last_exception``."""

import threading
import traceback

last_exception = None


def is_oom(error):
    return "out of memory" in str(error)


def run_and_wait_result(func, *args, **kwargs):
    """None if it failed."""
    results = []

    def work():
        global last_exception
        try:
            results.append(func(*args, **kwargs))
            last_exception = None
        except Exception as error:
            last_exception = "OOM" if is_oom(error) else f"{type(error).__name__}: {error}"
            if last_exception != "OOM":
                traceback.print_exc()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join()
    return results[0] if results else None
