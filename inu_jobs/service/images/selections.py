"""The images that a request selects."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import UNSET

from ... import api
from ...errors import NO_JOB, InvalidInput, NotFound
from ...model import MAX_RATING, Image
from ...sentences import say
from ...store import Store

GONE = say("There is no such image: its job may have been deleted.")
IN_TRASH = say("This image is in the trash.")
NOT_IN_TRASH = say("This image is not in the trash.")


class Picked(NamedTuple):
    """``failed``: named images that cannot be used, and why."""

    images: list[Image]
    failed: list[api.Failure]


def pick(store: Store, selection: api.Selection, *, trashed: bool = False) -> Picked:
    """The images of ``selection``, each once: only those in the trash, or only those that are not.
    ``InvalidInput`` if it makes no sense; images that do not exist are skipped and reported."""
    check_selection(selection)
    if selection.images is not UNSET:
        return _named(store, selection.images, trashed)
    images: list[Image] = []
    failed: list[api.Failure] = []
    for id in dict.fromkeys(selection.jobs or ()):
        if store.job(id) is None:
            failed.append(api.Failure(id, NO_JOB))
            continue
        found = store.images_of(id)
        images += [image for image in found if image.trashed == trashed and _meant(image, selection)]
    return Picked(images, failed)


def selected(store: Store, selection: api.Selection) -> list[Image]:
    """The images of ``selection``, each once, in its order; those in the trash only if named.
    ``InvalidInput`` if it makes no sense; ``NotFound`` if a named image or job does not exist."""
    check_selection(selection)
    found: list[Image] = []
    if selection.images is not UNSET:
        for id in dict.fromkeys(selection.images):
            image = store.image(id)
            if image is None:
                raise NotFound(GONE)
            found.append(image)
        return found
    picked = pick(store, selection)
    if picked.failed:
        raise NotFound(picked.failed[0].sentence)
    return picked.images


def check_selection(selection: api.Selection) -> None:
    """``InvalidInput`` unless it names either images or jobs, with only the filters that fit."""
    if (selection.images is UNSET) == (selection.jobs is UNSET):
        raise InvalidInput(say("A selection needs either 'images' or 'jobs'."), "selection")
    for name in ("verdict", "rating_at_least", "findings"):
        # ignoring it could delete more than intended
        if selection.images is not UNSET and getattr(selection, name) is not UNSET:
            raise InvalidInput(say("'{name}' can only be used with 'jobs'.", name=name), f"selection.{name}")
    least = selection.rating_at_least
    if least is not UNSET and not 0 <= least <= MAX_RATING:
        raise InvalidInput(
            say("'rating_at_least' must be from 0 to {most}.", most=MAX_RATING),
            "selection.rating_at_least",
        )


def _named(store: Store, ids: list[str], trashed: bool) -> Picked:
    images: list[Image] = []
    failed: list[api.Failure] = []
    for id in dict.fromkeys(ids):
        image = store.image(id)
        if image is None:
            failed.append(api.Failure(id, GONE))
        elif image.trashed != trashed:
            failed.append(api.Failure.of(image, NOT_IN_TRASH if trashed else IN_TRASH))
        else:
            images.append(image)
    return Picked(images, failed)


def _meant(image: Image, selection: api.Selection) -> bool:
    return (
        (selection.verdict is UNSET or image.verdict == selection.verdict)
        and (selection.rating_at_least is UNSET or image.rating >= selection.rating_at_least)
        and (selection.findings is UNSET or bool(image.findings) == selection.findings)
    )
