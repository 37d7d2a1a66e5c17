"""What "Queue as job" froze, until it becomes a job: the newest drafts, in memory only."""

from __future__ import annotations

import threading
from typing import Literal

from ..api import Capture
from ..errors import NotFound
from ..model import Payload, new_id
from .payloads import tokens_in

#: how many drafts are kept; older ones are forgotten
KEPT = 100


class Captures:
    """Thread-safe: gradio's handlers put, the API's threads get."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drafts: dict[str, Capture] = {}

    def put(
        self,
        kind: Literal["txt2img", "img2img"],
        payload: Payload,
        name: str = "",
        batch_count: int = 1,
        summary: list[str] | None = None,
        not_frozen: list[str] | None = None,
    ) -> Capture:
        """Keep a draft; the answer's ``id`` is what the page gets. Images in ``payload`` are tokens."""
        draft = Capture(
            id=new_id("c"),
            kind=kind,
            payload=payload,
            name=name,
            batch_count=batch_count,
            summary=summary or [],
            not_frozen=not_frozen or [],
        )
        with self._lock:
            self._drafts[draft.id] = draft
            while len(self._drafts) > KEPT:
                del self._drafts[next(iter(self._drafts))]
        return draft

    def get(self, capture_id: str) -> Capture:
        """``NotFound`` if it was never there, is too old, or the WebUI was restarted since."""
        with self._lock:
            draft = self._drafts.get(capture_id)
        if draft is None:
            raise NotFound("That draft is not kept any more; press “Queue as job” again.")
        return draft

    def inputs_in_use(self) -> set[str]:
        """The tokens that the drafts name: their files must not be swept."""
        with self._lock:
            drafts = list(self._drafts.values())
        return {token for draft in drafts for token in tokens_in(draft.payload)}
