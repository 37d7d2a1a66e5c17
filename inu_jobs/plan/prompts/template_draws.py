"""Drawing the prompts of a template with dynamicprompts, within budgets. Only ``templates`` imports this, and
only when there is a template: the library takes a while to import."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

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

from ... import budgets
from ...errors import InuJobsError, InvalidInput
from ...model import Template
from ...sentences import UNSAID, Sentence, say
from ..tasks import MAX_TASKS
from .templates import parts
from .wildcard_manager import Manager
from .wildcards import shield, shield_networks, unshield

#: how often the library may look at a part of the template: it can spin for hours without a new prompt
_MOST_STEPS = budgets.TEMPLATE_STEPS
_EACH = 64  # steps


def draw(template: Template, manager: Manager) -> tuple[list[str], bool]:
    """The prompts, and whether there would be more than ``MAX_TASKS``. ``InvalidInput`` with the part of
    ``template`` that is wrong. The lock of the wildcards is to be held."""
    text = shield(shield_networks(template.text, manager.knows))
    try:
        return _draw(parse(text), template, manager)
    except InuJobsError:
        raise
    except RecursionError:
        raise InvalidInput(
            say("A wildcard or variable of this template leads back to itself."), "text"
        ) from None
    except ParseBaseException as error:
        raise _unreadable(unshield(error.pstr), error.loc, error.pstr == text) from None
    except Exception as error:  # the library has many words for what it cannot do
        reason = unshield(str(error.args[0] if error.args else error)).rstrip(".")
        raise InvalidInput(
            say("The template cannot be filled in: {reason}.", reason=reason), "text"
        ) from None


def _unreadable(text: str, place: int, own: bool) -> InvalidInput:
    rest = " ".join(text[place : place + 40].split())
    if own:
        message = say(
            "The template cannot be read from “{rest}” on: a bracket or a wildcard is not closed there.",
            rest=rest,
        )
    else:
        message = say(
            "A line of a wildcard file, “{line}”, cannot be read from “{rest}” on: a bracket or a wildcard is"
            " not closed there.",
            line=text[:60],
            rest=rest,
        )
    return InvalidInput(message, "text")


class _Steps:
    def __init__(self, most: int, refusal: Sentence = UNSAID) -> None:
        self.left = most
        self._refusal = refusal or say("This template has too many combinations to look through.")

    def one(self, cost: int = 1) -> None:
        self.left -= cost
        if self.left < 0:
            raise InvalidInput(self._refusal, "text")
        if cost > 1 or self.left % _EACH == 0:
            budgets.check()


def _counting(kind: type[Sampler], steps: _Steps) -> Sampler:
    """A sampler of the library that gives up in the end."""

    class Counting(kind):  # type: ignore[misc, valid-type]
        def generator_from_command(self, command: Command, context: SamplingContext) -> Any:
            steps.one()
            results = super().generator_from_command(command, context)
            # one that draws asks for another generator each time, which counts
            return results if kind is RandomSampler else _stepping(results, steps)

        def _get_variant(self, command: VariantCommand, context: SamplingContext) -> Iterator[Any]:
            """As the library draws one of several, which is nearly every choice, without copying all of them
            each time."""
            one_of_several = command.min_bound == command.max_bound == 1 and len(command.values) > 1
            if kind is not RandomSampler or not one_of_several:
                for result in super()._get_variant(command, context):
                    steps.one()
                    yield result
                return
            values, weights = command.values, command.weights
            while True:
                context.rand.randint(1, 1)  # how many: the library draws that, too
                yield next(context.generator_from_command(context.rand.choices(values, weights)[0]))

    return Counting()


def _stepping(results: Iterator[Any], steps: _Steps) -> Iterator[Any]:
    for result in results:
        steps.one()
        yield result


def count_combinations(text: str, manager: Manager, most: int, steps: int) -> int | None:
    """As ``templates.count_combinations``."""
    try:
        command = parse(shield(shield_networks(text, manager.knows)))
        context = _context("combinatorial", 0, manager, _Steps(steps))
        return sum(1 for _ in itertools.islice(context.sample_prompts(command), most))
    except Exception:  # its own parser will say what it cannot read
        return None


def _context(mode: str, seed: int, manager: Manager, steps: _Steps) -> SamplingContext:
    methods = SamplingMethod.RANDOM, SamplingMethod.COMBINATORIAL, SamplingMethod.CYCLICAL
    kinds = RandomSampler, CombinatorialSampler, CyclicalSampler
    return SamplingContext(
        default_sampling_method=methods[0] if mode == "random" else methods[1],
        wildcard_manager=manager,
        samplers={method: _counting(kind, steps) for method, kind in zip(methods, kinds, strict=True)},
        rand=Random(seed),  # noqa: S311  no secret is drawn
    )


def _draw(command: Command, template: Template, manager: Manager) -> tuple[list[str], bool]:
    steps = _steps_for(template)
    context = _context(template.mode, template.seed, manager, steps)
    for name in _names(command):  # also those that are not drawn this time
        manager.get_values(name)
    alike = template.mode == "random"
    found: list[str] = []
    seen: set[str] = set()
    length = 0
    most = template.count or MAX_TASKS
    # all combinations share what does not change, and yet each is put together of all parts
    cost = 0 if alike else (template.text.count("{") + template.text.count("__") // 2) // 8
    for result in context.sample_prompts(command):
        steps.one(cost)
        prompt = unshield(str(result))
        if prompt in seen and not alike:
            continue
        if len(found) == most:
            return found, not template.count
        length += len(prompt)
        _check_length(prompt, length)
        seen.add(prompt)
        found.append(prompt)
        if len(found) == template.count:
            break
    return found, False


def _steps_for(template: Template) -> _Steps:
    reading = budgets.TEMPLATE_READING * parts(template.text)
    if template.mode == "random":
        many = say("These are too many prompts for so many choices and wildcards: ask for fewer prompts.")
        return _Steps(budgets.TEMPLATE_DRAWS - reading, many)
    return _Steps(_MOST_STEPS - reading)


def _check_length(prompt: str, of_all: int) -> None:
    if len(prompt) > budgets.PROMPT:
        raise InvalidInput(
            say("This template makes a prompt of more than {prompt:,} characters.", prompt=budgets.PROMPT),
            "text",
        )
    if of_all > budgets.TEXT_OF_PLAN:
        raise InvalidInput(say("The prompts of this template would be far too long."), "text")


#: what a command is put together of, by its class
_PARTS: dict[type, Callable[[Any], Iterable[Command | None]]] = {
    WildcardCommand: lambda command: command.variables.values(),
    SequenceCommand: lambda command: command.tokens,
    VariantCommand: lambda command: command.values,
    VariableAssignmentCommand: lambda command: (command.value,),
    VariableAccessCommand: lambda command: (command.default,),
    WrapCommand: lambda command: (command.wrapper, command.inner),
}


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
    parts_of = _PARTS.get(type(command))
    for part in () if parts_of is None else parts_of(command):
        yield from _names(part)
