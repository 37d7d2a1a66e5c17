"""Prompts from a template in dynamicprompts' syntax, the one of the extension sd-dynamic-prompts.

The same text, mode, count and seed, with the same wildcard files, give the same prompts: so a plan shows
exactly what will run. What is the WebUI's own in a prompt (``<lora:a:1>``, ``(x:1.2)``, ``[a:b:0.5]``,
``BREAK``) comes out as it went in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from dynamicprompts.commands import (
    Command,
    LiteralCommand,
    SequenceCommand,
    VariantCommand,
    WildcardCommand,
    WrapCommand,
)
from dynamicprompts.commands.variable_commands import VariableAccessCommand, VariableAssignmentCommand
from dynamicprompts.enums import SamplingMethod
from dynamicprompts.parser.parse import parse
from dynamicprompts.samplers import Sampler
from dynamicprompts.samplers.combinatorial import CombinatorialSampler
from dynamicprompts.samplers.cycle import CyclicalSampler
from dynamicprompts.samplers.random import RandomSampler
from dynamicprompts.sampling_context import SamplingContext
from pyparsing import ParseBaseException

from ..api import Template
from ..errors import InuJobsError, InvalidInput
from ..model import Finding
from .tasks import MAX_TASKS
from .wildcards import Wildcards, shield, shield_name, unshield

LONGEST = 20_000  # characters of a template
#: characters of all prompts of a template; more is a slip, and would fill the memory
_MOST_TEXT = 50_000_000
#: how often the library may look at a part of the template: it can spin for hours without a new prompt
_MOST_STEPS = 1_000_000

_NETWORK = re.compile(r"<\w+:[^<>]*>")
_NAME = re.compile(r"__[~!@]?([^_({$][^({$]*?)(?:\([^)]*\))?__")


class Filled(NamedTuple):
    """``more``: there would be more than ``MAX_TASKS`` of them. ``unknown``: wildcards that are not there,
    each with the name that is nearest, or ''."""

    prompts: list[str]
    more: bool
    unknown: dict[str, str]

    def findings(self, field: str) -> list[Finding]:
        return [
            Finding(
                "error",
                "wildcard_unknown",
                f"There is no wildcard “{name}”{f'; did you mean “{near}”?' if near else '.'}",
                field,
                near,
            )
            for name, near in self.unknown.items()
        ]


def fill_in(template: Template, wildcards: Wildcards) -> Filled:
    """The prompts of a template. ``InvalidInput`` with the part of ``template`` that is wrong."""
    if not template.text.strip():
        raise InvalidInput("The template is empty.", "text")
    if len(template.text) > LONGEST:
        raise InvalidInput(f"A template can have at most {LONGEST:,} characters.", "text")
    if template.count < 0 or (template.mode == "random" and template.count == 0):
        raise InvalidInput("Say how many prompts to draw, from 1 on.", "count")
    if template.count > MAX_TASKS:
        raise InvalidInput(f"At most {MAX_TASKS:,} prompts can be drawn.", "count")
    with wildcards.lock:
        manager = wildcards.manager()
        text = _shielded(template.text, manager.knows)
        try:
            prompts, more = _draw(parse(text), template, manager)
        except InuJobsError:
            raise
        except RecursionError:
            raise InvalidInput(
                "A wildcard or variable of this template leads back to itself.", "text"
            ) from None
        except ParseBaseException as error:
            raise _unreadable(unshield(error.pstr), error.loc, error.pstr == text) from None
        except Exception as error:  # the library has many words for what it cannot do
            reason = unshield(str(error.args[0] if error.args else error)).rstrip(".")
            raise InvalidInput(f"The template cannot be filled in: {reason}.", "text") from None
        unknown = {unshield(name): manager.nearest(name) for name in manager.unknown}
    if not prompts:
        raise InvalidInput("This template makes no prompts.", "text")
    return Filled(prompts, more, unknown)


def _shielded(text: str, knows: Any) -> str:
    """A LoRA's name may have "__" in it."""

    def keep(match: re.Match[str]) -> str:
        names = _NAME.findall(match[0])
        return match[0] if names and all(map(knows, names)) else match[0].replace("__", shield_name("__"))

    return shield(_NETWORK.sub(keep, text))


def _unreadable(text: str, place: int, own: bool) -> InvalidInput:
    rest = " ".join(text[place : place + 40].split())
    what = "The template" if own else f"A line of a wildcard file, “{text[:60]}”,"
    return InvalidInput(
        f"{what} cannot be read from “{rest}” on: a bracket or a wildcard is not closed there.", "text"
    )


# ---------------------------------------------------------------------------- drawing


class _Steps:
    def __init__(self) -> None:
        self.left = _MOST_STEPS

    def one(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise InvalidInput("This template has too many combinations to look through.", "text")


def _counting(kind: type[Sampler], steps: _Steps) -> Sampler:
    """A sampler of the library that gives up in the end."""

    class Counting(kind):  # type: ignore[misc, valid-type]
        def generator_from_command(self, command: Command, context: SamplingContext) -> Any:
            steps.one()
            return _stepping(super().generator_from_command(command, context), steps)

    return Counting()


def _stepping(results: Iterator[Any], steps: _Steps) -> Iterator[Any]:
    for result in results:
        steps.one()
        yield result


def _draw(command: Command, template: Template, manager: Any) -> tuple[list[str], bool]:
    steps = _Steps()
    methods = SamplingMethod.RANDOM, SamplingMethod.COMBINATORIAL, SamplingMethod.CYCLICAL
    kinds = RandomSampler, CombinatorialSampler, CyclicalSampler
    context = SamplingContext(
        default_sampling_method=methods[0] if template.mode == "random" else methods[1],
        wildcard_manager=manager,
        samplers={method: _counting(kind, steps) for method, kind in zip(methods, kinds, strict=True)},
        rand=Random(template.seed),  # noqa: S311  no secret is drawn
    )
    for name in _names(command):  # also those that are not drawn this time
        manager.get_values(name)
    alike = template.mode == "random"
    found: list[str] = []
    seen: set[str] = set()
    length = 0
    most = template.count or MAX_TASKS
    for result in context.sample_prompts(command):
        prompt = unshield(str(result))
        if prompt in seen and not alike:
            continue
        if len(found) == most:
            return found, not template.count
        length += len(prompt)
        if length > _MOST_TEXT:
            raise InvalidInput("The prompts of this template would be far too long.", "text")
        seen.add(prompt)
        found.append(prompt)
        if len(found) == template.count:
            break
    return found, False


def _names(command: Command | str | None) -> Iterator[str]:
    """Wildcards in a template that are called by a plain name."""
    if isinstance(command, WildcardCommand):
        name = command.wildcard
        if isinstance(name, LiteralCommand):
            name = name.literal
        if isinstance(name, str):
            yield name
        else:
            yield from _names(name)
        inner: list[Command | None] = list(command.variables.values())
    elif isinstance(command, SequenceCommand):
        inner = list(command.tokens)
    elif isinstance(command, VariantCommand):
        inner = list(command.values)
    elif isinstance(command, VariableAssignmentCommand):
        inner = [command.value]
    elif isinstance(command, VariableAccessCommand):
        inner = [command.default]
    elif isinstance(command, WrapCommand):
        inner = [command.wrapper, command.inner]
    else:
        inner = []
    for part in inner:
        yield from _names(part)
