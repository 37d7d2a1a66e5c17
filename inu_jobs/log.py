"""What the WebUI's console is told: one logger, each message with "Inu Jobs: " before it.

The WebUI sets up logging only if it is asked to (modules/logging_config.py of 1.10.1: ``--loglevel`` or
SD_WEBUI_LOG_LEVEL), and without that Python shows warnings only. So the logger has a handler of its own, and
does not pass on to the root's: whatever is set up there, each message is shown, and once.
"""

from __future__ import annotations

import logging
import sys


class _Console(logging.Handler):
    """``sys.stderr``, as it is when something is said: others may have put something in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)  # noqa: T201  the one place
        except Exception:  # a console that cannot show a letter must not end what goes on
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
