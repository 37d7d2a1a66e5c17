"""New jobs from existing images of any jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from ... import api
from ...errors import InvalidInput, Refused
from ...fields.table import LORA
from ...library.inputs import Inputs
from ...library.payload_images import tokens_in
from ...model import Axis, Finding, Hold, Job, Kind, Payload, Task, TaskState, new_id
from ...overlay import overlay
from ...plan import (
    Derived,
    DerivedTask,
    PlannedTask,
    Source,
    Upscalers,
    expand_derived,
    is_operation,
    kind_of,
    own_seeds,
    read,
    uses_controlnet,
    written_as,
)
from ...plan.preflight import preflight_all
from ...ports import Catalog, Host
from ...queue import Queue
from ...queue.schedule import windows
from ...queue.schedule.forecast import Place
from ...sentences import say
from ...store import Store
from ...store.payload_ids import canonical, digest
from ..compose import job_names
from ..compose.drafts import (
    MAX_FIELD,
    MAX_NAME,
    Drafter,
    check_axes,
    check_permitted,
    check_priority,
    check_text,
    refuse_errors,
)
from ..compose.plans import plan_view
from ..images.files import tokens_of
from .sources import Sources

#: states of tasks that will make, are making or have made their images
_MADE: frozenset[TaskState] = frozenset({"held", "queued", "running", "done"})
MAX_CHANGES = 200


class Derivation(msgspec.Struct, frozen=True):
    """Ready to be queued. ``kind``: of the job; each task's kind follows from its payload."""

    kind: Kind
    payloads: list[Payload]
    axes: list[Axis]
    tasks: list[DerivedTask]
    findings: list[Finding]
    upscales: bool
    controlnet: int = 0  # how many of the sources were made with it
    dynamic: None = None  # prompts are already filled in, in the source's own prompt

    def payload_of(self, task: PlannedTask) -> Payload:
        return self.payloads[task.payload if isinstance(task, DerivedTask) else 0]


class Deriver:
    """Plans and creates jobs that make new images from existing ones."""

    def __init__(
        self,
        store: Store,
        sources: Sources,
        drafter: Drafter,
        inputs: Inputs,
        catalog: Catalog,
        host: Host,
        queue: Queue,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._sources = sources
        self._drafter = drafter
        self._inputs = inputs
        self._catalog = catalog
        self._host = host
        self._queue = queue
        self._clock = clock

    def plan(self, spec: api.DeriveSpec) -> api.Plan:
        """What ``create`` would do, without queueing anything."""
        place = Place(spec.windows, spec.priority, spec.hold)
        return plan_view(self._derive(spec), self._store, self._host, self._queue, place)

    def create(self, spec: api.DeriveSpec) -> Job:
        """Store and queue the job. ``Refused`` with the findings if the result would fail, unless
        ``spec.force``; or if ``spec.skip_made`` leaves nothing to do."""
        made = self._derive(spec)
        if not spec.force:
            refuse_errors(made.findings)
        if not made.tasks:
            raise Refused(say("Not queued: all of these have already been made."), _plain(made.findings))
        ids = [new_id("t") for _ in made.tasks]  # not while others wait for the store
        with self._store.transaction() as t:
            parents = self._parents(made.tasks)
            hashes = [t.put_payload(payload) for payload in made.payloads]
            name = job_names.derived(spec.name, spec.action, [parent.name for parent in parents], MAX_NAME)
            job = Job(
                id=new_id("j"), name=name, kind=made.kind, created=self._clock(),
                payload=hashes[made.tasks[0].payload], axes=made.axes,
                parent=parents[0].id if len(parents) == 1 else None, priority=spec.priority,
                hold=Hold("user") if spec.hold else None, windows=spec.windows,
            )  # fmt: skip
            t.put(job)
            for index, (id, task) in enumerate(zip(ids, made.tasks, strict=True)):
                t.put(
                    Task(
                        id=id,
                        job=job.id,
                        index=index,
                        payload=hashes[task.payload],
                        changes=task.changes,
                        coords=task.coords,
                        source=task.source,
                    )
                )
        self._queue.nudge()
        return job

    def _parents(self, tasks: Iterable[DerivedTask]) -> list[Job]:
        """The jobs of the sources. ``Refused`` if one of them has been deleted since."""
        found: dict[str, Job] = {}
        for id in dict.fromkeys(task.source for task in tasks):
            image = self._store.image(id)
            job = self._store.job(image.job) if image is not None else None
            if image is None or job is None or image.trashed:
                raise Refused(
                    say("An image of this selection has been deleted in the meantime: select again.")
                )
            found[job.id] = job
        return list(found.values())

    # ------------------------------------------------------------------------- planning

    def _derive(self, spec: api.DeriveSpec) -> Derivation:
        check_text(spec.name, "name", MAX_NAME)
        check_priority(spec.priority)
        windows.check(spec.windows)
        check_axes(spec.axes)
        check_titles(spec.leave_out)
        changes, axes = self._accept(spec)
        sources = self._sources.find(spec.selection, spec.action)
        scripts = self._catalog.alwayson(True)
        dice = self._drafter.dice(spec.drawn_with)
        upscalers = Upscalers(self._catalog.latent_upscale_modes(), self._catalog.upscalers())
        found = expand_derived(
            sources, spec.action, changes, axes, scripts,
            rng=dice, leave_out=spec.leave_out, upscalers=upscalers,
        )  # fmt: skip
        tasks, made = self._made(found, sources, spec.skip_made)
        by_kind: dict[str, list[tuple[Payload, Sequence[PlannedTask]]]] = {}
        for place, payload in enumerate(found.payloads):
            its = [task for task in tasks if task.payload == place]
            if its:
                by_kind.setdefault(self._kind(payload, its[0]), []).append((payload, its))
        findings = [*self._preflight(by_kind, axes), *made, *found.findings]
        self._check_tokens(found.payloads, tasks)
        kind = self._job_kind(by_kind)
        controlled = sum(uses_controlnet(source.payload) for source in sources)
        return Derivation(kind, found.payloads, axes, tasks, findings, kind == "upscale", controlled)

    @staticmethod
    def _kind(payload: Payload, task: PlannedTask) -> str:
        return kind_of(overlay(payload, task.changes))

    @staticmethod
    def _job_kind(by_kind: Iterable[str]) -> Kind:
        """txt2img if there are several: the queue then looks at each task's own payload."""
        kinds = set(by_kind)
        if kinds == {"upscale"}:
            return "upscale"
        return "img2img" if kinds and "txt2img" not in kinds else "txt2img"

    def _accept(self, spec: api.DeriveSpec) -> tuple[dict[str, Any], list[Axis]]:
        """Values must not bring in what a payload may not contain. Whether they make sense is only known with
        an image's payload."""
        if len(spec.changes) > MAX_CHANGES:
            raise InvalidInput(say("At most {most} values can be changed.", most=MAX_CHANGES), "changes")
        changes = {}
        for path, value in spec.changes.items():
            check_text(path, f"changes.{path[:MAX_FIELD]}", MAX_FIELD)
            changes[path] = self._accept_value(path, value, f"changes.{path}", f"changes.{path}")
        axes = []
        for number, written in enumerate(spec.axes):
            where = f"axes.{number}"
            if written_as(written, where) == "template":
                raise InvalidInput(say("Existing images already have their prompts: enter values."), where)
            axis = read(written, "img2img", {}, where)
            values = [
                self._accept_value(axis.field, value, f"{where}.field", f"{where}.values.{place}")
                for place, value in enumerate(axis.values)
            ]
            axes.append(msgspec.structs.replace(axis, values=values))
        return changes, axes

    def _accept_value(self, path: str, value: Any, field: str, where: str) -> Any:
        if path.startswith(LORA):
            return value
        if is_operation(value):
            check_permitted(path, [], self._catalog, field)
            return value
        return self._drafter.accept_value(path, value, "img2img", field, where)

    def _preflight(
        self, by_kind: dict[str, list[tuple[Payload, Sequence[PlannedTask]]]], axes: Sequence[Axis]
    ) -> list[Finding]:
        found = []
        for kind, groups in by_kind.items():
            made_by = "txt2img" if kind == "txt2img" else "img2img"
            found += preflight_all(groups, self._catalog, made_by, axes)
        return sorted(dict.fromkeys(found), key=lambda finding: finding.severity != "error")

    def _check_tokens(self, payloads: Iterable[Payload], tasks: Iterable[DerivedTask]) -> None:
        """Whatever else a payload refers to (the input of a re-render, a mask) must exist, too."""
        tokens = {token for payload in payloads for token in tokens_in(payload)}
        for task in tasks:
            tokens |= tokens_of(task) - {f"image:{task.source}"}
        if tokens:
            self._drafter.check_tokens({"init_images": sorted(tokens)}, "selection")

    # ---------------------------------------------------------------------- made already

    def _made(
        self, found: Derived, sources: Sequence[Source], skip: bool
    ) -> tuple[list[DerivedTask], list[Finding]]:
        """(the remaining tasks, findings). A random seed makes no difference: if three variations are
        requested and two exist, one remains."""
        earlier = {source.id: self._earlier(source.id) for source in sources}
        own = {source.id: own_seeds(source) for source in sources}
        known: dict[tuple[str, tuple[str, ...]], Counter[str]] = {}
        left = []
        for task in found.tasks:
            its = earlier[task.source]
            if its:
                key = (task.source, task.drawn)
                if key not in known:
                    known[key] = _count(its, task.drawn, own[task.source])
                mark = _fingerprint(overlay(found.payloads[task.payload], task.changes), task.drawn)
                if known[key][mark]:
                    known[key][mark] -= 1
                    continue
            left.append(task)
        count = len(found.tasks) - len(left)
        if not count:
            return found.tasks, []
        if skip:
            message = say(
                "Already made: {count} of {tasks}, which are skipped.", count=count, tasks=len(found.tasks)
            )
        else:
            message = say("Already made: {count} of {tasks}.", count=count, tasks=len(found.tasks))
        return left if skip else found.tasks, [Finding("warning", "already_made", message)]

    def _earlier(self, source: str) -> list[Payload]:
        return [self._payload(task) for task in self._store.tasks_from(source) if self._counts(task)]

    def _payload(self, task: Task) -> Payload:
        return overlay(self._store.payload(task.payload) or {}, task.changes)

    def _counts(self, task: Task) -> bool:
        """Deleted images are to be made again."""
        if task.state not in _MADE:
            return False
        images = self._store.images_of_task(task.id)
        return task.state != "done" or any(not image.trashed for image in images)


def check_titles(titles: Sequence[str]) -> None:
    """``InvalidInput`` for too many, or too long, titles of scripts."""
    if len(titles) > MAX_CHANGES:
        raise InvalidInput(say("At most {most} scripts can be left out.", most=MAX_CHANGES), "leave_out")
    for number, title in enumerate(titles):
        check_text(title, f"leave_out.{number}", MAX_FIELD)


def _count(payloads: Iterable[Payload], drawn: Sequence[str], own: dict[str, Any]) -> Counter[str]:
    """How often each payload exists. One with the image's own seed repeats the image, so it does not count as
    one with a random seed."""
    return Counter(
        _fingerprint(payload, drawn)
        for payload in payloads
        if all(payload.get(field) != own[field] for field in drawn)
    )


def _fingerprint(payload: Payload, drawn: Sequence[str]) -> str:
    return digest(canonical({field: value for field, value in payload.items() if field not in drawn}))


def _plain(findings: Iterable[Finding]) -> list[dict[str, object]]:
    return [msgspec.to_builtins(finding) for finding in findings]
