"""Prompts from a template in the syntax of dynamicprompts, the library of sd-dynamic-prompts.

The same text, mode, count and seed give the same prompts with the same wildcard files, so a plan shows
exactly what will run. The WebUI's own syntax (``<lora:a:1>``, ``(x:1.2)``, ``[a:b:0.5]``, ``BREAK``) comes
out unchanged.
"""

from __future__ import annotations

from typing import NamedTuple

from ... import budgets
from ...errors import InvalidInput
from ...model import Finding, Template
from ...sentences import say
from ...spelling import with_suggestion
from ..tasks import MAX_TASKS
from .wildcards import Wildcards, unshield

LONGEST = budgets.TEMPLATE


class Filled(NamedTuple):
    """``more``: there would be more than ``MAX_TASKS``. ``unknown``: missing wildcards, each with the most
    similar name, or ''. ``empty``: those without lines. ``guessed``: those whose file is not UTF-8, each with
    the encoding used."""

    prompts: list[str]
    more: bool
    unknown: dict[str, str]
    empty: list[str] = []
    guessed: dict[str, str] = {}

    def findings(self, field: str) -> list[Finding]:
        """What to tell the user about the wildcards, for ``field``."""
        found = [
            Finding(
                "error",
                "wildcard_unknown",
                with_suggestion(say("There is no wildcard “{name}”", name=name), name, near),
                field,
                near,
                name,
            )
            for name, near in self.unknown.items()
        ]
        for name in self.empty:
            message = say("The wildcard “{name}” has no lines.", name=name)
            found.append(Finding("error", "wildcard_empty", message, field, name=name))
        for name, encoding in self.guessed.items():
            message = say(
                "The wildcard file “{name}” is not UTF-8 and was read as {encoding}. If letters look"
                " wrong, save it as UTF-8.",
                name=name,
                encoding=encoding.upper(),
            )
            found.append(Finding("warning", "wildcard_encoding", message, field, name=name))
        return found


def fill_in(template: Template, wildcards: Wildcards) -> Filled:
    """The prompts of a template. ``InvalidInput`` with the part of ``template`` that is wrong."""
    if not template.text.strip():
        raise InvalidInput(say("The template is empty."), "text")
    if len(template.text) > LONGEST:
        raise InvalidInput(
            say("A template can have at most {longest:,} characters.", longest=LONGEST), "text"
        )
    if parts(template.text) > budgets.TEMPLATE_PARTS:
        raise InvalidInput(
            say(
                "A template can have at most {most:,} choices and wildcards: put long lists"
                " into wildcard files.",
                most=budgets.TEMPLATE_PARTS,
            ),
            "text",
        )
    if template.count < 0 or (template.mode == "random" and template.count == 0):
        raise InvalidInput(say("Enter how many prompts to draw: at least 1."), "count")
    if template.count > MAX_TASKS:
        raise InvalidInput(say("At most {max_tasks:,} prompts can be drawn.", max_tasks=MAX_TASKS), "count")
    from . import template_draws  # the library takes a while to import: not before there is a template

    with wildcards.lock:
        manager = wildcards.manager()
        prompts, more = template_draws.draw(template, manager)
        unknown = {unshield(name): manager.nearest(name) for name in manager.unknown}
        empty, guessed = [unshield(name) for name in manager.empty], manager.guessed
    if not prompts:
        raise InvalidInput(say("This template makes no prompts."), "text")
    return Filled(prompts, more, unknown, empty, guessed)


def count_combinations(text: str, wildcards: Wildcards, most: int, steps: int) -> int | None:
    """How many prompts the extension Dynamic Prompts makes of ``text`` in combinatorial mode, including
    duplicates. At most ``most`` are counted; None if that takes more than ``steps``, or cannot be
    determined."""
    if len(text) > LONGEST:
        return None
    from . import template_draws  # as above

    with wildcards.lock:
        return template_draws.count_combinations(text, wildcards.manager(), most, steps)


def parts(text: str) -> int:
    """The approximate number of choices and wildcards in a template."""
    return text.count("{") + text.count("|") + text.count("__") // 2
