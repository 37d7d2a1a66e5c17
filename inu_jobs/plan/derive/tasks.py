"""From images, changes and axes to the tasks of a derive."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from ... import budgets
from ...errors import InvalidInput
from ...fields import upscale
from ...fields.table import CHECKPOINT, LORA, VAE
from ...model import Axis, DeriveAction, Finding, Payload
from ...overlay import overlay
from ...sentences import Sentence, listed, say, say_count, within
from ..axes.task_order import order
from ..seeds import SEEDS, is_open
from ..tasks import PlannedTask, check_count
from ..text_budget import Texts
from ..upscalers import Upscalers, replaced
from .actions import Source, derive, kind_of, left_out, without_scripts
from .changes import changed, check_path, meets_nothing

#: file names in a finding
_NAMED = 3
#: labels in a finding
_LABELS = 8
#: what is each image's own, and so cannot be shared among images
_PERSONAL = ("seed", "subseed", "init_images")


class DerivedTask(PlannedTask, frozen=True):
    """``payload``: index into ``Derived.payloads``; ``source``: the image's id; ``drawn``: the fields whose
    seed was drawn, and would differ next time."""

    payload: int = 0
    source: str = ""
    drawn: tuple[str, ...] = ()


class Derived:
    """``payloads``: one for each origin among the sources; ``tasks`` in the order in which they should
    run."""

    def __init__(self, payloads: list[Payload], tasks: list[DerivedTask], findings: list[Finding]) -> None:
        self.payloads = payloads
        self.tasks = tasks
        self.findings = findings


def expand_derived(
    sources: Sequence[Source],
    action: DeriveAction,
    changes: Mapping[str, Any],
    axes: Sequence[Axis],
    scripts: Mapping[str, int],
    *,
    rng: Random,
    leave_out: Collection[str] = (),
    upscalers: Upscalers | None = None,
) -> Derived:
    """Each combination of the axes' values once for each image, with seeds. ``scripts``: as for ``derive``;
    ``leave_out``: titles of those not to carry over; ``upscalers``: those that exist, None if unknown: one
    that does not exist is replaced, unless it is given in ``changes`` or ``axes``. Images for which the
    action, a path or a value is not possible are skipped and reported in a finding; ``InvalidInput`` with the
    field if that is all of them, or for more than ``MAX_TASKS``."""
    _check(sources, changes, axes)
    return _DeriveExpansion(action, changes, axes, scripts, rng, leave_out, upscalers).run(sources)


def _check(sources: Sequence[Source], changes: Mapping[str, Any], axes: Sequence[Axis]) -> None:
    count = len(sources) * math.prod(len(axis.values) for axis in axes)
    check_count(count)
    if count * (len(changes) + len(axes)) > budgets.CHANGES:
        raise InvalidInput(
            say("{count:,} tasks with this many changes each are too many: use fewer.", count=count),
            "changes",
        )
    seen = dict.fromkeys(changes, "changes")
    for number, axis in enumerate(axes):
        if axis.field in seen:
            raise InvalidInput(
                say("{field} is changed twice: change it only once.", field=axis.field),
                f"axes.{number}.field",
            )
        seen[axis.field] = f"axes.{number}.field"
        if not axis.values:
            raise InvalidInput(
                say("The axis {field} has no values.", field=axis.field), f"axes.{number}.values"
            )


class _DeriveExpansion:
    def __init__(
        self, action: DeriveAction, changes: Mapping[str, Any], axes: Sequence[Axis],
        scripts: Mapping[str, int], rng: Random, leave_out: Collection[str], upscalers: Upscalers | None,
    ) -> None:  # fmt: skip
        self._action = action
        self._changes = changes
        self._axes = axes
        self._scripts = scripts
        self._rng = rng
        self._leave_out = {title.lower() for title in leave_out}
        self._upscalers = upscalers
        self._given = {*changes, *(axis.field for axis in axes)}
        self._drawn: set[int] = set()
        self._payloads: list[Payload] = []
        self._places: dict[tuple[str, frozenset[str]], int] = {}
        self._checked: dict[str, InvalidInput | None] = {}
        self._unfit: dict[tuple[Sentence, str], list[Source]] = {}
        self._lost: dict[str, None] = {}  # labels of settings that are not carried over
        self._losing = 0  # images made with such settings
        self._notes: dict[tuple[str, Sentence, str], int] = {}
        self._texts = Texts("changes")
        self._vary_seed = "seed" in changes or any(axis.field == "seed" for axis in axes)

    def run(self, sources: Sequence[Source]) -> Derived:
        places = Axis("", list(range(len(sources))))
        models: dict[str, int] = {}
        keyed = []
        for place, source in enumerate(sources):
            for task, now in self._fitting(source):
                settings = now.get("override_settings") or {}
                names = [settings.get(path.partition(".")[2]) for path in (CHECKPOINT, VAE)]
                rank = models.setdefault(repr(names), len(models))  # a change may put anything there
                keyed.append(((rank, order([places, *self._axes], [place, *task.coords])), task))
        keyed.sort(key=lambda pair: pair[0])
        left = len(sources) - sum(map(len, self._unfit.values()))
        if self._unfit and not left:
            raise self._nothing_left(len(sources))
        notes = [_left_out(reason, its, len(sources)) for (reason, _), its in self._unfit.items()]
        if self._lost:
            notes.append(self._note(("not_carried", self._lost_words(), ""), self._losing, left))
        notes += [self._note(note, count, left) for note, count in self._notes.items()]
        return Derived(self._payloads, [task for _, task in keyed], notes)

    def _fitting(self, source: Source) -> list[tuple[DerivedTask, Payload]]:
        """[] for an image that nothing can be made from; that is noted."""
        try:
            return list(self._tasks(source))
        except budgets.OverBudget:
            raise
        except InvalidInput as error:
            self._unfit.setdefault((error.sentence, error.field), []).append(source)
            return []

    def _nothing_left(self, count: int) -> InvalidInput:
        reason, field = max(self._unfit, key=lambda why: len(self._unfit[why]))
        if field != "action":
            return InvalidInput(reason, field)
        none = say_count(
            count,
            "This image cannot be used: {reason}.",
            "None of the {n:,} images can be used: {reason}.",
            reason=within(reason),
        )
        return InvalidInput(none, field)

    def _tasks(self, source: Source) -> Iterator[tuple[DerivedTask, Payload]]:
        now = derive(source, self._action, self._scripts, self._vary_seed)
        now = without_scripts(now, self._leave_out)
        now, swaps = replaced(now, self._upscalers, self._given) if self._upscalers else (now, [])
        kind = kind_of(now)
        self._check_paths(kind)
        places = itertools.product(*(range(len(axis.values)) for axis in self._axes))
        wanted = [(coords, self._changed(now, kind, coords)) for coords in places]
        # anything impossible has been refused by now
        for title in left_out(source.payload, now):
            if title.lower() in self._leave_out:
                continue
            self._count("script_left_out", say("The script “{title}” is not used.", title=title), "")
        self._look(now, kind, swaps)
        if source.not_carried and self._action != "upscale":
            self._lost.update(dict.fromkeys(source.not_carried))
            self._losing += 1
        place = self._place(source, now)
        own = difference(self._payloads[place], now)
        seeds: dict[tuple[str, Any], int] = {}
        for coords, found in wanted:
            changes = dict(found)
            final = overlay(now, changes)
            drawn = tuple(field for field in ("seed", "subseed") if is_open(final.get(field)))
            for field in drawn:
                changes[field] = self._seed(seeds, field, coords)
            if kind == "upscale" and upscale.scale(final) != upscale.scale(now):
                changes |= upscale.size(now, upscale.scale(final) / (upscale.scale(now) or 1.0))
            self._texts.count(changes)
            yield DerivedTask({**own, **changes}, list(coords), 1, place, source.id, drawn), final

    # ------------------------------------------------------------------------- changes

    def _check_paths(self, kind: str) -> None:
        if kind not in self._checked:
            self._checked[kind] = self._wrong_path(kind)
        if error := self._checked[kind]:
            raise InvalidInput(error.sentence, error.field)  # a traceback of its own: there may be thousands

    def _wrong_path(self, kind: str) -> InvalidInput | None:
        try:
            for path in self._changes:
                check_path(path, kind, f"changes.{path}")
            for number, axis in enumerate(self._axes):
                check_path(axis.field, kind, f"axes.{number}.field")
        except InvalidInput as error:
            return error
        return None

    def _changed(self, now: Payload, kind: str, coords: Sequence[int]) -> dict[str, Any]:
        steps = [(path, value, f"changes.{path}") for path, value in self._changes.items()]
        for number, (axis, place) in enumerate(zip(self._axes, coords, strict=True)):
            steps.append((axis.field, axis.values[place], f"axes.{number}.values.{place}"))
        steps.sort(key=lambda step: step[0].startswith(LORA))  # in the resulting prompt
        found: dict[str, Any] = {}
        budgets.check()
        for path, value, where in steps:
            new = changed(now, path, value, kind, where)
            now = overlay(now, new)
            found |= new
        return found

    def _seed(self, seeds: dict[tuple[str, Any], int], field: str, coords: Sequence[int]) -> int:
        """An image's seed for a position on the seed axis: the same for all values of the other axes, so that
        these can be compared."""
        on = next((n for n, axis in enumerate(self._axes) if axis.field == field), None)
        key = (field, None if on is None else coords[on])
        while key not in seeds:
            seed = self._rng.randrange(SEEDS)
            if seed not in self._drawn:
                self._drawn.add(seed)
                seeds[key] = seed
        return seeds[key]

    # ------------------------------------------------------------------------- payloads

    def _place(self, source: Source, now: Payload) -> int:
        """The index of the shared payload for ``now``. Changes can add and replace fields but not remove
        them, so images only share a payload if they have the same fields."""
        key = (source.origin, frozenset(now))
        if key not in self._places:
            self._places[key] = len(self._payloads)
            self._payloads.append({field: now[field] for field in now if field not in _PERSONAL})
        return self._places[key]

    # ------------------------------------------------------------------------- findings

    def _look(self, now: Payload, kind: str, swaps: Sequence[tuple[str, str, str]]) -> None:
        for path, name, near in swaps:
            self._count("upscaler_replaced", _replaced(name, near), path)
        if kind == "upscale":
            return
        steps = [(path, value, f"changes.{path}") for path, value in self._changes.items()]
        steps += [
            (axis.field, value, f"axes.{number}")
            for number, axis in enumerate(self._axes)
            for value in axis.values[:1]
        ]
        for path, value, where in steps:
            if message := meets_nothing(path, value, now):
                self._count("nothing_to_change", message, where)

    def _lost_words(self) -> Sentence:
        return say("Not carried over: {names}.", names=listed(list(self._lost), _LABELS))

    def _count(self, code: str, message: Sentence, field: str) -> None:
        key = (code, message, field)
        self._notes[key] = self._notes.get(key, 0) + 1

    @staticmethod
    def _note(note: tuple[str, Sentence, str], count: int, images: int) -> Finding:
        code, message, field = note
        if count == images:
            return Finding("warning", code, message, field)
        counted = say("{message} ({count} of {images} images)", message=message, count=count, images=images)
        return Finding("warning", code, counted, field, count=count, of=images)


def _replaced(name: str, near: str) -> Sentence:
    return say("There is no upscaler “{name}” in this WebUI: “{near}” is used instead.", name=name, near=near)


def _left_out(reason: Sentence, sources: Sequence[Source], images: int) -> Finding:
    count = len(sources)
    names = [source.name for source in sources[:_NAMED] if source.name]
    if names:
        message = say(
            "{count:,} of {images:,} images skipped ({names}): {reason}.",
            count=count,
            images=images,
            names=listed(names, len(names), count),
            reason=within(reason),
        )
    else:
        message = say(
            "{count:,} of {images:,} images skipped: {reason}.",
            count=count,
            images=images,
            reason=within(reason),
        )
    return Finding("warning", "image_left_out", message, count=count, of=images)


def difference(base: Payload, now: Payload) -> dict[str, Any]:
    """The changes (dotted path -> value) that turn ``base`` into ``now``. ``base`` must not have a field that
    ``now`` lacks."""
    found: dict[str, Any] = {}
    for field, value in now.items():
        before = base.get(field)
        if field in base and before == value and type(before) is type(value):
            continue
        if isinstance(before, dict) and isinstance(value, dict) and _can_part(before, value):
            found |= {f"{field}.{path}": item for path, item in difference(before, value).items()}
        else:
            found[field] = value
    return found


def _can_part(before: dict[str, Any], value: dict[str, Any]) -> bool:
    """Nothing is removed, and no name could be misread as a path."""
    return set(before) <= set(value) and not any("." in name for name in value)
