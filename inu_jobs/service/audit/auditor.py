"""The audit: checks each image as it arrives, on its own thread, and any image on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

import msgspec

from ... import api
from ...errors import NotFound, StoreError
from ...library.audit import PREFIX, compare, look
from ...library.infotext.parsing import parse
from ...library.inputs import Inputs
from ...log import log
from ...model import Finding, Image, Task
from ...ports import Catalog
from ...sentences import say
from ...store import Store
from ..images.files import Images
from ..images.selections import pick
from ..progress import BulkProgress
from ..views import own_jobs
from .requested import Asking

#: images checked between two transactions
CHUNK = 32
#: how many of the newest images are checked at the start: a kill may have come before their audit
RECENT = 64
COUNT = PREFIX + "count"
GONE = say("Its file no longer exists.")

replace = msgspec.structs.replace


class Auditor:
    """Checks images for problems and saves the findings."""

    def __init__(
        self,
        store: Store,
        images: Images,
        inputs: Inputs,
        catalog: Catalog,
        clock: Callable[[], float],
        works: BulkProgress,
    ) -> None:
        self._store = store
        self._images = images
        self._catalog = catalog
        self._works = works
        self._asking = Asking(store, inputs, catalog)
        self._lock = threading.Lock()  # one round at a time
        self._seen = ("", -1)  # epoch and revision of the store
        self._files: dict[str, int] = {}  # image -> mtime of its file when last seen
        self._counted: dict[str, float] = {}  # task -> when it ended
        self._since = clock()
        # to check; with the finding on the task's count, None: unchanged
        self._pending: dict[str, list[Finding] | None] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------------ thread

    def start(self) -> None:
        """Start or continue; starting again has no effect."""
        if self._thread is not None and self._thread.is_alive():
            return
        if self._thread is None:
            self._store.listen(self._changed)
        self._stopping.clear()
        self._wake.set()
        self._thread = threading.Thread(target=self._work, name="inu-jobs-audit", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the current images. Images that arrive in the meantime are checked at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(10.0)

    def _changed(self, revision: int) -> None:
        self._wake.set()

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self.round()
            except StoreError:
                pass  # the status reports it; what is pending waits until the store changes again
            except Exception:  # whatever it was, the next image may work
                log.exception("new images could not be checked.")

    def round(self) -> None:
        """Check what has arrived since the last round. ``StoreError`` if the store cannot be written."""
        with self._lock:
            self._look_for_new()
            while self._pending and not self._stopping.is_set():
                some = dict(islice(self._pending.items(), CHUNK))
                self._judge(some)
                for id in some:
                    del self._pending[id]

    def _look_for_new(self) -> None:
        found = self._store.changes(*self._seen)
        self._seen = (found.epoch, found.revision)
        if found.reset:
            images = [image for job in own_jobs(self._store) for image in self._store.images_of(job.id)]
            images.sort(key=lambda image: (image.created, image.id), reverse=True)
            self._files = {image.id: image.mtime for image in images}
            self._pending.update((image.id, None) for image in images[:RECENT] if not image.trashed)
            return
        for image in filter(None, map(self._store.image, found.images)):
            job = self._store.job(image.job)
            if (job is None or job.guest is None) and self._is_new(image):
                self._pending.setdefault(image.id, [])
        for task in filter(None, map(self._store.task, found.tasks)):
            self._count(task)

    def _is_new(self, image: Image) -> bool:
        """Whether its file is new: a verdict is a change, too. A second run replaces an image's file."""
        before = self._files.get(image.id)
        self._files[image.id] = image.mtime
        return before != image.mtime and not image.trashed

    def _count(self, task: Task) -> None:
        """Note on the first image that there are fewer than requested, unless the user stopped the task."""
        ended = task.finished or 0.0
        if task.state not in ("done", "interrupted") or ended < self._since:
            return
        if self._counted.get(task.id) == ended:
            return  # an edit; purged images are not missing
        self._counted[task.id] = ended
        job = self._store.job(task.job)
        if (
            job is None
            or job.guest is not None
            or job.kind == "adopted"
            or self._asking.payload(task).get("script_name")
        ):
            return  # unknown: a script decides how many it makes
        images = self._store.images_of_task(task.id)
        first = min((image for image in images if not image.trashed), key=_place, default=None)
        missing = task.images - len(images)
        if first is not None and missing > 0:
            message = say("The task made {made} of {images} images.", made=len(images), images=task.images)
            self._pending[first.id] = [Finding("warning", COUNT, message, count=len(images), of=task.images)]

    # --------------------------------------------------------------- on demand

    def audit(self, selection: api.Selection) -> api.Audited:
        """Check images again, whoever made them, and save the findings in chunks. ``done``: how many could be
        checked."""
        images, failed = pick(self._store, selection)
        done = found = 0
        with self._works.doing("audit", say("Checking"), len(images)) as progress:
            for start in range(0, len(images), CHUNK):
                some = images[start : start + CHUNK]
                gone = self._judge({image.id: None for image in some})
                done += len(some) - len(gone)
                seen = (self._store.image(image.id) for image in some if image.id not in gone)
                found += sum(bool(image.findings) for image in seen if image is not None)
                failed += [api.Failure(id, GONE) for id in gone]
                progress(start + len(some))
        return api.Audited(done, failed, found=found)

    # ----------------------------------------------------------------- judging

    def _judge(self, some: dict[str, list[Finding] | None]) -> list[str]:
        """Save the findings for these images; returns the ids of those whose file is missing."""
        gone: list[str] = []
        found: list[tuple[Image, list[Finding]]] = []
        for id, count in some.items():
            image = self._store.image(id)
            if image is None or image.trashed:
                continue
            try:
                findings = self.findings(image)
            except (NotFound, OSError):
                gone.append(id)
                continue
            kept = [finding for finding in image.findings if finding.code == COUNT]
            found.append((image, [*(kept if count is None else count), *findings]))
        self._write(found)
        return gone

    def findings(self, image: Image) -> list[Finding]:
        """What is wrong with it. ``NotFound`` or ``OSError`` if its file is missing."""
        path = self._images.resolved(image)
        size, found = look(path)
        if size is None:
            return found
        made = parse(self._images.infotext(path))
        return found + compare(self._asking.of(image, made), size, made, self._catalog)

    def _write(self, found: Sequence[tuple[Image, Iterable[Finding]]]) -> None:
        changed = [(seen, audited(seen, findings)) for seen, findings in found]
        changed = [(seen, after) for seen, after in changed if seen.findings != after]
        if not changed:
            return
        with self._store.transaction() as t:
            for seen, after in changed:
                now = self._store.image(seen.id)
                if now is not None and (now.path, now.mtime) == (seen.path, seen.mtime):
                    t.put(replace(now, findings=after))


def audited(image: Image, findings: Iterable[Finding]) -> list[Finding]:
    """Its findings, with those of an earlier audit replaced by these."""
    return [finding for finding in image.findings if not finding.code.startswith(PREFIX)] + list(findings)


def _place(image: Image) -> tuple[int, str]:
    return image.index, image.id
