"""The WebUI's own X/Y/Z plot, asked what it reads in a text: its reader is inside of ``run``."""

from __future__ import annotations

import inspect
import math
from contextlib import nullcontext
from typing import Any

from inu_jobs.errors import InvalidInput
from inu_jobs.model import AxisSpec
from inu_jobs.plan.axes.notation import items
from inu_jobs.plan.axes.values import read
from tests.unit.plan.axes.notation_cases import FLOATS, INTEGERS, TEXTS, random_texts

_MOST = 500
_RANDOM = 4000
#: axes without a list of choices, and the field that ours set
_FIELDS = {"Seed": "seed", "CFG Scale": "cfg_scale"}


class _Enough(Exception):
    """The axes are read."""


class Plot:
    def __init__(self) -> None:
        from modules import processing, scripts

        runner = scripts.scripts_txt2img
        self._script = next(s for s in runner.selectable_scripts if s.title() == "X/Y/Z plot")
        if not hasattr(self._script, "current_axis_options"):  # the page is not built yet
            raise AssertionError("The X/Y/Z plot has no axes.")
        self._labels = [option.label for option in self._script.current_axis_options]
        run = type(self._script).run
        self._globals = run.__globals__
        names = list(inspect.signature(run).parameters)[2:]  # Forge Neo has more than A1111
        self._nothing = {name: _nothing(name) for name in names}
        self._processing = processing.StableDiffusionProcessingTxt2Img(width=8, height=8, steps=1, seed=1)

    def read(self, axis: str, text: str) -> list[Any] | None:
        """The values, None if the script fails over them."""
        from modules import shared

        def stop(*args: object, **named: object) -> None:
            raise _Enough

        # what it puts back after drawing is a model that was never changed: a second each time
        instead = {"draw_xyz_grid": stop, "SharedSettingsStackHelper": nullcontext}
        own = {name: self._globals[name] for name in instead}
        self._globals.update(instead)
        try:
            asked = {"x_type": self._labels.index(axis), "x_values": text}
            self._script.run(self._processing, **{**self._nothing, **asked})
        except _Enough:
            return list(shared.state.xyz_plot_x.values)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        finally:
            self._globals.update(own)
        raise AssertionError("The X/Y/Z plot drew nothing.")


def _nothing(name: str) -> Any:
    """What asks an argument of the plot for no axis, no grid and no seeds of its own."""
    if name.endswith("_dropdown"):
        return []
    if name.endswith("_values"):
        return ""
    if name.endswith(("_type", "_size", "_count")):
        return 0
    return name in ("no_fixed_seeds", "csv_mode")


def compare() -> None:
    plot = Plot()
    for text, expected in TEXTS.items():
        assert plot.read("Prompt S/R", text) == expected == items(text), text
    tables: dict[str, Any] = {"Seed": INTEGERS, "CFG Scale": FLOATS}
    agreed = 0
    for axis, field in _FIELDS.items():
        for text, expected in tables[axis].items():
            assert plot.read(axis, text) == expected, (axis, text)
        for text in [*tables[axis], *random_texts(_RANDOM)]:
            theirs = plot.read(axis, text)
            if theirs is not None and (len(theirs) > _MOST or not all(map(math.isfinite, theirs))):
                theirs = None  # we refuse what no job takes
            ours = _ours(field, text)
            assert ours == theirs and list(map(type, ours or [])) == list(map(type, theirs or [])), (
                axis, text, ours, theirs,
            )  # fmt: skip
            agreed += theirs is not None
    assert agreed > _RANDOM // 4, agreed  # or nothing was compared


def _ours(field: str, text: str) -> list[Any] | None:
    """What a job would queue."""
    try:
        found = read(AxisSpec(field, text=text), "txt2img", {}, "axes").values
    except InvalidInput:
        return None
    return found if len(found) <= _MOST else None
