"""Responses about what is not queued yet: plans, recipes, prompts, captures."""

from __future__ import annotations

from typing import Any

import msgspec

from ...model import Dynamic, Finding, Recipe, Waits


class Plan(msgspec.Struct):
    """``sample``: the first tasks, each ``{"changes": {...}, "prompt": str, "label": str}``; the label tells
    what varies besides the prompt. ``seconds``: None if this machine has no data; in four cases out of five,
    it takes between ``low`` and ``high``. ``loads``: how often another model is loaded in between. ``loras``:
    the names in the prompts. ``starts`` and ``ends``: when it would run and be done, counting what is already
    waiting, its run windows and its hold; ``waits``: why it would not run at once, see ``model.Waits``.
    ``dynamic``: if the extension Dynamic Prompts fills in the prompts. ``controlnet``: for a derive, how many
    of the images were made with ControlNet, which is carried over unless left out."""

    tasks: int
    images: int
    sample: list[dict[str, Any]]
    findings: list[Finding]
    seconds: float | None = None
    low: float | None = None
    high: float | None = None
    loads: int = 0
    bytes: int | None = None
    free_bytes: int | None = None
    loras: list[str] = []
    starts: float | None = None
    ends: float | None = None
    waits: Waits = ""
    dynamic: Dynamic | None = None
    controlnet: int = 0


class EditPlan(Plan, kw_only=True):
    """A plan of what will wait after the edit. ``kept``: finished or running tasks, which stay; ``dropped``:
    waiting tasks that will be removed; ``added``: new ones."""

    kept: int
    dropped: int
    added: int


class Prompts(msgspec.Struct):
    """The first 1,000 of a template. ``total``: how many it makes, None if more than a job can have."""

    prompts: list[str]
    total: int | None
    findings: list[Finding]


class PromptLines(msgspec.Struct):
    """``tasks``: ``{"changes": {...}}`` for each line, dotted path -> value."""

    tasks: list[dict[str, Any]]
    findings: list[Finding]


class SavedRecipe(Recipe, frozen=True, kw_only=True, omit_defaults=False):
    """``builtin``: it comes with Inu Jobs, and cannot be deleted."""

    builtin: bool


class RecipeList(msgspec.Struct):
    """Built-in ones first, then the user's, newest first."""

    recipes: list[SavedRecipe]
