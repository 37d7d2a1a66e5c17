"""Records the images that a run made, and recognizes those of an earlier run."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

from ..model import Image, Task, new_id, storable
from ..ports import ImageFacts, Made
from .desk import Desk, TaskRun, replace
from .matching import Picture, match

Found = tuple[Made, ImageFacts]


class Recorder:
    """Turns the images of runs into records; see ``take``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(self, id: str, made: Sequence[Made], grid: bool = False) -> None:
        """Record images of the current run. A second run of a task (after a crash or an interruption) makes
        the same images: its files replace those of the first run's records, which keep their ids and verdicts
        (see ``matching``). A finished task keeps its own. ``grid``: see ``Produced``."""
        desk = self._desk
        task = desk.store.task(id)
        if task is None or task.state == "done" or id in desk.stopping:
            return
        run = desk.run(id)
        found = [(image, facts) for image in made if (facts := desk.record(image)) is not None]
        named = [(image, facts) for image, facts in found if facts.path == storable(facts.path)]
        run.unnamed |= len(named) < len(found)
        with desk.store.transaction() as transaction:
            # It was stopped because its job was deleted: what comes too late would show as if it were not.
            if task.state == "cancelled" and desk.store.lies_in_trash(task.job):
                return
            new = self._new(run, named)
            pictures = [_picture(one, run.made, place) for place, one in enumerate(new)]
            earlier = self._earlier(run, task, pictures)
            kept = {record.id for record in earlier if record is not None}
            replaced = set()
            for picture in pictures:
                there = desk.store.image_by_path(picture.path)
                # for one in the trash, only its name was reused; the file of any other was overwritten
                if there is not None and not there.trashed and there.id not in kept:
                    transaction.delete_image(there.id)
                    replaced.add(there.id)
            images = [
                _image(made, facts, picture, record or self._image_of(task, facts))
                for (made, facts), picture, record in zip(new, pictures, earlier, strict=True)
            ]
            for image in [*images, *self._moved_on(run, task, images, replaced)]:
                transaction.put(image)
            if grid:
                transaction.put(replace(task, grid=True))
        run.images.extend(image.id for image in images)
        run.made = max([run.made, *(picture.index + 1 for picture in pictures)])

    def _new(self, run: TaskRun, named: Sequence[Found]) -> list[Found]:
        """Without duplicate reports."""
        new: dict[str, Found] = {}
        for made, facts in named:
            known = self._desk.store.image_by_path(facts.path)
            if known is None or known.id not in run.images:
                new.setdefault(facts.path, (made, facts))
        return list(new.values())

    def _earlier(self, run: TaskRun, task: Task, pictures: Sequence[Picture]) -> list[Image | None]:
        """For each image, its record from an earlier run."""
        images = self._desk.store.images_of_task(task.id)
        earlier = [image for image in images if not image.trashed and image.id not in run.images]
        which = match(pictures, [self._known(image) for image in earlier])
        return [None if number is None else earlier[number] for number in which]

    def _moved_on(
        self, run: TaskRun, task: Task, images: Sequence[Image], replaced: Collection[str]
    ) -> Iterator[Image]:
        """Images of an earlier run that are not in ``images`` but have the index of one: they move behind
        them."""
        own = {image.id for image in images}
        rest = [
            image
            for image in self._desk.store.images_of_task(task.id)
            if image.id not in own and image.id not in replaced
        ]
        taken = {image.index for image in images}
        used = taken | {image.index for image in rest}
        for image in rest:
            if image.index in taken and not image.trashed and image.id not in run.images:
                place = next(number for number in itertools.count() if number not in used)
                used.add(place)
                yield replace(image, index=place)

    def _known(self, image: Image) -> Picture:
        facts = self._desk.record(Made(image.path)) if image.seed is None else None
        # a file other than the recorded one is a different image by now
        if facts is not None and (facts.size, facts.mtime) == (image.size, image.mtime):
            return Picture(image.path, image.index, facts.seed, facts.subseed)
        return Picture(image.path, image.index, image.seed, image.subseed)

    def _image_of(self, task: Task, facts: ImageFacts) -> Image:
        return Image(new_id("i"), task.job, task.id, facts.path, self._desk.clock())


def _picture(found: Found, before: int, place: int) -> Picture:
    """As the host reports it, else by the file's infotext. ``before``: how many this run had made by then."""
    made, facts = found
    told = facts if made.seed is None else made
    index = before + (place if made.index is None else made.index)
    return Picture(facts.path, index, told.seed, told.subseed)


def _image(made: Made, facts: ImageFacts, picture: Picture, record: Image) -> Image:
    return replace(
        record,
        path=facts.path,
        size=facts.size,
        mtime=facts.mtime,
        width=facts.width,
        height=facts.height,
        index=picture.index,
        seed=picture.seed if picture.seed is not None else record.seed,
        subseed=picture.subseed if picture.subseed is not None else record.subseed,
        prompt=storable(made.prompt) if made.prompt is not None else record.prompt,
    )
