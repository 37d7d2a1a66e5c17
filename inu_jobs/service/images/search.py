"""Finding images across all jobs: by words of the prompt, model, LoRA, seed, rating, verdict and findings.

Goes through all images in memory. Collecting the words of each task is slow, so they are cached: a task's
settings never change.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ... import api
from ...model import Image, Payload, Task, Verdict
from ...overlay import overlay
from ...plan.prompts.syntax import NETWORK_KINDS, networks
from ...spelling import folded
from ...store import Store
from ..views import image_view, own_jobs

#: changes whose paths begin with these change a task's words
_TOLD = frozenset({"prompt", "override_settings"})


class Query(msgspec.Struct, frozen=True):
    """Empty fields match everything. ``text``: words that must all be in the prompt. ``model`` and ``lora``:
    parts of names. ``rating``: the minimum. ``findings``: with or without audit findings."""

    text: str = ""
    model: str = ""
    lora: str = ""
    seed: int | None = None
    rating: int = 0
    verdict: Verdict | None = None
    findings: bool | None = None


class Words(msgspec.Struct, frozen=True):
    """All case-folded."""

    prompt: str
    model: str
    loras: tuple[str, ...]


class ImageSearch:
    """Searches all images; see ``find``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._epoch = ""
        self._known: dict[str, Words] = {}
        self._bases: dict[str, tuple[Payload, Words]] = {}  # by hash
        self._alike: dict[str, Words] = {}  # by hash and by changes other than to the prompt: many share them

    def find(self, query: Query, limit: int, offset: int) -> api.FoundImages:
        """The newest job's images first, without those in the trash."""
        with self._lock:  # two at once would do the same work twice
            self._forget()
            found = list(self._matching(query))
        page = found[offset : offset + limit]
        jobs = map(self._store.job, dict.fromkeys(image.job for image in page))
        names = [api.JobName(job.id, job.name) for job in jobs if job is not None]
        return api.FoundImages([image_view(image) for image in page], len(found), names)

    def _matching(self, query: Query) -> Iterator[Image]:
        # rare words first, since most images fail at the first one
        words = sorted(dict.fromkeys(folded(query.text).split()), key=len, reverse=True)
        model, lora = folded(query.model).strip(), folded(query.lora).strip()
        if not (words or model or lora):
            yield from self._marked(query)
            return
        met: dict[Words, bool] = {}  # many images share theirs
        for image in self._marked(query):
            told = self._words(image)
            if told not in met:
                met[told] = _meets(told, words, model, lora)
            if met[told]:
                yield image

    def _marked(self, query: Query) -> Iterator[Image]:
        """Those that match ``query``, apart from its words."""
        for job in own_jobs(self._store):
            for image in self._store.images_of(job.id):
                if image.trashed or image.rating < query.rating:
                    continue
                if query.verdict is not None and image.verdict != query.verdict:
                    continue
                if query.findings is not None and bool(image.findings) != query.findings:
                    continue
                if query.seed is not None and image.seed != query.seed:
                    continue
                yield image

    def _words(self, image: Image) -> Words:
        known = self._known.get(image.task)
        if known is None:
            task = self._store.task(image.task)
            if task is None:
                return Words("", "", ())  # deleted in the meantime
            known = self._known[image.task] = self._of_task(task)
        if image.prompt is not None:  # a script or a style rewrote it
            return words_of(image.prompt, known.model)
        return known

    def _of_task(self, task: Task) -> Words:
        base = self._bases.get(task.payload)
        if base is None:
            payload = self._store.payload(task.payload) or {}
            kept = {field: payload[field] for field in _TOLD if field in payload}
            base = self._bases[task.payload] = (kept, _words_in(kept))
        changes = {path: value for path, value in task.changes.items() if path.partition(".")[0] in _TOLD}
        if not changes or "prompt" in changes:
            return _words_in(overlay(base[0], changes)) if changes else base[1]
        key = f"{task.payload} {changes!r}"
        if key not in self._alike:
            self._alike[key] = _words_in(overlay(base[0], changes))
        return self._alike[key]

    def _forget(self) -> None:
        """Drop what deleted jobs had; and everything if the store was reopened."""
        tasks = self._store.counts()[1]
        if self._epoch != self._store.epoch or len(self._known) > 2 * tasks + 1000:
            self._known.clear()
            self._alike.clear()
            self._bases.clear()
            self._epoch = self._store.epoch


def _meets(told: Words, words: Sequence[str], model: str, lora: str) -> bool:
    return (
        model in told.model
        and (not lora or any(lora in name for name in told.loras))
        and all(word in told.prompt for word in words)
    )


def _words_in(payload: Payload) -> Words:
    override = payload.get("override_settings")
    model = override.get("sd_model_checkpoint") if isinstance(override, dict) else None
    return words_of(payload.get("prompt"), folded(str(model)) if model else "")


def words_of(prompt: Any, model: str) -> Words:
    """``model``: already case-folded."""
    text = folded(prompt) if isinstance(prompt, str) else ""
    names = (inside.partition(":")[0].strip() for kind, inside in networks(text) if kind in NETWORK_KINDS)
    return Words(text, model, tuple(names))
