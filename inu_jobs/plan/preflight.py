"""Looking for what would go wrong, before anything is queued.

A finding is an error only if the result cannot be what was asked; all else warns. The WebUI itself
says nothing: an unknown sampler, checkpoint, VAE or LoRA makes another image than was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..model import Axis, Finding, Payload
from ..overlay import overlay
from ..ports import Catalog
from .effect import Effects, without_effect
from .fields import FIELDS, nearest
from .names import Names
from .prompts import bad_weight, is_template, loras, open_network, unbalanced
from .ranges import far_from_trained, numbers, sizes
from .tasks import PlannedTask
from .upscale import is_upscale

#: of one kind; a list of 20,000 tasks with a slip in each must stay readable
MOST = 100


def preflight(
    payload: Payload,
    tasks: Sequence[PlannedTask],
    catalog: Catalog,
    kind: str,
    axes: Sequence[Axis] = (),
) -> list[Finding]:
    """What is wrong with the tasks of a job, errors first, each slip once however many tasks have it.
    ``payload``: accepted and checked (``check_payload``); ``kind``: txt2img or img2img; ``axes``: what the
    tasks are made of."""
    return preflight_all([(payload, tasks)], catalog, kind, axes)


def preflight_all(
    groups: Sequence[tuple[Payload, Sequence[PlannedTask]]],
    catalog: Catalog,
    kind: str,
    axes: Sequence[Axis] = (),
) -> list[Finding]:
    """The same for tasks with different payloads: (payload, its tasks) each."""
    return _Preflight(catalog, kind).run(groups, axes)


class _Preflight:
    def __init__(self, catalog: Catalog, kind: str) -> None:
        self._kind = kind
        self._names = Names(catalog, kind == "img2img")
        self._found: dict[tuple[str, str, str], tuple[Finding, int]] = {}
        self._prompts: dict[tuple[str, str], list[Finding]] = {}

    def run(
        self, groups: Sequence[tuple[Payload, Sequence[PlannedTask]]], axes: Sequence[Axis]
    ) -> list[Finding]:
        for payload, tasks in groups:
            for task in tasks:
                self._task(overlay(payload, task.changes) if task.changes else payload)
        count = sum(len(tasks) for _, tasks in groups)
        findings = [_counted(finding, having, count) for finding, having in self._found.values()]
        findings += dict.fromkeys(
            finding for payload, _ in groups for finding in _unknown_fields(payload, self._kind)
        )
        findings += without_effect(groups, axes, self._kind)
        findings += _duplicates(groups, self._kind)
        errors = [finding for finding in findings if finding.severity == "error"]
        warnings = [finding for finding in findings if finding.severity == "warning"]
        return errors[:MOST] + warnings[:MOST]

    def _task(self, now: Payload) -> None:
        if is_upscale(now):  # which makes nothing of prompt, sampler and steps
            findings = self._names.upscale(now)
        else:
            findings = [*self._names.check(now), *numbers(now, self._kind), *self._words(now)]
            family = self._names.family(now)
            findings += [
                *sizes(now),
                *far_from_trained(now, family, self._kind),
                *self._families(now, family),
            ]
        if self._kind == "img2img" and not any(now.get("init_images") or ()):
            findings.append(
                Finding("error", "init_image_missing", "There is no image to start from.", "init_images")
            )
        for key, finding in {(item.code, item.field, item.message): item for item in findings}.items():
            self._found[key] = (finding, self._found.get(key, (finding, 0))[1] + 1)

    def _words(self, now: Payload) -> list[Finding]:
        found = []
        if not (now.get("prompt") or "").strip() and not any(now.get("styles") or ()):
            found.append(Finding("error", "prompt_empty", "The prompt is empty.", "prompt"))
        fields = ["prompt", "negative_prompt"]
        if now.get("enable_hr"):
            fields += ["hr_prompt", "hr_negative_prompt"]
        for field in fields:
            text = now.get(field) or ""
            # extra networks in a negative prompt are plain words to the WebUI
            networks = "negative" not in field and not now.get("disable_extra_networks")
            if text:
                found += self._prompt(field, text, networks)
        return [*found, *self._styles(now)]

    def _styles(self, now: Payload) -> list[Finding]:
        """LoRAs that come with a style. It is the style that is to be mended: there is nothing to take."""
        if now.get("disable_extra_networks"):
            return []
        found = [
            (style, finding)
            for style, lora in self._names.style_loras(now)
            for finding in self._names.lora(lora, "styles")
        ]
        return [
            Finding(finding.severity, finding.code, f"In the style “{style}”: {finding.message}", "styles")
            for style, finding in found
        ]

    def _prompt(self, field: str, text: str, networks: bool) -> list[Finding]:
        key = (f"{field}{networks}", text)
        if key not in self._prompts:
            networked = self._networks(field, text) if networks else ()
            self._prompts[key] = [*_brackets(field, text), *networked, *self._names.words(field, text)]
        return self._prompts[key]

    def _families(self, now: Payload, family: str) -> list[Finding]:
        """LoRAs made for another kind of model than the checkpoint."""
        if not family or now.get("disable_extra_networks"):
            return []
        found: list[Finding] = []
        for field in ("prompt", "hr_prompt") if now.get("enable_hr") else ("prompt",):
            for lora in loras(now.get(field) or ""):
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
                message = f"“{weight}” is not a strength that the LoRA “{lora.name}” can have."
                found.append(Finding("error", "lora_weight", message, field))
        if opened := open_network(text):
            found.append(Finding("warning", "lora_open", f"“{opened}” is not closed with “>”.", field))
        return found


def _brackets(field: str, text: str) -> list[Finding]:
    bracket = unbalanced(text)
    if not bracket:
        return []
    what = "is never closed" if bracket in "([" else "closes nothing"
    message = f"A “{bracket}” in the prompt {what}: “{_short(text)}”."
    return [Finding("warning", "brackets", message, field)]


def _unknown_fields(payload: Payload, kind: str) -> list[Finding]:
    found = []
    for field in payload:
        if field not in FIELDS[kind]:
            message = f"The WebUI has no field “{field}” for {kind} and will ignore it."
            found.append(Finding("warning", "unknown_field", message, field, nearest(field, FIELDS[kind])))
    return found


def _duplicates(groups: Sequence[tuple[Payload, Sequence[PlannedTask]]], kind: str) -> list[Finding]:
    seen: dict[str, set[frozenset[tuple[str, Any]]]] = {}
    for payload, tasks in groups:
        effects = Effects(payload, kind)
        # the same payload may come in several groups
        of_it = seen.setdefault(_text(payload), set())
        of_it |= {effects.key(task.changes) for task in tasks}
    same = sum(len(tasks) for _, tasks in groups) - sum(map(len, seen.values()))
    if not same:
        return []
    what = "1 task is" if same == 1 else f"{same} tasks are"
    return [
        Finding("warning", "duplicate_tasks", f"{what} the same as another, and will make the same image.")
    ]


def _text(value: Payload) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _counted(finding: Finding, count: int, tasks: int) -> Finding:
    if count == tasks:
        return finding
    message = f"{finding.message} ({count} of {tasks} tasks)"
    return Finding(finding.severity, finding.code, message, finding.field, finding.suggestion)


def _short(text: Any) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= 60 else line[:59].rstrip() + "…"
