"""A task's payload for another machine: with all that it would take from this WebUI's settings and styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from modules import shared

from ...errors import SchedulerBusy
from ...library.infotext import parsing
from ...model import Payload
from ...sentences import UNSAID, Sentence, say
from ..capture.frozen_settings import CHECKPOINT, Setting, freeze_settings
from ..capture.read_page import current_checkpoint, find_checkpoint
from ..host.permits import read_settings
from ..host.progress import Generation


def complete(payload: Payload, settings: Mapping[str, Setting], is_img2img: bool) -> Payload:
    """What the payload says itself stays as it is."""
    return with_settings(with_styles(payload), settings, is_img2img)


def with_styles(payload: Payload) -> Payload:
    """Styles of that name may be others there, or none; see ``apply_styles_to_prompt`` in modules/styles.py
    of WebUI 1.10.1."""
    styles = payload.get("styles")
    if not styles:
        return payload
    known = shared.prompt_styles
    changed = dict(payload, styles=[])
    for field in ("prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt"):
        apply = known.apply_negative_styles_to_prompt if "negative" in field else known.apply_styles_to_prompt
        if payload.get(field) or not field.startswith("hr_"):  # hires fix takes the others where it has none
            changed[field] = apply(str(payload.get(field) or ""), styles)
    return changed


#: short or whole SHA-256
_HASH = re.compile(r"[0-9a-f]{10,64}")


class UserSettings:
    """The settings as the user chose them: while a task runs, the WebUI has its overrides in their place."""

    def __init__(self) -> None:
        self._known: dict[str, Setting] | None = None

    def note(self) -> None:
        """Nothing is overridden now."""
        self._known = read_settings()

    def now(self) -> dict[str, Setting]:
        """``SchedulerBusy`` if they cannot be told now."""
        generation = Generation()
        before = (generation.busy, generation.begun)
        if not before[0]:
            found = read_settings()
            if before == (generation.busy, generation.begun):
                self._known = found
        if self._known is None:
            raise SchedulerBusy(say("The settings of this WebUI are in use by a running task."))
        return self._known


def with_settings(payload: Payload, settings: Mapping[str, Setting], is_img2img: bool) -> Payload:
    own = payload.get("override_settings") or {}
    named = own.get(CHECKPOINT)
    chosen = settings[CHECKPOINT].value if CHECKPOINT in settings else None
    frozen = freeze_settings(
        settings,
        {},
        own,
        checkpoint=(chosen and find_checkpoint(str(chosen))) or named or current_checkpoint(),
        find_checkpoint=find_checkpoint,
        is_img2img=is_img2img,
    )
    rest = {name: value for name, value in own.items() if name not in frozen}
    return {**payload, "override_settings": {**rest, **frozen}}


def other_checkpoint(payload: Payload, text: str, names_of: Callable[[str], frozenset[str]]) -> Sentence:
    """Why an image with the infotext ``text`` was not made with the payload's checkpoint: there may be
    another by that name. UNSAID if it was, or if that cannot be told. ``names_of``: all names of a
    checkpoint."""
    asked = (payload.get("override_settings") or {}).get(CHECKPOINT)
    used = parsing.parse(text).fields.get("Model hash", "")
    known = [name for name in names_of(str(asked or "")) if _HASH.fullmatch(name)]
    if not (used and known) or any(name.startswith(used) for name in known):
        return UNSAID
    return say("It has another checkpoint by that name ({hash}).", hash=used[:20])
