"""Upscalers that this WebUI lacks, and which of its own comes closest.

Not every host has latent modes, Lanczos or Nearest (Forge Neo 2.26 has none of them), and upscaler models are
files that another machine may not have. With an upscaler of "None" every host resizes by Lanczos.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ..fields import upscale
from ..model import Payload
from ..overlay import look_up, overlay
from ..spelling import nearest

HIRES = "hr_upscaler"
#: for img2img's resizing; a setting
RESIZING = "override_settings.upscaler_for_img2img"
_NONE = "None"
_LATENT = "Latent"
_PLAIN = ("Lanczos", "Nearest")


class Upscalers(NamedTuple):
    """What is installed."""

    modes: Sequence[str]
    upscalers: Sequence[str]

    def known(self, field: str) -> list[str]:
        """Names that the field accepts: latent modes are for hires fix only."""
        return [*self.modes, *self.upscalers] if field == HIRES else list(self.upscalers)

    def closest(self, name: str, field: str) -> str:
        """What comes closest to ``name``, which does not exist: a similar name, else the same kind; '' if
        there is nothing at all."""
        known = self.known(field)
        if near := nearest(name, known):
            return near
        latent = self.modes if field == HIRES else ()
        plain = [one for one in _PLAIN if one in self.upscalers]
        nothing = [one for one in self.upscalers if one == _NONE]
        models = [one for one in self.upscalers if one not in (_NONE, *_PLAIN)]
        if name.startswith(_LATENT):
            found = [*latent, *models, *plain, *nothing]
        elif name in _PLAIN:
            found = [*plain, *nothing, *models, *latent]
        else:
            found = [*models, *plain, *nothing, *latent]
        return found[0] if found else ""


def named(payload: Payload) -> Iterator[tuple[str, str]]:
    """(path, name) of all upscalers that the payload would use."""
    if upscale.is_upscale(payload):
        found = upscale.upscalers(payload)
    else:
        found = [(HIRES, payload.get(HIRES))] if payload.get("enable_hr") else []
        found.append((RESIZING, _look(payload, RESIZING)))
    for path, name in found:
        if isinstance(name, str) and name not in ("", _NONE):
            yield path, name


def replaced(
    payload: Payload, here: Upscalers, given: Collection[str]
) -> tuple[Payload, list[tuple[str, str, str]]]:
    """``payload`` with upscalers that exist, and (path, name, what is used instead) for each one that does
    not. ``given``: fields that are about to be set anyway."""
    changes, swaps = {}, []
    for path, name in named(payload):
        if name in here.known(path) or _field(path) in given:
            continue
        if near := here.closest(name, path):
            changes[path] = near
            swaps.append((path, name, near))
    return (overlay(payload, changes) if changes else payload), swaps


def _field(path: str) -> str:
    """The name by which a change of an upscale names an argument of its script."""
    return upscale.name_of(path) if path.startswith("script_args.") else path


def _look(payload: Payload, path: str) -> object:
    try:
        return look_up(payload, path)
    except LookupError:
        return None
