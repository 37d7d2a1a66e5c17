"""A stand-in for the WebUI and for Agent Scheduler: same names, same behaviour, no GPU and no models.

``modules/`` and ``agent_scheduler/`` are top-level packages there, so this folder goes on ``sys.path``
when (and only when) ``activate`` is called. Before it goes the folder of the host that it stands in for,
``a1111`` or ``neo``: their ``modules`` and the common one are one package (without an ``__init__.py``, as the
real one), so each module is where it belongs, and a module that a host lacks cannot be imported.

Which host that is follows from the packages that are installed: ``tests/requirements.txt`` has A1111's,
``tests/requirements-neo.txt`` Forge Neo's."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
#: "a1111" or "neo"
HOST = "a1111" if version("gradio").startswith("3.") else "neo"

#: Extension folders that are loaded although they are not in ``data/extensions``: this repository.
extensions: list[Path] = [ROOT]
#: Names of folders in ``data/extensions`` that are passed over, as if they were not there.
hidden: set[str] = set()


def activate(data: Path, arguments: list[str] | None = None, loaded: list[Path] | None = None) -> None:
    """Make ``import modules`` mean the stand-in, with its data in ``data``. Once per process.

    ``arguments`` are the WebUI's own command line flags, e.g. ``["--api", "--port", "7861"]``;
    ``loaded`` replaces the extension folders to load besides those in ``data/extensions``.
    """
    if "modules" in sys.modules:
        raise RuntimeError("A package named modules is already loaded: one sandbox per process.")
    data.mkdir(parents=True, exist_ok=True)
    if loaded is not None:
        extensions[:] = loaded
    sys.argv = [sys.argv[0], "--data-dir", str(data), *(arguments or [])]
    for folder in (HERE, HERE / HOST):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
