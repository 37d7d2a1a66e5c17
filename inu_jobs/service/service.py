"""All use cases: each is an attribute, and the routes call its methods."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..library.captures import Captures
from ..library.inputs import Inputs
from ..library.recipe_files import RecipeShelf
from ..library.thumbs import Thumbs
from ..library.trash.file_moves import recycle
from ..machines import Pool
from ..ports import Catalog, Host, Installer, Scheduler, Settings
from ..queue import Queue
from ..store import Store
from .audit.auditor import Auditor
from .compose.drafts import Drafter
from .compose.editor import Editor
from .compose.recipes import Recipes
from .derive.deriver import Deriver
from .derive.sources import Sources
from .export.exports import Exports
from .guests import Guests
from .images.files import Images
from .images.marks import Marks
from .images.retry import ImageRetry
from .images.search import ImageSearch
from .images.selections import selected
from .importer import Importer
from .jobs import Jobs
from .machines import Machines
from .overview import Overview
from .progress import BulkProgress
from .run_plan import RunPlanner
from .setup.setup import SchedulerSetup
from .trash.trash import Trash
from .undo import Undos
from .views import Views


class Service:
    """All use cases; see the module."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        scheduler: Scheduler,
        catalog: Catalog,
        host: Host,
        settings: Settings,
        installer: Installer,
        inputs: Inputs,
        captures: Captures,
        thumbs: Thumbs,
        version: str,
        recipes: RecipeShelf,
        pool: Pool,
        clock: Callable[[], float] = time.time,
        recycle: Callable[[Path], None] = recycle,
    ) -> None:
        """``recycle`` moves a file to the system's recycle bin."""
        views = Views(store, queue, clock, pool.name_of)
        progress = BulkProgress()
        self.captures = captures
        self.undos = Undos()
        self.images = Images(store, host, inputs, captures, thumbs, views, clock, catalog, self.undos)
        self.drafter = Drafter(store, inputs, catalog)
        self.editor = Editor(store, queue, self.drafter, host)
        sources = Sources(store, host, catalog, self.images)
        self.deriver = Deriver(store, sources, self.drafter, inputs, catalog, host, queue=queue, clock=clock)
        self.recipes = Recipes(recipes, inputs, catalog, clock)
        self.search = ImageSearch(store)
        self.marks = Marks(store, self.undos)
        self.trash = Trash(store, queue, self.images, self.images.trash, self.undos, recycle, progress)
        self.retry = ImageRetry(store, queue, scheduler, self.trash, self.undos)
        self.auditor = Auditor(store, self.images, inputs, catalog, clock, progress)
        self.exports = Exports(store, self.images, host, partial(selected, store), progress)
        self.importer = Importer(store, host, catalog)
        self.machines = Machines(store, pool, catalog)
        self.setup = SchedulerSetup(installer, scheduler, version, clock)
        self.overview = Overview(
            store, queue, scheduler, catalog, views, progress, self.setup, host, self.machines, version
        )
        self.guests = Guests(store, queue, settings, catalog, self.drafter, self.images, clock)
        self.runs = RunPlanner(store, queue, views, clock)
        self.jobs = Jobs(
            store, queue, host, catalog, captures, self.drafter, self.editor, self.deriver, self.trash, views,
            self.overview, clock,
        )  # fmt: skip
        inputs.in_use = self.images.inputs_in_use
