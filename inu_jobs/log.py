"""Output in the WebUI's console: one logger, with each message prefixed by "Inu Jobs: ".

The WebUI only sets up logging on request (modules/logging_config.py of 1.10.1: ``--loglevel`` or
SD_WEBUI_LOG_LEVEL); otherwise, Python only shows warnings. So the logger has its own handler, and does not
propagate to the root's: each message is shown exactly once, whatever is set up there.
"""

from __future__ import annotations

import logging
import sys


class _Console(logging.Handler):
    """The current ``sys.stderr``: others may have replaced it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)  # noqa: T201  the one place
        except Exception:  # a console that cannot show a character must not cause a failure
            self.handleError(record)


def _logger() -> logging.Logger:
    found = logging.getLogger("inu_jobs")
    found.setLevel(logging.INFO)
    found.propagate = False
    if not found.handlers:
        console = _Console()
        console.setFormatter(logging.Formatter("Inu Jobs: %(message)s"))
        found.addHandler(console)
    return found


log = _logger()
