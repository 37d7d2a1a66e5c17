"""Our code beside the stand-in's, in a process of its own: ``python -m ... FOLDER`` runs all cases and
prints what went wrong in each, as JSON. (One process can hold only one package named ``modules``.)"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from pathlib import Path

from tests.sandbox import headless
from tests.unit.webui.host_side.registry import CASES

for path in sorted(Path(__file__).parent.glob("*_cases.py")):
    importlib.import_module(f"tests.unit.webui.host_side.{path.stem}")  # which registers its cases


def main(folder: Path) -> None:
    headless.start(folder)
    problems = {}
    for name, function in CASES.items():
        try:
            function(folder)
            problems[name] = ""
        except Exception:
            problems[name] = traceback.format_exc()
    (folder / "problems.json").write_text(json.dumps(problems), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
