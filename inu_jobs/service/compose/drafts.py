"""From a client's request to a draft of what would be queued: checked, images stored, axes multiplied."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from ... import api
from ...budgets import MB, PAYLOAD
from ...errors import InvalidInput, NotFound, NotPermitted, Refused
from ...fields.field_types import no_field
from ...fields.table import FILES, SOME_HOSTS
from ...library import payload_permits
from ...library.inputs import Inputs
from ...library.payload_images import accept, tokens_in
from ...model import Axis, Finding, Payload
from ...overlay import overlay
from ...plan import (
    MAX_TASKS,
    PlannedTask,
    Wildcards,
    check_payload,
    check_special,
    expand,
    fill_dynamic,
    fill_in,
    is_special,
    read,
    read_lines,
    read_template,
    written_as,
)
from ...plan.preflight import preflight
from ...ports import Catalog, Permits
from ...queue.schedule import windows
from ...sentences import say
from ...store import Store

MAX_NAME, MAX_NOTE, MAX_FIELD = 200, 10_000, 200  # characters
MAX_AXES = 16
SHOWN = 1000  # prompts of a template that are shown
MAX_PRIORITY = 1000


class Draft(msgspec.Struct, frozen=True):
    """Ready to be queued. None of it is in the store yet, but its input images are kept."""

    kind: Literal["txt2img", "img2img"]
    payload: Payload
    axes: list[Axis]
    tasks: list[PlannedTask]
    findings: list[Finding]
    upscales: bool = False
    dynamic: api.Dynamic | None = None
    controlnet: int = 0  # nothing to ask: it is on the page

    def payload_of(self, task: PlannedTask) -> Payload:
        return self.payload


class Drafter:
    """Turns requests into drafts."""

    def __init__(self, store: Store, inputs: Inputs, catalog: Catalog) -> None:
        self._store = store
        self._inputs = inputs
        self._catalog = catalog
        self._random = random.SystemRandom()
        self.wildcards = Wildcards(catalog.wildcard_folders)

    def draft(self, spec: api.JobSpec) -> Draft:
        """``InvalidInput`` with the field if ``spec`` is invalid; anything else that would go wrong is in the
        findings."""
        check_text(spec.name, "name", MAX_NAME)
        check_text(spec.note, "note", MAX_NOTE)
        check_priority(spec.priority)
        windows.check(spec.windows)
        payload, axes, findings = self.accept(spec)
        draft = self.multiply(spec.kind, payload, axes, spec.drawn_with)
        return msgspec.structs.replace(draft, findings=errors_first([*findings, *draft.findings]))

    def accept(self, spec: api.JobSpec) -> tuple[Payload, list[Axis], list[Finding]]:
        """The payload and the axes, ready for the store; and findings on what they name but is missing."""
        check_axes(spec.axes)
        check_payload(spec.payload, spec.kind)
        payload = accept(spec.payload, spec.kind, self._inputs, self._catalog)
        check_payload_size(payload)
        axes, findings = self.axes(spec.axes, spec.kind, payload)
        if spec.lines:
            lines, left_out = read_lines(spec.lines, spec.kind, self._catalog.samplers(), spec.lines_at)
            axes.append(self._accept_lines(lines, spec.kind))
            findings += left_out
        return payload, axes, findings

    def multiply(
        self,
        kind: Literal["txt2img", "img2img"],
        payload: Payload,
        axes: list[Axis],
        drawn_with: int | None = None,
    ) -> Draft:
        """The tasks for an accepted payload and axes with values."""
        expanded = expand(payload, kind, axes, rng=self.dice(drawn_with))
        self.check_tokens(payload, "payload")
        for number, axis in enumerate(axes):
            if axis.field == FILES:
                for file in axis.values:
                    self.check_tokens(overlay({}, file["changes"]), f"axes.{number}")
            if not is_special(axis.field):
                for value in axis.values:
                    self.check_tokens(overlay({}, {axis.field: value}), f"axes.{number}")
        slips = preflight(payload, expanded.tasks, self._catalog, kind, axes)
        tasks, dynamic = fill_dynamic(payload, expanded.tasks, self.wildcards, self._catalog.style_prompt)
        return Draft(kind, payload, axes, tasks, [*expanded.findings, *slips], dynamic=dynamic)

    def take(self, payload: Payload, kind: str) -> Payload:
        """A checked payload ready for the store, its images as tokens."""
        return accept(payload, kind, self._inputs, self._catalog)

    def fit(self, payload: Payload) -> Payload:
        """A stored payload without anything that jobs may not contain: the user may not have asked for it."""
        return payload_permits.without(payload, self._catalog)[0]

    def dice(self, drawn_with: int | None) -> random.Random:
        """The source of random seeds; see ``JobSpec.drawn_with``."""
        return self._random if drawn_with is None else random.Random(drawn_with)  # noqa: S311 no secrets

    def axes(
        self, specs: Sequence[api.AxisSpec], kind: str, payload: Payload
    ) -> tuple[list[Axis], list[Finding]]:
        """The axes with their values, each checked for use in a payload; and findings on what their templates
        name but is missing."""
        found, findings = [], []
        for number, spec in enumerate(specs):
            where = f"axes.{number}"
            if written_as(spec, where) == "template" and spec.template is not msgspec.UNSET:
                axis, unknown = read_template(spec.field, spec.template, self.wildcards, where)
                findings += unknown
            else:
                axis = read(spec, kind, payload, where)
            found.append(self._accept_axis(axis, kind, where))
        return found, findings

    def prompts(self, body: api.PromptsExpand) -> api.Prompts:
        """The prompts that a template makes, as a preview."""
        try:
            filled = fill_in(body.template, self.wildcards)
        except InvalidInput as error:
            raise InvalidInput(error.sentence, f"template.{error.field}") from None
        total = None if filled.more else len(filled.prompts)
        return api.Prompts(filled.prompts[:SHOWN], total, filled.findings("template"))

    def lines(self, body: api.PromptsFile) -> api.PromptLines:
        """What each line of a prompt file sets, as a preview."""
        try:
            axis, findings = read_lines(body.text, body.kind, self._catalog.samplers())
        except InvalidInput as error:
            raise InvalidInput(error.sentence, "text") from None
        return api.PromptLines([{"changes": changes} for changes in axis.values], findings)

    def accept_value(self, path: str, value: Any, kind: str, field: str, where: str) -> Any:
        """Checks ``value`` on its own by applying it to an empty payload. ``InvalidInput`` with ``field`` if
        ``path`` cannot be varied, with ``where`` if it cannot take that value."""
        if path in SOME_HOSTS and "." not in path and not self._knows(path):
            raise no_field(path, kind, field)
        try:
            alone = accept(overlay({}, {path: value}), kind, self._inputs, self._catalog)
            return _at(alone, path.split("."))
        except NotPermitted as error:
            raise NotPermitted(error.sentence, field) from error
        except InvalidInput as error:
            raise InvalidInput(error.sentence, where) from error
        except LookupError as error:  # it was dropped
            raise InvalidInput(say("'{path}' cannot be varied.", path=path), field) from error

    def _knows(self, field: str) -> bool:
        """Whether this WebUI has the field."""
        return any(field in self._catalog.payload_fields(is_img2img) for is_img2img in (False, True))

    def _accept_axis(self, axis: Axis, kind: str, where: str) -> Axis:
        """An axis must not bring in what a payload may not contain: each value passes the same checks."""
        if axis.field == FILES:
            return self._accept_files(axis, kind, where)
        if is_special(axis.field):
            return axis  # words and numbers; their values are checked with the axis
        values = [
            self.accept_value(axis.field, value, kind, f"{where}.field", f"{where}.values.{place}")
            for place, value in enumerate(axis.values)
        ]
        return msgspec.structs.replace(axis, values=values)

    def _accept_files(self, axis: Axis, kind: str, where: str) -> Axis:
        check_special(axis, where)
        values = []
        for place, file in enumerate(axis.values):
            at = f"{where}.values.{place}"
            changes = {path: self.accept_value(path, v, kind, at, at) for path, v in file["changes"].items()}
            values.append({"name": file["name"], "changes": changes})
        return msgspec.structs.replace(axis, values=values)

    def _accept_lines(self, axis: Axis, kind: str) -> Axis:
        """The same for what each line of a prompt file sets."""
        values = [
            {path: self.accept_value(path, value, kind, "lines", "lines") for path, value in line.items()}
            for line in axis.values
        ]
        return msgspec.structs.replace(axis, values=values)

    def check_tokens(self, payload: Payload, field: str) -> None:
        """Tokens must refer to something that exists now: a job must not fail at night because of a typo."""
        for token in tokens_in(payload):
            kind, _, id = token.partition(":")
            try:
                if kind == "input":
                    self._inputs.path(token)
                elif (image := self._store.image(id)) is None or image.trashed:
                    raise NotFound(say("A source image of this payload is unknown."))
            except NotFound as error:
                raise InvalidInput(error.sentence, field) from error


def check_permitted(path: str, values: Sequence[Any], permits: Permits, where: str) -> None:
    """``NotPermitted`` with ``where`` if no payload may set ``path``: because of the path itself, or of one
    of ``values`` where the path covers all settings or scripts at once."""
    try:
        for value in [None] if "." in path else values:
            for field, part in overlay({}, {path: value}).items():
                payload_permits.check(field, part, permits)
    except InvalidInput as error:
        raise type(error)(error.sentence, where) from error


def errors_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, errors before warnings."""
    return sorted(findings, key=lambda finding: finding.severity != "error")


def refuse_errors(findings: Sequence[Finding]) -> None:
    """``Refused`` with the findings if one of them is an error."""
    wrong = next((finding for finding in findings if finding.severity == "error"), None)
    if wrong is not None:
        raise Refused(
            say("Not queued: {finding}", finding=wrong.sentence),
            [msgspec.to_builtins(one) for one in findings],
        )


def _at(value: Any, parts: Sequence[str]) -> Any:
    """What ``overlay`` put into an empty payload; ``LookupError`` if it was dropped."""
    for part in parts:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def check_text(text: str, field: str, most: int) -> None:
    """``InvalidInput`` with ``field`` if ``text`` has more than ``most`` characters."""
    if len(text) > most:
        raise InvalidInput(
            say("'{field}' can have at most {most:,} characters.", field=field, most=most), field
        )


def check_payload_size(payload: Payload) -> None:
    """``InvalidInput`` if it is too large. ``payload``: accepted, with its images as tokens."""
    if len(msgspec.json.encode(payload)) > PAYLOAD:
        raise InvalidInput(
            say("The settings of a job can take up at most {most} MB.", most=PAYLOAD // MB), "payload"
        )


def check_axes(axes: Sequence[api.AxisSpec]) -> None:
    """The checks that come before each value is looked at."""
    if len(axes) > MAX_AXES:
        raise InvalidInput(say("A job can have at most {most} axes.", most=MAX_AXES), "axes")
    for number, axis in enumerate(axes):
        check_text(axis.field, f"axes.{number}.field", MAX_FIELD)
        if axis.values is not msgspec.UNSET and len(axis.values) > MAX_TASKS:
            message = say(
                "A job can have at most {max_tasks:,} tasks: use fewer values.", max_tasks=MAX_TASKS
            )
            raise InvalidInput(message, f"axes.{number}.values")


def check_priority(priority: int) -> None:
    """``InvalidInput`` beyond ``MAX_PRIORITY`` in either direction."""
    if abs(priority) > MAX_PRIORITY:
        raise InvalidInput(
            say("'priority' must be from -{most} to {most}.", most=MAX_PRIORITY),
            "priority",
        )


def source_of(payload: Payload, changes: dict[str, Any]) -> str | None:
    """The id of the image (of a job) that a task starts from, or None."""
    if not payload.get("init_images") and not any(path.startswith("init_images") for path in changes):
        return None
    images = overlay({"init_images": payload.get("init_images")}, changes).get("init_images")
    first = images[0] if isinstance(images, list) and images else None
    return first.removeprefix("image:") if isinstance(first, str) and first.startswith("image:") else None
