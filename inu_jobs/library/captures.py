"""What "Queue as job" captured, until it becomes a job: the latest drafts, in memory only."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Literal

import msgspec

from ..errors import NotFound
from ..model import AxisSpec, Capture, Payload, new_id
from ..sentences import say, says_of
from .payload_images import tokens_in

#: how many drafts are kept for each user; older ones are dropped
KEPT = 100


class Captures:
    """Thread-safe: gradio's handlers write, the API's threads read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drafts: dict[str, tuple[str, Capture]] = {}  # by id, with its owner

    def put(
        self,
        kind: Literal["txt2img", "img2img"],
        payload: Payload,
        name: str = "",
        batch_count: int = 1,
        summary: list[str] | None = None,
        not_frozen: Sequence[str] = (),
        owner: str = "",
        axes: list[AxisSpec] | None = None,
    ) -> Capture:
        """Keep a draft; the page gets the returned ``id``. Images in ``payload`` are tokens. ``owner``: who
        is logged in, '' without a login; one user's drafts never displace another's."""
        draft = Capture(
            id=new_id("c"),
            kind=kind,
            payload=payload,
            name=name,
            batch_count=batch_count,
            summary=summary or [],
            not_frozen=[str(sentence) for sentence in not_frozen],
            axes=axes or [],
            not_frozen_says=[says for says in map(says_of, not_frozen) if says is not None],
        )
        with self._lock:
            self._drafts[draft.id] = owner, draft
            theirs = [id for id, (whose, _) in self._drafts.items() if whose == owner]
            for id in theirs[:-KEPT]:
                del self._drafts[id]
        return draft

    def get(self, capture_id: str) -> Capture:
        """``NotFound`` if it never existed, is too old, or the WebUI has been restarted."""
        with self._lock:
            found = self._drafts.get(capture_id)
        if found is None:
            raise NotFound(say("That draft has expired: press “Queue as job” again."))
        return found[1]

    def owner(self, capture_id: str) -> str:
        """Who was logged in when it was captured; '' if unknown."""
        with self._lock:
            return self._drafts.get(capture_id, ("", None))[0]

    def inputs_in_use(self) -> set[str]:
        """The tokens in the drafts: their files must not be swept."""
        with self._lock:
            drafts = list(self._drafts.values())
        axes = msgspec.to_builtins([draft.axes for _, draft in drafts])
        return {
            token
            for (_, draft), written in zip(drafts, axes, strict=True)
            for token in tokens_in({**draft.payload, "axes": written})
        }
