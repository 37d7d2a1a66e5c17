"""What to say when something could not be imported: a Python package of ours, or a name of the WebUI's.

A WebUI that has no such name is a kind, or a version, that Inu Jobs does not know. Installing packages would
not help, so it must not be called a missing package.
"""

from __future__ import annotations

import re

_OF_THE_WEBUI = frozenset({"modules", "modules_forge", "backend"})
_NEEDED = "A1111 1.7 or later, reForge, Forge or Forge Neo"
_NAME = re.compile(r"cannot import name '([^']+)'")


def problem(error: ImportError) -> str:
    """One sentence, for the console and the tab."""
    module = error.name or ""
    if module.partition(".")[0] not in _OF_THE_WEBUI:
        return (
            f"The Python package {module or error} is missing, so Inu Jobs cannot run."
            " Connect to the internet and restart the WebUI, or install it with pip in the WebUI's"
            " environment."
        )
    name = _NAME.search(str(error))
    lacks = f"{module}.{name[1]}" if name else module
    return f"This WebUI is not supported: it has no {lacks}. Inu Jobs needs {_NEEDED}."
