"""Finds what would go wrong before anything is queued.

A finding is an error only if the result cannot be what was requested; everything else is a warning. The WebUI
itself does not complain: with an unknown sampler, checkpoint, VAE or LoRA it makes a different image.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ... import budgets
from ...fields.upscale import is_upscale
from ...model import Axis, Finding, Payload
from ...overlay import overlay
from ...ports import Catalog
from ...sentences import say, say_count
from ...spelling import nearest
from ..prompts.syntax import (
    Lora,
    bad_weight,
    is_curve,
    is_template,
    loras,
    open_network,
    unbalanced,
    without_comments,
)
from ..tasks import PlannedTask
from .installed import InstalledNames
from .numbers import far_from_trained, numbers, sizes
from .without_effect import Effects, without_effect

#: findings of one kind; a list of 10,000 tasks with a mistake in each must stay readable
MOST = 100
#: fields whose values never lead to a finding
_SEEDS = ("seed", "subseed")


def preflight(
    payload: Payload,
    tasks: Sequence[PlannedTask],
    catalog: Catalog,
    kind: str,
    axes: Sequence[Axis] = (),
) -> list[Finding]:
    """What is wrong with the tasks of a job, errors first, each mistake once however many tasks have it.
    ``payload``: accepted and checked (``check_payload``); ``kind``: txt2img or img2img; ``axes``: the axes of
    the tasks."""
    return preflight_all([(payload, tasks)], catalog, kind, axes)


def preflight_all(
    groups: Sequence[tuple[Payload, Sequence[PlannedTask]]],
    catalog: Catalog,
    kind: str,
    axes: Sequence[Axis] = (),
) -> list[Finding]:
    """The same for tasks with different payloads: (payload, its tasks) for each."""
    return _Preflight(catalog, kind).run(groups, axes)


class _Preflight:
    def __init__(self, catalog: Catalog, kind: str) -> None:
        self._kind = kind
        self._names = InstalledNames(catalog, kind == "img2img")
        self._found: dict[tuple[str, str, str], tuple[Finding, int]] = {}
        self._prompts: dict[tuple[str, str], list[Finding]] = {}

    def run(
        self, groups: Sequence[tuple[Payload, Sequence[PlannedTask]]], axes: Sequence[Axis]
    ) -> list[Finding]:
        for payload, tasks in groups:
            known: dict[tuple[Any, ...], dict[tuple[str, str, str], Finding]] = {}
            for task in tasks:
                budgets.check()
                looks = _looked_at(task.changes)
                if looks not in known:
                    known[looks] = self._task(overlay(payload, task.changes) if task.changes else payload)
                for key, finding in known[looks].items():
                    self._found[key] = (finding, self._found.get(key, (finding, 0))[1] + 1)
        count = sum(len(tasks) for _, tasks in groups)
        findings = [
            _counted(finding, having, count)
            for severity in ("error", "warning")
            for finding, having in [pair for pair in self._found.values() if pair[0].severity == severity][
                :MOST
            ]
        ]
        findings += dict.fromkeys(
            finding
            for payload, _ in groups
            for finding in _unknown_fields(payload, self._kind, self._names.fields())
        )
        findings += without_effect(groups, axes, self._kind)
        findings += _duplicates(groups, self._kind)
        errors = [finding for finding in findings if finding.severity == "error"]
        warnings = [finding for finding in findings if finding.severity == "warning"]
        return errors[:MOST] + warnings[:MOST]

    def _task(self, now: Payload) -> dict[tuple[str, str, str], Finding]:
        if is_upscale(now):  # prompt, sampler and steps have no effect on it
            findings = self._names.upscale(now)
        else:
            findings = [*self._names.check(now), *numbers(now, self._kind), *self._words(now)]
            family = self._names.family(now)
            findings += [
                *sizes(now, self._names.size_step()),
                *far_from_trained(now, family, self._kind),
                *self._families(now, family),
            ]
        if self._kind == "img2img" and not any(now.get("init_images") or ()):
            findings.append(
                Finding("error", "init_image_missing", say("There is no image to start from."), "init_images")
            )
        return {(item.code, item.field, item.message): item for item in findings}

    def _words(self, now: Payload) -> list[Finding]:
        found = []
        read = self._reader(now)
        if not read(now.get("prompt")).strip() and not any(now.get("styles") or ()):
            found.append(Finding("error", "prompt_empty", say("The prompt is empty."), "prompt"))
        fields = ["prompt", "negative_prompt"]
        if now.get("enable_hr"):
            fields += ["hr_prompt", "hr_negative_prompt"]
        for field in fields:
            text = read(now.get(field))
            # to the WebUI, extra networks in a negative prompt are plain words
            networks = "negative" not in field and not now.get("disable_extra_networks")
            if text:
                found += self._prompt(field, text, networks)
        return [*found, *self._styles(now)]

    def _reader(self, now: Payload) -> Callable[[Any], str]:
        """Returns the function that gives what the WebUI reads of a prompt: without comments, if it drops
        them."""
        settings = now.get("override_settings") or {}
        comments = settings.get("enable_prompt_comments")
        if self._names.prompt_comments() if comments is None else comments:
            like_code = self._names.comments_like_code()
            return lambda text: without_comments(text or "", like_code)
        return lambda text: text or ""

    def _styles(self, now: Payload) -> list[Finding]:
        """LoRAs that come with a style. The style has to be fixed, so no replacement is offered."""
        if now.get("disable_extra_networks"):
            return []
        found = [
            (style, finding)
            for style, lora in self._names.style_loras(now)
            for finding in self._names.lora(lora, "styles")
        ]
        return [
            Finding(
                finding.severity,
                finding.code,
                say("In the style “{style}”: {finding}", style=style, finding=finding.sentence),
                "styles",
                name=finding.name,
            )
            for style, finding in found
        ]

    def _prompt(self, field: str, text: str, networks: bool) -> list[Finding]:
        key = (f"{field}{networks}", text)
        if key not in self._prompts:
            networked = self._networks(field, text) if networks else ()
            self._prompts[key] = [*_brackets(field, text), *networked, *self._names.words(field, text)]
        return self._prompts[key]

    def _families(self, now: Payload, family: str) -> list[Finding]:
        """LoRAs made for a different kind of model than the checkpoint."""
        if not family or now.get("disable_extra_networks"):
            return []
        found: list[Finding] = []
        read = self._reader(now)
        for field in ("prompt", "hr_prompt") if now.get("enable_hr") else ("prompt",):
            for lora in loras(read(now.get(field))):
                found += self._names.lora_family(lora.name, family, field)
        for _, name in self._names.style_loras(now):
            found += self._names.lora_family(name, family, "styles")
        return found

    def _networks(self, field: str, text: str) -> list[Finding]:
        found: list[Finding] = []
        for lora in loras(text):
            if not is_template(lora.name):
                found += self._names.lora(lora.name, field)
            if (weight := bad_weight(lora)) is not None:
                message = say(
                    "“{weight}” is not a valid strength for the LoRA “{name}”.",
                    weight=weight,
                    name=lora.name,
                )
                found.append(Finding("error", "lora_weight", message, field, name=lora.name))
            found += self._curve(lora, field)
        if opened := open_network(text):
            found.append(
                Finding(
                    "warning", "lora_open", say("“{opened}” is not closed with “>”.", opened=opened), field
                )
            )
        return found

    def _curve(self, lora: Lora, field: str) -> list[Finding]:
        curve = next((weight for weight in lora.weights if is_curve(weight.rpartition("=")[2])), None)
        if curve is None or self._names.takes_curves():
            return []
        message = say(
            "“{curve}” changes the strength of the LoRA “{name}” from step to step: without the"
            " extension sd-webui-loractl, the LoRA is not applied.",
            curve=curve,
            name=lora.name,
        )
        return [Finding("warning", "lora_curve", message, field, name=lora.name)]


def _looked_at(changes: Mapping[str, Any]) -> tuple[Any, ...]:
    """Equal for tasks of one payload that lead to the same findings: thousands may only differ in fields that
    are not checked, such as the seed."""
    found: list[Any] = []
    for path, value in changes.items():
        if path == "init_images":
            found.append((path, any(value or ())))
        elif path not in _SEEDS:
            # True equals 1, but leads to different findings
            plain = isinstance(value, (str, int, float)) or value is None
            found.append((path, type(value), value if plain else json.dumps(value, sort_keys=True)))
    return tuple(found)


def _brackets(field: str, text: str) -> list[Finding]:
    bracket = unbalanced(text)
    if not bracket:
        return []
    if bracket in "([":
        message = say(
            "A “{bracket}” in the prompt is never closed: “{text}”.", bracket=bracket, text=_short(text)
        )
    else:
        message = say(
            "A “{bracket}” in the prompt has no opening bracket: “{text}”.",
            bracket=bracket,
            text=_short(text),
        )
    return [Finding("warning", "brackets", message, field)]


def _unknown_fields(payload: Payload, kind: str, known: frozenset[str]) -> list[Finding]:
    found = []
    for field in payload:
        if field not in known:
            message = say(
                "The WebUI has no field “{field}” for {kind} and will ignore it.", field=field, kind=kind
            )
            near = nearest(field, known)
            found.append(Finding("warning", "unknown_field", message, field, near, field))
    return found


def _duplicates(groups: Sequence[tuple[Payload, Sequence[PlannedTask]]], kind: str) -> list[Finding]:
    seen: dict[str, set[frozenset[tuple[str, Any]]]] = {}
    for payload, tasks in groups:
        effects = Effects(payload, kind)
        # the same payload may occur in several groups
        of_it = seen.setdefault(_text(payload), set())
        of_it |= {effects.key(task.changes) for task in tasks}
    same = sum(len(tasks) for _, tasks in groups) - sum(map(len, seen.values()))
    if not same:
        return []
    message = say_count(
        same,
        "1 task is identical to another and will make the same image.",
        "{n} tasks are identical to others and will make the same images.",
    )
    return [Finding("warning", "duplicate_tasks", message)]


def _text(value: Payload) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _counted(finding: Finding, count: int, tasks: int) -> Finding:
    if count == tasks:
        return finding
    message = say("{finding} ({count} of {tasks} tasks)", finding=finding.sentence, count=count, tasks=tasks)
    return msgspec.structs.replace(finding, message=message, count=count, of=tasks)


def _short(text: Any) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= 60 else line[:59].rstrip() + "…"
