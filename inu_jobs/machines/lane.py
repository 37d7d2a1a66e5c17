"""One machine: what of ours is there is made equal to what our store says, again and again.

The store's word is what counts: tasks with this machine's id that are queued or running belong there, with
the id under which they were sent; all else of ours is freed. So whatever was killed, here or there, the next
look puts it right.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Literal

from .. import api
from ..errors import InuJobsError, SchedulerBusy
from ..log import log
from ..model import Machine, Task
from ..ports import Begun, Delivered, HandOver, Needs, Returned
from ..sentences import UNSAID, Sentence, say, verbatim
from .arrivals import Arrivals, seconds_of
from .home import SAFE, Home, Refusal, Seen
from .models import fit, lacks
from .peer import Peer, PeerError, There

_BUSY, _WAITING, _IDLE = 0.4, 1.0, 15.0  # seconds between two looks
_NEWS = 60.0  # seconds until it is asked again what it is and has
_LONGEST_PAUSE = 30.0  # seconds between two tries while it has a problem
_REST = 30.0  # seconds until a machine whose owner stopped it is asked again
_LONG_REST = 600.0  # seconds, after failures
_FAILURES = 3  # in a row
_LONGEST_LOOK = 300.0  # seconds
_HEARD = 60.0  # seconds after which the store should know what it was told
_QUICK = 4.0  # seconds of a task: one that is shorter may be done between two looks
_LEARNED = 0.3  # weight of the latest task in the average
_NOT_OURS = say("Another WebUI with the same data looks after the machines.")
_STOPPED = say("Its owner has stopped these tasks.")
_WINDOW = say("Its run window is closed.")


class MachineLane:
    """``step`` is one look; ``start`` looks on a thread of its own. ``patience``: seconds after which the
    tasks of a machine that does not answer go elsewhere."""

    def __init__(
        self,
        machine: Machine,
        folder: Path,
        home: Home,
        peer: Peer,
        patience: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.machine = machine
        self.seen = Seen()
        self.there: There | None = None
        self.lacking: dict[Needs, str] = {}  # what it lacks, as far as it was asked for
        self.refused: dict[str, Refusal] = {}  # tasks that it would not make
        self._home = home
        self._peer = peer
        self._patience = patience
        self._clock = clock
        self._arrivals = Arrivals(folder)
        self._outbox: dict[str, HandOver] = {}
        self._sent: set[str] = set()
        self._told: dict[str, float] = {}  # tasks of which an end was told, and when
        self._begun: set[str] = set()
        self.untold: set[str] = set()  # tasks of which files are here that nobody has heard of
        self._asked = float("-inf")  # when it was asked what it is
        self._forgot = float("-inf")  # when its refusals were forgotten
        self._down: float | None = None  # since when it does not answer
        self._tries = 0
        self._rests_until = float("-inf")
        self._failures = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._leaving = False
        self._looks_since: float | None = None
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------------------ thread

    def start(self, after: MachineLane | None = None) -> None:
        """``after``: the one that looked after this machine until now, and may still be at its last look."""
        self._thread = threading.Thread(
            target=self._work, args=(after,), name=f"inu-jobs-{self.machine.id}", daemon=True
        )
        self._thread.start()

    def stop(self, *, leaving: bool = False) -> None:
        """Returns at once; a look that is under way ends by itself. ``leaving``: the machine was removed, and
        should keep nothing of ours."""
        self._leaving = leaving
        self._stopping.set()
        self._wake.set()

    def change(self, machine: Machine) -> None:
        """Its name, or whether it gets tasks."""
        self.machine = machine
        self._wake.set()

    def nudge(self) -> None:
        self._wake.set()

    def lacks(self, needs: Needs) -> str:
        """The first thing that is not there, by its name; '' if all is."""
        if self.there is None:
            return ""
        if needs not in self.lacking:
            self.lacking[needs] = lacks(needs, self.there)
        return self.lacking[needs]

    def _work(self, after: MachineLane | None) -> None:
        if after is not None and after._thread is not None:
            after._thread.join(_LONGEST_LOOK)
        while not self._stopping.is_set():
            self._wake.clear()
            pause = self.step()
            if self._tries:  # a nudge is no reason to try a broken machine again at once
                self._stopping.wait(pause)
            else:
                self._wake.wait(pause)
        if self._leaving:
            self._leave()
        self._peer.close()

    def _leave(self) -> None:
        try:
            for client in self._arrivals.clients():
                self._peer.remove(client)
                self._tidy(client, ())
                self._arrivals.end(client)
        except (PeerError, OSError) as error:
            log.warning("the machine %s may still have tasks: %s", self.machine.name, error)

    # -------------------------------------------------------------------------- look

    @property
    def is_open(self) -> bool:
        """Whether it takes tasks."""
        return self.machine.enabled and self.seen.state == "ready" and not self.is_stuck

    @property
    def ahead(self) -> int:
        """How many tasks it should have, so that it always has the next one."""
        seconds = self.seen.seconds
        return 2 if seconds is None or seconds > _QUICK else 4

    @property
    def is_stuck(self) -> bool:
        """It is at a look for longer than any takes: its tasks must not wait for that."""
        begun = self._looks_since
        return begun is not None and self._clock() - begun > self._patience() + _LONGEST_LOOK

    def step(self) -> float:
        """One look; returns the seconds until the next. Raises nothing."""
        self._looks_since = self._clock()
        try:
            pause = self._look()
        except PeerError as error:
            return self._trouble(error)
        except Exception as error:  # whatever it was, the next look may work
            log.exception("an error with the machine %s.", self.machine.name)
            said = say("Inu Jobs ran into an error: {error}", error=repr(error))
            return self._trouble(PeerError(said, "unreachable"))
        finally:
            self._looks_since = None
        self._down, self._tries = None, 0
        return pause

    def _look(self) -> float:
        expected = self._home.expected(self.machine.id)
        if expected is None:
            self.seen.state, self.seen.reason = "off", _NOT_OURS
            return _IDLE
        expected = {remote: task for remote, task in expected.items() if self._has_names(remote, task)}
        clients = self._arrivals.clients()
        if not (self.machine.enabled or expected or clients):
            self.seen.state, self.seen.reason = "off", UNSAID
            return _IDLE
        jobs: dict[str, dict[str, Task]] = {client: {} for client in clients}
        for remote, task in expected.items():
            if (request := self._request(remote, task)) is not None:
                jobs.setdefault(self._client(request), {})[remote] = task
        self._forget_all_but(expected)
        for client in clients:
            self._tidy(client, expected)
        self._ask_what_it_is()
        running = False
        for client, tasks in jobs.items():
            running |= self._settle(client, tasks)
        self._be_ready()
        return _BUSY if running else _WAITING if expected else _IDLE

    def _has_names(self, remote: str, task: Task) -> bool:
        """Its ids are names of files and parts of addresses: a jobs.json from elsewhere may hold anything."""
        good = SAFE.fullmatch(remote) is not None and SAFE.fullmatch(task.job) is not None
        if not good:
            self._give_back(remote, task, "lost")
        return good

    def _ask_what_it_is(self) -> None:
        """Now and then."""
        if self._clock() - self._asked < _NEWS and not self._tries:
            return
        hello = self._peer.hello()
        if hello.store.epoch == self._home.epoch():
            raise PeerError(say("This is the address of this WebUI itself."), "denied")
        if not hello.scheduler.attached:
            why = verbatim(" ".join(hello.scheduler.problem.split())[:300])
            raise PeerError(say("Agent Scheduler does not run there: {why}", why=why), "denied")
        if hello.hold is not None:
            self._rest(_STOPPED, hello.hold.title)
        self._peer.may_send()
        self.there, self.lacking = self._peer.there(), {}
        if self._clock() - self._forgot >= _LONG_REST:  # it may have got what it lacked
            self._forgot, self.refused = self._clock(), {}
        self.seen.version, self.seen.device = hello.version[:40], " ".join(hello.device.split())[:80]
        self._asked = self._clock()

    def _client(self, request: HandOver) -> str:
        """The id of the job there: one for each kind of request, and no other lane's."""
        return f"{request.job}-{'i' if request.is_img2img else 't'}-{self.machine.id}"

    def _request(self, remote: str, task: Task) -> HandOver | None:
        """As it was handed over, or, after a start, once more. None if it cannot be made any more."""
        if remote not in self._outbox:
            try:
                self._outbox[remote] = self._home.prepare(task)
            except SchedulerBusy:
                return None  # with the next look
            except InuJobsError as problem:
                self._give_back(remote, task, "refused", problem.sentence)
                return None
        return self._outbox[remote]

    def _forget_all_but(self, expected: Mapping[str, Task]) -> None:
        for known in (self._sent, self._begun):
            known.intersection_update(expected)
        late = self._clock() - _HEARD
        self._told = {remote: at for remote, at in self._told.items() if remote in expected and at > late}
        self._outbox = {remote: request for remote, request in self._outbox.items() if remote in expected}

    # ----------------------------------------------------------------------- one job

    def _settle(self, client: str, tasks: Mapping[str, Task]) -> bool:
        """Whether something of it is running."""
        if tasks:
            self._arrivals.begin(client)
        view = self._peer.follow(client)
        there = {} if view is None else {task.id: task for task in view.tasks}
        self._send(client, {remote: task for remote, task in tasks.items() if remote not in there})
        running = False
        for remote, task in tasks.items():
            if remote in there and remote not in self._told:
                running |= self._follow(client, remote, task, there[remote])
        waits = "" if view is None else view.waits
        if view is not None and waits in ("hold", "stopped", "window"):
            self._rest(_WINDOW if waits == "window" else _STOPPED, view.reason)
        if waits in ("hold", "stopped", "window") or not self.machine.enabled:
            self._call_back(tasks, there)
        over = [remote for remote in there if remote not in tasks]
        if over:
            self._peer.free(client, over)
        # its owner's pause and windows are the job's: it stays there as long as they hold
        if not tasks and waits not in ("hold", "window"):
            self._peer.remove(client)
            self._arrivals.end(client)

        return running

    def _rest(self, usual: Sentence, told: str) -> None:
        self._rests_until = self._clock() + _REST
        self._asked = float("-inf")
        words = " ".join(told.split())[:300]
        self.seen.reason = say("It says: {words}", words=verbatim(words)) if words else usual

    def _tidy(self, client: str, wanted: Collection[str]) -> None:
        """Files of tasks that are over stay, unless they are known to be nobody's: from a task that was taken
        back before its end was told, or too late for it to count."""
        for remote in self._arrivals.remotes(client):
            if remote not in wanted:
                self._arrivals.forget(client, remote, remove=remote in self.untold)
                self.untold.discard(remote)

    def _send(self, client: str, tasks: Mapping[str, Task]) -> None:
        for remote, task in tasks.items():
            if remote in self._told:
                continue
            if remote in self._sent:  # its owner deleted it, or it has lost its memory
                self._give_back(remote, task, "refused", say("The machine no longer has it."))
                continue
            request = self._request(remote, task)
            if request is None or self.there is None:
                continue
            fitted = fit(request, self.there, self._home.names_of)
            try:
                kind: api.TaskKind = "img2img" if fitted.is_img2img else "txt2img"
                self._peer.put(client, self._home.name, kind, {remote: fitted.payload})
            except PeerError as error:
                if error.trouble != "refused":
                    raise
                self._failed(remote, task, error.sentence, "refused")
            else:
                self._sent.add(remote)

    def _follow(self, client: str, remote: str, task: Task, now: api.GuestTask) -> bool:
        self._sent.add(remote)
        if now.state == "running":
            if remote not in self._begun:
                self._begun.add(remote)
                self._home.deliver(Begun(task.id, remote))
            return True
        if now.state == "done":
            self._fetch(client, remote, task, now)
        elif now.state == "failed":
            self._failed(remote, task, verbatim(" ".join(now.error.split())[:300]))
        elif now.state in ("interrupted", "cancelled", "lost"):
            self._give_back(remote, task, "refused", say("It was stopped there."))
        return now.state == "queued"

    def _failed(
        self, remote: str, task: Task, reason: Sentence, why: Literal["failed", "refused"] = "failed"
    ) -> None:
        self._give_back(remote, task, why, reason)
        self._failures += 1
        if self._failures >= _FAILURES:
            self._failures = 0
            self._rests_until = self._clock() + _LONG_REST
            self.seen.reason = say("Its last tasks failed and are made elsewhere: {reason}", reason=reason)

    def _call_back(self, tasks: Mapping[str, Task], there: Mapping[str, api.GuestTask]) -> None:
        """What has not started there is made elsewhere."""
        for remote, task in tasks.items():
            state = there[remote].state if remote in there else "held"
            if state in ("held", "queued") and remote not in self._told:
                self._give_back(remote, task, "lost")

    def _give_back(
        self,
        remote: str,
        task: Task,
        why: Literal["failed", "refused", "lost"],
        reason: Sentence = UNSAID,
    ) -> None:
        if why != "lost":
            self.refused[task.id] = Refusal(task.payload, task.changes, reason)
        self._told[remote] = self._clock()
        self._home.deliver(Returned(task.id, remote, why, reason))

    # -------------------------------------------------------------------- its images

    def _fetch(self, client: str, remote: str, task: Task, now: api.GuestTask) -> None:
        request = self._request(remote, task)
        if request is None:
            return
        if not self._arrivals.knows(client, remote):
            self.untold.add(remote)
        try:
            made = self._arrivals.bring_all(self._peer, client, remote, task, now.images, request, self._home)
        except PeerError as error:
            if error.trouble not in ("bad", "gone"):
                raise
            self._failed(remote, task, error.sentence)
            return
        except OSError as error:  # of this WebUI: it is no fault of the machine's
            raise PeerError(
                say("An image of it cannot be saved here: {error}", error=str(error)), "here"
            ) from None
        seconds = seconds_of(now)
        if seconds is not None:
            known = self.seen.seconds
            self.seen.seconds = seconds if known is None else known + _LEARNED * (seconds - known)
        self._failures = 0
        self.seen.made += 1
        self._told[remote] = self._clock()
        self.untold.discard(remote)
        self._home.deliver(Delivered(task.id, self.machine.id, remote, made, seconds))

    # ------------------------------------------------------------------------ trouble

    def _be_ready(self) -> None:
        if self._clock() < self._rests_until:
            self.seen.state = "resting"
        else:
            self.seen.state, self.seen.reason = "ready", UNSAID

    def _trouble(self, error: PeerError) -> float:
        now = self._clock()
        self.seen.state, self.seen.reason = "problem", error.sentence
        self._tries += 1
        if self._down is None or error.trouble == "here":
            self._down = now
        if now - self._down >= self._patience():
            for remote, task in (self._home.expected(self.machine.id) or {}).items():
                if remote not in self._told:
                    self._give_back(remote, task, "lost")
        return float(min(_LONGEST_PAUSE, 2.0 ** min(self._tries - 1, 10)))
