"""Other machines that run our tasks: adding, testing and watching them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from .. import api
from ..errors import InvalidInput, Refused
from ..fields.dynamic_prompts import dynamic_prompts
from ..fields.upscale import is_upscale
from ..machines import PeerError, Pool, clean_address
from ..machines.home import Seen
from ..machines.models import checkpoint_there
from ..machines.peer import Hello, There
from ..machines.shelf import MOST
from ..model import Machine, Payload, Task, new_id
from ..overlay import overlay
from ..plan.preflight.names_in_text import words
from ..plan.prompts.syntax import loras
from ..ports import Catalog, Needs
from ..sentences import UNSAID, Sentence, say, says_of
from ..store import Store
from .compose.drafts import MAX_NAME, check_text

_TOLD = 20  # missing models that are named
_LINES = 4  # machines in the status
_LOOKED_AT = 500  # waiting tasks whose models are looked for on each machine
_KNOWN_SECONDS = 30.0
_PROMPTS = ("prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt")
_MAX_PASSWORD = 1000


class Requirements:
    """What tasks need of a machine."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog
        self._embeddings: tuple[float, dict[str, str]] = (float("-inf"), {})

    def of(self, task: Task) -> Needs | None:
        """None if it can be made only here, because it depends on files that are no models."""
        base = self._store.payload(task.payload)
        if base is None:
            return None
        payload = overlay(base, task.changes)
        if is_upscale(payload):
            return Needs()
        if dynamic_prompts(payload) is not None:
            return None  # its wildcards are files here
        texts = [str(payload.get(field) or "") for field in _PROMPTS]
        texts += [self._catalog.style_prompt(style) for style in payload.get("styles") or ()]
        named = {lora.name for text in texts for lora in loras(text)}
        known = self._known_embeddings()
        meant = {known[word] for text in texts for word in words(text) if word in known}
        return Needs(self._checkpoints(payload), frozenset(named), frozenset(meant))

    def _checkpoints(self, payload: Payload) -> tuple[frozenset[str], ...]:
        settings = payload.get("override_settings") or {}
        asked = [settings.get("sd_model_checkpoint"), payload.get("refiner_checkpoint")]
        if payload.get("enable_hr"):
            asked.append(payload.get("hr_checkpoint_name"))
        found = (self._catalog.checkpoint_ids(name) for name in asked if isinstance(name, str) and name)
        return tuple(ids for ids in found if ids)

    def _known_embeddings(self) -> dict[str, str]:
        at, known = self._embeddings
        if time.monotonic() - at > _KNOWN_SECONDS:
            known = {name.lower(): name for name in self._catalog.embeddings()}
            self._embeddings = (time.monotonic(), known)
        return known


class Machines:
    def __init__(self, store: Store, pool: Pool, catalog: Catalog) -> None:
        self._store = store
        self._pool = pool
        self._catalog = catalog

    def all(self) -> api.MachineList:
        tasks = self._store.tasks_in("queued", "running")
        counts = Counter[tuple[str, str]]((task.lane, task.state) for task in tasks if task.lane)
        waiting = self._store.tasks_in("held")[:_LOOKED_AT]
        return api.MachineList(
            [self._view(machine, seen, counts, waiting) for machine, seen, _ in self._pool.machines()]
        )

    def _view(
        self, machine: Machine, seen: Seen, counts: Counter[tuple[str, str]], waiting: Sequence[Task]
    ) -> api.MachineView:
        lacks = self._pool.missing(machine.id, waiting) if machine.enabled else set()
        return api.MachineView(
            id=machine.id, name=machine.name, address=machine.address, user=machine.user,
            enabled=machine.enabled, state=seen.state, reason=seen.reason, reason_says=says_of(seen.reason),
            version=seen.version, device=seen.device, waiting=counts[machine.id, "queued"],
            running=counts[machine.id, "running"], made=seen.made, seconds=seen.seconds,
            missing=sorted(lacks)[:_TOLD],
        )  # fmt: skip

    def summary(self) -> api.MachinesView | None:
        """For the status; None without any machine."""
        known = self._pool.machines()
        if not known:
            return None
        running = Counter(task.lane for task in self._store.tasks_in("running") if task.lane)
        on = [(machine, seen) for machine, seen, _ in known if machine.enabled]
        on.sort(key=lambda pair: pair[1].state == "ready")
        lines = [
            api.MachineLine(
                machine.id, machine.name, seen.state, seen.reason, says_of(seen.reason), running[machine.id],
                seen.seconds,
            )
            for machine, seen in on[:_LINES]
        ]  # fmt: skip
        ready = sum(seen.state == "ready" for _, seen in on)
        return api.MachinesView(len(known), ready, running.total(), lines)

    def add(self, spec: api.MachineSpec) -> api.MachineList:
        """``InvalidInput`` with the field, ``Refused`` if it is there already."""
        machine = self._machine(spec)
        known = self._pool.machines()
        if len(known) >= MOST:
            raise Refused(say("There can be at most {most} machines.", most=MOST))
        if any(other.address == machine.address for other, _, _ in known):
            raise Refused(say("There is a machine with this address already."))
        self._pool.put(machine)
        return self.all()

    def patch(self, id: str, changes: api.MachinePatch) -> api.MachineList:
        """Changes only the given fields. The address stays: whoever could change it would get the
        password."""
        machine = self._pool.get(id)
        name = machine.name if changes.name is UNSET else _name(changes.name, machine.address)
        enabled = machine.enabled if changes.enabled is UNSET else changes.enabled
        self._pool.put(msgspec.structs.replace(machine, name=name, enabled=enabled))
        return self.all()

    def remove(self, id: str) -> api.MachineList:
        """What it has not finished is made elsewhere."""
        self._pool.remove(id)
        return self.all()

    def test(self, spec: api.MachineSpec) -> api.MachineTest:
        """Whether it takes tasks, and what it lacks. Nothing is kept."""
        return self._test(self._machine(spec))

    def test_known(self, id: str) -> api.MachineTest:
        return self._test(self._pool.get(id))

    def _machine(self, spec: api.MachineSpec) -> Machine:
        address = clean_address(spec.address)
        for field, text in (("user", spec.user), ("password", spec.password)):
            if len(text) > _MAX_PASSWORD or any(not letter.isprintable() for letter in text):
                raise InvalidInput(say("That cannot be a name or a password."), field)
        return Machine(new_id("m"), _name(spec.name, address), address, spec.user, spec.password)

    def _test(self, machine: Machine) -> api.MachineTest:
        peer = self._pool.connect(machine)
        try:
            hello = peer.hello()
            if hello.store.epoch == self._store.epoch:
                return _failed(say("This is the address of this WebUI itself."))
            peer.may_send()
            return self._told(hello, peer.there())
        except PeerError as error:
            return _failed(error.sentence)
        finally:
            peer.close()

    def _told(self, hello: Hello, there: There) -> api.MachineTest:
        names = self._catalog.checkpoint_ids
        checkpoints = [
            title
            for title in self._catalog.checkpoints()
            if checkpoint_there(names(title) | {title}, there.checkpoints) is None
        ]
        absent = sorted(set(self._catalog.loras()) - set(there.loras))
        said, ok = say("It takes tasks."), True
        if not hello.scheduler.attached:
            said, ok = say("Agent Scheduler does not run there: open its Jobs tab, which says why."), False
        return api.MachineTest(
            ok, said, says_of(said), hello.version[:40], " ".join(hello.device.split())[:80],
            checkpoints[:_TOLD], absent[:_TOLD], len(checkpoints), len(absent),
        )  # fmt: skip


def _name(name: str, address: str) -> str:
    check_text(name, "name", MAX_NAME)
    return " ".join(name.split()) or address.partition("://")[2]


def _failed(why: Sentence = UNSAID) -> api.MachineTest:
    return api.MachineTest(False, why, says_of(why))
